"""The derivation as data: the array operations, and the entry of each scalar node."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from micrograd_core.engine import Value
from micrograd_core.graph import topological_sort
from micrograd_core.vectorize.groups import Group, Grouping
from micrograd_core.vectorize.names import (
    BIASES,
    EXAMPLES,
    LEAVES,
    WEIGHTS,
    ArrayEntry,
    Names,
    listed,
    number_text,
)
from micrograd_core.vectorize.sums import PER_EXAMPLE, UNIT, Sum

HIDDEN = -2
"""Marks an entry that is no node of the scalar graph: a sum that is only part of a chain of ``+``."""
_ONE_OPERAND = re.compile(r"-?[\d.]+(e[+-]?\d+)?|\[.*\]|[\w.]+(\[[^\[\]]*\])*(\([^()]*\))?")
"""Operands that need no brackets: numbers, lists, names, elements and calls."""
Shape: TypeAlias = tuple[int | str, ...]
"""(n, width) per example, (width,) or (rows, width) for what is shared."""
Access: TypeAlias = Literal["all", "row", "column", "entry", "neuron"]
"""The access pattern of an operand: which of its cells an entry of the result is made of. These are all cells, the row
or the column in which the entry is, the cell at the entry itself, or the row with the number of the entry's column, as
the weights of a neuron."""


def index_text(shape: Shape, row: int, column: int) -> str:
    """Return an entry's index as numpy writes it: ``3``, ``:, 3``, ``2, 3``."""
    if len(shape) == 1:
        return str(column)
    return f"{':' if shape[0] == EXAMPLES else row}, {column}"


def is_accessed(access: Access, cell: tuple[int, int], entry: tuple[int, int]) -> bool:
    """Return True if an entry of the result is made of this cell of an operand; both are (row, column)."""
    match access:
        case "all":
            return True
        case "row":
            return cell[0] == entry[0]
        case "neuron":
            return cell[0] == entry[1]
        case "column":
            return cell[1] == entry[1]
        case "entry":
            return cell == entry


@dataclass(frozen=True, slots=True)
class Terms:
    """One entry of a sum of products, Σ coefficients[j] × operands[j].

    Nodes are numbers, ``UNIT`` for an implicit factor of 1, or ``HIDDEN`` for what is only part of a chain of ``+``.
    """

    coefficients: tuple[int, ...]
    operands: tuple[int, ...]
    products: tuple[int, ...]
    """The product of each coefficient and operand as a node; ``UNIT`` if it is none."""
    additions: tuple[int, ...]
    """Its partial sums."""


@dataclass(frozen=True, slots=True)
class ArrayOperand:
    """An operand of an array operation."""

    name: str
    """The operand in the formula: ``x``, ``W1``, ``p[0:3]``, ``[a, 2.0]``, row by row ``[p[0:3], p[3:6]]``."""
    shape: Shape
    rows: tuple[tuple[int, ...], ...]
    """Nodes by number, ``UNIT`` or ``HIDDEN``; what varies per example is one row."""
    access: Access
    own: str = ""
    """The name of the array that begins here: weights, biases, or leaves that are no input; "" for none."""
    own_shape: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ArrayOperation:
    """One line of the array program: ``name = formula``."""

    name: str
    formula: str
    """The formula in numpy, with an example a row: ``relu(x @ W1.T + b1)``."""
    shape: Shape
    symbol: str
    """Key of ``OPS``: the operation on the operands, or on the sum of their products; "+" for a sum alone."""
    constant: float | None
    operands: tuple[ArrayOperand, ...]
    """The operands in the order of the formula."""
    weights: str
    """The name of the operand that holds the weights, ``W1``; "" if there is none."""
    biases: str
    """The name of the operand that holds the biases, ``b1``; "" if there is none."""
    entries: tuple[int, ...]
    """The scalar nodes that are its entries, by their number in ``Explanation.nodes``, or ``HIDDEN``."""
    inner: tuple[int, ...]
    """The scalar nodes within it that have no entry of their own: products, partial sums, sums before a function."""
    sums: tuple[Terms, ...]
    """The terms of each entry, in order, of a sum of products or a function of one; () for all else."""

    def __str__(self) -> str:
        return f"{self.name} = {self.formula}"

    @property
    def width(self) -> int:
        """Number of entries in a row."""
        return int(self.shape[-1])

    @property
    def rows(self) -> tuple[tuple[int, ...], ...]:
        """The entries, row by row."""
        return tuple(map(tuple, in_rows(self.entries, self.width)))

    def cell(self, entry: int) -> tuple[int, int]:
        """Return (row, column) of an entry; an array per example, or a vector, is one row."""
        return divmod(entry, self.width)


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """The array program of a graph, in the order in which it is computed."""

    nodes: tuple[Value, ...]
    """The scalar graph in topological order."""
    operations: tuple[ArrayOperation, ...]
    entry_of: Mapping[int, ArrayEntry]
    """The entry of each node by number; a product has that of its weight, a constant that weighs nothing has none."""
    inputs: str
    """The name of the array of the inputs."""
    parameters: str
    """The name of the array of the parameters."""
    number: Mapping[Value, int]
    """The number of each node."""


