"""From scalars to arrays, as the window shows it: which cards are one array operation, and where in it each lies.

Which leaves vary per example is read off their names, as the field uses them. The parameters of networks are shared.
If some other leaf is called x, those called x, y, input, label or target vary (``x1``, ``xs[0]`` and ``yb`` too) and
the rest is shared, as ``w`` and ``alpha``; if none is, all named leaves but a network's parameters vary, and beside
parameters alone the numbers written in place. Else these are constants. Where a program applies a network to one
example after the other itself, these are the rows of its arrays, and nothing varies.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from micrograd_core.engine import MinusOne, Value
from micrograd_core.vectorize import HIDDEN as HIDDEN
from micrograd_core.vectorize import UNIT as UNIT
from micrograd_core.vectorize import ArrayOperand, ArrayOperation, Explanation, Place, Read, vectorize
from micrograd_core.vectorize import index_text as index_text
from micrograd_core.vectorize import is_read as is_read
from micrograd_core.vectorize.explain import Shape, in_rows, write_elementwise
from micrograd_core.vectorize.names import EXAMPLES
from micrograd_gui.model.group_layout import Groups
from micrograd_gui.model.numbers import format_short
from micrograd_gui.model.snapshot import GraphSnapshot, NodeRecord

FEWEST_NODES = 2
"""An operation on fewer scalar nodes is the card that it was and has no group."""
_SHOWN_TERMS = 6
_SHOWN_NAMES = 4
_X = re.compile(r"[xX][a-z]?[\d_]*(\[.*)?")
_VARYING = re.compile(r"([xXyY][a-z]?|inputs?|labels?|targets?)[\d_]*(\[.*)?")


@dataclass(frozen=True, slots=True)
class ArrayGrid:
    """An array and the nodes that are its entries."""

    name: str
    shape: Shape
    rows: tuple[tuple[int, ...], ...]
    """Nodes by index, ``HIDDEN``, or ``UNIT`` for a 1 that was not written. What varies per example is one row, this
    example's."""
    read: Read


@dataclass(frozen=True, slots=True)
class ArrayLine:
    """One line of the array program, ``name = formula``. Nodes are indices into ``GraphSnapshot.nodes``."""

    name: str
    formula: str
    shape: Shape
    """(n, width) per example, (width,) or (rows, width) for what is shared."""
    entries: tuple[int, ...]
    """Nodes, or ``HIDDEN``, row by row."""
    inner: tuple[int, ...]
    """The nodes within it that have no entry of their own: products, partial sums, sums before a function."""
    leaves: tuple[int, ...]
    """The weights and constants that belong to it."""
    grids: tuple[ArrayGrid, ...]
    """What it is computed from, and at last itself."""
    scalars: tuple[str, ...]
    """What each entry is: ``h1[:, 3] = relu(x[:, 0]·W1[3, 0] + x[:, 1]·W1[3, 1] + b1[3])``."""

    def __str__(self) -> str:
        return f"{self.name} = {self.formula}"

    def cell(self, entry: int) -> tuple[int, int]:
        """Row and column of an entry."""
        return divmod(entry, int(self.shape[-1]))

    @property
    def replaced(self) -> int:
        """How many scalar operations it does in one."""
        return len(self.computed)

    @property
    def computed(self) -> tuple[int, ...]:
        """The cards that it computes."""
        return (*(node for node in self.entries if node != HIDDEN), *self.inner)

    @property
    def cards(self) -> tuple[int, ...]:
        return tuple(sorted((*self.computed, *self.leaves)))

    @property
    def has_group(self) -> bool:
        return self.replaced >= FEWEST_NODES


@dataclass(frozen=True, slots=True)
class CardEntry:
    """Where one card lies."""

    operation: int = -1
    """The array operation it is part of, by index; −1 for none."""
    entry: int = 0
    """Which of the operation's entries it is, or is used for."""
    mark: int = -1
    """The node whose cell it has in the grids: itself, for a product its weight; −1 for none."""
    sentence: str = ""
    """``W1[3, 1]: row 3, column 1 of W1 (16 × 2)``."""


@dataclass(frozen=True, slots=True)
class Arrays:
    """The array program of a graph."""

    operations: tuple[ArrayLine, ...]
    """In the order in which they are computed."""
    places: tuple[CardEntry, ...]
    """Of every node of the snapshot."""
    inputs: tuple[int, ...]
    """The leaves that vary per example, by node."""
    parameters: tuple[int, ...]
    """The leaves that all examples share and that can be trained, by node."""
    words: str
    """Which leaves vary per example and which are shared."""

    @property
    def grouped(self) -> tuple[ArrayLine, ...]:
        """The operations whose cards share a group."""
        return tuple(operation for operation in self.operations if operation.has_group)

    def named(self, name: str) -> ArrayLine | None:
        return next((operation for operation in self.operations if operation.name == name), None)


