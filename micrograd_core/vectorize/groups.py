"""Which scalar nodes one array operation computes together.

A node is per example when it is made of an input, else it is shared by all examples. Chains of ``+`` are one sum of
products; what is per example in such a sum is an operand, what is shared is its coefficient, so that sums over the
same operands are the rows of one matrix product. All other nodes that lie equally deep and do the same are the rows of
one elementwise operation.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

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
    inner: list[int]
    """The additions and products within, which get no array of their own."""
    columns: list[int]
    """For each of ``inner``: the term it belongs to, or the last term that it has added."""

    def sort(self, rank: Sequence[int]) -> None:
        """Order the terms by the rank of their operands, the biases last."""
        keys = [rank[operand] if operand != UNIT else len(rank) for operand in self.operands]
        order = sorted(range(len(keys)), key=keys.__getitem__)
        place = dict(zip(order, range(len(order)), strict=True))
        self.coefficients = [self.coefficients[j] for j in order]
        self.operands = [self.operands[j] for j in order]
        self.columns = [place[column] for column in self.columns]


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
    summands = _split(number[output], nodes, kinds, operands)
    reached = _reach(operands, summands)
    for i in (*summands, *[number[node] for node in (output, *watch)]):
        uses[i] += 2  # Its value is asked for: it cannot disappear in a sum.
    # Inputs and parameters come first and as they are given, so that their blocks can be taken whole.
    rank = list(range(len(nodes)))
    for given in (inputs, parameters):
        for place, leaf in enumerate(given, start=-len(given)):
            if leaf in number:
                rank[number[leaf]] = place
    sums, inner = _find_sums(nodes, kinds, operands, uses, rank)
    groups = _collect(nodes, kinds, operands, reached, sums, inner)
    return Grouping(tuple(nodes), number, kinds, groups, summands)


def _split(
    output: int, nodes: Sequence[Value], kinds: Sequence[int], operands: Sequence[tuple[int, ...]]
) -> tuple[int, ...]:
    """The output as a sum of one node that is per example and others that are shared."""
    shared: list[int] = []
    while (
        nodes[output]._op == "+" and (kinds[operands[output][0]] ^ kinds[operands[output][1]]) & PER_EXAMPLE
    ):
        left, right = operands[output]
        shared.append(right if kinds[left] & PER_EXAMPLE else left)
        output = left if kinds[left] & PER_EXAMPLE else right
    return (output, *shared)


def _reach(operands: Sequence[tuple[int, ...]], tops: Sequence[int]) -> list[bool]:
    """For each node whether one of the ``tops`` is made of it."""
    reached = [False] * len(operands)
    for top in tops:
        reached[top] = True
    for i in range(max(tops), -1, -1):
        if reached[i]:
            for operand in operands[i]:
                reached[operand] = True
    return reached


def _find_sums(
    nodes: Sequence[Value],
    kinds: Sequence[int],
    operands: Sequence[tuple[int, ...]],
    uses: Sequence[int],
    rank: Sequence[int],
) -> tuple[dict[int, Sum], set[int]]:
    """The sums by the node that is their result, and all nodes within them."""
    sums: dict[int, Sum] = {}
    inner: set[int] = set()
    for i in range(len(nodes) - 1, -1, -1):
        if nodes[i]._op == "+" and i not in inner:
            found = _flatten(i, nodes, kinds, operands, uses)
            if found.inner and len(found.operands) > 1:
                found.sort(rank)
                sums[i] = found
                inner.update(found.inner)
    alike = Counter(tuple(found.operands) for i, found in sums.items() if kinds[i] & PER_EXAMPLE)
    for i, found in list(sums.items()):
        if len(found.operands) < FEWEST_TERMS and alike[tuple(found.operands)] < 2:
            inner.difference_update(found.inner)
            del sums[i]
    return sums, inner


def _flatten(
    top: int,
    nodes: Sequence[Value],
    kinds: Sequence[int],
    operands: Sequence[tuple[int, ...]],
    uses: Sequence[int],
) -> Sum:
    """The terms of the chain of ``+`` that ends in node ``top``, from left to right."""
    per_example = kinds[top] & PER_EXAMPLE
    coefficients: list[int] = []
    factors: list[int] = []
    inner: list[int] = []
    columns: list[int] = []
    left, right = operands[top]
    stack = [right, left]
    while stack:
        i = stack.pop()
        if i < 0:  # An addition within, both of whose operands have been taken.
            inner.append(~i)
            columns.append(max(len(factors) - 1, 0))
            continue
        same = kinds[i] & PER_EXAMPLE == per_example
        if same and uses[i] == 1:
            symbol = nodes[i]._op
            if symbol == "+":
                left, right = operands[i]
                stack += (~i, right, left)
                continue
            if symbol == "*":
                left, right = operands[i]
                shared_left = not kinds[left] & PER_EXAMPLE
                if not per_example or shared_left != (not kinds[right] & PER_EXAMPLE):
                    inner.append(i)
                    columns.append(len(factors))
                    coefficients.append(left if shared_left else right)
                    factors.append(right if shared_left else left)
                    continue
        if kinds[i] == 0 and not operands[i] and nodes[i].data == 0.0:
            continue  # What sum() starts from.
        coefficients.append(UNIT if same else i)
        factors.append(i if same else UNIT)
    return Sum(coefficients, factors, inner, columns)


def _collect(
    nodes: Sequence[Value],
    kinds: Sequence[int],
    operands: Sequence[tuple[int, ...]],
    reached: Sequence[bool],
    sums: dict[int, Sum],
    inner: set[int],
) -> tuple[Group, ...]:
    """Nodes of the same key at the same depth, counted in array operations, are a group."""
    depths = [0] * len(nodes)
    members: dict[tuple[object, ...], list[int]] = {}
    for i, node in enumerate(nodes):
        if not operands[i] or i in inner:
            continue
        kind = kinds[i]
        found = sums.get(i)
        if found is None:
            direct = operands[i]
            shape: tuple[object, ...] = (
                node._op,
                node._constant,
                *[kinds[operand] & PER_EXAMPLE for operand in direct],
            )
        elif kind & PER_EXAMPLE:
            direct = tuple(found.operands)
            shape = direct
        else:
            direct = (*found.operands, *found.coefficients)
            shape = (len(found.operands),)
        depth = depths[i] = 1 + max(
            (
                depths[operand]
                for operand in direct
                if operand != UNIT and not (kinds[operand] ^ kind) & PER_EXAMPLE
            ),
            default=0,
        )
        key = (kind & TRAINED, kind & PER_EXAMPLE, depth, reached[i], found is None, shape)
        members.setdefault(key, []).append(i)

    def group(members: list[int]) -> Group:
        first = members[0]
        is_sum = first in sums
        return Group(
            nodes=tuple(members),
            kind=kinds[first],
            reached=reached[first],
            symbol="**n" if nodes[first]._constant is not None else nodes[first]._op,
            constant=nodes[first]._constant,
            sums=tuple(sums[i] for i in members) if is_sum else (),
            operands=() if is_sum else tuple(zip(*[operands[i] for i in members], strict=True)),
        )

    # Sorting is stable: groups of the same depth stay in the order in which they were found.
    return tuple(group(members[key]) for key in sorted(members, key=lambda key: key[:3]))
