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
    """
    order: list[N] = []
    seen: set[int] = set()
    for root in roots:
        if id(root) in seen:
            continue
        seen.add(id(root))
        stack = [(root, iter(root._prev))]
        while stack:
            node, operands = stack[-1]
            for operand in operands:
                if id(operand) not in seen:
                    seen.add(id(operand))
                    stack.append((operand, iter(operand._prev)))  # type: ignore[arg-type]
                    break
            else:
                order.append(node)
                stack.pop()
    return order


def trace(root: N) -> tuple[list[N], list[tuple[N, N]]]:
    """Nodes and (operand, result) edges of a graph, as micrograd's ``trace``; ``a * a`` has two edges."""
    nodes = topological_sort(root)
    return nodes, list(_edges(nodes))


def _edges(nodes: Iterable[N]) -> Iterable[tuple[N, N]]:
    for node in nodes:
        for operand in node._prev:
            yield operand, node  # type: ignore[misc]