def explain(
    grouping: Grouping,
    output: Value,
    watch: Sequence[Value],
    inputs: Sequence[Value],
    parameters: Sequence[Value],
) -> Explanation:
    """Name the groups' arrays in the order of evaluation; a function of a whole sum becomes one operation with it.

    Arrays get no name that a label of the graph has.
    """
    nodes = topological_sort(output, *watch)
    index = {node: i for i, node in enumerate(nodes)}
    writer = _Writer(grouping, index, output, inputs, parameters)
    joined = dict(_joined_with_function(grouping.groups))
    for group in grouping.groups:
        if group.nodes not in joined:
            writer.write(group, joined.get(group.operands[0]) if group.operands else group)
    entry_of = {index[node]: entry for node in nodes if (entry := writer.entry_of(node)) is not None}
    return Explanation(
        tuple(nodes), tuple(writer.operations), entry_of, writer.names.inputs, writer.names.parameters, index
    )


def _joined_with_function(groups: Sequence[Group]) -> Iterator[tuple[tuple[int, ...], Group]]:
    """Yield the sums that are the operand of one function and of nothing else, as (nodes, group)."""
    uses: defaultdict[int, list[Group]] = defaultdict(list)
    for group in groups:
        for nodes in group.operands or [(*found.operands, *found.coefficients) for found in group.sums]:
            for node in nodes:
                uses[node].append(group)
    for group in groups:
        if group.sums and all(len(uses[node]) == 1 for node in group.nodes):
            function = uses[group.nodes[0]][0]
            if function.operands == (group.nodes,) and function.symbol.isidentifier():
                yield group.nodes, group


def in_rows(nodes: Sequence[int], width: int) -> list[Sequence[int]]:
    """Return the entries of a matrix of this width, row by row."""
    return [nodes[start : start + width] for start in range(0, len(nodes), width)]


def write_elementwise(symbol: str, constant: float | None, operands: Sequence[str]) -> str:
    """Return an elementwise operation as text: ``tanh(h1)``, ``h1 * p``, ``(-2) ** 3``."""
    if symbol.isidentifier():
        return f"{symbol}({', '.join(operands)})"
    first, *others = (name if _ONE_OPERAND.fullmatch(name) else f"({name})" for name in operands)
    if "**" in symbol and first.startswith("-"):
        first = f"({first})"
    if constant is not None:
        return f"{first} ** {number_text(constant)}"
    return f" {symbol} ".join((first, *others))


