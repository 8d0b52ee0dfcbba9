"""The graph of cards: one for each node, or one for several."""

import random
from dataclasses import replace

import pytest

from micrograd_gui.model.card_size import CARD_HEIGHT, card_size, card_width
from micrograd_gui.model.document import Document
from micrograd_gui.model.layout import arrange
from micrograd_gui.model.resolve import resolve
from micrograd_gui.model.scene_graph import (
    EMPTY_SCENE_GRAPH,
    Card,
    SceneGraph,
    has_same_cards,
    make_scene_graph,
    one_card_each,
)
from micrograd_gui.model.snapshot import GraphSnapshot

FOLDED = "a = 2.0\nb = 3.0\nc = a * b\nd = c + a\ne = d.tanh()\nf = e * b"
PROGRAMS = (
    FOLDED,
    "a = 3.0; b = a * a; c = b + b; d = c * a",
    "a = 1.0; b = a.exp(); c = 2.0; d = c.tanh()",
    "m = MLP(2, [4, 4, 1])\nx = [1.0, 2.0]\ny = m(x)",
)


def snapshot_of(source: str) -> GraphSnapshot:
    snapshot = resolve(Document(source)).snapshot
    assert snapshot is not None
    return snapshot


def card_of(snapshot: GraphSnapshot, *nodes: int, label: str = "") -> Card:
    """One card for these nodes, with a name of its own if they are several."""
    record = snapshot.nodes[nodes[-1]]
    if len(nodes) == 1:
        width, _ = card_size(record)
        return Card(record.id, nodes, record.label, record.chip, record.formula, width)
    return Card(record.id, nodes, label, "Σ", "all of it", card_width(label, "Σ"))


def folded(snapshot: GraphSnapshot, *labels: str) -> SceneGraph:
    """The nodes with these labels on one card, called ``inner``, and each other one on its own."""
    within = tuple(node for node, record in enumerate(snapshot.nodes) if record.label in labels)
    cards = [
        card_of(snapshot, *within, label="inner") if node == within[-1] else card_of(snapshot, node)
        for node in range(len(snapshot.nodes))
        if node not in within[:-1]
    ]
    return make_scene_graph(snapshot, cards)


@pytest.mark.parametrize("source", PROGRAMS)
def test_each_node_has_its_card_and_each_edge_is_shown(source: str) -> None:
    """Items are numbered as nodes are; ``a * a`` has two edges."""
    snapshot = snapshot_of(source)
    graph = one_card_each(snapshot)
    assert [card.nodes for card in graph.items] == [(node,) for node in range(len(snapshot.nodes))]
    assert graph.item_of == tuple(range(len(snapshot.nodes)))
    assert graph.operands == tuple(record.operands for record in snapshot.nodes)
    assert graph.edges == {port: (port,) for port in graph.port_of}
    assert [
        (operand, item, place) for item, row in enumerate(graph.operands) for place, operand in enumerate(row)
    ] == snapshot.edges
    assert graph.target == snapshot.target
    assert graph.flowing == snapshot.ancestors(snapshot.target)
    for item, record in enumerate(snapshot.nodes):
        card = graph.items[item]
        assert (card.id, card.label, card.chip, card.formula) == (
            record.id,
            record.label,
            record.chip,
            record.formula,
        )
        assert (card.width, CARD_HEIGHT) == card_size(record)
        assert graph.find(record.id) == item
    assert graph.find("nobody#0") is None


def test_other_data_are_the_same_cards() -> None:
    """A leaf that is dragged costs no other cards; another structure does."""
    snapshot = snapshot_of(FOLDED)
    before = one_card_each(snapshot)
    assert one_card_each(snapshot, before) is before
    dragged = one_card_each(snapshot_of(FOLDED.replace("2.0", "7.0")), before)
    assert dragged.items is before.items
    assert dragged.snapshot.nodes[0].data == 7.0
    assert has_same_cards(before, dragged)
    for other in (FOLDED.replace("+", "*"), FOLDED.replace("tanh", "exp"), FOLDED + "\ng = f + 1.0"):
        edited = one_card_each(snapshot_of(other), before)
        assert edited == one_card_each(snapshot_of(other))
        assert not has_same_cards(before, edited)
    aimed = one_card_each(replace(snapshot, target=2), before)
    assert not has_same_cards(before, aimed)
    assert aimed.flowing == {0, 1, 2}


