"""How the program writes numbers, and reads those that people type."""

import math
import sys
from decimal import Decimal

MINUS = "\N{MINUS SIGN}"
NOT_YET = "·"
"""Stands for a number that playback has not reached."""
_NOISE = 1e-12
"""The relative error that a few roundings of floats make."""
SMALLEST_WHOLE = sys.float_info.min
"""The smallest float with all its digits; below it, the smaller a float is the fewer it has."""
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def format_number(x: float, decimals: int = 4) -> str:
    """Return ``x`` with ``decimals`` decimals, or as many significant digits where those would say little.

    The minus sign is a real one; ``inf`` and ``nan`` are spelled out.
    """
    if math.isnan(x):
        return "nan"
    size = abs(x)
    if math.isinf(x):
        text = "inf"
    elif 0.0 < size < SMALLEST_WHOLE:
        text = write_digits(size, decimals)
    elif size != 0.0 and not 10.0 ** (1 - decimals) <= size < 1e5:
        text = f"{size:.{decimals - 1}e}"
    else:
        text = f"{size:.{decimals}f}"
    return MINUS + text if x < 0.0 else text


def format_short(x: float, digits: int = 4) -> str:
    """Return ``x`` in so many significant digits, for sentences: ``0.5``, ``−3``, ``0.7071``.

    Only what is exact, but for the noise of floats, loses its zeros at the end: 1.9999 is ``2.000`` and not ``2``.
    """
    size = abs(x)
    text = write_digits(size, digits)
    if math.isfinite(x) and not math.isclose(float(text), size, rel_tol=_NOISE):
        text = f"{size:#.{digits}g}"
        if text.endswith("."):  # A whole number of so many digits looks exact, too.
            text = f"{size:.1f}"
    return MINUS + text if x < 0.0 else text


def write_digits(x: float, digits: int) -> str:
    """Return ``x`` in at most so many significant digits, never more than tell it from its neighbours.

    The smallest floats have fewer than others: 5e-324 is ``5e-324``, and not the ``4.941e-324`` that it is exactly.
    """
    return f"{Decimal(repr(x)) if 0.0 < abs(x) < SMALLEST_WHOLE else x:.{digits}g}"


def format_source(x: float) -> str:
    """Return ``x`` as a number to put into a program: the shortest text that reads back as the same float."""
    return repr(x).replace("inf", "1e999")


def same_number(one: float, other: float) -> bool:
    """Say whether they are the same number; −0.0 is another than 0.0, and no number is the same as nan."""
    return one == other and math.copysign(1.0, one) == math.copysign(1.0, other)


def superscript(n: int) -> str:
    """Return a whole number as an exponent: ``⁻¹¹``."""
    return str(n).translate(_SUPERSCRIPT)


def round_up(x: float) -> float:
    """Return the next of 1, 2 and 5 times a power of ten, for finite ``x`` above 0.

    One that is only just exceeded still counts. It is inf where that would be larger than any number.
    """
    exponent = math.floor(math.log10(x))
    round_numbers = (float(f"{digit}e{exponent}") for digit in (1, 2, 5, 10))
    return next(number for number in round_numbers if number >= x * (1 - 1e-9))


def parse_number(text: str) -> float | None:
    """Return a number as a person types it, also with a real minus sign; None for what is none, and for nan."""
    try:
        number = float(text.strip().replace(MINUS, "-"))
    except ValueError:
        return None
    return None if math.isnan(number) else number


def parse_finite(text: str) -> float | None:
    """Return the same without infinity."""
    number = parse_number(text)
    return None if number is None or math.isinf(number) else number
