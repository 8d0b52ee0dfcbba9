"""Proportions of an interval, also of one wider than the largest float."""

import math

_MOST_DOUBLINGS = 1000


def proportion(value: float, low: float, high: float) -> float:
    """Return the position of ``value`` in an interval: 0 at ``low``, 1 at ``high``.

    Both are finite and differ. Outside it is below 0 or above 1, up to inf; nan gives nan.
    """
    if not math.isfinite(value):
        return value
    if math.isinf(high - low) or math.isinf(value - low):
        value, low, high = value / 2.0, low / 2.0, high / 2.0
    return (value - low) / (high - low)


def climb(slope: float, left: float, right: float, low: float, high: float) -> float:
    """Return the rise of a line from ``left`` to ``right``, as a proportion of ``high`` − ``low``; at most 2¹⁰⁰⁰."""
    parts = math.frexp(slope), _difference(left, right), _difference(low, high)
    (slope_part, slope_power), (run, run_power), (rise, rise_power) = parts
    power = slope_power + run_power - rise_power
    return math.ldexp(slope_part * run / rise, min(power, _MOST_DOUBLINGS))


def _difference(low: float, high: float) -> tuple[float, int]:
    """Return ``high`` − ``low`` as a mantissa and a power of two."""
    if math.isinf(high - low):
        part, power = math.frexp(high / 2.0 - low / 2.0)
        return part, power + 1
    return math.frexp(high - low)
