"""The same training step in other libraries, a ``Network`` in each file, as an expert of the library writes it."""
