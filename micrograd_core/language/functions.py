"""Functions defined by the program: ``def`` and ``lambda``."""

from __future__ import annotations

import ast
from functools import partial

from micrograd_core.language.arithmetic import Evaluated
from micrograd_core.language.calls import match_arguments
from micrograd_core.language.interpreter import Flow, Interpreter
from micrograd_core.language.labels import bind_numbers
from micrograd_core.language.scope import Scope
from micrograd_core.language.stack import on_own_stack
from micrograd_core.language.values import Function, Parameter
from micrograd_core.texts import tr

_LEVELS_PER_STACK = 60
"""Python allows about 1000 calls on one stack; a level of nesting takes up to five of them."""
_STACK_BYTES = 4 * 1024 * 1024


def make_function(interpreter: Interpreter, node: ast.FunctionDef | ast.Lambda, name: str) -> Function:
    """Define a function. Its default values are evaluated here."""
    arguments, recorder = node.args, interpreter.recorder
    starred = [*filter(None, (arguments.vararg, arguments.kwarg)), *arguments.kwonlyargs]
    if starred or arguments.posonlyargs:
        raise recorder.error(
            (starred or arguments.posonlyargs)[0],
            tr("Parameters with * or / are not part of this language."),
            tr("Give each parameter a name: {code}.", code="def f(x, y=1.0)"),
        )
    names: dict[str, None] = {}
    for argument in arguments.args:
        if argument.arg in names:
            raise recorder.error(
                argument,
                tr("There are two parameters called {name}.", name=argument.arg),
                tr("Rename one of them."),
            )
        names[argument.arg] = None
    with_default = list(names)[len(names) - len(arguments.defaults) :]
    defaults = dict(zip(with_default, arguments.defaults, strict=True))
    return Function(
        name,
        tuple(Parameter(n, recorder.source.text(defaults[n]) if n in defaults else None) for n in names),
        {n: interpreter.evaluate(default) for n, default in defaults.items()},
        node.body,
        interpreter.local_names(node),
        interpreter.scope,
    )


def call_function(
    interpreter: Interpreter,
    function: Function,
    positional: list[Evaluated],
    named: dict[str, Evaluated],
    node: ast.Call,
) -> object:
    """Call a function of the program in a scope of its own, and on a new stack if it is deeply nested."""
    recorder = interpreter.recorder
    given = match_arguments(recorder, node, function, positional, named)
    if interpreter.calls >= recorder.limits.depth:
        raise recorder.error(
            node,
            tr("More than {limit} function calls are nested here.", limit=recorder.limits.depth),
            tr("A function that calls itself must stop at some point: {code}.", code="if n == 0: return 1.0"),
        )
    scope = Scope(function.scope, function.local)
    for parameter in function.parameters:
        name = parameter.name
        scope.names[name] = given[name].thing if name in given else function.defaults[name]
        bind_numbers(scope.names[name], name)
    number = interpreter.times_called.get(function, 0)
    interpreter.times_called[function] = number + 1
    outer = interpreter.scope, interpreter.depth, interpreter.loops, interpreter.levels_below
    outer_round = recorder.tape.round
    interpreter.scope, interpreter.depth, interpreter.loops = scope, 0, 0
    interpreter.levels_below += outer[1] + 1
    interpreter.calls += 1
    line = recorder.source.span(node).line
    recorder.tape.begin_round(recorder.tape.new_loop(), "call", function.name, number, line)
    if interpreter.levels_below > _LEVELS_PER_STACK:
        interpreter.levels_below = 0
        result = on_own_stack(partial(_run, interpreter, function), _STACK_BYTES, recorder.stopwatch)
    else:
        result = _run(interpreter, function)
    interpreter.scope, interpreter.depth, interpreter.loops, interpreter.levels_below = outer
    recorder.tape.end_rounds(outer_round)
    interpreter.calls -= 1
    return result


def _run(interpreter: Interpreter, function: Function) -> object:
    """Run the function's body in the scope made for this call and return its result."""
    if isinstance(function.body, ast.expr):
        return interpreter.evaluate(function.body)
    flow = interpreter.block(function.body)
    result, interpreter.returned = interpreter.returned, None
    return result if flow is Flow.RETURN else None
