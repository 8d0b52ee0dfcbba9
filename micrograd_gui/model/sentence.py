"""The sentence of a step: what it does, with names and numbers."""

import math
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import groupby
from string import Formatter
from typing import Literal, TypeAlias

from micrograd_core.texts import tr, tr_count
from micrograd_gui.model.fit_text import shorten
from micrograd_gui.model.formula import write_derivative, write_formula
from micrograd_gui.model.numbers import MINUS, format_short
from micrograd_gui.model.section_steps import rule_of
from micrograd_gui.model.snapshot import GraphSnapshot, NodeRecord, Span
from micrograd_gui.model.steps import (
    BackwardStep,
    EndStep,
    ForwardStep,
    Operand,
    SectionSteps,
    SeedStep,
    SetGradStep,
    UpdateStep,
)
from micrograd_gui.model.timeline import Moment, Timeline

Role = Literal["plain", "strong", "data", "grad", "update"]
Part: TypeAlias = tuple[str, Role]
Parts: TypeAlias = tuple[Part, ...]

Rule: TypeAlias = tuple[str | Operand, ...]
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
    """The step that is under way or was just done at ``moment``; ``snapshot`` is the graph of its section."""
    if snapshot is None:
        return plain_sentence(tr("Type an expression to see its graph."))
    steps = timeline.steps_of(moment.section)
    number = math.ceil(moment.position) - timeline.starts[moment.section] - 1
    if moment.step is None:
        return _beginning(steps)
    if isinstance(moment.step, EndStep):
        return plain_sentence(tr("The program has ended. This is what its names hold."))
    context = _Context(snapshot, steps, number)
    cause = timeline.cause(moment.position)
    assert cause is not None, "only the beginning has none"
    match moment.step:
        case ForwardStep() as step:
            sentence = _forward(step, context)
        case UpdateStep() as step:
            sentence = _update(step, context, rule_of(timeline.table_of(moment.section), cause.event))
        case SetGradStep() as step:
            sentence = _set_grad(step, context, cause.place)
        case SeedStep(node, total):
            sentence = _seed(snapshot.nodes[node], context, total, is_own=cause.place is not None)
        case BackwardStep() as step:
            sentence = _backward(step, context)
    words = sentence.words
    rounds = timeline.numbers_of(moment.section)
    if rounds:
        numbers = ".".join(map(str, rounds))
        words = _fill(tr("Round {number} · {words}"), number=numbers, words=_uncapitalized(words))
    return replace(sentence, words=words)


@dataclass(frozen=True, slots=True)
class _Context:
    """A step within its section."""

    snapshot: GraphSnapshot
    steps: SectionSteps
    number: int
    """Index of the step in the section."""

    def label(self, node: int) -> str:
        return _short(self.snapshot.nodes[node].label)

    @property
    def place(self) -> tuple[int, int]:
        """The place of the step in its pass, from 1, and the number of steps there."""
        segment = next(s for s in self.steps.segments if s.begin <= self.number < s.begin + s.count)
        return self.number - segment.begin + 1, segment.count

    def has_gradient(self, node: int) -> bool:
        """Say whether a node has a gradient before this step that is more than a cleared one."""
        position, grad = [entry for entry in self.steps.grads[node] if entry[0] <= self.number][-1]
        if grad == 0.0:
            return position > 0 and not isinstance(self.steps.steps[position - 1], SetGradStep)
        return grad is not None

    @property
    def root(self) -> str:
        """Label of the root of the present backward pass, or else of what is differentiated on this graph."""
        for step in reversed(self.steps.steps[: self.number + 1]):
            if isinstance(step, SeedStep):
                return self.label(step.node)
        return self.label(self.snapshot.target)


def _uncapitalized(words: Parts) -> Parts:
    (text, role), *others = words
    return ((text[:1].lower() + text[1:], role), *others)


def _beginning(steps: SectionSteps) -> Sentence:
    if not steps.forward_count:
        return plain_sentence(tr("The leaves are given; there is nothing to compute from them yet."))
    forward = tr_count(
        "The leaves are given; {n:,} operation follows in the forward pass.",
        "The leaves are given; {n:,} operations follow in the forward pass.",
        steps.forward_count,
    )
    backward = tr_count(
        "Then {n:,} gradient flows backward.",
        "Then {n:,} gradients flow backward.",
        sum(isinstance(step, BackwardStep) for step in steps.steps),
    )
    return plain_sentence(f"{forward} {backward}")


def _forward(step: ForwardStep, context: _Context) -> Sentence:
    record = context.snapshot.nodes[step.node]
    names = [context.label(operand) for operand in record.operands]
    place, count = context.place
    words = _fill(
        tr("Forward {number:,} of {count:,} — {operation} computes"),
        number=place,
        count=count,
        operation=((record.chip, "strong"),),
    )
    name: Part = (_short(record.label), "data")
    result: Parts = (
        (f" = {_formula(record, list(map(format_short, step.operands)))} = ", "plain"),
        (format_short(step.data), "data"),
    )
    # The label of a sub-expression is its formula already.
    rule: Parts = () if _is_expression(record.label) else ((f" = {_formula(record, names)}", "plain"),)
    return Sentence(words, (name, *rule, *result), ((name, *result),))


