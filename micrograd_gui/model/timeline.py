"""The timeline: every step of a run in order, and the moment at each position.

A step is an event of the recording that changes a number on the graph; nothing here computes a gradient.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate
from typing import Literal, NamedTuple, TypeAlias

import numpy as np

from micrograd_core.language import Recording, Span
from micrograd_core.language.recording import EMPTY_RECORDING, NOWHERE, Event, Kind
from micrograd_gui.model.event_table import EventTable, Ints
from micrograd_gui.model.sections import Section
from micrograd_gui.model.segments import Pass, Segment, segments

History: TypeAlias = tuple[tuple[int, float | None], ...]
"""(position, number from there on), ascending; None where it is not known."""


@dataclass(frozen=True, slots=True)
class ForwardStep:
    """A node's data is computed from its operands'."""

    node: int
    operands: tuple[float, ...]
    """The operands' data at that moment."""
    data: float


class Operand(NamedTuple):
    """What an update reads: a node's data or gradient, or a plain number."""

    kind: Literal["data", "grad", "number"]
    name: str
    """Label of the node, or name of the number; "" for a literal."""
    number: float


@dataclass(frozen=True, slots=True)
class UpdateStep:
    """The program sets a node's data."""

    node: int
    old: float
    new: float
    rule: tuple[str | Operand, ...] = ()
    """The arithmetic that gave the new data, with Python's signs; () where it is not known."""


@dataclass(frozen=True, slots=True)
class SetGradStep:
    """The program sets a node's gradient; 0 clears it."""

    node: int
    old: float
    new: float


@dataclass(frozen=True, slots=True)
class SeedStep:
    """The start of a backward pass: ∂root/∂root = 1, and gradients of inner nodes are cleared."""

    node: int
    total: float
    """The root's gradient after the step: 1, or more for a leaf that had one already."""


@dataclass(frozen=True, slots=True)
class BackwardStep:
    """``operand.grad += local × upstream``; ``node`` is the result that passes its gradient on."""

    node: int
    """−1 for a result that is not on the graph, because no name holds it any more."""
    operand: int
    operand_index: int
    local: float
    upstream: float
    contribution: float
    total: float
    hidden: str = ""
    """Label of a result that is not on the graph."""


@dataclass(frozen=True, slots=True)
class EndStep:
    """The program's end, from where on its last graph is shown; only where another one was shown before."""


Step: TypeAlias = ForwardStep | UpdateStep | SetGradStep | SeedStep | BackwardStep | EndStep


class Cause(NamedTuple):
    """Where a step comes from."""

    event: int
    """Index of its event."""
    place: Span | None
    """The part of the text that did it; None for a step that the window added."""
    round: int
    """Index of the innermost round or call around it; ``NOWHERE`` for none."""


class Use(NamedTuple):
    """An operand's data as a node was computed with it."""

    node: int
    operand_index: int
    operand: int
    data: float


@dataclass(frozen=True, slots=True)
class SectionSteps:
    """The steps of a section, in its cards. Position k within it is the moment when k of its steps are done."""

    steps: tuple[Step, ...]
    causes: tuple[Cause, ...]
    """One for each step."""
    data: tuple[History, ...]
    """History of each card's data."""
    grads: tuple[History, ...]
    """History of each card's gradient; None before anything has written to it, and where a pass has reset it."""
    segments: tuple[Segment, ...]
    uses: tuple[Use, ...]
    """Uses of operands whose data is other at some time."""

    def __len__(self) -> int:
        return len(self.steps)

    @property
    def sets_gradients(self) -> bool:
        """True if the program sets a gradient by hand to another number than 0."""
        return any(isinstance(step, SetGradStep) and step.new for step in self.steps)

    def data_at(self, card: int, position: int) -> float | None:
        """A card's data when this many of the section's steps are done."""
        return _at(self.data[card], position)

    def grad_at(self, card: int, position: int) -> float | None:
        """A card's gradient when this many of the section's steps are done."""
        return _at(self.grads[card], position)

    @property
    def forward_count(self) -> int:
        """Number of forward steps."""
        return sum(segment.count for segment in self.segments if segment.kind == "forward")


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


@dataclass(frozen=True, slots=True, eq=False)
class Timeline:
    """All steps of a run. Position k is the moment when k steps are done."""

    table: EventTable
    sections: tuple[Section, ...]
    """Sections with steps; an empty run has one without."""
    starts: tuple[int, ...]
    """Position at which each section begins; one more entry for the end."""
    step_events: Ints
    """Index of the event of each step."""
    final: Ints
    """The nodes of the graph at the run's end."""
    all_sections: tuple[Section, ...] = ()
    """All sections, also those without steps."""
    _cache: dict[int, SectionSteps] = field(default_factory=dict)

    def __len__(self) -> int:
        return self.starts[-1]

    @property
    def recording(self) -> Recording:
        return self.table.recording

    def numbers_of(self, section: int) -> tuple[int, ...]:
        """The numbers of a section's rounds, outermost first; () outside of loops."""
        return tuple(self.recording.rounds.number[index] for index in self.sections[section].rounds)

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
            events = self.step_events[self.starts[section] : self.starts[section + 1]]
            self._cache[section] = _steps(self.table, self.sections[section], events)
        return self._cache[section]

    def printed(self, position: int) -> int:
        """Number of lines printed at a position."""
        if position >= len(self):
            return len(self.recording.printed)
        kinds = self.table.kind[: self.step_events[position]]
        return int(np.count_nonzero(kinds == Kind.PRINT))

    def cause(self, position: float) -> Cause | None:
        """Where the step that is under way or was just done comes from; None before the first."""
        if not position:
            return None
        section = self.section_at(position)
        steps = self.steps_of(section)
        return steps.causes[math.ceil(position) - 1 - self.starts[section]]


