"""What is done for each kind of expression. What is not in the table is not part of the language."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterator
from typing import Any

from micrograd_core.engine import Value
from micrograd_core.language.arithmetic import Operand, combine, literal_number, negate
from micrograd_core.language.builtins import NAMES
from micrograd_core.language.calls import elements
from micrograd_core.language.format import format_text, show
from micrograd_core.language.functions import make_function
from micrograd_core.language.problems import unknown_name
from micrograd_core.language.scope import Scope
from micrograd_core.language.source import INVISIBLE
from micrograd_core.language.targets import assign
from micrograd_core.language.trailers import trailers
from micrograd_core.language.values import LARGEST_WHOLE, Function, Number, describe
from micrograd_core.language.walk import Walk

_COMPARISONS: dict[type[ast.cmpop], tuple[str, Callable[[Any, Any], bool]]] = {
    ast.Lt: ("<", operator.lt),
    ast.LtE: ("<=", operator.le),
    ast.Gt: (">", operator.gt),
    ast.GtE: (">=", operator.ge),
    ast.Eq: ("==", operator.eq),
    ast.NotEq: ("!=", operator.ne),
}


# Numbers, texts, names.


def _constant(walk: Walk, node: ast.Constant) -> object:
    match node.value:
        case bool() | None:
            return node.value
        case str() as text:
            invisible = INVISIBLE.search(text)
            if invisible is None:
                return text
            raise walk.record.error(
                node, f"This text holds an invisible character (U+{ord(invisible[0]):04X}).", "Leave it out."
            )
        case int() | float():
            return _literal(walk, node, node, 1)
        case complex():
            raise walk.record.error(node, "There are no complex numbers in this language.", "Remove the j.")
        case bytes():
            raise walk.record.error(
                node, "There are no bytes in this language.", "Remove the b before the text."
            )
    raise walk.record.error(node, "… is not part of this language.", "Write out what stands for the dots.")


def _literal(walk: Walk, node: ast.expr, constant: ast.Constant, sign: int) -> Number:
    typed, record = constant.value, walk.record
    assert isinstance(typed, int | float)
    if isinstance(typed, int) and typed > LARGEST_WHOLE:
        typed = _large(typed)
    number = sign * typed
    text = record.source.text(node)
    if number in (float("inf"), float("-inf")):
        record.warn("value", f"{text} is too large for a 64-bit float and counts as {number}.", node)
    return Number(number, node, text, literal=True, rounds=record.rounds)


def _large(number: int) -> float:
    try:
        return float(number)
    except OverflowError:
        return float("inf")


def _joined_string(walk: Walk, node: ast.JoinedStr) -> str:
    record = walk.record
    record.source.enter_text(node)
    pieces = []
    for part in node.values:
        piece = _formatted(walk, part) if isinstance(part, ast.FormattedValue) else walk.evaluate(part)
        assert isinstance(piece, str)
        record.spend_items(len(piece), node)
        pieces.append(piece)
    text = "".join(pieces)
    if len(text) > record.limits.output:
        raise record.error(
            node, f"This text is longer than {record.limits.output:,} characters.", "Make it shorter."
        )
    return text


def _formatted(walk: Walk, node: ast.FormattedValue) -> str:
    thing = walk.evaluate(node.value)
    if node.conversion in (ord("r"), ord("a")):
        thing = repr(thing) if isinstance(thing, str) else show(walk.record, thing, node)
    elif node.conversion == ord("s"):
        thing = show(walk.record, thing, node)
    spec = "" if node.format_spec is None else walk.evaluate(node.format_spec)
    assert isinstance(spec, str)
    return format_text(walk.record, thing, spec, node)


def look_up(walk: Walk, node: ast.Name) -> object:
    name = node.id
    holder = walk.scope.holder(name)
    if holder is not None and name in holder.names:
        return holder.names[name]
    if (holder is None or holder is walk.names) and name in NAMES:
        return NAMES[name]
    raise unknown_name(walk.record, walk.tree, walk.scope, node)


# Operators.


def _binary(walk: Walk, node: ast.BinOp) -> object:
    spine = [node]
    while isinstance(spine[-1].left, ast.BinOp):
        spine.append(spine[-1].left)
    left = walk.evaluate(spine[-1].left)
    for step in reversed(spine):
        right = Operand(walk.evaluate(step.right), step.right)
        left = combine(walk.record, type(step.op), Operand(left, step.left), right, step)
    return left


def _unary(walk: Walk, node: ast.UnaryOp) -> object:
    if isinstance(node.op, ast.Not):
        return not truth(walk, node.operand)
    constant = literal_number(node)
    if constant is not None and not isinstance(node.op, ast.Invert):
        return _literal(walk, node, constant, -1 if isinstance(node.op, ast.USub) else 1)
    if isinstance(node.op, ast.Invert):
        raise walk.record.error(node, "~ is not part of this language.", "Write not, or - for the negative.")
    operand = Operand(walk.evaluate(node.operand), node.operand)
    if isinstance(node.op, ast.USub):
        return negate(walk.record, operand, node)
    if not isinstance(operand.thing, Value | Number | int | float):
        raise walk.record.error(node, f"+ cannot stand before {describe(operand.thing)}.", "Remove it.")
    return operand.thing


def _boolean(walk: Walk, node: ast.BoolOp) -> object:
    stops_at = isinstance(node.op, ast.Or)
    for operand in node.values[:-1]:
        thing = walk.evaluate(operand)
        if _is_true(walk, thing, operand) is stops_at:
            return thing
    return walk.evaluate(node.values[-1])


def _compare(walk: Walk, node: ast.Compare) -> bool:
    left = Operand(walk.evaluate(node.left), node.left)
    for comparison, right_node in zip(node.ops, node.comparators, strict=True):
        right = Operand(walk.evaluate(right_node), right_node)
        match comparison:
            case ast.Is() | ast.IsNot():
                holds = _same(walk, left, right, node) is isinstance(comparison, ast.Is)
            case ast.In() | ast.NotIn():
                raise walk.record.error(
                    node,
                    "Outside of for loops, in is not part of this language.",
                    "Go through the list with for.",
                )
            case _:
                symbol, compare = _COMPARISONS[type(comparison)]
                holds = compare(*_comparable(walk, symbol, left, right))
        if not holds:
            return False
        left = right
    return True


def _same(walk: Walk, left: Operand, right: Operand, node: ast.Compare) -> bool:
    equal_by_number = (Number, int, float, str)
    if isinstance(left.thing, equal_by_number) and isinstance(right.thing, equal_by_number):
        raise walk.record.error(node, "is tells objects apart, not numbers or texts.", "Write == instead.")
    return left.thing is right.thing


def _comparable(walk: Walk, symbol: str, left: Operand, right: Operand) -> tuple[object, object]:
    things = left.thing, right.thing
    texts = [isinstance(thing, str) for thing in things]
    if all(texts) or (symbol in ("==", "!=") and (any(texts) or None in things)):
        return things
    what = f"What {symbol} compares"
    return walk.record.number(left.thing, left.node, what), walk.record.number(right.thing, right.node, what)


def _choice(walk: Walk, node: ast.IfExp) -> object:
    return walk.evaluate(node.body if truth(walk, node.test) else node.orelse)


def truth(walk: Walk, node: ast.expr) -> bool:
    return _is_true(walk, walk.evaluate(node), node)


def _is_true(walk: Walk, thing: object, node: ast.expr) -> bool:
    if isinstance(thing, Value | Number):
        return bool(walk.record.number(thing, node, "A condition"))
    if isinstance(thing, bool | int | float | str | list | tuple | range | None):
        return bool(thing)
    raise walk.record.error(
        node, f"{describe(thing, start=True)} is neither true nor false.", "Compare numbers."
    )


# Lists, and functions without a name.


def _list(walk: Walk, node: ast.List) -> list[object]:
    return _display(walk, node.elts, node)


def _tuple(walk: Walk, node: ast.Tuple) -> tuple[object, ...]:
    return tuple(_display(walk, node.elts, node))


def _display(walk: Walk, nodes: list[ast.expr], node: ast.expr) -> list[object]:
    things: list[object] = []
    for element in nodes:
        if isinstance(element, ast.Starred):
            starred = Operand(walk.evaluate(element.value), element.value)
            things.extend(elements(walk.record, starred, "What follows a star"))
        else:
            things.append(walk.evaluate(element))
    walk.record.spend_items(len(things), node)
    return things


def _comprehension(walk: Walk, node: ast.ListComp | ast.GeneratorExp) -> list[object]:
    things = []
    with walk.in_scope(Scope(walk.scope)):
        for _ in _rounds(walk, node.generators):
            things.append(walk.evaluate(node.elt))
            walk.record.spend_items(1, node)
    return things


def _rounds(walk: Walk, generators: list[ast.comprehension]) -> Iterator[None]:
    first, *others = generators
    walk.enter(first.iter)
    things = what_is_gone_through(walk, first.iter)
    for thing in walk.rounds(things, first.iter, walk.record.source.text(first.target)):
        assign(walk, first.target, thing)
        if all(truth(walk, condition) for condition in first.ifs):
            if others:
                yield from _rounds(walk, others)
            else:
                yield
    walk.depth -= 1


def what_is_gone_through(walk: Walk, node: ast.expr) -> list[object] | tuple[object, ...] | range | str:
    """What stands after ``in``: the thing itself, so that a list which grows meanwhile is gone through to its end."""
    thing = walk.evaluate(node)
    if isinstance(thing, list | tuple | range | str):
        return thing
    return elements(
        walk.record, Operand(thing, node), "What for goes through", "Write range(n) to count to n."
    )


def _lambda(walk: Walk, node: ast.Lambda) -> Function:
    return make_function(walk, node, "lambda")


EXPRESSIONS: dict[type[ast.expr], Callable[[Walk, Any], object]] = {
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
