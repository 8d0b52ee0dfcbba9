"""Labels for the nodes of a graph: their names in the program, or their positions in a network."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from micrograd_core.engine import Value
from micrograd_core.language.recorder import Recorder, Weight
from micrograd_core.language.source import shorten
from micrograd_core.language.values import Number
from micrograd_core.nn import ACTIVATIONS, MLP, Layer, Module, Neuron

_LIST_DEPTH = 3
_MOST_ELEMENTS = 10_000
_SHORT = 40


def bind(recorder: Recorder, thing: object, name: str) -> None:
    """Label the object assigned to ``name``, unless it has a label already; elements become ``name[0]``."""
    for element, element_name in _named(thing, name):
        match element:
            case Number() | Value():
                _label(element, element_name)
            case Module() if "(" in recorder.module_names.get(element, ""):
                _name_module(recorder, element, element_name)
                for parameter in element.parameters():
                    parameter.label = parameter.label or recorder.labels[parameter]


def bind_numbers(thing: object, name: str) -> None:
    """Label the argument for a parameter ``name``: only typed numbers get a label, Values keep theirs."""
    for element, element_name in _named(thing, name):
        if isinstance(element, Number):
            _label(element, element_name)


def _label(thing: Number | Value, name: str) -> None:
    thing.label = thing.label or name
    if isinstance(thing, Number) and thing.value is not None:
        _label(thing.value, name)


def _named(thing: object, name: str) -> Iterator[tuple[object, str]]:
    """Yield ``thing`` and the first elements of its nested lists, with their names."""
    return islice(_elements(thing, name, _LIST_DEPTH), _MOST_ELEMENTS)


def _elements(thing: object, name: str, depth: int) -> Iterator[tuple[object, str]]:
    yield thing, name
    if isinstance(thing, list | tuple) and depth:
        for index, element in enumerate(thing):
            yield from _elements(element, f"{name}[{index}]", depth - 1)


def introduce(recorder: Recorder, module: Module, text: str) -> None:
    """Enter a new network's neurons; its parameters are named by ``text`` until the network has a name."""
    for neuron in _neurons(module):
        recorder.weights[neuron.b] = Weight(neuron, None)
        recorder.weights.update((weight, Weight(neuron, index)) for index, weight in enumerate(neuron.w))
    _name_module(recorder, module, text)


def name_inner_nodes(recorder: Recorder, made: Iterable[Value], result: Value | list[Value]) -> None:
    """Name the products, partial sums and activations that a call of a network made, found from the graph."""
    sums: dict[Value, tuple[Neuron, int]] = {}
    for value in made:
        if not value.operands:
            continue
        first = value.operands[0]
        weight = recorder.weights.get(first)
        if value.op == "*" and weight is not None and weight.input is not None:
            label = f"{recorder.label_of(first)}*{recorder.label_of(value.operands[1])}"
        elif value.op == "+" and (first in sums or (weight is not None and weight.input is None)):
            neuron, terms = sums[first] if first in sums else (recorder.weights[first].neuron, 0)
            sums[value] = neuron, terms + 1
            name = recorder.module_names[neuron]
            complete = terms + 1 == len(neuron.w)
            is_output = complete and neuron.activation is ACTIVATIONS["none"]
            label = f"{name}(x)" if is_output else f"{name} sum" if complete else f"{name} sum {terms + 1}"
        elif first in sums:
            label = f"{recorder.module_names[sums[first][0]]}(x)"
        else:
            continue
        if value is not result:
            recorder.labels[value] = shorten(label, _SHORT)


def _name_module(recorder: Recorder, module: Module, name: str) -> None:
    recorder.module_names[module] = name
    match module:
        case Neuron():
            recorder.labels[module.b] = f"{name}.b"
            recorder.labels.update((weight, f"{name}.w[{index}]") for index, weight in enumerate(module.w))
        case Layer():
            for index, neuron in enumerate(module.neurons):
                _name_module(recorder, neuron, f"{name}[{index}]")
        case MLP():
            for index, layer in enumerate(module.layers):
                _name_module(recorder, layer, f"{name}[{index}]")


def _neurons(module: Module) -> list[Neuron]:
    match module:
        case Neuron():
            return [module]
        case Layer():
            return module.neurons
        case MLP():
            return [neuron for layer in module.layers for neuron in layer.neurons]
    return []