def shape_text(shape: Shape) -> str:
    """``16 × 2``, ``n × 16``, ``16``."""
    return " × ".join(map(str, shape))


def tuple_text(shape: Shape) -> str:
    """As numpy writes it: ``(n, 16)``, ``(16,)``."""
    return f"({', '.join(map(str, shape))}{',' * (len(shape) == 1)})"


def groups(arrays: Arrays) -> Groups:
    """The cards that share a group, those of one entry of the array in a band."""
    found = []
    for operation in arrays.grouped:
        bands: dict[int, list[int]] = {}
        for card in operation.cards:
            bands.setdefault(arrays.places[card].entry, []).append(card)
        found.append(tuple(tuple(bands[entry]) for entry in sorted(bands)))
    return tuple(found)


@lru_cache(maxsize=2)
def derive_arrays(snapshot: GraphSnapshot) -> Arrays:
    """The array program of all that is shown; its output is what is differentiated, or else the last card."""
    values = _values(snapshot)
    inputs, parameters = tell_apart(snapshot)
    used = {operand for record in snapshot.nodes for operand in record.operands}
    ends = [node for node in range(len(values)) if node not in used]
    output = snapshot.target if snapshot.target in ends else ends[-1]

    def explain(varying: Sequence[int], trained: Sequence[int]) -> Explanation:
        vary, shared = ([values[node] for node in nodes] for nodes in (varying, trained))
        program = vectorize(values[output], vary, shared, [values[node] for node in ends])
        return program.explain(differentiate_watched=len(ends) > 1)

    explanation = explain(inputs, parameters)
    trained = _used_again(snapshot, parameters or inputs)
    if trained:
        by_rows = explain((), trained)
        if _samples(by_rows) and len(by_rows.operations) < len(explanation.operations):
            inputs, parameters, explanation = (), trained, by_rows
    writer = _Writer(explanation, values, len(inputs), len(parameters))
    words = _in_words(snapshot, explanation, inputs, parameters)
    return Arrays(writer.operations(), writer.places(), inputs, parameters, words)


def _used_again(snapshot: GraphSnapshot, named: Sequence[int]) -> tuple[int, ...]:
    """Of these leaves what is trained, if a network is applied to several examples, whatever the others are called:
    its parameters, or without a network those that are read again; () where none of them weighs two nodes.
    """
    read_by: dict[int, set[int]] = {node: set() for node in named}
    weighed: dict[int, set[int]] = {node: set() for node in named}
    for node, record in enumerate(snapshot.nodes):
        for operand, other in zip(record.operands, reversed(record.operands), strict=True):
            if operand in read_by:
                read_by[operand].add(node)
                if record.symbol == "*" and other != operand:
                    weighed[operand].add(other)
    if all(len(others) < 2 for others in weighed.values()):
        return ()
    parameters = tuple(node for node in named if snapshot.nodes[node].parameter)
    return parameters or tuple(node for node in named if len(read_by[node]) > 1)


def _samples(explanation: Explanation) -> int:
    """How many examples the program applies a network to itself; 0 if these are no rows."""
    operands = (operand for operation in explanation.operations for operand in operation.operands)
    return max((len(operand.rows) for operand in operands if operand.read == "row"), default=0)


