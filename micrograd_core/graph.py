"""Traversals of graphs, without recursion: a chain of a million nodes is as good as one of ten."""

from collections.abc import Iterable
from typing import Protocol, TypeVar


class HasOperands(Protocol):
    @property
    def operands(self) -> "tuple[HasOperands, ...]": ...


N = TypeVar("N", bound=HasOperands)


def topological_sort(*roots: N) -> list[N]:
    """Every node the roots are made of, each after its operands; the roots come in the order given.

    It is the depth-first order of micrograd, operands from left to right, so it does not vary from run to run.
    Nodes are told apart as a dict tells them.
    """
    order: dict[N, None] = {}
    # Under a None lies a node whose operands have been pushed above it: when the None comes up, they are done.
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
    """Nodes and (operand, result) edges of a graph, as micrograd's ``trace``; ``a * a`` has two edges."""
    nodes = topological_sort(root)
    return nodes, list(_edges(nodes))


def _edges(nodes: Iterable[N]) -> Iterable[tuple[N, N]]:
    for node in nodes:
        for operand in node.operands:
            yield operand, node  # type: ignore[misc]
