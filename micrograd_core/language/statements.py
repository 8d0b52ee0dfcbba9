"""What is done for each kind of statement. What is not in the table is not part of the language."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from itertools import repeat
from typing import Any

from micrograd_core.engine import Value
from micrograd_core.language.arithmetic import Operand, combine
from micrograd_core.language.builtins import MODULES
from micrograd_core.language.expressions import look_up, truth, what_is_gone_through
from micrograd_core.language.functions import make_function
from micrograd_core.language.problems import no_member, unknown_module
from micrograd_core.language.scope import walk_own
from micrograd_core.language.targets import assign, assign_attribute, assign_element, cannot_assign
from micrograd_core.language.trailers import attribute, list_index, member
from micrograd_core.language.values import Number
from micrograd_core.language.walk import Flow, Walk
from micrograd_core.nn import Module


def _expression(walk: Walk, node: ast.Expr) -> None:
    _note_output(walk, walk.evaluate(node.value), stated=True)


def _assign(walk: Walk, node: ast.Assign) -> None:
    first = node.targets[0]
    if isinstance(node.value, ast.Lambda) and isinstance(first, ast.Name):
        thing: object = make_function(walk, node.value, first.id)
    else:
        thing = walk.evaluate(node.value)
    for target in node.targets:
        assign(walk, target, thing)
    _note_output(walk, thing)


def _annotated_assign(walk: Walk, node: ast.AnnAssign) -> None:
    if node.value is None:
        raise walk.record.error(node, "This name is given no value.", "Write name = expression.")
    thing = walk.evaluate(node.value)
    assign(walk, node.target, thing)
    _note_output(walk, thing)


def _augmented_assign(walk: Walk, node: ast.AugAssign) -> None:
    target = node.target
    match target:
        case ast.Attribute():
            owner = walk.evaluate(target.value)
            thing = _combine(walk, node, attribute(walk, owner, target))
            assign_attribute(walk, owner, target, thing, node.value)
        case ast.Subscript():
            things, index = list_index(walk, walk.evaluate(target.value), target)
            thing = _combine(walk, node, things[index])
            assign_element(walk, things, index, target, thing)
            _note_output(walk, thing)
        case ast.Name():
            thing = _combine(walk, node, look_up(walk, target))
            assign(walk, target, thing)
            _note_output(walk, thing)
        case _:
            raise cannot_assign(walk, target)


def _combine(walk: Walk, node: ast.AugAssign, old: object) -> object:
    right = Operand(walk.evaluate(node.value), node.value)
    if isinstance(old, list) and isinstance(right.thing, list) and isinstance(node.op, ast.Add):
        walk.record.spend_items(len(right.thing), node)
        old.extend(right.thing)
        return old
    return combine(walk.record, type(node.op), Operand(old, node.target), right, node)


def _for(walk: Walk, node: ast.For) -> Flow | None:
    def begin(thing: object) -> bool:
        assign(walk, node.target, thing)
        return True

    things = what_is_gone_through(walk, node.iter)
    return _loop(walk, node, things, walk.record.source.text(node.target), begin)


def _while(walk: Walk, node: ast.While) -> Flow | None:
    _count(walk, node)
    return _loop(walk, node, repeat(None), "while", lambda _: truth(walk, node.test))


def _loop(
    walk: Walk,
    node: ast.For | ast.While,
    things: Iterable[object],
    name: str,
    begin: Callable[[object], bool],
) -> Flow | None:
    """A round for each thing, as long as ``begin`` says that there is one."""
    if node.orelse:
        raise walk.record.error(
            node.orelse[0], "A loop has no else in this language.", "Write it after the loop."
        )
    walk.loops += 1
    outer, flow = walk.record.rounds, None
    for thing in walk.rounds(things, node, name):
        if not begin(thing):
            break
        flow = walk.nested_block(node.body, node)
        if flow in (Flow.BREAK, Flow.RETURN):
            break
    walk.record.rounds = outer
    walk.loops -= 1
    return flow if flow is Flow.RETURN else None


def _count(walk: Walk, node: ast.While) -> None:
    """What the loop tests and counts, as ``k`` in ``while k < 9: k += 1``, is from here on counted, not typed."""
    tested = {name.id for name in ast.walk(node.test) if isinstance(name, ast.Name)}
    for statement in walk_own(node.body):
        match statement:
            case (
                ast.AugAssign(target=ast.Name(id=name), op=ast.Add() | ast.Sub(), value=ast.Constant())
                | ast.Assign(
                    targets=[ast.Name(id=name)],
                    value=ast.BinOp(left=ast.Name(), op=ast.Add() | ast.Sub(), right=ast.Constant()),
                )
            ) if name in tested:
                holder = walk.scope.holder(name)
                counter = None if holder is None else holder.names.get(name)
                if holder is not None and isinstance(counter, Number):
                    holder.names[name] = walk.record.number(counter, node.test, "A counter")


def _break(walk: Walk, node: ast.Break) -> Flow:
    if not walk.loops:
        raise walk.record.error(node, "break stands outside of a loop.", "Remove it.")
    return Flow.BREAK


def _continue(walk: Walk, node: ast.Continue) -> Flow:
    if not walk.loops:
        raise walk.record.error(node, "continue stands outside of a loop.", "Remove it.")
    return Flow.CONTINUE


def _if(walk: Walk, node: ast.If) -> Flow | None:
    while not truth(walk, node.test):
        if len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If):
            node = node.orelse[0]
            continue
        return walk.nested_block(node.orelse, node)
    return walk.nested_block(node.body, node)


def _define(walk: Walk, node: ast.FunctionDef) -> None:
    if node.decorator_list:
        raise walk.record.error(
            node.decorator_list[0], "Decorators are not part of this language.", "Remove the line."
        )
    walk.scope.give(node.name, make_function(walk, node, node.name))


def _return(walk: Walk, node: ast.Return) -> Flow:
    if not walk.calls:
        raise walk.record.error(
            node, "return stands outside of a function.", "Give the result a name instead."
        )
    walk.returned = None if node.value is None else walk.evaluate(node.value)
    return Flow.RETURN


def _global(walk: Walk, node: ast.Global) -> None:
    for name in node.names:
        if walk.scope is not walk.names:
            walk.scope.elsewhere[name] = walk.names


def _nonlocal(walk: Walk, node: ast.Nonlocal) -> None:
    for name in node.names:
        parent = walk.scope.parent
        holder = None if parent is None else parent.holder(name)
        if holder is None or holder is walk.names:
            raise walk.record.error(
                node,
                f"No function around this one has a name {name}.",
                f"Write global {name} for a name of the whole program.",
            )
        walk.scope.elsewhere[name] = holder


def _assert(walk: Walk, node: ast.Assert) -> None:
    if truth(walk, node.test):
        return
    said = "" if node.msg is None else walk.evaluate(node.msg)
    text = walk.record.source.text(node.test)
    raise walk.record.error(
        node,
        f"{text} is not so.",
        said if isinstance(said, str) and said else "Print both sides to see why.",
    )


def _pass(walk: Walk, node: ast.Pass) -> None:
    pass


def _import(walk: Walk, node: ast.Import) -> None:
    for alias in node.names:
        namespace = MODULES.get(alias.name)
        if namespace is None:
            raise unknown_module(walk.record, alias, alias.name)
        if alias.asname is None:
            # As in Python, import a.b gives the name a.
            name = alias.name.partition(".")[0]
            walk.scope.give(name, MODULES[name])
        else:
            walk.scope.give(alias.asname, namespace)


def _import_from(walk: Walk, node: ast.ImportFrom) -> None:
    module = node.module or ""
    if module == "__future__" and not node.level:
        return
    namespace = MODULES.get(module) if not node.level else None
    if namespace is None:
        raise unknown_module(
            walk.record, node, "." * node.level + module, [alias.name for alias in node.names]
        )
    for alias in node.names:
        if alias.name == "*":
            for name in namespace.members:
                walk.scope.give(name, member(namespace, name, alias))
        elif alias.name in namespace.members:
            walk.scope.give(alias.asname or alias.name, member(namespace, alias.name, alias))
        else:
            raise no_member(walk.record, namespace, alias.name, alias)


def _note_output(walk: Walk, thing: object, stated: bool = False) -> None:
    """Remember what may be the output; see ``Program.output``."""
    found = _last_value(thing)
    if isinstance(found, Number) and (found.value is not None or stated):
        found = walk.record.value(found, found.node)
    if walk.calls:
        walk.inner_output = found if isinstance(found, Value) else walk.inner_output
    elif isinstance(found, Value):
        walk.output = found
        if found not in walk.record.from_numbers:
            walk.graph_output = found
    elif found is not None:
        walk.spare_outputs.append(found)


def _last_value(thing: object, depth: int = 3) -> Value | Number | Module | None:
    """The last Value, number or network in ``thing``."""
    if isinstance(thing, Value | Number | Module):
        return thing
    if isinstance(thing, list | tuple) and depth:
        for element in reversed(thing[-10:]):
            found = _last_value(element, depth - 1)
            if found is not None:
                return found
    return None


STATEMENTS: dict[type[ast.stmt], Callable[[Walk, Any], Flow | None]] = {
    ast.Expr: _expression,
    ast.Assign: _assign,
    ast.AnnAssign: _annotated_assign,
    ast.AugAssign: _augmented_assign,
    ast.For: _for,
    ast.While: _while,
    ast.Break: _break,
    ast.Continue: _continue,
    ast.If: _if,
    ast.FunctionDef: _define,
    ast.Return: _return,
    ast.Global: _global,
    ast.Nonlocal: _nonlocal,
    ast.Assert: _assert,
    ast.Pass: _pass,
    ast.Import: _import,
    ast.ImportFrom: _import_from,
}
