"""Shares of the way between two numbers, also where their difference is larger than any number."""

import math
import sys

LARGEST = sys.float_info.max
_MOST_DOUBLINGS = 1000


def fraction(value: float, low: float, high: float) -> float:
    """Return how far ``value`` is on the way from ``low``, which is 0, to ``high``, which is 1.

    Both are finite and apart. Beyond them it is below 0 or above 1, up to inf; nan is nowhere.
    """
    if not math.isfinite(value):
        return value
    if math.isinf(high - low) or math.isinf(value - low):
        value, low, high = value / 2.0, low / 2.0, high / 2.0
    return (value - low) / (high - low)


def climb(slope: float, left: float, right: float, low: float, high: float) -> float:
    """Return by how much of the way from ``low`` to ``high`` a line of that slope rises from ``left`` to ``right``.

    It is at most 2¹⁰⁰⁰ times the way.
    """
    parts = math.frexp(slope), _difference(left, right), _difference(low, high)
    (slope_part, slope_power), (run, run_power), (rise, rise_power) = parts
    power = slope_power + run_power - rise_power
    return math.ldexp(slope_part * run / rise, min(power, _MOST_DOUBLINGS))


def _difference(low: float, high: float) -> tuple[float, int]:
    """Return ``high`` − ``low`` as a number around 1 and how often it is to be doubled."""
    if math.isinf(high - low):
        part, power = math.frexp(high / 2.0 - low / 2.0)
        return part, power + 1
    return math.frexp(high - low)
