"""Sums of products that are fused, and nodes that stay results."""

import pytest

from micrograd_core.engine import Value
from micrograd_core.graph import topological_sort
from micrograd_core.vectorize.flatten import FUSED, flatten


@pytest.mark.parametrize(
    ("text", "sums"),
    [
        ("w*x + v*z + b", []),
        ("w*x + b - y", ["w*x + b"]),
        ("w*x + v*z - y", ["w*x + v*z"]),
        ("w*x + b - y*z", ["w*x + b"]),
        ("w*x + v*z - b", []),
        ("w*x + b + y * -1", []),
        ("w*x + b + y * minus_one", []),
        ("w*x + b + 1.0", ["w*x + b"]),
        ("w*x + v*z + 1.0", []),
        ("1.0 + (w*x + b)", ["w*x + b"]),
        ("y + (w*x + b)", []),
        ("(w*x + b) + (v*z + b)", ["w*x + b", "v*z + b"]),
        ("(w + x) + (v + z) + (y + b)", ["w + x", "v + z", "y + b"]),
        ("w*x + v*z + (w*x).tanh()", []),
    ],
)
def test_what_stays_a_result_in_a_chain_of_additions(text: str, sums: list[str]) -> None:
    """A score from which something is taken, a neuron to which a constant is added, sums that are added up."""
    leaves = {name: Value(0.5, label=name) for name in "xyzwvb"} | {"minus_one": Value(-1.0)}
    output = eval(text, leaves).tanh()
    inputs, parameters = ([leaves[name] for name in names] for names in ("xyz", "wvb"))
    graph = flatten(output, [], inputs, parameters)
    additions = [node for node in topological_sort(output) if node.op == "+" and graph.number[node] != FUSED]
    assert additions[-1] is output.operands[0]
    assert [skeleton(node) for node in additions[:-1]] == [skeleton(eval(part, leaves)) for part in sums]


def skeleton(node: Value) -> str:
    """The expression of a node, with all its brackets."""
    names = [skeleton(operand) for operand in node.operands]
    return f"({f' {node.op} '.join(names)}){'' if len(names) > 1 else node.op}" if names else node.label


def test_what_is_used_twice_is_a_result() -> None:
    """A product and a partial sum that something else is made of cannot disappear in the sum."""
    x, w, v = (Value(0.5, label=name) for name in "xwv")
    product = w * x
    partial = product + v
    output = (partial + v * x).tanh() * product.sin() * partial.cos()
    graph = flatten(output, [], [x], [w, v])
    assert min(graph.number[product], graph.number[partial]) >= 0


def test_what_is_only_watched_is_not_differentiated() -> None:
    """Unless it is asked for; and a watched partial sum is a result."""
    x, w = Value(0.5), Value(0.25)
    partial = w * x + w
    watched = partial.sin()
    output = (partial + x).tanh()
    graph = flatten(output, [watched, partial], [x], [w])
    assert graph.number[partial] in graph.differentiated
    assert graph.number[watched] not in graph.differentiated
    graph = flatten(output, [watched, partial], [x], [w], differentiate_watched=True)
    assert graph.number[watched] in graph.differentiated
