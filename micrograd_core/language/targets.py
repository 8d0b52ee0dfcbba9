"""What stands left of ``=``: names, several of them, attributes, elements of lists."""

from __future__ import annotations

import ast

from micrograd_core.errors import LanguageError
from micrograd_core.language.arithmetic import Operand
from micrograd_core.language.builtins import Attribute
from micrograd_core.language.calls import elements
from micrograd_core.language.labels import bind
from micrograd_core.language.source import LABEL_LENGTH, shorten
from micrograd_core.language.trailers import find_attribute, list_index
from micrograd_core.language.values import describe, kind
from micrograd_core.language.walk import Walk


def assign(walk: Walk, target: ast.expr, thing: object) -> None:
    match target:
        case ast.Name():
            walk.scope.give(target.id, thing)
            bind(walk.record, thing, target.id)
        case ast.Tuple() | ast.List():
            _unpack(walk, target, thing)
        case ast.Attribute():
            assign_attribute(walk, walk.evaluate(target.value), target, thing, target)
        case ast.Subscript():
            things, index = list_index(walk, walk.evaluate(target.value), target)
            assign_element(walk, things, index, target, thing)
        case _:
            raise cannot_assign(walk, target)


def cannot_assign(walk: Walk, target: ast.expr) -> LanguageError:
    return walk.record.error(target, "A value cannot be given to this.", "Write name = expression.")


def assign_element(
    walk: Walk, things: list[object], index: int, target: ast.Subscript, thing: object
) -> None:
    # What was computed since the index was looked at may have made the list shorter.
    things[index : index + 1] = [thing]
    if isinstance(target.value, ast.Name):
        bind(walk.record, thing, f"{target.value.id}[{index}]")


def assign_attribute(walk: Walk, owner: object, target: ast.Attribute, thing: object, node: ast.expr) -> None:
    record = walk.record
    attribute = find_attribute(walk, owner, target)
    if not isinstance(attribute, Attribute) or attribute.assign is None:
        if kind(owner) == "Value" and target.attr == "label":
            value = record.value(owner, target.value)
            if value is not None and isinstance(thing, str):
                value.label = shorten(thing, LABEL_LENGTH)
                return
            raise record.error(
                node, f"A label must be a text, not {describe(thing)}.", 'Write a.label = "a".'
            )
        raise record.error(
            target, f"{target.attr} cannot be assigned to.", "Only .data, .grad and .label of a Value can."
        )
    value = record.value(owner, target.value)
    assert value is not None, "only Values have attributes that can be assigned to"
    number = float(record.number(thing, node, f"What is assigned to .{target.attr}"))
    attribute.assign(value, number)
    record.note_assigned(value, target.attr, thing)


def _unpack(walk: Walk, target: ast.Tuple | ast.List, thing: object) -> None:
    walk.enter(target)
    record = walk.record
    things = elements(
        record,
        Operand(thing, target),
        "What is given to several names at once",
        "Write a, b = 1.0, 2.0.",
    )
    names = target.elts
    stars = [index for index, name in enumerate(names) if isinstance(name, ast.Starred)]
    if len(stars) > 1:
        raise record.error(names[stars[1]], "Only one name can have a star.", "Remove one of the stars.")
    if len(things) < len(names) - len(stars) or (not stars and len(things) > len(names)):
        raise record.error(
            target,
            f"{len(names)} names are given {len(things)} values.",
            "Write as many names on the left as there are values on the right.",
        )
    for index, name in enumerate(names):
        if isinstance(name, ast.Starred):
            end = len(things) - (len(names) - index - 1)
            assign(walk, name.value, things[index:end])
            things = [*things[:index], None, *things[end:]]
        else:
            assign(walk, name, things[index])
    walk.depth -= 1
