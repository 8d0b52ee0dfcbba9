"""Which scalar nodes one array operation computes together.

A node is per example when it is made of an input, else it is shared by all examples. Chains of ``+`` are one sum of
products; what is per example in such a sum is an operand, what is shared is its coefficient, so that sums over the
same operands are the rows of one matrix product. All other nodes that lie equally deep and do the same are the rows of
one elementwise operation.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress
from typing import Any

from micrograd_core.engine import Value
from micrograd_core.graph import topological_sort

PER_EXAMPLE, TRAINED = 1, 2
"""Bits of a node's kind: made of an input; made of a parameter."""
UNIT = -1
"""In place of a node: the number 1, as a coefficient that was not written or as what a bias is multiplied with."""
FEWEST_TERMS = 4
"""A sum of fewer terms, over operands that no other sum has, stays the additions and products it was."""


@dataclass(slots=True)
class Sum:
    """A chain of ``+``, flattened: Σ coefficients[j] × operands[j], all of them nodes by number, or ``UNIT``.

    In a sum per example the operands are per example and the coefficients shared; in a shared one both are shared.
    """

    coefficients: list[int]
    operands: list[int]
    products: list[int]
    """The node that is the product of the two, or ``UNIT`` where none was written."""
    additions: list[int]
    """The nodes that are partial sums."""

    def sort(self, rank: Sequence[int]) -> None:
        """Order the terms by the rank of their operands, the biases last."""
        keys = [rank[operand] if operand != UNIT else len(rank) for operand in self.operands]
        if keys != sorted(keys):
            order = sorted(range(len(keys)), key=keys.__getitem__)
            self.coefficients = [self.coefficients[j] for j in order]
            self.operands = [self.operands[j] for j in order]
            self.products = [self.products[j] for j in order]

    @property
    def inner(self) -> list[int]:
        """The nodes within, which get no array of their own."""
        return [*self.additions, *(product for product in self.products if product != UNIT)]


@dataclass(frozen=True, slots=True)
class Group:
    """Nodes, by number, that one array operation computes: node ``nodes[i]`` is its row ``i``."""

    nodes: tuple[int, ...]
    kind: int
    reached: bool
    """Whether the mean output is made of them; what is only watched has no gradient."""
    symbol: str
    """Key of ``OPS``; for sums of products "+"."""
    constant: float | None
    sums: tuple[Sum, ...]
    """One for each node; () for an elementwise operation."""
    operands: tuple[tuple[int, ...], ...]
    """Of an elementwise operation: for each operand the nodes, one a row."""


@dataclass(frozen=True, slots=True)
class Grouping:
    """A graph in groups."""

    nodes: tuple[Value, ...]
    """The scalar graph in topological order; a node's number is its index."""
    number: dict[Value, int]
    kinds: list[int]
    groups: tuple[Group, ...]
    """In an order in which they can be computed: first what no parameter moves, within each half first what is
    shared."""
    summands: tuple[int, ...]
    """The nodes whose sum the output is: what is shared, as a penalty, is kept apart and has no part in the mean over
    the examples."""


def group_nodes(
    output: Value, watch: Sequence[Value], inputs: Sequence[Value], parameters: Sequence[Value]
) -> Grouping:
    """Group the graph of ``output`` and ``watch``; the leaves of which it is made must be told apart already."""
    nodes = topological_sort(output, *watch)
    number = dict(zip(nodes, range(len(nodes)), strict=True))
    leaves = dict.fromkeys(inputs, PER_EXAMPLE) | dict.fromkeys(parameters, TRAINED)
    kinds: list[int] = []
    operands: list[tuple[int, ...]] = []
    uses = [0] * len(nodes)
    for node in nodes:
        previous = node._prev
        if not previous:
            kinds.append(leaves.get(node, 0))
            operands.append(())
        elif len(previous) == 2:
            left, right = number[previous[0]], number[previous[1]]
            uses[left] += 1
            uses[right] += 1
            kinds.append(kinds[left] | kinds[right])
            operands.append((left, right))
        else:
            only = number[previous[0]]
            uses[only] += 1
            kinds.append(kinds[only])
            operands.append((only,))
    summands, spine = _split(number[output], nodes, kinds, operands)
    for i in (*summands, *[number[node] for node in (output, *watch)]):
        uses[i] += 2  # Its value is asked for: it cannot disappear in a sum.
    # Inputs and parameters come first and as they are given, so that their blocks can be taken whole.
    rank = list(range(len(nodes)))
    for given in (inputs, parameters):
        for place, leaf in enumerate(given, start=-len(given)):
            if leaf in number:
                rank[number[leaf]] = place
    sums = _find_sums(nodes, kinds, operands, uses, rank)
    # What is only watched comes after the output. The spine is the output itself, not what its mean is made of.
    unreached = {*spine, *range(number[output] + 1, len(nodes))}
    groups = _collect(nodes, kinds, operands, unreached, sums)
    return Grouping(tuple(nodes), number, kinds, groups, summands)


