"""The graph as frozen data."""

import pytest

from micrograd_gui.model.document import Document
from micrograd_gui.model.resolve import resolve
from micrograd_gui.model.snapshot import GraphSnapshot


def snapshot_of(source: str) -> GraphSnapshot:
    snapshot = resolve(Document(source)).snapshot
    assert snapshot is not None
    return snapshot


def test_every_node_comes_after_its_operands() -> None:
    """The order is topological, names that the output does not need included."""
    snapshot = snapshot_of("a = 2.0\nunused = a*3\nb = a + 1\nc = b*a")
    assert {node.label for node in snapshot.nodes} >= {"a", "unused", "b", "c"}
    assert all(operand < i for i, node in enumerate(snapshot.nodes) for operand in node.operands)
    assert snapshot.nodes[snapshot.target].label == "c"


def test_a_times_a_has_two_edges() -> None:
    """Both operands of a product are edges, also when they are the same node."""
    assert snapshot_of("a = 3.0\nb = a*a").edges == [(0, 1, 0), (0, 1, 1)]


def test_operands_keep_their_order() -> None:
    """The left operand is number 0."""
    snapshot = snapshot_of("b = 1.0\na = 2.0\nc = a**b")
    target = snapshot.nodes[snapshot.target]
    assert [snapshot.nodes[operand].label for operand in target.operands] == ["a", "b"]


def test_equal_labels_are_counted() -> None:
    """Two nodes of one name can be told apart."""
    snapshot = snapshot_of("c = 1.0\nc = c + 2.0\nc = c * c")
    assert [node.id for node in snapshot.nodes if node.label == "c"] == ["c#0", "c#1", "c#2"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a = 1.0\nb = 2.0*a", "a = 1.0\nb = -37.5*a"),
        ("a = 1.0\nb = (a + 2.0)*a", "a = 1.0\nb = (a + 1e-05)*a"),
        ("a = 1.0\nb = 2.0**a + a", "a = 1.0\nb = (-2.0)**a + a"),
        ("b = 2.0.tanh() + 1", "b = (-0.5).tanh() + 1"),
        ("a = 1.0\nb = tanh(3*a - 2)*a", "a = 1.0\nb = tanh(3*a - -0.25)*a"),
        ("a = [1.0, 2.0]\nb = (a[0]*3 + .5)*a[1]", "a = [1.0, 2.0]\nb = (a[0]*-4.5 + 2.)*a[1]"),
    ],
)
def test_ids_stay_when_a_number_changes(before: str, after: str) -> None:
    """Dragging a number without a name keeps every card, those whose label shows the number included."""
    assert [node.id for node in snapshot_of(before).nodes] == [node.id for node in snapshot_of(after).nodes]


def test_ids_keep_indices_apart() -> None:
    """Elements of a list and digits in names are no numbers to be left out."""
    ids = {node.id for node in snapshot_of("x1 = [1.0, 2.0]\nx2 = x1[0] * x1[1]").nodes}
    assert ids == {"x1[0]#0", "x1[1]#0", "x2#0"}


def test_only_leaves_of_the_program_can_be_set() -> None:
    """A typed number and a random weight can be set, the −1 that a subtraction brings along cannot."""
    snapshot = snapshot_of("n = Neuron(1)\na = 2.0\nc = a - n([a])")
    adjustable = {node.label for node in snapshot.nodes if node.adjustable}
    assert adjustable == {"a", "n.w[0]", "n.b"}
    assert [node.label for node in snapshot.nodes if node.is_leaf and not node.adjustable] == ["-1"]


def test_the_minus_one_of_a_sign_is_marked() -> None:
    """A −1 that is written is a number like any other."""
    snapshot = snapshot_of("a = 2.0\nb = 3.0\nc = (a - b) * -1.0 + a * -1")
    assert [(node.label, node.negates) for node in snapshot.nodes if node.data == -1.0 and node.is_leaf] == [
        ("-1", True),
        ("-1.0", False),
        ("-1", False),
    ]


