"""The commands of the terminal: their options, and drawing and training without a window."""
