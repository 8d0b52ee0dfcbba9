"""The graph of cards: each card stands for one or several nodes, and edges join the cards."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from micrograd_gui.model.card_size import CARD_HEIGHT, card_width
from micrograd_gui.model.layout import Box, Point
from micrograd_gui.model.snapshot import GraphSnapshot, NodeRecord

Port: TypeAlias = tuple[int, int]
"""End of an edge: index of the result, and position among its operands."""


@dataclass(frozen=True, slots=True)
class Card:
    """A node, or several nodes shown as one.

    The last node is the output: the card has its data, gradient and id.
    """

    id: str
    nodes: tuple[int, ...]
    """Indices into ``GraphSnapshot.nodes``, ascending."""
    label: str
    chip: str
    formula: str
    """Formula of the output; "" for a leaf."""
    width: float
    """Width in pixels at 100 %; the height is ``CARD_HEIGHT``."""

    def box(self, center: Point) -> Box:
        """The card's rectangle around its centre."""
        x, y = center
        return x - self.width / 2, y - CARD_HEIGHT / 2, self.width, CARD_HEIGHT


@dataclass(frozen=True, slots=True)
class SceneGraph:
    """A snapshot as cards and edges. Items are named by their index."""

    snapshot: GraphSnapshot
    items: tuple[Card, ...]
    operands: tuple[tuple[int, ...], ...]
    """Items that each item is computed from; each has an edge to it."""
    edges: Mapping[Port, tuple[Port, ...]]
    """The edges between items by their ends, each with the edges between nodes that it stands for."""
    port_of: Mapping[Port, Port]
    """The edge between items that shows each edge between nodes; edges within a card are missing."""
    item_of: tuple[int, ...]
    """The item that stands for each node."""
    target: int
    """The item of the node that is differentiated; −1 in an empty graph."""
    flowing: frozenset[int]
    """The target's item and the items that it depends on."""

    def find(self, node_id: str) -> int | None:
        """The item that stands for a node; None for an unknown id."""
        node = self.snapshot.index.get(node_id)
        return None if node is None else self.item_of[node]

    def output(self, item: int) -> NodeRecord:
        """The node whose data and gradient an item has."""
        return self.snapshot.nodes[self.items[item].nodes[-1]]

    def edges_of(self, ports: Iterable[Port]) -> frozenset[Port]:
        """The edges between items that show these edges between nodes."""
        return frozenset(self.port_of[port] for port in ports if port in self.port_of)

    def settable_leaf(self, node_id: str) -> NodeRecord | None:
        """The leaf with this id, if it has its own card and its value can be typed there."""
        item = self.find(node_id)
        if item is None or len(self.items[item].nodes) > 1 or not self.output(item).adjustable:
            return None
        return self.output(item)


def one_card_each(snapshot: GraphSnapshot, before: SceneGraph | None = None) -> SceneGraph:
    """One card for each node. If only data differ from ``before``, its cards and edges are reused."""
    if before is not None and len(before.items) == len(snapshot.nodes):
        if before.snapshot is snapshot:
            return before
        if _has_same_structure(before.snapshot, snapshot):
            return replace(before, snapshot=snapshot)
    return make_scene_graph(snapshot, [_card_of(node, record) for node, record in enumerate(snapshot.nodes)])


def _card_of(node: int, record: NodeRecord) -> Card:
    chip = record.chip
    return Card(record.id, (node,), record.label, chip, record.formula, card_width(record.label, chip))


def make_scene_graph(snapshot: GraphSnapshot, items: Sequence[Card]) -> SceneGraph:
    """Join cards by edges; together the cards stand for every node once.

    A card of one node has an edge for each operand, one of several nodes an edge for each card that they read.
    """
    item_of = [0] * len(snapshot.nodes)
    for item, card in enumerate(items):
        for node in card.nodes:
            item_of[node] = item
    operands: list[tuple[int, ...]] = []
    port_of: dict[Port, Port] = {}
    edges: dict[Port, list[Port]] = {}
    for item, card in enumerate(items):
        sources: list[int] = []
        shared: dict[int, int] = {}
        for node in card.nodes:
            for position, operand in enumerate(snapshot.nodes[node].operands):
                source = item_of[operand]
                if source == item:
                    continue
                place = shared.get(source, len(sources))
                if place == len(sources):
                    sources.append(source)
                    if len(card.nodes) > 1:
                        shared[source] = place
                port_of[node, position] = item, place
                edges.setdefault((item, place), []).append((node, position))
        operands.append(tuple(sources))
    target = item_of[snapshot.target] if items else -1
    flowing = (item_of[node] for node in snapshot.ancestors(snapshot.target)) if items else ()
    return SceneGraph(
        snapshot,
        tuple(items),
        tuple(operands),
        {port: tuple(ends) for port, ends in edges.items()},
        port_of,
        tuple(item_of),
        target,
        frozenset(flowing),
    )


EMPTY_SCENE_GRAPH = make_scene_graph(GraphSnapshot((), 0), ())


def has_same_cards(before: SceneGraph, after: SceneGraph) -> bool:
    """Say whether two graphs differ only in their data."""
    return before is after or (
        before.target == after.target and before.operands == after.operands and before.items == after.items
    )


def _has_same_structure(before: GraphSnapshot, after: GraphSnapshot) -> bool:
    return (
        before.target == after.target
        and len(before.nodes) == len(after.nodes)
        and all(
            old.id == new.id
            and old.label == new.label
            and old.symbol == new.symbol
            and old.operands == new.operands
            and old.constant == new.constant
            and old.changed == new.changed
            for old, new in zip(before.nodes, after.nodes, strict=True)
        )
    )
