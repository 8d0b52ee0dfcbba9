"""Formatting and parsing of numbers."""

import math
import sys
from decimal import Decimal

MINUS = "\N{MINUS SIGN}"
NOT_YET = "·"
"""Placeholder for a number that playback has not reached."""
_NOISE = 1e-12
"""Relative error of a few float roundings."""
LARGEST = sys.float_info.max
"""Largest finite float."""
SMALLEST_WHOLE = sys.float_info.min
"""Smallest normal float; smaller ones have fewer digits."""
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def format_number(x: float, decimals: int = 4) -> str:
    """Return ``x`` with ``decimals`` decimals, or with as many significant digits if it is very large or small.

    The minus sign is a real one; inf and nan are ``inf`` and ``nan``.
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
    """Return ``x`` with ``digits`` significant digits, for sentences: ``0.5``, ``−3``, ``0.7071``.

    Trailing zeros are dropped only if the number is exact up to float noise: 1.9999 is ``2.000`` and not ``2``.
    """
    size = abs(x)
    text = write_digits(size, digits)
    if math.isfinite(x) and not math.isclose(float(text), size, rel_tol=_NOISE):
        text = f"{size:#.{digits}g}"
        if text.endswith("."):  # A whole number of so many digits looks exact, too.
            text = f"{size:.1f}"
    return MINUS + text if x < 0.0 else text


def write_digits(x: float, digits: int) -> str:
    """Return ``x`` with at most ``digits`` significant digits, and no more than distinguish it from its neighbours.

    Subnormal floats have fewer digits: 5e-324 is ``5e-324``, not ``4.941e-324``.
    """
    return f"{Decimal(repr(x)) if 0.0 < abs(x) < SMALLEST_WHOLE else x:.{digits}g}"


def format_source(x: float) -> str:
    """Return ``x`` as a number to put into a program: the shortest text that reads back as the same float."""
    return repr(x).replace("inf", "1e999")


def same_number(one: float, other: float) -> bool:
    """Say whether two numbers are the same; −0.0 differs from 0.0, and nan from everything."""
    return one == other and math.copysign(1.0, one) == math.copysign(1.0, other)


def superscript(n: int) -> str:
    """Return a whole number as an exponent: ``⁻¹¹``."""
    return str(n).translate(_SUPERSCRIPT)


def round_up(x: float) -> float:
    """Return the next larger of 1, 2 and 5 times a power of ten, for finite ``x`` above 0.

    A number exceeded only by rounding still counts. The result is inf beyond the largest float.
    """
    exponent = math.floor(math.log10(x))
    round_numbers = (float(f"{digit}e{exponent}") for digit in (1, 2, 5, 10))
    return next(number for number in round_numbers if number >= x * (1 - 1e-9))


def parse_number(text: str) -> float | None:
    """Parse a number as typed by a person, also with a real minus sign; None for nan and for anything else."""
    try:
        number = float(text.strip().replace(MINUS, "-"))
    except ValueError:
        return None
    return None if math.isnan(number) else number


def parse_finite(text: str) -> float | None:
    """Parse a finite number as ``parse_number`` does; None for anything else."""
    number = parse_number(text)
    return None if number is None or math.isinf(number) else number
