"""Warnings about gradients: which are not finite, where PyTorch's differ, and where none flows."""

from __future__ import annotations

import ast
import math
from collections.abc import Set

from micrograd_core.engine import GradStep, Value
from micrograd_core.language.recorder import Recorder
from micrograd_core.language.source import Located
from micrograd_core.language.values import Number, number_text
from micrograd_core.ops import OPS
from micrograd_core.texts import tr

_PYTORCH_DIFFERS = {
    row.symbol: [case for case in row.edge_cases if case.pytorch and case.pytorch[1:] != case.slopes]
    for row in OPS.values()
    if any(case.pytorch for case in row.edge_cases)
}
"""The edge cases whose slopes are others in PyTorch, by symbol of the operation."""
_MOST_LEAVING = 3


def look_at_step(recorder: Recorder, step: GradStep, node: Located) -> None:
    """Warn of a step of ``backward()``, called at ``node``."""
    if not math.isfinite(step.total) and math.isfinite(step.upstream) and not _is_minor(recorder, step):
        name = recorder.label_of(step.operand)
        message = tr("The gradient of {name} becomes {number} here.", name=name, number=step.total)
        recorder.warn("grad", message, node)
    if step.upstream and step.operand_index == 0:
        _look_at_edge(recorder, step.node)


def _is_minor(recorder: Recorder, step: GradStep) -> bool:
    """Return True for a number without a name beside another operand: the 1 of ``1/x``, the −1 of ``-x``."""
    alone = all(_is_bare(recorder, operand) for operand in step.node.operands)
    return not alone and _is_bare(recorder, step.operand)


def _is_bare(recorder: Recorder, value: Value) -> bool:
    return not value.operands and not value.label and value in recorder.from_numbers


def _look_at_edge(recorder: Recorder, value: Value) -> None:
    symbol = value.op if value.constant is None else "**n"
    cases = _PYTORCH_DIFFERS.get(symbol)
    if not cases or "edge" in recorder.warnings:
        return
    point = tuple(operand.data for operand in value.operands)
    if value.constant is not None:
        point += (value.constant,)
    # As text 0 and −0 differ.
    if any(case.operands == point and str(case.operands) == str(point) for case in cases):
        origin = recorder.origins[value]
        message = tr(
            "A gradient flows through {expression} at {number}. {note}",
            expression=recorder.labels.get(value) or recorder.source.text(origin),
            number=number_text(point[0]),
            note=OPS[symbol].note,
        )
        recorder.warn("edge", message, origin)


def look_at_what_left(recorder: Recorder, tree: ast.Module, graph: Set[Value]) -> None:
    """Warn where a plain number was made of a Value, and used for more than being printed.

    A typed number counts only if it is a part of ``graph``: others are settings, and so are whole numbers.
    """
    if not recorder.left:
        return
    printed = _printed(tree)
    found = {
        recorder.source.text(node): node
        for node, things in recorder.left.items()
        if node not in printed and any(_has_gradient(recorder, thing, graph) for thing in things)
    }
    for text, node in list(found.items())[:_MOST_LEAVING]:
        message = tr("{expression} leaves the graph: no gradient flows through it.", expression=text)
        recorder.warn(message, message, node)


def _has_gradient(recorder: Recorder, thing: object, graph: Set[Value]) -> bool:
    value = thing.value if isinstance(thing, Number) else thing
    if not isinstance(value, Value):
        return False
    if value not in recorder.from_numbers:
        return True
    return value in graph and value not in recorder.whole_numbers


def _printed(tree: ast.Module) -> set[ast.AST]:
    """Return all expressions whose value is only printed, or written into a text."""
    printed: set[ast.AST] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name("print")) | ast.FormattedValue():
                printed.update(ast.walk(node))
            case ast.Expr(value):
                printed.add(value)
    return printed
