"""Gradients by central differences, to check those of ``backward()``."""

from collections.abc import Iterable, Mapping

from micrograd_core.engine import Value
from micrograd_core.graph import topological_sort


def evaluate_nodes(nodes: Iterable[Value], given: Mapping[Value, float]) -> dict[Value, float]:
    """Compute the data of ``nodes``, in topological order, with other data for the ``given`` leaves or inner nodes.

    The graph itself is not changed.
    """
    data: dict[Value, float] = {}
    for node in nodes:
        if node in given:
            data[node] = given[node]
        elif node.operation is None:
            data[node] = node.data
        else:
            operands = [data[operand] for operand in node.operands]
            if node.constant is not None:
                operands.append(node.constant)
            data[node] = node.operation.forward(*operands)
    return data


def evaluate(root: Value, given: Mapping[Value, float]) -> float:
    """Compute the data of ``root`` with other data for the ``given`` nodes. The graph itself is not changed."""
    return evaluate_nodes(topological_sort(root), given)[root]


def difference_spacing(x: float) -> float:
    """Return the h of central differences at ``x``: the cube root of the machine's precision, relative to ``x``."""
    return 6.055454452393343e-06 * max(1.0, abs(x))


def central_difference(root: Value, value: Value) -> float:
    """Return ∂root/∂value as (f(x + h) − f(x − h)) / 2h; its error is of the order h² ≈ 4e-11."""
    h = difference_spacing(value.data)
    above, below = value.data + h, value.data - h
    return (evaluate(root, {value: above}) - evaluate(root, {value: below})) / (above - below)


def gradcheck(root: Value, values: Iterable[Value], tolerance: float = 1e-6) -> bool:
    """Compare each value's ``grad`` with its central difference; True if all agree to tolerance · max(1, |grad|)."""
    return all(
        abs(value.grad - central_difference(root, value)) <= tolerance * max(1.0, abs(value.grad))
        for value in values
    )
