"""The growth of letters on the canvas at small zoom, so that they stay legible."""

LETTERS = 12.0
"""Size of growing letters at 100 %, in pixels."""
LARGEST_GROWTH = 60.0
_SMALLEST = 10.0
"""Smallest size of grown letters, in pixels of the screen."""


def growth(zoom: float) -> float:
    """The factor by which letters grow in the scene, relative to 100 %, to keep their size on the screen."""
    return min(max(_SMALLEST / LETTERS / zoom, 1.0), LARGEST_GROWTH)
