"""The derivation as data: which scalar nodes became which array operation, and where in it each of them is."""

import re
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice, product
from math import prod
from typing import Literal, TypeAlias

from micrograd_core.engine import Value
from micrograd_core.graph import topological_sort
from micrograd_core.ops import OPS
from micrograd_core.vectorize.groups import PER_EXAMPLE, UNIT, Group, Grouping, Sum

INPUTS, PARAMETERS = "x", "p"
"""The arrays of the inputs, (n, inputs), and of the parameters, (parameters,); ``x_`` where a computed node is called
``x``."""
RESULTS, SHARED_RESULTS, WEIGHTS, BIASES, LEAVES = "h", "s", "W", "b", "X"
"""These have numbers behind them, and before these an underscore where a label speaks of such a one: ``h_1``. Shared
results that are a matrix are called as those per example."""
EXAMPLES = "n"
"""In shapes: the number of examples."""
HIDDEN = -2
"""In place of a node: what is only part of a chain of ``+``, and no node of the scalar graph."""
_NUMBERED = re.compile(rf"\b([{RESULTS}{SHARED_RESULTS}{WEIGHTS}{BIASES}{LEAVES}]_*)\d+\b")
_MATRIX_ENTRY = re.compile(r"(\w+)\[(\d+)\]\[(\d+)\]")
_LIST_ENTRY = re.compile(r"(\w+)(\[\d+\])+")
_ONE_OPERAND = re.compile(r"-?[\d.]+(e[+-]?\d+)?|\[.*\]|[\w.]+(\[[^\[\]]*\])*(\([^()]*\))?")
"""What needs no brackets: numbers, lists, names, elements and calls."""
SHOWN = 3
"""Of the operands of an operation that do not lie side by side."""
Shape: TypeAlias = tuple[int | str, ...]
"""(n, width) per example, (width,) or (rows, width) for what is shared."""
Read: TypeAlias = Literal["all", "row", "column", "entry", "neuron"]
"""What of an operand an entry of the result is made of: all of it, the row or the column in which the entry is, the one
entry in its place, or the row with the number of the entry's column, as the weights of a neuron."""


def index_text(shape: Shape, row: int, column: int) -> str:
    """An entry's index, as numpy has it: ``3``, ``:, 3``, ``2, 3``."""
    if len(shape) == 1:
        return str(column)
    return f"{':' if shape[0] == EXAMPLES else row}, {column}"


def is_read(read: Read, cell: tuple[int, int], entry: tuple[int, int]) -> bool:
    """Whether an entry of the result is made of this cell of an operand; both by row and column."""
    match read:
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
class Place:
    """One entry of an array, as numpy indexes it; None is every example."""

    array: str
    index: tuple[int | None, ...]

    def __str__(self) -> str:
        return f"{self.array}[{', '.join(':' if i is None else str(i) for i in self.index)}]"


@dataclass(frozen=True, slots=True)
class Terms:
    """Σ coefficients[j] × operands[j], one entry of a sum of products.

    These are nodes by number, ``UNIT`` for a 1 unwritten and ``HIDDEN`` for what is only part of a chain of ``+``.
    """

    coefficients: tuple[int, ...]
    operands: tuple[int, ...]
    products: tuple[int, ...]
    """The node that is the product of the two; ``UNIT`` if there is none."""
    additions: tuple[int, ...]
    """Its partial sums."""


