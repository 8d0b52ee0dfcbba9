"""Assignment to the targets on the left of ``=``: names, tuples of names, attributes, elements of lists."""

from __future__ import annotations

import ast

from micrograd_core.engine import Value
from micrograd_core.errors import LanguageError
from micrograd_core.language.arithmetic import Evaluated
from micrograd_core.language.builtins import Attribute
from micrograd_core.language.calls import elements
from micrograd_core.language.interpreter import Interpreter
from micrograd_core.language.labels import bind
from micrograd_core.language.source import LABEL_LENGTH, shorten
from micrograd_core.language.trailers import find_attribute, list_index
from micrograd_core.language.updates import read, update_of
from micrograd_core.language.values import describe, kind
from micrograd_core.texts import tr

_ASSIGNED = {name: tr("The value assigned to .{name}", name=name) for name in ("data", "grad")}
_UNPACKED = tr("The value for several names")
_UNPACK_HINT = tr("Write {code}.", code="a, b = 1.0, 2.0")


def assign(
    interpreter: Interpreter, target: ast.expr, thing: object, statement: ast.stmt | None = None
) -> None:
    """Assign ``thing`` to a target; ``statement`` is the whole assignment. Raises LanguageError."""
    match target:
        case ast.Name():
            interpreter.scope.assign(target.id, thing)
            bind(interpreter.recorder, thing, target.id)
        case ast.Tuple() | ast.List():
            _unpack(interpreter, target, thing, statement)
        case ast.Attribute():
            owner = interpreter.evaluate(target.value)
            assign_attribute(interpreter, owner, target, thing, target, statement)
        case ast.Subscript():
            things, index = list_index(interpreter, interpreter.evaluate(target.value), target)
            assign_element(interpreter, things, index, target, thing)
        case _:
            raise cannot_assign(interpreter, target)


def cannot_assign(interpreter: Interpreter, target: ast.expr) -> LanguageError:
    """Make the error for an expression that is not a target."""
    return interpreter.recorder.error(
        target, tr("This cannot be assigned to."), tr("Write {code}.", code="name = expression")
    )


def assign_element(
    interpreter: Interpreter, things: list[object], index: int, target: ast.Subscript, thing: object
) -> None:
    """Replace an element of a list."""
    # The right side, which is evaluated after the index, may have made the list shorter.
    things[index : index + 1] = [thing]
    if isinstance(target.value, ast.Name):
        bind(interpreter.recorder, thing, f"{target.value.id}[{index}]")


def assign_attribute(
    interpreter: Interpreter,
    owner: object,
    target: ast.Attribute,
    thing: object,
    node: ast.expr,
    statement: ast.stmt | None,
) -> None:
    """Assign to ``.data``, ``.grad`` or ``.label`` of a Value; errors about ``thing`` are marked at ``node``."""
    recorder = interpreter.recorder
    attribute = find_attribute(interpreter, owner, target)
    if not isinstance(attribute, Attribute) or not attribute.assignable:
        if kind(owner) == "Value" and target.attr == "label":
            value = recorder.value(owner, target.value)
            if value is not None and isinstance(thing, str):
                value.label = shorten(thing, LABEL_LENGTH)
                return
            raise recorder.error(
                node,
                tr("A label must be a text, not {kind}.", kind=describe(thing)),
                tr("Write {code}.", code='a.label = "a"'),
            )
        raise recorder.error(
            target,
            tr("{name} cannot be assigned to.", name=target.attr),
            tr("Only .data, .grad and .label of a Value can."),
        )
    value = recorder.value(owner, target.value)
    assert value is not None, "only Values have attributes that can be assigned to"
    number = float(recorder.number(thing, node, _ASSIGNED[target.attr]))
    update = update_of(statement) if target.attr == "data" else None
    values = None if update is None else read(interpreter, update)
    if update is not None and values is not None:
        recorder.tape.explain(update.template, values)
    recorder.assign(value, target.attr, number, statement or target)
    if isinstance(thing, Value):
        recorder.set_aside(thing)


def _unpack(
    interpreter: Interpreter, target: ast.Tuple | ast.List, thing: object, statement: ast.stmt | None
) -> None:
    interpreter.enter(target)
    recorder = interpreter.recorder
    things = elements(recorder, Evaluated(thing, target), _UNPACKED, _UNPACK_HINT)
    names = target.elts
    stars = [index for index, name in enumerate(names) if isinstance(name, ast.Starred)]
    if len(stars) > 1:
        raise recorder.error(
            names[stars[1]], tr("Only one name can have a star."), tr("Remove one of the stars.")
        )
    if len(things) < len(names) - len(stars) or (not stars and len(things) > len(names)):
        raise recorder.error(
            target,
            tr(
                "The number of names, {names}, does not match the number of values, {values}.",
                names=len(names),
                values=len(things),
            ),
            tr("Write as many names on the left as there are values on the right."),
        )
    for index, name in enumerate(names):
        if isinstance(name, ast.Starred):
            end = len(things) - (len(names) - index - 1)
            assign(interpreter, name.value, things[index:end], statement)
            things = [*things[:index], None, *things[end:]]
        else:
            assign(interpreter, name, things[index], statement)
    interpreter.depth -= 1
