"""Attributes, calls and subscripts: ``.name``, ``(…)``, ``[…]``, in chains of any length."""

from __future__ import annotations

import ast

from micrograd_core.engine import Value
from micrograd_core.language.arithmetic import Evaluated
from micrograd_core.language.builtins import ATTRIBUTES, FUNCTIONS, Attribute
from micrograd_core.language.calls import STARRED, bind_arguments, elements, takes
from micrograd_core.language.functions import call_function
from micrograd_core.language.interpreter import Interpreter
from micrograd_core.language.labels import name_inner_nodes
from micrograd_core.language.problems import no_attribute, no_member, shadowed_function
from micrograd_core.language.values import (
    BoundMethod,
    Builtin,
    Function,
    Gradient,
    Namespace,
    Number,
    describe,
    detach,
    kind,
)
from micrograd_core.nn import MLP, Layer, Neuron
from micrograd_core.texts import tr, tr_count

_INDEX = tr("An index")
_SLICE_BOUND = tr("A slice bound")
_INPUTS = {
    Neuron: tr("The inputs of a Neuron"),
    Layer: tr("The inputs of a Layer"),
    MLP: tr("The inputs of an MLP"),
}


def trailers(interpreter: Interpreter, node: ast.Attribute | ast.Call | ast.Subscript) -> object:
    """Evaluate a chain of attributes, calls and subscripts, without recursion."""
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
    """Return the value of ``owner.name``."""
    if isinstance(owner, Namespace):
        if node.attr not in owner.members:
            raise no_member(interpreter.recorder, owner, node.attr, node)
        return member(interpreter, owner, node.attr, node)
    found = find_attribute(interpreter, owner, node)
    if isinstance(found, Builtin):
        return BoundMethod(found, owner)
    thing = found.get(interpreter.recorder.value(owner, node.value) if isinstance(owner, Number) else owner)
    if isinstance(owner, Number) and isinstance(thing, float) and node.attr == "grad":
        return Gradient(thing, owner.first or owner)
    return detach(thing) if isinstance(thing, float) else thing


def find_attribute(interpreter: Interpreter, owner: object, node: ast.Attribute) -> Builtin | Attribute:
    """Return the table row of ``owner.name``. Raises LanguageError if there is none."""
    table = ATTRIBUTES.get(kind(owner), {})
    if node.attr in table:
        return table[node.attr]
    raise no_attribute(interpreter.recorder, owner, table, node)


def member(interpreter: Interpreter, namespace: Namespace, name: str, node: ast.expr | ast.alias) -> object:
    """Return a module's member; a constant counts as a typed number."""
    found = namespace.members[name]
    if not isinstance(found, float):
        return found
    located = node if isinstance(node, ast.expr) else ast.copy_location(ast.Constant(found), node)
    return Number(found, located, name, interpreter.recorder.tape.keep_round(), label=name)


