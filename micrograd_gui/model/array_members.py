"""The array operation, and its entry, of each scalar node, from an ``Explanation``."""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import TypeAlias

from micrograd_core.vectorize import HIDDEN, Access, Explanation

Operands: TypeAlias = Mapping[int, Sequence[int]]
"""The operands of every computed node, by number."""


@dataclass(frozen=True, slots=True)
class Members:
    """Nodes are numbers in ``Explanation.nodes``, operations are indices into ``Explanation.operations``."""

    operands: Operands
    operation: Mapping[int, int]
    """The operation that computes a node, or to which a leaf belongs; leaves of no operation are missing."""
    entry: Mapping[int, int]
    """The entry of that operation that a node is, or for which it is used first."""
    inner: Set[int]
    """The computed nodes that have no entry of their own."""
    weight: Mapping[int, int]
    """The weight of a product within a sum; ``UNIT`` if it has none."""
    leaves: Mapping[int, Sequence[int]]
    """The leaves that stand in the group of an operation, by operation."""


def find_members(explanation: Explanation) -> Members:
    """Find the operation and entry of every node."""
    operation = {
        node: which
        for which, line in enumerate(explanation.operations)
        for node in (*line.entries, *line.inner)
        if node != HIDDEN
    }
    operands = {
        node: [explanation.number[operand] for operand in explanation.nodes[node].operands]
        for node in operation
    }
    entry = _entries(explanation, operands)
    inner = {node for line in explanation.operations for node in line.inner}
    weight = {
        product: coefficient
        for line in explanation.operations
        for terms in line.sums
        for product, coefficient in zip(terms.products, terms.coefficients, strict=True)
    }
    uses: dict[int, list[int]] = {}
    for node in operation:
        for operand in operands[node]:
            if operand not in operation:
                uses.setdefault(operand, []).append(node)
    home = dict(_homes(explanation, operation, uses))
    first_use = {leaf: min(entry.get(node, 0) for node in uses[leaf]) for leaf in home}
    leaves = _leaves_inside(operands, operation, uses, home)
    return Members(operands, operation | home, first_use | entry, inner, weight, leaves)


def _entries(explanation: Explanation, operands: Operands) -> dict[int, int]:
    """Return the entry of each computed node, and of the leaves of an operation's own arrays."""
    found: dict[int, int] = {}
    for line in explanation.operations:
        for operand in line.operands:
            for row, nodes in enumerate(operand.rows if operand.own else ()):
                for column, node in enumerate(nodes):
                    found.setdefault(node, _first_entry(operand.access, row, column, line.width))
        found |= {node: entry for entry, node in enumerate(line.entries)}
        for entry, terms in enumerate(line.sums):
            found |= dict.fromkeys((*terms.additions, *terms.products), entry)
        inner = set(line.inner)
        for entry, node in enumerate(line.entries):
            if node != HIDDEN and (below := operands[node][0]) in inner:
                found.setdefault(below, entry)
    return found


def _first_entry(access: Access, row: int, column: int, width: int) -> int:
    """Return the first entry of a result of this width that is made of a cell of an operand."""
    first = {"all": 0, "row": row * width, "column": column, "entry": row * width + column, "neuron": row}
    return first[access]


def _homes(
    explanation: Explanation, operation: Mapping[int, int], uses: Mapping[int, Sequence[int]]
) -> Iterator[tuple[int, int]]:
    """Yield the operation of each leaf: the one that has it in an array of its own, or that alone uses it.

    Inputs belong to none, as they are an array by themselves.
    """
    holder = {
        operand.own: which
        for which, line in enumerate(explanation.operations)
        for operand in line.operands
        if operand.own
    }
    for leaf, users in uses.items():
        array = explanation.entry_of[leaf].array if leaf in explanation.entry_of else ""
        using = {operation[node] for node in users}
        if array in holder:
            yield leaf, holder[array]
        elif len(using) == 1 and array != explanation.inputs:
            yield leaf, min(using)


def _leaves_inside(
    operands: Operands,
    operation: Mapping[int, int],
    uses: Mapping[int, Sequence[int]],
    home: Mapping[int, int],
) -> dict[int, list[int]]:
    """Return the leaves that stand in the group of their operation.

    A leaf stands outside if an operand of its operation uses it, too: groups are computed one after the other.
    """
    import networkx as nx

    order = nx.DiGraph()
    order.add_nodes_from(operation.values())
    order.add_edges_from(
        {
            (operation[operand], which)
            for node, which in operation.items()
            for operand in operands[node]
            if operand in operation
        }
    )
    found: dict[int, list[int]] = {}
    for leaf, which in home.items():
        others = {operation[node] for node in uses[leaf]} - {which}
        if not any(nx.has_path(order, other, which) for other in others):
            order.add_edges_from((which, other) for other in others)
            found.setdefault(which, []).append(leaf)
    return found
