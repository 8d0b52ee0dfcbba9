"""How the program writes numbers."""

import math

MINUS = "\N{MINUS SIGN}"


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


def format_short(x: float) -> str:
    """``x`` in at most 4 significant digits and no trailing zeros, for sentences: ``0.5``, ``−3``."""
    text = "nan" if math.isnan(x) else f"{abs(x):.4g}"
    return MINUS + text if x < 0.0 else text


def format_source(x: float) -> str:
    """``x`` as a number to put into a program: the shortest text that reads back as the same float."""
    return repr(x).replace("inf", "1e999")
