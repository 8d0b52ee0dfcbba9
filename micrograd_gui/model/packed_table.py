"""The events of a packed round, unpacked, as a table of their own."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from micrograd_core.language.columns import EVENT_TYPE, Events, Ints, ints, operands_of
from micrograd_core.language.recording import NOWHERE, Kind
from micrograd_core.language.unpacking import unpack, unpacked
from micrograd_gui.model.event_table import EventTable
from micrograd_gui.model.sections import Section


def packed_table(table: EventTable, sections: Sequence[Section], index: int) -> EventTable:
    """The table of a packed round, whose events and nodes have the numbers of its model's.

    Before its own events come others that make the nodes from before with the numbers that they had.
    """
    recording = table.recording
    packed, rounds = recording.packed[index], recording.rounds
    outer = _outer_nodes(table, sections, index)
    at = rounds.begin[packed.round]
    data = {
        node: x for node, x in zip(outer.tolist(), table.data_at(outer, at), strict=True) if x is not None
    }
    nodes = list(data)
    grads = {node: x for node, x in zip(nodes, table.grads_at(nodes, at), strict=True) if x is not None}
    events = unpack(recording, packed, data, grads)
    return EventTable(unpacked(recording, packed, _before(table, data, grads), events))


def _outer_nodes(table: EventTable, sections: Sequence[Section], index: int) -> Ints:
    """The nodes from before the round that it has to do with, in order of creation."""
    recording = table.recording
    model = recording.packed[index].model
    begin, end = recording.rounds.begin[model], recording.rounds.end[model]
    span = slice(begin, end)
    acting = table.kind[span] != Kind.PRINT
    nodes = [section.nodes for section in sections if section.packed == index]
    every = np.unique(np.concatenate([*nodes, table.node[span][acting], table.receiver[span][acting]]))
    starts, operands = ints(recording.starts), ints(recording.operands)
    every = np.union1d(every, operands_of(every, starts, operands))
    outer: Ints = every[(table.made[every] < begin) | (table.made[every] >= end)]
    return outer


def _before(table: EventTable, data: dict[int, float], grads: dict[int, float]) -> Events:
    """Events that make nodes, each from the data that its operands had, and leave these data and gradients."""
    recording = table.recording
    present: dict[int, float] = {}
    events: list[tuple[float, ...]] = []

    def set_data(node: int, x: float) -> None:
        if node in present and not _same(present[node], x):
            events.append((Kind.SET_DATA, 0, node, NOWHERE, NOWHERE, x, present[node], 0.0))
            present[node] = x

    for node in data:
        made = recording.event(int(table.made[node]))
        operands = recording.operands_of(node)
        for operand, x in zip(operands, table.data_at(operands, int(table.made[node])), strict=True):
            if x is not None:
                set_data(operand, x)
        events.append((made.kind, 0, node, made.place, made.round, made.new, 0.0, 0.0))
        present[node] = made.new
    for node, x in data.items():
        set_data(node, x)
    for node, x in grads.items():
        events.append((Kind.SET_GRAD, 0, node, NOWHERE, NOWHERE, x, 0.0, 0.0))
    return np.array(events, EVENT_TYPE)


def _same(x: float, y: float) -> bool:
    return x == y or (x != x and y != y)
