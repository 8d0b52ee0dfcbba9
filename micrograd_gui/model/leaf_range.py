"""The range of a leaf's slider, and the increments in which it moves."""

import math

from micrograd_gui.model.numbers import round_up
from micrograd_gui.model.span import LARGEST

_ROUNDEST = 1.797e308
"""The largest number that is still finite when it is rounded to the increments of the longest slider."""


def extent_for(data: float, extent: float = 0.0) -> float:
    """Return the ``extent`` of a slider, which goes from ``-extent`` to ``extent``: at least 5, at least twice
    ``|data|``, rounded up to 1, 2 or 5, and at most the largest number.

    A present ``extent`` is kept as long as ``data`` lies in it.
    """
    if extent and (not math.isfinite(data) or abs(data) <= extent):
        return extent
    wanted = max(5.0, 2.0 * abs(data)) if math.isfinite(data) else 5.0
    return min(round_up(min(wanted, LARGEST)), LARGEST)


def increment_for(extent: float) -> float:
    """Return the power of ten that divides a slider into some hundreds of increments: 0.01 for 5."""
    return 10.0 ** math.floor(math.log10(extent / 500.0 * (1 + 1e-12)))


def rounded(data: float, extent: float) -> float:
    """Return the nearest whole number of increments, with as few digits as it has."""
    decimals = -round(math.log10(increment_for(extent)))
    return round(min(max(data, -_ROUNDEST), _ROUNDEST), decimals) + 0.0


def nudged(data: float, extent: float, increments: int) -> float:
    """Return ``data`` moved by whole increments; inf from the end of the slider, nan from its middle."""
    start = 0.0 if math.isnan(data) else min(max(data, -extent), extent)
    return rounded(start + increments * increment_for(extent), extent)
