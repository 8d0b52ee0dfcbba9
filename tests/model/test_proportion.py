"""Places between two numbers, held against exact rational numbers."""

import math
import random
from fractions import Fraction

import pytest

from micrograd_gui.model.numbers import LARGEST
from micrograd_gui.model.proportion import climb, proportion
from tests.extremes import FINITE

NUMBERS = (*FINITE, 1.0, -0.3, 7.5e307, -2e-309, 3e150)
INTERVALS = [(low, high) for low in NUMBERS for high in NUMBERS if low < high]


def is_near(found: float, exact: Fraction, bound: float) -> bool:
    """To twelve digits, or as near as subnormal numbers come; whatever is beyond ``bound`` is as good as another."""
    if abs(exact) > bound:
        return abs(found) >= bound / 4 and (found > 0) == (exact > 0)
    return math.isfinite(found) and abs(Fraction(found) - exact) <= abs(exact) / 10**12 + Fraction(1, 10**300)


@pytest.mark.parametrize("value", NUMBERS)
def test_proportions_are_those_of_exact_arithmetic(value: float) -> None:
    """For every number and every range out of the whole of the floats."""
    for low, high in INTERVALS:
        exact = (Fraction(value) - Fraction(low)) / (Fraction(high) - Fraction(low))
        assert is_near(proportion(value, low, high), exact, LARGEST / 8), (low, high)


def test_what_is_infinite_lies_beyond_every_range_and_nan_nowhere() -> None:
    """In ranges of every size."""
    for low, high in INTERVALS:
        assert proportion(math.inf, low, high) == math.inf
        assert proportion(-math.inf, low, high) == -math.inf
        assert math.isnan(proportion(math.nan, low, high))


def test_a_line_climbs_as_in_exact_arithmetic() -> None:
    """This holds for any slope and any two ranges; sums and products on the way may overflow."""
    for _ in range(3000):
        slope, (left, right), (low, high) = (
            random.choice(NUMBERS),
            random.choice(INTERVALS),
            random.choice(INTERVALS),
        )
        exact = Fraction(slope) * (Fraction(right) - Fraction(left)) / (Fraction(high) - Fraction(low))
        assert is_near(climb(slope, left, right, low, high), exact, 2.0**1000), (
            slope,
            left,
            right,
            low,
            high,
        )
