"""Functions and methods for lists: counting, pairing, choosing, inserting and removing elements."""

from __future__ import annotations

import ast

from micrograd_core.engine import Value
from micrograd_core.language.arithmetic import Evaluated
from micrograd_core.language.calls import Call, elements
from micrograd_core.language.labels import bind
from micrograd_core.language.values import BoundMethod, Builtin, Function, Number, Parameter, Plain, describe
from micrograd_core.nn import Module
from micrograd_core.texts import tr

_X = Parameter("x")
_SUBJECTS = {
    name: tr("An argument of {function}", function=name) for name in ("range", "zip", "map", "min", "max")
}
"""Subjects of errors about arguments that have no parameter of their own."""


def _len(call: Call) -> int:
    thing = call.given["x"].thing
    if not isinstance(thing, list | tuple | range | str):
        raise call.error(
            "x",
            tr("len takes a list, not {kind}.", kind=describe(thing)),
            tr("Write {code}.", code="len([1.0, 2.0])"),
        )
    return len(thing)


def _range(call: Call) -> range:
    whole, subject = call.recorder.whole, _SUBJECTS["range"]
    numbers = [whole(operand.thing, operand.node, subject) for operand in call.given.values()]
    if len(numbers) == 3 and numbers[2] == 0:
        raise call.error("step", tr("The step of range cannot be 0."), tr("Write 1 or -1."))
    return range(*numbers)


def _zip(call: Call) -> list[object]:
    columns = [elements(call.recorder, operand, _SUBJECTS["zip"]) for operand in call.rest]
    call.recorder.spend_items(sum(map(len, columns)), call.node)
    return list(zip(*columns, strict=False))


def _enumerate(call: Call) -> list[object]:
    things = call.elements("x")
    call.recorder.spend_items(2 * len(things), call.node)
    return list(enumerate(things, call.whole("start") if "start" in call.given else 0))


def _map(call: Call) -> list[object]:
    function, *others = call.rest
    if not others:
        raise call.error(
            "function", tr("map takes a function and a list."), tr("Write {code}.", code="map(tanh, xs)")
        )
    if not isinstance(function.thing, Builtin | BoundMethod | Function | Module):
        raise call.recorder.error(
            function.node,
            tr("map takes a function, not {kind}.", kind=describe(function.thing)),
            tr("Write {code}.", code="map(tanh, xs)"),
        )
    columns = [elements(call.recorder, operand, _SUBJECTS["map"]) for operand in others]
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
    """Return the chosen object itself, the first of equal ones. No node is made, as in Python."""
    name, first = call.builtin.name, call.rest[0]
    if len(call.rest) > 1:
        things = [(operand.thing, operand.node) for operand in call.rest]
    else:
        things = [(thing, first.node) for thing in elements(call.recorder, first, _SUBJECTS[name])]
    if not things:
        raise call.error(
            "x", tr("{function} needs at least one element.", function=name), tr("Pass a list with elements.")
        )
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
        node,
        tr("{function} compares numbers, not {kind}.", function=call.builtin.name, kind=describe(thing)),
        tr("Pass numbers or Values."),
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
        for position, thing in enumerate(new, index):
            bind(call.recorder, thing, f"{owner.value.id}[{position}]")


def _pop(call: Call) -> object:
    things = _things(call)
    index = call.whole("i") if "i" in call.given else -1
    if not -len(things) <= index < len(things):
        raise call.error(
            "i",
            tr("There is no element {index} to remove.", index=index),
            tr("Check {code} first.", code="len(xs)"),
        )
    return things.pop(index)


def _reverse(call: Call) -> None:
    _things(call).reverse()


FUNCTIONS = (
    Builtin("len", (_X,), _len, tr("The number of elements of x.")),
    Builtin(
        "range",
        (Parameter("start"), Parameter("stop", "…"), Parameter("step", "1")),
        _range,
        tr("range(n) counts 0, 1, … n − 1; range(start, stop, step) begins at start and ends before stop."),
    ),
    Builtin(
        "zip", (_X,), _zip, tr("Groups of elements at the same position in several lists."), repeats=True
    ),
    Builtin(
        "enumerate",
        (_X, Parameter("start", "0")),
        _enumerate,
        tr("Pairs of index and element: (0, x[0]), …"),
    ),
    Builtin(
        "map",
        (Parameter("function"),),
        _map,
        tr("The results of function for each element of a list: map(tanh, xs)."),
        repeats=True,
    ),
    Builtin(
        "min",
        (_X,),
        _extreme,
        tr("The smallest of its arguments, or of a list; a Value stays a Value."),
        repeats=True,
    ),
    Builtin(
        "max",
        (_X,),
        _extreme,
        tr("The largest of its arguments, or of a list; a Value stays a Value."),
        repeats=True,
    ),
    Builtin("list", (Parameter("x", "[]"),), _list, tr("A new list of the elements of x.")),
    Builtin("tuple", (Parameter("x", "()"),), _tuple, tr("A tuple of the elements of x.")),
    Builtin("reversed", (_X,), _reversed, tr("The elements of x from the last to the first.")),
)

METHODS = (
    Builtin("append", (_X,), _append, tr("Adds x at the end of the list.")),
    Builtin("extend", (_X,), _extend, tr("Adds the elements of x at the end of the list.")),
    Builtin("insert", (Parameter("i"), _X), _insert, tr("Inserts x before element i of the list.")),
    Builtin("pop", (Parameter("i", "-1"),), _pop, tr("Removes element i from the list and returns it.")),
    Builtin("reverse", (), _reverse, tr("Reverses the order of the list.")),
)
"""The methods of lists."""