def _arguments(interpreter: Interpreter, node: ast.Call) -> tuple[list[Evaluated], dict[str, Evaluated]]:
    positional: list[Evaluated] = []
    for argument in node.args:
        if isinstance(argument, ast.Starred):
            thing = interpreter.evaluate(argument.value)
            things = elements(interpreter.recorder, Evaluated(thing, argument.value), STARRED)
            for thing in things:
                interpreter.recorder.tick(argument)
                positional.append(Evaluated(thing, argument))
        else:
            positional.append(Evaluated(interpreter.evaluate(argument), argument))
    named: dict[str, Evaluated] = {}
    for keyword in node.keywords:
        if keyword.arg is None:
            raise interpreter.recorder.error(
                keyword.value, tr("** cannot be used here."), tr("Write each argument.")
            )
        if keyword.arg in named:
            raise interpreter.recorder.error(
                keyword.value,
                tr("The argument {name} is given twice.", name=keyword.arg),
                tr("Remove one of the two."),
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
    """Call a function, method or network with evaluated arguments."""
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
    if isinstance(node.func, ast.Name) and node.func.id in FUNCTIONS:
        raise shadowed_function(interpreter.recorder, interpreter.tree, function, node.func)
    if isinstance(function, Value | Number | int | float):
        hint = tr("Write * to multiply.")
    elif isinstance(function, list | tuple):
        hint = tr("Write [0] for its first element.")
    else:
        hint = tr("Only functions and networks can be called.")
    message = tr("{kind} cannot be called.", kind=describe(function, start=True))
    raise interpreter.recorder.error(node.func, message, hint)


def _call_module(
    interpreter: Interpreter,
    module: Neuron | Layer | MLP,
    positional: list[Evaluated],
    named: dict[str, Evaluated],
    node: ast.Call,
) -> object:
    recorder = interpreter.recorder
    if named or len(positional) != 1:
        network = describe(module, start=True)
        message = (
            tr("{network} takes its inputs without a name.", network=network)
            if named
            else takes(network, 1, len(positional))
        )
        raise recorder.error(node, message, tr("Put the inputs into one list: {code}.", code="n([1.0, 2.0])"))
    operand, count = positional[0], _input_count(module)
    things = elements(recorder, operand, _INPUTS[type(module)])
    if len(things) != count:
        raise recorder.error(
            operand.node,
            tr_count(
                "This {network} takes {n} input, not {given}.",
                "This {network} takes {n} inputs, not {given}.",
                count,
                network=kind(module),
                given=len(things),
            ),
            tr_count("Write a list of {n} number.", "Write a list of {n} numbers.", count),
        )
    recorder.require_nodes(2 * len(module.parameters()) + len(things), node)
    inputs = []
    for index, thing in enumerate(things):
        value = recorder.value(thing, operand.node)
        if value is None:
            raise recorder.error(
                operand.node,
                tr("Input {index} is {kind}, not a number.", index=index, kind=describe(thing)),
                tr("Use numbers or Values as inputs."),
            )
        inputs.append(value)
    result = module(inputs)
    recorder.check_time(node)
    made = recorder.adopt([result] if isinstance(result, Value) else result, node)
    recorder.check_time(node)
    name_inner_nodes(recorder, made, result)
    recorder.check_time(node)
    return result


def _input_count(module: Neuron | Layer | MLP) -> int:
    match module:
        case Neuron():
            return len(module.w)
        case Layer():
            return len(module.neurons[0].w)
    return len(module.layers[0].neurons[0].w)


def _subscript(interpreter: Interpreter, owner: object, node: ast.Subscript) -> object:
    if not isinstance(owner, list | tuple | range | str):
        examples = {"MLP": "m.layers[0]", "Layer": "l.neurons[0]", "Neuron": "n.w[0]"}
        code = examples.get(kind(owner))
        raise interpreter.recorder.error(
            node,
            tr("{kind} has no elements.", kind=describe(owner, start=True)),
            tr("Write {code}.", code=code) if code else tr("Only lists have elements."),
        )
    if isinstance(node.slice, ast.Slice):
        part = owner[_slice(interpreter, node.slice)]
        interpreter.recorder.spend_items(len(part), node)
        return part
    return owner[_index(interpreter, len(owner), node)]


def list_index(interpreter: Interpreter, owner: object, node: ast.Subscript) -> tuple[list[object], int]:
    """Return the list and the index that ``owner[…] = …`` changes."""
    if not isinstance(owner, list):
        raise interpreter.recorder.error(
            node,
            tr("The elements of {kind} cannot be replaced.", kind=describe(owner)),
            tr("Use a list: {code}.", code="xs = [1.0, 2.0]"),
        )
    if isinstance(node.slice, ast.Slice):
        raise interpreter.recorder.error(
            node.slice,
            tr("Only one element at a time can be replaced."),
            tr("Write {code}.", code="xs = xs[:1] + [2.0] + xs[2:]"),
        )
    return owner, _index(interpreter, len(owner), node)


def _slice(interpreter: Interpreter, node: ast.Slice) -> slice:
    ends = [
        None if part is None else interpreter.recorder.whole(interpreter.evaluate(part), part, _SLICE_BOUND)
        for part in (node.lower, node.upper, node.step)
    ]
    if ends[2] == 0:
        raise interpreter.recorder.error(node, tr("The step of a slice cannot be 0."), tr("Write 1 or -1."))
    return slice(*ends)


def _index(interpreter: Interpreter, length: int, node: ast.Subscript) -> int:
    """Return the index, counted from the start. Raises LanguageError if there is no such element."""
    index = interpreter.recorder.whole(interpreter.evaluate(node.slice), node.slice, _INDEX)
    if not -length <= index < length:
        message = tr_count(
            "There is no element {index}: this has {n} element.",
            "There is no element {index}: this has {n} elements.",
            length,
            index=index,
        )
        hint = tr("The first is [0], the last [{last}].", last=length - 1) if length else tr("It is empty.")
        raise interpreter.recorder.error(node.slice, message, hint)
    return index % length
