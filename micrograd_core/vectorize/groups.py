"""Which scalar nodes one array operation computes together.

A node is per example when it is made of an input, else it is shared by all examples. Chains of ``+`` are one sum of
products; what is per example in such a sum is an operand, what is shared is its coefficient, so that sums over the
same operands are the rows of one matrix product. So are shared sums that have every row of some coefficients with every
row of some operands, as those of a layer that a program applies to example after example. All other nodes that lie
equally deep and do the same are the rows of one elementwise operation.

Only leaves and results have numbers. The products and partial sums within a sum, most nodes of a network, are passed
over in one walk.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import NamedTuple, TypeAlias

from micrograd_core.engine import Value, is_negation

PER_EXAMPLE, TRAINED = 1, 2
"""Bits of a node's kind: made of an input; made of a parameter."""
UNIT = -1
"""In place of a node: the number 1, as a coefficient that was not written or as what a bias is multiplied with."""
WITHIN = -2
"""The number of what lies within a sum."""
FEWEST_TERMS = 4
"""A sum of fewer terms, over operands that no other sum has, stays the additions and products it was; but for one of
two weighted operands or more, a neuron."""

Term: TypeAlias = tuple[int, int, Value | None]
"""Of a sum: a coefficient, an operand, and the node that is their product, if one was written."""
Factors: TypeAlias = tuple[int, ...]
"""The coefficients of a sum's products, or their operands."""


@dataclass(slots=True)
class Sum:
    """A chain of ``+``, flattened: Σ coefficients[j] × operands[j], all of them nodes by number, or ``UNIT``.

    In a sum per example the operands are per example and the coefficients shared; in a shared one both are shared.
    """

    coefficients: list[int]
    operands: list[int]
    products: list[Value | None]
    """The node that is the product of the two, or None where none was written."""
    additions: Sequence[Value]
    """The nodes that are partial sums."""

    def sort(self, rank: Sequence[int]) -> None:
        """Order the terms by the rank of their operands, the biases last."""
        keys = [rank[operand] if operand != UNIT else len(rank) for operand in self.operands]
        if keys != sorted(keys):
            self.reorder(sorted(range(len(keys)), key=keys.__getitem__))

    def factors(self) -> tuple[Factors, Factors]:
        """Of its products the coefficients and the operands."""
        pairs = zip(self.coefficients, self.operands, self.products, strict=True)
        products = [(left, right) for left, right, product in pairs if product is not None]
        return tuple(left for left, _ in products), tuple(right for _, right in products)

    def loose(self) -> list[int]:
        """Its terms that are no products."""
        return [j for j, product in enumerate(self.products) if product is None]

    def factor_out(self, side: int, biases: Sequence[int]) -> None:
        """Let the operands be the coefficients where ``side`` is 0, and these terms a bias, and order the terms."""
        loose = self.loose()
        if side == 0:
            for j in range(len(self.operands)):
                if j not in loose:
                    self.coefficients[j], self.operands[j] = self.operands[j], self.coefficients[j]
        for j in biases:
            self.coefficients[j], self.operands[j] = self.operands[j], UNIT
        self.reorder(sorted(range(len(self.operands)), key=lambda j: (j in biases, j in loose)))

    def reorder(self, order: Sequence[int]) -> None:
        self.coefficients = [self.coefficients[j] for j in order]
        self.operands = [self.operands[j] for j in order]
        self.products = [self.products[j] for j in order]


@dataclass(frozen=True, slots=True)
class Group:
    """Nodes, by number, that one array operation computes: node ``nodes[i]`` is its entry ``i``."""

    nodes: tuple[int, ...]
    kind: int
    reached: bool
    """Whether the mean output is made of them; what is only watched has no gradient."""
    symbol: str
    """Key of ``OPS``; for sums of products "+"."""
    constant: float | None
    sums: tuple[Sum, ...]
    """One for each node; () for an elementwise operation."""
    rows: int
    """Of sums that are one matrix product: how many rows of operands it has, one if they are per example. The nodes
    are in the order of the product's entries, row by row. 0 for all else."""
    operands: tuple[tuple[int, ...], ...]
    """Of an elementwise operation: for each operand the nodes, one a row."""

    def factors(self) -> tuple[list[list[int]], list[list[int]]]:
        """The rows of the coefficients and of the operands; each of a matrix product's once."""
        columns = len(self.sums) // self.rows if self.rows else len(self.sums)
        step = columns if self.rows else 1
        return (
            [found.coefficients for found in self.sums[:columns]],
            [found.operands for found in self.sums[::step]],
        )


