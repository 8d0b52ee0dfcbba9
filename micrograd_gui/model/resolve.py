"""Resolving: a pure function from a document to its graph, timeline and output."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from micrograd_core.engine import Value
from micrograd_core.language import LanguageError, Program, run
from micrograd_core.language import Printed as Printed
from micrograd_core.language import ProgramWarning as ProgramWarning
from micrograd_gui.model.document import Document
from micrograd_gui.model.numbers import format_source, same_number
from micrograd_gui.model.snapshot import GraphSnapshot, NodeRecord, node_ids, shown_values, take_snapshot
from micrograd_gui.model.timeline import EMPTY_TIMELINE, Timeline, make_timeline


@dataclass(frozen=True, slots=True)
class Problem:
    """A program's error; lines and columns count from 1, the end is exclusive."""

    message: str
    hint: str
    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Resolved:
    """The result of running a document's program. With a ``problem``, or for an empty program, there is no snapshot."""

    document: Document
    snapshot: GraphSnapshot | None = None
    timeline: Timeline = EMPTY_TIMELINE
    printed: tuple[Printed, ...] = ()
    stated: Printed | None = None
    """The value of the last line, if the program does not use it."""
    warnings: tuple[ProgramWarning, ...] = ()
    problem: Problem | None = None
    passes: int = 0
    """Number of backward passes; leaves accumulate the gradients of all."""


def resolve(document: Document) -> Resolved:
    """Run the document's program and both passes over its graph."""
    try:
        program = run(document.source)
        if document.leaf_values:
            program = run(document.source, leaf_data=_leaf_data(document, program))
    except LanguageError as error:
        return Resolved(document, problem=_problem(error))
    if program.output is None:
        return Resolved(document, printed=program.printed, stated=program.stated, warnings=program.warnings)
    values = shown_values(program)
    roots = _backward_roots(document, program, values)
    timeline = make_timeline(values, roots)
    snapshot = take_snapshot(program, values, roots[-1])
    return Resolved(
        document,
        snapshot,
        timeline,
        program.printed,
        program.stated,
        program.warnings,
        passes=len(roots),
    )


def _problem(error: LanguageError) -> Problem:
    return Problem(error.message, error.hint, error.line, error.column, error.end_line, error.end_column)


def _leaf_data(document: Document, program: Program) -> dict[int, float]:
    """The document's leaf values by order of the leaves' creation, as a run takes them."""
    if program.output is None:
        return {}
    values = shown_values(program)
    number = {leaf: i for i, leaf in enumerate(program.leaves)}
    wanted = dict(document.leaf_values)
    return {
        number[value]: wanted[node_id]
        for value, node_id in zip(values, node_ids(values), strict=True)
        if node_id in wanted and value in number
    }


def _backward_roots(document: Document, program: Program, values: list[Value]) -> list[Value]:
    """The nodes to differentiate: the chosen card, or the roots of the program's backward() calls, or its output."""
    ids = node_ids(values)
    if document.target in ids:
        return [values[ids.index(document.target)]]
    assert program.output is not None
    shown = set(values)
    return [root for root in program.backward_roots if root in shown] or [program.output]


def set_leaf(document: Document, snapshot: GraphSnapshot, node: int, data: float) -> Document:
    """Return the document with other data for a leaf. Its number in the source is rewritten, if it has one."""
    return _with_data(document, [(snapshot.nodes[node], data)])


def descend(
    document: Document, snapshot: GraphSnapshot, grads: tuple[float | None, ...], rate: float
) -> Document:
    """Return the document after a step of gradient descent: each of ``snapshot.descending()`` loses ``rate`` times its
    gradient.
    """
    records = [(snapshot.nodes[node], grads[node]) for node in sorted(snapshot.descending())]
    return _with_data(document, [(record, record.data - rate * grad) for record, grad in records if grad])


def _with_data(document: Document, changes: Sequence[tuple[NodeRecord, float]]) -> Document:
    """Return the document with other data for leaves. An unchanged leaf keeps its text, however it is written."""
    moved = [(record, data) for record, data in changes if not same_number(record.data, data)]
    written = [(record, data) for record, data in moved if record.literal is not None]
    leaf_values = dict(document.leaf_values)
    leaf_values.update({record.id: data for record, data in moved if record.literal is None})
    return replace(
        document, source=_rewrite(document.source, written), leaf_values=tuple(leaf_values.items())
    )


_LINE_END = re.compile(r"(\r\n|\r|\n)")


def _rewrite(source: str, changes: Sequence[tuple[NodeRecord, float]]) -> str:
    """Return the source with other numbers for some leaves; for nan, which has no literal, a number stays."""
    # The lines as the language counts them, with what ends them in between.
    pieces = _LINE_END.split(source)
    spans = [(record.literal, data) for record, data in changes if record.literal and not math.isnan(data)]
    for span, data in sorted(spans, reverse=True):
        line = pieces[2 * (span.line - 1)]
        before, after = line[: span.column - 1], line[span.end_column - 1 :]
        number = format_source(data)
        # -2.0 ** x and -2.0.tanh() would negate the result instead of the number.
        if number.startswith("-") and after.lstrip().startswith(("**", ".")):
            number = f"({number})"
        pieces[2 * (span.line - 1)] = before + number + after
    return "".join(pieces)
