"""Graph traversals without recursion, so that a chain of a million nodes works like one of ten."""

from collections.abc import Iterable
from typing import Protocol, TypeVar


class HasOperands(Protocol):
    """A node of any kind of graph."""

    @property
    def operands(self) -> "tuple[HasOperands, ...]": ...


N = TypeVar("N", bound=HasOperands)


def topological_sort(*roots: N) -> list[N]:
    """List every node below the roots, each after its operands; the roots come in the given order.

    The order is micrograd's depth-first order, operands from left to right, so it is the same in every run.
    Nodes must be hashable and are compared like the keys of a dict.
    """
    order: dict[N, None] = {}
    # A None marks the node below it: once the None is popped, all operands of that node are in the order.
    stack: list[N | None] = list(reversed(roots))
    while stack:
        node = stack.pop()
        if node is None:
            order[stack.pop()] = None  # type: ignore[index]
        elif node not in order:
            if node.operands:
                stack += (node, None, *node.operands[::-1])  # type: ignore[arg-type]
            else:
                order[node] = None
    return list(order)


def trace(root: N) -> tuple[list[N], list[tuple[N, N]]]:
    """Return nodes and (operand, result) edges of a graph, as micrograd's ``trace``; ``a * a`` has two edges."""
    nodes = topological_sort(root)
    return nodes, list(_edges(nodes))


def _edges(nodes: Iterable[N]) -> Iterable[tuple[N, N]]:
    for node in nodes:
        for operand in node.operands:
            yield operand, node  # type: ignore[misc]
