"""What follows a thing: ``.name``, ``(…)``, ``[…]``. Chains of them are as long as one likes."""

from __future__ import annotations

import ast

from micrograd_core.engine import Value
from micrograd_core.language.arithmetic import Evaluated
from micrograd_core.language.builtins import ATTRIBUTES, FUNCTIONS, Attribute
from micrograd_core.language.calls import bind_arguments, elements
from micrograd_core.language.functions import call_function
from micrograd_core.language.interpreter import Interpreter
from micrograd_core.language.labels import name_inner_nodes
from micrograd_core.language.problems import no_attribute, no_member
from micrograd_core.language.values import (
    BoundMethod,
    Builtin,
    Function,
    Namespace,
    Number,
    describe,
    detach,
    kind,
)
from micrograd_core.nn import MLP, Layer, Neuron


def trailers(interpreter: Interpreter, node: ast.Attribute | ast.Call | ast.Subscript) -> object:
    chain: list[ast.expr] = [node]
    while (inner := _before_trailer(chain[-1])) is not None:
        chain.append(inner)
    thing = interpreter.evaluate(chain[-1])
    for step in reversed(chain[:-1]):
        match step:
            case ast.Attribute():
                thing = attribute(interpreter, thing, step)
            case ast.Call():
                positional, named = _arguments(interpreter, step)
                thing = call(interpreter, thing, positional, named, step)
            case ast.Subscript():
                thing = _subscript(interpreter, thing, step)
    return thing


def _before_trailer(node: ast.expr) -> ast.expr | None:
    match node:
        case ast.Attribute() | ast.Subscript():
            return node.value
        case ast.Call():
            return node.func
    return None


def attribute(interpreter: Interpreter, owner: object, node: ast.Attribute) -> object:
    """``owner.name``, to be read."""
    if isinstance(owner, Namespace):
        if node.attr not in owner.members:
            raise no_member(interpreter.recorder, owner, node.attr, node)
        return member(owner, node.attr, node)
    found = find_attribute(interpreter, owner, node)
    if isinstance(found, Builtin):
        return BoundMethod(found, owner)
    thing = found.get(interpreter.recorder.value(owner, node.value) if isinstance(owner, Number) else owner)
    return detach(thing) if isinstance(thing, float) else thing


def find_attribute(interpreter: Interpreter, owner: object, node: ast.Attribute) -> Builtin | Attribute:
    table = ATTRIBUTES.get(kind(owner), {})
    if node.attr in table:
        return table[node.attr]
    raise no_attribute(interpreter.recorder, owner, table, node)


def member(namespace: Namespace, name: str, node: ast.expr | ast.alias) -> object:
    """What ``namespace`` has under the name ``name``; its constants are like typed numbers."""
    found = namespace.members[name]
    if not isinstance(found, float):
        return found
    place = node if isinstance(node, ast.expr) else ast.copy_location(ast.Constant(found), node)
    return Number(found, place, name, label=name)


def _arguments(interpreter: Interpreter, node: ast.Call) -> tuple[list[Evaluated], dict[str, Evaluated]]:
    positional: list[Evaluated] = []
    for argument in node.args:
        if isinstance(argument, ast.Starred):
            thing = interpreter.evaluate(argument.value)
            things = elements(interpreter.recorder, Evaluated(thing, argument.value), "What follows a star")
            for thing in things:
                interpreter.recorder.tick(argument)
                positional.append(Evaluated(thing, argument))
        else:
            positional.append(Evaluated(interpreter.evaluate(argument), argument))
    named: dict[str, Evaluated] = {}
    for keyword in node.keywords:
        if keyword.arg is None:
            raise interpreter.recorder.error(
                keyword.value, "** cannot stand here.", "Write the arguments out."
            )
        if keyword.arg in named:
            raise interpreter.recorder.error(
                keyword.value, f"The argument {keyword.arg} is given twice.", "Remove one."
            )
        named[keyword.arg] = Evaluated(interpreter.evaluate(keyword.value), keyword.value)
    return positional, named


def call(
    interpreter: Interpreter,
    function: object,
    positional: list[Evaluated],
    named: dict[str, Evaluated],
    node: ast.Call,
) -> object:
    """``function(…)``; the arguments are known already."""
    match function:
        case Builtin() | BoundMethod():
            builtin = function.builtin if isinstance(function, BoundMethod) else function
            receiver = function.receiver if isinstance(function, BoundMethod) else None
            arguments = bind_arguments(
                interpreter.recorder,
                node,
                builtin,
                positional,
                named,
                receiver,
                lambda inner, operands: call(interpreter, inner, operands, {}, node),
            )
            return builtin.handler(arguments)
        case Function():
            return call_function(interpreter, function, positional, named, node)
        case Neuron() | Layer() | MLP():
            return _call_module(interpreter, function, positional, named, node)
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    if name in FUNCTIONS:
        message = f"{name} is {describe(function)} here, because the program gave this name another value."
        raise interpreter.recorder.error(node.func, message, "Give that value another name.")
    if isinstance(function, Value | Number | int | float):
        hint = "Write * to multiply."
    elif isinstance(function, list | tuple):
        hint = "Write [0] for its first element."
    else:
        hint = "Only functions and networks can be called."
    raise interpreter.recorder.error(node.func, f"{describe(function, start=True)} cannot be called.", hint)


