"""Where cards stand and how edges run."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

import pytest

from micrograd_gui.model import layout
from micrograd_gui.model.card_size import card_size
from micrograd_gui.model.document import Document
from micrograd_gui.model.layout import EdgePath, Placement, lay_out, moved, port_offset
from micrograd_gui.model.resolve import resolve
from micrograd_gui.model.snapshot import GraphSnapshot, NodeRecord

PROGRAMS = {
    "one leaf": "a = 2.0",
    "neuron": "x1=2.0; x2=0.0; w1=-3.0; w2=1.0; b=6.88; n = x1*w1 + x2*w2 + b; o = n.tanh()",
    "twice": "a = 3.0; b = a * a; c = b + b; d = c * a",
    "apart": "a = 1.0; b = a.exp(); c = 2.0; d = c.tanh()",
    "chain": "a = 0.5\n" + "a = a.tanh()\n" * 30,
    "mlp": "m = MLP(2, [4, 4, 1])\no = m([1.0, 2.0])",
}


@pytest.fixture(params=["graphviz", "networkx"])
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Both engines in turn; for the second one pygraphviz cannot be imported."""
    layout.arrange.cache_clear()
    if request.param == "networkx":
        monkeypatch.setitem(sys.modules, "pygraphviz", None)
    yield request.param
    layout.arrange.cache_clear()


def snapshot_of(source: str) -> GraphSnapshot:
    snapshot = resolve(Document(source)).snapshot
    assert snapshot is not None
    return snapshot


def cards(snapshot: GraphSnapshot, placement: Placement) -> list[tuple[float, float, float, float]]:
    """(left, top, right, bottom) of each card."""
    return [
        (x - w / 2, y - h / 2, x + w / 2, y + h / 2)
        for (x, y), (w, h) in zip(placement.centers, map(card_size, snapshot.nodes), strict=True)
    ]


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("program", PROGRAMS)
class TestPlacement:
    def test_is_made_by_the_engine_at_hand(self, engine: str, program: str) -> None:
        """The placement says which engine made it."""
        assert lay_out(snapshot_of(PROGRAMS[program])).engine == engine

    def test_cards_keep_apart(self, program: str) -> None:
        """No two cards come nearer to each other than half a row's gap."""
        snapshot = snapshot_of(PROGRAMS[program])
        for a, b in combinations(cards(snapshot, lay_out(snapshot)), 2):
            beside = a[2] + 16 <= b[0] or b[2] + 16 <= a[0]
            above = a[3] + 16 <= b[1] or b[3] + 16 <= a[1]
            assert beside or above

    def test_lies_within_its_size(self, program: str) -> None:
        """All cards lie between the origin and the placement's width and height."""
        snapshot = snapshot_of(PROGRAMS[program])
        placement = lay_out(snapshot)
        for left, top, right, bottom in cards(snapshot, placement):
            assert left >= -0.5
            assert top >= -0.5
            assert right <= placement.width + 0.5
            assert bottom <= placement.height + 0.5

    def test_computes_from_left_to_right(self, program: str) -> None:
        """Each card stands to the right of its operands."""
        snapshot = snapshot_of(PROGRAMS[program])
        outlines = cards(snapshot, lay_out(snapshot))
        for operand, node, _ in snapshot.edges:
            assert outlines[operand][2] < outlines[node][0]

    def test_every_edge_joins_its_ports(self, program: str) -> None:
        """Each operand has one curve, from its card's right side to its own port on the left side of the result."""
        snapshot = snapshot_of(PROGRAMS[program])
        placement = lay_out(snapshot)
        outlines = cards(snapshot, placement)
        found = {(path.operand, path.node, path.operand_index) for path in placement.edges}
        assert found == set(snapshot.edges)
        assert len(placement.edges) == len(snapshot.edges)
        for path in placement.edges:
            assert len(path.points) % 3 == 1
            count = len(snapshot.nodes[path.node].operands)
            middle = placement.centers[path.node][1]
            start = (outlines[path.operand][2], placement.centers[path.operand][1])
            end = (outlines[path.node][0], middle + port_offset(path.operand_index, count))
            assert path.points[0] == pytest.approx(start, abs=0.05)
            assert path.points[-1] == pytest.approx(end, abs=0.05)

    def test_the_same_graph_is_placed_alike(self, program: str) -> None:
        """Computed anew, the placement is the same to the last digit."""
        snapshot = snapshot_of(PROGRAMS[program])
        first = lay_out(snapshot)
        layout.arrange.cache_clear()
        assert lay_out(snapshot) == first


def test_nothing_is_placed_nowhere(engine: str) -> None:
    """An empty graph has an empty placement."""
    placement = lay_out(GraphSnapshot((), 0))
    assert (placement.centers, placement.edges, placement.width) == ((), (), 0.0)


def test_operands_stand_in_order(engine: str) -> None:
    """In an expression without repeated names every left operand stands above the right one."""
    snapshot = snapshot_of("a=1.0; b=2.0; c=3.0; d=4.0; e=5.0; o = (a + b*c)*d + e")
    placement = lay_out(snapshot)
    for record in snapshot.nodes:
        heights = [placement.centers[operand][1] for operand in record.operands]
        assert heights == sorted(heights)


