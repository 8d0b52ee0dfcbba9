"""The tables of the language: all functions, methods, attributes and modules. Nothing else is accessible."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from micrograd_core.engine import GradStep, Value, backward_events, grad_steps
from micrograd_core.language import networks, sequences
from micrograd_core.language.arithmetic import total
from micrograd_core.language.calls import Call, argument_of
from micrograd_core.language.format import show
from micrograd_core.language.notices import look_at_step
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
from micrograd_core.nn import MLP, Layer, Neuron
from micrograd_core.ops import OPS
from micrograd_core.texts import tr

_STEPS_PER_TICK = 1024


def _unary(call: Call, thing: object, value: Value | None) -> object:
    """Apply a function of ``OPS``: it makes a node, or for a plain number a plain number."""
    name, recorder = call.builtin.name, call.recorder
    if isinstance(thing, bool | int | float):
        number: Plain = OPS[name].forward(float(thing))
        recorder.check_finite(number, (thing,), call.node)
        if isinstance(thing, int) and name in WHOLE_OPERATIONS:
            number = whole_or_float(number)
        return detach(number, thing) if isinstance(thing, Detached) else number
    if value is None:
        raise call.error(
            "x",
            tr("{function} takes a number, not {kind}.", function=name, kind=describe(thing)),
            tr("Write {code}, where x is a number or a Value.", code=f"{name}(x)"),
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
            "data",
            tr("A Value holds one number, not a text."),
            tr("Write {code}, without quotation marks.", code="Value(2.0)"),
        )
    data = call.leaving("data")
    literal = thing if isinstance(thing, Number) and thing.value is None else None
    text = literal.text if literal is not None else number_text(data)
    return call.recorder.leaf(data, call.node, label=_label(call), text=text, literal=literal)


def _label(call: Call) -> str:
    label = call.text("label", "")
    if len(label) > LABEL_LENGTH:
        raise call.error(
            "label",
            tr("The length of this label is {length:,}.", length=len(label)),
            tr("Use at most {limit} characters.", limit=LABEL_LENGTH),
        )
    return label


def _zero(call: Call) -> Number:
    """The 0 with which a sum begins."""
    return Number(0, call.node, "0", call.recorder.tape.keep_round())


def _sum(call: Call) -> object:
    start = call.given["start"].thing if "start" in call.given else _zero(call)
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
            raise call.error(
                "x", tr("A text is not a number."), tr("Write the number without quotation marks.")
            )
        return DetachedFloat(thing)
    return DetachedFloat(call.leaving("x"))


def _int(call: Call) -> Plain:
    return _whole(call, float(call.leaving("x")), math.trunc)


def _round(call: Call) -> Plain:
    number = float(call.leaving("x"))
    if "digits" not in call.given:
        return _whole(call, number, round)
    digits = call.whole("digits", 0)
    return DetachedFloat(round(number, min(digits, 400)) if math.isfinite(number) else number)


def _whole(call: Call, number: float, make: Callable[[float], int]) -> Plain:
    if not abs(number) <= LARGEST_WHOLE:
        raise call.error(
            "x",
            tr("{number} cannot be converted to a whole number.", number=number),
            tr("Use a smaller number."),
        )
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
"""The types that ``isinstance`` knows. A typed number is a Value as well as a number, here as elsewhere."""


def _isinstance(call: Call) -> bool:
    thing, kind = call.given["x"].thing, call.given["kind"].thing
    kinds = kind if isinstance(kind, tuple) else (kind,)
    for each in kinds:
        if not isinstance(each, Builtin) or each.name not in _KINDS:
            raise call.error(
                "kind",
                tr(
                    "{subject} must be a type, not {kind}.",
                    subject=argument_of("kind", "isinstance"),
                    kind=describe(each),
                ),
                tr("Use one of these: {names}.", names=", ".join(_KINDS)),
            )
    return any(_KINDS[each.name](thing) for each in kinds if isinstance(each, Builtin))


def _draw_dot(call: Call) -> Value:
    root = call.given["root"]
    value = call.recorder.value(root.thing, root.node)
    if value is None:
        raise call.error(
            "root",
            tr("draw_dot draws a Value, not {kind}.", kind=describe(root.thing)),
            tr("Write {code}.", code="draw_dot(L)"),
        )
    return value


def _backward(call: Call) -> None:
    root, recorder = call.receiver_value(), call.recorder
    for number, step in enumerate(backward_events(root)):
        if number % _STEPS_PER_TICK == 0:
            recorder.check_time(call.node)
        recorder.tape.passed(step, call.node)
        if isinstance(step, GradStep):
            look_at_step(recorder, step, call.node)


def _pass_on(call: Call) -> None:
    for step in grad_steps(call.receiver_value()):
        call.recorder.tape.passed(step, call.node)
        look_at_step(call.recorder, step, call.node)


def _seed(call: Call) -> None:
    random.seed(call.whole("a"))


def _drawn(call: Call, number: float) -> Number:
    return Number(number, call.node, call.recorder.source.text(call.node), call.recorder.tape.keep_round())


def _uniform(call: Call) -> Number:
    return _drawn(call, random.uniform(float(call.number("a")), float(call.number("b"))))


def _gauss(call: Call) -> Number:
    return _drawn(call, random.gauss(float(call.number("mu")), float(call.number("sigma"))))


def _random(call: Call) -> Number:
    return _drawn(call, random.random())


_X = Parameter("x")
_UNARY_ROWS = [row for row in OPS.values() if row.is_function]
_UNARY = {
    row.symbol: Builtin(
        row.symbol, (_X,), _unary_function, f"{row.formula.format('x')}. {row.domain.format('x')}"
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
            tr("A number that remembers how it was computed."),
        ),
        *networks.FUNCTIONS,
        Builtin(
            "sum",
            (_X, Parameter("start", "0")),
            _sum,
            tr("The sum of the elements of x, added from left to right."),
        ),
        Builtin(
            "print",
            (Parameter("x", ""), Parameter("sep", '" "')),
            _print,
            tr("Shows its arguments on one line."),
            repeats=True,
        ),
        Builtin("float", (_X,), _float, tr("The plain number x, which makes no node.")),
        Builtin("int", (_X,), _int, tr("The plain number x without its fraction.")),
        Builtin(
            "round",
            (_X, Parameter("digits", "0")),
            _round,
            tr("The plain number x rounded to this many digits after the point."),
        ),
        Builtin(
            "isinstance",
            (_X, Parameter("kind")),
            _isinstance,
            tr("True if x is of this type: Value, list, …"),
        ),
        Builtin(
            "draw_dot",
            (Parameter("root"), Parameter("format", '"svg"'), Parameter("rankdir", '"LR"')),
            _draw_dot,
            tr("Makes root the output, so that its graph is drawn. For programs from the lecture."),
        ),
        *sequences.FUNCTIONS,
    )
}


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute ``thing.name``."""

    help: str
    get: Callable[[Any], object]
    assignable: bool = False


