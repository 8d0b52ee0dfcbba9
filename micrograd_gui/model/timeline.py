"""The timeline: every step of a run in order, and the moment at each position.

A step is an event of the recording that changes a number on the graph; nothing here computes a gradient.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from micrograd_core.language import Recording
from micrograd_core.language.columns import Ints
from micrograd_core.language.recording import NOWHERE
from micrograd_core.language.tape import EMPTY_RECORDING
from micrograd_gui.model.event_table import EventTable
from micrograd_gui.model.packed_table import packed_table
from micrograd_gui.model.section_steps import events_of_steps, section_steps
from micrograd_gui.model.sections import Section
from micrograd_gui.model.steps import (
    BackwardStep,
    Cause,
    SectionSteps,
    SeedStep,
    SetGradStep,
    Step,
    at,
    differs,
)


@dataclass(frozen=True, slots=True)
class Moment:
    """The state at a position. Between two positions ``step`` is under way, with ``progress`` of it done (0 to 1).

    At rest ``step`` is the one just done and ``progress`` is 1; before the first step it is None.
    """

    position: float
    section: int
    """Index of the section whose cards these are."""
    data: tuple[float | None, ...]
    """Each card's data; None before it is computed."""
    grads: tuple[float | None, ...]
    step: Step | None
    progress: float
    carried: frozenset[tuple[int, int]] = frozenset()
    """(node, operand position) of every edge used by the present backward pass so far."""
    outdated: frozenset[tuple[int, int]] = frozenset()
    """(node, operand position) of every edge whose operand had other data when the node was computed."""
    by_hand: frozenset[int] = frozenset()
    """Cards whose gradient the program set itself, to another number than 0."""


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Timeline:
    """All steps of a run. Position k is the moment when k steps are done."""

    table: EventTable
    sections: tuple[Section, ...]
    """Sections with steps; an empty run has one without."""
    starts: tuple[int, ...]
    """Position at which each section begins; one more entry for the end."""
    events: tuple[Ints, ...]
    """For each section the numbers of the events of its steps."""
    final: Ints
    """The nodes of the graph at the run's end."""
    all_sections: tuple[Section, ...] = ()
    """All sections, also those without steps."""
    _cache: dict[int, SectionSteps] = field(default_factory=dict)
    _unpacked: dict[int, EventTable] = field(default_factory=dict)

    def __len__(self) -> int:
        return self.starts[-1]

    def __reduce__(self) -> tuple[type[Timeline], tuple[object, ...]]:
        """Pickle it without what it keeps to answer faster."""
        return Timeline, (
            self.table, self.sections, self.starts, self.events, self.final, self.all_sections,
        )  # fmt: skip

    @property
    def recording(self) -> Recording:
        return self.table.recording

    def numbers_of(self, section: int) -> tuple[int, ...]:
        """The numbers of a section's rounds, outermost first; () outside of loops."""
        return tuple(self.recording.rounds.number[index] for index in self.sections[section].rounds)

    @property
    def final_data(self) -> list[float | None]:
        """The data on the graph at the run's end."""
        return self.table.data_at(self.final, len(self.table))

    @property
    def final_grads(self) -> list[float | None]:
        """The gradients on the graph at the run's end."""
        return self.table.grads_at(self.final, len(self.table))

    def section_at(self, position: float) -> int:
        """Index of the section that is shown at a position; at rest that of the step just done."""
        return min(max(bisect_left(self.starts, position) - 1, 0), len(self.sections) - 1)

    def steps_of(self, section: int) -> SectionSteps:
        """The steps of a section."""
        if section not in self._cache:
            if len(self._cache) >= _MOST_CACHED:
                del self._cache[next(iter(self._cache))]
            self._cache[section] = section_steps(
                self.table_of(section), self.sections[section], self.events[section]
            )
        return self._cache[section]

    def table_of(self, section: int) -> EventTable:
        """The table of a section's events."""
        packed = self.sections[section].packed
        if packed < 0:
            return self.table
        if packed not in self._unpacked:
            if len(self._unpacked) >= _MOST_UNPACKED:
                del self._unpacked[next(iter(self._unpacked))]
            self._unpacked[packed] = packed_table(self.table, self.sections, packed)
        return self._unpacked[packed]

    def repetitions(self, position: int) -> int:
        """How many steps of the same kind as the next one come before it; counting ends with the first many."""
        if position >= len(self):
            return 0
        section = self.section_at(position + 1)
        kinds = self._kinds(section)[: position - self.starts[section] + 1]
        kind, found = kinds[-1], int(np.count_nonzero(kinds == kinds[-1])) - 1
        while section and found < _MANY:
            section -= 1
            found += int(np.count_nonzero(self._kinds(section) == kind))
        return found

    def _kinds(self, section: int) -> NDArray[np.uint8]:
        """The kinds of a section's steps."""
        kinds: NDArray[np.uint8] = self.table.kind[np.minimum(self.events[section], len(self.table) - 1)]
        return kinds

    def printed(self, position: int) -> int:
        """Number of lines printed at a position."""
        if position >= len(self):
            return len(self.recording.printed)
        section = self.section_at(position + 1)
        found, event = self.sections[section], self.events[section][position - self.starts[section]]
        prints = self.table.prints
        before = int(np.searchsorted(prints, event))
        if found.packed >= 0:
            packed, begin = self.recording.packed[found.packed], self.recording.rounds.begin
            before += int(np.diff(np.searchsorted(prints, (begin[packed.model], begin[packed.round])))[0])
        return before

    def cause(self, position: float) -> Cause | None:
        """Where the step that is under way or was just done comes from; None before the first."""
        if not position:
            return None
        section = self.section_at(position)
        index = int(self.events[section][math.ceil(position) - 1 - self.starts[section]])
        if index == len(self.table):
            return Cause(index, None)
        event = self.recording.event(index)
        place = None if event.place == NOWHERE else self.recording.places[event.place]
        return Cause(index, place)


