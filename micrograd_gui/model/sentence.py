"""What a step of the timeline does, as one sentence with names and numbers."""

import math
from bisect import bisect_left
from dataclasses import dataclass
from typing import Literal

from micrograd_gui.model.fit_text import shorten
from micrograd_gui.model.formula import write_derivative, write_formula
from micrograd_gui.model.numbers import MINUS, format_short
from micrograd_gui.model.snapshot import GraphSnapshot, NodeRecord
from micrograd_gui.model.timeline import BackwardStep, ForwardStep, Moment, SeedStep, Timeline

Role = Literal["plain", "strong", "data", "grad"]
Part = tuple[str, Role]

LABEL_LENGTH = 24
"""Longer labels are shortened in the middle."""

_PASSING = {
    "+": "passes the gradient on",
    "*": "multiplies it by the other factor",
    "**n": "scales it by the slope of the power",
    "**": "scales it by the slope of the power",
    "relu": "lets it through where its input is not negative",
    "exp": "multiplies it by its own value",
    "log": "divides it by its input",
    "abs": "gives it the sign of its input",
}
"""What an operation does with the gradient on its way back, by symbol; all others scale it by their slope."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """Runs of text and what each of them is: words, an operation, something of the forward or the backward pass."""

    words: tuple[Part, ...] = ()
    formula: tuple[Part, ...] = ()
    shorter: tuple[tuple[Part, ...], ...] = ()
    """The formula for where there is less room, and still less: without the rule in names, without the total."""

    @property
    def text(self) -> str:
        return "  ".join(_join(parts) for parts in (self.words, self.formula) if parts)


def _join(parts: tuple[Part, ...]) -> str:
    return "".join(text for text, _role in parts)


def plain_sentence(text: str) -> Sentence:
    """A sentence of words alone."""
    return Sentence(((text, "plain"),))


def step_sentence(snapshot: GraphSnapshot | None, timeline: Timeline, moment: Moment) -> Sentence:
    """The step that is under way or was just done at ``moment``."""
    if snapshot is None:
        return plain_sentence("Type an expression to see its graph.")
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
    forward = timeline.forward_count
    backward = sum(isinstance(step, BackwardStep) for step in timeline.steps)
    if not forward:
        return plain_sentence("The leaves are given; there is nothing to compute from them yet.")
    operations = _count(forward, "operation")
    gradients = _count(backward, "gradient")
    words = f"The leaves are given; {operations} to compute forward, then {gradients} to pass backward."
    return plain_sentence(words)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number:,} {noun}s"


def _forward(record: NodeRecord, snapshot: GraphSnapshot, timeline: Timeline, number: int) -> Sentence:
    operands = [snapshot.nodes[operand] for operand in record.operands]
    names = [_short(operand.label) for operand in operands]
    numbers = [format_short(operand.data) for operand in operands]
    label = _short(record.label)
    # The label of a sub-expression is its formula already.
    formula = "" if _is_expression(record.label) else f" = {_formula(record, names)}"
    words: tuple[Part, ...] = (
        (f"Forward {number + 1:,} of {timeline.forward_count:,} — ", "plain"),
        (record.chip, "strong"),
        (" computes", "plain"),
    )
    name: Part = (label, "data")
    result: tuple[Part, ...] = (
        (f" = {_formula(record, numbers)} = ", "plain"),
        (format_short(record.data), "data"),
    )
    rule: tuple[Part, ...] = ((formula, "plain"),) if formula else ()
    return Sentence(words, (name, *rule, *result), ((name, *result),))


def _seed(record: NodeRecord, timeline: Timeline, number: int, total: float) -> Sentence:
    label = _short(record.label)
    again = any(isinstance(step, SeedStep) for step in timeline.steps[:number])
    words = (
        "Backward again — leaves keep their gradients, inner cards start afresh:"
        if again
        else f"Backward begins — the gradient of {label} by itself:"
    )
    formula: tuple[Part, ...] = (
        (write_derivative(label, label), "grad"),
        (" += " if total != 1.0 else " = ", "plain"),
        ("1", "grad"),
    )
    if total != 1.0:
        formula += ((", in all ", "plain"), (format_short(total), "grad"))
    return Sentence(((words, "plain"),), formula)


def _backward(step: BackwardStep, snapshot: GraphSnapshot, timeline: Timeline, number: int) -> Sentence:
    record = snapshot.nodes[step.node]
    root, place, count, passes = _pass_of(timeline, number)
    of_pass = f", pass {passes}" if passes else ""
    target = _short(snapshot.nodes[root].label)
    node, operand = _short(record.label), _short(snapshot.nodes[step.operand].label)
    passing = _PASSING.get(record.symbol, "scales it by its slope")
    words: tuple[Part, ...] = (
        (f"Backward {place:,} of {count:,}{of_pass} — ", "plain"),
        (record.chip, "strong"),
        (f" {passing}:", "plain"),
    )
    start: tuple[Part, ...] = ((write_derivative(target, operand), "grad"), (" += ", "plain"))
    rule: tuple[Part, ...] = (
        (write_derivative(node, operand), "data"),
        (" · ", "plain"),
        (write_derivative(target, node), "grad"),
        (" = ", "plain"),
    )
    numbers: tuple[Part, ...] = (
        (f"{format_short(step.local)} × {_factor(step.upstream)} = ", "plain"),
        (format_short(step.contribution), "grad"),
    )
    total: tuple[Part, ...] = ()
    if _has_gradient(timeline, step.operand, number):
        total = ((", in all ", "plain"), (format_short(step.total), "grad"))
    shorter = (*start, *numbers, *total), (*start, *numbers)
    return Sentence(words, (*start, *rule, *numbers, *total), shorter)


def _pass_of(timeline: Timeline, number: int) -> tuple[int, int, int, int]:
    """Of a backward step: root of its pass, place in it (from 1), steps in it, which pass (0: there is only one)."""
    seeds = [i for i, step in enumerate(timeline.steps) if isinstance(step, SeedStep)]
    which = bisect_left(seeds, number) - 1
    end = seeds[which + 1] if which + 1 < len(seeds) else len(timeline.steps)
    passes = which + 1 if len(seeds) > 1 else 0
    return timeline.steps[seeds[which]].node, number - seeds[which], end - seeds[which] - 1, passes


def _has_gradient(timeline: Timeline, node: int, position: int) -> bool:
    """Whether ``node`` has a gradient when ``position`` steps are done."""
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
    """Whether a label is the source text of a sub-expression rather than a name."""
    return any(sign in label for sign in " +-*/(") or not label


def _short(label: str) -> str:
    return shorten(label, LABEL_LENGTH)
