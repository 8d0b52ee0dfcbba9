"""The rounds of a run's loops, as the strip above the scrubber shows them: where each begins, and a number of each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TypeAlias
from weakref import WeakKeyDictionary

import numpy as np

from micrograd_core.language.recording import Kind
from micrograd_core.texts import tr
from micrograd_gui.model.timeline import Timeline

_PRINTED = "printed "
"""Beginning of a series of printed numbers, before the place of the number in the line, from 1."""
_MOST_CHOICES = 60
_NUMBER = re.compile(r"[-+]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|\b(?:inf|nan)\b)")


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
    """Name of the curve's numbers: one of ``choices``, or ``printed``; "" for none."""
    choices: tuple[str, ...] = ()
    """The series that can be chosen."""


def same_place(timeline: Timeline, row: RoundRow, index: int, position: int) -> int:
    """The position in another round that is like ``position`` in the present one.

    In a round with as many steps that is the one as far from the beginning, else the nearest with the same step, or
    just the nearest.
    """
    now, other = row.marks[row.current], row.marks[index]
    wanted = min(other.begin + max(position - now.begin, 1), other.end)
    if now.end - now.begin == other.end - other.begin or position <= now.begin:
        return wanted
    step = _what(timeline, position)
    like = [at for at in range(other.begin + 1, other.end + 1) if _what(timeline, at) == step]
    return min(like, key=lambda at: abs(at - wanted), default=wanted)


def _what(timeline: Timeline, position: int) -> tuple[object, ...]:
    """What the step that is done at a position does, apart from its numbers."""
    section = timeline.section_at(position)
    step = timeline.steps_of(section).steps[position - timeline.starts[section] - 1]
    cards = tuple(getattr(step, name, None) for name in ("node", "operand", "operand_index"))
    return timeline.sections[section].graph, type(step), cards


def round_rows(timeline: Timeline, section: int, series: str = "") -> tuple[RoundRow, ...]:
    """The rounds around a section, the outermost loop first, with ``series`` on the curve if it can be.

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
    loop = timeline.recording.rounds.loop[own[depth]]
    row, indices = _rows(timeline, own[:depth], loop, series)
    return replace(row, current=indices.index(own[depth]))


_Key: TypeAlias = tuple[tuple[int, ...], int, str]
_KNOWN: WeakKeyDictionary[Timeline, dict[_Key, tuple[RoundRow, list[int]]]] = WeakKeyDictionary()
"""The rows of each timeline, without a current round, and the rounds of their marks."""


def _rows(timeline: Timeline, around: tuple[int, ...], loop: int, series: str) -> tuple[RoundRow, list[int]]:
    """Find the row of a loop, once."""
    known, key = _KNOWN.setdefault(timeline, {}), (around, loop, series)
    if key not in known:
        known[key] = _make_row(timeline, around, loop, series)
    return known[key]


def _make_row(
    timeline: Timeline, around: tuple[int, ...], loop: int, series: str
) -> tuple[RoundRow, list[int]]:
    """The row of a loop within the rounds ``around`` it, and the rounds that its marks stand for."""
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
    sections_of = [sections for _, sections in by_round]
    name, values = _values(timeline, sections_of, series)
    marks = tuple(
        RoundMark(
            rounds.number[index], timeline.starts[sections[0]], timeline.starts[sections[-1] + 1], value
        )
        for (index, sections), value in zip(by_round, values, strict=True)
    )
    indices = [index for index, _ in by_round]
    target = rounds.sites[rounds.site[indices[0]]][1]
    return RoundRow(target, marks, 0, name, _choices(timeline, sections_of)), indices


def _values(timeline: Timeline, rounds: Sequence[list[int]], series: str) -> tuple[str, list[float | None]]:
    """The name of the curve and its number for each round, given the sections of each."""
    if series.startswith(_PRINTED):
        return series, _printed(timeline, rounds, int(series.removeprefix(_PRINTED)) - 1)
    if series:
        values = _labelled(timeline, rounds, series)
        if any(value is not None for value in values):
            return series, values
    found = _differentiated(timeline, rounds)
    if found is not None:
        return found
    values = _printed(timeline, rounds, -1)
    return (tr("printed") if any(value is not None for value in values) else ""), values


def _labelled(timeline: Timeline, rounds: Sequence[list[int]], label: str) -> list[float | None]:
    """The data of the card with a label at the end of each round."""
    labels = timeline.recording.labels
    values: list[float | None] = []
    for section in (timeline.sections[sections[-1]] for sections in rounds):
        nodes = [node for node in section.nodes.tolist() if labels[node] == label]
        values += timeline.table.data_at(nodes[:1], section.end) if nodes else [None]
    return values


def _differentiated(timeline: Timeline, rounds: Sequence[list[int]]) -> tuple[str, list[float | None]] | None:
    """Label and data of what each round differentiates last; None if none of them does."""
    table = timeline.table
    seeds = np.flatnonzero(table.kind == Kind.SEED)
    roots = [_last(seeds, *_span(timeline, sections)) for sections in rounds]
    nodes = [None if root is None else int(table.node[root]) for root in roots]
    ends = [_span(timeline, sections)[1] for sections in rounds]
    values = [
        None if node is None else table.data_at([node], end)[0] for node, end in zip(nodes, ends, strict=True)
    ]
    last = next((node for node in reversed(nodes) if node is not None), None)
    return None if last is None else (timeline.recording.labels[last], values)


def _printed(timeline: Timeline, rounds: Sequence[list[int]], which: int) -> list[float | None]:
    """One of the numbers in the last line that each round prints; None for a round without."""
    prints = np.flatnonzero(timeline.table.kind == Kind.PRINT)
    values: list[float | None] = []
    for sections in rounds:
        event = _last(prints, *_span(timeline, sections))
        line = "" if event is None else timeline.recording.printed[timeline.table.node[event]]
        numbers = _NUMBER.findall(line)
        values.append(float(numbers[which]) if -len(numbers) <= which < len(numbers) else None)
    return values


def _choices(timeline: Timeline, rounds: Sequence[list[int]]) -> tuple[str, ...]:
    """What can be put on the curve: the named cards of the last round, and the numbers that it prints."""
    section = timeline.sections[rounds[-1][-1]]
    labels = dict.fromkeys(timeline.recording.labels[node] for node in section.nodes.tolist())
    named = [
        label for label in labels if label.replace("[", "").replace("]", "").replace(".", "").isidentifier()
    ]
    prints = np.flatnonzero(timeline.table.kind == Kind.PRINT)
    event = _last(prints, *_span(timeline, rounds[-1]))
    line = "" if event is None else timeline.recording.printed[timeline.table.node[event]]
    printed = [f"{_PRINTED}{number + 1}" for number in range(len(_NUMBER.findall(line)))]
    return (*named[:_MOST_CHOICES], *printed)


def _span(timeline: Timeline, sections: Sequence[int]) -> tuple[int, int]:
    """The events of a round, given its sections."""
    return timeline.sections[sections[0]].begin, timeline.sections[sections[-1]].end


def _last(events: np.ndarray, begin: int, end: int) -> int | None:
    """The last of these events between ``begin`` and ``end``; None for none."""
    found = int(np.searchsorted(events, end)) - 1
    return int(events[found]) if found >= 0 and events[found] >= begin else None