def _update(step: UpdateStep, context: _Context, rule: Rule) -> Sentence:
    label = context.label(step.node)
    place, count = context.place
    words = _fill(
        tr("Update {number:,} of {count:,} — {what}:"),
        number=place,
        count=count,
        what=_movement(step, label, rule),
    )
    start: Parts = ((label, "update"), (" ← ", "plain"))
    result: Part = (format_short(step.new), "update")
    if len(rule) < 2:
        before = tr(", before {number}", number=format_short(step.old))
        return Sentence(words, (*start, result, (before, "plain")), ((*start, result),))
    target = context.label(context.snapshot.target)
    names = tuple(part for piece in rule for part in _rule_part(piece, target))
    numbers = tuple(part for piece in rule for part in _rule_part(piece, ""))
    equals: Part = (" = ", "plain")
    short = (*start, *numbers, equals, result)
    return Sentence(
        words, _merged((*start, *names, equals, *numbers, equals, result)), (short, (*start, result))
    )


def _movement(step: UpdateStep, label: str, rule: Rule) -> str:
    """What an update does, in words."""
    own = [piece for piece in rule if not isinstance(piece, str) and piece.kind == "grad"]
    if len(own) == 1 and _short(own[0].name) == label and own[0].number and step.new != step.old:
        against = (step.new > step.old) != (own[0].number > 0.0)
        template = (
            tr("{label} moves against its gradient") if against else tr("{label} moves along its gradient")
        )
        return template.format(label=label)
    return tr("the program changes {label}", label=label)


_SIGNS = {"+": " + ", "-": f" {MINUS} ", "*": " · ", "/": " / ", "negative": MINUS}
"""Python's signs as a rule in names has them; others stay."""


def _rule_part(piece: str | Operand, target: str) -> Parts:
    """A part of an update's rule: in names, or without a ``target`` in numbers."""
    if isinstance(piece, str):
        return ((" × " if piece == "*" and not target else _SIGNS.get(piece, piece), "plain"),)
    role: Role = "plain" if piece.kind == "number" else piece.kind
    if not target or not piece.name:
        return ((_factor(piece.number), role),)
    name = _short(piece.name)
    return ((write_derivative(target, name) if piece.kind == "grad" else name, role),)


def _set_grad(step: SetGradStep, context: _Context, place: Span | None) -> Sentence:
    label = context.label(step.node)
    derivative: Part = (write_derivative(context.label(context.snapshot.target), label), "grad")
    number, count = context.place
    if step.new == 0.0:
        words = tr("Clear {number:,} of {count:,} — the gradient of {label} is set to 0:",
                   number=number, count=count, label=label)  # fmt: skip
    else:
        words = tr("By hand — line {line} sets the gradient of {label}:",
                   line=0 if place is None else place.line, label=label)  # fmt: skip
    formula: Parts = (derivative, (" ← ", "plain"), (format_short(step.new), "grad"))
    if step.old == 0.0:
        return Sentence(((words, "plain"),), formula)
    before = tr(", before {number}", number=format_short(step.old))
    return Sentence(((words, "plain"),), (*formula, (before, "plain")), (formula,))


def _seed(record: NodeRecord, context: _Context, total: float, *, is_own: bool) -> Sentence:
    label = _short(record.label)
    if not is_own:
        words = tr(
            "Backward begins, not called by your program — the gradient of {label} with respect to itself:",
            label=label,
        )
    elif any(isinstance(step, SeedStep) for step in context.steps.steps[: context.number]):
        words = tr("Backward again — leaves keep their gradients, inner cards start afresh:")
    else:
        words = tr("Backward begins — the gradient of {label} with respect to itself:", label=label)
    derivative: Part = (write_derivative(label, label), "grad")
    formula: Parts = (derivative, (" = ", "plain"), ("1", "grad"))
    if total != 1.0:
        formula = _with_total((derivative, (" += ", "plain"), ("1", "grad")), total)
    return Sentence(((words, "plain"),), formula)


def _backward(step: BackwardStep, context: _Context) -> Sentence:
    place, count, passes = _pass_of(context.steps, context.number)
    target = context.root
    node, operand = (
        _short(step.hidden) if step.hidden else context.label(step.node),
        context.label(step.operand),
    )
    where = (
        tr("Backward {number:,} of {count:,}, pass {passes}", number=place, count=count, passes=passes)
        if passes
        else tr("Backward {number:,} of {count:,}", number=place, count=count)
    )
    passing = _passing(step, context)
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
    if not context.has_gradient(step.operand):
        return Sentence(words, whole, (short, short))
    return Sentence(words, _with_total(whole, step.total), (_with_total(short, step.total), short))


def _passing(step: BackwardStep, context: _Context) -> Parts:
    """What an operation does to the gradient, in words."""
    if step.hidden:
        return _fill(
            tr("{node}, which no name holds any more, passes its gradient on:"), node=_short(step.hidden)
        )
    record = context.snapshot.nodes[step.node]
    return _fill(_PASSING.get(record.symbol, _SCALES), operation=((record.chip, "strong"),))


def _with_total(formula: Parts, total: float) -> Parts:
    """The formula of a contribution, and the gradient after it."""
    return _fill(tr("{formula}, in all {total}"), formula=formula, total=((format_short(total), "grad"),))


def _pass_of(steps: SectionSteps, number: int) -> tuple[int, int, int]:
    """Place of a backward step in its pass (from 1), steps in it, number of the pass (0 for a single pass).

    A step without a pass, as ``_backward()`` makes it, counts among its neighbours of the same kind.
    """
    seeds = [i for i, step in enumerate(steps.steps) if isinstance(step, SeedStep)]
    which = bisect_left(seeds, number) - 1
    begin = seeds[which] if which >= 0 else -1
    after = seeds[which + 1] if which + 1 < len(seeds) else len(steps)
    own = [i for i in range(begin + 1, after) if isinstance(steps.steps[i], BackwardStep)]
    return own.index(number) + 1, len(own), which + 1 if len(seeds) > 1 else 0


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
