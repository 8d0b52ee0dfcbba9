"""The tables of the language: every function, method, attribute and module there is. Nothing else can be reached."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from micrograd_core.engine import Value, backward_steps
from micrograd_core.language.arithmetic import total
from micrograd_core.language.calls import Call, elements
from micrograd_core.language.format import show
from micrograd_core.language.labels import introduce
from micrograd_core.language.source import LABEL_LENGTH
from micrograd_core.language.values import (
    Builtin,
    Namespace,
    Number,
    Parameter,
    describe,
    number_text,
)
from micrograd_core.nn import ACTIVATIONS, MLP, Layer, Module, Neuron
from micrograd_core.ops import OPS

_STEPS_PER_TICK = 1024


def _unary(call: Call, thing: object, value: Value | None) -> object:
    """An operation of ``OPS`` with one operand: a node, or for a plain number a plain number."""
    name, record = call.builtin.name, call.record
    if isinstance(thing, bool | int | float):
        result = OPS[name].forward(float(thing))
        record.check_finite(result, (thing,), call.node)
        return result
    if value is None:
        raise call.error(
            "x",
            f"{name} takes a number, not {describe(thing)}.",
            f"Write {name}(x) for a number or a Value x.",
        )
    record.require_nodes(1, call.node)
    result = getattr(value, name)()
    record.adopt([result], call.node)
    return result


def _unary_function(call: Call) -> object:
    operand = call.given["x"]
    plain = isinstance(operand.thing, bool | int | float)
    return _unary(call, operand.thing, None if plain else call.record.value(operand.thing, operand.node))


def _unary_method(call: Call) -> object:
    return _unary(call, call.receiver, call.receiver_value())


def _value(call: Call) -> Value:
    thing = call.given["data"].thing
    if isinstance(thing, str):
        raise call.error(
            "data", "A Value holds one number, not a text.", "Write Value(2.0), without quotation marks."
        )
    data = call.number("data")
    literal = thing if isinstance(thing, Number) and thing.value is None else None
    text = literal.text if literal is not None else number_text(data)
    return call.record.leaf(data, call.node, label=_label(call), text=text, literal=literal)


def _label(call: Call) -> str:
    label = call.text("label", "")
    if len(label) > LABEL_LENGTH:
        raise call.error("label", f"This label has {len(label)} characters.", f"Use at most {LABEL_LENGTH}.")
    return label


def _neuron(call: Call) -> Module:
    nin = call.whole("nin", 1)
    call.record.require_nodes(nin + 1, call.node)
    return _enter_module(call, Neuron(nin, _activation(call)))


def _layer(call: Call) -> Module:
    nin, nout = call.whole("nin", 1), call.whole("nout", 1)
    call.record.require_nodes((nin + 1) * nout, call.node)
    return _enter_module(call, Layer(nin, nout, _activation(call)))


def _mlp(call: Call) -> Module:
    nin, record = call.whole("nin", 1), call.record
    operand = call.given["nouts"]
    nouts = [
        record.whole(thing, operand.node, "The size of a layer", 1)
        for thing in elements(record, operand, "The argument nouts of MLP")
    ]
    if not nouts:
        raise call.error("nouts", "An MLP has at least one layer.", "Write MLP(2, [4, 4, 1]).")
    record.require_nodes(sum((size + 1) * nout for size, nout in pairwise([nin, *nouts])), call.node)
    return _enter_module(call, MLP(nin, nouts, _activation(call)))


def _activation(call: Call) -> str:
    name = call.text("activation", "relu")
    if name not in ACTIVATIONS:
        raise call.error(
            "activation",
            f"There is no activation called {name[:LABEL_LENGTH]}.",
            f"Write {_one_of(ACTIVATIONS)}.",
        )
    return name


def _one_of(names: Mapping[str, object]) -> str:
    *others, last = (f'"{name}"' for name in names)
    return f"{', '.join(others)} or {last}"


def _enter_module(call: Call, module: Module) -> Module:
    call.record.adopt(module.parameters(), call.node)
    introduce(call.record, module, call.record.source.text(call.node))
    return module


def _sum(call: Call) -> object:
    start = call.given["start"].thing if "start" in call.given else Number(0, call.node, "0")
    things = call.elements("x")
    return total(
        call.record,
        start if things else call.number("start") if "start" in call.given else 0,
        things,
        call.node,
    )


def _print(call: Call) -> None:
    separator = call.text("sep", " ")
    texts = [show(call.record, operand.thing, operand.node) for operand in call.rest]
    call.record.print(separator.join(texts), call.node)


def _len(call: Call) -> int:
    thing = call.given["x"].thing
    if not isinstance(thing, list | tuple | range | str):
        raise call.error(
            "x", f"len counts the elements of a list, not {describe(thing)}.", "Write len([1.0, 2.0])."
        )
    return len(thing)


def _range(call: Call) -> range:
    what = "The argument of range"
    numbers = [call.record.whole(operand.thing, operand.node, what) for operand in call.given.values()]
    if len(numbers) == 3 and numbers[2] == 0:
        raise call.error("step", "The step of range cannot be 0.", "Write 1 or -1.")
    return range(*numbers)


def _zip(call: Call) -> list[object]:
    columns = [elements(call.record, operand, "What zip takes") for operand in call.rest]
    call.record.spend_items(sum(map(len, columns)), call.node)
    return list(zip(*columns, strict=False))


def _enumerate(call: Call) -> list[object]:
    things = call.elements("x")
    call.record.spend_items(2 * len(things), call.node)
    return list(enumerate(things, call.whole("start") if "start" in call.given else 0))


def _backward(call: Call) -> None:
    root, record = call.receiver_value(), call.record
    for number, step in enumerate(backward_steps(root)):
        if number % _STEPS_PER_TICK == 0:
            record.tick(call.node)
        if not math.isfinite(step.total) and math.isfinite(step.upstream) and "grad" not in record.warnings:
            name = step.operand.label or record.labels.get(step.operand) or "a node below"
            record.warn("grad", f"The gradient of {name} becomes {step.total} here.", call.node)
    record.backward_roots.append(root)


def _parameters(call: Call) -> list[Value]:
    assert isinstance(call.receiver, Module)
    parameters = call.receiver.parameters()
    call.record.spend_items(len(parameters), call.node)
    return parameters


def _zero_grad(call: Call) -> None:
    assert isinstance(call.receiver, Module)
    call.receiver.zero_grad()
    call.record.backward_roots.clear()


def _seed(call: Call) -> None:
    random.seed(call.number("a"))


def _drawn(call: Call, number: float) -> Number:
    return Number(number, call.node, call.record.source.text(call.node))


def _uniform(call: Call) -> Number:
    return _drawn(call, random.uniform(float(call.number("a")), float(call.number("b"))))


def _gauss(call: Call) -> Number:
    return _drawn(call, random.gauss(float(call.number("mu")), float(call.number("sigma"))))


def _random(call: Call) -> Number:
    return _drawn(call, random.random())


_X = Parameter("x")
_ACTIVATION = Parameter("activation", '"relu"')
_UNARY_ROWS = [row for row in OPS.values() if row.arity == 1 and not row.constant]
_UNARY = {
    row.symbol: Builtin(
        row.symbol, (_X,), _unary_function, f"{row.formula.format('x')}; {row.domain.format('x')}."
    )
    for row in _UNARY_ROWS
}

FUNCTIONS: dict[str, Builtin] = _UNARY | {
    row.name: row
    for row in (
        Builtin(
            "Value",
            (Parameter("data"), Parameter("label", '""')),
            _value,
            "A number that remembers how it was computed.",
        ),
        Builtin(
            "Neuron", (Parameter("nin"), _ACTIVATION), _neuron, "A neuron with nin inputs and random weights."
        ),
        Builtin(
            "Layer",
            (Parameter("nin"), Parameter("nout"), _ACTIVATION),
            _layer,
            "nout neurons that all take the same nin inputs.",
        ),
        Builtin(
            "MLP",
            (Parameter("nin"), Parameter("nouts"), _ACTIVATION),
            _mlp,
            "Layers in a row, of nouts neurons each; the last has no activation.",
        ),
        Builtin("sum", (_X, Parameter("start", "0")), _sum, "The elements of x added up from left to right."),
        Builtin(
            "print",
            (Parameter("x", ""), Parameter("sep", '" "')),
            _print,
            "Shows its arguments on one line.",
            repeats=True,
        ),
        Builtin("len", (_X,), _len, "How many elements x has."),
        Builtin(
            "range",
            (Parameter("start"), Parameter("stop", "…"), Parameter("step", "1")),
            _range,
            "range(n) counts 0, 1, … n − 1; range(start, stop, step) as it says.",
        ),
        Builtin(
            "zip",
            (_X,),
            _zip,
            "Pairs of elements that stand at the same place in several lists.",
            repeats=True,
        ),
        Builtin(
            "enumerate",
            (_X, Parameter("start", "0")),
            _enumerate,
            "Pairs of a number and an element: (0, x[0]), …",
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Attribute:
    """``thing.name``: how it is read and, where it can be assigned to, how that is done."""

    help: str
    get: Callable[[Any], object]
    assign: Callable[[Value, float], None] | None = None


def _set_data(value: Value, number: float) -> None:
    value.data = number


def _set_grad(value: Value, number: float) -> None:
    value.grad = number


_METHODS_OF_MODULES: dict[str, Builtin | Attribute] = {
    "parameters": Builtin("parameters", (), _parameters, "All weights and biases, in a list."),
    "zero_grad": Builtin("zero_grad", (), _zero_grad, "Sets the gradients of all parameters to 0."),
}

ATTRIBUTES: dict[str, dict[str, Builtin | Attribute]] = {
    "Value": {
        "data": Attribute("The number.", lambda value: value.data, _set_data),
        "grad": Attribute(
            "The derivative of the root of backward() by it.", lambda value: value.grad, _set_grad
        ),
        "label": Attribute("Its name on the card.", lambda value: value.label),
        "backward": Builtin("backward", (), _backward, "Computes the gradients of all it was computed from."),
        **{row.name: Builtin(row.name, (), _unary_method, row.help) for row in _UNARY.values()},
    },
    "Neuron": {
        "w": Attribute("Its weights.", lambda neuron: list(neuron.w)),
        "b": Attribute("Its bias.", lambda neuron: neuron.b),
        **_METHODS_OF_MODULES,
    },
    "Layer": {"neurons": Attribute("Its neurons.", lambda layer: list(layer.neurons)), **_METHODS_OF_MODULES},
    "MLP": {"layers": Attribute("Its layers.", lambda mlp: list(mlp.layers)), **_METHODS_OF_MODULES},
}
"""By kind of thing (``values.kind``), then by name."""

_MATH = Namespace(
    "math",
    {"pi": math.pi, "e": math.e, "tau": math.tau, "inf": math.inf, "nan": math.nan}
    | {name: _UNARY[name] for name in ("exp", "log", "tanh", "sin", "cos", "sqrt")}
    | {"fabs": _UNARY["abs"]},
)
_RANDOM = Namespace(
    "random",
    {
        row.name: row
        for row in (
            Builtin(
                "seed", (Parameter("a"),), _seed, "Begins the random numbers again, the same for the same a."
            ),
            Builtin(
                "uniform", (Parameter("a"), Parameter("b")), _uniform, "A random number between a and b."
            ),
            Builtin(
                "gauss",
                (Parameter("mu"), Parameter("sigma")),
                _gauss,
                "A normally distributed random number.",
            ),
            Builtin("random", (), _random, "A random number between 0 and 1."),
        )
    },
)
_ENGINE = {"Value": FUNCTIONS["Value"]}
_NN = {name: FUNCTIONS[name] for name in ("Neuron", "Layer", "MLP")}

MODULES: dict[str, Namespace] = {
    "math": _MATH,
    "random": _RANDOM,
    "micrograd.engine": Namespace("micrograd.engine", _ENGINE),
    "micrograd.nn": Namespace("micrograd.nn", _NN),
    "micrograd_core.engine": Namespace("micrograd_core.engine", _ENGINE),
    "micrograd_core.nn": Namespace("micrograd_core.nn", _NN),
}
"""What can be imported."""

NAMES: dict[str, Builtin | Namespace] = {**FUNCTIONS, "math": _MATH, "random": _RANDOM}
"""What is there without an import."""
