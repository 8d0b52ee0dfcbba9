"""How the program writes numbers, and reads those that people type."""

import math

MINUS = "\N{MINUS SIGN}"
NOT_YET = "·"
"""Stands for a number that playback has not reached."""
_NOISE = 1e-12
"""Of a number, relative: what a few roundings of floats make of it."""
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def format_number(x: float, decimals: int = 4) -> str:
    """``x`` with ``decimals`` decimals, or as many significant digits where those would say little.

    A real minus sign; ``inf`` and ``nan`` spelled out.
    """
    if math.isnan(x):
        return "nan"
    size = abs(x)
    if math.isinf(x):
        text = "inf"
    elif size != 0.0 and not 10.0 ** (1 - decimals) <= size < 1e5:
        text = f"{size:.{decimals - 1}e}"
    else:
        text = f"{size:.{decimals}f}"
    return MINUS + text if x < 0.0 else text


def format_short(x: float, digits: int = 4) -> str:
    """``x`` in so many significant digits, for sentences: ``0.5``, ``−3``, ``0.7071``.

    Only what is exact, but for the noise of floats, loses its zeros at the end: 1.9999 is ``2.000`` and not ``2``.
    """
    size = abs(x)
    text = f"{size:.{digits}g}"
    if math.isfinite(x) and not math.isclose(float(text), size, rel_tol=_NOISE):
        text = f"{size:#.{digits}g}"
        if text.endswith("."):  # A whole number of so many digits looks exact, too.
            text = f"{size:.1f}"
    return MINUS + text if x < 0.0 else text


def format_source(x: float) -> str:
    """``x`` as a number to put into a program: the shortest text that reads back as the same float."""
    return repr(x).replace("inf", "1e999")


def same_number(one: float, other: float) -> bool:
    """Say whether they are the same number; −0.0 is another than 0.0, and no number is the same as nan."""
    return one == other and math.copysign(1.0, one) == math.copysign(1.0, other)


def superscript(n: int) -> str:
    """A whole number as an exponent: ``⁻¹¹``."""
    return str(n).translate(_SUPERSCRIPT)


def round_up(x: float) -> float:
    """The next of 1, 2 and 5 times a power of ten, for finite ``x`` above 0; one that is only just exceeded still
    counts. It is inf where that would be larger than any number.
    """
    exponent = math.floor(math.log10(x))
    round_numbers = (float(f"{digit}e{exponent}") for digit in (1, 2, 5, 10))
    return next(number for number in round_numbers if number >= x * (1 - 1e-9))


def parse_number(text: str) -> float | None:
    """A number as a person types it, also with a real minus sign; None for what is none, and for nan."""
    try:
        number = float(text.strip().replace(MINUS, "-"))
    except ValueError:
        return None
    return None if math.isnan(number) else number


def parse_finite(text: str) -> float | None:
    """The same without infinity."""
    number = parse_number(text)
    return None if number is None or math.isinf(number) else number
