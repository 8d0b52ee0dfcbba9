"""Where cards stand that share a group, and how edges run there."""

import random
from collections.abc import Iterator
from itertools import combinations

import pytest

from micrograd_gui.model import group_layout, layout
from micrograd_gui.model.arrays import Arrays, derive_arrays, groups
from micrograd_gui.model.group_layout import GROUP_MARGIN, lay_out_groups
from micrograd_gui.model.layout import Placement, port_offset
from micrograd_gui.model.snapshot import GraphSnapshot
from tests.model.test_arrays import random_snapshot
from tests.model.test_layout import cards, points_along, snapshot_of
from tests.seeds import seeded

MLP = "m = MLP(2, [4, 4, 1])\nx = [1.0, 2.0]\no = m(x)"
LOSS = MLP + "\nlabel = 1.0\nloss = (1 - label*o).relu() + 0.0001 * sum(p*p for p in m.parameters())"
PROGRAMS = {
    "mlp": MLP,
    "loss": LOSS,
    "no input": "m = MLP(2, [4, 4, 1])\no = m([1.0, 2.0])",
    "neuron": "x1=2.0; x2=0.0; w1=-3.0; w2=1.0; b=6.88; n = x1*w1 + x2*w2 + b; o = n.tanh()",
    "one card an operation": "a = 2.0; b = -3.0; c = 10.0; e = a*b; d = e + c",
    "long sum": "m = MLP(64, [1])\nx = [0.5] * 64\no = m(x)",
    "shared": "x = [1.0, 2.0, 3.0, 4.0]\nw = 2.0\nh = [(i*w + w).tanh() for i in x]\no = sum(h) * w",
}


