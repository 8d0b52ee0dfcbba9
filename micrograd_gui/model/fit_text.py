"""Fitting texts: the first form that fits, the width of each part, and shortening."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

T = TypeVar("T")
_MONO_ADVANCE = 0.6
"""Width of a monospaced character, relative to the font size."""


def first_that_fits(choices: Iterable[T], width: Callable[[T], float], room: float) -> T:
    """Return the first choice that is at most ``room`` wide, or else the last. There must be one."""
    for choice in choices:
        if width(choice) <= room:
            break
    return choice


def mono_width(count: int, size: float) -> float:
    """Return the width of ``count`` monospaced characters, in the unit of ``size``."""
    return count * size * _MONO_ADVANCE


def common_limit(widths: Sequence[float], room: float) -> float:
    """Return the limit to which the widest must shrink so that all fit in ``room``; narrower ones stay whole."""
    left = room
    for count, width in enumerate(sorted(widths)):
        share = left / (len(widths) - count)
        if width > share:
            return max(share, 0.0)
        left -= width
    return room


def shorten(text: str, length: int) -> str:
    """Return ``text`` in at most ``length`` characters, with … for its middle."""
    if len(text) <= length:
        return text
    tail = (length - 1) // 2
    return f"{text[: length - 1 - tail]}…{text[len(text) - tail :]}"


def shorten_end(text: str, length: int) -> str:
    """Return ``text`` in at most ``length`` characters, with … for its end."""
    return text if len(text) <= length else f"{text[: length - 1]}…"