_NETWORK_METHODS = {row.name: row for row in networks.METHODS}

ATTRIBUTES: dict[str, dict[str, Builtin | Attribute]] = {
    "Value": {
        "data": Attribute(tr("The number."), lambda value: value.data, assignable=True),
        "grad": Attribute(
            tr("The derivative of the root of backward() with respect to this Value."),
            lambda value: value.grad,
            assignable=True,
        ),
        "label": Attribute(tr("The name on its card."), lambda value: value.label),
        "_prev": Attribute(tr("The Values it was computed from, in order."), lambda value: value.operands),
        "_op": Attribute(tr("The operation that computed it."), lambda value: value.op),
        "backward": Builtin(
            "backward", (), _backward, tr("Computes the gradients of all Values it was computed from.")
        ),
        "_backward": Builtin(
            "_backward", (), _pass_on, tr("Passes its gradient on to the Values it was computed from.")
        ),
        **{row.name: Builtin(row.name, (), _unary_method, row.help) for row in _UNARY.values()},
    },
    "Neuron": {
        "w": Attribute(tr("Its weights."), lambda neuron: list(neuron.w)),
        "b": Attribute(tr("Its bias."), lambda neuron: neuron.b),
        **_NETWORK_METHODS,
    },
    "Layer": {
        "neurons": Attribute(tr("Its neurons."), lambda layer: list(layer.neurons)),
        **_NETWORK_METHODS,
    },
    "MLP": {"layers": Attribute(tr("Its layers."), lambda mlp: list(mlp.layers)), **_NETWORK_METHODS},
    "list": {row.name: row for row in sequences.METHODS},
}
"""Methods and attributes by kind of object (``values.kind``), then by name."""

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
                "seed",
                (Parameter("a"),),
                _seed,
                tr("Restarts the random numbers; the same a gives the same numbers."),
            ),
            Builtin(
                "uniform", (Parameter("a"), Parameter("b")), _uniform, tr("A random number between a and b.")
            ),
            Builtin(
                "gauss",
                (Parameter("mu"), Parameter("sigma")),
                _gauss,
                tr("A normally distributed random number with mean mu and standard deviation sigma."),
            ),
            Builtin("random", (), _random, tr("A random number between 0 and 1.")),
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
"""All modules that can be imported."""

NAMES: dict[str, Builtin | Namespace] = {**FUNCTIONS, "math": _MATH, "random": _RANDOM}
"""Names that need no import."""
