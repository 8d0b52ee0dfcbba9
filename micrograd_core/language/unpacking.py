"""Unpacking: the events of packed rounds, made again from their numbers and the events of their models."""

from __future__ import annotations

from bisect import bisect_left
from collections import ChainMap
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import count
from typing import NamedTuple

import numpy as np

from micrograd_core.language.columns import EVENT_TYPE, Events, ints, receivers
from micrograd_core.language.recording import EVENT, Event, Kind, PackedRound, Recording, Rounds


def unpack(
    recording: Recording, packed: PackedRound, data: Mapping[int, float], grads: Mapping[int, float]
) -> Events:
    """The events of a packed round in place of its model's, with its own numbers and the model's nodes.

    ``data`` and ``grads`` are those of earlier nodes at its begin. What only the model did stays the model's.
    """
    events = _events_of(recording, packed.model).copy()
    mine = ints(recording.models[packed.model].events)
    chosen = events[mine]
    receiver = receivers(chosen, ints(recording.starts), ints(recording.operands))
    data, grads = dict(data), dict(grads)
    new: list[float] = []
    old: list[float] = []
    for kind, source, node, number in zip(
        chosen["kind"].tolist(), chosen["node"].tolist(), receiver.tolist(), packed.numbers, strict=True
    ):
        before = 0.0
        if kind == Kind.BACKWARD:
            before = grads.get(source, 0.0)
            grads[node] = number = grads.get(node, 0.0) + number * before
        elif kind <= Kind.SET_DATA:
            if kind == Kind.SET_DATA:
                before = data[node]
            else:
                grads[node] = 0.0
            data[node] = number
        elif kind != Kind.PRINT:
            before, grads[node] = grads.get(node, 0.0), number
        new.append(number)
        old.append(before)
    events["new"][mine], events["old"][mine] = new, old
    events["local"][mine] = np.where(chosen["kind"] == Kind.BACKWARD, packed.numbers, 0.0)
    remains = _events_of(recording, packed.round)
    events["node"][mine[chosen["kind"] == Kind.PRINT]] = remains["node"][remains["kind"] == Kind.PRINT]
    return events


def unpacked(recording: Recording, packed: PackedRound, before: Events, events: Events) -> Recording:
    """The recording of a packed round alone, with the numbers of the model's events, after some others ``before``."""
    rounds, updates = recording.rounds, recording.updates
    begin, end = rounds.begin[packed.model], rounds.end[packed.model]
    columns = rounds._asdict()
    for name in ("parent", "loop", "number"):
        columns[name] = getattr(rounds, name)[:]
        columns[name][packed.model] = getattr(rounds, name)[packed.round]
    inner = packed.model + 1
    columns["number"][inner : inner + len(packed.inner_numbers)] = packed.inner_numbers
    values = updates.values[:]
    span = range(bisect_left(updates.event, begin), bisect_left(updates.event, end))
    slots = [slot for index in span for slot in updates.templates[updates.template[index]].slots]
    start = updates.start[span.start] if span else 0
    for place, (slot, value) in enumerate(zip(slots, packed.rule_values, strict=True), start):
        if slot.kind == "number":
            values[place] = value
    return replace(
        recording,
        events=before.tobytes() + events.tobytes(),
        rounds=Rounds(**columns),
        updates=updates._replace(values=values),
        packed=(),
        first=begin - len(before),
    )


class Happened(NamedTuple):
    """An event of a run, packed or not."""

    event: Event
    """With the model's nodes and rounds, if it is one of a packed round."""
    number: int
    recording: Recording
    """The recording in which it has this number."""
    numbers: Mapping[int, int]
    """The number of each node so far among all nodes of the run, also those that are left out."""


def everything(recording: Recording) -> Iterator[Happened]:
    """Yield every event of a run in order, also those of packed rounds."""
    return _Reader(recording).everything()


class _Reader:
    def __init__(self, recording: Recording) -> None:
        self.recording = recording
        self.data: dict[int, float] = {}
        self.grads: dict[int, float] = {}
        self.numbers: dict[int, int] = {}
        self.made = count()

    def everything(self) -> Iterator[Happened]:
        rounds, index = self.recording.rounds, 0
        for packed in self.recording.packed:
            yield from map(self._follow, range(index, rounds.begin[packed.round]))
            yield from self._packed(packed)
            index = rounds.end[packed.round]
        yield from map(self._follow, range(index, len(self.recording)))

    def _follow(self, index: int) -> Happened:
        event = self.recording.event(index)
        if event.kind <= Kind.SET_DATA:
            self.data[event.node] = event.new
            if event.kind != Kind.SET_DATA:
                self.numbers[event.node] = next(self.made)
        elif event.kind == Kind.BACKWARD:
            self.grads[self.recording.operands_of(event.node)[event.operand]] = event.new
        elif event.kind != Kind.PRINT:
            self.grads[event.node] = event.new
        return Happened(event, index, self.recording, self.numbers)

    def _packed(self, packed: PackedRound) -> Iterator[Happened]:
        rounds = self.recording.rounds
        remains = range(rounds.begin[packed.round], rounds.end[packed.round])
        made = [index for index in remains if self.recording.event(index).kind <= Kind.FORWARD]
        others = list(zip(packed.others, made, strict=True))
        events = unpack(self.recording, packed, self.data, self.grads)
        alone = unpacked(self.recording, packed, events[:0], events)
        own: dict[int, int] = {}
        numbers = ChainMap(own, self.numbers)
        for number, place in enumerate(self.recording.models[packed.model].events):
            while others and others[0][0] == number:
                yield self._follow(others.pop(0)[1])
            index = alone.first + place
            event = alone.event(index)
            if event.kind <= Kind.FORWARD:
                own[event.node] = next(self.made)
            yield Happened(event, index, alone, numbers)
        yield from (self._follow(index) for _, index in others)
        for index in remains:
            if index not in made:
                self._follow(index)


def _events_of(recording: Recording, index: int) -> Events:
    rounds = recording.rounds
    span = slice(rounds.begin[index] * EVENT.size, rounds.end[index] * EVENT.size)
    return np.frombuffer(recording.events[span], EVENT_TYPE)