def test_a_square_has_two_curves(engine: str) -> None:
    """``a * a`` has two edges that part between the cards and do not cross: the first operand's is the upper one."""
    first, second = lay_out(snapshot_of("a = 3.0; b = a * a")).edges
    assert (first.operand_index, second.operand_index) == (0, 1)
    assert all(a[1] <= b[1] for a, b in zip(first.points, second.points, strict=True))
    assert first.points[2][1] < second.points[2][1] - 8


@pytest.mark.parametrize(
    "source",
    [
        "a = 0.5; b = a.tanh(); c = b.exp(); d = c.sin(); e = d * a; f = e + b; g = f * c + a; h = g * b",
        PROGRAMS["mlp"],
    ],
)
def test_edges_keep_off_the_cards_they_pass(engine: str, source: str) -> None:
    """No edge runs over a card, however many columns it passes."""
    snapshot = snapshot_of(source)
    placement = lay_out(snapshot)
    outlines = cards(snapshot, placement)
    for path in placement.edges:
        for x, y in points_along(path):
            assert not any(
                left + 1 < x < right - 1 and top + 1 < y < bottom - 1 for left, top, right, bottom in outlines
            )


def test_layers_are_ordered_so_that_edges_seldom_cross() -> None:
    """A scrambled chain of pairs, with 41 crossings in its own order, keeps at most 30."""
    leaves = [NodeRecord(f"x{i}", f"x{i}", "", (), 1.0) for i in range(10)]
    scrambled = [(i * 7 + 3) % 10 for i in range(10)]
    results = [NodeRecord(f"y{i}", f"y{i}", "+", (i, min(i + 1, 9)), 1.0) for i in scrambled]
    placement = layout._lay_out_in_layers(
        [card_size(node) for node in leaves + results],
        [node.operands for node in leaves + results],
        [
            layout._Edge(operand, node, index)
            for node, record in enumerate(leaves + results)
            for index, operand in enumerate(record.operands)
        ],
    )
    lines = [(path.points[0][1], path.points[-1][1]) for path in placement.edges]
    crossings = sum((a - c) * (b - d) < 0 for (a, b), (c, d) in combinations(lines, 2))
    assert crossings <= 30


def points_along(path: EdgePath) -> list[tuple[float, float]]:
    found = []
    for i in range(0, len(path.points) - 1, 3):
        a, b, c, d = path.points[i : i + 4]
        for k in range(17):
            t = k / 16
            weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
            x, y = (sum(w * p[axis] for w, p in zip(weights, (a, b, c, d), strict=True)) for axis in (0, 1))
            found.append((x, y))
    return found


def test_data_do_not_move_cards() -> None:
    """Dragging a leaf costs nothing: other data, the very same placement."""
    snapshot = snapshot_of(PROGRAMS["neuron"])
    dragged = replace(snapshot, nodes=tuple(replace(n, data=n.data * 1e9 + 7) for n in snapshot.nodes))
    assert lay_out(dragged) is lay_out(snapshot)


def test_a_moved_placement_is_the_same_elsewhere() -> None:
    """Cards, curves, groups and borders go along; moved by nothing it is the same object."""
    placement = replace(lay_out(snapshot_of(PROGRAMS["neuron"])), groups=((1.0, 2.0, 30.0, 40.0),))
    elsewhere = moved(placement, 100.0, -50.0)
    assert (elsewhere.left, elsewhere.top) == (100.0, -50.0)
    assert (elsewhere.width, elsewhere.height) == (placement.width, placement.height)
    assert elsewhere.centers == tuple((x + 100.0, y - 50.0) for x, y in placement.centers)
    assert elsewhere.groups == ((101.0, -48.0, 30.0, 40.0),)
    for path, before in zip(elsewhere.edges, placement.edges, strict=True):
        assert path.points == tuple((x + 100.0, y - 50.0) for x, y in before.points)
        assert replace(path, points=before.points) == before
    assert moved(placement, 0.0, 0.0) is placement


def test_large_graphs_are_placed_in_layers() -> None:
    """A graph that would keep dot busy for seconds is placed by the quick engine."""
    nodes = tuple(
        NodeRecord(f"n{i}", f"n{i}", "tanh" if i % 1000 else "", (i - 1,) if i % 1000 else (), 0.0)
        for i in range(4000)
    )
    assert lay_out(GraphSnapshot(nodes, 3999)).engine == "networkx"


def test_a_leaf_used_all_along_a_long_chain_is_placed() -> None:
    """Edges across thousands of columns take no room in each of them, or this would run out of memory."""
    nodes = [NodeRecord("x", "x", "", (), 1.0)]
    nodes += [NodeRecord(f"n{i}", f"n{i}", "+", (i, 0), 1.0) for i in range(2500)]
    placement = lay_out(GraphSnapshot(tuple(nodes), 2500))
    assert len(placement.edges) == 5000


def test_edges_that_cross_hundreds_of_columns_are_left_to_the_quick_engine() -> None:
    """One leaf that is used all along two chains keeps dot busy for many seconds, though its cards are few."""
    source = "x = 0.5; u = 0.25; v = 0.5\n" + "u = (u*x).tanh()\nv = (v*x).tanh()\n" * 50
    assert lay_out(snapshot_of(source)).engine == "networkx"
    assert lay_out(snapshot_of(source.replace("*x", ""))).engine == "graphviz"