EMPTY_TIMELINE = Timeline(
    EventTable(EMPTY_RECORDING),
    (Section(0, 0, (), 0, np.zeros(0, np.int64)),),
    (0, 0),
    (np.zeros(0, np.int64),),
    np.zeros(0, np.int64),
)
_MOST_CACHED = 64
_MOST_UNPACKED = 8
_MANY = 1000


def make_timeline(table: EventTable, sections: Sequence[Section], final: Ints) -> Timeline:
    """Find the steps of each section: the events that change a number on one of its cards.

    ``final`` are the nodes of graph number 0.
    """
    known: dict[tuple[int, int, int], Ints] = {}

    def events_of(section: Section) -> Ints:
        """The section's steps; a packed round has those of its model, which the table knows."""
        key = section.begin, section.end, section.graph
        if key not in known:
            known[key] = events_of_steps(table, section)
        return known[key]

    kept: list[Section] = []
    for section in sections:
        if len(events_of(section)):
            kept.append(section)
        elif kept and kept[-1].packed == section.packed:
            kept[-1] = replace(kept[-1], end=section.end)
    events = [events_of(section) for section in kept]
    end = Section(len(table), len(table), (), 0, final)
    if not kept:
        kept, events = [end], [np.zeros(0, np.int64)]
    elif kept[-1].graph:
        kept.append(end)
        events.append(np.array([len(table)]))
    starts = 0, *accumulate(map(len, events))
    return Timeline(table, tuple(kept), starts, tuple(events), final, tuple(sections))


def moment_at(timeline: Timeline, position: float) -> Moment:
    """The moment at ``position``, clamped to the timeline."""
    position = min(max(position, 0.0), float(len(timeline)))
    section = timeline.section_at(position)
    steps = timeline.steps_of(section)
    within = position - timeline.starts[section]
    done = int(within)
    progress = within - done
    if progress:
        step: Step | None = steps.steps[done]
    else:
        step, progress = (steps.steps[done - 1], 1.0) if done else (None, 1.0)
    data = tuple(at(history, done) for history in steps.data)
    return Moment(
        position=position,
        section=section,
        data=data,
        grads=tuple(at(history, done) for history in steps.grads),
        step=step,
        progress=progress,
        carried=_carried(steps, done),
        outdated=frozenset(
            (use.node, use.operand_index)
            for use in steps.uses
            if data[use.node] is not None and differs(data[use.operand], use.data)
        ),
        by_hand=_by_hand(steps, done),
    )


def _carried(steps: SectionSteps, done: int) -> frozenset[tuple[int, int]]:
    """The edges used since the last backward pass began."""
    carried = set()
    for step in reversed(steps.steps[:done]):
        if isinstance(step, SeedStep):
            break
        if isinstance(step, BackwardStep):
            carried.add((step.node, step.operand_index))
    return frozenset(carried)


class TextProgress(NamedTuple):
    """How far a program has come at a moment."""

    line: int
    """Line of the text whose step is under way or was just done; 0 for none, as at the end."""
    before: int
    """Line of the step before it, if that is another one; 0 for none."""
    printed: int | None
    """Number of prints so far; None for all that there is to tell, at the end."""


def progress_at(timeline: Timeline, position: float) -> TextProgress:
    """How far the program has come at a position. At rest at the end it has come to its end, and to no line."""
    if position >= len(timeline):
        return TextProgress(0, 0, None)
    done = math.ceil(position)
    line, before = (_line(timeline.cause(at)) for at in (done, max(done - 1, 0)))
    return TextProgress(line, before if before != line else 0, timeline.printed(int(position)))


def _line(cause: Cause | None) -> int:
    return 0 if cause is None or cause.place is None else cause.place.line


def _by_hand(steps: SectionSteps, done: int) -> frozenset[int]:
    """Cards whose gradient has an amount that the program set itself."""
    set_at: dict[int, int] = {}
    for position, step in enumerate(steps.steps[:done] if steps.sets_gradients else (), 1):
        if isinstance(step, SetGradStep):
            set_at.pop(step.node, None)
            if step.new:
                set_at[step.node] = position
    return frozenset(
        node
        for node, position in set_at.items()
        if not any(grad is None and position < at <= done for at, grad in steps.grads[node])
    )
