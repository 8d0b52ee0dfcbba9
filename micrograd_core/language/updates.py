"""The arithmetic of an update such as ``p.data -= 0.05 * p.grad``, kept with the numbers that it used."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from micrograd_core.engine import Value
from micrograd_core.language.arithmetic import literal_number
from micrograd_core.language.interpreter import Interpreter
from micrograd_core.language.recording import Slot, Template
from micrograd_core.language.values import Number

_SIGNS: dict[type[ast.operator], tuple[str, int]] = {
    ast.Add: ("+", 1),
    ast.Sub: ("-", 1),
    ast.Mult: ("*", 2),
    ast.Div: ("/", 2),
    ast.Pow: ("**", 3),
}
"""Symbol and precedence of the operators that an update is told with."""
_NEGATIVE = 2
"""Precedence of a minus sign before one operand."""


class Update(NamedTuple):
    """The template of a statement, and what is to be read for each of its slots."""

    template: Template
    reads: tuple[ast.expr, ...]


_DEEPEST = 8
"""Nesting of operators up to which an update is told."""


@lru_cache(maxsize=256)
def update_of(statement: ast.stmt | None) -> Update | None:
    """The arithmetic of an assignment to ``.data``; None if it is more than that of numbers and attributes."""
    match statement:
        case ast.AugAssign(target=ast.Attribute() as target, op=op, value=value):
            tree: ast.expr = ast.BinOp(target, op, value)
        case ast.Assign(targets=[ast.Attribute()], value=tree):
            pass
        case _:
            return None
    pieces: list[str | Slot] = []
    reads: list[ast.expr] = []
    for piece in _pieces(tree, 0, _DEEPEST):
        if isinstance(piece, str):
            pieces.append(piece)
            continue
        slot = _slot(piece)
        if slot is None:
            return None
        pieces.append(slot)
        reads.append(piece)
    return Update(Template(tuple(pieces)), tuple(reads))


def _pieces(node: ast.expr, precedence: int, depth: int) -> Iterator[str | ast.expr]:
    """Yield signs and brackets as text, and what they join as expressions, down to a depth."""
    if isinstance(node, ast.BinOp) and depth and type(node.op) in _SIGNS:
        sign, own = _SIGNS[type(node.op)]
        left, right = (own + 1, own) if sign == "**" else (own, own + 1)
        if own < precedence:
            yield "("
        yield from _pieces(node.left, left, depth - 1)
        yield sign
        yield from _pieces(node.right, right, depth - 1)
        if own < precedence:
            yield ")"
    elif (
        isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and depth and not literal_number(node)
    ):
        if precedence > _NEGATIVE:
            yield "("
        yield "negative"
        yield from _pieces(node.operand, _NEGATIVE, depth - 1)
        if precedence > _NEGATIVE:
            yield ")"
    else:
        yield node


def _slot(node: ast.expr) -> Slot | None:
    match node:
        case ast.Attribute(attr="data" | "grad" as attribute, value=owner) if _is_path(owner):
            return Slot(attribute, "")
        case ast.Name(id=name):
            return Slot("number", name)
    return Slot("number", "") if literal_number(node) is not None else None


def _is_path(node: ast.expr) -> bool:
    """Say whether an expression can be evaluated again without any effect: names, attributes, elements."""
    while not isinstance(node, ast.Name):
        match node:
            case ast.Attribute(value=node):
                pass
            case ast.Subscript(value=node, slice=ast.Name() | ast.Constant()):
                pass
            case _:
                return False
    return True


def read(interpreter: Interpreter, update: Update) -> list[Value | float] | None:
    """What the slots hold at this moment: nodes, or plain numbers. None if a name holds neither."""
    values: list[Value | float] = []
    for slot, node in zip(update.template.slots, update.reads, strict=True):
        if slot.kind != "number":
            assert isinstance(node, ast.Attribute)
            owner = interpreter.recorder.value(interpreter.evaluate(node.value), node.value)
            if owner is None:
                return None
            values.append(owner)
            continue
        thing = interpreter.evaluate(node)
        if isinstance(thing, Number):
            thing = thing.present
        if isinstance(thing, Value) or not isinstance(thing, int | float):
            return None
        values.append(float(thing))
    return values
