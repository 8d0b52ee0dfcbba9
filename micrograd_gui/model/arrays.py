"""The array program of a graph as the window shows it: which cards are one array operation, and where each lies."""

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
"""An operation on fewer scalar nodes is the card that it was and has no group."""


@dataclass(frozen=True, slots=True)
class ArrayGrid:
    """An array and the nodes that are its entries."""

    name: str
    shape: Shape
    rows: tuple[tuple[int, ...], ...]
    """Nodes by index, ``HIDDEN``, or ``UNIT`` for a 1 that was not written. What varies per example is one row, this
    example's."""
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
        """The cards that belong to it, in their order."""
        return tuple(sorted((*self.computed, *self.leaves)))

    @property
    def has_group(self) -> bool:
        """Whether its cards share a group."""
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
    card_entries: tuple[CardEntry, ...]
    """One for every node of the snapshot."""
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
        """The operation of this name; None if there is none."""
        return next((operation for operation in self.operations if operation.name == name), None)


def groups(arrays: Arrays) -> Groups:
    """The cards that share a group, those of one entry of the array in a band."""
    found = []
    for operation in arrays.grouped:
        bands: dict[int, list[int]] = {}
        for card in operation.cards:
            bands.setdefault(arrays.card_entries[card].entry, []).append(card)
        found.append(tuple(tuple(bands[entry]) for entry in sorted(bands)))
    return tuple(found)


@lru_cache(maxsize=2)
def derive_arrays(snapshot: GraphSnapshot) -> Arrays:
    """The array program of all that is shown; its output is what is differentiated, or else the last card."""
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
    """The graph as ``Value``s again."""
    values: list[Value] = []
    for record in snapshot.nodes:
        operands = tuple(values[operand] for operand in record.operands)
        kind = MinusOne if record.negates else Value
        value = kind(record.data, operands, record.symbol, record.label)
        value.constant = record.constant
        values.append(value)
    return values


def _split_and_explain(snapshot: GraphSnapshot, values: Sequence[Value]) -> tuple[Split, Explanation]:
    """Split the leaves by their names or, if that makes rows of several examples and fewer arrays, by these."""
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
    """An operation with indices into the snapshot in place of numbers."""
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