def test_one_card_can_stand_for_several_nodes() -> None:
    """It has the id of its last node, an edge from each card that its nodes read, and none for what runs within."""
    snapshot = snapshot_of(FOLDED)
    graph = folded(snapshot, "c", "d", "e")
    index = {record.label: node for node, record in enumerate(snapshot.nodes)}
    a, b, c, d, e, f = (index[label] for label in "abcdef")
    assert [card.label for card in graph.items] == ["a", "b", "inner", "f"]
    assert graph.items[2].nodes == (c, d, e)
    assert graph.items[2].id == "e#0"
    assert graph.operands == ((), (), (0, 1), (2, 1))
    assert graph.edges == {
        (2, 0): ((c, 0), (d, 1)),
        (2, 1): ((c, 1),),
        (3, 0): ((f, 0),),
        (3, 1): ((f, 1),),
    }
    assert graph.edges_of([(d, 0), (d, 1), (e, 0)]) == {(2, 0)}
    assert {graph.find(f"{label}#0") for label in "cde"} == {2}
    assert graph.output(2) is snapshot.nodes[e]
    assert graph.flowing == {0, 1, 2, 3}
    assert graph.item_of == (0, 1, 2, 2, 2, 3)
    assert graph.item_of[a] == 0
    assert graph.item_of[b] == 1


def test_of_several_nodes_none_is_typed_on_their_card() -> None:
    """A leaf with a card of its own can be set there; what is computed and what is folded cannot."""
    snapshot = snapshot_of(FOLDED)
    graph = folded(snapshot, "a", "c", "d", "e")
    assert graph.settable_leaf("b#0") is snapshot.nodes[1]
    for node_id in ("a#0", "e#0", "f#0", "nobody#0"):
        assert graph.settable_leaf(node_id) is None


def test_cards_of_several_nodes_and_of_one_are_not_the_same() -> None:
    """Folding is another structure, and unfolding gives each node its card again."""
    snapshot = snapshot_of(FOLDED)
    graph = folded(snapshot, "c", "d", "e")
    assert not has_same_cards(graph, one_card_each(snapshot))
    assert one_card_each(snapshot, graph) == one_card_each(snapshot)
    assert has_same_cards(graph, folded(snapshot_of(FOLDED.replace("2.0", "7.0")), "c", "d", "e"))


@pytest.mark.parametrize("source", PROGRAMS)
def test_however_nodes_are_put_together_no_edge_is_lost(source: str) -> None:
    """Every edge between two cards joins the cards of its nodes, once where a card is of several; it can be placed."""
    snapshot = snapshot_of(source)
    for _ in range(20):
        cuts = sorted(
            random.sample(range(1, len(snapshot.nodes)), random.randint(0, len(snapshot.nodes) - 1))
        )
        parts = zip((0, *cuts), (*cuts, len(snapshot.nodes)), strict=True)
        cards = [card_of(snapshot, *range(start, end), label=f"{start} to {end}") for start, end in parts]
        graph = make_scene_graph(snapshot, cards)
        for operand, node, position in snapshot.edges:
            source_item, item = graph.item_of[operand], graph.item_of[node]
            port = graph.port_of.get((node, position))
            if source_item == item:
                assert port is None
            else:
                assert port is not None
                assert port[0] == item
                assert graph.operands[item][port[1]] == source_item
                assert (node, position) in graph.edges[port]
        assert sum(map(len, graph.edges.values())) == len(graph.port_of)
        for item, row in enumerate(graph.operands):
            assert len(cards[item].nodes) == 1 or len(set(row)) == len(row)
        placement = arrange(tuple((card.width, CARD_HEIGHT) for card in cards), graph.operands)
        assert {(path.node, path.operand_index) for path in placement.edges} == graph.edges.keys()


def test_nothing_has_no_cards() -> None:
    """An empty graph is a graph."""
    assert EMPTY_SCENE_GRAPH.items == ()
    assert EMPTY_SCENE_GRAPH.find("a#0") is None
    assert not has_same_cards(EMPTY_SCENE_GRAPH, one_card_each(snapshot_of("a = 1.0")))