@dataclass(frozen=True, slots=True)
class Grouping:
    """A graph in groups."""

    values: list[Value | None]
    """Leaves and results by number; None for a sum that is only part of a chain."""
    number: dict[Value, int]
    """Of all nodes of the graph; ``WITHIN`` for those within a sum."""
    kinds: list[int]
    groups: tuple[Group, ...]
    """In an order in which they can be computed: first what no parameter moves, within each half first what is
    shared."""
    summands: tuple[int, ...]
    """The nodes whose sum the output is: beside a single term, what is shared, as a penalty, is kept apart and has no
    part in the mean over the examples."""
    spine: Sequence[Value]
    """The partial sums of the output, where it is taken apart like this."""


def group_nodes(
    output: Value,
    watch: Sequence[Value],
    inputs: Sequence[Value],
    parameters: Sequence[Value],
    together: bool = False,
) -> Grouping:
    """Group the graph of ``output`` and ``watch``; the leaves of which it is made must be told apart already.

    What is only watched has groups of its own, as it has no gradient, unless they are grouped ``together``.
    Raises TypeError for an operation that has no row in ``OPS``.
    """
    leaves = dict.fromkeys(inputs, PER_EXAMPLE) | dict.fromkeys(parameters, TRAINED)
    kept = {output, *watch}
    while True:
        walk = _Walk(output, kept, leaves)
        if not together:
            walk.visit(output)
        reached = set(range(len(walk.values)))
        for node in (*watch, output):
            walk.visit(node)
        if not walk.used_twice:
            break
        kept |= walk.used_twice  # They cannot disappear in a sum.
    if together:
        reached = set(range(len(walk.values)))
    top = walk.number[output]
    if walk.summands != (top,):
        reached.discard(top)
    # Inputs and parameters come first and as they are given, so that their blocks can be taken whole.
    rank = list(range(len(walk.values)))
    for given in (inputs, parameters):
        for place, leaf in enumerate(given, start=-len(given)):
            if leaf in walk.number:
                rank[walk.number[leaf]] = place
    for found in walk.sums.values():
        found.sort(rank)
    groups = _collect(walk, reached)
    return Grouping(walk.values, walk.number, walk.kinds, groups, walk.summands, walk.spine)


