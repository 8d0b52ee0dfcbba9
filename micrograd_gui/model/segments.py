"""Segments of a scrubber: runs of steps of one kind."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Literal, TypeAlias

Pass: TypeAlias = Literal["forward", "clear", "backward", "update"]
"""What a step belongs to; gradients that are set by hand to another number than 0 belong to "backward"."""


@dataclass(frozen=True, slots=True)
class Segment:
    """Consecutive steps of one kind."""

    kind: Pass
    begin: int
    """Number of steps before it."""
    count: int


def segments(kinds: Iterable[Pass]) -> tuple[Segment, ...]:
    """The runs in a sequence of kinds."""
    found = []
    begin = 0
    for kind, run in groupby(kinds):
        count = sum(1 for _ in run)
        found.append(Segment(kind, begin, count))
        begin += count
    return tuple(found)