def test_only_named_leaves_are_trained() -> None:
    """A number inside a formula can be dragged, but descent does not move it."""
    snapshot = snapshot_of("a = 2.0\nb = 3.0*a")
    leaves = {node.label: (node.adjustable, node.trainable) for node in snapshot.nodes if node.is_leaf}
    assert leaves == {"a": (True, True), "3.0": (True, False)}


def test_counters_are_neither_set_nor_trained() -> None:
    """k in a*k is called by its name, but it is the loop that gives it its numbers."""
    snapshot = snapshot_of("a = 2.0\no = sum([a*k for k in range(3)])")
    leaves = [(node.label, node.adjustable, node.trainable) for node in snapshot.nodes if node.is_leaf]
    assert leaves == [("a", True, True), *[("k", False, False)] * 3, ("0", False, False)]


@pytest.mark.parametrize(
    ("source", "formula", "chip"),
    [
        ("a=1.0; b=2.0; c=a*b", "a × b", "×"),
        ("a=1.0; b=2.0; c=(a+b)*(a+b)", "(a+b) × (a+b)", "×"),
        ("a=1.0; c=a.tanh()", "tanh(a)", "tanh"),
        ("a=1.0; c=(a*2).tanh()", "tanh(a*2)", "tanh"),
        ("a=1.0; c=a**3", "a ** 3", "** 3"),
        ("a=1.0; c=(a+1)**-1", "(a+1) ** −1", "** -1"),
        ("a=1.0; c=a.relu()", "max(0, a)", "relu"),
        ("a=1.0; c=-2.0*a", "-2.0 × a", "×"),
        ("a=1.0; c=a*-2.0", "a × (-2.0)", "×"),
        ("xs=[1.0, 2.0]; c=xs[0]*xs[1]", "xs[0] × xs[1]", "×"),
    ],
)
def test_a_formula_names_the_operands(source: str, formula: str, chip: str) -> None:
    """Labels stand in brackets only where the formula could be misread without."""
    snapshot = snapshot_of(source)
    target = snapshot.nodes[snapshot.target]
    assert (target.formula, target.chip) == (formula, chip)


def test_ancestors_are_all_that_a_node_is_made_of() -> None:
    """The node itself included, what is beside or above it not."""
    snapshot = snapshot_of("a=1.0; b=2.0; c=a*a; d=b+c; e=a*b")
    index = snapshot.index
    assert snapshot.ancestors(index["c#0"]) == {index["a#0"], index["c#0"]}
    assert snapshot.ancestors(index["d#0"]) == {index[f"{name}#0"] for name in "abcd"}


def test_depth_counts_operations_on_the_longest_way() -> None:
    """A leaf alone has depth 0, a chain of three operations 3."""
    assert snapshot_of("a = 1.0").depth() == 0
    assert snapshot_of("a = 1.0\nb = ((a*a) + a).tanh() ").depth() == 3


def test_values_in_lists_and_tuples_are_shown() -> None:
    """Values that a name holds in a list, however deep, have cards."""
    labels = [node.label for node in snapshot_of("a=1.0; b=2.0\nc=[(a*b, a+b)]\nd=a").nodes]
    assert {"a", "b", "c[0][0]", "c[0][1]"} <= set(labels)


def test_a_chain_of_ten_thousand_is_taken() -> None:
    """No recursion limits the depth of a graph."""
    snapshot = snapshot_of("a = 1.0\nfor i in range(10000):\n    a = a + 1\n")
    assert snapshot.depth() == 10_000


def test_the_rounds_of_a_loop_are_told_apart() -> None:
    """The same line run three times makes three nodes, each with its own id."""
    products = [
        node for node in snapshot_of("a = 2.0\no = sum([a*k for k in range(3)])").nodes if node.chip == "×"
    ]
    assert [node.id for node in products] == ["a*k#0", "a*k#1", "a*k#2"]


@pytest.mark.parametrize("source", ["xs = [a]\nxs.append(xs)", "xs = [a]\n" + "xs = [xs, xs]\n" * 60])
def test_lists_that_hold_themselves_or_each_other_are_gone_through_once(source: str) -> None:
    """Neither an endless list nor one of 2⁶⁰ elements keeps the window waiting."""
    assert [node.label for node in snapshot_of(f"a = 1.0\n{source}").nodes] == ["a"]
