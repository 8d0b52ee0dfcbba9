"""Operators, which make nodes of the graph or compute plain numbers.

The origin of the numbers decides. A number is *typed* (written in the source, or ``math.pi``, or drawn at random),
*counted* (``range``, ``enumerate``, ``len``, ``k += 1`` in ``while k < 9``) or *detached* (``.data``, ``.grad``,
comparisons, ``float(…)``).

- A ``Value`` with any number makes nodes, by the operators of ``Value`` itself. It has none for ``//``, which makes a
  plain number, with a warning.
- Typed with typed makes nodes: ``2.0*3.0`` is a graph.
- Typed with counted makes nodes if the typed number has a name: ``a*k`` for ``k in range(10)`` is a graph of ``a``,
  while ``1.0 - 0.9*k/100`` is a plain number, and again counted.
- Detached with typed or counted is a plain number, and again detached: ``lr * p.grad``, ``(L2 - L1)/h``.
- Typed plus or minus what was computed from its own gradient is typed, under the same name: after
  ``w = w - lr*w.grad`` the next round differentiates by ``w`` as this one did. What was computed from the gradients
  of several numbers belongs to none of them.

So a number that follows from results is never in the graph, unless it is an update of one that is; and any other number
with a name is. Arithmetic never raises; where Python does, the result is inf or nan as in ``ops.py``.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable
from types import NoneType, UnionType
from typing import NamedTuple

from micrograd_core.engine import Value
from micrograd_core.errors import LanguageError
from micrograd_core.language.recorder import Recorder
from micrograd_core.language.source import Located
from micrograd_core.language.values import (
    BoundMethod,
    Builtin,
    Detached,
    Function,
    Gradient,
    Number,
    Plain,
    describe,
    detach,
    number_text,
    whole_or_float,
)
from micrograd_core.ops import OPS, divide
from micrograd_core.texts import tr


class Evaluated(NamedTuple):
    """The result of an expression, with its node for errors."""

    thing: object
    node: ast.expr


class _Row(NamedTuple):
    """One binary operator."""

    symbol: str
    subject: str
    """The subject of an error about one of its operands."""
    plain: Callable[[float, float], float]
    graph: Callable[[Value, Value], Value] | None
    """The operator on Values; None if Values do not have it."""
    implied: str = ""
    """Label of the intermediate node that the engine makes; {} is the right operand's text."""


def _floor_divide(x: float, y: float) -> float:
    quotient = divide(x, y)
    return float(math.floor(quotient)) if math.isfinite(quotient) else quotient


def operand_of(symbol: str) -> str:
    """Subject of an error about an operand; for tables, not for each operation."""
    return tr("An operand of {symbol}", symbol=symbol)


_OPERATORS: dict[type[ast.operator], _Row] = {
    ast.Add: _Row("+", operand_of("+"), OPS["+"].forward, operator.add),
    ast.Sub: _Row("-", operand_of("-"), operator.sub, operator.sub, "-{}"),
    ast.Mult: _Row("*", operand_of("*"), OPS["*"].forward, operator.mul),
    ast.Div: _Row("/", operand_of("/"), divide, operator.truediv, "{}**-1"),
    ast.Pow: _Row("**", operand_of("**"), OPS["**"].forward, operator.pow),
    ast.Mod: _Row("%", operand_of("%"), OPS["%"].forward, operator.mod),
    ast.FloorDiv: _Row("//", operand_of("//"), _floor_divide, None),
}
_REPETITIONS = tr("The number of repetitions")

_UNKNOWN: dict[type[ast.operator], tuple[str, str]] = {
    ast.BitXor: (tr("{code} is not part of this language.", code="^"), tr("Write ** for a power.")),
    ast.MatMult: (
        tr("{code} is not part of this language.", code="@"),
        tr("Write a sum of products: {code}.", code="sum(w*x for w, x in zip(ws, xs))"),
    ),
    ast.BitAnd: (tr("{code} is not part of this language.", code="&"), tr("Write {code}.", code="and")),
    ast.BitOr: (tr("{code} is not part of this language.", code="|"), tr("Write {code}.", code="or")),
    ast.LShift: (tr("{code} is not part of this language.", code="<<"), tr("Write {code}.", code="* 2**n")),
    ast.RShift: (tr("{code} is not part of this language.", code=">>"), tr("Write {code}.", code="/ 2**n")),
}

