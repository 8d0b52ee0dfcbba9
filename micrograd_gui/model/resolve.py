"""Resolving: a pure function from a document to its graph, timeline and output."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from micrograd_core.engine import Value
from micrograd_core.errors import TimeLimitError
from micrograd_core.language import LanguageError, Limits, Program, Report, Stopwatch, record_pass, run
from micrograd_core.language import Printed as Printed
from micrograd_core.language import ProgramWarning as ProgramWarning
from micrograd_core.language.columns import Ints
from micrograd_core.language.recording import Kind
from micrograd_gui.model.bookkeeping import bookkeeping
from micrograd_gui.model.document import Document
from micrograd_gui.model.event_table import EventTable
from micrograd_gui.model.numbers import format_source, same_number
from micrograd_gui.model.section_steps import forward_data
from micrograd_gui.model.sections import NO_NODES, Section, split_run
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
    is_late: bool = False
    """True if the program ran longer than it may."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """The result of running a document's program. With a ``problem``, or for an empty program, there are no graphs."""

    document: Document
    graphs: tuple[GraphSnapshot, ...] = ()
    """The graphs of the timeline's sections; the first is that of the program's end."""
    timeline: Timeline = EMPTY_TIMELINE
    printed: tuple[Printed, ...] = ()
    stated: Printed | None = None
    """The value of the last line, if the program does not use it."""
    warnings: tuple[ProgramWarning, ...] = ()
    problem: Problem | None = None

    @property
    def snapshot(self) -> GraphSnapshot | None:
        """The graph at the program's end."""
        return self.graphs[0] if self.graphs else None

    def graph_at(self, position: float) -> GraphSnapshot:
        """The graph that is shown at a position, with the numbers of its forward pass."""
        return self.graph_of(self.timeline.section_at(position))

    def graph_of(self, section: int) -> GraphSnapshot:
        """The graph of a section, with the numbers of its forward pass."""
        found, table = self.timeline.sections[section], self.timeline.table_of(section)
        data = forward_data(table, found)
        if found.packed >= 0:  # Its table does not have the nodes that were made later.
            whole = self.timeline.table
            later = table.made[found.nodes] >= found.end
            made = whole.data_at(found.nodes, whole.made[found.nodes] + 1)
            data = tuple(
                x if y is None or not is_later else y
                for x, y, is_later in zip(data, made, later, strict=True)
            )
        return self.graphs[found.graph].with_data(data)


SECONDS = 60.0
"""The time that a program may run in the window and in the commands, where a run can be cancelled."""


LIMITS = Limits(seconds=SECONDS)


def resolve(document: Document, report: Report | None = None, limits: Limits = LIMITS) -> Resolved:
    """Run the document's program, and differentiate its output if the program differentiates nothing itself."""
    stopwatch = Stopwatch(report)
    try:
        program = run(document.source, limits=limits, stopwatch=stopwatch)
        leaf_data = _leaf_data(document, program)
        if leaf_data:
            program = run(document.source, leaf_data=leaf_data, limits=limits, stopwatch=stopwatch)
    except LanguageError as error:
        return Resolved(document, problem=_problem(error))
    if program.output is None:
        timeline = make_timeline(EventTable(program.recording), (), NO_NODES)
        return _told(document, program, timeline, ())
    values = shown_values(program)
    chosen = _chosen(document, values)
    if chosen is not None or not program.tape.has_gradients:
        record_pass(program, chosen or program.output)
    table = EventTable(program.recording)
    numbers = program.tape.numbers
    hidden, output = bookkeeping(table), numbers[program.output]
    if hidden[output]:
        output = _last_root(table, output)
    if hidden.any():
        values = shown_values(program, {value for value, node in numbers.items() if hidden[node]})
    final = [numbers[value] for value in values]
    sections, graphs = split_run(table, final)
    sections, placed = _with_targets(table, sections, graphs, output)
    timeline = make_timeline(table, sections, graphs[0])
    changed = frozenset(numbers[leaf] for leaf, index in program.leaves.items() if index in leaf_data)
    snapshots = [take_snapshot(table, nodes.tolist(), target, changed) for nodes, target in placed]
    return _told(document, program, timeline, snapshots)


def _told(
    document: Document, program: Program, timeline: Timeline, graphs: Sequence[GraphSnapshot]
) -> Resolved:
    return Resolved(document, tuple(graphs), timeline, program.printed, program.stated, program.warnings)


def _problem(error: LanguageError) -> Problem:
    return Problem(
        error.message,
        error.hint,
        error.line,
        error.column,
        error.end_line,
        error.end_column,
        isinstance(error, TimeLimitError),
    )


def _leaf_data(document: Document, program: Program) -> dict[int, float]:
    """The document's leaf values by order of the leaves' creation, as a run takes them.

    A leaf that has a number in the text has the text's.
    """
    if program.output is None or not document.leaf_values:
        return {}
    values = shown_values(program)
    wanted = dict(document.leaf_values)
    return {
        program.leaves[value]: wanted[node_id]
        for value, node_id in zip(values, _ids(values), strict=True)
        if node_id in wanted and value in program.leaves and value not in program.literals
    }


def _chosen(document: Document, values: Sequence[Value]) -> Value | None:
    """The card that the user chose to differentiate; None if there is none."""
    return dict(zip(_ids(values), values, strict=True)).get(document.target)


def _ids(values: Sequence[Value]) -> list[str]:
    return node_ids([value.label for value in values])


def _last_root(table: EventTable, otherwise: int) -> int:
    """The node that was differentiated last, or passed its gradient on last."""
    events = np.flatnonzero(np.isin(table.kind, (Kind.SEED, Kind.BACKWARD)))
    return int(table.node[events[-1]]) if len(events) else otherwise


def _with_targets(
    table: EventTable, sections: Sequence[Section], graphs: Sequence[Ints], output: int
) -> tuple[list[Section], list[tuple[Ints, int]]]:
    """The sections with other graph numbers, and for each graph its nodes and the card that is differentiated.

    That is the last root of a backward pass in a section. One without a pass has that of the last section with its
    cards, which for the graph at the end is also the one to begin with, or else the output.
    """
    roots = [_root(table, section) for section in sections]
    usual: dict[int, int] = {}
    for section, root in zip(sections, roots, strict=True):
        if root is not None:
            usual[section.graph] = root
    for graph, nodes in enumerate(graphs):
        found = np.flatnonzero(nodes == output)
        usual.setdefault(graph, int(found[0]) if len(found) else len(nodes) - 1)
    numbers = {(graph, usual[graph]): graph for graph in range(len(graphs))}
    placed = []
    for section, root in zip(sections, roots, strict=True):
        key = section.graph, usual[section.graph] if root is None else root
        placed.append(replace(section, graph=numbers.setdefault(key, len(numbers))))
    return placed, [(graphs[graph], target) for graph, target in numbers]


def _root(table: EventTable, section: Section) -> int | None:
    """The card that a section differentiates last; None if it differentiates none."""
    seeds = section.begin + np.flatnonzero(table.kind[section.begin : section.end] == Kind.SEED)
    for node in table.node[seeds[::-1]]:
        found = np.flatnonzero(section.nodes == node)
        if len(found):
            return int(found[0])
    return None


def set_leaf(document: Document, snapshot: GraphSnapshot, node: int, data: float) -> Document:
    """Return the document with other data for a leaf. Its number in the source is rewritten, if it has one."""
    return _with_data(document, [(snapshot.nodes[node], data)])


def descend(
    document: Document, snapshot: GraphSnapshot, grads: Sequence[float | None], rate: float
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