@dataclass(frozen=True, slots=True)
class Operand:
    """An array that an operation reads."""

    name: str
    """As the formula has it: ``x``, ``W1``, ``p[0:3]``, ``[a, 2.0]``, row by row ``[p[0:3], p[3:6]]``."""
    shape: Shape
    rows: tuple[tuple[int, ...], ...]
    """Nodes by number, ``UNIT`` or ``HIDDEN``; what varies per example is one row."""
    read: Read
    own: str = ""
    """The array that has its name from here: weights, biases, and leaves that are no input; "" for none."""
    own_shape: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ArrayOperation:
    """One line of the array program: ``name = formula``."""

    name: str
    formula: str
    """As numpy has it, with an example a row: ``relu(x @ W1.T + b1)``."""
    shape: Shape
    symbol: str
    """Key of ``OPS``: of what is done with the operands, or with the whole sum of their products; "+" for the sum."""
    constant: float | None
    operands: tuple[Operand, ...]
    """In the order of the formula."""
    weights: str
    """The names of two of its operands: ``W1``; "" where it has none."""
    biases: str
    entries: tuple[int, ...]
    """The scalar nodes that are its entries, by their number in ``Explanation.nodes``, or ``HIDDEN``."""
    inner: tuple[int, ...]
    """The scalar nodes within it that have no entry of their own: products, partial sums, sums before a function."""
    sums: tuple[Terms, ...]
    """If it is a sum of products or a function of one: those of each entry, in order."""

    def __str__(self) -> str:
        return f"{self.name} = {self.formula}"

    @property
    def width(self) -> int:
        """How many entries a row of it has."""
        return int(self.shape[-1])

    def cell(self, entry: int) -> tuple[int, int]:
        """Row and column of an entry; what varies per example, or is a vector, is one row."""
        return divmod(entry, self.width)


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """The array program of a graph, in the order in which it is computed."""

    nodes: tuple[Value, ...]
    """The scalar graph in topological order."""
    operations: tuple[ArrayOperation, ...]
    places: Mapping[int, Place]
    """Of each node by number: where it, or for a product its weight, lies. Constants that weigh nothing have none."""
    inputs: str
    """The names of the two arrays that are given."""
    parameters: str


def explain(
    grouping: Grouping,
    output: Value,
    watch: Sequence[Value],
    inputs: Sequence[Value],
    parameters: Sequence[Value],
) -> Explanation:
    """Name the groups' arrays, in the order of evaluation; a function of a whole sum is one operation with it.

    Names that the graph's labels speak of are left to them.
    """
    nodes = topological_sort(output, *watch)
    index = {node: i for i, node in enumerate(nodes)}
    writer = _Writer(grouping, index, output, inputs, parameters)
    fused = dict(_fused(grouping.groups))
    for group in grouping.groups:
        if group.nodes not in fused:
            writer.write(group, fused.get(group.operands[0]) if group.operands else group)
    places = {index[node]: place for node in nodes if (place := writer.place_of(node)) is not None}
    return Explanation(tuple(nodes), tuple(writer.operations), places, writer.inputs, writer.parameters)


def _fused(groups: Sequence[Group]) -> Iterator[tuple[tuple[int, ...], Group]]:
    """The sums, by their nodes, that are read by one function and by nothing else."""
    readers: defaultdict[int, list[Group]] = defaultdict(list)
    for group in groups:
        for nodes in group.operands or [(*found.operands, *found.coefficients) for found in group.sums]:
            for node in nodes:
                readers[node].append(group)
    for group in groups:
        if group.sums and all(len(readers[node]) == 1 for node in group.nodes):
            function = readers[group.nodes[0]][0]
            if function.operands == (group.nodes,) and function.symbol.isidentifier():
                yield group.nodes, group


def _entries(array: str, leading: Sequence[int | None], shape: tuple[int, ...]) -> list[Place]:
    """All entries of an array in their order, row by row."""
    return [Place(array, (*leading, *index)) for index in product(*map(range, shape))]


def in_rows(nodes: Sequence[int], width: int) -> list[Sequence[int]]:
    """The entries of a matrix of this width, row by row."""
    return [nodes[start : start + width] for start in range(0, len(nodes), width)]


def _listed(names: Iterable[str], count: int) -> str:
    """``[a, b, c, …]``"""
    return f"[{', '.join([*islice(names, SHOWN), *['…'] * (count > SHOWN)])}]"


def _unlike(taken: Container[str], name: str) -> str:
    while name in taken:
        name += "_"
    return name


def write_elementwise(symbol: str, constant: float | None, operands: Sequence[str]) -> str:
    """``tanh(h1)``, ``h1 * p``, ``(-2) ** 3``."""
    if symbol.isidentifier():
        return f"{symbol}({', '.join(operands)})"
    first, *others = (name if _ONE_OPERAND.fullmatch(name) else f"({name})" for name in operands)
    if "**" in symbol and first.startswith("-"):
        first = f"({first})"
    if constant is not None:
        return f"{first} ** {constant:g}"
    return f" {symbol} ".join((first, *others))