def tell_apart(snapshot: GraphSnapshot) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The leaves that vary per example and those that are shared and can be trained, by index."""
    named = [node for node, record in enumerate(snapshot.nodes) if record.trainable]
    own = [node for node in named if not snapshot.nodes[node].parameter]
    varying = own
    if named and not own:
        varying = [
            node for node, record in enumerate(snapshot.nodes) if record.is_leaf and not record.trainable
        ]
    if any(_X.fullmatch(snapshot.nodes[node].label) for node in own):
        varying = [node for node in own if _VARYING.fullmatch(snapshot.nodes[node].label)]
    chosen = set(varying)
    return tuple(varying), tuple(node for node in named if node not in chosen)


def _values(snapshot: GraphSnapshot) -> list[Value]:
    """The graph as ``Value``s again."""
    values: list[Value] = []
    for record in snapshot.nodes:
        operands = tuple(values[operand] for operand in record.operands)
        kind = MinusOne if record.negates else Value
        value = kind(record.data, operands, record.symbol, record.label)
        value.constant = record.constant
        values.append(value)
    return values


def _in_words(
    snapshot: GraphSnapshot, explanation: Explanation, inputs: Sequence[int], parameters: Sequence[int]
) -> str:
    vary, shared = "Nothing varies per example", "nothing is shared"
    if not inputs and (samples := _samples(explanation)):
        vary = f"The program's own {samples} examples are the rows of its arrays"
    elif inputs:
        names = _listed([snapshot.nodes[node] for node in inputs], "leaves")
        verb, columns = ("varies", "column") if len(inputs) == 1 else ("vary", "columns")
        vary = f"{names} {verb} per example, the {columns} of {explanation.inputs}"
    if parameters:
        names = _listed([snapshot.nodes[node] for node in parameters], "parameters")
        verb, elements = ("is", "element") if len(parameters) == 1 else ("are", "elements")
        shared = f"{names} {verb} shared"
        read = (operand.name for operation in explanation.operations for operand in operation.operands)
        if any(re.search(rf"\b{explanation.parameters}\b", name) for name in read):
            shared += f", the {elements} of {explanation.parameters}"
    elif sum(record.is_leaf for record in snapshot.nodes) > len(inputs):
        shared = "nothing but numbers written in place is shared"
    return f"{vary}; {shared}."


def _listed(records: Sequence[NodeRecord], what: str) -> str:
    """Their names, or how many they are."""
    if len(records) > _SHOWN_NAMES:
        return f"{len(records):,} {what}"
    return ", ".join(record.label for record in records)


class _Writer:
    """Turns an explanation's numbers into a snapshot's indices."""

    def __init__(
        self,
        explanation: Explanation,
        values: Sequence[Value],
        inputs: int,
        parameters: int,
    ) -> None:
        self._explanation = explanation
        self._number = {value: number for number, value in enumerate(explanation.nodes)}
        self._numbers = [self._number[value] for value in values]
        self._index = {number: node for node, number in enumerate(self._numbers)}
        self._place = explanation.places
        self._shapes: dict[str, Shape] = {
            explanation.inputs: (EXAMPLES, inputs),
            explanation.parameters: (parameters,),
        }
        self._holder: dict[str, int] = {}
        """The operation of each array of leaves that has its name from there: weights, biases and others."""
        self._owner: dict[int, int] = {}
        """The operation of each node, by number."""
        self._entry: dict[int, int] = {}
        self._mark: dict[int, int] = {}
        for which, operation in enumerate(explanation.operations):
            self._read(which, operation)
        self._inner = {node for operation in explanation.operations for node in operation.inner}
        self._leaves = self._leaves_by_operation()

    def _operands(self, number: int) -> list[int]:
        return [self._number[operand] for operand in self._explanation.nodes[number].operands]

    def _read(self, which: int, operation: ArrayOperation) -> None:
        """Note the shapes, and what belongs to which entry."""
        self._shapes[operation.name] = operation.shape
        for operand in operation.operands:
            if operand.own:
                self._shapes[operand.own], self._holder[operand.own] = operand.own_shape, which
                for row, nodes in enumerate(operand.rows):
                    for column, node in enumerate(nodes):
                        entry = _first_made_of(operand.read, row, column, operation.width)
                        self._entry.setdefault(node, entry)
        for entry, node in enumerate(operation.entries):
            if node != HIDDEN:
                self._owner[node], self._entry[node] = which, entry
        for node in operation.inner:
            self._owner[node] = which
        for entry, found in enumerate(operation.sums):
            for node in (*found.additions, *found.products):
                self._entry[node] = entry
            for product, weight in zip(found.products, found.coefficients, strict=True):
                self._mark[product] = weight
        inner = set(operation.inner)
        for entry, node in enumerate(operation.entries):
            if node != HIDDEN and (below := self._operands(node)[0]) in inner:
                self._entry.setdefault(below, entry)

    def _leaves_by_operation(self) -> dict[int, list[int]]:
        """The leaves in each operation's group: those of its own arrays, and those that it alone reads.

        A leaf stands outside if what its operation is made of reads it, too: groups are computed one after the other.
        """
        import networkx as nx

        order = nx.DiGraph()
        order.add_nodes_from(range(len(self._explanation.operations)))
        readers: dict[int, list[int]] = {}
        for number, which in self._owner.items():
            for operand in self._operands(number):
                if operand in self._owner:
                    order.add_edge(self._owner[operand], which)
                else:
                    readers.setdefault(operand, []).append(number)
        found: dict[int, list[int]] = {}
        for number, read_by in readers.items():
            reading = {self._owner[reader] for reader in read_by}
            place = self._place.get(number)
            which = -1 if place is None else self._holder.get(place.array, -1)
            if which < 0 and len(reading) == 1 and (place is None or place.array != self._explanation.inputs):
                which = min(reading)
            if which < 0:
                continue
            self._owner[number] = which
            self._entry.setdefault(number, min(self._entry.get(reader, 0) for reader in read_by))
            others = reading - {which}
            if not any(nx.has_path(order, other, which) for other in others):
                order.add_edges_from((which, other) for other in others)
                found.setdefault(which, []).append(number)
        return found

    def operations(self) -> tuple[ArrayLine, ...]:
        return tuple(
            ArrayLine(
                operation.name,
                operation.formula,
                operation.shape,
                self._indices(operation.entries),
                self._indices(operation.inner),
                self._indices(self._leaves.get(which, ())),
                tuple(self._grids(operation)),
                tuple(self._scalars(operation)),
            )
            for which, operation in enumerate(self._explanation.operations)
        )

    def places(self) -> tuple[CardEntry, ...]:
        return tuple(
            CardEntry(
                self._owner.get(number, -1),
                self._entry.get(number, 0),
                self._index.get(self._mark.get(number, number), node),
                self._sentence(number),
            )
            for node, number in enumerate(self._numbers)
        )

    def _indices(self, numbers: Sequence[int]) -> tuple[int, ...]:
        """Nodes of the snapshot, or ``HIDDEN`` or ``UNIT``."""
        return tuple(self._index.get(number, number) for number in numbers)

    def _grids(self, operation: ArrayOperation) -> Iterator[ArrayGrid]:
        rows = tuple(map(tuple, in_rows(operation.entries, operation.width)))
        result = ArrayOperand(operation.name, operation.shape, rows, "entry")
        for array in (*operation.operands, result):
            yield ArrayGrid(array.name, array.shape, tuple(map(self._indices, array.rows)), array.read)

    def _scalars(self, operation: ArrayOperation) -> Iterator[str]:
        for entry in range(len(operation.entries)):
            text = (
                self._sum_text(operation, entry)
                if operation.sums
                else self._elementwise_text(operation, entry)
            )
            yield f"{_entry_name(operation, entry)} = {text}"

    def _sum_text(self, operation: ArrayOperation, entry: int) -> str:
        found, terms = operation.sums[entry], []
        _, column = operation.cell(entry)
        for j, (operand, weight) in enumerate(zip(found.operands, found.coefficients, strict=True)):
            name = self._name(weight)
            if operation.weights:
                name = (
                    f"{operation.biases}[{column}]"
                    if operand == UNIT
                    else f"{operation.weights}[{column}, {j}]"
                )
            if operand == UNIT:
                terms.append(name)
            elif weight == UNIT:
                terms.append(self._name(operand))
            else:
                terms.append(f"{self._name(operand)}·{name}")
        if len(terms) > _SHOWN_TERMS:
            terms[3:-2] = ["…"]
        text = " + ".join(terms)
        return f"{operation.symbol}({text})" if operation.symbol.isidentifier() else text

    def _elementwise_text(self, operation: ArrayOperation, entry: int) -> str:
        row, column = operation.cell(entry)
        cells = {"all": (0, 0), "column": (0, column), "entry": (row, column)}
        names = []
        for operand in operation.operands:
            i, j = cells[operand.read]
            names.append(self._name(operand.rows[i][j]))
        return write_elementwise(operation.symbol, operation.constant, names).replace(" * ", "·")

    def _name(self, number: int) -> str:
        """A node by its place; a constant as its number."""
        if number in (UNIT, HIDDEN):
            return "1" if number == UNIT else "…"
        place = self._place.get(number)
        return format_short(self._explanation.nodes[number].data) if place is None else str(place)

    def _sentence(self, number: int) -> str:
        place = self._place.get(number)
        if place is None:
            if self._shapes[self._explanation.inputs] == (EXAMPLES, 0):
                return "In no array: it stands in the formula by itself."
            return "A constant: the same number for every example."
        operation = self._explanation.operations[self._owner[number]] if number in self._owner else None
        if operation is None or number not in self._inner:
            return f"{place}: {_where(place)} of {place.array} ({shape_text(self._shapes[place.array])})"
        entry = self._entry.get(number, 0)
        name, top = _entry_name(operation, entry), operation.entries[entry]
        if self._mark.get(number, UNIT) != UNIT:
            return f"{place}: the product with it, within {name}"
        before = top != HIDDEN and len(self._operands(top)) == 1 and number in self._operands(top)
        return f"{name}: {'the sum before the function' if before else 'a partial sum'}"


def _entry_name(operation: ArrayOperation, entry: int) -> str:
    """``h1[:, 3]``, ``s1[0]``, ``h1[2, 3]``."""
    return f"{operation.name}[{index_text(operation.shape, *operation.cell(entry))}]"


def _first_made_of(read: Read, row: int, column: int, width: int) -> int:
    """Number of the first entry of a result of this width that is made of a cell."""
    first = {"all": 0, "row": row * width, "column": column, "entry": row * width + column, "neuron": row}
    return first[read]


def _where(place: Place) -> str:
    """``row 3, column 1``, counted from 0; ``column 3`` of what has an example a row; ``element 3`` of a vector."""
    if len(place.index) == 1:
        return f"element {place.index[0]}"
    row, column = place.index
    return f"column {column}" if row is None else f"row {row}, column {column}"
