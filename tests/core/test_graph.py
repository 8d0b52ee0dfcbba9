"""Graph traversals: order, shared operands, depth."""

from micrograd_core.engine import Value
from micrograd_core.graph import topological_sort, trace


def test_operands_come_before_results_from_left_to_right() -> None:
    """The order is micrograd's depth-first order, so it does not vary from run to run."""
    a, b, c = Value(1.0, label="a"), Value(2.0, label="b"), Value(3.0, label="c")
    product = b * c
    total = a + product
    assert topological_sort(total) == [a, b, c, product, total]


def test_a_shared_operand_comes_once() -> None:
    """A node that is used by several others is listed once, before all of them."""
    a = Value(2.0)
    b = a * a
    c = b + a
    assert topological_sort(c) == [a, b, c]


def test_several_roots_share_what_they_have_in_common() -> None:
    """The roots come in the order given, with nothing listed twice."""
    a = Value(2.0)
    b, c = a.exp(), a.tanh()
    assert topological_sort(c, b, c) == [a, c, b]


def test_trace_has_an_edge_for_every_use() -> None:
    """a * a has two edges from a."""
    a = Value(3.0)
    b = a * a
    nodes, edges = trace(b)
    assert nodes == [a, b]
    assert edges == [(a, b), (a, b)]


def test_a_chain_of_100000_additions_is_sorted() -> None:
    """Depth is bounded by memory, not by the interpreter's stack."""
    value = Value(0.0)
    one = Value(1.0)
    for _ in range(100_000):
        value = value + one
    order = topological_sort(value)
    assert len(order) == 100_002
    assert order[-1] is value
