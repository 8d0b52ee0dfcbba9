"""The same training step in other libraries, each as one who knows that library writes it. Each file has a ``Network``."""