class _Walk:
    """Numbers leaves and results, depth first, operands from left to right."""

    def __init__(self, output: Value, kept: set[Value], leaves: dict[Value, int]) -> None:
        self._output = output
        self._kept = kept
        self._leaves = leaves
        self.number: dict[Value, int] = {}
        self.values: list[Value | None] = []
        self.kinds: list[int] = []
        self.operands: list[tuple[int, ...]] = []
        """Of elementwise results; () for leaves and sums."""
        self.sums: dict[int, Sum] = {}
        self.summands: tuple[int, ...] = ()
        """See ``Grouping``."""
        self.spine: Sequence[Value] = ()
        self.used_twice: set[Value] = set()
        """Nodes that were taken into a sum and then met again."""

    def visit(self, root: Value) -> None:
        number = self.number
        chains: dict[Value, tuple[list[Value], list[Value]]] = {}
        # Under a None lies a node whose operands have been pushed above it: when the None comes up, they are done.
        stack: list[Value | None] = [root]
        while stack:
            node = stack.pop()
            if node is None:
                node = stack.pop()
                assert node is not None
                if self.used_twice:
                    number[node] = 0  # There will be another walk: this one only looks for more of them.
                elif node in chains:
                    self._complete_sum(node, *chains.pop(node))
                else:
                    self._append(node, tuple([number[operand] for operand in node.operands]))
            elif node in number:
                if number[node] == WITHIN:
                    self.used_twice.add(node)
            elif not node.operands:
                number[node] = len(self.values)
                self.values.append(node)
                self.kinds.append(self._leaves.get(node, 0))
                self.operands.append(())
            else:
                stack += (node, None)
                if node.op == "+":
                    terms, additions, reached = self._flatten(node)
                    chains[node] = terms, additions
                    stack += reversed(reached)
                else:
                    stack += reversed(node.operands)

        if root is self._output and not self.summands:
            self.summands = (number[root],)

    def _append(self, value: Value | None, operands: tuple[int, ...]) -> int:
        """A result with the next number, which is returned."""
        i = len(self.values)
        kind = 0
        for operand in operands:
            kind |= self.kinds[operand]
        if value is not None:
            self.number[value] = i
        self.values.append(value)
        self.kinds.append(kind)
        self.operands.append(operands)
        return i

    def _flatten(self, top: Value) -> tuple[list[Value], list[Value], list[Value]]:
        """Of the chain of ``+`` that ends in ``top``: its terms, its partial sums, and what the terms are made of."""
        number, kept = self.number, self._kept
        terms: list[Value] = []
        additions: list[Value] = []
        reached: list[Value] = []
        stack = list(reversed(top.operands))
        self._keep_results(top)
        while stack:
            term = stack.pop()
            symbol = term.op
            if (symbol == "*" or symbol == "+") and term not in number and term not in kept and term.operands:
                number[term] = WITHIN
                if symbol == "*":
                    terms.append(term)
                    reached += term.operands
                else:
                    additions.append(term)
                    left, right = term.operands
                    if right.op != "*" or self.negates(right):
                        self._keep_results(term)
                    stack += (right, left)
            else:
                terms.append(term)
                reached.append(term)
        return terms, additions, reached

    def _keep_results(self, addition: Value) -> None:
        """Of what is added, keep as results of their own a sum from which something is taken, as a score in
        ``score - y``, one that has a bias and to which a constant is added, and sums that are added up.
        """
        left, right = addition.operands
        kind_of = self._leaves.get
        if right.op == "+":
            if left.op == "+" or (not left.operands and not kind_of(left)):
                self._kept.add(right)
            if left.op == "+" and left.operands[1].op != "+":
                self._kept.add(left)
        elif left.op == "+" and right.op == "*":
            taken = right.operands[0]
            if self.negates(right) and (taken.operands or kind_of(taken) != TRAINED):
                self._kept.add(left)
        elif left.op == "+" and not right.operands and not kind_of(right) and self._has_bias(left):
            self._kept.add(left)

    def _has_bias(self, chain: Value) -> bool:
        """Whether a chain of ``+`` has a parameter by itself."""
        while chain.op == "+":
            chain, right = chain.operands
            if self._leaves.get(right) == TRAINED:
                return True
        return self._leaves.get(chain) == TRAINED

    def _complete_sum(self, top: Value, terms: list[Value], additions: list[Value]) -> None:
        number, kinds = self.number, self.kinds
        varying: list[Term] = []
        shared: list[Term] = []
        for term in terms:
            right = number[term]
            if right != WITHIN:
                value = self.values[right]
                assert value is not None
                if kinds[right] or value.operands or value.data != 0.0:  # 0 is what sum() starts from.
                    (varying if kinds[right] & PER_EXAMPLE else shared).append((UNIT, right, None))
            else:
                first, second = term.operands
                left, right = number[first], number[second]
                if not kinds[left] & PER_EXAMPLE:
                    (varying if kinds[right] & PER_EXAMPLE else shared).append((left, right, term))
                elif not kinds[right] & PER_EXAMPLE:
                    varying.append((right, left, term))
                else:
                    varying.append((UNIT, self._append(term, (left, right)), None))
        if not varying or not shared:
            self._append_sum(top, varying or shared, additions)
        elif top is self._output and len(varying) == 1:
            self.spine = additions
            self.summands = (self._one(varying), self._one(shared))
            self._append(top, self.summands)
        else:
            varying.append((self._one(shared), UNIT, None))
            self._append_sum(top, varying, additions)

    def _append_sum(self, top: Value | None, terms: list[Term], additions: Sequence[Value] = ()) -> int:
        if not terms:  # Nothing but zeros.
            assert top is not None
            return self._append(top, tuple([self.number[operand] for operand in top.operands]))
        i = self._append(top, ())
        coefficients, operands, products = map(list, zip(*terms, strict=True))
        self.sums[i] = Sum(coefficients, operands, products, additions)
        kinds = self.kinds
        # Operands are all per example or all shared, coefficients shared.
        kinds[i] = kinds[operands[0]] & PER_EXAMPLE
        if any(node != UNIT and kinds[node] & TRAINED for node in (*coefficients, *operands)):
            kinds[i] |= TRAINED
        return i

    def _one(self, terms: list[Term]) -> int:
        """Their sum as one node; it is no node of the scalar graph, if they are more than one."""
        if len(terms) > 1:
            return self._append_sum(None, terms)
        [(coefficient, operand, product)] = terms
        return operand if product is None else self._append(product, (coefficient, operand))

    def negates(self, product: Value) -> bool:
        """Whether a minus sign made it. A −1 that is an input or a parameter is no sign but a factor that varies."""
        return is_negation(product) and product.operands[1] not in self._leaves

    def unfold(self, i: int) -> list[int]:
        """Make the sum ``i`` the additions and products that it was; all of them, in an order to compute them in."""
        found = self.sums.pop(i)
        within = [*filter(None, found.products), *reversed(found.additions)]
        results = [self._append(value, tuple([self.number[o] for o in value.operands])) for value in within]
        value = self.values[i]
        assert value is not None
        self.operands[i] = tuple([self.number[operand] for operand in value.operands])
        return [*results, i]


