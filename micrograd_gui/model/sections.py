"""Sections: the parts of a run that show one graph each, such as the rounds of a training loop.

The rounds of a loop are sections where each makes a graph of its own: no node is computed from another round's nodes,
except from leaves. Rounds that compute the same are the same cards with other numbers. All else is shown on the graph
of what the program's names hold at its end.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from micrograd_core.language.columns import Ints
from micrograd_core.language.recording import NOWHERE, Kind
from micrograd_gui.model.bookkeeping import bookkeeping
from micrograd_gui.model.event_table import EventTable

_FAR = 1 << 40
"""More than there are nodes."""
NO_NODES: Ints = np.zeros(0, np.int64)
_CHANGES = (Kind.SET_DATA, Kind.SET_GRAD, Kind.SEED, Kind.BACKWARD)


@dataclass(frozen=True, slots=True, eq=False)
class Section:
    """Consecutive events of a run that are shown on one graph."""

    begin: int
    """Number of events before it."""
    end: int
    """Number of events until its end."""
    rounds: tuple[int, ...]
    """Indices of its rounds in the recording, outermost first: only of loops whose rounds are sections."""
    graph: int
    """Index of its graph; sections with the same cards have the same."""
    nodes: Ints
    """Number of the node that each card stands for in this section."""
    packed: int = -1
    """Index of the packed round that it is a part of; its events and nodes have the model's numbers then."""


@dataclass(frozen=True, slots=True, eq=False)
class _Loop:
    """A run of a loop whose rounds are sections."""

    rounds: list[int]
    first: int
    """Number of the first node made in it."""
    owner: Ints
    """For each node made in it the round that it belongs to, as an index into ``rounds``; −1 for shared leaves."""
    alive: int
    """The round whose nodes are on the graph around the loop, as an index; −1 for none."""

    def has(self, nodes: Ints) -> NDArray[np.bool_]:
        """Which nodes belong to one of the rounds."""
        place = nodes - self.first
        inside = (place >= 0) & (place < len(self.owner))
        inside[inside] = self.owner[place[inside]] >= 0
        return inside

    def own(self, index: int) -> Ints:
        """The nodes of a round, in order of creation."""
        return self.first + np.flatnonzero(self.owner == index)


def split_run(table: EventTable, final: Sequence[int]) -> tuple[list[Section], list[Ints]]:
    """Split a run into sections. Return them, and the nodes of each graph in the order of its cards.

    ``final`` are the nodes of the graph at the run's end, which is graph number 0. What is differentiated there
    belongs to it, also if no name holds it any more.
    """
    nodes = np.array(final, np.int64)
    sections, graphs = _split(table, nodes)
    roots = _hidden_roots(table, sections)
    if roots:
        sections, graphs = _split(table, closed(table, [*roots, *final]))
    return list(_with_packed(table, sections)), graphs


def _with_packed(table: EventTable, sections: Sequence[Section]) -> Iterator[Section]:
    """Yield the sections, with those of packed rounds where these happened."""
    rounds = table.recording.rounds
    waiting = list(enumerate(table.recording.packed))[::-1]
    for section in sections:
        begin = section.begin
        while waiting and rounds.end[waiting[-1][1].round] <= section.end:
            index, packed = waiting.pop()
            if rounds.begin[packed.round] > begin:
                yield replace(section, begin=begin, end=rounds.begin[packed.round])
            yield from _sections_of(table, sections, index)
            begin = rounds.end[packed.round]
        if section.end > begin or begin == section.begin:
            yield replace(section, begin=begin)


def _sections_of(table: EventTable, sections: Sequence[Section], index: int) -> Iterator[Section]:
    """Yield the sections of a packed round: those of its model."""
    packed, rounds = table.recording.packed[index], table.recording.rounds
    begin, end = rounds.begin[packed.model], rounds.end[packed.model]
    around = [packed.round]
    while rounds.parent[around[-1]] != NOWHERE:
        around.append(rounds.parent[around[-1]])
    place = {rounds.site[each]: each for each in around}
    for section in sections:
        if section.begin < end and begin < section.end:
            own = tuple(
                each if each > packed.model else place.get(rounds.site[each], each) for each in section.rounds
            )
            span = max(begin, section.begin), min(end, section.end)
            yield replace(section, begin=span[0], end=span[1], rounds=own, packed=index)


