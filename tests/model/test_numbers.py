"""Numbers as people read them."""

import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from micrograd_gui.model.numbers import (
    MINUS,
    format_number,
    format_short,
    format_source,
    parse_finite,
    parse_number,
    round_up,
)


@pytest.mark.parametrize(
    ("x", "text"),
    [
        (0.0, "0.0000"),
        (-0.0, "0.0000"),
        (0.70710678, "0.7071"),
        (-3.0, "−3.0000"),
        (24.7041, "24.7041"),
        (99999.0, "99999.0000"),
        (123456.7, "1.235e+05"),
        (1.2345e-8, "1.235e-08"),
        (0.001, "0.0010"),
        (0.000999, "9.990e-04"),
        (math.inf, "inf"),
        (-math.inf, "−inf"),
        (math.nan, "nan"),
        (5e-324, "5e-324"),
        (-5e-324, "−5e-324"),
        (1.5e-322, "1.5e-322"),
        (1.2345678e-310, "1.235e-310"),
        (2.2250738585072014e-308, "2.225e-308"),
        (1.7976931348623157e308, "1.798e+308"),
    ],
)
def test_numbers_have_four_decimals_or_four_digits(x: float, text: str) -> None:
    """Four decimals, or four significant digits where those would say little; the minus is a real one."""
    assert format_number(x) == text


@pytest.mark.parametrize(
    ("x", "text"),
    [
        (0.5, "0.5"),
        (-3.0, "−3"),
        (0.0, "0"),
        (-0.0, "0"),
        (6.8813735, "6.881"),
        (1e10, "1e+10"),
        (-5e-324, "−5e-324"),
        (1.99996e-310, "2.000e-310"),
        (math.nan, "nan"),
    ],
)
def test_sentences_have_short_numbers(x: float, text: str) -> None:
    """No trailing zeros, at most four significant digits."""
    assert format_short(x) == text


@given(x=st.floats(allow_nan=False, allow_infinity=False), digits=st.integers(2, 7))
def test_no_number_has_more_digits_than_tell_it_from_its_neighbours(x: float, digits: int) -> None:
    """Zeros at the end aside, it has no more than the shortest text that reads back as it; with as few as that it is
    exact. The smallest floats, which have hardly a digit, are shown as they are typed.
    """
    typed = Decimal(repr(abs(x))).normalize().as_tuple().digits
    for text in (format_number(x, digits), format_short(x, digits)):
        shown = Decimal(text.removeprefix(MINUS)).normalize().as_tuple().digits
        if "e" in text or text == format_short(x, digits):
            assert len(shown) <= max(len(typed), 1)
            assert len(typed) > digits or parse_number(text) == x


@given(x=st.floats(-2.2250738585072009e-308, 2.2250738585072009e-308).filter(bool))
def test_the_smallest_numbers_are_shown_as_they_are_typed(x: float) -> None:
    """As far as there is room for their digits."""
    for text in (format_number(x, 17), format_short(x, 17)):
        assert text.replace(MINUS, "-") == repr(x)


@pytest.mark.parametrize("x", [0.1, -1e-300, 1 / 3, 6.8813735870195432, 5e-324, 1e22, math.inf, -math.inf])
def test_numbers_written_into_a_program_read_back_the_same(x: float) -> None:
    """Nothing is lost between the slider and the text."""
    assert float(format_source(x)) == x


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("2", 2.0), (" -1.5 ", -1.5), ("−1.5", -1.5), ("1e-3", 0.001), ("", None), ("1,5", None), ("a", None),
        ("nan", None), ("inf", None), ("1e999", None),
    ],
)  # fmt: skip
def test_numbers_are_read_as_people_type_them(text: str, data: float | None) -> None:
    """A real minus sign is fine; what is no finite number is refused."""
    assert parse_finite(text) == data


def test_infinity_is_a_number_where_it_may_be() -> None:
    """As the text of a program has it; nan is none anywhere."""
    assert parse_number("−inf") == -math.inf
    assert parse_number("1e999") == math.inf
    assert parse_number("nan") is None


@pytest.mark.parametrize(
    ("x", "rounded"), [(1.0, 1.0), (1.1, 2.0), (2.0, 2.0), (30.0, 50.0), (0.06, 0.1), (700.0, 1000.0)]
)
def test_rounding_up_goes_to_one_two_or_five(x: float, rounded: float) -> None:
    """Times a power of ten."""
    assert round_up(x) == pytest.approx(rounded)


@pytest.mark.parametrize(
    ("x", "rounded"),
    [(5e-324, 5e-324), (1e-323, 1e-323), (3e-310, 5e-310), (1e308, 1e308), (1.1e308, math.inf)],
)
def test_rounding_up_reaches_to_the_ends_of_the_range(x: float, rounded: float) -> None:
    """The smallest numbers have one above them; beyond 1e308 there is only infinity."""
    assert round_up(x) == rounded
