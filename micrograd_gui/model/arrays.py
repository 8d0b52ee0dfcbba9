"""The array program of a graph as the window shows it: its operations, and the entry of every card."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from micrograd_core.engine import MinusOne, Value
from micrograd_core.vectorize import HIDDEN, Access, ArrayOperand, Explanation, Shape, vectorize
from micrograd_gui.model.array_members import Members, find_members
from micrograd_gui.model.array_texts import (
    array_shapes,
    card_sentence,
    entry_texts,
    examples_in_rows,
    split_text,
)
from micrograd_gui.model.group_layout import Groups
from micrograd_gui.model.input_split import Split, split_by_own_examples, split_inputs_and_parameters
from micrograd_gui.model.snapshot import GraphSnapshot

FEWEST_NODES = 2
"""Least number of scalar operations of a group."""


@dataclass(frozen=True, slots=True)
class ArrayGrid:
    """An array and the nodes that are its entries."""

    name: str
    shape: Shape
    rows: tuple[tuple[int, ...], ...]
    """Nodes by index, ``HIDDEN``, or ``UNIT`` for an implicit factor of 1; one row for an array per example."""
    access: Access


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
    """The arrays that it is computed from, and last its result."""
    scalars: tuple[str, ...]
    """Each entry written out: ``h1[:, 3] = relu(x[:, 0]·W1[3, 0] + x[:, 1]·W1[3, 1] + b1[3])``."""

    def __str__(self) -> str:
        return f"{self.name} = {self.formula}"

    def cell(self, entry: int) -> tuple[int, int]:
        """Return row and column of an entry."""
        return divmod(entry, int(self.shape[-1]))

    @property
    def replaced(self) -> int:
        """Number of scalar operations that it replaces."""
        return len(self.computed)

    @property
    def computed(self) -> tuple[int, ...]:
        """The cards that it computes."""
        return (*(node for node in self.entries if node != HIDDEN), *self.inner)

    @property
    def cards(self) -> tuple[int, ...]:
        """The cards that belong to it, in their order."""
        return tuple(sorted((*self.computed, *self.leaves)))

    @property
    def has_group(self) -> bool:
        """True if its cards share a group."""
        return self.replaced >= FEWEST_NODES


@dataclass(frozen=True, slots=True)
class CardEntry:
    """The entry of one card."""

    operation: int = -1
    """The array operation it is part of, by index; −1 for none."""
    entry: int = 0
    """The entry of the operation that the card is, or is used for."""
    mark: int = -1
    """The node whose cell it has in the grids: itself, for a product its weight; −1 for none."""
    sentence: str = ""
    """``W1[3, 1]: row 3, column 1 of W1 (16 × 2)``."""


@dataclass(frozen=True, slots=True)
class Arrays:
    """The array program of a graph."""

    operations: tuple[ArrayLine, ...]
    """The operations in the order of evaluation."""
    card_entries: tuple[CardEntry, ...]
    """One for every node of the snapshot."""
    inputs: tuple[int, ...]
    """The leaves that vary per example, by node."""
    parameters: tuple[int, ...]
    """The leaves that all examples share and that can be trained, by node."""
    words: str
    """The sentences about the leaves that vary per example and those that are shared."""

    @property
    def grouped(self) -> tuple[ArrayLine, ...]:
        """The operations whose cards share a group."""
        return tuple(operation for operation in self.operations if operation.has_group)

    def named(self, name: str) -> ArrayLine | None:
        """Return the operation of this name; None if there is none."""
        return next((operation for operation in self.operations if operation.name == name), None)


def groups(arrays: Arrays) -> Groups:
    """Return the groups; the cards of one entry of the array are a band."""
    found = []
    for operation in arrays.grouped:
        bands: dict[int, list[int]] = {}
        for card in operation.cards:
            bands.setdefault(arrays.card_entries[card].entry, []).append(card)
        found.append(tuple(tuple(bands[entry]) for entry in sorted(bands)))
    return tuple(found)


@lru_cache(maxsize=2)
def derive_arrays(snapshot: GraphSnapshot) -> Arrays:
    """Derive the array program of the whole graph; its output is the root, or else the last card."""
    values = _values(snapshot)
    split, explanation = _split_and_explain(snapshot, values)
    members = find_members(explanation)
    numbers = [explanation.number[value] for value in values]
    index = {number: node for node, number in enumerate(numbers)}
    shapes = array_shapes(explanation, split)
    return Arrays(
        tuple(_line(explanation, members, index, which) for which in range(len(explanation.operations))),
        tuple(
            CardEntry(
                members.operation.get(number, -1),
                members.entry.get(number, 0),
                index.get(members.weight.get(number, number), node),
                card_sentence(explanation, members, shapes, number),
            )
            for node, number in enumerate(numbers)
        ),
        split.inputs,
        split.parameters,
        split_text(snapshot, explanation, split),
    )


def _values(snapshot: GraphSnapshot) -> list[Value]:
    """Rebuild the graph as ``Value``s."""
    values: list[Value] = []
    for record in snapshot.nodes:
        operands = tuple(values[operand] for operand in record.operands)
        kind = MinusOne if record.negates else Value
        value = kind(record.data, operands, record.symbol, record.label)
        value.constant = record.constant
        values.append(value)
    return values


def _split_and_explain(snapshot: GraphSnapshot, values: Sequence[Value]) -> tuple[Split, Explanation]:
    """Split the leaves by their names, or by the program's own examples if that makes rows of them and fewer arrays."""
    by_names = split_inputs_and_parameters(snapshot)
    explanation = _explain(snapshot, values, by_names)
    by_examples = split_by_own_examples(snapshot, by_names)
    if by_examples is not None:
        in_rows = _explain(snapshot, values, by_examples)
        if examples_in_rows(in_rows) and len(in_rows.operations) < len(explanation.operations):
            return by_examples, in_rows
    return by_names, explanation


def _explain(snapshot: GraphSnapshot, values: Sequence[Value], split: Split) -> Explanation:
    used = {operand for record in snapshot.nodes for operand in record.operands}
    ends = [node for node in range(len(values)) if node not in used]
    output = snapshot.target if snapshot.target in ends else ends[-1]
    inputs, parameters, watch = (
        [values[node] for node in nodes] for nodes in (split.inputs, split.parameters, ends)
    )
    array_program = vectorize(values[output], inputs, parameters, watch)
    return array_program.explain(differentiate_watched=len(ends) > 1)


def _line(explanation: Explanation, members: Members, index: Mapping[int, int], which: int) -> ArrayLine:
    """Return an operation with indices into the snapshot in place of numbers."""
    operation = explanation.operations[which]

    def indices(numbers: Sequence[int]) -> tuple[int, ...]:
        """Nodes of the snapshot, or ``HIDDEN`` or ``UNIT``."""
        return tuple(index.get(number, number) for number in numbers)

    result = ArrayOperand(operation.name, operation.shape, operation.rows, "entry")
    return ArrayLine(
        operation.name,
        operation.formula,
        operation.shape,
        indices(operation.entries),
        indices(operation.inner),
        indices(members.leaves.get(which, ())),
        tuple(
            ArrayGrid(array.name, array.shape, tuple(map(indices, array.rows)), array.access)
            for array in (*operation.operands, result)
        ),
        tuple(entry_texts(explanation, operation)),
    )