class _Key(NamedTuple):
    """What nodes have in common that are a group; groups are computed in the order of the first three."""

    trained: int
    per_example: int
    depth: int
    reached: bool
    is_sum: bool
    shape: tuple[object, ...]
    """Of a sum per example its operands, of a shared one how many factors; else what is done with what kinds."""


def _collect(walk: _Walk, reached: set[int]) -> tuple[Group, ...]:
    """Results of the same key at the same depth, counted in array operations, are a group."""
    values, kinds, operands, sums = walk.values, walk.kinds, walk.operands, walk.sums
    alike = Counter(
        side
        for i, found in sums.items()
        if len(found.operands) < FEWEST_TERMS
        for side in _sides(found, kinds[i])
    )
    depths = dict.fromkeys(range(UNIT, len(values)), 0)
    members: dict[_Key, list[int]] = {}
    key_of: dict[int, _Key] = {}

    def put(i: int, is_reached: bool) -> None:
        kind, direct = kinds[i], operands[i]
        if i not in sums:
            same = [kinds[operand] & PER_EXAMPLE == kind & PER_EXAMPLE for operand in direct]
            value = values[i]
            assert value is not None
            shape: tuple[object, ...] = (value.op, value.constant, *same)
            direct = tuple(compress(direct, same))
        elif kind & PER_EXAMPLE:
            shape = direct = tuple(sums[i].operands)
        else:
            direct = (*sums[i].operands, *sums[i].coefficients)
            shape = (len(direct),)
        depth = depths[i] = 1 + max(map(depths.__getitem__, direct))
        key = _Key(kind & TRAINED, kind & PER_EXAMPLE, depth, is_reached, i in sums, shape)
        members.setdefault(key, []).append(i)
        key_of[i] = key

    for i in range(len(values)):  # Without those that unfolding adds, which are put where they belong.
        if i in sums and _is_small(i, walk, alike, key_of):
            for result in walk.unfold(i):
                put(result, i in reached)
        elif operands[i] or i in sums:
            put(i, i in reached)

    position: dict[int, int] = {}
    """Where the results so far lie, one after the other."""

    def group(key: _Key, nodes: Sequence[int], rows: int) -> Group:
        if not key.is_sum:  # In the order of its operands, which need not be that in which they were found.
            nodes = sorted(nodes, key=lambda i: [position.get(operand, -1) for operand in operands[i]])
        for i in nodes:
            position[i] = len(position)
        top = values[nodes[0]]
        operation = None if top is None else top.operation
        return Group(
            nodes=tuple(nodes),
            kind=kinds[nodes[0]],
            reached=key.reached,
            symbol="+" if operation is None else operation.symbol,
            constant=None if top is None else top.constant,
            sums=tuple(sums[i] for i in nodes if i in sums),
            rows=rows,
            operands=tuple(zip(*[operands[i] for i in nodes], strict=True)),
        )

    def groups(key: _Key) -> Iterator[Group]:
        nodes = members[key]
        if key.is_sum and key.per_example:
            yield group(key, nodes, 1)
        elif key.is_sum and len(nodes) > 1:
            for rows, grid in _grids(nodes, walk):
                yield group(key, grid, rows)
        else:
            yield group(key, nodes, 0)

    # Sorting is stable: groups of the same depth stay in the order in which they were found.
    keys = sorted(members, key=lambda key: (key.trained, key.per_example, key.depth))
    return tuple(found for key in keys for found in groups(key))


