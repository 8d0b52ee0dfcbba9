"""A random user: it types, clicks, drags and opens files in the real window until something breaks."""
