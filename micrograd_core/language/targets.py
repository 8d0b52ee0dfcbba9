"""What stands left of ``=``: names, several of them, attributes, elements of lists."""

from __future__ import annotations

import ast

from micrograd_core.errors import LanguageError
from micrograd_core.language.arithmetic import Evaluated
from micrograd_core.language.builtins import Attribute
from micrograd_core.language.calls import elements
from micrograd_core.language.interpreter import Interpreter
from micrograd_core.language.labels import bind
from micrograd_core.language.source import LABEL_LENGTH, shorten
from micrograd_core.language.trailers import find_attribute, list_index
from micrograd_core.language.values import describe, kind


def assign(interpreter: Interpreter, target: ast.expr, thing: object) -> None:
    match target:
        case ast.Name():
            interpreter.scope.give(target.id, thing)
            bind(interpreter.recorder, thing, target.id)
        case ast.Tuple() | ast.List():
            _unpack(interpreter, target, thing)
        case ast.Attribute():
            assign_attribute(interpreter, interpreter.evaluate(target.value), target, thing, target)
        case ast.Subscript():
            things, index = list_index(interpreter, interpreter.evaluate(target.value), target)
            assign_element(interpreter, things, index, target, thing)
        case _:
            raise cannot_assign(interpreter, target)


def cannot_assign(interpreter: Interpreter, target: ast.expr) -> LanguageError:
    return interpreter.recorder.error(target, "A value cannot be given to this.", "Write name = expression.")


def assign_element(
    interpreter: Interpreter, things: list[object], index: int, target: ast.Subscript, thing: object
) -> None:
    # What was computed since the index was looked at may have made the list shorter.
    things[index : index + 1] = [thing]
    if isinstance(target.value, ast.Name):
        bind(interpreter.recorder, thing, f"{target.value.id}[{index}]")


def assign_attribute(
    interpreter: Interpreter, owner: object, target: ast.Attribute, thing: object, node: ast.expr
) -> None:
    recorder = interpreter.recorder
    attribute = find_attribute(interpreter, owner, target)
    if not isinstance(attribute, Attribute) or attribute.assign is None:
        if kind(owner) == "Value" and target.attr == "label":
            value = recorder.value(owner, target.value)
            if value is not None and isinstance(thing, str):
                value.label = shorten(thing, LABEL_LENGTH)
                return
            raise recorder.error(
                node, f"A label must be a text, not {describe(thing)}.", 'Write a.label = "a".'
            )
        raise recorder.error(
            target, f"{target.attr} cannot be assigned to.", "Only .data, .grad and .label of a Value can."
        )
    value = recorder.value(owner, target.value)
    assert value is not None, "only Values have attributes that can be assigned to"
    number = float(recorder.number(thing, node, f"What is assigned to .{target.attr}"))
    attribute.assign(value, number)
    recorder.note_assigned(value, target.attr, thing)


def _unpack(interpreter: Interpreter, target: ast.Tuple | ast.List, thing: object) -> None:
    interpreter.enter(target)
    recorder = interpreter.recorder
    things = elements(
        recorder,
        Evaluated(thing, target),
        "What is given to several names at once",
        "Write a, b = 1.0, 2.0.",
    )
    names = target.elts
    stars = [index for index, name in enumerate(names) if isinstance(name, ast.Starred)]
    if len(stars) > 1:
        raise recorder.error(names[stars[1]], "Only one name can have a star.", "Remove one of the stars.")
    if len(things) < len(names) - len(stars) or (not stars and len(things) > len(names)):
        raise recorder.error(
            target,
            f"{len(names)} names are given {len(things)} values.",
            "Write as many names on the left as there are values on the right.",
        )
    for index, name in enumerate(names):
        if isinstance(name, ast.Starred):
            end = len(things) - (len(names) - index - 1)
            assign(interpreter, name.value, things[index:end])
            things = [*things[:index], None, *things[end:]]
        else:
            assign(interpreter, name, things[index])
    interpreter.depth -= 1
