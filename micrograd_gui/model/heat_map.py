"""Colours of a grid of numbers: orange for negative, blue for positive, the background for zero."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from micrograd_gui.model.theme import Theme

FULL_SCORE = 2.5
"""Absolute score from which the colour has its full strength."""
_STRENGTH = {"dark": 0.85, "light": 0.62}
"""Share of the pure colour at full strength, by theme; points stand out from it."""


@lru_cache(maxsize=4)
def heat_colors(theme: Theme) -> NDArray[np.uint8]:
    """Return 256 colours from the most negative to the most positive: read-only bytes (256, 4) of RGBA."""
    ground, negative, positive = (
        np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)], dtype=np.float64)
        for color in (theme.canvas, theme.negative, theme.positive)
    )
    place = np.linspace(-1.0, 1.0, 256)[:, np.newaxis]
    share = np.abs(place) * _STRENGTH[theme.name]
    mixed = ground * (1.0 - share) + np.where(place < 0.0, negative, positive) * share
    colors = np.full((256, 4), 255, dtype=np.uint8)
    colors[:, :3] = np.rint(mixed)
    colors.setflags(write=False)
    return colors


def paint_grid(
    grid: NDArray[np.float32], full: float, theme: Theme, shape: tuple[int, int] | None = None
) -> NDArray[np.uint8]:
    """Return the colours of a grid as RGBA bytes (rows, columns, 4), interpolated linearly to ``shape`` if given.

    ``full`` is the absolute value from which colours have full strength. nan has the colour of zero.
    """
    with np.errstate(over="ignore"):
        levels = np.nan_to_num(grid * np.float32(127.5 / full), nan=0.0)
    # Beyond full strength by far, and small enough to compute with.
    np.clip(levels, -1e5, 1e5, out=levels)
    if shape is not None:
        levels = _enlarge(levels, *shape)
    levels += np.float32(127.5)
    np.clip(levels, 0.0, 255.0, out=levels)
    packed = heat_colors(theme).view(np.uint32).ravel()
    pixels: NDArray[np.uint8] = packed[levels.astype(np.uint8)].view(np.uint8)
    return pixels.reshape(*levels.shape, 4)


def _enlarge(grid: NDArray[np.float32], rows: int, columns: int) -> NDArray[np.float32]:
    """Interpolate linearly; corners stay corners. Matrix products would start threads that slow the window down."""
    for axis, count in enumerate((rows, columns)):
        places = np.linspace(0.0, grid.shape[axis] - 1.0, count)
        below = np.minimum(places.astype(np.intp), grid.shape[axis] - 2)
        share = (places - below).astype(np.float32)
        share = share[:, np.newaxis] if axis == 0 else share
        low = grid.take(below, axis)
        grid = grid.take(below + 1, axis)
        grid -= low
        grid *= share
        grid += low
    return grid
