"""Functions that the program defines itself: ``def`` and ``lambda``."""

from __future__ import annotations

import ast
from functools import partial

from micrograd_core.language.arithmetic import Operand
from micrograd_core.language.calls import match_arguments
from micrograd_core.language.labels import bind_numbers
from micrograd_core.language.scope import Scope
from micrograd_core.language.stack import on_own_stack
from micrograd_core.language.values import Function, Parameter, Round
from micrograd_core.language.walk import Flow, Walk

_LEVELS_PER_STACK = 60
"""Python allows about 1000 calls on one stack; a level of nesting takes up to five."""
_STACK_BYTES = 4 * 1024 * 1024


def make_function(walk: Walk, node: ast.FunctionDef | ast.Lambda, name: str) -> Function:
    arguments, record = node.args, walk.record
    starred = [*filter(None, (arguments.vararg, arguments.kwarg)), *arguments.kwonlyargs]
    if starred or arguments.posonlyargs:
        raise record.error(
            (starred or arguments.posonlyargs)[0],
            "Parameters with * or / are not part of this language.",
            "Give each parameter a name: def f(x, y=1.0).",
        )
    names: dict[str, None] = {}
    for argument in arguments.args:
        if argument.arg in names:
            raise record.error(
                argument, f"There are two parameters called {argument.arg}.", "Give one another name."
            )
        names[argument.arg] = None
    with_default = list(names)[len(names) - len(arguments.defaults) :]
    defaults = dict(zip(with_default, arguments.defaults, strict=True))
    return Function(
        name,
        tuple(Parameter(n, record.source.text(defaults[n]) if n in defaults else None) for n in names),
        {n: walk.evaluate(default) for n, default in defaults.items()},
        node.body,
        walk.local_names(node),
        walk.scope,
    )


def call_function(
    walk: Walk, function: Function, positional: list[Operand], named: dict[str, Operand], node: ast.Call
) -> object:
    record = walk.record
    given = match_arguments(record, node, function, positional, named)
    if walk.calls >= record.limits.depth:
        raise record.error(
            node,
            f"More than {record.limits.depth} functions wait for each other here.",
            "A function that calls itself must come to an end: if n == 0: return 1.0.",
        )
    scope = Scope(function.scope, function.local)
    for parameter in function.parameters:
        name = parameter.name
        scope.names[name] = given[name].thing if name in given else function.defaults[name]
        bind_numbers(scope.names[name], name)
    number = walk.times_called.get(function, 0)
    walk.times_called[function] = number + 1
    outer = walk.scope, walk.depth, walk.loops, walk.levels_below, record.rounds
    walk.scope, walk.depth, walk.loops = scope, 0, 0
    walk.levels_below += outer[1] + 1
    walk.calls += 1
    record.rounds = (*record.rounds, Round("call", function.name, number, record.source.span(node).line))
    if walk.levels_below > _LEVELS_PER_STACK:
        walk.levels_below = 0
        result = on_own_stack(partial(_run, walk, function), _STACK_BYTES, record.stopwatch)
    else:
        result = _run(walk, function)
    walk.scope, walk.depth, walk.loops, walk.levels_below, record.rounds = outer
    walk.calls -= 1
    return result


def _run(walk: Walk, function: Function) -> object:
    """The result of the function's lines or expression, in the scope made for this call."""
    if isinstance(function.body, ast.expr):
        return walk.evaluate(function.body)
    flow = walk.block(function.body)
    result, walk.returned = walk.returned, None
    return result if flow is Flow.RETURN else None
