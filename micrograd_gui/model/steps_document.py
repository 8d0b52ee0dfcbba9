"""The recording of a program as data for other tools, which ``docs/steps.md`` describes, and as lines of text."""

import math
from collections.abc import Iterator

from micrograd_core.language.recording import NOWHERE, Event, Kind, Recording
from micrograd_core.ops import OPS
from micrograd_core.texts import tr
from micrograd_gui.model.formula import bracketed, write_derivative, write_formula
from micrograd_gui.model.numbers import format_short
from micrograd_gui.model.resolve import Resolved
from micrograd_gui.model.timeline import Timeline

VERSION = 1

_KINDS = {
    Kind.LEAF: "leaf",
    Kind.FORWARD: "forward",
    Kind.SET_DATA: "set_data",
    Kind.SET_GRAD: "set_grad",
    Kind.RESET: "set_grad",
    Kind.SEED: "seed",
    Kind.BACKWARD: "backward",
    Kind.PRINT: "print",
}


def steps_document(resolved: Resolved) -> dict[str, object]:
    """The recording as a JSON document. Floats that JSON does not have are the strings inf, -inf and nan."""
    table, recording = resolved.timeline.table, resolved.timeline.recording
    ids, nodes = _ids(resolved), range(recording.nodes)
    data, grads = table.data_at(nodes, len(table)), table.grads_at(nodes, len(table))
    return {
        "version": VERSION,
        "nodes": [
            _node(recording, node, ids.get(node), recording.event(made))
            for node, made in enumerate(table.made.tolist())
        ],
        "steps": list(_steps(recording)),
        "final": [
            {"node": node, "data": _number(x), "grad": _number(grad)}
            for node, x, grad in zip(nodes, data, grads, strict=True)
        ],
        "printed": list(recording.printed),
        "warnings": [
            {"message": found.message, "line": found.line, "column": found.column}
            for found in resolved.warnings
        ],
    }


def _ids(resolved: Resolved) -> dict[int, str]:
    """The id of the card that stands for each node; nodes without a card are missing."""
    return {
        node: record.id
        for section in resolved.timeline.all_sections
        for node, record in zip(section.nodes.tolist(), resolved.graphs[section.graph].nodes, strict=True)
    }


def _node(recording: Recording, node: int, node_id: str | None, made: Event) -> dict[str, object]:
    exponent = recording.exponents.get(node)
    place = recording.places[made.place]
    entry: dict[str, object] = {
        "id": node_id,
        "label": recording.labels[node],
        "op": recording.symbols[node] if exponent is None else f"**{_exponent(exponent)}",
        "operands": list(recording.operands_of(node)),
        "line": place.line,
        "column": place.column,
    }
    return entry if exponent is None else entry | {"exponent": _number(exponent)}


def _exponent(x: float) -> str:
    """The exponent as micrograd's ``_op`` has it: 2 for 2.0."""
    return str(int(x)) if x.is_integer() else repr(x)


def _steps(recording: Recording) -> Iterator[dict[str, object]]:
    data: dict[int, float] = {}
    for index, event in enumerate(recording):
        step: dict[str, object] = {"kind": _KINDS[event.kind]}
        step |= _fields(recording, event, data)
        if event.kind in (Kind.LEAF, Kind.FORWARD, Kind.SET_DATA):
            data[event.node] = event.new
        place = None if event.place == NOWHERE else recording.places[event.place]
        step["line"] = None if place is None else place.line
        step["rounds"] = [[each.name, each.number] for each in recording.path(event.round)]
        step["by"] = "program" if index < recording.program_events else "window"
        yield step


def _fields(recording: Recording, event: Event, data: dict[int, float]) -> dict[str, object]:
    node = event.node
    match event.kind:
        case Kind.LEAF:
            return {"node": node, "data": _number(event.new)}
        case Kind.FORWARD:
            operands = [_number(data[operand]) for operand in recording.operands_of(node)]
            return {"node": node, "operands": operands, "data": _number(event.new)}
        case Kind.SET_DATA | Kind.SET_GRAD | Kind.RESET:
            return {"node": node, "old": _number(event.old), "new": _number(event.new)}
        case Kind.SEED:
            return {"node": node, "total": _number(event.new)}
        case Kind.BACKWARD:
            return {
                "node": recording.operands_of(node)[event.operand],
                "through": node,
                "operand_index": event.operand,
                "local": _number(event.local),
                "upstream": _number(event.old),
                "contribution": _number(event.contribution),
                "total": _number(event.new),
            }
    return {"text": recording.printed[node]}


def _number(x: float | None) -> float | str:
    """A float, or its name where JSON has none; 0 for a gradient that nothing has written to."""
    if x is None:
        return 0.0
    return x if math.isfinite(x) else repr(x)


def step_lines(timeline: Timeline) -> Iterator[str]:
    """One line of text a step, under a heading for each change of the rounds around it."""
    recording = timeline.recording
    data: dict[int, float] = {}
    rounds = NOWHERE
    for index, event in enumerate(recording):
        if event.round != rounds and (path := recording.path(event.round)):
            yield " · ".join(f"{each.name} {each.number}" for each in path)
        rounds = event.round
        if index == recording.program_events:
            yield tr("not called by your program")
        line = "" if event.place == NOWHERE else str(recording.places[event.place].line)
        yield f"{line:>5}  {_KINDS[event.kind]:<8}  {_text(recording, event, data)}"
        if event.kind in (Kind.LEAF, Kind.FORWARD, Kind.SET_DATA):
            data[event.node] = event.new


def _text(recording: Recording, event: Event, data: dict[int, float]) -> str:
    if event.kind == Kind.PRINT:
        return recording.printed[event.node].replace("\n", "\\n")
    label, new = recording.labels[event.node], format_short(event.new)
    match event.kind:
        case Kind.LEAF:
            return f"{label} = {new}"
        case Kind.FORWARD:
            numbers = [format_short(data[operand]) for operand in recording.operands_of(event.node)]
            operation = OPS[recording.symbols[event.node]]
            formula = write_formula(operation, numbers, recording.exponents.get(event.node), label)
            return f"{label} = {formula} = {new}"
        case Kind.SET_DATA:
            return f"{label}: {format_short(event.old)} → {new}"
        case Kind.SET_GRAD | Kind.RESET:
            return f"{bracketed(label)}.grad: {format_short(event.old)} → {new}"
        case Kind.SEED:
            return f"{write_derivative(label, label)} = {new}"
    operand = recording.labels[recording.operands_of(event.node)[event.operand]]
    numbers_of_step = f"{format_short(event.local)} × {format_short(event.old)}"
    return f"{bracketed(operand)}.grad += {numbers_of_step} = {format_short(event.contribution)} → {new}"
