"""What is said of arrays: the leaves that vary, the place of every card, and each entry written out in scalars."""

import re
from collections.abc import Iterator, Mapping, Sequence

from micrograd_core.vectorize import (
    EXAMPLES,
    HIDDEN,
    UNIT,
    ArrayEntry,
    ArrayOperation,
    Explanation,
    Shape,
    index_text,
    write_elementwise,
)
from micrograd_gui.model.array_members import Members
from micrograd_gui.model.input_split import Split
from micrograd_gui.model.numbers import format_short
from micrograd_gui.model.snapshot import GraphSnapshot, NodeRecord

_SHOWN_TERMS = 6
"""A longer sum is cut in the middle."""
_SHOWN_NAMES = 4
"""Of more leaves than these the number is told instead."""


def shape_text(shape: Shape) -> str:
    """``16 × 2``, ``n × 16``, ``16``."""
    return " × ".join(map(str, shape))


def tuple_text(shape: Shape) -> str:
    """As numpy writes it: ``(n, 16)``, ``(16,)``."""
    return f"({', '.join(map(str, shape))}{',' * (len(shape) == 1)})"


def examples_in_rows(explanation: Explanation) -> int:
    """How many examples the program applies a network to itself; 0 if these are no rows."""
    operands = (operand for operation in explanation.operations for operand in operation.operands)
    return max((len(operand.rows) for operand in operands if operand.access == "row"), default=0)


def split_text(snapshot: GraphSnapshot, explanation: Explanation, split: Split) -> str:
    """Which leaves vary per example and which are shared, in a sentence."""
    vary, shared = "Nothing varies per example", "nothing is shared"
    if not split.inputs and (examples := examples_in_rows(explanation)):
        vary = f"The program's own {examples} examples are the rows of its arrays"
    elif split.inputs:
        names = _listed([snapshot.nodes[node] for node in split.inputs], "leaves")
        verb, columns = ("varies", "column") if len(split.inputs) == 1 else ("vary", "columns")
        vary = f"{names} {verb} per example, the {columns} of {explanation.inputs}"
    if split.parameters:
        names = _listed([snapshot.nodes[node] for node in split.parameters], "parameters")
        verb, elements = ("is", "element") if len(split.parameters) == 1 else ("are", "elements")
        shared = f"{names} {verb} shared"
        operands = (operand.name for operation in explanation.operations for operand in operation.operands)
        if any(re.search(rf"\b{explanation.parameters}\b", name) for name in operands):
            shared += f", the {elements} of {explanation.parameters}"
    elif sum(record.is_leaf for record in snapshot.nodes) > len(split.inputs):
        shared = "nothing but numbers written in place is shared"
    return f"{vary}; {shared}."


def _listed(records: Sequence[NodeRecord], what: str) -> str:
    """Their names, or how many they are."""
    if len(records) > _SHOWN_NAMES:
        return f"{len(records):,} {what}"
    return ", ".join(record.label for record in records)


def entry_texts(explanation: Explanation, operation: ArrayOperation) -> Iterator[str]:
    """Every entry of an operation, written out: ``h1[:, 3] = relu(x[:, 0]·W1[3, 0] + b1[3])``."""
    write = _sum_text if operation.sums else _elementwise_text
    for entry in range(len(operation.entries)):
        yield f"{_entry_name(operation, entry)} = {write(explanation, operation, entry)}"


def _entry_name(operation: ArrayOperation, entry: int) -> str:
    """``h1[:, 3]``, ``s1[0]``, ``h1[2, 3]``."""
    return f"{operation.name}[{index_text(operation.shape, *operation.cell(entry))}]"


def _sum_text(explanation: Explanation, operation: ArrayOperation, entry: int) -> str:
    found, terms = operation.sums[entry], []
    _, column = operation.cell(entry)
    for j, (operand, weight) in enumerate(zip(found.operands, found.coefficients, strict=True)):
        name = _node_name(explanation, weight)
        if operation.weights:
            is_bias = operand == UNIT
            name = f"{operation.biases}[{column}]" if is_bias else f"{operation.weights}[{column}, {j}]"
        if operand == UNIT:
            terms.append(name)
        elif weight == UNIT:
            terms.append(_node_name(explanation, operand))
        else:
            terms.append(f"{_node_name(explanation, operand)}·{name}")
    if len(terms) > _SHOWN_TERMS:
        terms[3:-2] = ["…"]
    text = " + ".join(terms)
    return f"{operation.symbol}({text})" if operation.symbol.isidentifier() else text


def _elementwise_text(explanation: Explanation, operation: ArrayOperation, entry: int) -> str:
    row, column = operation.cell(entry)
    cells = {"all": (0, 0), "column": (0, column), "entry": (row, column)}
    names = []
    for operand in operation.operands:
        i, j = cells[operand.access]
        names.append(_node_name(explanation, operand.rows[i][j]))
    return write_elementwise(operation.symbol, operation.constant, names).replace(" * ", "·")


def _node_name(explanation: Explanation, number: int) -> str:
    """A node by its entry; a constant as its number."""
    if number in (UNIT, HIDDEN):
        return "1" if number == UNIT else "…"
    entry = explanation.entry_of.get(number)
    return format_short(explanation.nodes[number].data) if entry is None else str(entry)


def array_shapes(explanation: Explanation, split: Split) -> dict[str, Shape]:
    """The shape of every array by name."""
    shapes: dict[str, Shape] = {
        explanation.inputs: (EXAMPLES, len(split.inputs)),
        explanation.parameters: (len(split.parameters),),
    }
    for operation in explanation.operations:
        shapes[operation.name] = operation.shape
        shapes |= {operand.own: operand.own_shape for operand in operation.operands if operand.own}
    return shapes


def card_sentence(
    explanation: Explanation, members: Members, shapes: Mapping[str, Shape], number: int
) -> str:
    """Where the card of a node lies: ``W1[3, 1]: row 3, column 1 of W1 (16 × 2)``."""
    entry = explanation.entry_of.get(number)
    if entry is None:
        if shapes[explanation.inputs] == (EXAMPLES, 0):
            return "In no array: it stands in the formula by itself."
        return "A constant: the same number for every example."
    which = members.operation.get(number)
    operation = None if which is None else explanation.operations[which]
    if operation is None or number not in members.inner:
        return f"{entry}: {_where(entry)} of {entry.array} ({shape_text(shapes[entry.array])})"
    name = _entry_name(operation, members.entry.get(number, 0))
    if members.weight.get(number, UNIT) != UNIT:
        return f"{entry}: the product with it, within {name}"
    top = operation.entries[members.entry.get(number, 0)]
    below = members.operands[top] if top != HIDDEN else []
    return f"{name}: {'the sum before the function' if below == [number] else 'a partial sum'}"


def _where(entry: ArrayEntry) -> str:
    """``row 3, column 1``, counted from 0; ``column 3`` of what has an example a row; ``element 3`` of a vector."""
    if len(entry.index) == 1:
        return f"element {entry.index[0]}"
    row, column = entry.index
    return f"column {column}" if row is None else f"row {row}, column {column}"
