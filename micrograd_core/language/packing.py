"""Packing: of rounds that did the same as an earlier one, a recording keeps the numbers alone.

The rounds of a training loop compute the same again and again. Such a round is packed once nothing can refer to its
nodes any more; ``unpacking.py`` makes its events again, to the bit.
"""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass
from hashlib import sha256
from itertools import compress

import numpy as np

from micrograd_core.language.columns import (
    DATA_KINDS,
    EVENT_TYPE,
    MAKING_KINDS,
    Bools,
    Ints,
    ints,
    operands_of,
    receivers,
)
from micrograd_core.language.recording import NOWHERE, Kind, Model, PackedRound, Template
from micrograd_core.language.tape import Tape

_NAME = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*|\[\d+\])*")
_MOST_NAMED = 100


def pack(tape: Tape) -> None:
    """Pack every round of a loop that repeats an earlier one, and whose nodes nothing can refer to any more."""
    columns = _Columns(tape)
    rounds = tape.rounds
    last, has_packed = _insides(tape)
    kept = _Kept(columns)
    models: dict[bytes, _Contents] = {}
    index = 0
    while index < len(last):
        contents = None
        is_loop = rounds.sites[rounds.site[index]][0] == "loop"
        if is_loop and rounds.end[index] and not has_packed[index]:
            contents = columns.contents(index, last[index])
        if contents is None:
            index += 1
            continue
        model = models.setdefault(contents.signature(), contents)
        if model is not contents and index not in tape.models:
            known = tape.models.setdefault(model.round, model.as_model())
            tape.packed.append(contents.packed(model, known))
            contents.leave_out(kept)
        index = last[index] + 1
    if not kept.is_event.all():
        tape.packed.sort()
        kept.write_to(tape)


def _insides(tape: Tape) -> tuple[list[int], list[bool]]:
    """For each round the last one inside it, and whether it is packed, or has a packed one or a model inside."""
    parents = tape.rounds.parent
    last, has_packed = list(range(len(parents))), [False] * len(parents)
    for packed in tape.packed:
        has_packed[packed.round] = True
    for index in reversed(range(len(parents))):
        parent = parents[index]
        if parent != NOWHERE:
            last[parent] = max(last[parent], last[index])
            has_packed[parent] = has_packed[parent] or has_packed[index] or index in tape.models
    return last, has_packed