def _split(
    output: int, nodes: Sequence[Value], kinds: Sequence[int], operands: Sequence[tuple[int, ...]]
) -> tuple[tuple[int, ...], list[int]]:
    """The output as a sum of one node that is per example and others that are shared; and the additions in it."""
    shared: list[int] = []
    spine: list[int] = []
    while (
        nodes[output]._op == "+" and (kinds[operands[output][0]] ^ kinds[operands[output][1]]) & PER_EXAMPLE
    ):
        left, right = operands[output]
        spine.append(output)
        shared.append(right if kinds[left] & PER_EXAMPLE else left)
        output = left if kinds[left] & PER_EXAMPLE else right
    return (output, *shared), spine


def _find_sums(
    nodes: Sequence[Value],
    kinds: Sequence[int],
    operands: Sequence[tuple[int, ...]],
    uses: Sequence[int],
    rank: Sequence[int],
) -> dict[int, Sum]:
    """The sums by the node that is their result."""
    sums: dict[int, Sum] = {}
    within: set[int] = set()
    for i in range(len(nodes) - 1, -1, -1):
        if nodes[i]._op == "+" and i not in within:
            found = _flatten(i, nodes, kinds, operands, uses)
            within.update(found.additions)
            if len(found.operands) > 1:
                found.sort(rank)
                sums[i] = found
    alike = Counter(tuple(found.operands) for i, found in sums.items() if kinds[i] & PER_EXAMPLE)
    return {
        i: found
        for i, found in sums.items()
        if len(found.operands) >= FEWEST_TERMS
        or (alike[tuple(found.operands)] > 1 and found.inner and kinds[i] & PER_EXAMPLE)
    }


def _flatten(
    top: int,
    nodes: Sequence[Value],
    kinds: Sequence[int],
    operands: Sequence[tuple[int, ...]],
    uses: Sequence[int],
) -> Sum:
    """The terms of the chain of ``+`` that ends in node ``top``, from left to right, biases after them."""
    per_example = kinds[top] & PER_EXAMPLE
    coefficients: list[int] = []
    factors: list[int] = []
    products: list[int] = []
    additions: list[int] = []
    biases: list[int] = []
    left, right = operands[top]
    stack = [right, left]
    while stack:
        i = stack.pop()
        if kinds[i] & PER_EXAMPLE != per_example:
            biases.append(i)
            continue
        if uses[i] == 1:
            symbol = nodes[i]._op
            if symbol == "*":
                left, right = operands[i]
                if not per_example or not kinds[left] & kinds[right] & PER_EXAMPLE:
                    if kinds[left] & PER_EXAMPLE:
                        left, right = right, left
                    coefficients.append(left)
                    factors.append(right)
                    products.append(i)
                    continue
            elif symbol == "+":
                additions.append(i)
                left, right = operands[i]
                stack += (right, left)
                continue
        if kinds[i] or operands[i] or nodes[i].data != 0.0:  # 0 is what sum() starts from.
            coefficients.append(UNIT)
            factors.append(i)
            products.append(UNIT)
    unit = [UNIT] * len(biases)
    return Sum(coefficients + biases, factors + unit, products + unit, additions)


def _collect(
    nodes: Sequence[Value],
    kinds: Sequence[int],
    operands: Sequence[tuple[int, ...]],
    unreached: set[int],
    sums: dict[int, Sum],
) -> tuple[Group, ...]:
    """Results of the same key at the same depth, counted in array operations, are a group."""
    results = {i for i, direct in enumerate(operands) if direct}
    for found in sums.values():
        results.difference_update(found.additions, found.products)
    depths = [0] * (len(nodes) + 1)  # With one behind the last, which is UNIT's.
    members: dict[tuple[Any, ...], list[int]] = {}
    for i in sorted(results):
        kind, direct = kinds[i], operands[i]
        if i not in sums:
            same = [kinds[operand] & PER_EXAMPLE == kind & PER_EXAMPLE for operand in direct]
            shape: tuple[object, ...] = (nodes[i]._op, nodes[i]._constant, *same)
            direct = tuple(compress(direct, same))
        elif kind & PER_EXAMPLE:
            shape = direct = tuple(sums[i].operands)
        else:
            direct = (*sums[i].operands, *sums[i].coefficients)
            shape = (len(direct),)
        depth = depths[i] = 1 + max(map(depths.__getitem__, direct))
        key = (kind & TRAINED, kind & PER_EXAMPLE, depth, i in unreached, i in sums, shape)
        members.setdefault(key, []).append(i)

    def group(members: list[int]) -> Group:
        first = members[0]
        is_sum = first in sums
        return Group(
            nodes=tuple(members),
            kind=kinds[first],
            reached=first not in unreached,
            symbol="**n" if nodes[first]._constant is not None else nodes[first]._op,
            constant=nodes[first]._constant,
            sums=tuple(sums[i] for i in members) if is_sum else (),
            operands=() if is_sum else tuple(zip(*[operands[i] for i in members], strict=True)),
        )

    # Sorting is stable: groups of the same depth stay in the order in which they were found.
    return tuple(group(members[key]) for key in sorted(members, key=lambda key: key[:3]))
