"""Evaluation of each kind of expression. A kind missing from the table is not part of the language."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from micrograd_core.engine import Value
from micrograd_core.language.arithmetic import (
    Evaluated,
    cannot_precede,
    combine,
    literal_number,
    negate,
    operand_of,
)
from micrograd_core.language.builtins import NAMES
from micrograd_core.language.calls import STARRED, elements
from micrograd_core.language.format import format_text, show
from micrograd_core.language.functions import make_function
from micrograd_core.language.interpreter import Interpreter
from micrograd_core.language.problems import unknown_name
from micrograd_core.language.scope import Scope
from micrograd_core.language.source import INVISIBLE
from micrograd_core.language.targets import assign
from micrograd_core.language.trailers import trailers
from micrograd_core.language.values import LARGEST_WHOLE, Function, Number, describe
from micrograd_core.texts import tr


class _Comparison(NamedTuple):
    compare: Callable[[Any, Any], bool]
    subject: str
    """The subject of an error about one of its operands."""
    is_equality: bool = False


_COMPARISONS: dict[type[ast.cmpop], _Comparison] = {
    ast.Lt: _Comparison(operator.lt, operand_of("<")),
    ast.LtE: _Comparison(operator.le, operand_of("<=")),
    ast.Gt: _Comparison(operator.gt, operand_of(">")),
    ast.GtE: _Comparison(operator.ge, operand_of(">=")),
    ast.Eq: _Comparison(operator.eq, operand_of("=="), is_equality=True),
    ast.NotEq: _Comparison(operator.ne, operand_of("!="), is_equality=True),
}
_CONDITION = tr("A condition")


# Numbers, texts, names.


def _constant(interpreter: Interpreter, node: ast.Constant) -> object:
    match node.value:
        case bool() | None:
            return node.value
        case str() as text:
            invisible = INVISIBLE.search(text)
            if invisible is None:
                return text
            raise interpreter.recorder.error(
                node,
                tr("This text contains an invisible character ({code}).", code=f"U+{ord(invisible[0]):04X}"),
                tr("Remove it."),
            )
        case int() | float():
            return _literal(interpreter, node, node, 1)
        case complex():
            raise interpreter.recorder.error(
                node, tr("Complex numbers are not part of this language."), tr("Remove the j.")
            )
        case bytes():
            raise interpreter.recorder.error(
                node, tr("Bytes are not part of this language."), tr("Remove the b before the text.")
            )
    raise interpreter.recorder.error(
        node, tr("{code} is not part of this language.", code="…"), tr("Replace the dots by an expression.")
    )


def _literal(interpreter: Interpreter, node: ast.expr, constant: ast.Constant, sign: int) -> Number:
    typed, recorder = constant.value, interpreter.recorder
    assert isinstance(typed, int | float)
    if isinstance(typed, int) and typed > LARGEST_WHOLE:
        typed = _large(typed)
    number = sign * typed
    text = recorder.source.text(node)
    if number in (float("inf"), float("-inf")):
        message = tr("{text} is too large for a 64-bit float and becomes {number}.", text=text, number=number)
        recorder.warn("value", message, node)
    return Number(number, node, text, recorder.tape.keep_round(), literal=True)


def _large(number: int) -> float:
    try:
        return float(number)
    except OverflowError:
        return float("inf")


def _joined_string(interpreter: Interpreter, node: ast.JoinedStr) -> str:
    recorder = interpreter.recorder
    recorder.source.enter_text(node)
    pieces = []
    for part in node.values:
        piece = (
            _formatted(interpreter, part)
            if isinstance(part, ast.FormattedValue)
            else interpreter.evaluate(part)
        )
        assert isinstance(piece, str)
        recorder.spend_items(len(piece), node)
        pieces.append(piece)
    text = "".join(pieces)
    if len(text) > recorder.limits.output:
        raise recorder.error(
            node,
            tr("This text is longer than {limit:,} characters.", limit=recorder.limits.output),
            tr("Make it shorter."),
        )
    return text


def _formatted(interpreter: Interpreter, node: ast.FormattedValue) -> str:
    thing = interpreter.evaluate(node.value)
    if node.conversion in (ord("r"), ord("a")):
        thing = repr(thing) if isinstance(thing, str) else show(interpreter.recorder, thing, node)
    elif node.conversion == ord("s"):
        thing = show(interpreter.recorder, thing, node)
    spec = "" if node.format_spec is None else interpreter.evaluate(node.format_spec)
    assert isinstance(spec, str)
    return format_text(interpreter.recorder, thing, spec, node)


def look_up(interpreter: Interpreter, node: ast.Name) -> object:
    """Return the object that a name stands for. Raises LanguageError if it is unknown."""
    name = node.id
    holder = interpreter.scope.holder(name)
    if holder is not None and name in holder.names:
        return holder.names[name]
    if (holder is None or holder is interpreter.names) and name in NAMES:
        return NAMES[name]
    raise unknown_name(interpreter.recorder, interpreter.tree, interpreter.scope, node)


# Operators.


def _binary(interpreter: Interpreter, node: ast.BinOp) -> object:
    spine = [node]
    while isinstance(spine[-1].left, ast.BinOp):
        spine.append(spine[-1].left)
    left = interpreter.evaluate(spine[-1].left)
    for step in reversed(spine):
        right = Evaluated(interpreter.evaluate(step.right), step.right)
        left = combine(interpreter.recorder, type(step.op), Evaluated(left, step.left), right, step)
    return left


def _unary(interpreter: Interpreter, node: ast.UnaryOp) -> object:
    if isinstance(node.op, ast.Not):
        return not truth(interpreter, node.operand)
    constant = literal_number(node)
    if constant is not None and not isinstance(node.op, ast.Invert):
        return _literal(interpreter, node, constant, -1 if isinstance(node.op, ast.USub) else 1)
    if isinstance(node.op, ast.Invert):
        raise interpreter.recorder.error(
            node,
            tr("{code} is not part of this language.", code="~"),
            tr("Write not, or - for a negative number."),
        )
    operand = Evaluated(interpreter.evaluate(node.operand), node.operand)
    if isinstance(node.op, ast.USub):
        return negate(interpreter.recorder, operand, node)
    if not isinstance(operand.thing, Value | Number | int | float):
        raise cannot_precede(interpreter.recorder, "+", operand.thing, node)
    return operand.thing


def _boolean(interpreter: Interpreter, node: ast.BoolOp) -> object:
    stops_at = isinstance(node.op, ast.Or)
    for operand in node.values[:-1]:
        thing = interpreter.evaluate(operand)
        if _is_true(interpreter, thing, operand) is stops_at:
            return thing
    return interpreter.evaluate(node.values[-1])


def _compare(interpreter: Interpreter, node: ast.Compare) -> bool:
    left = Evaluated(interpreter.evaluate(node.left), node.left)
    for comparison, right_node in zip(node.ops, node.comparators, strict=True):
        right = Evaluated(interpreter.evaluate(right_node), right_node)
        match comparison:
            case ast.Is() | ast.IsNot():
                holds = _same(interpreter, left, right, node) is isinstance(comparison, ast.Is)
            case ast.In() | ast.NotIn():
                raise interpreter.recorder.error(
                    node,
                    tr("in can only be used in for loops."),
                    tr("Loop over the list with for."),
                )
            case _:
                row = _COMPARISONS[type(comparison)]
                holds = row.compare(*_comparable(interpreter, row, left, right))
        if not holds:
            return False
        left = right
    return True


def _same(interpreter: Interpreter, left: Evaluated, right: Evaluated, node: ast.Compare) -> bool:
    equal_by_number = (Number, int, float, str)
    if isinstance(left.thing, equal_by_number) and isinstance(right.thing, equal_by_number):
        raise interpreter.recorder.error(
            node,
            tr("is compares objects, not numbers or texts."),
            tr("Write {code} instead.", code="=="),
        )
    return left.thing is right.thing


def _comparable(
    interpreter: Interpreter, row: _Comparison, left: Evaluated, right: Evaluated
) -> tuple[object, object]:
    things = left.thing, right.thing
    texts = [isinstance(thing, str) for thing in things]
    if all(texts) or (row.is_equality and (any(texts) or None in things)):
        return things
    number = interpreter.recorder.number
    return number(left.thing, left.node, row.subject), number(right.thing, right.node, row.subject)


def _choice(interpreter: Interpreter, node: ast.IfExp) -> object:
    return interpreter.evaluate(node.body if truth(interpreter, node.test) else node.orelse)


def truth(interpreter: Interpreter, node: ast.expr) -> bool:
    """Evaluate a condition."""
    return _is_true(interpreter, interpreter.evaluate(node), node)


def _is_true(interpreter: Interpreter, thing: object, node: ast.expr) -> bool:
    if isinstance(thing, Value | Number):
        return bool(interpreter.recorder.number(thing, node, _CONDITION))
    if isinstance(thing, bool | int | float | str | list | tuple | range | None):
        return bool(thing)
    raise interpreter.recorder.error(
        node, tr("A condition cannot be {kind}.", kind=describe(thing)), tr("Compare numbers.")
    )


# Lists and lambdas.


def _list(interpreter: Interpreter, node: ast.List) -> list[object]:
    return _display(interpreter, node.elts, node)


def _tuple(interpreter: Interpreter, node: ast.Tuple) -> tuple[object, ...]:
    return tuple(_display(interpreter, node.elts, node))


def _display(interpreter: Interpreter, nodes: list[ast.expr], node: ast.expr) -> list[object]:
    things: list[object] = []
    for element in nodes:
        if isinstance(element, ast.Starred):
            starred = Evaluated(interpreter.evaluate(element.value), element.value)
            things.extend(elements(interpreter.recorder, starred, STARRED))
        else:
            things.append(interpreter.evaluate(element))
    interpreter.recorder.spend_items(len(things), node)
    return things


def _comprehension(interpreter: Interpreter, node: ast.ListComp | ast.GeneratorExp) -> list[object]:
    things = []
    with interpreter.in_scope(Scope(interpreter.scope)):
        for _ in _rounds(interpreter, node.generators):
            things.append(interpreter.evaluate(node.elt))
            interpreter.recorder.spend_items(1, node)
    return things


def _rounds(interpreter: Interpreter, generators: list[ast.comprehension]) -> Iterator[None]:
    first, *others = generators
    interpreter.enter(first.iter)
    things = iterable_of(interpreter, first.iter)
    for thing in interpreter.rounds(things, first.iter, interpreter.recorder.source.text(first.target)):
        assign(interpreter, first.target, thing)
        if all(truth(interpreter, condition) for condition in first.ifs):
            if others:
                yield from _rounds(interpreter, others)
            else:
                yield
    interpreter.depth -= 1


def iterable_of(interpreter: Interpreter, node: ast.expr) -> list[object] | tuple[object, ...] | range | str:
    """Evaluate the iterable of a loop. It is no copy: a loop over a list that grows reaches the new elements too."""
    thing = interpreter.evaluate(node)
    if isinstance(thing, list | tuple | range | str):
        return thing
    raise interpreter.recorder.error(
        node,
        tr("A for loop needs a list, not {kind}.", kind=describe(thing)),
        tr("Write {code} to count to n.", code="range(n)"),
    )


def _lambda(interpreter: Interpreter, node: ast.Lambda) -> Function:
    return make_function(interpreter, node, "lambda")


EXPRESSIONS: dict[type[ast.expr], Callable[[Interpreter, Any], object]] = {
    ast.Constant: _constant,
    ast.JoinedStr: _joined_string,
    ast.Name: look_up,
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.BoolOp: _boolean,
    ast.Compare: _compare,
    ast.IfExp: _choice,
    ast.Lambda: _lambda,
    ast.List: _list,
    ast.Tuple: _tuple,
    ast.ListComp: _comprehension,
    ast.GeneratorExp: _comprehension,
    ast.Attribute: trailers,
    ast.Call: trailers,
    ast.Subscript: trailers,
}