TEXT_HINT = tr("To put numbers into a text, write {code}.", code="f'… {name:.4f} …'")
_HINTS: tuple[tuple[type | UnionType, str], ...] = (
    (str, TEXT_HINT),
    (
        list | tuple,
        tr("Take an element, as in {element}, or compute a new list: {code}.",
           element="xs[0]", code="[x * 2 for x in xs]"),
    ),
    (Builtin | BoundMethod | Function, tr("To call a function, write () after its name.")),
    (NoneType, tr("A function without a return statement returns None.")),
)  # fmt: skip
"""Hints for operands that are not numbers, by their type."""


def literal_number(node: ast.expr) -> ast.Constant | None:
    """Return the constant in ``2.0``, ``-2.0`` or ``+2.0``; None for any other expression."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        node = node.operand
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return node
    return None


def combine(
    recorder: Recorder, kind: type[ast.operator], left: Evaluated, right: Evaluated, node: Located
) -> object:
    """Compute ``left <operator> right``."""
    row = _OPERATORS.get(kind)
    if row is None:
        raise recorder.error(node, *_UNKNOWN[kind])
    if _is_number(left.thing) and _is_number(right.thing):
        return _combine_numbers(recorder, kind, row, left, right, node)
    if kind is ast.Add and isinstance(left.thing, list | tuple) and type(left.thing) is type(right.thing):
        recorder.spend_items(len(left.thing) + len(right.thing), node)
        return left.thing + right.thing  # type: ignore[operator]
    if kind is ast.Mult and isinstance(left.thing, list | tuple | str):
        times = max(0, recorder.whole(right.thing, right.node, _REPETITIONS))
        recorder.spend_items(len(left.thing) * times, node)
        return left.thing * times
    raise _cannot(recorder, row, left, right, node)


def _combine_numbers(
    recorder: Recorder, kind: type[ast.operator], row: _Row, left: Evaluated, right: Evaluated, node: Located
) -> object:
    if row.graph is None or not _makes_nodes(left.thing, right.thing):
        number = _combine_plain(recorder, row, left, right, node)
        moved = _moved(row, left.thing, right.thing)
        return number if moved is None else _update(recorder, moved, number, node)
    recorder.require_nodes(5, node)
    x = recorder.value(left.thing, left.node)
    assert x is not None
    if kind is ast.Pow and (
        literal_number(right.node) is not None or not isinstance(right.thing, Number | Value)
    ):
        exponent = recorder.number(right.thing, right.node, row.subject)
        result = x**exponent
        recorder.adopt([result], node)
        return result
    y = recorder.value(right.thing, right.node)
    assert y is not None
    result = row.graph(x, y)
    made = recorder.adopt([result], node)
    if row.implied:
        between = next((value for value in made if value.operands and value is not result), None)
        if between is not None:
            recorder.labels[between] = row.implied.format(_as_factor(recorder, right.node))
    return result


def _makes_nodes(left: object, right: object) -> bool:
    """Apply the rule at the top of this file."""
    if isinstance(left, Value) or isinstance(right, Value):
        return True
    if isinstance(left, Number):
        return isinstance(right, Number) or (left.label != "" and not isinstance(right, Detached))
    return isinstance(right, Number) and right.label != "" and not isinstance(left, Detached)


def _combine_plain(recorder: Recorder, row: _Row, left: Evaluated, right: Evaluated, node: Located) -> Plain:
    x = recorder.number(left.thing, left.node, row.subject)
    y = recorder.number(right.thing, right.node, row.subject)
    if row.graph is None:
        recorder.left[node] = left.thing, right.thing
    result: Plain = row.plain(float(x), float(y))
    recorder.check_finite(result, (x, y), node)
    if isinstance(x, int) and isinstance(y, int) and row.symbol != "/":
        result = whole_or_float(result)
    if isinstance(left.thing, Detached) or isinstance(right.thing, Detached):
        return detach(result, left.thing, right.thing)
    return result


def _moved(row: _Row, left: object, right: object) -> Number | None:
    """Return the typed number that is moved along its own gradient; None if none is."""
    if row.symbol == "+" and isinstance(right, Number):
        left, right = right, left
    if row.symbol in "+-" and isinstance(left, Number) and isinstance(right, Gradient):
        return left if right.of is (left.first or left) else None
    return None


def _update(recorder: Recorder, moved: Number, number: float, node: Located) -> Number:
    return Number(
        float(number),
        node,
        number_text(number),
        recorder.tape.keep_round(),
        label=moved.label,
        first=moved.first or moved,
    )


def negate(recorder: Recorder, operand: Evaluated, node: ast.expr) -> object:
    """Compute ``-operand``."""
    thing = operand.thing
    if isinstance(thing, bool | int | float):
        return detach(-thing, thing) if isinstance(thing, Detached) else -thing
    value = recorder.value(thing, operand.node)
    if value is None:
        raise cannot_precede(recorder, "-", thing, node)
    recorder.require_nodes(3, node)
    result = -value
    recorder.adopt([result], node)
    return result


def total(recorder: Recorder, start: object, things: list[object], node: ast.expr) -> object:
    """Add ``things`` to ``start`` from left to right, as ``sum`` does."""
    text = recorder.source.text(node)
    for index, thing in enumerate(things):
        recorder.tick(node)
        if not _is_number(thing):
            raise recorder.error(
                node,
                tr("sum adds numbers, but element {index} is {kind}.", index=index, kind=describe(thing)),
                tr("Pass a list of numbers or Values."),
            )
        if isinstance(start, Value) or isinstance(thing, Value):
            start, thing = _lift(recorder, start, node), _lift(recorder, thing, node)
        start = combine(recorder, ast.Add, Evaluated(start, node), Evaluated(thing, node), node)
        if isinstance(start, Value) and index < len(things) - 1:
            recorder.labels[start] = f"{text} up to {index}"
    return start


def _lift(recorder: Recorder, thing: object, node: ast.expr) -> object:
    """Wrap a plain number that is added to Values as a ``Number`` named by its own digits."""
    if not isinstance(thing, bool | int | float):
        return thing
    return Number(thing, node, number_text(thing), recorder.tape.keep_round())


def _is_number(thing: object) -> bool:
    return isinstance(thing, Value | Number | bool | int | float)


def _as_factor(recorder: Recorder, node: ast.expr) -> str:
    text = recorder.source.text(node)
    return (
        f"({text})"
        if isinstance(node, ast.BinOp | ast.UnaryOp | ast.IfExp | ast.Compare | ast.BoolOp)
        else text
    )


def _cannot(recorder: Recorder, row: _Row, left: Evaluated, right: Evaluated, node: Located) -> LanguageError:
    things = left.thing, right.thing
    message = tr(
        "{symbol} cannot be used between {left} and {right}.",
        symbol=row.symbol,
        left=describe(left.thing),
        right=describe(right.thing),
    )
    hints = (hint for kind, hint in _HINTS if any(isinstance(thing, kind) for thing in things))
    return recorder.error(node, message, next(hints, tr("Use it between numbers.")))


def cannot_precede(recorder: Recorder, symbol: str, thing: object, node: ast.expr) -> LanguageError:
    """Make the error for a sign before something that is not a number."""
    message = tr("{symbol} cannot be used before {kind}.", symbol=symbol, kind=describe(thing))
    return recorder.error(node, message, tr("Use it before numbers."))