EMPTY_TIMELINE = Timeline(
    EventTable(EMPTY_RECORDING),
    (Section(0, 0, (), 0, np.zeros(0, np.int64)),),
    (0, 0),
    np.zeros(0, np.int64),
    np.zeros(0, np.int64),
)
_MOST_CACHED = 64


def make_timeline(table: EventTable, sections: Sequence[Section], final: Ints) -> Timeline:
    """Find the steps of each section: the events that change a number on one of its cards.

    ``final`` are the nodes of graph number 0.
    """
    kept: list[Section] = []
    events: list[Ints] = []
    for section in sections:
        found = _step_events(table, section)
        if len(found):
            kept.append(section)
            events.append(found)
        elif kept:
            kept[-1] = replace(kept[-1], end=section.end)
            events[-1] = _step_events(table, kept[-1])
    starts = [0, *accumulate(map(len, events))]
    end = Section(len(table), len(table), (), 0, final)
    if not kept:
        kept, starts = [end], [0, 0]
    elif kept[-1].graph:
        kept.append(end)
        events.append(np.array([len(table)]))
        starts.append(starts[-1] + 1)
    step_events = np.concatenate(events) if events else np.zeros(0, np.int64)
    return Timeline(table, tuple(kept), tuple(starts), step_events, final, tuple(sections))


def _step_events(table: EventTable, section: Section) -> Ints:
    changes = _changes(table, section)
    steps: Ints = changes[table.kind[changes] != Kind.RESET]
    return steps


def _steps(table: EventTable, section: Section, events: Ints) -> SectionSteps:
    recording, nodes = table.recording, section.nodes.tolist()
    card = {node: index for index, node in enumerate(nodes)}
    data = _initial_data(table, section)
    present = list(data)
    data_history: list[list[tuple[int, float | None]]] = [[(0, x)] for x in data]
    grads: list[list[tuple[int, float | None]]] = [
        [(0, x)] for x in table.grads_at(section.nodes, section.begin)
    ]
    steps: list[Step] = []
    causes: list[Cause] = []
    for index in _changes(table, section).tolist():
        event, receiver = recording.event(index), card[int(table.receiver[index])]
        if event.kind == Kind.RESET:
            grads[receiver].append((len(steps) + 1, None))  # It belongs to the step that begins the pass.
            continue
        step = _step(table, index, card, present)
        steps.append(step)
        causes.append(_cause(recording, index, event))
        if isinstance(step, ForwardStep | UpdateStep):
            present[receiver] = event.new
            data_history[receiver].append((len(steps), event.new))
        else:
            grads[receiver].append((len(steps), event.new))
    if section.begin == len(table) and len(events):
        steps.append(EndStep())
        causes.append(Cause(len(table), None, NOWHERE))
    uses = [*_earlier_uses(table, nodes, card, data), *_uses(steps, recording, nodes, card)]
    return SectionSteps(
        tuple(steps),
        tuple(causes),
        tuple(map(tuple, data_history)),
        tuple(map(tuple, grads)),
        segments(map(pass_of, steps)),
        tuple(
            use for use in uses if any(x != use.data for _, x in data_history[use.operand] if x is not None)
        ),
    )


def _changes(table: EventTable, section: Section) -> Ints:
    """The events of a section that change a number on one of its cards, except that leaves are made."""
    span = slice(section.begin, section.end)
    shown = np.zeros(table.recording.nodes + 1, bool)
    shown[section.nodes] = True
    found = shown[table.receiver[span]] & (table.kind[span] != Kind.LEAF)
    return section.begin + np.flatnonzero(found)


def _uses(
    steps: Sequence[Step], recording: Recording, nodes: Sequence[int], card: dict[int, int]
) -> Iterator[Use]:
    """What the nodes of a section are computed with."""
    for step in steps:
        if isinstance(step, ForwardStep):
            for index, operand in enumerate(recording.operands_of(nodes[step.node])):
                yield Use(step.node, index, card[operand], step.operands[index])


