"""Neurons, layers and multi-layer perceptrons, as the blog post has them.

Weights come from ``random.uniform(-1, 1)`` in the blog's order, so that one seed gives the same network everywhere.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import methodcaller

from micrograd_core.engine import Value
from micrograd_core.texts import tr


@dataclass(frozen=True, slots=True)
class Activation:
    """One row of the table: what a neuron does to its weighted sum."""

    name: str
    prefix: str
    """The beginning of a neuron's repr, as in micrograd: ``ReLU`` of ``ReLUNeuron(2)``."""
    title: str
    """The name for people."""
    function: Callable[[Value], Value]


def _unchanged(value: Value) -> Value:
    return value


ACTIVATIONS: dict[str, Activation] = {
    row.name: row
    for row in (
        Activation("relu", "ReLU", tr("ReLU"), methodcaller("relu")),
        Activation("tanh", "Tanh", tr("Tanh"), methodcaller("tanh")),
        Activation("sigmoid", "Sigmoid", tr("Sigmoid"), methodcaller("sigmoid")),
        Activation("none", "Linear", tr("Linear"), _unchanged),
    )
}


def _check_inputs(x: Sequence[Value | float], count: int, who: str) -> None:
    if isinstance(x, str) or not hasattr(x, "__len__"):
        raise TypeError(f"{who} takes a list of {count} inputs, not {x!r}")
    if len(x) != count:
        raise ValueError(f"{who} takes {count} inputs, not {len(x)}")


def _check_size(size: int, what: str) -> None:
    if isinstance(size, bool) or not hasattr(size, "__index__"):
        raise TypeError(f"the number of {what} must be a whole number, not {size!r}")
    if size < 1:
        raise ValueError(f"the number of {what} must be 1 or more, not {size}")


class Module:
    """A component with trainable parameters."""

    def parameters(self) -> list[Value]:
        return []

    def zero_grad(self) -> None:
        for parameter in self.parameters():
            parameter.grad = 0.0


class Neuron(Module):
    """``activation(w · x + b)`` of ``nin`` inputs. Raises TypeError and ValueError for wrong sizes and inputs."""

    def __init__(self, nin: int, activation: str = "relu") -> None:
        _check_size(nin, "inputs of a neuron")
        self.w = [Value(random.uniform(-1, 1)) for _ in range(nin)]
        self.b = Value(random.uniform(-1, 1))
        if activation not in ACTIVATIONS:
            raise ValueError(f"unknown activation '{activation}'; there are {', '.join(ACTIVATIONS)}")
        self.activation = ACTIVATIONS[activation]

    def __call__(self, x: Sequence[Value | float]) -> Value:
        _check_inputs(x, len(self.w), "this neuron")
        weighted_sum = self.b
        for wi, xi in zip(self.w, x, strict=True):
            weighted_sum = weighted_sum + wi * xi
        return self.activation.function(weighted_sum)

    def parameters(self) -> list[Value]:
        return [*self.w, self.b]

    def __repr__(self) -> str:
        return f"{self.activation.prefix}Neuron({len(self.w)})"


class Layer(Module):
    """``nout`` neurons that share ``nin`` inputs. It returns one Value if there is one neuron, else a list."""

    def __init__(self, nin: int, nout: int, activation: str = "relu") -> None:
        _check_size(nout, "neurons of a layer")
        self.neurons = [Neuron(nin, activation) for _ in range(nout)]

    def __call__(self, x: Sequence[Value | float]) -> list[Value] | Value:
        outs = [neuron(x) for neuron in self.neurons]
        return outs[0] if len(outs) == 1 else outs

    def parameters(self) -> list[Value]:
        return [parameter for neuron in self.neurons for parameter in neuron.parameters()]

    def __repr__(self) -> str:
        return f"Layer of [{', '.join(map(repr, self.neurons))}]"


class MLP(Module):
    """Layers in sequence, with ``nouts`` neurons each; all but the last apply ``activation``."""

    def __init__(self, nin: int, nouts: Sequence[int], activation: str = "relu") -> None:
        if isinstance(nouts, str) or not isinstance(nouts, Sequence) or not nouts:
            raise TypeError(
                f"an MLP takes a list with the number of neurons of each layer, such as [16, 16, 1], not {nouts!r}"
            )
        self._nin = nin
        sizes = [nin, *nouts]
        self.layers = [
            Layer(nin, nout, activation="none" if i == len(nouts) - 1 else activation)
            for i, (nin, nout) in enumerate(pairwise(sizes))
        ]

    def __call__(self, x: Sequence[Value | float]) -> list[Value] | Value:
        _check_inputs(x, self._nin, "this network")
        # Each input becomes one Value, which all neurons of the first layer share.
        outs = [xi if isinstance(xi, Value) else Value(xi) for xi in x]
        for layer in self.layers:
            result = layer(outs)
            outs = [result] if isinstance(result, Value) else result
        return outs[0] if len(outs) == 1 else outs

    def parameters(self) -> list[Value]:
        return [parameter for layer in self.layers for parameter in layer.parameters()]

    def __repr__(self) -> str:
        return f"MLP of [{', '.join(map(repr, self.layers))}]"