def _list_name(node: Value) -> str:
    """``xs`` of ``xs[0][1]``; "" of what is no entry of a list."""
    found = _LIST_ENTRY.fullmatch(node.label)
    return found[1] if found else ""


def _is_written(value: Value) -> bool:
    """Whether it is a number written in place; such a one has no label, or itself as its label."""
    with suppress(ValueError):
        return not value._prev and (not value.label or float(value.label) == value.data)
    return False


class _Writer:
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
        self.operations: list[ArrayOperation] = []
        self._within: dict[Value, Place] = {}
        """The places of what has no number."""
        self.places: dict[int, Place] = {}
        spoken_of = {stem for label in {node.label for node in index} for stem in _NUMBERED.findall(label)}
        self._stems = {
            letter: _unlike(spoken_of, letter)
            for letter in (RESULTS, SHARED_RESULTS, WEIGHTS, BIASES, LEAVES)
        }
        given = {*inputs, *parameters}
        taken = {_list_name(node) or node.label for node in index if node not in given}
        self.inputs, self.parameters = _unlike(taken, INPUTS), _unlike(taken, PARAMETERS)
        self._labels = Counter(node.label for node in index if node.label)
        self._lists = Counter(map(_list_name, index))
        """How many nodes each list of the program has."""
        self._shapes: dict[str, tuple[int, ...]] = {
            self.inputs: (len(inputs),),
            self.parameters: (len(parameters),),
        }
        """Without the number of examples; of all arrays but weights and biases."""
        self._named: dict[tuple[object, ...], str] = {}
        """Weights and biases by their letter and their nodes."""
        self._counts: Counter[str] = Counter()
        self._parameters = {
            grouping.number[leaf]: Place(self.parameters, (i,))
            for i, leaf in enumerate(parameters)
            if leaf in grouping.number
        }
        for i, leaf in enumerate(inputs):
            if leaf in grouping.number:
                self.places[grouping.number[leaf]] = Place(self.inputs, (None, i))

    def place_of(self, node: Value) -> Place | None:
        number = self._grouping.number[node]
        return self._within.get(node) or self.places.get(number) or self._parameters.get(number)

    def write(self, group: Group, sums: Group | None) -> None:
        """One operation: a group, or the function of ``sums`` that it is, or the group ``sums`` itself."""
        per_example = bool(group.kind & PER_EXAMPLE)
        shape = self._shape(group if sums is None else sums)
        name = self._new_name(RESULTS if per_example or len(shape) > 1 else SHARED_RESULTS)
        self._shapes[name] = shape
        leading = (None,) if per_example else ()
        entries = _entries(name, leading, shape)
        self.places |= dict(zip(group.nodes, entries, strict=True))
        formula, operands = self._elementwise(group, shape) if sums is None else self._sum(sums)
        inner: list[Value] = []
        if sums is not None:
            self._put_terms(sums, entries, inner)
        if sums is not None and sums is not group:
            formula = f"{group.symbol}({formula})"
            for top, entry in zip(sums.nodes, entries, strict=True):
                self._put_within(self._known([top]), entry, inner)
        if self._output in group.nodes:
            self._put_within(self._grouping.spine, self.places[self._output], inner)
        product_of = [operand.name for operand in operands] if sums is not None and sums.rows else []
        _, weights, biases, *_ = *product_of, "", "", ""
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

    def _put_terms(self, sums: Group, entries: Sequence[Place], inner: list[Value]) -> None:
        """A product is where its weight is, a partial sum where the whole sum is."""
        for found, entry in zip(sums.sums, entries, strict=True):
            self._put_within(found.additions, entry, inner)
            for times, weight in zip(found.products, found.coefficients, strict=True):
                if times is not None:
                    self._put_within([times], self.places.get(weight, entry), inner)

    def _terms(self, found: Sum) -> Terms:
        return Terms(
            self._numbers(found.coefficients),
            self._numbers(found.operands),
            tuple(UNIT if times is None else self._index[times] for times in found.products),
            tuple(self._index[node] for node in found.additions),
        )

    def _numbers(self, nodes: Sequence[int]) -> tuple[int, ...]:
        """Numbers of the explanation for those of the grouping."""
        values = self._grouping.values
        return tuple(
            UNIT if node == UNIT else HIDDEN if (value := values[node]) is None else self._index[value]
            for node in nodes
        )

    def _shape(self, group: Group) -> tuple[int, ...]:
        """Of the group's values, without the number of examples: matrices stay matrices."""
        count = len(group.nodes)
        if group.rows > 1:
            return (group.rows, count // group.rows)
        if not group.kind & PER_EXAMPLE and not group.sums:
            for nodes in group.operands:
                shape = self._shapes.get(self._whole(nodes), ()) or self._shape_of_list(nodes)
                if len(shape) > 1:
                    return shape
        return (count,)

    def _shape_of_list(self, nodes: Sequence[int]) -> tuple[int, ...]:
        """(rows, columns), if these are all the entries of a list of lists; else ()."""
        leaves = [value for node in nodes if (value := self._grouping.values[node]) and not value._prev]
        last = _MATRIX_ENTRY.fullmatch(leaves[-1].label) if leaves else None
        if last is None or len(leaves) < len(nodes) or self._lists[last[1]] != len(nodes):
            return ()
        shape = int(last[2]) + 1, int(last[3]) + 1
        labels = [f"{last[1]}[{i}][{j}]" for i, j in product(*map(range, shape))]
        return shape if labels == [leaf.label for leaf in leaves] else ()

    def _whole(self, nodes: Sequence[int]) -> str:
        """The array whose entries these nodes are, all of them and in their order; "" if there is none."""
        for places in (self._parameters, self.places):
            found = [places.get(node) for node in nodes]
            first = found[0]
            shape = None if first is None else self._shapes.get(first.array)
            if first is not None and shape is not None and prod(shape) == len(nodes):
                leading = first.index[: len(first.index) - len(shape)]
                if found == _entries(first.array, leading, shape):
                    return first.array
        return ""

    def _operand(self, nodes: Sequence[int], read: Read, number: str = "") -> Operand:
        """These nodes, all per example or all shared, as one array; what all entries read alike stands there once."""
        if read == "column" and len(set(nodes)) == 1:
            nodes, read = nodes[:1], "all"
        per_example = self._grouping.kinds[nodes[0]] & PER_EXAMPLE
        shape = (EXAMPLES, len(nodes)) if per_example else (len(nodes),)
        own = "" if number or self._parameters.keys() & nodes else self._name_leaves([nodes], "")
        name = own or number or self._name(nodes)
        return Operand(name, shape, (self._numbers(nodes),), read, own, self._shapes[own] if own else ())

    def _number_written(self, nodes: Sequence[int]) -> str:
        """``-1``, if these are constants without a name that are all of this number; else ""."""
        if any(node in self.places or node in self._parameters for node in nodes):
            return ""
        values = [self._grouping.values[node] for node in nodes]
        numbers = {value.data if value and _is_written(value) else None for value in values}
        return self._one(nodes[0]) if len(numbers) == 1 and None not in numbers else ""

    def _matrix(self, rows: Sequence[Sequence[int]], read: Read, number: str = "") -> Operand:
        """These rows of shared nodes as one array, or as the number that they all are."""
        nodes = [node for row in rows for node in row]
        shape = (len(rows), len(rows[0]))
        name, own = number or self._block(rows), ""
        if not name:
            if read != "neuron":
                own = self._name_leaves(rows, LEAVES)
            whole = own or self._whole(nodes)
            if whole and self._shapes[whole] == shape:
                name = whole
            elif whole and (*self._shapes[whole], 1) == shape:
                name = f"{whole}[:, None]"
        name = name or _listed(map(self._row, rows), len(rows))
        numbers = tuple(map(self._numbers, rows))
        return Operand(name, shape, numbers, read, own, self._shapes[own] if own else ())

    def _block(self, rows: Sequence[Sequence[int]]) -> str:
        """The matrix that these are, or the part of one: ``h1[:, 0:2]``; "" if they are none."""
        first = self.places.get(rows[0][0])
        shape = () if first is None else self._shapes.get(first.array, ())
        if first is None or len(shape) < 2:
            return ""
        name, (top, left) = first.array, (index or 0 for index in first.index)
        block = [[Place(name, (top + i, left + j)) for j in range(len(row))] for i, row in enumerate(rows)]
        if [[self.places.get(node) for node in row] for row in rows] != block:
            return ""
        starts, counts = (top, left), (len(rows), len(rows[0]))
        parts = [
            ":" if count == length else f"{start}:{start + count}"
            for start, count, length in zip(starts, counts, shape, strict=True)
        ]
        return name if counts == shape else f"{name}[{', '.join(parts)}]"

    def _row(self, nodes: Sequence[int]) -> str:
        return f"[{self._one(nodes[0])}]" if len(nodes) == 1 else self._name(nodes)

    def _name_leaves(self, rows: Sequence[Sequence[int]], letter: str) -> str:
        """The name of the array that these are from now on, if they are leaves that are in none yet: that of the list
        whose entries they are, or else one with this letter; "" without.
        """
        nodes = [node for row in rows for node in row]
        values = [self._grouping.values[node] for node in nodes if node not in self.places]
        leaves = [value for value in values if value is not None and not value._prev]
        if len({*leaves}) < len(nodes):
            return ""
        labels, name = [leaf.label for leaf in leaves], _list_name(leaves[0])
        shape = len(rows), len(rows[0])
        matrix = [f"{name}[{i}][{j}]" for i, j in product(*map(range, shape))]
        vector = [f"{name}[{i}]" for i in range(len(nodes))]
        is_vector = labels == vector and 1 in shape
        is_whole = (is_vector or labels == matrix) and self._lists[name] == len(nodes)
        if not is_whole or name in {*self._shapes, *OPS}:
            is_vector, name = not letter, self._new_name(letter) if letter else ""
        if name:
            self._shapes[name] = (len(nodes),) if is_vector else shape
            self.places |= dict(zip(nodes, _entries(name, (), self._shapes[name]), strict=True))
        return name

    def _known(self, nodes: Sequence[int]) -> list[Value]:
        return [value for node in nodes if (value := self._grouping.values[node]) is not None]

    def _put_within(self, nodes: Sequence[Value], place: Place, inner: list[Value]) -> None:
        inner += nodes
        self._within |= dict.fromkeys(nodes, place)

    def _new_name(self, letter: str) -> str:
        self._counts[letter] += 1
        return f"{self._stems[letter]}{self._counts[letter]}"

    def _sum(self, group: Group) -> tuple[str, list[Operand]]:
        if not group.rows:
            return self._dot(group)
        if all(node == UNIT for found in group.sums for node in found.coefficients):
            operand = self._operand(group.sums[0].operands, "all")
            return f"{operand.name}.sum(axis=1)", [operand]
        return self._products(group)

    def _products(self, group: Group) -> tuple[str, list[Operand]]:
        """``x @ W1.T + b1``, and where the weights lie from now on."""
        coefficients, operands = group.factors()
        samples = [[node for node in row if node != UNIT] for row in operands]
        columns, count = len(coefficients), len(samples[0])
        rows = [row[:count] for row in coefficients]
        given = self._operand(samples[0], "all") if group.rows == 1 else self._matrix(samples, "row")
        if given.shape == (1,) and given.name not in self._shapes:
            given = replace(given, name=self._row(samples[0]))  # A vector, not a number.
        weights = self._own(WEIGHTS, rows, (columns, count), "neuron")
        formula = f"{given.name} @ {weights.name}.T"
        if len(operands[0]) == count:
            return formula, [given, weights]
        biases = self._own(BIASES, [[row[-1] for row in coefficients]], (columns,), "column")
        return f"{formula} + {biases.name}", [given, weights, biases]

    def _own(self, letter: str, rows: Sequence[Sequence[int]], shape: tuple[int, ...], read: Read) -> Operand:
        """Weights or biases, under the name that they have or a new one."""
        key = (letter, *map(tuple, rows))
        own = key not in self._named
        if own:
            self._named[key] = self._new_name(letter)
        name = self._named[key]
        for node, place in zip(
            (node for row in rows for node in row), _entries(name, (), shape), strict=True
        ):
            if node != UNIT:
                self.places.setdefault(node, place)
        return Operand(name, shape, tuple(map(self._numbers, rows)), read, name if own else "", shape)

    def _dot(self, group: Group) -> tuple[str, list[Operand]]:
        """``p @ p``, or several such sums side by side."""
        left = self._factor([found.coefficients for found in group.sums])
        right = self._factor([found.operands for found in group.sums])
        if all(node == UNIT for row in left.rows for node in row):
            whole = self._whole(group.sums[0].operands)
            if len(group.sums) == 1 and len(shape := self._shapes.get(whole, ())) > 1:
                right = self._matrix(in_rows(group.sums[0].operands, shape[1]), "all")
            return f"{right.name}.sum({'axis=1' if len(group.sums) > 1 else ''})", [right]
        operands = [left] if left == right else [left, right]
        if len(group.sums) == 1:
            return f"{left.name} {'@' if left.shape[-1] != 1 else '*'} {right.name}", operands
        return f"({left.name} * {right.name}).sum(axis=1)", operands

    def _factor(self, rows: Sequence[Sequence[int]]) -> Operand:
        if len(rows) > 1:
            return self._matrix(rows, "neuron")
        if UNIT not in rows[0]:
            return self._operand(rows[0], "neuron")
        return Operand(self._name(rows[0]), (len(rows[0]),), (self._numbers(rows[0]),), "neuron")

    def _elementwise(self, group: Group, shape: tuple[int, ...]) -> tuple[str, list[Operand]]:
        numbers = [self._number_written(nodes) for nodes in group.operands]
        if all(numbers) and len(group.nodes) > 1:  # They would make a single number.
            numbers = [""] * len(numbers)
        operands = []
        for nodes, number in zip(group.operands, numbers, strict=True):
            if len(shape) > 1 and len(set(nodes)) > 1:
                operands.append(self._matrix(in_rows(nodes, shape[1]), "entry", number))
            else:
                operands.append(self._operand(nodes, "column", number))
        names = [operand.name for operand in operands]
        return write_elementwise(group.symbol, group.constant, names), operands

    def _name(self, nodes: Sequence[int]) -> str:
        """These nodes as one array: a whole one, a part of one, or one by one."""
        whole = self._whole(nodes)
        if whole:
            return whole if len(self._shapes[whole]) == 1 else f"{whole}.ravel()"
        for places in (self._parameters, self.places):
            found = [places.get(node) for node in nodes]
            first = found[0]
            if first is not None and first.array in self._shapes:
                start = first.index[-1] or 0
                run = [Place(first.array, (*first.index[:-1], i)) for i in range(start, start + len(nodes))]
                if found == run:
                    return self._part(first, len(run))
        if len(nodes) == 1:
            return self._one(nodes[0])
        return _listed(map(self._one, nodes), len(nodes))

    def _part(self, first: Place, count: int) -> str:
        start = first.index[-1] or 0
        index = str(start) if count == 1 and first.array == self.parameters else f"{start}:{start + count}"
        leading = [":" if i is None else str(i) for i in first.index[:-1]]
        return f"{first.array}[{', '.join([*leading, index])}]"

    def _one(self, node: int) -> str:
        """By its label, where it alone has that and no array; else by its place, or as a number."""
        value = None if node == UNIT else self._grouping.values[node]
        if value is None:
            return "1" if node == UNIT else str(self.places[node])
        is_name = self._labels[value.label] == 1 or (value.label and _is_written(value))
        if is_name and value.label not in self._shapes:
            return value.label
        place = self.places.get(node) or self._parameters.get(node)
        return f"{value.data:g}" if place is None else str(place)