def _earlier_uses(
    table: EventTable, nodes: Sequence[int], card: dict[int, int], data: Sequence[float | None]
) -> Iterator[Use]:
    """What the nodes were computed with that were there before a section."""
    for index, node in enumerate(nodes):
        operands = table.recording.operands_of(node)
        if operands and data[index] is not None:
            for position, x in enumerate(table.data_at(operands, int(table.made[node]))):
                yield Use(index, position, card[operands[position]], math.nan if x is None else x)


def _initial_data(table: EventTable, section: Section) -> list[float | None]:
    """The data of each card at a section's beginning. Its leaves are given, also those that it makes later."""
    data = table.data_at(section.nodes, section.begin)
    for card, node in enumerate(section.nodes.tolist()):
        if data[card] is None and not table.recording.operands_of(node):
            data[card] = table.recording.event(int(table.made[node])).new
    return data


def _step(table: EventTable, index: int, card: dict[int, int], data: Sequence[float | None]) -> Step:
    recording, event = table.recording, table.recording.event(index)
    node = card.get(event.node, -1)
    match event.kind:
        case Kind.FORWARD:
            operands = [data[card[operand]] for operand in recording.operands_of(event.node)]
            return ForwardStep(node, tuple(x for x in operands if x is not None), event.new)
        case Kind.SET_DATA:
            return UpdateStep(node, event.old, event.new, _rule(table, index))
        case Kind.SET_GRAD:
            return SetGradStep(node, event.old, event.new)
        case Kind.SEED:
            return SeedStep(node, event.new)
    operand = card[recording.operands_of(event.node)[event.operand]]
    hidden = "" if node >= 0 else recording.labels[event.node]
    return BackwardStep(
        node, operand, event.operand, event.local, event.old, event.contribution, event.new, hidden
    )


def _rule(table: EventTable, index: int) -> tuple[str | Operand, ...]:
    """The arithmetic of an update, with the numbers that it read."""
    recording = table.recording
    found = recording.updates.of(index)
    if found is None:
        return ()
    template, values = found
    rest = iter(values)
    rule: list[str | Operand] = []
    for piece in template.pieces:
        if isinstance(piece, str):
            rule.append(piece)
            continue
        value = next(rest)
        if piece.kind == "number":
            rule.append(Operand("number", piece.name, value))
            continue
        read = table.data_at if piece.kind == "data" else table.grads_at
        number = read([int(value)], index)[0]
        rule.append(Operand(piece.kind, recording.labels[int(value)], number or 0.0))
    return tuple(rule)


def _cause(recording: Recording, index: int, event: Event) -> Cause:
    place = None if event.place == NOWHERE else recording.places[event.place]
    return Cause(index, place, event.round)


def pass_of(step: Step) -> Pass:
    """What a step belongs to."""
    match step:
        case ForwardStep():
            return "forward"
        case UpdateStep():
            return "update"
        case SetGradStep(new=0.0):
            return "clear"
    return "backward"


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
    data = tuple(_at(history, done) for history in steps.data)
    return Moment(
        position=position,
        section=section,
        data=data,
        grads=tuple(_at(history, done) for history in steps.grads),
        step=step,
        progress=progress,
        carried=_carried(steps, done),
        outdated=frozenset(
            (use.node, use.operand_index)
            for use in steps.uses
            if data[use.node] is not None and data[use.operand] != use.data
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


class Progress(NamedTuple):
    """How far a program has come at a moment."""

    line: int
    """Line of the text whose step is under way or was just done; 0 for none, as at the end."""
    before: int
    """Line of the step before it, if that is another one; 0 for none."""
    printed: int
    """Number of lines printed so far."""


def progress_at(timeline: Timeline, position: float) -> Progress:
    """How far the program has come at a position. At rest at the end it has come to its end, and to no line."""
    if position >= len(timeline):
        return Progress(0, 0, timeline.printed(len(timeline)))
    done = math.ceil(position)
    line, before = (_line(timeline.cause(at)) for at in (done, max(done - 1, 0)))
    return Progress(line, before if before != line else 0, timeline.printed(int(position)))


def _line(cause: Cause | None) -> int:
    return 0 if cause is None or cause.place is None else cause.place.line


def forward_data(table: EventTable, section: Section) -> tuple[float, ...]:
    """The data of each card that the section's forward pass computed with: that at its last use, or else its last."""
    nodes = section.nodes
    used_at = np.full(table.recording.nodes, section.end)
    for user in nodes.tolist():
        for operand in table.recording.operands_of(user):
            used_at[operand] = table.made[user]
    event = np.maximum(used_at[nodes], table.made[nodes] + 1)
    return tuple(math.nan if x is None else x for x in table.data_at(nodes, event))


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


def _at(history: History, position: int) -> float | None:
    if len(history) == 1:
        return history[0][1]
    return history[bisect_right(history, position, key=lambda entry: entry[0]) - 1][1]


def contributions_from(steps: SectionSteps, node: int) -> list[tuple[int, BackwardStep]]:
    """(position within the section, step) of every contribution that ``node`` passes on, in order."""
    return [
        (i + 1, step)
        for i, step in enumerate(steps.steps)
        if isinstance(step, BackwardStep) and step.node == node
    ]
