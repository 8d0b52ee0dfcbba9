"""Ranges and steps of the leaf sliders."""

import math

import pytest

from micrograd_gui.model.leaf_range import extent_for, increment_for, nudged, rounded
from micrograd_gui.model.numbers import LARGEST
from tests.extremes import EXTREMES


@pytest.mark.parametrize(
    ("data", "extent"),
    [
        (0.0, 5.0), (2.0, 5.0), (-2.5, 5.0), (3.0, 10.0), (6.8813735870195432, 20.0), (-10.0, 20.0), (30.0, 100.0),
        (1e-9, 5.0), (250.0, 500.0), (math.nan, 5.0), (math.inf, 5.0), (8e307, LARGEST), (1.7e308, LARGEST),
    ],
)  # fmt: skip
def test_a_slider_reaches_twice_the_number(data: float, extent: float) -> None:
    """At least 5 and at least twice as far as the number, rounded up to 1, 2 or 5."""
    assert extent_for(data) == extent


def test_an_extent_stays_until_the_number_leaves_it() -> None:
    """A smaller number does not narrow the slider; a larger one widens it."""
    assert extent_for(0.1, 20.0) == 20.0
    assert extent_for(20.0, 20.0) == 20.0
    assert extent_for(-20.5, 20.0) == 50.0
    assert extent_for(math.nan, 20.0) == 20.0


@pytest.mark.parametrize("extent", [5.0, 10.0, 20.0, 50.0, 1e6, 1e300])
def test_steps_are_fine_powers_of_ten(extent: float) -> None:
    """A slider has some hundreds to some thousands of steps on each side."""
    assert 500 <= extent / increment_for(extent) <= 5000.1
    assert math.log10(increment_for(extent)) == pytest.approx(round(math.log10(increment_for(extent))))


@pytest.mark.parametrize(
    ("data", "extent", "text"),
    [
        (1.23456, 5.0, "1.23"),
        (-4.999, 5.0, "-5.0"),
        (0.1 + 0.2, 5.0, "0.3"),
        (-0.001, 5.0, "0.0"),
        (8.888, 20.0, "8.89"),
    ],
)
def test_rounded_numbers_are_short_in_the_text(data: float, extent: float, text: str) -> None:
    """A drag writes short numbers into the program, never −0."""
    assert repr(rounded(data, extent)) == text


def test_nudges_go_by_steps() -> None:
    """From any number to the next steps; from nan begin at 0."""
    assert nudged(2.0, 5.0, 1) == 2.01
    assert nudged(6.8813735870195432, 20.0, -10) == 6.78
    assert nudged(math.nan, 5.0, 3) == 0.03


@pytest.mark.parametrize("data", EXTREMES)
def test_at_the_ends_of_the_numbers_there_is_a_slider_too(data: float) -> None:
    """Its range holds every finite number; its ends and steps beyond them are finite numbers, too."""
    extent = extent_for(data)
    assert 5.0 <= extent <= LARGEST
    assert abs(data) <= extent or not math.isfinite(data)
    assert abs(rounded(extent, extent) - extent) <= increment_for(extent)
    assert -LARGEST <= nudged(data, extent, -10) < nudged(data, extent, 10) <= LARGEST
    assert math.isfinite(nudged(data, extent, 1_000_000))


def test_steps_from_infinity_begin_at_the_end_of_the_slider() -> None:
    """Where its knob is."""
    assert nudged(math.inf, 5.0, -1) == 4.99
    assert nudged(-math.inf, 5.0, 1) == -4.99