class _Columns:
    """What a tape has, as arrays."""

    def __init__(self, tape: Tape) -> None:
        self.tape = tape
        self.events = np.frombuffer(bytes(tape.events), EVENT_TYPE).copy()
        self.kind, self.node = self.events["kind"].copy(), self.events["node"].astype(np.int64)
        self.starts, self.operands = ints(tape.starts), ints(tape.operands)
        self.receiver = receivers(self.events, self.starts, self.operands)
        self.made = np.flatnonzero(np.isin(self.kind, MAKING_KINDS))
        self.arity = np.diff(self.starts)
        templates = [is_node_slot(template) for template in tape.updates.templates]
        used = [templates[template] for template in tape.updates.template]
        self.update_events = ints(tape.updates.event)
        self.slot_counts = np.array([len(slots) for slots in used], np.int64)
        self.is_node_slot = np.concatenate([np.zeros(0, bool), *used])
        """For each of the updates' values whether it is the number of a node."""
        self.read_nodes = np.array(tape.updates.values)[self.is_node_slot].astype(np.int64)
        self.last_seen = self._last_seen()
        codes: dict[str, int] = {}
        self.symbols = np.array([codes.setdefault(symbol, len(codes)) for symbol in tape.symbols], np.int64)
        self.exponents = np.zeros(len(self.made))
        self.exponents[list(tape.exponents)] = list(tape.exponents.values())
        self.flags = np.zeros(len(self.made), np.int64)
        for bit, nodes in enumerate(tape.nodes_by_kind()):
            self.flags[list(nodes)] |= 1 << bit

    def _last_seen(self) -> Ints:
        """The last event that each node has to do with; more than there are for one that is not forgotten."""
        seen, acting = np.zeros(len(self.made), np.int64), np.flatnonzero(self.kind != Kind.PRINT)
        users = np.repeat(self.made, self.arity), self.operands
        reads = np.repeat(self.update_events, self.slot_counts)[self.is_node_slot], self.read_nodes
        for events, nodes in (users, reads, (acting, self.node[acting]), (acting, self.receiver[acting])):
            last = np.zeros_like(seen)
            last[nodes] = events  # Of several assignments to one element the last one counts.
            np.maximum(seen, last, out=seen)
        seen[list(self.tape.numbers.values())] = len(self.events)
        return seen

    def contents(self, index: int, last: int) -> _Contents | None:
        """What happened in a round; None if it has to do with later ones, or makes no graph.

        Nodes that later rounds refer to, such as counters, are left in the recording if no gradient flows there, and
        if they are made in no round within this one.
        """
        rounds = self.tape.rounds
        begin, end = rounds.begin[index], rounds.end[index]
        first, stop = np.searchsorted(self.made, (begin, end)).tolist()
        left = self.last_seen[first:stop] >= end
        edges = slice(self.starts[first], self.starts[stop])
        operands = self.operands[edges] - first
        users = np.repeat(np.arange(stop - first), self.arity[first:stop])
        users, operands = users[operands >= 0], operands[operands >= 0]
        if left.any():
            while not left[below := operands[left[users]]].all():
                left[below] = True
        if not np.any(~left & (self.arity[first:stop] > 0)) or np.any(left[operands] & ~left[users]):
            return None
        kind = self.kind[begin:end]
        is_left = np.zeros(end - begin, bool)
        for nodes in (self.node[begin:end] - first, self.receiver[begin:end] - first):
            own = np.flatnonzero((kind != Kind.PRINT) & (nodes >= 0))
            is_left[own] |= left[nodes[own]]
        if np.any(is_left & (~np.isin(kind, MAKING_KINDS) | (self.events["round"][begin:end] > index))):
            return None
        return _Contents(
            self, index, last, first, begin + np.flatnonzero(~is_left), first + np.flatnonzero(~left)
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Contents:
    """What happened in a round that has nothing to do with later ones."""

    columns: _Columns
    round: int
    last_round: int
    """The last round within it."""
    first: int
    """The first node that was made in it."""
    events: Ints
    nodes: Ints

    def _roles(self, nodes: Ints) -> Ints:
        """For each node its place among the round's own from 0, or a negative number for one made before it."""
        return np.where(nodes < self.first, -1 - nodes, np.searchsorted(self.nodes, nodes))

    def _updates(self) -> slice:
        bounds = (self.events[0], self.events[-1] + 1)
        return slice(*np.searchsorted(self.columns.update_events, bounds).tolist())

    def _values(self, updates: slice) -> slice:
        """Where the values of the slots of updates are."""
        start, end = self.columns.tape.updates.start, len(self.columns.is_node_slot)
        return slice(
            *[start[index] if index < len(start) else end for index in (updates.start, updates.stop)]
        )

    def signature(self) -> bytes:
        """What the round did, apart from the numbers, as a digest."""
        columns, events, nodes, updates = self.columns, self.events, self.nodes, self._updates()
        tape, rounds = columns.tape, columns.tape.rounds
        inner = slice(self.round + 1, self.last_round + 1)
        loop_numbers = [
            number if rounds.sites[site][0] == "loop" else 0
            for site, number in zip(rounds.site[inner], rounds.number[inner], strict=True)
        ]
        where = columns.events["round"][events].astype(np.int64)
        is_print = columns.kind[events] == Kind.PRINT
        values = self._values(updates)
        read = np.array(tape.updates.values[values])[columns.is_node_slot[values]]
        parts = [
            np.array([rounds.site[self.round]]),
            columns.kind[events],
            columns.events["operand"][events],
            columns.events["place"][events],
            np.where(is_print, 0, self._roles(columns.node[events])),
            np.maximum(where - self.round, -1),
            columns.symbols[nodes],
            columns.exponents[nodes],
            columns.flags[nodes],
            columns.arity[nodes],
            self._roles(operands_of(nodes, columns.starts, columns.operands)),
            ints(rounds.site[inner]),
            ints(rounds.parent[inner]) - self.round,
            np.array(loop_numbers, np.int64),
            np.searchsorted(events, columns.update_events[updates]),
            ints(tape.updates.template[updates]),
            self._roles(read.astype(np.int64)),
        ]
        digest = sha256()
        for part in parts:
            digest.update(len(part).to_bytes(8) + part.tobytes())
        return digest.digest()

    def as_model(self) -> Model:
        """What is to be known of a round that others repeat."""
        columns = self.columns
        roots = columns.node[self.events[columns.kind[self.events] == Kind.SEED]]
        labels = [
            node for node in self.nodes[columns.arity[self.nodes] > 0].tolist()
            if _NAME.fullmatch(columns.tape.label_of(node))
        ]  # fmt: skip
        own_roots = roots[roots >= self.first].tolist()
        named = dict.fromkeys([*own_roots, *labels[-_MOST_NAMED:]])
        begin = columns.tape.rounds.begin[self.round]
        return Model(array("i", (self.events - begin).tolist()), array("i", sorted(named)))

    def packed(self, model: _Contents, known: Model) -> PackedRound:
        """The round as the numbers in which it differs from its model."""
        columns, rounds = self.columns, self.columns.tape.rounds
        events = columns.events[self.events]
        numbers = np.where(events["kind"] == Kind.BACKWARD, events["local"], events["new"])
        is_data = np.isin(events["kind"], DATA_KINDS) & (events["node"] >= self.first)
        data = np.zeros(len(self.nodes))
        data[self._roles(columns.node[self.events[is_data]])] = events["new"][is_data]
        others = np.setdiff1d(np.arange(rounds.begin[self.round], rounds.end[self.round]), self.events)
        return PackedRound(
            round=self.round,
            model=model.round,
            numbers=array("d", numbers.tobytes()),
            rule_values=columns.tape.updates.values[self._values(self._updates())],
            inner_numbers=rounds.number[self.round + 1 : self.last_round + 1],
            named=array("d", data[model._roles(ints(known.named))].tobytes()),
            others=_array(np.searchsorted(self.events, others)),
        )

    def leave_out(self, kept: _Kept) -> None:
        """Mark what is not kept of the round: all but what it printed, and what it wrote last to earlier nodes."""
        columns, events, kind = self.columns, self.events, self.columns.kind[self.events]
        receiver, is_data = columns.receiver[events], np.isin(kind, DATA_KINDS)
        kept.is_event[events[kind != Kind.PRINT]] = False
        for chosen in (is_data, ~is_data):
            written = events[chosen & (receiver < self.first) & (kind != Kind.PRINT)][::-1]
            kept.is_event[written[np.unique(columns.receiver[written], return_index=True)[1]]] = True
        rounds = columns.tape.rounds
        span = slice(rounds.begin[self.round], rounds.end[self.round])
        passes = span.start + np.flatnonzero(kept.is_event[span] & (columns.kind[span] == Kind.BACKWARD))
        kept.events["node"][passes] = columns.receiver[passes]
        kept.events["kind"][passes] = Kind.SET_GRAD
        kept.events["round"][span] = np.minimum(kept.events["round"][span], self.round)
        kept.is_node[self.nodes] = False
        kept.is_round[self.round + 1 : self.last_round + 1] = False
        kept.is_update[self._updates()] = False


class _Kept:
    """What of a tape is kept."""

    def __init__(self, columns: _Columns) -> None:
        self.columns = columns
        self.events = columns.events.copy()
        """All events; those that are kept may be changed."""
        self.is_event = np.ones(len(columns.events), bool)
        self.is_node = np.ones(len(columns.made), bool)
        self.is_round = np.ones(len(columns.tape.rounds.parent), bool)
        self.is_update = np.ones(len(columns.update_events), bool)

    def write_to(self, tape: Tape) -> None:
        """Number what is kept anew, and leave out the rest."""
        columns = self.columns
        before = np.concatenate([[0], np.cumsum(self.is_event)])
        nodes = np.cumsum(self.is_node) - 1
        rounds = np.append(np.cumsum(self.is_round) - 1, NOWHERE)
        events = self.events[self.is_event]
        acting = events["kind"] != Kind.PRINT
        events["node"][acting] = nodes[events["node"][acting]]
        events["round"] = rounds[events["round"]]
        tape.events[:] = events.tobytes()
        tape.count = len(events)
        tape.packed_events = sum(len(packed.numbers) for packed in tape.packed)
        kept_edges = np.repeat(self.is_node, columns.arity)
        tape.operands[:] = _array(nodes[columns.operands[kept_edges]])
        tape.starts[1:] = _array(np.cumsum(columns.arity[self.is_node]))
        tape.symbols[:] = compress(tape.symbols, self.is_node.tolist())
        self._write_updates(tape, before, nodes)
        for column in (*tape.rounds.columns, tape.serials):
            column[:] = _array(ints(column)[self.is_round])
        tape.rounds.parent[:] = _array(rounds[ints(tape.rounds.parent)])
        for column in (tape.rounds.begin, tape.rounds.end):
            column[:] = _array(before[ints(column)])
        tape.position = int(rounds[tape.position])
        tape.renumber({old: int(nodes[old]) for old in np.flatnonzero(self.is_node).tolist()})
        tape.packed[:] = [
            packed._replace(round=int(rounds[packed.round]), model=int(rounds[packed.model]))
            for packed in tape.packed
        ]
        tape.models = {
            int(rounds[index]): model._replace(named=_array(nodes[ints(model.named)]))
            for index, model in tape.models.items()
        }

    def _write_updates(self, tape: Tape, before: Ints, nodes: Ints) -> None:
        updates, columns = tape.updates, self.columns
        values = np.array(updates.values)
        kept = np.repeat(self.is_update, columns.slot_counts)
        is_node = kept & columns.is_node_slot
        values[is_node] = nodes[values[is_node].astype(np.int64)]
        counts = columns.slot_counts[self.is_update]
        updates.event[:] = _array(before[columns.update_events[self.is_update]])
        updates.template[:] = _array(ints(updates.template)[self.is_update])
        updates.start[:] = _array(np.cumsum(counts) - counts)
        updates.values[:] = array("d", values[kept].tobytes())


def is_node_slot(template: Template) -> Bools:
    """Which slots of a template hold the number of a node."""
    return np.array([slot.kind != "number" for slot in template.slots], bool)


def _array(numbers: Ints) -> array[int]:
    return array("i", numbers.astype(np.int32).tobytes())
