"""Central differences: they confirm right gradients, reject wrong ones and change nothing."""

import random

import pytest

from micrograd_core.engine import Value
from micrograd_core.gradcheck import central_difference, difference_spacing, evaluate, gradcheck
from micrograd_core.graph import topological_sort
from micrograd_core.nn import MLP
from tests.seeds import seeds


def expression() -> tuple[Value, Value, Value, Value]:
    a, b = Value(0.7), Value(-1.3)
    inner = a * b
    return (inner + a**3).tanh() / b, inner, a, b


def test_right_gradients_pass() -> None:
    """Every node of an expression agrees with its difference after backward()."""
    root, *_ = expression()
    root.backward()
    assert gradcheck(root, topological_sort(root))


def test_a_wrong_gradient_fails() -> None:
    """An error of one part in a thousand is found."""
    root, _, a, _ = expression()
    root.backward()
    a.grad *= 1.001
    assert not gradcheck(root, [a])


def test_nothing_in_the_graph_is_changed() -> None:
    """Data and gradients stay as they were."""
    root, _, a, _ = expression()
    root.backward()
    before = [(node.data, node.grad) for node in topological_sort(root)]
    central_difference(root, a)
    assert [(node.data, node.grad) for node in topological_sort(root)] == before


def test_evaluate_replaces_inner_nodes_too() -> None:
    """The root is computed from the given number of the inner node."""
    root, inner, a, b = expression()
    assert evaluate(root, {inner: 2.0}) == ((Value(2.0) + a**3).tanh() / b).data


def test_evaluate_with_nothing_given_is_the_forward_pass() -> None:
    """The same operations in the same order give the same bits."""
    root, *_ = expression()
    assert evaluate(root, {}) == root.data


def test_the_difference_of_an_inner_node_is_its_gradient() -> None:
    """Inner nodes are checked like leaves."""
    root, inner, *_ = expression()
    root.backward()
    assert central_difference(root, inner) == pytest.approx(inner.grad, rel=1e-8)


def test_the_step_grows_with_the_number() -> None:
    """Relative for large numbers, absolute for small ones."""
    assert difference_spacing(1e6) == 1e6 * difference_spacing(0.0)
    assert difference_spacing(-1e6) == difference_spacing(1e6)


@pytest.mark.parametrize("seed", seeds())
def test_a_network_passes(seed: int) -> None:
    """All parameters of an MLP with a smooth activation agree."""
    random.seed(seed)
    network = MLP(2, [4, 3, 1], "tanh")
    root = network([0.5, -0.8])
    assert isinstance(root, Value)
    root.backward()
    assert gradcheck(root, network.parameters())
