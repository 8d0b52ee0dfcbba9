"""The recording of a program as data for other tools, which ``docs/steps.md`` describes, and as lines of text."""

import json
import math
from collections.abc import Iterable, Iterator, Mapping

from micrograd_core.language.columns import DATA_KINDS, MAKING_KINDS
from micrograd_core.language.recording import NOWHERE, Event, Kind, Recording
from micrograd_core.language.unpacking import everything
from micrograd_core.language.values import Round
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


def steps_json(resolved: Resolved) -> Iterator[str]:
    """Yield the recording as a JSON document, piece by piece: that of a long run has gigabytes.

    Floats that JSON does not have are the strings inf, -inf and nan.
    """
    recording = resolved.timeline.recording
    lists: dict[str, Iterable[object]] = {
        "nodes": _nodes(recording, _ids(resolved)),
        "steps": _steps(recording),
        "final": _final(recording),
        "printed": recording.printed,
        "warnings": [
            {"message": found.message, "line": found.line, "column": found.column}
            for found in resolved.warnings
        ],
    }
    encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode
    yield f'{{"version": {VERSION}'
    for name, things in lists.items():
        yield f', "{name}": ['
        yield from (f", {encode(thing)}" if index else encode(thing) for index, thing in enumerate(things))
        yield "]"
    yield "}\n"


def _ids(resolved: Resolved) -> dict[int, str]:
    """The id of the card that stands for each node; nodes without a card are missing."""
    return {
        node: record.id
        for section in resolved.timeline.all_sections
        for node, record in zip(section.nodes.tolist(), resolved.graphs[section.graph].nodes, strict=True)
    }


def _nodes(recording: Recording, ids: Mapping[int, str]) -> Iterator[dict[str, object]]:
    for event, _, source, numbers in everything(recording):
        if event.kind not in MAKING_KINDS:
            continue
        node, place = event.node, source.places[event.place]
        exponent = source.exponents.get(node)
        entry: dict[str, object] = {
            "id": ids.get(node),
            "label": source.labels[node],
            "op": source.symbols[node] if exponent is None else f"**{_exponent(exponent)}",
            "operands": [numbers[operand] for operand in source.operands_of(node)],
            "line": place.line,
            "column": place.column,
        }
        yield entry if exponent is None else entry | {"exponent": _number(exponent)}


def _final(recording: Recording) -> Iterator[dict[str, object]]:
    data: list[float] = []
    grads: list[float] = []
    for event, _, source, numbers in everything(recording):
        if event.kind in MAKING_KINDS:
            data.append(event.new)
            grads.append(0.0)
        elif event.kind == Kind.SET_DATA:
            data[numbers[event.node]] = event.new
        elif event.kind == Kind.BACKWARD:
            grads[numbers[source.operands_of(event.node)[event.operand]]] = event.new
        elif event.kind != Kind.PRINT:
            grads[numbers[event.node]] = event.new
    for node, (x, grad) in enumerate(zip(data, grads, strict=True)):
        yield {"node": node, "data": _number(x), "grad": _number(grad)}


def _exponent(x: float) -> str:
    """The exponent as micrograd's ``_op`` has it: 2 for 2.0."""
    return str(int(x)) if x.is_integer() else repr(x)


def _steps(recording: Recording) -> Iterator[dict[str, object]]:
    data: dict[int, float] = {}
    for event, number, source, numbers in everything(recording):
        step: dict[str, object] = {"kind": _KINDS[event.kind]}
        step |= _fields(source, event, data, numbers)
        if event.kind in DATA_KINDS:
            data[event.node] = event.new
        place = None if event.place == NOWHERE else source.places[event.place]
        step["line"] = None if place is None else place.line
        step["rounds"] = [[each.name, each.number] for each in source.path(event.round)]
        by_window = source is recording and number >= recording.program_events
        step["by"] = "window" if by_window else "program"
        yield step


def _fields(
    recording: Recording, event: Event, data: Mapping[int, float], numbers: Mapping[int, int]
) -> dict[str, object]:
    if event.kind == Kind.PRINT:
        return {"text": recording.printed[event.node]}
    node = numbers[event.node]
    match event.kind:
        case Kind.LEAF:
            return {"node": node, "data": _number(event.new)}
        case Kind.FORWARD:
            operands = [_number(data[operand]) for operand in recording.operands_of(event.node)]
            return {"node": node, "operands": operands, "data": _number(event.new)}
        case Kind.SET_DATA | Kind.SET_GRAD | Kind.RESET:
            return {"node": node, "old": _number(event.old), "new": _number(event.new)}
        case Kind.SEED:
            return {"node": node, "total": _number(event.new)}
    return {
        "node": numbers[recording.operands_of(event.node)[event.operand]],
        "through": node,
        "operand_index": event.operand,
        "local": _number(event.local),
        "upstream": _number(event.old),
        "contribution": _number(event.contribution),
        "total": _number(event.new),
    }


def _number(x: float) -> float | str:
    """A float, or its name where JSON has none."""
    return x if math.isfinite(x) else repr(x)


def step_lines(timeline: Timeline) -> Iterator[str]:
    """One line of text a step, under a heading for each change of the rounds around it."""
    recording = timeline.recording
    data: dict[int, float] = {}
    rounds: tuple[Round, ...] = ()
    for event, number, source, _ in everything(recording):
        path = source.path(event.round)
        if path != rounds and path:
            yield " · ".join(f"{each.name} {each.number}" for each in path)
        rounds = path
        if source is recording and number == recording.program_events:
            yield tr("not called by your program")
        line = "" if event.place == NOWHERE else str(source.places[event.place].line)
        yield f"{line:>5}  {_KINDS[event.kind]:<8}  {_text(source, event, data)}"
        if event.kind in DATA_KINDS:
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