def _split(table: EventTable, final: Ints) -> tuple[list[Section], list[Ints]]:
    splitter = _Splitter(table, final)
    return list(splitter.sections((), 0, len(table), final, 0, NO_NODES)), splitter.graphs


def _hidden_roots(table: EventTable, sections: Sequence[Section]) -> list[int]:
    """Roots of backward passes that are missing on the run's last graph: outside of loops, and in their last rounds."""
    roots: list[int] = []
    last = max((section.rounds for section in sections if section.graph == 0), default=())
    for section in sections:
        if section.graph == 0 and section.rounds in ((), last):
            seeds = section.begin + np.flatnonzero(table.kind[section.begin : section.end] == Kind.SEED)
            roots += table.node[seeds][~np.isin(table.node[seeds], section.nodes)].tolist()
    return roots


def closed(table: EventTable, nodes: Sequence[int]) -> Ints:
    """These nodes and all that they are computed from, leaves first, each after its operands."""
    recording = table.recording
    found, waiting = set(nodes), list(nodes)
    while waiting:
        operands = recording.operands_of(waiting.pop())
        waiting.extend(set(operands) - found)
        found.update(operands)
    return np.array(sorted(found, key=lambda node: (bool(recording.operands_of(node)), node)), np.int64)


class _Splitter:
    def __init__(self, table: EventTable, final: Ints) -> None:
        recording = table.recording
        self.graphs = [final]
        self._known: dict[bytes, tuple[Ints, Ints, int]] = {}
        """For what a round computes: the nodes of a round that computes it, those of its graph, the graph's number."""
        self._table = table
        self._rounds = recording.rounds
        self._packed = {packed.round for packed in recording.packed}
        self._starts = np.array(recording.starts)
        self._operands = np.array(recording.operands, np.int64)
        arity = np.diff(self._starts)
        self._hidden = bookkeeping(table)
        self._computed = (arity > 0) & ~self._hidden
        self._users = np.repeat(np.arange(recording.nodes), arity)
        """The result of each edge; ``_operands`` has its operand."""
        self._last_user = np.full(recording.nodes, -1)
        counts = ~self._hidden[self._users]
        np.maximum.at(self._last_user, self._operands[counts], self._users[counts])
        self._symbols, self._labels = _codes(recording.symbols), _codes(recording.labels)
        self._exponents = np.zeros(recording.nodes)
        self._exponents[list(recording.exponents)] = list(recording.exponents.values())
        self._children, self._last = self._tree()

    def _tree(self) -> tuple[dict[int, list[int]], list[int]]:
        """The rounds directly within each round, and the last round that lies within each."""
        children: dict[int, list[int]] = {}
        last = list(range(len(self._rounds.parent)))
        for index in reversed(range(len(last))):
            parent = self._rounds.parent[index]
            children.setdefault(parent, []).append(index)
            if parent != NOWHERE:
                last[parent] = max(last[parent], last[index])
        return {parent: indices[::-1] for parent, indices in children.items()}, last

    def sections(
        self, rounds: tuple[int, ...], begin: int, end: int, nodes: Ints, graph: int, around: Ints
    ) -> Iterator[Section]:
        """Yield the sections of a round, the last one of ``rounds``, or of the whole run; its graph has ``nodes``.

        ``around`` are the nodes of ``rounds``, in an order that is the same for rounds that compute the same.
        """
        loops = list(self._loops(rounds[-1] if rounds else NOWHERE, nodes))
        for loop in loops:
            around = around[~loop.has(around)]
        for loop in loops:
            first = self._rounds.begin[loop.rounds[0]]
            if first > begin:
                yield Section(begin, first, rounds, graph, nodes)
            begin = first
            inner = self._graphs_of(loop, nodes, graph, around)
            for index, (own, shown, number) in zip(loop.rounds, inner, strict=True):
                stop = self._rounds.end[index]
                yield from self.sections((*rounds, index), begin, stop, shown, number, own)
                begin = stop
        if end > begin or not rounds:
            yield Section(begin, end, rounds, graph, nodes)

    def _loops(self, round: int, nodes: Ints) -> Iterator[_Loop]:  # noqa: A002
        """Yield each loop within a round whose rounds are sections. Calls and other loops are looked into."""
        waiting = self._children.get(round, [])[::-1]
        while waiting:
            rounds = [waiting.pop()]
            while waiting and self._rounds.loop[waiting[-1]] == self._rounds.loop[rounds[0]]:
                rounds.append(waiting.pop())
            packed = len(self._packed.intersection(rounds))
            rounds = [index for index in rounds if self._rounds.begin[index] < self._rounds.end[index]]
            loop = self._separate(rounds, packed, nodes) if len(rounds) + packed > 1 else None
            if loop is not None:
                yield loop
                continue
            for each in reversed(rounds):
                waiting.extend(reversed(self._children.get(each, ())))

    def _separate(self, rounds: list[int], packed: int, nodes: Ints) -> _Loop | None:
        """The loop of these rounds, if each makes a graph of its own; None if they make one graph together.

        ``packed`` is how many of its rounds are packed: each of them makes one.
        """
        if not rounds:
            return None
        begin, end = self._rounds.begin[rounds[0]], self._rounds.end[rounds[-1]]
        first, stop = np.searchsorted(self._table.made, (begin, end)).tolist()
        computed = self._computed[first:stop]
        if np.count_nonzero(computed) < 2:
            return None
        owner = self._owners(rounds, first, stop)
        operands, users = self._edges_within(first, stop)
        if np.any(computed[operands] & (owner[operands] != owner[users])):
            return None  # A round computes with another round's nodes.
        if self._changes_other_rounds(rounds, first, owner, computed):
            return None
        used_later = computed & (self._last_user[first:stop] >= stop)
        if len(np.unique(owner[computed])) + packed < 2 or len(np.unique(owner[used_later])) > 1:
            return None
        shown = nodes[(nodes >= first) & (nodes < stop)] - first
        alive = np.unique(owner[shown[computed[shown]]])
        if len(alive) > 1 and not np.isin(self._table.kind[begin:end], _CHANGES).any():
            return None
        return _Loop(rounds, first, owner, int(alive[-1]) if len(alive) else -1)

    def _changes_other_rounds(
        self, rounds: list[int], first: int, owner: Ints, computed: NDArray[np.bool_]
    ) -> bool:
        """Say whether a round differentiates or sets nodes that another round computed."""
        begin, end = self._rounds.begin[rounds[0]], self._rounds.end[rounds[-1]]
        node = self._table.node[begin:end] - first
        changes = np.isin(self._table.kind[begin:end], _CHANGES) & (node >= 0) & (node < len(owner))
        events, nodes = begin + np.flatnonzero(changes), node[changes]
        begins = [self._rounds.begin[index] for index in rounds]
        present = np.searchsorted(begins, events, side="right") - 1
        return bool(np.any(computed[nodes] & (owner[nodes] != present)))

    def _owners(self, rounds: list[int], first: int, stop: int) -> Ints:
        """The round of each node from ``first`` to ``stop``, as ``_Loop.owner``."""
        made = self._table.round[first:stop]
        owner = np.searchsorted(rounds, made, side="right") - 1
        owner[made > self._last[rounds[-1]]] = -1
        # A leaf that several rounds use, or what follows them, or nothing, belongs to none.
        owner[self._hidden[first:stop]] = -1
        operands, users = self._edges_within(first, stop)
        shared = ~self._computed[first:stop][operands] & (owner[operands] != owner[users])
        owner[operands[shared]] = -1
        last_user = self._last_user[first:stop]
        owner[~self._computed[first:stop] & ((last_user >= stop) | (last_user < 0))] = -1
        return owner

    def _edges_within(self, first: int, stop: int) -> tuple[Ints, Ints]:
        """The edges between the nodes from ``first`` to ``stop``, counted from there: operands and results."""
        edges = slice(self._starts[first], self._starts[stop])
        operands, users = self._operands[edges] - first, self._users[edges] - first
        kept = (operands >= 0) & ~self._hidden[self._users[edges]]
        return operands[kept], users[kept]

    def _graphs_of(
        self, loop: _Loop, nodes: Ints, graph: int, around: Ints
    ) -> Iterator[tuple[Ints, Ints, int]]:
        """Yield for each round its nodes, those of its graph, and the graph's number.

        Rounds like the one that is alive share the graph around the loop.
        """
        alive: dict[bytes, tuple[Ints, Ints, int]] = {}
        if loop.alive >= 0:
            signature, own = self._signature(loop.own(loop.alive), around)
            alive[signature] = own, nodes, graph
        for index, round_index in enumerate(loop.rounds):
            made = loop.own(index)
            if not self._computed[made].any():
                yield made, nodes, graph
                continue
            signature, own = self._signature(made, around)
            like = self._like(own, alive.get(signature)) or self._like(own, self._known.get(signature))
            if like is not None:
                yield like
                continue
            kept = self._kept(round_index, made[self._computed[made]])
            entry = own, closed(self._table, kept.tolist()), len(self.graphs)
            self.graphs.append(entry[1])
            self._known[signature] = entry
            yield entry

    def _like(self, own: Ints, model: tuple[Ints, Ints, int] | None) -> tuple[Ints, Ints, int] | None:
        """A round on the cards of one that computes the same, with its own nodes there; None if it has other cards."""
        if model is None:
            return None
        mapped = _replaced(model[1], model[0], own)
        return (own, mapped, model[2]) if self._has_structure(mapped, model[1]) else None

    def _signature(self, own: Ints, around: Ints) -> tuple[bytes, Ints]:
        """What a round computes, apart from the numbers, and all nodes that it has to do with.

        Rounds with the same signature have the same cards, so that each node stands for the one at its place in the
        other round. Among them are leaves of other rounds, as one that an update makes anew, if they have one label.
        """
        operands = self._operands_of(own)
        place, is_own = _places(own, operands)
        outer, is_outer = _places(around, operands)
        foreign = ~is_own & ~is_outer & ~self._computed[operands]
        leaves, first_use, order = np.unique(operands[foreign], return_index=True, return_inverse=True)
        by_use = np.argsort(first_use)
        leaves = leaves[by_use]
        roles = np.where(is_own, place, np.where(is_outer, -1 - outer, _FAR + operands))
        roles[foreign] = 2 * _FAR + np.argsort(by_use)[order]
        columns = (
            np.array([len(around)]),
            self._symbols[own],
            self._table.place[own],
            self._exponents[own],
            roles,
            self._labels[leaves],
        )
        return b"|".join(column.tobytes() for column in columns), np.concatenate([own, leaves, around])

    def _has_structure(self, nodes: Ints, shown: Ints) -> bool:
        """Say whether ``nodes`` are joined among each other as those of the graph ``shown`` are."""
        cards, _ = _places(shown, self._operands_of(shown))
        operands = self._operands_of(nodes)
        return len(np.unique(nodes)) == len(nodes) and np.array_equal(operands, nodes[cards])

    def _operands_of(self, nodes: Ints) -> Ints:
        """The operands of each node, one after the other."""
        counts = self._starts[nodes + 1] - self._starts[nodes]
        before = np.cumsum(counts) - counts
        edges: Ints = np.repeat(self._starts[nodes] - before, counts) + np.arange(counts.sum())
        return self._operands[edges]

    def _kept(self, round: int, nodes: Ints) -> Ints:  # noqa: A002
        """The nodes that are shown of a round: of its own loops' rounds only the last."""
        for loop in self._loops(round, nodes):
            last = int(np.max(loop.owner[self._computed[loop.first : loop.first + len(loop.owner)]]))
            inside = (nodes >= loop.first) & (nodes < loop.first + len(loop.owner))
            owner = np.full(len(nodes), last)
            owner[inside] = loop.owner[nodes[inside] - loop.first]
            nodes = self._kept(loop.rounds[last], nodes[owner == last])
        return nodes


def _places(nodes: Ints, wanted: Ints) -> tuple[Ints, NDArray[np.bool_]]:
    """The index of each wanted node among ``nodes``, and whether it is there."""
    if not len(nodes):
        return np.zeros(len(wanted), np.int64), np.zeros(len(wanted), bool)
    order = np.argsort(nodes, kind="stable")
    place = order[np.minimum(np.searchsorted(nodes, wanted, sorter=order), len(nodes) - 1)]
    return place, nodes[place] == wanted


def _codes(texts: Sequence[str]) -> Ints:
    """A number for each text, the same for the same text."""
    codes = {text: code for code, text in enumerate(dict.fromkeys(texts))}
    return np.array([codes[text] for text in texts], np.int64)


def _replaced(nodes: Ints, model: Ints, own: Ints) -> Ints:
    """``nodes`` with the nodes of one round, ``model``, replaced by those of another that computes the same."""
    place, is_replaced = _places(model, nodes)
    return np.where(is_replaced, own[place], nodes) if len(own) else nodes
