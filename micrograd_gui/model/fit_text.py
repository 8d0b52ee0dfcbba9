"""Texts made to fit: the form there is room for, the width that each gets, and texts with fewer letters."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

T = TypeVar("T")
_MONO_ADVANCE = 0.6
"""Width of a character of the monospaced face, by the size of the font."""


def first_that_fits(choices: Iterable[T], width: Callable[[T], float], room: float) -> T:
    """Return the first of the choices, of which there is at least one, that is at most ``room`` wide; else the last."""
    for choice in choices:
        if width(choice) <= room:
            break
    return choice


def mono_width(count: int, size: float) -> float:
    """Return the width of ``count`` characters of the monospaced face, in the unit of ``size``."""
    return count * size * _MONO_ADVANCE


def common_limit(widths: Sequence[float], room: float) -> float:
    """Return the width to which the widest must shrink so that all of them fit in ``room``: short ones stay whole."""
    left = room
    for count, width in enumerate(sorted(widths)):
        share = left / (len(widths) - count)
        if width > share:
            return max(share, 0.0)
        left -= width
    return room


def shorten(text: str, length: int) -> str:
    """Return ``text`` in at most ``length`` characters, its middle left out: both ends tell more than one."""
    if len(text) <= length:
        return text
    tail = (length - 1) // 2
    return f"{text[: length - 1 - tail]}…{text[len(text) - tail :]}"


def shorten_end(text: str, length: int) -> str:
    """Return ``text`` in at most ``length`` characters, its end left out."""
    return text if len(text) <= length else f"{text[: length - 1]}…"
