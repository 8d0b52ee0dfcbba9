"""The range of a leaf's slider, and the increments in which it moves."""

import math

from micrograd_gui.model.numbers import LARGEST, round_up

_ROUNDEST = 1.797e308
"""Largest number that stays finite when rounded to the increments of the longest slider."""


def extent_for(data: float, extent: float = 0.0) -> float:
    """Return the ``extent`` of a slider from ``-extent`` to ``extent``: at least 5 and twice ``|data|``, rounded up to
    1, 2 or 5, and at most the largest float.

    The present ``extent`` is kept while ``data`` lies in it.
    """
    if extent and (not math.isfinite(data) or abs(data) <= extent):
        return extent
    wanted = max(5.0, 2.0 * abs(data)) if math.isfinite(data) else 5.0
    return min(round_up(min(wanted, LARGEST)), LARGEST)


def increment_for(extent: float) -> float:
    """Return the increment of a slider, a power of ten that divides it into some hundreds of steps: 0.01 for 5."""
    return 10.0 ** math.floor(math.log10(extent / 500.0 * (1 + 1e-12)))


def rounded(data: float, extent: float) -> float:
    """Return the nearest multiple of the increment, without rounding noise."""
    decimals = -round(math.log10(increment_for(extent)))
    return round(min(max(data, -_ROUNDEST), _ROUNDEST), decimals) + 0.0


def nudged(data: float, extent: float, increments: int) -> float:
    """Return ``data`` moved by increments; inf starts at the end of the slider, nan in its middle."""
    start = 0.0 if math.isnan(data) else min(max(data, -extent), extent)
    return rounded(start + increments * increment_for(extent), extent)