def _call_module(
    interpreter: Interpreter,
    module: Neuron | Layer | MLP,
    positional: list[Evaluated],
    named: dict[str, Evaluated],
    node: ast.Call,
) -> object:
    name, recorder = type(module).__name__, interpreter.recorder
    hint = "Put the inputs into one list: n([1.0, 2.0])."
    if named:
        raise recorder.error(node, f"The inputs of a {name} are given without a name.", hint)
    if len(positional) != 1:
        raise recorder.error(
            node, f"A {name} takes one list of inputs, not {len(positional)} arguments.", hint
        )
    operand = positional[0]
    things = elements(recorder, operand, f"What a {name} takes")
    if len(things) != _inputs(module):
        raise recorder.error(
            operand.node,
            f"This {name} takes {_inputs(module)} inputs, not {len(things)}.",
            f"Give it a list of {_inputs(module)} numbers.",
        )
    recorder.require_nodes(2 * len(module.parameters()) + len(things), node)
    inputs = []
    for index, thing in enumerate(things):
        value = recorder.value(thing, operand.node)
        if value is None:
            raise recorder.error(
                operand.node, f"Input {index} is {describe(thing)}, not a number.", "Inputs are numbers."
            )
        inputs.append(value)
    result = module(inputs)
    recorder.check_time(node)
    made = recorder.adopt([result] if isinstance(result, Value) else result, node)
    recorder.check_time(node)
    name_inner_nodes(recorder, made, result)
    recorder.check_time(node)
    return result


def _inputs(module: Neuron | Layer | MLP) -> int:
    match module:
        case Neuron():
            return len(module.w)
        case Layer():
            return len(module.neurons[0].w)
    return len(module.layers[0].neurons[0].w)


def _subscript(interpreter: Interpreter, owner: object, node: ast.Subscript) -> object:
    if not isinstance(owner, list | tuple | range | str):
        hints = {"MLP": "Write m.layers[0].", "Layer": "Write l.neurons[0].", "Neuron": "Write n.w[0]."}
        raise interpreter.recorder.error(
            node,
            f"{describe(owner, start=True)} has no elements.",
            hints.get(kind(owner), "Only lists have elements."),
        )
    if isinstance(node.slice, ast.Slice):
        part = owner[_slice(interpreter, node.slice)]
        interpreter.recorder.spend_items(len(part), node)
        return part
    return owner[_index(interpreter, len(owner), node)]


def list_index(interpreter: Interpreter, owner: object, node: ast.Subscript) -> tuple[list[object], int]:
    """The list and the place in it that ``owner[…] = …`` changes."""
    if not isinstance(owner, list):
        raise interpreter.recorder.error(
            node,
            f"The elements of {describe(owner)} cannot be replaced.",
            "Only those of a list can: xs = [1.0, 2.0].",
        )
    if isinstance(node.slice, ast.Slice):
        raise interpreter.recorder.error(
            node.slice, "Only one element at a time can be replaced.", "Write xs = xs[:1] + [2.0] + xs[2:]."
        )
    return owner, _index(interpreter, len(owner), node)


def _slice(interpreter: Interpreter, node: ast.Slice) -> slice:
    ends = [
        None
        if part is None
        else interpreter.recorder.whole(interpreter.evaluate(part), part, "An end of a slice")
        for part in (node.lower, node.upper, node.step)
    ]
    if ends[2] == 0:
        raise interpreter.recorder.error(node, "The step of a slice cannot be 0.", "Write 1 or -1.")
    return slice(*ends)


def _index(interpreter: Interpreter, length: int, node: ast.Subscript) -> int:
    """The index, counted from the start."""
    index = interpreter.recorder.whole(interpreter.evaluate(node.slice), node.slice, "An index")
    if not -length <= index < length:
        count = "1 element" if length == 1 else f"{length} elements"
        hint = f"The first is [0], the last [{length - 1}]." if length else "It is empty."
        raise interpreter.recorder.error(node.slice, f"There is no element {index}: this has {count}.", hint)
    return index % length
