"""Matching: which sums of products are together one matrix product.

A neuron is applied to two samples. Its coefficients, here a single row, meet each of two rows of operands: the sums
are a matrix product of two rows. The bias is the same in both, and so becomes the last of the coefficients:

    >>> from micrograd_core.engine import Value
    >>> from micrograd_core.vectorize.flatten import flatten
    >>> w, v, b, x0, x1, z0, z1 = (Value(1.0, label=name) for name in ("w", "v", "b", "x0", "x1", "z0", "z1"))
    >>> neurons = [(w * x + v * z + b).tanh() for x, z in ((x0, x1), (z0, z1))]
    >>> graph = flatten(neurons[0] * neurons[1], [], inputs=[], parameters=[w, v, b])
    >>> {i: str(found) for i, found in graph.sums.items()}
    {5: '4 + 0·1 + 2·3', 9: '4 + 0·7 + 2·8'}
    >>> list(find_grids(graph, [5, 9]))
    [(2, [5, 9])]
    >>> {i: str(found) for i, found in graph.sums.items()}
    {5: '0·1 + 2·3 + 4', 9: '0·7 + 2·8 + 4'}

A small sum that has no such partner stays scalar: it is unfolded into the additions and products that it was.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from micrograd_core.vectorize.flatten import FlatGraph
from micrograd_core.vectorize.sums import PER_EXAMPLE, TRAINED, UNIT, Factors, Sum

FEWEST_TERMS = 4
"""A sum of fewer terms may be a small sum that stays scalar: see ``is_scalar``."""
_COEFFICIENTS, _OPERANDS = 0, 1
"""The sides of a grid, in the order of ``Sum.factors()``."""
_Cell: TypeAlias = tuple[Factors, Factors]
"""A sum by its two sides."""


def count_sides(graph: FlatGraph) -> Counter[tuple[str, Factors]]:
    """Count the small sums that have a side in common, for each side."""
    return Counter(
        side
        for i, found in graph.sums.items()
        if len(found.operands) < FEWEST_TERMS
        for side in _sides(found, graph.kinds[i])
    )


def _sides(found: Sum, kind: int) -> list[tuple[str, Factors]]:
    """Return the sides that a sum may share with others: per example all its operands, else either of its factors."""
    if kind & PER_EXAMPLE:
        return [("", tuple(found.operands))]
    return [*zip(("left", "right"), found.factors(), strict=True)]


def is_scalar(
    i: int,
    graph: FlatGraph,
    side_counts: Mapping[tuple[str, Factors], int],
    group_of: Mapping[int, object],
) -> bool:
    """Return True if a sum is not worth a matrix product, and so stays the additions and products that it was.

    A sum of ``FEWEST_TERMS`` is worth one. A smaller one is,

    - per example, if it has two products, as a neuron has, or if another sum has the same operands;
    - shared and not weighed, as ``a + b`` and ``a - b``, if it adds up results of one operation: ``h.sum()``;
    - shared and weighed, if another sum has its coefficients or its operands, or if it is the dot product of results of
      one operation with something.

    ``side_counts`` is what ``count_sides`` found; ``group_of`` has the groups of the results before this one.
    """
    found, values = graph.sums[i], graph.values
    if len(found.operands) >= FEWEST_TERMS:
        return False
    if any(node != UNIT and values[node] is None for node in (i, *found.coefficients)):
        return False  # The additions of a chain of which this is a part cannot be told apart.
    products = [product for product in found.products if product is not None]
    is_alone = all(side_counts[side] < 2 for side in _sides(found, graph.kinds[i]))
    if graph.kinds[i] & PER_EXAMPLE:
        return len(products) < 2 and (is_alone or not (found.additions or products))
    if all(map(graph.negates, products)):  # It is not weighed.
        return len(found.operands) < 2 or not _are_one_group(found.operands, group_of)
    is_dot = len(products) == len(found.operands) > 1 and any(
        _are_one_group(side, group_of) for side in found.factors()
    )
    return is_alone and not is_dot


def _are_one_group(nodes: Sequence[int], group_of: Mapping[int, object]) -> bool:
    groups = {group_of.get(node) for node in nodes}
    return len(groups) == 1 and None not in groups


def find_grids(graph: FlatGraph, nodes: Sequence[int]) -> Iterator[tuple[int, list[int]]]:
    """Yield (number of rows, nodes row by row) of each matrix product among shared sums of as many terms.

    The coefficients of the sums of a product become its weights and biases. Sums in no product come last, with 0 rows.
    """
    sum_at: dict[_Cell, int] = {}
    met_by: defaultdict[Factors, list[Factors]] = defaultdict(list)
    """Rows of coefficients by the row of operands with which they are multiplied."""
    for i in nodes:
        coefficients, operands = cell = graph.sums[i].factors()
        if coefficients and cell not in sum_at:
            sum_at[cell] = i
            met_by[operands].append(coefficients)
    alike: defaultdict[tuple[Factors, ...], list[Factors]] = defaultdict(list)
    """Rows of operands that are multiplied with the same rows of coefficients."""
    for operands, rows in met_by.items():
        alike[tuple(sorted(rows))].append(operands)
    taken: set[int] = set()
    for rights in alike.values():
        lefts = met_by[rights[0]]
        grid = {(left, right): sum_at[left, right] for right in rights for left in lefts}
        side = _find_weights(grid, graph) if len(grid) > 1 else None
        if side is None:
            continue
        taken |= {*grid.values()}
        if side == _COEFFICIENTS:
            yield len(rights), [*grid.values()]
        else:
            yield len(lefts), [grid[left, right] for left in lefts for right in rights]
    rest = [i for i in nodes if i not in taken]
    if rest:
        yield 0, rest


def _find_weights(grid: Mapping[_Cell, int], graph: FlatGraph) -> int | None:
    """Make one side of the grid the coefficients of all its sums, biases included, and return that side.

    The side is that of the bias, or without one the side that ranks first. Returns None, and changes nothing, if a
    plain term belongs to neither side, or two are biases: that is no matrix product.
    """
    sums = {cell: graph.sums[i] for cell, i in grid.items()}
    plain = {cell: found.plain_terms() for cell, found in sums.items()}
    terms = [
        {cell: _identity(found.operands[plain[cell][k]], graph) for cell, found in sums.items()}
        for k in range(len(next(iter(plain.values()))))
    ]
    sides = sorted((_COEFFICIENTS, _OPERANDS), key=lambda side: _rank(grid, side, graph))
    side = next((side for side in sides if all(_goes_with(term, side) for term in terms)), sides[0])
    is_bias = [_goes_with(term, side) for term in terms]
    others = [term for term, bias in zip(terms, is_bias, strict=True) if not bias]
    if sum(is_bias) > 1 or not all(_goes_with(term, 1 - side) for term in others):
        return None
    for cell, found in sums.items():
        found.make_coefficients(side, [j for j, bias in zip(plain[cell], is_bias, strict=True) if bias])
    return side


def _goes_with(term: Mapping[_Cell, object], side: int) -> bool:
    """Return True if a plain term of a grid's sums is the same wherever one side is the same."""
    return len({(cell[side], node) for cell, node in term.items()}) == len({cell[side] for cell in term})


def _identity(i: int, graph: FlatGraph) -> object:
    """Return what distinguishes a node; constants of the same data are equal."""
    value = graph.values[i]
    return i if value is None or value.operands or graph.kinds[i] else (value.data,)


def _rank(grid: Mapping[_Cell, int], side: int, graph: FlatGraph) -> tuple[bool, bool, int]:
    """Return the rank of a side as weights: leaves before results, parameters before others, few before many."""
    rows = {cell[side] for cell in grid}
    nodes = {i for row in rows for i in row}
    has_results = any(graph.operands[i] or i in graph.sums for i in nodes)
    return has_results, any(not graph.kinds[i] & TRAINED for i in nodes), len(rows)
