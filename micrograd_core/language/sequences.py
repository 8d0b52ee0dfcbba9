"""The functions and methods for lists: counting, pairing, choosing, and making them longer or shorter."""

from __future__ import annotations

import ast

from micrograd_core.engine import Value
from micrograd_core.language.arithmetic import Evaluated
from micrograd_core.language.calls import Call, elements
from micrograd_core.language.labels import bind
from micrograd_core.language.values import BoundMethod, Builtin, Function, Number, Parameter, Plain, describe
from micrograd_core.nn import Module

_X = Parameter("x")


def _len(call: Call) -> int:
    thing = call.given["x"].thing
    if not isinstance(thing, list | tuple | range | str):
        raise call.error(
            "x", f"len counts the elements of a list, not {describe(thing)}.", "Write len([1.0, 2.0])."
        )
    return len(thing)


def _range(call: Call) -> range:
    what = "The argument of range"
    numbers = [call.recorder.whole(operand.thing, operand.node, what) for operand in call.given.values()]
    if len(numbers) == 3 and numbers[2] == 0:
        raise call.error("step", "The step of range cannot be 0.", "Write 1 or -1.")
    return range(*numbers)


def _zip(call: Call) -> list[object]:
    columns = [elements(call.recorder, operand, "What zip takes") for operand in call.rest]
    call.recorder.spend_items(sum(map(len, columns)), call.node)
    return list(zip(*columns, strict=False))


def _enumerate(call: Call) -> list[object]:
    things = call.elements("x")
    call.recorder.spend_items(2 * len(things), call.node)
    return list(enumerate(things, call.whole("start") if "start" in call.given else 0))


def _map(call: Call) -> list[object]:
    function, *others = call.rest
    if not others:
        raise call.error("function", "map takes a function and a list.", "Write map(tanh, xs).")
    if not isinstance(function.thing, Builtin | BoundMethod | Function | Module):
        raise call.recorder.error(
            function.node, f"map takes a function, not {describe(function.thing)}.", "Write map(tanh, xs)."
        )
    columns = [elements(call.recorder, operand, "What map goes through") for operand in others]
    results = []
    for things in zip(*columns, strict=False):
        call.recorder.tick(call.node)
        operands = [Evaluated(thing, operand.node) for thing, operand in zip(things, others, strict=True)]
        results.append(call.apply(function.thing, operands))
    call.recorder.spend_items(len(results), call.node)
    return results


def _list(call: Call) -> list[object]:
    return call.elements("x") if "x" in call.given else []


def _tuple(call: Call) -> tuple[object, ...]:
    return tuple(_list(call))


def _reversed(call: Call) -> list[object]:
    return call.elements("x")[::-1]


def _extreme(call: Call) -> object:
    """The chosen thing itself, a Value if it is one; of equal ones the first. No node is made, as in Python."""
    name, first = call.builtin.name, call.rest[0]
    if len(call.rest) > 1:
        things = [(operand.thing, operand.node) for operand in call.rest]
    else:
        things = [
            (thing, first.node) for thing in elements(call.recorder, first, f"What {name} chooses from")
        ]
    if not things:
        raise call.error("x", f"{name} has nothing to choose from.", "Give it a list with an element.")
    numbers = [_compared(call, thing, node) for thing, node in things]
    chosen = (min if name == "min" else max)(range(len(numbers)), key=numbers.__getitem__)
    return things[chosen][0]


def _compared(call: Call, thing: object, node: ast.expr) -> Plain:
    match thing:
        case Value():
            return thing.data
        case Number():
            return thing.present
        case bool() | int() | float():
            return thing
    raise call.recorder.error(
        node, f"{call.builtin.name} compares numbers, not {describe(thing)}.", "Give it numbers or Values."
    )


def _things(call: Call) -> list[object]:
    assert isinstance(call.receiver, list)
    return call.receiver


def _append(call: Call) -> None:
    _insert_at(call, len(_things(call)), [call.given["x"].thing])


def _extend(call: Call) -> None:
    _insert_at(call, len(_things(call)), call.elements("x"))


def _insert(call: Call) -> None:
    things = _things(call)
    index = call.whole("i")
    _insert_at(
        call, max(0, index + len(things)) if index < 0 else min(index, len(things)), [call.given["x"].thing]
    )


def _insert_at(call: Call, index: int, new: list[object]) -> None:
    things, owner = _things(call), call.node.func
    call.recorder.spend_items(len(new), call.node)
    things[index:index] = new
    if isinstance(owner, ast.Attribute) and isinstance(owner.value, ast.Name):
        for place, thing in enumerate(new, index):
            bind(call.recorder, thing, f"{owner.value.id}[{place}]")


def _pop(call: Call) -> object:
    things = _things(call)
    index = call.whole("i") if "i" in call.given else -1
    if not -len(things) <= index < len(things):
        raise call.error("i", f"There is no element {index} to take out.", "Look at len(xs) first.")
    return things.pop(index)


def _reverse(call: Call) -> None:
    _things(call).reverse()


FUNCTIONS = (
    Builtin("len", (_X,), _len, "How many elements x has."),
    Builtin(
        "range",
        (Parameter("start"), Parameter("stop", "…"), Parameter("step", "1")),
        _range,
        "range(n) counts 0, 1, … n − 1; range(start, stop, step) as it says.",
    ),
    Builtin(
        "zip", (_X,), _zip, "Pairs of elements that stand at the same place in several lists.", repeats=True
    ),
    Builtin(
        "enumerate",
        (_X, Parameter("start", "0")),
        _enumerate,
        "Pairs of a number and an element: (0, x[0]), …",
    ),
    Builtin(
        "map",
        (Parameter("function"),),
        _map,
        "The results of function for each element of a list: map(tanh, xs).",
        repeats=True,
    ),
    Builtin(
        "min", (_X,), _extreme, "The smallest of its arguments, or of a list; a Value is kept.", repeats=True
    ),
    Builtin(
        "max", (_X,), _extreme, "The largest of its arguments, or of a list; a Value is kept.", repeats=True
    ),
    Builtin("list", (Parameter("x", "[]"),), _list, "A new list of the elements of x."),
    Builtin("tuple", (Parameter("x", "()"),), _tuple, "A tuple of the elements of x."),
    Builtin("reversed", (_X,), _reversed, "The elements of x from the last to the first."),
)

METHODS = (
    Builtin("append", (_X,), _append, "Adds x at the end of the list."),
    Builtin("extend", (_X,), _extend, "Adds the elements of x at the end of the list."),
    Builtin("insert", (Parameter("i"), _X), _insert, "Puts x before element i of the list."),
    Builtin("pop", (Parameter("i", "-1"),), _pop, "Takes element i out of the list and returns it."),
    Builtin("reverse", (), _reverse, "Turns the list round."),
)
"""Of lists."""
