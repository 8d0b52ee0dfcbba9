"""Data of the inspector: a node's ledger of gradients, and the target as a function of the node."""

import re
from dataclasses import dataclass, replace

from micrograd_core.ops import ALL_NUMBERS, OPS
from micrograd_core.texts import tr, tr_count
from micrograd_gui.model.fit_text import shorten
from micrograd_gui.model.formula import bracketed
from micrograd_gui.model.numbers import MINUS, format_short
from micrograd_gui.model.snapshot import GraphSnapshot, NodeRecord
from micrograd_gui.model.steps import BackwardStep, SectionSteps, SetGradStep, contributions_from
from micrograd_gui.model.timeline import Moment, Timeline

_LABEL_LENGTH = 16
_MOST_SENTENCES = 3


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """What a gradient is made of: one ``grad += local × upstream``, seen from one of its ends, or a start amount.

    A start amount, which was carried over or set by hand, has a total and a ``through`` alone.
    """

    position: int
    """Position of the timeline at which it is done."""
    through: str
    """The node at the other end, with its operation: ``s (+)``; or where a start amount comes from."""
    node: str
    """Id of that node; "" for a start amount."""
    local_formula: str
    """The local derivative in the operands' names, and as a number: ``w1 = −3``."""
    local: float | None
    upstream: float | None
    contribution: float
    total: float
    """The receiver's gradient after this step."""
    done: bool
    """True once playback has passed it."""
    cleared: bool = False
    """True once the gradient was cleared or set anew after it, so that it no longer counts."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """One node at one moment; ``data`` and ``grad`` are None before playback has reached them."""

    node: NodeRecord
    data: float | None
    grad: float | None
    target_label: str
    expression: str
    """``= x1 × w1``; "" for a leaf."""
    receives: tuple[LedgerRow, ...]
    sends: tuple[LedgerRow, ...]
    final_grad: float | None
    """Gradient after the last step; None if no pass reaches the node, so that it is 0."""
    state: str
    """Sentences on what happened to its numbers: data that changed after its use, a gradient set by hand."""
    note: str
    """Sentences on its operation: its domain, and its conventions at edge cases."""
    is_target: bool


def inspect(snapshot: GraphSnapshot, timeline: Timeline, moment: Moment, node: int) -> Inspection:
    """The node at ``moment``, and every gradient that it receives or passes on in the moment's section."""
    record = snapshot.nodes[node]
    steps = timeline.steps_of(moment.section)
    history = steps.grads[node]
    start = timeline.starts[moment.section]
    return Inspection(
        node=record,
        data=moment.data[node],
        grad=moment.grads[node] if any(grad is not None for _, grad in history) else 0.0,
        target_label=snapshot.nodes[snapshot.target].label,
        expression=f"= {record.formula}" if record.formula else "",
        receives=tuple(_received(snapshot, timeline, moment, node)),
        sends=tuple(
            _ledger_row(snapshot, moment, start + position, step, step.operand)
            for position, step in contributions_from(steps, node)
        ),
        final_grad=history[-1][1],
        state=_state(snapshot, timeline, moment, node),
        note=_note(snapshot, record),
        is_target=node == snapshot.target,
    )


def _state(snapshot: GraphSnapshot, timeline: Timeline, moment: Moment, node: int) -> str:
    sentences = []
    steps = timeline.steps_of(moment.section)
    nodes = snapshot.nodes
    for use in steps.uses:
        if (use.node, use.operand_index) in moment.outdated and node in (use.node, use.operand):
            user, operand = nodes[use.node].label, nodes[use.operand].label
            number = format_short(use.data)
            sentences.append(
                tr(
                    "{user} was computed with {operand} = {number}.",
                    user=user,
                    operand=operand,
                    number=number,
                )
            )
    if node in moment.by_hand:
        sentences.append(tr("Its gradient was set by hand; the check below has the one of backward()."))
    sentences = list(dict.fromkeys(sentences))
    more = len(sentences) - _MOST_SENTENCES
    if more > 0:
        sentences[_MOST_SENTENCES:] = [tr_count("And {n} more card.", "And {n} more cards.", more)]
    return " ".join(sentences)


