"""The rounds of a run's loops, as the strip above the scrubber shows them: where each begins, and a number of each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

import numpy as np

from micrograd_core.language.recording import Kind
from micrograd_gui.model.timeline import Timeline

_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")


@dataclass(frozen=True, slots=True)
class RoundMark:
    """One round of a loop."""

    number: int
    """Its index in the loop, from 0."""
    begin: int
    """Position of the timeline at which it begins."""
    end: int
    value: float | None
    """The number of the curve at the round's end; None without one."""


@dataclass(frozen=True, slots=True)
class RoundRow:
    """The rounds of one run of a loop."""

    name: str
    """The loop's target, such as ``k``."""
    marks: tuple[RoundMark, ...]
    current: int
    """Index of the mark of the round that is shown."""
    series: str
    """Name of the curve's numbers: a label, or ``printed``; \"\" for none."""


def same_place(row: RoundRow, index: int, position: int) -> int:
    """The position in another round that is like ``position`` in the present one; the end of a shorter round."""
    now, other = row.marks[row.current], row.marks[index]
    return min(other.begin + max(position - now.begin, 1), other.end)


def round_rows(timeline: Timeline, section: int, series: str = "") -> tuple[RoundRow, ...]:
    """The rounds around a section, the outermost loop first. ``series`` is a label that is on the curve if it can be.

    By default the curve has what the rounds differentiate, or else the last number that they print.
    """
    rows = []
    for depth in range(len(timeline.sections[section].rounds)):
        row = _row(timeline, section, depth, series)
        if len(row.marks) > 1:
            rows.append(row)
    return tuple(rows)


def _row(timeline: Timeline, section: int, depth: int, series: str) -> RoundRow:
    """The rounds of the loop at a depth around a section."""
    own = timeline.sections[section].rounds
    name, series, marks, indices = _marks(
        timeline, own[:depth], timeline.recording.rounds.loop[own[depth]], series
    )
    return RoundRow(name, marks, indices.index(own[depth]), series)


@lru_cache(maxsize=4)
def _marks(
    timeline: Timeline, around: tuple[int, ...], loop: int, series: str
) -> tuple[str, str, tuple[RoundMark, ...], list[int]]:
    """Name of a loop and of its curve, its marks, and the rounds that they stand for."""
    depth, rounds = len(around), timeline.recording.rounds
    inside = [
        index
        for index, each in enumerate(timeline.sections)
        if len(each.rounds) > depth
        and each.rounds[:depth] == around
        and rounds.loop[each.rounds[depth]] == loop
    ]
    by_round = [
        (index, list(group))
        for index, group in groupby(inside, key=lambda i: timeline.sections[i].rounds[depth])
    ]
    name, values = _values(timeline, [sections for _, sections in by_round], series)
    marks = tuple(
        RoundMark(
            rounds.number[index], timeline.starts[sections[0]], timeline.starts[sections[-1] + 1], value
        )
        for (index, sections), value in zip(by_round, values, strict=True)
    )
    indices = [index for index, _ in by_round]
    return rounds.sites[rounds.site[indices[0]]][1], name, marks, indices


def _values(timeline: Timeline, rounds: Sequence[list[int]], series: str) -> tuple[str, list[float | None]]:
    """The name of the curve and its number for each round, given the sections of each."""
    ends = [timeline.sections[sections[-1]].end for sections in rounds]
    begins = [timeline.sections[sections[0]].begin for sections in rounds]
    table, recording = timeline.table, timeline.recording
    if series:
        nodes = [
            next(
                (
                    int(node)
                    for node in timeline.sections[sections[-1]].nodes
                    if recording.labels[node] == series
                ),
                -1,
            )
            for sections in rounds
        ]
        if min(nodes) >= 0:
            return series, [table.data_at([node], end)[0] for node, end in zip(nodes, ends, strict=True)]
    seeds = np.flatnonzero(table.kind == Kind.SEED)
    roots = [_last(seeds, begin, end) for begin, end in zip(begins, ends, strict=True)]
    if all(root is not None for root in roots):
        found = [int(table.node[root]) for root in roots]
        values = [table.data_at([node], end)[0] for node, end in zip(found, ends, strict=True)]
        return recording.labels[found[-1]], values
    prints = np.flatnonzero(table.kind == Kind.PRINT)
    lines = [_last(prints, begin, end) for begin, end in zip(begins, ends, strict=True)]
    printed = [None if line is None else _last_number(recording.printed[table.node[line]]) for line in lines]
    return ("printed" if any(value is not None for value in printed) else ""), printed


def _last(events: np.ndarray, begin: int, end: int) -> int | None:
    """The last of these events between ``begin`` and ``end``; None for none."""
    found = int(np.searchsorted(events, end)) - 1
    return int(events[found]) if found >= 0 and events[found] >= begin else None


def _last_number(text: str) -> float | None:
    numbers = _NUMBER.findall(text)
    return float(numbers[-1]) if numbers else None
