"""The difference of two texts as one replaced range."""

from collections.abc import Callable
from typing import NamedTuple


class TextChange(NamedTuple):
    """``before[start:end]`` becomes ``text``."""

    start: int
    end: int
    text: str


def changed_range(before: str, after: str) -> TextChange:
    """The shortest range to replace in ``before`` to get ``after``."""
    shorter = min(len(before), len(after))
    start = _longest(shorter, lambda count: before[:count] == after[:count])
    tail = _longest(
        shorter - start, lambda count: before[len(before) - count :] == after[len(after) - count :]
    )
    return TextChange(start, len(before) - tail, after[start : len(after) - tail])


def _longest(most: int, agrees: Callable[[int], bool]) -> int:
    """The largest count up to ``most`` that agrees; all smaller ones must agree."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if agrees(middle) else (low, middle - 1)
    return low