def _grids(nodes: Sequence[int], walk: _Walk) -> Iterator[tuple[int, list[int]]]:
    """Shared sums of as many terms as matrix products, each as the number of its rows and its nodes in their order.

    Those that are in none come last, with 0.
    """
    cells: dict[tuple[Factors, Factors], int] = {}
    columns: defaultdict[Factors, list[Factors]] = defaultdict(list)
    for i in nodes:
        left, right = walk.sums[i].factors()
        if left and (right, left) not in cells:
            cells[right, left] = i
            columns[right].append(left)
    rows: defaultdict[tuple[Factors, ...], list[Factors]] = defaultdict(list)
    for right, lefts in columns.items():
        rows[tuple(sorted(lefts))].append(right)
    taken: set[int] = set()
    for rights in rows.values():
        lefts = columns[rights[0]]
        grid = {(right, left): cells[right, left] for right in rights for left in lefts}
        if len(grid) > 1 and (side := _factor_out(grid, walk)) is not None:
            order = grid if side else [(right, left) for left in lefts for right in rights]
            taken |= {*grid.values()}
            yield len(rights if side else lefts), [grid[cell] for cell in order]
    rest = [i for i in nodes if i not in taken]
    if rest:
        yield 0, rest


def _factor_out(grid: Mapping[tuple[Factors, Factors], int], walk: _Walk) -> int | None:
    """Make one side of the grid's sums the coefficients, biases included, and say which: 1 if it was theirs, else 0.

    None where a term that is no product belongs to neither side, or two are biases. A bias tells which side the
    coefficients are; else it is the parameters, leaves rather than results, few rather than many.
    """
    sums = {cell: walk.sums[i] for cell, i in grid.items()}
    loose = {cell: found.loose() for cell, found in sums.items()}
    terms = range(len(next(iter(loose.values()))))

    def belongs(term: int, side: int) -> bool:
        pairs = {(cell[side], number(found.operands[loose[cell][term]])) for cell, found in sums.items()}
        return len(pairs) == len({factors for factors, _ in pairs})

    def number(i: int) -> object:
        """Constants of the same data are as good as one."""
        value = walk.values[i]
        return i if value is None or value.operands or walk.kinds[i] else (value.data,)

    def rank(side: int) -> tuple[bool, bool, int]:
        factors = {cell[side] for cell in grid}
        nodes = {i for row in factors for i in row}
        results = any(walk.operands[i] or i in walk.sums for i in nodes)
        return results, any(not walk.kinds[i] & TRAINED for i in nodes), len(factors)

    sides = sorted((1, 0), key=rank)
    side = next((side for side in sides if all(belongs(term, side) for term in terms)), sides[0])
    biases = [belongs(term, side) for term in terms]
    residuals = (belongs(term, 1 - side) for term, bias in zip(terms, biases, strict=True) if not bias)
    if sum(biases) > 1 or not all(residuals):
        return None
    for cell, found in sums.items():
        found.factor_out(side, [j for j, bias in zip(loose[cell], biases, strict=True) if bias])
    return side


def _is_small(i: int, walk: _Walk, alike: Counter[tuple[str, Factors]], key_of: Mapping[int, _Key]) -> bool:
    """Whether a sum is not worth a matrix product: then it stays the additions and products it was."""
    found, values = walk.sums[i], walk.values
    if len(found.operands) >= FEWEST_TERMS or values[i] is None:
        return False
    if any(node != UNIT and values[node] is None for node in found.coefficients):
        return False  # Some of its additions are within that sum.
    is_alone = all(alike[side] < 2 for side in _sides(found, walk.kinds[i]))
    products = [product for product in found.products if product is not None]
    if walk.kinds[i] & PER_EXAMPLE:
        return len(products) < 2 and (is_alone or not (found.additions or products))
    if not all(map(walk.negates, products)):
        factors = [{key_of.get(node) for node in side} for side in found.factors()]
        is_dot = len(products) == len(found.operands) > 1 and any(
            len(keys) == 1 and None not in keys for keys in factors
        )
        return is_alone and not is_dot
    keys = {key_of.get(node) for node in found.operands}
    return len(found.operands) < 2 or len(keys) > 1 or None in keys


def _sides(found: Sum, kind: int) -> list[tuple[str, Factors]]:
    """What a sum may have in common with others: per example its operands, else one of its factors."""
    if kind & PER_EXAMPLE:
        return [("", tuple(found.operands))]
    return [*zip(("left", "right"), found.factors(), strict=True)]
