"""The tables of the language: every function, method, attribute and module there is. Nothing else can be reached."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from micrograd_core.engine import Value, backward_steps
from micrograd_core.language import sequences
from micrograd_core.language.arithmetic import total
from micrograd_core.language.calls import Call, elements
from micrograd_core.language.format import show
from micrograd_core.language.labels import introduce
from micrograd_core.language.source import LABEL_LENGTH
from micrograd_core.language.values import (
    LARGEST_WHOLE,
    WHOLE_OPERATIONS,
    Builtin,
    Detached,
    DetachedFloat,
    DetachedInt,
    Namespace,
    Number,
    Parameter,
    Plain,
    describe,
    detach,
    number_text,
    whole_or_float,
)
from micrograd_core.nn import ACTIVATIONS, MLP, Layer, Module, Neuron
from micrograd_core.ops import OPS

_STEPS_PER_TICK = 1024


def _unary(call: Call, thing: object, value: Value | None) -> object:
    """An operation of ``OPS`` with one operand: a node, or for a plain number a plain number."""
    name, recorder = call.builtin.name, call.recorder
    if isinstance(thing, bool | int | float):
        number: Plain = OPS[name].forward(float(thing))
        recorder.check_finite(number, (thing,), call.node)
        if isinstance(thing, int) and name in WHOLE_OPERATIONS:
            number = whole_or_float(number)
        return detach(number) if isinstance(thing, Detached) else number
    if value is None:
        raise call.error(
            "x",
            f"{name} takes a number, not {describe(thing)}.",
            f"Write {name}(x) for a number or a Value x.",
        )
    recorder.require_nodes(1, call.node)
    result = getattr(value, name)()
    recorder.adopt([result], call.node)
    return result


def _unary_function(call: Call) -> object:
    operand = call.given["x"]
    plain = isinstance(operand.thing, bool | int | float)
    return _unary(call, operand.thing, None if plain else call.recorder.value(operand.thing, operand.node))


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
    return call.recorder.leaf(data, call.node, label=_label(call), text=text, literal=literal)


def _label(call: Call) -> str:
    label = call.text("label", "")
    if len(label) > LABEL_LENGTH:
        raise call.error("label", f"This label has {len(label)} characters.", f"Use at most {LABEL_LENGTH}.")
    return label


def _neuron(call: Call) -> Module:
    nin = call.whole("nin", 1)
    call.recorder.require_nodes(nin + 1, call.node)
    return _enter_module(call, Neuron(nin, _activation(call)))


def _layer(call: Call) -> Module:
    nin, nout = call.whole("nin", 1), call.whole("nout", 1)
    call.recorder.require_nodes((nin + 1) * nout, call.node)
    return _enter_module(call, Layer(nin, nout, _activation(call)))


def _mlp(call: Call) -> Module:
    nin, recorder = call.whole("nin", 1), call.recorder
    operand = call.given["nouts"]
    nouts = [
        recorder.whole(thing, operand.node, "The size of a layer", 1)
        for thing in elements(recorder, operand, "The argument nouts of MLP")
    ]
    if not nouts:
        raise call.error("nouts", "An MLP has at least one layer.", "Write MLP(2, [4, 4, 1]).")
    recorder.require_nodes(sum((size + 1) * nout for size, nout in pairwise([nin, *nouts])), call.node)
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
    call.recorder.adopt(module.parameters(), call.node)
    call.recorder.check_time(call.node)
    introduce(call.recorder, module, call.recorder.source.text(call.node))
    call.recorder.check_time(call.node)
    return module


def _sum(call: Call) -> object:
    start = call.given["start"].thing if "start" in call.given else Number(0, call.node, "0")
    things = call.elements("x")
    return total(
        call.recorder,
        start if things else call.number("start") if "start" in call.given else 0,
        things,
        call.node,
    )


def _print(call: Call) -> None:
    separator = call.text("sep", " ")
    texts = [show(call.recorder, operand.thing, operand.node) for operand in call.rest]
    call.recorder.print(separator.join(texts), call.node)


def _float(call: Call) -> Plain:
    thing = call.given["x"].thing
    if isinstance(thing, str):
        if thing.strip().lower() not in ("inf", "-inf", "nan"):
            raise call.error("x", "A text is no number.", "Write the number without quotation marks.")
        return DetachedFloat(thing)
    return DetachedFloat(call.number("x"))


def _int(call: Call) -> Plain:
    return _whole(call, float(call.number("x")), math.trunc)


def _round(call: Call) -> Plain:
    number = float(call.number("x"))
    if "digits" not in call.given:
        return _whole(call, number, round)
    digits = call.whole("digits", 0)
    return DetachedFloat(round(number, min(digits, 400)) if math.isfinite(number) else number)


def _whole(call: Call, number: float, make: Callable[[float], int]) -> Plain:
    if not abs(number) <= LARGEST_WHOLE:
        raise call.error("x", f"{number} cannot be made a whole number.", "Give it a smaller number.")
    return DetachedInt(make(number))


_KINDS: dict[str, Callable[[object], bool]] = {
    "Value": lambda thing: isinstance(thing, Value | Number),
    "Neuron": lambda thing: isinstance(thing, Neuron),
    "Layer": lambda thing: isinstance(thing, Layer),
    "MLP": lambda thing: isinstance(thing, MLP),
    "float": lambda thing: isinstance(thing.number if isinstance(thing, Number) else thing, float),
    "int": lambda thing: isinstance(thing.number if isinstance(thing, Number) else thing, int),
    "list": lambda thing: isinstance(thing, list),
    "tuple": lambda thing: isinstance(thing, tuple),
}
"""What ``isinstance`` tells apart. A typed number is a Value as well as a number, as it is everywhere else."""


def _isinstance(call: Call) -> bool:
    thing, kind = call.given["x"].thing, call.given["kind"].thing
    kinds = kind if isinstance(kind, tuple) else (kind,)
    for each in kinds:
        if not isinstance(each, Builtin) or each.name not in _KINDS:
            raise call.error(
                "kind", f"isinstance cannot tell this from {describe(each)}.", f"Use {', '.join(_KINDS)}."
            )
    return any(_KINDS[each.name](thing) for each in kinds if isinstance(each, Builtin))


def _draw_dot(call: Call) -> Value:
    root = call.given["root"]
    value = call.recorder.value(root.thing, root.node)
    if value is None:
        raise call.error("root", f"draw_dot draws a Value, not {describe(root.thing)}.", "Write draw_dot(L).")
    return value


def _backward(call: Call) -> None:
    root, recorder = call.receiver_value(), call.recorder
    for number, step in enumerate(backward_steps(root)):
        if number % _STEPS_PER_TICK == 0:
            recorder.check_time(call.node)
        if not math.isfinite(step.total) and math.isfinite(step.upstream) and "grad" not in recorder.warnings:
            name = step.operand.label or recorder.labels.get(step.operand) or "a node below"
            recorder.warn("grad", f"The gradient of {name} becomes {step.total} here.", call.node)
    recorder.backward_roots.append(root)


def _parameters(call: Call) -> list[Value]:
    assert isinstance(call.receiver, Module)
    parameters = call.receiver.parameters()
    call.recorder.spend_items(len(parameters), call.node)
    return parameters


def _zero_grad(call: Call) -> None:
    assert isinstance(call.receiver, Module)
    call.receiver.zero_grad()
    call.recorder.backward_roots.clear()


def _seed(call: Call) -> None:
    random.seed(call.whole("a"))


def _drawn(call: Call, number: float) -> Number:
    return Number(number, call.node, call.recorder.source.text(call.node), rounds=call.recorder.rounds)


def _uniform(call: Call) -> Number:
    return _drawn(call, random.uniform(float(call.number("a")), float(call.number("b"))))


def _gauss(call: Call) -> Number:
    return _drawn(call, random.gauss(float(call.number("mu")), float(call.number("sigma"))))


def _random(call: Call) -> Number:
    return _drawn(call, random.random())


_X = Parameter("x")
_ACTIVATION = Parameter("activation", '"relu"')
_UNARY_ROWS = [row for row in OPS.values() if row.is_function]
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
        Builtin("float", (_X,), _float, "The plain number x, which makes no node."),
        Builtin("int", (_X,), _int, "The plain number x without its fraction."),
        Builtin(
            "round",
            (_X, Parameter("digits", "0")),
            _round,
            "The plain number x with so many digits after the point.",
        ),
        Builtin("isinstance", (_X, Parameter("kind")), _isinstance, "Whether x is a Value, a list, …"),
        Builtin(
            "draw_dot",
            (Parameter("root"), Parameter("format", '"svg"'), Parameter("rankdir", '"LR"')),
            _draw_dot,
            "Makes root the output, whose graph is drawn; for programs from the lecture.",
        ),
        *sequences.FUNCTIONS,
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
    "list": {row.name: row for row in sequences.METHODS},
}
"""By kind of thing (``values.kind``), then by name."""

_MATH = Namespace(
    "math",
    {"pi": math.pi, "e": math.e, "tau": math.tau, "inf": math.inf, "nan": math.nan}
    | {name: function for name, function in _UNARY.items() if hasattr(math, name)}
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
_ENGINE: dict[str, Builtin | Namespace | float] = {"Value": FUNCTIONS["Value"]}
_NN: dict[str, Builtin | Namespace | float] = {name: FUNCTIONS[name] for name in ("Neuron", "Layer", "MLP")}

_PARTS = [
    Namespace(f"{package}.{name}", members)
    for package in ("micrograd", "micrograd_core")
    for name, members in (("engine", _ENGINE), ("nn", _NN))
]

MODULES: dict[str, Namespace] = {
    "math": _MATH,
    "random": _RANDOM,
    **{part.name: part for part in _PARTS},
    **{
        package: Namespace(
            package,
            {part.name.partition(".")[2]: part for part in _PARTS if part.name.startswith(f"{package}.")},
        )
        for package in ("micrograd", "micrograd_core")
    },
}
"""What can be imported."""

NAMES: dict[str, Builtin | Namespace] = {**FUNCTIONS, "math": _MATH, "random": _RANDOM}
"""What is there without an import."""
