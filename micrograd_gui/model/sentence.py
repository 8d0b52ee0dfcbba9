"""The sentence of a step: what it does, with names and numbers."""

import math
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from string import Formatter
from typing import Literal, TypeAlias

from micrograd_core.texts import tr, tr_count
from micrograd_gui.model.fit_text import shorten
from micrograd_gui.model.formula import write_derivative, write_formula
from micrograd_gui.model.numbers import MINUS, format_short
from micrograd_gui.model.snapshot import GraphSnapshot, NodeRecord
from micrograd_gui.model.timeline import BackwardStep, ForwardStep, Moment, SeedStep, Timeline

Role = Literal["plain", "strong", "data", "grad"]
Part: TypeAlias = tuple[str, Role]
Parts: TypeAlias = tuple[Part, ...]

LABEL_LENGTH = 24
"""Longer labels are shortened in the middle."""

_SCALES_BY_POWER = tr("{operation} scales the gradient by the slope of the power:")
_PASSING = {
    "+": tr("{operation} passes the gradient on:"),
    "*": tr("{operation} multiplies the gradient by the other factor:"),
    "**n": _SCALES_BY_POWER,
    "**": _SCALES_BY_POWER,
    "%": tr("{operation} passes the gradient on to the dividend, and scales it for the divisor:"),
    "relu": tr("{operation} lets the gradient through where its input is not negative:"),
    "exp": tr("{operation} multiplies the gradient by its own value:"),
    "log": tr("{operation} divides the gradient by its input:"),
    "abs": tr("{operation} multiplies the gradient by the sign of its input:"),
}
"""Sentences of the backward pass by symbol of the operation."""
_SCALES = tr("{operation} scales the gradient by its slope:")
"""The sentence of all other operations."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """Words and a formula, each in parts: plain text, an operation, a value of the forward or the backward pass."""

    words: Parts = ()
    formula: Parts = ()
    shorter: tuple[Parts, ...] = ()
    """Shorter forms of the formula, the shortest last: without the rule in names, then without the total."""

    @property
    def text(self) -> str:
        return "  ".join(_join(parts) for parts in (self.words, self.formula) if parts)


def _join(parts: Parts) -> str:
    return "".join(text for text, _role in parts)


def _fill(template: str, **fields: Parts | str | int) -> Parts:
    """The parts of a translated template: its words are plain, and fields that are parts keep their roles."""
    parts: list[Part] = []
    for words, name, spec, _conversion in Formatter().parse(template):
        parts.append((words, "plain"))
        if name is not None:
            field = fields[name]
            parts += field if isinstance(field, tuple) else [(format(field, spec or ""), "plain")]
    return _merged(parts)


def _merged(parts: Iterable[Part]) -> Parts:
    """The same parts, neighbours of one role made one."""
    runs = groupby((part for part in parts if part[0]), key=lambda part: part[1])
    return tuple((_join(tuple(run)), role) for role, run in runs)


def plain_sentence(text: str) -> Sentence:
    """A sentence of words alone."""
    return Sentence(((text, "plain"),))


def step_sentence(snapshot: GraphSnapshot | None, timeline: Timeline, moment: Moment) -> Sentence:
    """The step that is under way or was just done at ``moment``."""
    if snapshot is None:
        return plain_sentence(tr("Type an expression to see its graph."))
    number = math.ceil(moment.position) - 1
    match moment.step:
        case ForwardStep(node):
            return _forward(snapshot.nodes[node], snapshot, timeline, number)
        case SeedStep(node, total):
            return _seed(snapshot.nodes[node], timeline, number, total)
        case BackwardStep() as step:
            return _backward(step, snapshot, timeline, number)
        case None:
            return _beginning(timeline)


def _beginning(timeline: Timeline) -> Sentence:
    if not timeline.forward_count:
        return plain_sentence(tr("The leaves are given; there is nothing to compute from them yet."))
    forward = tr_count(
        "The leaves are given; {n:,} operation follows in the forward pass.",
        "The leaves are given; {n:,} operations follow in the forward pass.",
        timeline.forward_count,
    )
    backward = tr_count(
        "Then {n:,} gradient flows backward.",
        "Then {n:,} gradients flow backward.",
        sum(isinstance(step, BackwardStep) for step in timeline.steps),
    )
    return plain_sentence(f"{forward} {backward}")


def _forward(record: NodeRecord, snapshot: GraphSnapshot, timeline: Timeline, number: int) -> Sentence:
    operands = [snapshot.nodes[operand] for operand in record.operands]
    names = [_short(operand.label) for operand in operands]
    numbers = [format_short(operand.data) for operand in operands]
    words = _fill(
        tr("Forward {number:,} of {count:,} — {operation} computes"),
        number=number + 1,
        count=timeline.forward_count,
        operation=((record.chip, "strong"),),
    )
    name: Part = (_short(record.label), "data")
    result: Parts = (
        (f" = {_formula(record, numbers)} = ", "plain"),
        (format_short(record.data), "data"),
    )
    # The label of a sub-expression is its formula already.
    rule: Parts = () if _is_expression(record.label) else ((f" = {_formula(record, names)}", "plain"),)
    return Sentence(words, (name, *rule, *result), ((name, *result),))


def _seed(record: NodeRecord, timeline: Timeline, number: int, total: float) -> Sentence:
    label = _short(record.label)
    again = any(isinstance(step, SeedStep) for step in timeline.steps[:number])
    words = (
        tr("Backward again — leaves keep their gradients, inner cards start afresh:")
        if again
        else tr("Backward begins — the gradient of {label} with respect to itself:", label=label)
    )
    derivative: Part = (write_derivative(label, label), "grad")
    formula: Parts = (derivative, (" = ", "plain"), ("1", "grad"))
    if total != 1.0:
        formula = _with_total((derivative, (" += ", "plain"), ("1", "grad")), total)
    return Sentence(((words, "plain"),), formula)


def _backward(step: BackwardStep, snapshot: GraphSnapshot, timeline: Timeline, number: int) -> Sentence:
    record = snapshot.nodes[step.node]
    root, place, count, passes = _pass_of(timeline, number)
    target = _short(snapshot.nodes[root].label)
    node, operand = _short(record.label), _short(snapshot.nodes[step.operand].label)
    where = (
        tr("Backward {number:,} of {count:,}, pass {passes}", number=place, count=count, passes=passes)
        if passes
        else tr("Backward {number:,} of {count:,}", number=place, count=count)
    )
    passing = _fill(_PASSING.get(record.symbol, _SCALES), operation=((record.chip, "strong"),))
    words = _merged(((where, "plain"), (" — ", "plain"), *passing))
    start: Parts = ((write_derivative(target, operand), "grad"), (" += ", "plain"))
    rule: Parts = (
        (write_derivative(node, operand), "data"),
        (" · ", "plain"),
        (write_derivative(target, node), "grad"),
        (" = ", "plain"),
    )
    numbers: Parts = (
        (f"{format_short(step.local)} × {_factor(step.upstream)} = ", "plain"),
        (format_short(step.contribution), "grad"),
    )
    whole, short = (*start, *rule, *numbers), (*start, *numbers)
    if not _has_gradient(timeline, step.operand, number):
        return Sentence(words, whole, (short, short))
    return Sentence(words, _with_total(whole, step.total), (_with_total(short, step.total), short))


def _with_total(formula: Parts, total: float) -> Parts:
    """The formula of a contribution, and the gradient after it."""
    return _fill(tr("{formula}, in all {total}"), formula=formula, total=((format_short(total), "grad"),))


def _pass_of(timeline: Timeline, number: int) -> tuple[int, int, int, int]:
    """Root of a backward step's pass, place in it (from 1), steps in it, number of the pass (0 for a single pass)."""
    seeds = [i for i, step in enumerate(timeline.steps) if isinstance(step, SeedStep)]
    which = bisect_left(seeds, number) - 1
    end = seeds[which + 1] if which + 1 < len(seeds) else len(timeline.steps)
    passes = which + 1 if len(seeds) > 1 else 0
    return timeline.steps[seeds[which]].node, number - seeds[which], end - seeds[which] - 1, passes


def _has_gradient(timeline: Timeline, node: int, position: int) -> bool:
    """Say whether ``node`` has a gradient when ``position`` steps are done."""
    grad = None
    for start, value in timeline.grads[node]:
        if start > position:
            break
        grad = value
    return grad is not None


def _formula(record: NodeRecord, operands: list[str]) -> str:
    assert record.operation is not None
    return write_formula(record.operation, operands, record.constant, _short(record.label))


def _factor(x: float) -> str:
    text = format_short(x)
    return f"({text})" if text.startswith(MINUS) else text


def _is_expression(label: str) -> bool:
    """Say whether a label is the source text of a sub-expression rather than a name."""
    return any(sign in label for sign in " +-*/(") or not label


def _short(label: str) -> str:
    return shorten(label, LABEL_LENGTH)