@pytest.fixture(params=["graphviz", "networkx"], autouse=True)
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Groups are arranged by either engine."""
    for cached in (layout.arrange, group_layout._lay_out_groups):
        cached.cache_clear()
    if request.param == "networkx":
        monkeypatch.setattr(layout, "DOT_LIMIT", 0)
    yield request.param
    for cached in (layout.arrange, group_layout._lay_out_groups):
        cached.cache_clear()


def placed(snapshot: GraphSnapshot) -> tuple[Arrays, Placement]:
    arrays = derive_arrays(snapshot)
    return arrays, lay_out_groups(snapshot, groups(arrays))


def check(snapshot: GraphSnapshot) -> None:
    """Cards keep apart; each group encloses its cards and no others; each edge joins its ports."""
    arrays, placement = placed(snapshot)
    outlines = cards(snapshot, placement)
    for a, b in combinations(outlines, 2):
        assert a[2] + 15 <= b[0] or b[2] + 15 <= a[0] or a[3] + 15 <= b[1] or b[3] + 15 <= a[1]
    for operation, (left, top, width, height) in zip(arrays.grouped, placement.groups, strict=True):
        inside = {
            node
            for node, card in enumerate(outlines)
            if card[2] > left and card[0] < left + width and card[3] > top and card[1] < top + height
        }
        assert inside == set(operation.cards)
        assert min(outlines[node][1] for node in inside) >= top + GROUP_MARGIN
        assert min(left, top) >= -0.5
        assert left + width <= placement.width + 0.5
        assert top + height <= placement.height + 0.5
    for (ax, ay, aw, ah), (bx, by, bw, bh) in combinations(placement.groups, 2):
        assert ax + aw <= bx or bx + bw <= ax or ay + ah <= by or by + bh <= ay
    assert [(path.operand, path.node, path.operand_index) for path in placement.edges] == list(snapshot.edges)
    for path in placement.edges:
        assert len(path.points) % 3 == 1
        count, middle = len(snapshot.nodes[path.node].operands), placement.centers[path.node][1]
        start = (outlines[path.operand][2], placement.centers[path.operand][1])
        end = (outlines[path.node][0], middle + port_offset(path.operand_index, count))
        assert path.points[0] == pytest.approx(start, abs=0.05)
        assert path.points[-1] == pytest.approx(end, abs=0.05)


@pytest.mark.parametrize("program", PROGRAMS)
def test_groups_enclose_their_cards_and_edges_join_their_ports(program: str) -> None:
    """For networks, losses, single neurons and graphs without a group."""
    check(snapshot_of(PROGRAMS[program]))


@pytest.mark.parametrize(("seed", "count"), seeded(60, 1_500))
def test_random_graphs_are_placed(seed: int, count: int) -> None:
    """This holds for any graph, with shared leaves, repeated operands and outputs beside the output."""
    stream = random.Random(seed)
    for _ in range(count):
        check(random_snapshot(stream))


@pytest.mark.parametrize("program", PROGRAMS)
def test_edges_keep_off_the_cards_they_pass(program: str) -> None:
    """Within groups they run in the gaps, between groups around them."""
    snapshot = snapshot_of(PROGRAMS[program])
    _, placement = placed(snapshot)
    outlines = cards(snapshot, placement)
    for path in placement.edges:
        for x, y in points_along(path):
            assert not any(
                left + 1 < x < right - 1 and top + 1 < y < bottom - 1 for left, top, right, bottom in outlines
            )


def test_a_layer_is_its_matrix_of_weights() -> None:
    """The weights of a neuron stand in a row, those of an input in a column, and all results in the last one."""
    snapshot = snapshot_of(MLP)
    _, placement = placed(snapshot)

    def at(label: str) -> tuple[float, float]:
        return placement.centers[snapshot.index[f"{label}#0"]]

    weights = [[at(f"m[1][{i}].w[{j}]") for j in range(4)] for i in range(4)]
    for row in weights:
        assert len({y for _, y in row}) == 1
        assert [x for x, _ in row] == sorted({x for x, _ in row})
    for column in zip(*weights, strict=True):
        assert len({x for x, _ in column}) == 1
        assert [y for _, y in column] == sorted({y for _, y in column})
    results = [at(f"m[1][{i}](x)") for i in range(4)]
    assert len({x for x, _ in results}) == 1
    assert results[0][0] > max(x for row in weights for x, _ in row)
    assert [y for _, y in results] == sorted(y for _, y in results)


@pytest.mark.parametrize("program", ["mlp", "neuron", "shared"])
def test_it_computes_from_left_to_right(program: str) -> None:
    """Each card stands to the right of its operands, where no band is broken into lines."""
    snapshot = snapshot_of(PROGRAMS[program])
    outlines = cards(snapshot, placed(snapshot)[1])
    for operand, node, _ in snapshot.edges:
        assert outlines[operand][2] < outlines[node][0]


def test_a_long_sum_is_broken_into_lines() -> None:
    """The sum of 64 products is no thread of cards: its group is at most a few times as wide as it is high."""
    _, placement = placed(snapshot_of(PROGRAMS["long sum"]))
    (_, _, width, height) = placement.groups[-1]
    assert 1.0 < width / height < 6.0


def test_between_two_groups_there_is_one_cable() -> None:
    """The sixteen edges from one layer of four to the next share their way outside of the groups."""
    snapshot = snapshot_of(MLP)
    arrays, placement = placed(snapshot)
    first, second = arrays.grouped[:2]
    borders = placement.groups[0][0] + placement.groups[0][2], placement.groups[1][0]
    between = {
        tuple(point for point in path.points if borders[0] <= point[0] <= borders[1])
        for path in placement.edges
        if path.operand in first.cards and path.node in second.cards
    }
    assert len(between) == 1
    assert len(between.pop()) >= 4


def test_data_do_not_move_cards() -> None:
    """Dragging a leaf costs nothing: other data, the very same placement."""
    one, other = (snapshot_of(MLP.replace("1.0, 2.0", numbers)) for numbers in ("1.0, 2.0", "3.0, -4.0"))
    assert placed(one)[1] is placed(other)[1]


def test_a_network_of_thousands_of_cards_has_its_groups() -> None:
    """No size is too large for them."""
    snapshot = snapshot_of("m = MLP(2, [24, 24, 1])\nx = [1.0, 2.0]\ns = m(x)")
    assert len(placed(snapshot)[1].groups) == 3