def _received(snapshot: GraphSnapshot, timeline: Timeline, moment: Moment, node: int) -> list[LedgerRow]:
    """What the node's gradient is made of. Rows before a clearing that is done are marked as cleared."""
    steps = timeline.steps_of(moment.section)
    start = timeline.starts[moment.section]
    rows: list[LedgerRow] = []
    carried = steps.grad_at(node, 0)
    if carried:
        rows.append(_start_amount(start, _carried_from(timeline, moment.section), carried, moment))
    cleared_at = _last_clearing(steps, node, int(moment.position) - start) + start
    for position, step in enumerate(steps.steps, start + 1):
        is_set = isinstance(step, SetGradStep) and step.node == node
        if isinstance(step, BackwardStep) and step.operand == node:
            rows.append(_ledger_row(snapshot, moment, position, step, step.node))
        elif isinstance(step, SetGradStep) and is_set and step.new:
            cause = timeline.cause(position)
            place = None if cause is None else cause.place
            words = tr("set by hand in line {line}", line=0 if place is None else place.line)
            rows.append(_start_amount(position, words, step.new, moment))
    return [replace(row, cleared=row.position < cleared_at) for row in rows]


def _last_clearing(steps: SectionSteps, node: int, done: int) -> int:
    """The last position up to ``done`` at which a node's gradient was cleared or set anew; 0 for none."""
    resets = [position for position, grad in steps.grads[node] if grad is None and position <= done]
    sets = [
        position
        for position, step in enumerate(steps.steps[:done], 1)
        if isinstance(step, SetGradStep) and step.node == node
    ]
    return max([0, *resets, *sets])


def _carried_from(timeline: Timeline, section: int) -> str:
    """Where a gradient comes from that was there before the section."""
    rounds = timeline.numbers_of(section)
    if rounds and rounds[-1]:
        return tr("carried over from round {number}", number=rounds[-1] - 1)
    return tr("carried over")


def _start_amount(position: int, through: str, amount: float, moment: Moment) -> LedgerRow:
    done = position <= moment.position
    return LedgerRow(position, through, "", "", None, None, amount, amount, done)


def _ledger_row(
    snapshot: GraphSnapshot, moment: Moment, position: int, step: BackwardStep, other: int
) -> LedgerRow:
    if other < 0:
        words = tr("{label}, not shown", label=step.hidden)
        return LedgerRow(
            position, words, "", "", step.local, step.upstream, step.contribution, step.total,
            done=position <= moment.position,
        )  # fmt: skip
    end = snapshot.nodes[other]
    return LedgerRow(
        position=position,
        through=f"{end.label} ({end.chip})" if end.chip else end.label,
        node=end.id,
        local_formula=_local_formula(snapshot, step),
        local=step.local,
        upstream=step.upstream,
        contribution=step.contribution,
        total=step.total,
        done=position <= moment.position,
    )


def _local_formula(snapshot: GraphSnapshot, step: BackwardStep) -> str:
    record = snapshot.nodes[step.node]
    template = OPS[record.symbol].partial_formulas[step.operand_index]
    number = format_short(step.local)
    formula = _fill(snapshot, record, template)
    return number if formula == number else f"{formula} = {number}"


def _note(snapshot: GraphSnapshot, record: NodeRecord) -> str:
    operation = record.operation
    if operation is None:
        return ""
    domain = "" if operation.domain == ALL_NUMBERS else operation.domain
    return " ".join(filter(None, (_fill(snapshot, record, domain), operation.note)))


def _fill(snapshot: GraphSnapshot, record: NodeRecord, template: str) -> str:
    """A text of the table of operations with the node's own names in it; bracketed where they need it."""
    alone = re.fullmatch(r"\{\w+\}", template) is not None
    names = [_plain(snapshot.nodes[node].label) for node in record.operands]
    out = _plain(record.label)
    if not alone:
        names, out = [bracketed(name) for name in names], bracketed(out)
    constant = "" if record.constant is None else format_short(record.constant)
    return template.format(*names, n=constant, out=out)


def _plain(label: str) -> str:
    """A label short enough for a table; a number as numbers are written here."""
    if re.fullmatch(r"-[\d.]+(e-?\d+)?", label):
        label = MINUS + label[1:]
    return shorten(label, _LABEL_LENGTH)
