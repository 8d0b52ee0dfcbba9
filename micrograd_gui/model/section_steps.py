"""The steps of a section, from the events of the recording."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import compress

import numpy as np

from micrograd_core.language import Recording
from micrograd_core.language.columns import Ints
from micrograd_core.language.recording import EVENT, Kind
from micrograd_gui.model.event_table import EventTable
from micrograd_gui.model.sections import Section
from micrograd_gui.model.segments import segments
from micrograd_gui.model.steps import (
    BackwardStep,
    EndStep,
    ForwardStep,
    Operand,
    SectionSteps,
    SeedStep,
    SetGradStep,
    Step,
    UpdateStep,
    Use,
    differs,
    pass_of,
)


def events_of_steps(table: EventTable, section: Section) -> Ints:
    """The numbers of the events of a section that are steps. A packed round has its model's."""
    changes = _changes(table, section)
    kinds = table.kind[changes - table.recording.first]
    steps: Ints = changes[~np.isin(kinds, (Kind.RESET, Kind.LEAF))]
    return steps


def section_steps(table: EventTable, section: Section, events: Ints) -> SectionSteps:
    """The steps of a section, which has these ``events``, with the history of each card's numbers."""
    recording, nodes = table.recording, section.nodes.tolist()
    card = {node: index for index, node in enumerate(nodes)}
    data = _initial_data(table, section)
    present = list(data)
    data_history: list[list[tuple[int, float | None]]] = [[(0, x)] for x in data]
    grads: list[list[tuple[int, float | None]]] = [
        [(0, x)] for x in table.grads_at(section.nodes, section.begin)
    ]
    steps: list[Step] = []
    changes = _changes(table, section)
    receivers = table.receiver[changes - recording.first].tolist()
    for event, receiver in zip(
        _events(recording, section, changes), map(card.__getitem__, receivers), strict=True
    ):
        if event[0] == Kind.LEAF:
            if present[receiver] is None:
                present[receiver] = event[5]
                data_history[receiver].append((len(steps), event[5]))
            continue
        if event[0] == Kind.RESET:
            grads[receiver].append((len(steps) + 1, None))  # It belongs to the step that begins the pass.
            continue
        step = _step(recording, event, card, present)
        steps.append(step)
        if isinstance(step, SeedStep):
            for inner in _below(recording, nodes, card, step.node):
                if grads[inner][-1][1] == 0.0:
                    grads[inner].append((len(steps), None))
        new = event[5]
        if isinstance(step, ForwardStep | UpdateStep):
            present[receiver] = new
            data_history[receiver].append((len(steps), new))
        else:
            grads[receiver].append((len(steps), new))
    if section.begin == len(table) and len(events):
        steps.append(EndStep())
    uses = [*_earlier_uses(table, nodes, card, data), *_uses(steps, recording, nodes, card)]
    changing = {
        index
        for index, history in enumerate(data_history)
        if any(differs(x, history[-1][1]) for _, x in history if x is not None)
    }
    return SectionSteps(
        tuple(steps),
        tuple(map(tuple, data_history)),
        tuple(map(tuple, grads)),
        segments(map(pass_of, steps)),
        tuple(use for use in uses if use.operand in changing or differs(use.data, present[use.operand])),
        any(isinstance(step, SetGradStep) and step.new for step in steps),
    )


def _events(recording: Recording, section: Section, wanted: Ints) -> Iterator[tuple[int, ...]]:
    """Yield some of a section's events as ``EVENT`` unpacks them."""
    begin, end = ((event - recording.first) * EVENT.size for event in (section.begin, section.end))
    unpacked = EVENT.iter_unpack(recording.events[begin:end])
    chosen = np.zeros(section.end - section.begin, bool)
    chosen[wanted - section.begin] = True
    return compress(unpacked, chosen.tolist())


def _below(recording: Recording, nodes: Sequence[int], card: dict[int, int], root: int) -> set[int]:
    """The computed cards that a root depends on, without itself."""
    found: set[int] = set()
    waiting = [nodes[root]]
    while waiting:
        for operand in recording.operands_of(waiting.pop()):
            if recording.operands_of(operand) and card[operand] not in found:
                found.add(card[operand])
                waiting.append(operand)
    return found


def _changes(table: EventTable, section: Section) -> Ints:
    """The events of a section that make or change a number on one of its cards."""
    span = table.span(section.begin, section.end)
    return section.begin + np.flatnonzero(np.isin(table.receiver[span], section.nodes))


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
    """The data of each card at a section's beginning. Leaves that the text gives are given, also those made later."""
    recording = table.recording
    data = table.data_at(section.nodes, section.begin)
    for card, node in enumerate(section.nodes.tolist()):
        made = int(table.made[node])
        if data[card] is not None or made >= section.end or recording.operands_of(node):
            continue
        if node not in recording.constants or node in recording.minus_ones:
            data[card] = recording.event(made).new
    return data


def _step(
    recording: Recording, event: tuple[int, ...], card: dict[int, int], data: Sequence[float | None]
) -> Step:
    kind, index, source, _, _, new, old, local = event
    node = card.get(source, -1)
    if kind == Kind.BACKWARD:
        operand = card[recording.operands[recording.starts[source] + index]]
        hidden = "" if node >= 0 else recording.labels[source]
        return BackwardStep(node, operand, index, local, old, local * old, new, hidden)
    if kind == Kind.FORWARD:
        operands = [data[card[operand]] for operand in recording.operands_of(source)]
        return ForwardStep(node, tuple(x for x in operands if x is not None), new)
    if kind == Kind.SEED:
        return SeedStep(node, new)
    return UpdateStep(node, old, new) if kind == Kind.SET_DATA else SetGradStep(node, old, new)


def rule_of(table: EventTable, event: int) -> tuple[str | Operand, ...]:
    """The arithmetic of an update with the numbers that it read, and Python's signs; () where it is not known."""
    recording = table.recording
    found = recording.updates.of(event)
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
        number = read([int(value)], event)[0]
        rule.append(Operand(piece.kind, recording.labels[int(value)], number or 0.0))
    return tuple(rule)


def forward_data(table: EventTable, section: Section) -> tuple[float, ...]:
    """The data of each card that the section's forward pass computed with: that at its last use, or else its last.

    Uses after the section do not count.
    """
    recording, nodes = table.recording, section.nodes
    never = recording.first - 1
    used_at = np.full(recording.nodes, never)
    for user in nodes[table.made[nodes] < section.end].tolist():
        for operand in recording.operands_of(user):
            used_at[operand] = max(used_at[operand], table.made[user])
    used_at[used_at == never] = section.end
    event = np.maximum(used_at[nodes], table.made[nodes] + 1)
    return tuple(math.nan if x is None else x for x in table.data_at(nodes, event))
