"""Sections: the parts of a run that show one graph each, such as the rounds of a training loop.

The rounds of a loop are sections where each makes a graph of its own: no node is computed from another round's nodes,
except from leaves. Rounds that compute the same are the same cards with other numbers. All else is shown on the graph
of what the program's names hold at its end.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from micrograd_core.language.recording import NOWHERE, Kind
from micrograd_gui.model.event_table import EventTable, Ints

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
    if not roots:
        return sections, graphs
    return _split(table, closed(table, [*roots, *final]))


def _split(table: EventTable, final: Ints) -> tuple[list[Section], list[Ints]]:
    splitter = _Splitter(table, final)
    return list(splitter.sections((), 0, len(table), final, 0)), splitter.graphs


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
        self._table = table
        self._rounds = recording.rounds
        self._starts = np.array(recording.starts)
        self._operands = np.array(recording.operands, np.int64)
        arity = np.diff(self._starts)
        self._computed = arity > 0
        self._users = np.repeat(np.arange(recording.nodes), arity)
        """The result of each edge; ``_operands`` has its operand."""
        self._last_user = np.full(recording.nodes, -1)
        np.maximum.at(self._last_user, self._operands, self._users)
        symbols = {symbol: number for number, symbol in enumerate(sorted(set(recording.symbols)))}
        self._symbols = np.array([symbols[symbol] for symbol in recording.symbols], np.int64)
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
        self, rounds: tuple[int, ...], begin: int, end: int, nodes: Ints, graph: int
    ) -> Iterator[Section]:
        """Yield the sections of a round, the last one of ``rounds``, or of the whole run; its graph has ``nodes``."""
        for loop in self._loops(rounds[-1] if rounds else NOWHERE, nodes):
            first = self._rounds.begin[loop.rounds[0]]
            if first > begin:
                yield Section(begin, first, rounds, graph, nodes)
            begin = first
            for index, (inner, inner_graph) in zip(
                loop.rounds, self._graphs_of(loop, nodes, graph), strict=True
            ):
                stop = self._rounds.end[index]
                yield from self.sections((*rounds, index), begin, stop, inner, inner_graph)
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
            loop = self._separate(rounds, nodes) if len(rounds) > 1 else None
            if loop is not None:
                yield loop
                continue
            for each in reversed(rounds):
                waiting.extend(reversed(self._children.get(each, ())))

    def _separate(self, rounds: list[int], nodes: Ints) -> _Loop | None:
        """The loop of these rounds, if each makes a graph of its own; None if they make one graph together."""
        begin, end = self._rounds.begin[rounds[0]], self._rounds.end[rounds[-1]]
        first, stop = np.searchsorted(self._table.made, (begin, end)).tolist()
        computed = self._computed[first:stop]
        if np.count_nonzero(computed) < 2:
            return None
        owner = self._owners(rounds, first, stop)
        edges = slice(self._starts[first], self._starts[stop])
        operands, users = self._operands[edges] - first, owner[self._users[edges] - first]
        inside = operands >= 0
        sources = owner[operands[inside]]
        if np.any(computed[operands[inside]] & (sources != users[inside])):
            return None
        if self._changes_other_rounds(rounds, first, owner, computed):
            return None
        used_later = computed & (self._last_user[first:stop] >= stop)
        if len(np.unique(owner[computed])) < 2 or len(np.unique(owner[used_later])) > 1:
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
        # A leaf that several rounds use, or what follows them, belongs to none.
        edges = slice(self._starts[first], self._starts[stop])
        operands, users = self._operands[edges] - first, owner[self._users[edges] - first]
        inside = operands >= 0
        operands, users = operands[inside], users[inside]
        shared = ~self._computed[first:stop][operands] & (owner[operands] != users)
        owner[operands[shared]] = -1
        owner[~self._computed[first:stop] & (self._last_user[first:stop] >= stop)] = -1
        return owner

    def _graphs_of(self, loop: _Loop, nodes: Ints, graph: int) -> Iterator[tuple[Ints, int]]:
        """Yield the nodes and the graph of each round; those like the one that is alive share the graph around it."""
        known: dict[bytes, tuple[Ints, Ints, int]] = {}
        if loop.alive >= 0:
            own = loop.own(loop.alive)
            known[self._signature(own)] = own, nodes, graph
        for index, round_index in enumerate(loop.rounds):
            own = loop.own(index)
            signature = self._signature(own)
            if signature not in known:
                kept = self._kept(round_index, own[self._computed[own]])
                shown = closed(self._table, kept.tolist())
                known[signature] = own, shown, len(self.graphs)
                self.graphs.append(shown)
            model, shown, number = known[signature]
            yield _replaced(shown, model, own), number

    def _signature(self, own: Ints) -> bytes:
        """What a round computes, apart from the numbers; rounds with the same one have the same cards."""
        edges = np.concatenate(
            [np.arange(self._starts[node], self._starts[node + 1]) for node in own] or [own]
        )
        operands = self._operands[edges.astype(np.int64)]
        place = np.searchsorted(own, operands)
        place[place == len(own)] = 0
        is_own = own[place] == operands if len(own) else np.zeros(0, bool)
        columns = (
            self._symbols[own],
            self._table.place[own],
            self._exponents[own],
            np.where(is_own, place, -1 - operands),
        )
        return b"".join(column.tobytes() for column in columns)

    def _kept(self, round: int, nodes: Ints) -> Ints:  # noqa: A002
        """The nodes that are shown of a round: of its own loops' rounds only the last."""
        for loop in self._loops(round, nodes):
            last = int(np.max(loop.owner[self._computed[loop.first : loop.first + len(loop.owner)]]))
            inside = (nodes >= loop.first) & (nodes < loop.first + len(loop.owner))
            owner = np.full(len(nodes), last)
            owner[inside] = loop.owner[nodes[inside] - loop.first]
            nodes = self._kept(loop.rounds[last], nodes[owner == last])
        return nodes


def _replaced(nodes: Ints, model: Ints, own: Ints) -> Ints:
    """``nodes`` with the nodes of one round, ``model``, replaced by those of another that computes the same."""
    if model is own or not len(model):
        return nodes
    place = np.searchsorted(model, nodes)
    place[place == len(model)] = 0
    return np.where(model[place] == nodes, own[place], nodes)
