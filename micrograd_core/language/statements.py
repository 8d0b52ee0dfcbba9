"""Execution of each kind of statement. A kind missing from the table is not part of the language."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from itertools import repeat
from typing import Any

from micrograd_core.engine import Value
from micrograd_core.errors import LanguageError
from micrograd_core.language.arithmetic import Evaluated, combine
from micrograd_core.language.builtins import MODULES
from micrograd_core.language.expressions import iterable_of, look_up, truth
from micrograd_core.language.format import show
from micrograd_core.language.functions import make_function
from micrograd_core.language.interpreter import Flow, Interpreter
from micrograd_core.language.problems import no_member, unknown_module
from micrograd_core.language.recorder import Printed, Recorder
from micrograd_core.language.scope import own_nodes
from micrograd_core.language.targets import assign, assign_attribute, assign_element, cannot_assign
from micrograd_core.language.trailers import attribute, list_index, member
from micrograd_core.language.values import Number
from micrograd_core.nn import Module
from micrograd_core.texts import tr


def _expression(interpreter: Interpreter, node: ast.Expr) -> None:
    thing = interpreter.evaluate(node.value)
    _note_output(interpreter, thing, stated=True)
    if node is interpreter.tree.body[-1] and thing is not None:
        interpreter.recorder.stated = _stated(interpreter.recorder, thing, node)


def _stated(recorder: Recorder, thing: object, node: ast.Expr) -> Printed | None:
    """Return what a notebook shows below a cell; None for what is too long to be printed."""
    try:
        text = repr(thing) if isinstance(thing, str) else show(recorder, thing, node)
    except LanguageError:
        return None
    return Printed(text, recorder.source.span(node).line)


def _assign(interpreter: Interpreter, node: ast.Assign) -> None:
    first = node.targets[0]
    if isinstance(node.value, ast.Lambda) and isinstance(first, ast.Name):
        thing: object = make_function(interpreter, node.value, first.id)
    else:
        thing = interpreter.evaluate(node.value)
    for target in node.targets:
        assign(interpreter, target, thing, node)
    _note_output(interpreter, thing)


def _annotated_assign(interpreter: Interpreter, node: ast.AnnAssign) -> None:
    if node.value is None:
        raise interpreter.recorder.error(
            node, tr("This name has no value."), tr("Write {code}.", code="name = expression")
        )
    thing = interpreter.evaluate(node.value)
    assign(interpreter, node.target, thing, node)
    _note_output(interpreter, thing)


def _augmented_assign(interpreter: Interpreter, node: ast.AugAssign) -> None:
    target = node.target
    match target:
        case ast.Attribute():
            owner = interpreter.evaluate(target.value)
            thing = _combine(interpreter, node, attribute(interpreter, owner, target))
            assign_attribute(interpreter, owner, target, thing, node.value, node)
        case ast.Subscript():
            things, index = list_index(interpreter, interpreter.evaluate(target.value), target)
            thing = _combine(interpreter, node, things[index])
            assign_element(interpreter, things, index, target, thing)
            _note_output(interpreter, thing)
        case ast.Name():
            thing = _combine(interpreter, node, look_up(interpreter, target))
            assign(interpreter, target, thing)
            _note_output(interpreter, thing)
        case _:
            raise cannot_assign(interpreter, target)


def _combine(interpreter: Interpreter, node: ast.AugAssign, old: object) -> object:
    right = Evaluated(interpreter.evaluate(node.value), node.value)
    if isinstance(old, list) and isinstance(right.thing, list) and isinstance(node.op, ast.Add):
        interpreter.recorder.spend_items(len(right.thing), node)
        old.extend(right.thing)
        return old
    return combine(interpreter.recorder, type(node.op), Evaluated(old, node.target), right, node)


def _for(interpreter: Interpreter, node: ast.For) -> Flow | None:
    def begin(thing: object) -> bool:
        assign(interpreter, node.target, thing)
        return True

    things = iterable_of(interpreter, node.iter)
    return _loop(interpreter, node, things, interpreter.recorder.source.text(node.target), begin)


def _while(interpreter: Interpreter, node: ast.While) -> Flow | None:
    _count(interpreter, node)
    return _loop(interpreter, node, repeat(None), "while", lambda _: truth(interpreter, node.test))


def _loop(
    interpreter: Interpreter,
    node: ast.For | ast.While,
    things: Iterable[object],
    name: str,
    begin: Callable[[object], bool],
) -> Flow | None:
    """Run a round for each thing until ``begin`` returns False."""
    if node.orelse:
        raise interpreter.recorder.error(
            node.orelse[0], tr("A loop has no else in this language."), tr("Write it after the loop.")
        )
    interpreter.loops += 1
    outer, flow = interpreter.recorder.tape.round, None
    for thing in interpreter.rounds(things, node, name):
        if not begin(thing):
            break
        flow = interpreter.nested_block(node.body, node)
        if flow in (Flow.BREAK, Flow.RETURN):
            break
    interpreter.recorder.tape.end_rounds(outer)
    interpreter.loops -= 1
    return flow if flow is Flow.RETURN else None


def _count(interpreter: Interpreter, node: ast.While) -> None:
    """Make a loop's counter, such as ``k`` in ``while k < 9: k += 1``, a counted number instead of a typed one."""
    tested = {name.id for name in ast.walk(node.test) if isinstance(name, ast.Name)}
    for statement in own_nodes(node.body):
        match statement:
            case (
                ast.AugAssign(target=ast.Name(id=name), op=ast.Add() | ast.Sub(), value=ast.Constant())
                | ast.Assign(
                    targets=[ast.Name(id=name)],
                    value=ast.BinOp(left=ast.Name(), op=ast.Add() | ast.Sub(), right=ast.Constant()),
                )
            ) if name in tested:
                holder = interpreter.scope.holder(name)
                counter = None if holder is None else holder.names.get(name)
                if holder is not None and isinstance(counter, Number):
                    holder.names[name] = interpreter.recorder.plain(counter)


