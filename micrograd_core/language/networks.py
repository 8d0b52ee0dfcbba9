"""Functions and methods for networks: Neuron, Layer and MLP, their parameters and gradients."""

from __future__ import annotations

from itertools import pairwise

from micrograd_core.engine import Value
from micrograd_core.language.calls import Call
from micrograd_core.language.labels import introduce
from micrograd_core.language.source import LABEL_LENGTH
from micrograd_core.language.values import Builtin, Parameter
from micrograd_core.nn import ACTIVATIONS, MLP, Layer, Module, Neuron
from micrograd_core.texts import tr

_LAYER_SIZE = tr("The size of a layer")
_ACTIVATION = Parameter("activation", '"relu"')


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
    node = call.given["nouts"].node
    nouts = [recorder.whole(thing, node, _LAYER_SIZE, 1) for thing in call.elements("nouts")]
    if not nouts:
        raise call.error(
            "nouts", tr("An MLP needs at least one layer."), tr("Write {code}.", code="MLP(2, [4, 4, 1])")
        )
    recorder.require_nodes(sum((size + 1) * nout for size, nout in pairwise([nin, *nouts])), call.node)
    return _enter_module(call, MLP(nin, nouts, _activation(call)))


def _activation(call: Call) -> str:
    name = call.text("activation", "relu")
    if name not in ACTIVATIONS:
        raise call.error(
            "activation",
            tr("There is no activation called {name}.", name=name[:LABEL_LENGTH]),
            tr("Use one of these: {names}.", names=", ".join(f'"{known}"' for known in ACTIVATIONS)),
        )
    return name


def _enter_module(call: Call, module: Module) -> Module:
    call.recorder.adopt(module.parameters(), call.node)
    call.recorder.check_time(call.node)
    introduce(call.recorder, module, call.recorder.source.text(call.node))
    call.recorder.check_time(call.node)
    return module


def _parameters(call: Call) -> list[Value]:
    assert isinstance(call.receiver, Module)
    parameters = call.receiver.parameters()
    call.recorder.spend_items(len(parameters), call.node)
    return parameters


def _zero_grad(call: Call) -> None:
    assert isinstance(call.receiver, Module)
    for parameter in call.receiver.parameters():
        call.recorder.assign(parameter, "grad", 0.0, call.node)


FUNCTIONS = (
    Builtin(
        "Neuron",
        (Parameter("nin"), _ACTIVATION),
        _neuron,
        tr("A neuron with nin inputs and random weights."),
    ),
    Builtin(
        "Layer",
        (Parameter("nin"), Parameter("nout"), _ACTIVATION),
        _layer,
        tr("A layer of nout neurons that share nin inputs."),
    ),
    Builtin(
        "MLP",
        (Parameter("nin"), Parameter("nouts"), _ACTIVATION),
        _mlp,
        tr("Layers in sequence with nouts neurons each; the last has no activation."),
    ),
)

METHODS = (
    Builtin("parameters", (), _parameters, tr("A list of all weights and biases.")),
    Builtin("zero_grad", (), _zero_grad, tr("Sets the gradients of all parameters to 0.")),
)
"""Methods of every network."""
