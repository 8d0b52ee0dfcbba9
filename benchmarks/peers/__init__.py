"""The same training step in other libraries, as one who knows the library writes it: a ``Network`` in each file."""