def _break(interpreter: Interpreter, node: ast.Break) -> Flow:
    if not interpreter.loops:
        raise interpreter.recorder.error(node, tr("break is outside a loop."), tr("Remove it."))
    return Flow.BREAK


def _continue(interpreter: Interpreter, node: ast.Continue) -> Flow:
    if not interpreter.loops:
        raise interpreter.recorder.error(node, tr("continue is outside a loop."), tr("Remove it."))
    return Flow.CONTINUE


def _if(interpreter: Interpreter, node: ast.If) -> Flow | None:
    while not truth(interpreter, node.test):
        if len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If):
            node = node.orelse[0]
            continue
        return interpreter.nested_block(node.orelse, node)
    return interpreter.nested_block(node.body, node)


def _define(interpreter: Interpreter, node: ast.FunctionDef) -> None:
    if node.decorator_list:
        raise interpreter.recorder.error(
            node.decorator_list[0], tr("Decorators are not part of this language."), tr("Remove the line.")
        )
    interpreter.scope.assign(node.name, make_function(interpreter, node, node.name))


def _return(interpreter: Interpreter, node: ast.Return) -> Flow:
    if not interpreter.calls:
        raise interpreter.recorder.error(
            node, tr("return is outside a function."), tr("Assign the result to a name instead.")
        )
    interpreter.returned = None if node.value is None else interpreter.evaluate(node.value)
    return Flow.RETURN


def _global(interpreter: Interpreter, node: ast.Global) -> None:
    for name in node.names:
        if interpreter.scope is not interpreter.names:
            interpreter.scope.redirected[name] = interpreter.names


def _nonlocal(interpreter: Interpreter, node: ast.Nonlocal) -> None:
    for name in node.names:
        parent = interpreter.scope.parent
        holder = None if parent is None else parent.holder(name)
        if holder is None or holder is interpreter.names:
            raise interpreter.recorder.error(
                node,
                tr("No enclosing function has a name {name}.", name=name),
                tr("Write {code} for a name of the whole program.", code=f"global {name}"),
            )
        interpreter.scope.redirected[name] = holder


def _assert(interpreter: Interpreter, node: ast.Assert) -> None:
    if truth(interpreter, node.test):
        return
    message = "" if node.msg is None else interpreter.evaluate(node.msg)
    raise interpreter.recorder.error(
        node,
        tr("Assertion failed: {condition}", condition=interpreter.recorder.source.text(node.test)),
        message if isinstance(message, str) and message else tr("Print both sides to see why."),
    )


def _pass(interpreter: Interpreter, node: ast.Pass) -> None:
    pass


def _import(interpreter: Interpreter, node: ast.Import) -> None:
    for alias in node.names:
        namespace = MODULES.get(alias.name)
        if namespace is None:
            raise unknown_module(interpreter.recorder, alias, alias.name)
        if alias.asname is None:
            # As in Python, import a.b assigns the name a.
            name = alias.name.partition(".")[0]
            interpreter.scope.assign(name, MODULES[name])
        else:
            interpreter.scope.assign(alias.asname, namespace)


def _import_from(interpreter: Interpreter, node: ast.ImportFrom) -> None:
    module = node.module or ""
    if module == "__future__" and not node.level:
        return
    namespace = MODULES.get(module) if not node.level else None
    if namespace is None:
        raise unknown_module(
            interpreter.recorder, node, "." * node.level + module, [alias.name for alias in node.names]
        )
    for alias in node.names:
        if alias.name == "*":
            for name in namespace.members:
                interpreter.scope.assign(name, member(interpreter, namespace, name, alias))
        elif alias.name in namespace.members:
            interpreter.scope.assign(
                alias.asname or alias.name, member(interpreter, namespace, alias.name, alias)
            )
        else:
            raise no_member(interpreter.recorder, namespace, alias.name, alias)


def _note_output(interpreter: Interpreter, thing: object, stated: bool = False) -> None:
    """Record a possible output; see ``Program.output``."""
    found = _last_value(thing)
    if isinstance(found, Number) and (found.value is not None or stated):
        found = interpreter.recorder.value(found, found.node)
    if interpreter.calls:
        interpreter.inner_output = found if isinstance(found, Value) else interpreter.inner_output
    elif isinstance(found, Value):
        interpreter.output = found
        if found not in interpreter.recorder.from_numbers:
            interpreter.graph_output = found
    elif found is not None:
        interpreter.spare_outputs.append(found)


def _last_value(thing: object, depth: int = 3) -> Value | Number | Module | None:
    """Return the last Value, number or network in ``thing``; None if there is none."""
    if isinstance(thing, Value | Number | Module):
        return thing
    if isinstance(thing, list | tuple) and depth:
        for element in reversed(thing[-10:]):
            found = _last_value(element, depth - 1)
            if found is not None:
                return found
    return None


STATEMENTS: dict[type[ast.stmt], Callable[[Interpreter, Any], Flow | None]] = {
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
