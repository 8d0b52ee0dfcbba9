"""The rounds of a run's loops, as the strip above the scrubber shows them: where each begins, and a number of each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TypeAlias
from weakref import WeakKeyDictionary

import numpy as np

from micrograd_core.language.columns import Ints
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
    found = [_Found(timeline, index, sections[-1]) for index, sections in by_round]
    name, values = _values(found, series)
    marks = tuple(
        RoundMark(
            rounds.number[index], timeline.starts[sections[0]], timeline.starts[sections[-1] + 1], value
        )
        for (index, sections), value in zip(by_round, values, strict=True)
    )
    indices = [index for index, _ in by_round]
    target = rounds.sites[rounds.site[indices[0]]][1]
    return RoundRow(target, marks, 0, name, found[-1].choices()), indices


@dataclass(frozen=True, slots=True)
class _Found:
    """What is read of a round for the curve."""

    timeline: Timeline
    round: int
    """Its index in the recording."""
    section: int
    """Index of its last section."""

    @property
    def _span(self) -> tuple[int, int]:
        rounds = self.timeline.recording.rounds
        return rounds.begin[self.round], rounds.end[self.round]

    def data(self, node: int) -> float | None:
        """The data of a node at the round's end."""
        section, end = self.timeline.sections[self.section], self._span[1]
        if section.packed < 0:
            return self.timeline.table.data_at([node], end)[0]
        recording = self.timeline.recording
        packed = recording.packed[section.packed]
        named = recording.models[packed.model].named
        if node in named:
            return packed.named[named.index(node)]
        if self.timeline.table.made[node] < recording.rounds.begin[packed.model]:
            return self.timeline.table.data_at([node], end)[0]
        return self.timeline.table_of(self.section).data_at([node], section.end)[0]

    def labelled(self, label: str) -> float | None:
        """The data of the card with a label at the round's end."""
        labels, nodes = self.timeline.recording.labels, self.timeline.sections[self.section].nodes.tolist()
        node = next((node for node in nodes if labels[node] == label), None)
        return None if node is None else self.data(node)

    def root(self) -> int | None:
        """The node that is differentiated last."""
        table, (begin, end) = self.timeline.table, self._span
        packed = self.timeline.sections[self.section].packed
        if packed >= 0:
            rounds, model = self.timeline.recording.rounds, self.timeline.recording.packed[packed].model
            begin, end = rounds.begin[model], rounds.end[model]
        seed = _last(table.seeds, begin, end)
        return None if seed is None else int(table.node[seed])

    def printed(self) -> list[str]:
        """The numbers in the last line that is printed."""
        event = _last(self.timeline.table.prints, *self._span)
        if event is None:
            return []
        return _NUMBER.findall(self.timeline.recording.printed[self.timeline.table.node[event]])

    def choices(self) -> tuple[str, ...]:
        """What can be put on the curve: the named cards, and the numbers that are printed."""
        nodes = self.timeline.sections[self.section].nodes.tolist()
        labels = dict.fromkeys(self.timeline.recording.labels[node] for node in nodes)
        named = [
            label
            for label in labels
            if label.replace("[", "").replace("]", "").replace(".", "").isidentifier()
        ]
        printed = [f"{_PRINTED}{number + 1}" for number in range(len(self.printed()))]
        return (*named[:_MOST_CHOICES], *printed)


def _values(rounds: Sequence[_Found], series: str) -> tuple[str, list[float | None]]:
    """The name of the curve and its number for each round."""
    if series.startswith(_PRINTED):
        return series, _printed(rounds, int(series.removeprefix(_PRINTED)) - 1)
    if series:
        values = [each.labelled(series) for each in rounds]
        if any(value is not None for value in values):
            return series, values
    roots = [each.root() for each in rounds]
    last = next((root for root in reversed(roots) if root is not None), None)
    if last is not None:
        values = [None if root is None else each.data(root) for each, root in zip(rounds, roots, strict=True)]
        return rounds[0].timeline.recording.labels[last], values
    values = _printed(rounds, -1)
    return (tr("printed") if any(value is not None for value in values) else ""), values


def _printed(rounds: Sequence[_Found], which: int) -> list[float | None]:
    """One of the numbers in the last line that each round prints; None for a round without."""
    values: list[float | None] = []
    for numbers in (each.printed() for each in rounds):
        values.append(float(numbers[which]) if -len(numbers) <= which < len(numbers) else None)
    return values


def _last(events: Ints, begin: int, end: int) -> int | None:
    """The last of these events between ``begin`` and ``end``; None for none."""
    found = int(np.searchsorted(events, end)) - 1
    return int(events[found]) if found >= 0 and events[found] >= begin else None
