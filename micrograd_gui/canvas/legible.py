"""How far letters on the canvas grow as one zooms out, so that they stay legible."""

LETTERS = 12.0
"""Size at 100 % of letters that grow."""
LARGEST_GROWTH = 60.0
_SMALLEST = 10.0
"""Of grown letters, in pixels of the screen."""


def growth(zoom: float) -> float:
    """By how much larger than at 100 % letters are in the scene, so that they keep their size on the screen."""
    return min(max(_SMALLEST / LETTERS / zoom, 1.0), LARGEST_GROWTH)