class _Writer:
    """Writes one operation after the other, and gives every node its entry."""

    def __init__(
        self,
        grouping: Grouping,
        index: Mapping[Value, int],
        output: Value,
        inputs: Sequence[Value],
        parameters: Sequence[Value],
    ) -> None:
        self._grouping = grouping
        self._index = index
        self._output = grouping.number[output]
        self.names = Names(grouping, list(index), inputs, parameters)
        self.operations: list[ArrayOperation] = []
        self._entry_within: dict[Value, ArrayEntry] = {}
        """The entries of fused nodes, which have no number."""

    def entry_of(self, node: Value) -> ArrayEntry | None:
        return self._entry_within.get(node) or self.names.entry_of(self._grouping.number[node])

    def write(self, group: Group, sums: Group | None) -> None:
        """Write one operation: an elementwise group, or a function of ``sums``, or the group ``sums`` itself."""
        per_example = bool(group.kind & PER_EXAMPLE)
        shape = self._shape(group if sums is None else sums)
        name = self.names.result(group.nodes, shape, per_example)
        entries = [self.names.entries[node] for node in group.nodes]
        formula, operands = self._elementwise(group, shape) if sums is None else self._sum(sums)
        inner: list[Value] = []
        if sums is not None:
            self._put_terms(sums, entries, inner)
        if sums is not None and sums is not group:
            formula = f"{group.symbol}({formula})"
            for top, entry in zip(sums.nodes, entries, strict=True):
                value = self._grouping.values[top]
                self._put_within([] if value is None else [value], entry, inner)
        if self._output in group.nodes:
            self._put_within(self._grouping.output_additions, self.names.entries[self._output], inner)
        # The operands of a matrix product are what it is given, its weights and, if it has any, its biases.
        names = [operand.name for operand in operands] if sums is not None and sums.rows else []
        weights = names[1] if len(names) > 1 else ""
        biases = names[2] if len(names) > 2 else ""
        self.operations.append(
            ArrayOperation(
                name,
                formula,
                (EXAMPLES, *shape) if per_example else shape,
                group.symbol,
                group.constant,
                tuple(operands),
                weights,
                biases,
                self._numbers(group.nodes),
                tuple(self._index[node] for node in inner),
                () if sums is None else tuple(map(self._terms, sums.sums)),
            )
        )

    def _put_terms(self, sums: Group, entries: Sequence[ArrayEntry], inner: list[Value]) -> None:
        """Give a product the entry of its weight, and a partial sum that of the whole sum."""
        for found, entry in zip(sums.sums, entries, strict=True):
            self._put_within(found.additions, entry, inner)
            for times, weight in zip(found.products, found.coefficients, strict=True):
                if times is not None:
                    self._put_within([times], self.names.entries.get(weight, entry), inner)

    def _terms(self, found: Sum) -> Terms:
        return Terms(
            self._numbers(found.coefficients),
            self._numbers(found.operands),
            tuple(UNIT if times is None else self._index[times] for times in found.products),
            tuple(self._index[node] for node in found.additions),
        )

    def _numbers(self, nodes: Sequence[int]) -> tuple[int, ...]:
        """Return the numbers in the explanation of nodes of the grouping."""
        values = self._grouping.values
        return tuple(
            UNIT if node == UNIT else HIDDEN if (value := values[node]) is None else self._index[value]
            for node in nodes
        )

    def _shape(self, group: Group) -> tuple[int, ...]:
        """Return the shape of the group's values without the number of examples; a function of a matrix is a matrix."""
        count = len(group.nodes)
        if group.rows > 1:
            return (group.rows, count // group.rows)
        if not group.kind & PER_EXAMPLE and not group.sums:
            for nodes in group.operands:
                shape = self.names.shapes.get(self.names.whole(nodes), ()) or self.names.shape_of_list(nodes)
                if len(shape) > 1:
                    return shape
        return (count,)

    def _operand(self, nodes: Sequence[int], access: Access, written: str = "") -> ArrayOperand:
        """Return nodes that are all per example, or all shared, as one array; several of one node stand there once.

        ``written`` is the number that they all are, as text; "" if they are none.
        """
        if access == "column" and len(set(nodes)) == 1:
            nodes, access = nodes[:1], "all"
        per_example = self._grouping.kinds[nodes[0]] & PER_EXAMPLE
        shape = (EXAMPLES, len(nodes)) if per_example else (len(nodes),)
        own = (
            "" if written or any(map(self.names.is_parameter, nodes)) else self.names.name_leaves([nodes], "")
        )
        name = own or written or self.names.name(nodes)
        return ArrayOperand(
            name, shape, (self._numbers(nodes),), access, own, self.names.shapes[own] if own else ()
        )

    def _matrix(self, rows: Sequence[Sequence[int]], access: Access, written: str = "") -> ArrayOperand:
        """Return rows of shared nodes as one array, or as the number ``written`` if all nodes are that number."""
        nodes = [node for row in rows for node in row]
        shape = (len(rows), len(rows[0]))
        name, own = written or self.names.block(rows), ""
        if not name:
            if access != "neuron":
                own = self.names.name_leaves(rows, LEAVES)
            whole = own or self.names.whole(nodes)
            if whole and self.names.shapes[whole] == shape:
                name = whole
            elif whole and (*self.names.shapes[whole], 1) == shape:
                name = f"{whole}[:, None]"
        name = name or listed(map(self.names.row, rows), len(rows))
        numbers = tuple(map(self._numbers, rows))
        return ArrayOperand(name, shape, numbers, access, own, self.names.shapes[own] if own else ())

    def _put_within(self, nodes: Sequence[Value], entry: ArrayEntry, inner: list[Value]) -> None:
        inner += nodes
        self._entry_within |= dict.fromkeys(nodes, entry)

    def _sum(self, group: Group) -> tuple[str, list[ArrayOperand]]:
        if not group.rows:
            return self._dot(group)
        if all(node == UNIT for found in group.sums for node in found.coefficients):
            operand = self._operand(group.sums[0].operands, "all")
            return f"{operand.name}.sum(axis=1)", [operand]
        return self._products(group)

    def _products(self, group: Group) -> tuple[str, list[ArrayOperand]]:
        """Return the formula of a matrix product, ``x @ W1.T + b1``, and its operands; its weights get their array."""
        coefficients, operands = group.sides()
        samples = [[node for node in row if node != UNIT] for row in operands]
        columns, count = len(coefficients), len(samples[0])
        rows = [row[:count] for row in coefficients]
        given = self._operand(samples[0], "all") if group.rows == 1 else self._matrix(samples, "row")
        if given.shape == (1,) and given.name not in self.names.shapes:
            given = replace(given, name=self.names.row(samples[0]))  # A vector, not a number.
        weights = self._own(WEIGHTS, rows, (columns, count), "neuron")
        formula = f"{given.name} @ {weights.name}.T"
        if len(operands[0]) == count:
            return formula, [given, weights]
        biases = self._own(BIASES, [[row[-1] for row in coefficients]], (columns,), "column")
        return f"{formula} + {biases.name}", [given, weights, biases]

    def _own(
        self, letter: str, rows: Sequence[Sequence[int]], shape: tuple[int, ...], access: Access
    ) -> ArrayOperand:
        """Return weights or biases under their name, or a new one."""
        name, is_new = self.names.own(letter, rows, shape)
        return ArrayOperand(
            name, shape, tuple(map(self._numbers, rows)), access, name if is_new else "", shape
        )

    def _dot(self, group: Group) -> tuple[str, list[ArrayOperand]]:
        """Return the formula and operands of a dot product, ``p @ p``, or of several side by side."""
        left = self._factor([found.coefficients for found in group.sums])
        right = self._factor([found.operands for found in group.sums])
        if all(node == UNIT for row in left.rows for node in row):
            whole = self.names.whole(group.sums[0].operands)
            if len(group.sums) == 1 and len(shape := self.names.shapes.get(whole, ())) > 1:
                right = self._matrix(in_rows(group.sums[0].operands, shape[1]), "all")
            return f"{right.name}.sum({'axis=1' if len(group.sums) > 1 else ''})", [right]
        operands = [left] if left == right else [left, right]
        if len(group.sums) == 1:
            return f"{left.name} {'@' if left.shape[-1] != 1 else '*'} {right.name}", operands
        return f"({left.name} * {right.name}).sum(axis=1)", operands

    def _factor(self, rows: Sequence[Sequence[int]]) -> ArrayOperand:
        if len(rows) > 1:
            return self._matrix(rows, "neuron")
        if UNIT not in rows[0]:
            return self._operand(rows[0], "neuron")
        return ArrayOperand(self.names.name(rows[0]), (len(rows[0]),), (self._numbers(rows[0]),), "neuron")

    def _elementwise(self, group: Group, shape: tuple[int, ...]) -> tuple[str, list[ArrayOperand]]:
        literals = [self.names.number_written(nodes) for nodes in group.operands]
        if all(literals) and len(group.nodes) > 1:  # They would make a single number.
            literals = [""] * len(literals)
        operands = []
        for nodes, written in zip(group.operands, literals, strict=True):
            if len(shape) > 1 and len(set(nodes)) > 1:
                operands.append(self._matrix(in_rows(nodes, shape[1]), "entry", written))
            else:
                operands.append(self._operand(nodes, "column", written))
        names = [operand.name for operand in operands]
        return write_elementwise(group.symbol, group.constant, names), operands
