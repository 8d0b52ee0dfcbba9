"""Ordering: which results are computed by one array operation, and in which order the operations run.

Results are together if they are on the same level, the longest way from a leaf counted in array operations, and do the
same. Two neurons of one input, whose product is compared with a label:

    >>> from micrograd_core.engine import Value
    >>> from micrograd_core.vectorize.flatten import flatten
    >>> x, y, w, b, v, c = (Value(1.0, label=name) for name in "xywbvc")
    >>> neurons = (w * x + b).tanh(), (v * x + c).tanh()
    >>> graph = flatten((neurons[0] * neurons[1] - y) ** 2, [], inputs=[x, y], parameters=[w, b, v, c])
    >>> for nodes, rows, _ in order_nodes(graph):
    ...     print(nodes, [graph.describe(i) for i in nodes])
    [14] ['9 * 10']
    [3, 7] ['0·1 + 2', '5·1 + 6']
    [4, 8] ['tanh 3', 'tanh 7']
    [11] ['4 * 8']
    [12] ['11 + 14']
    [13] ['**2 12']

The sign comes first, since no parameter moves it. Node 12 was a sum that is too small for a matrix product: it was
unfolded into an addition and the product 14.
"""

from collections.abc import Iterator, Mapping
from itertools import compress
from typing import NamedTuple

from micrograd_core.vectorize.flatten import FlatGraph
from micrograd_core.vectorize.match import count_sides, find_grids, is_scalar
from micrograd_core.vectorize.sums import PER_EXAMPLE, TRAINED, UNIT


class OrderedNodes(NamedTuple):
    """The nodes of one array operation, by number, in the order of its entries."""

    nodes: list[int]
    rows: int
    """Number of rows of operands of a matrix product, 1 if they are per example; 0 for all other operations."""
    is_differentiated: bool


class _Key(NamedTuple):
    """The properties that the nodes of a group have in common; the first three give the order of evaluation."""

    trained: int
    per_example: int
    level: int
    """The longest way from a leaf, counted in array operations."""
    is_differentiated: bool
    is_sum: bool
    signature: tuple[object, ...]
    """The operands of a sum per example, or the number of factors of a shared one; else the operation, and for each
    operand whether it is of the node's own kind."""


def order_nodes(graph: FlatGraph) -> Iterator[OrderedNodes]:
    """Yield all results, grouped by array operation, in an order of evaluation.

    Those that no parameter moves come first, and within each half the shared ones. Small sums are unfolded.
    """
    members: dict[_Key, list[int]] = {}
    for i, key in _find_keys(graph).items():
        members.setdefault(key, []).append(i)
    position: dict[int, int] = {}
    """The positions of the results so far, one after the other."""
    # Sorting is stable: groups of the same level stay in the order in which they were found.
    for key in sorted(members, key=lambda key: key[:3]):
        for rows, nodes in _divide(key, members[key], graph):
            if len(nodes) > 1 and not key.is_sum:
                # In the order of the operands, which need not be that in which the nodes were found.
                nodes.sort(key=lambda i: [position.get(operand, -1) for operand in graph.operands[i]])
            for i in nodes:
                position[i] = len(position)
            yield OrderedNodes(nodes, rows, key.is_differentiated)


def _find_keys(graph: FlatGraph) -> dict[int, _Key]:
    """Return the key of every result, in an order of evaluation."""
    sums, side_counts = graph.sums, count_sides(graph)
    levels = dict.fromkeys(range(UNIT, len(graph.values)), 0)
    keys: dict[int, _Key] = {}
    for i in range(len(graph.values)):  # Unfolding adds more, which are dealt with here.
        if i in sums and is_scalar(i, graph, side_counts, keys):
            results = graph.unfold(i)
        elif i in sums or graph.operands[i]:
            results = [i]
        else:
            continue  # A leaf.
        for result in results:
            key = keys[result] = _key(result, graph, levels, i in graph.differentiated)
            levels[result] = key.level
    return keys


def _key(i: int, graph: FlatGraph, levels: Mapping[int, int], is_differentiated: bool) -> _Key:
    kinds, kind, sources = graph.kinds, graph.kinds[i], graph.operands[i]
    signature: tuple[object, ...]
    found = graph.sums.get(i)
    if found is None:
        same = [kinds[operand] & PER_EXAMPLE == kind & PER_EXAMPLE for operand in sources]
        value = graph.values[i]
        assert value is not None
        signature = (value.op, value.constant, *same)
        sources = tuple(compress(sources, same))
    elif kind & PER_EXAMPLE:
        signature = sources = tuple(found.operands)
    else:
        sources = (*found.operands, *found.coefficients)
        signature = (len(sources),)
    level = 1 + max(map(levels.__getitem__, sources))
    return _Key(kind & TRAINED, kind & PER_EXAMPLE, level, is_differentiated, found is not None, signature)


def _divide(key: _Key, nodes: list[int], graph: FlatGraph) -> Iterator[tuple[int, list[int]]]:
    """Yield (rows of a matrix product, nodes) of each group of the nodes with this key."""
    if key.is_sum and key.per_example:
        yield 1, nodes
    elif key.is_sum and len(nodes) > 1:
        yield from find_grids(graph, nodes)
    else:
        yield 0, nodes
