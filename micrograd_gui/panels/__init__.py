"""The widgets around the canvas, one to a file."""
