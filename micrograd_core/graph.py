"""Walks over graphs, without recursion: a chain of a million nodes is as good as one of ten."""

from collections.abc import Iterable
from typing import Protocol, TypeVar


class HasOperands(Protocol):
    @property
    def _prev(self) -> "tuple[HasOperands, ...]": ...


N = TypeVar("N", bound=HasOperands)


def topological_sort(*roots: N) -> list[N]:
    """Every node the roots are made of, each after its operands; the roots come in the order given.

    It is the depth-first order of micrograd, operands from left to right, so it does not vary from run to run.
    Nodes are told apart as a set tells them.
    """
    order: list[N] = []
    seen: set[N] = set()
    # Under a None lies a node whose operands have been pushed above it: when the None comes up, they are done.
    stack: list[N | None] = list(reversed(roots))
    while stack:
        node = stack.pop()
        if node is None:
            order.append(stack.pop())  # type: ignore[arg-type]
        elif node not in seen:
            seen.add(node)
            if node._prev:
                stack += (node, None)
                stack += reversed(node._prev)  # type: ignore[arg-type]
            else:
                order.append(node)
    return order


def trace(root: N) -> tuple[list[N], list[tuple[N, N]]]:
    """Nodes and (operand, result) edges of a graph, as micrograd's ``trace``; ``a * a`` has two edges."""
    nodes = topological_sort(root)
    return nodes, list(_edges(nodes))


def _edges(nodes: Iterable[N]) -> Iterable[tuple[N, N]]:
    for node in nodes:
        for operand in node._prev:
            yield operand, node  # type: ignore[misc]
