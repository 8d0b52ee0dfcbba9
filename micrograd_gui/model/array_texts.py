"""Texts about arrays: the split of the leaves, the entry of every card, and each entry written out in scalars."""

import re
from collections.abc import Iterator, Mapping, Sequence

from micrograd_core.texts import tr, tr_count
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
"""Limit of terms; a longer sum is cut in the middle."""
_SHOWN_NAMES = 4
"""Limit of names; of more leaves the text says the number instead."""


def shape_text(shape: Shape) -> str:
    """Return a shape for people: ``16 × 2``, ``n × 16``, ``16``."""
    return " × ".join(map(str, shape))


def tuple_text(shape: Shape) -> str:
    """Return a shape as numpy writes it: ``(n, 16)``, ``(16,)``."""
    return f"({', '.join(map(str, shape))}{',' * (len(shape) == 1)})"


def examples_in_rows(explanation: Explanation) -> int:
    """Return the number of the program's own examples that are rows of arrays; 0 if there are none."""
    operands = (operand for operation in explanation.operations for operand in operation.operands)
    return max((len(operand.rows) for operand in operands if operand.access == "row"), default=0)


def split_text(snapshot: GraphSnapshot, explanation: Explanation, split: Split) -> str:
    """Return two sentences: which leaves vary per example, and which are shared."""
    inputs, parameters = (
        [snapshot.nodes[node] for node in nodes] for nodes in (split.inputs, split.parameters)
    )
    examples = examples_in_rows(explanation)
    if inputs:
        vary = _inputs_text(inputs, explanation.inputs)
    elif examples:
        vary = tr_count(
            "The program's own {n} example is the row of its arrays.",
            "The program's own {n} examples are the rows of its arrays.",
            examples,
        )
    else:
        vary = tr("Nothing varies per example.")
    if parameters:
        operands = (operand.name for operation in explanation.operations for operand in operation.operands)
        has_array = any(re.search(rf"\b{explanation.parameters}\b", name) for name in operands)
        shared = _parameters_text(parameters, explanation.parameters if has_array else "")
    elif sum(record.is_leaf for record in snapshot.nodes) > len(inputs):
        shared = tr("Only numbers without a name are shared.")
    else:
        shared = tr("Nothing is shared.")
    return f"{vary} {shared}"


def _inputs_text(inputs: Sequence[NodeRecord], array: str) -> str:
    count, names = len(inputs), _names(inputs)
    if not names:
        return tr_count(
            "{n:,} leaf varies per example: it is the column of {array}.",
            "{n:,} leaves vary per example: they are the columns of {array}.",
            count,
            array=array,
        )
    return tr_count(
        "{names} varies per example: it is the column of {array}.",
        "{names} vary per example: they are the columns of {array}.",
        count,
        names=names,
        array=array,
    )


def _parameters_text(parameters: Sequence[NodeRecord], array: str) -> str:
    """Return the sentence about shared leaves that are the elements of ``array``, or of none."""
    count, names = len(parameters), _names(parameters)
    if names and array:
        return tr_count(
            "{names} is shared: it is the element of {array}.",
            "{names} are shared: they are the elements of {array}.",
            count,
            names=names,
            array=array,
        )
    if names:
        return tr_count("{names} is shared.", "{names} are shared.", count, names=names)
    if array:
        return tr_count(
            "{n:,} parameter is shared: it is the element of {array}.",
            "{n:,} parameters are shared: they are the elements of {array}.",
            count,
            array=array,
        )
    return tr_count("{n:,} parameter is shared.", "{n:,} parameters are shared.", count)


def _names(records: Sequence[NodeRecord]) -> str:
    """Return the names; "" if there are too many to be read."""
    return "" if len(records) > _SHOWN_NAMES else ", ".join(record.label for record in records)


def entry_texts(explanation: Explanation, operation: ArrayOperation) -> Iterator[str]:
    """Yield every entry of an operation, written out: ``h1[:, 3] = relu(x[:, 0]·W1[3, 0] + b1[3])``."""
    write = _sum_text if operation.sums else _elementwise_text
    for entry in range(len(operation.entries)):
        yield f"{_entry_name(operation, entry)} = {write(explanation, operation, entry)}"


def _entry_name(operation: ArrayOperation, entry: int) -> str:
    """Return the name of an entry: ``h1[:, 3]``, ``s1[0]``, ``h1[2, 3]``."""
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
    """Return a node by its entry, a constant as its number."""
    if number in (UNIT, HIDDEN):
        return "1" if number == UNIT else "…"
    entry = explanation.entry_of.get(number)
    return format_short(explanation.nodes[number].data) if entry is None else str(entry)


def array_shapes(explanation: Explanation, split: Split) -> dict[str, Shape]:
    """Return the shape of every array by name."""
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
    """Return the sentence about the entry of a node: ``W1[3, 1]: row 3, column 1 of W1 (16 × 2)``."""
    entry = explanation.entry_of.get(number)
    if entry is None:
        if shapes[explanation.inputs] == (EXAMPLES, 0):
            return tr("Not in an array: used as a single number.")
        return tr("A constant: the same number for every example.")
    which = members.operation.get(number)
    operation = None if which is None else explanation.operations[which]
    if operation is None or number not in members.inner:
        return _entry_text(entry, shapes[entry.array])
    name = _entry_name(operation, members.entry.get(number, 0))
    if members.weight.get(number, UNIT) != UNIT:
        return tr("{weight}: product with this weight, within {entry}", weight=entry, entry=name)
    top = operation.entries[members.entry.get(number, 0)]
    below = members.operands[top] if top != HIDDEN else []
    if below == [number]:
        return tr("{entry}: sum before the function", entry=name)
    return tr("{entry}: partial sum", entry=name)


def _entry_text(entry: ArrayEntry, shape: Shape) -> str:
    """Return an entry with its row and column, counted from 0: those of a matrix, the column per example."""
    fields = {"entry": str(entry), "array": entry.array, "shape": shape_text(shape)}
    if len(entry.index) == 1:
        return tr("{entry}: element {i} of {array} ({shape})", i=entry.index[0], **fields)
    row, column = entry.index
    if row is None:
        return tr("{entry}: column {column} of {array} ({shape})", column=column, **fields)
    return tr("{entry}: row {row}, column {column} of {array} ({shape})", row=row, column=column, **fields)
