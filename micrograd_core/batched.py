"""The network of a ``TrainingConfig`` on many points at once, in numpy; the same numbers as its ``Value`` graph.

Parameters are flat, in the order of ``nn.MLP.parameters()``: neuron by neuron, its weights and then its bias, so that
a layer of m neurons with n inputs is a block of m rows of n + 1. Nothing here raises or warns when numbers overflow:
inf and nan come out, as they do from ``Value``s.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]
Parameters: TypeAlias = Sequence[float] | Array


class Network(Protocol):
    """The part of ``training.TrainingConfig`` that decides the network and its loss."""

    @property
    def hidden(self) -> tuple[int, ...]: ...
    @property
    def activation(self) -> str: ...
    @property
    def l2(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Activation:
    """The arrays' reading of a row of ``nn.ACTIVATIONS``: ``slope(sums, outputs)`` is the derivative at ``sums``."""

    forward: Callable[[Array], Array]
    slope: Callable[[Array, Array], Array]


def _sigmoid(sums: Array) -> Array:
    power = np.exp(-np.abs(sums))
    return np.where(sums >= 0.0, 1.0, power) / (1.0 + power)


ACTIVATIONS: dict[str, Activation] = {
    # "Not below 0": the slope at exactly 0 is 1, as the row of relu in ops.py has it.
    "relu": Activation(
        lambda sums: np.maximum(sums, 0.0), lambda sums, _outputs: np.where(sums < 0.0, 0.0, 1.0)
    ),
    "tanh": Activation(np.tanh, lambda _sums, outputs: 1.0 - outputs * outputs),
    "sigmoid": Activation(_sigmoid, lambda _sums, outputs: outputs * (1.0 - outputs)),
    "none": Activation(lambda sums: sums, lambda sums, _outputs: np.ones_like(sums)),
}


@dataclass(frozen=True, slots=True, eq=False)
class Forward:
    """One forward pass over n points; per layer an array (n, width). The last layer's output is the scores."""

    sums: tuple[Array, ...]
    """The weighted sums w · x + b."""
    outputs: tuple[Array, ...]
    """What the activation makes of them."""

    @property
    def scores(self) -> Array:
        """(n,): the sign is the predicted class."""
        return self.outputs[-1][:, 0]


def layer_blocks(network: Network, parameters: Parameters) -> tuple[Array, ...]:
    """Per layer the parameters as (width, inputs + 1), the bias last; views when ``parameters`` is an array.

    Raises ValueError when their number is not the network's.
    """
    flat = np.asarray(parameters, dtype=np.float64)
    shapes = [(width, inputs + 1) for inputs, width in pairwise((2, *network.hidden, 1))]
    bounds = list(accumulate((rows * columns for rows, columns in shapes), initial=0))
    if flat.shape != (bounds[-1],):
        raise ValueError(f"this network has {bounds[-1]} parameters, not {flat.size}")
    slices = pairwise(bounds)
    return tuple(flat[a:b].reshape(shape) for (a, b), shape in zip(slices, shapes, strict=True))


@np.errstate(all="ignore")
def forward(network: Network, parameters: Parameters, inputs: Array) -> Forward:
    """All neurons' sums and outputs at ``inputs`` (n, 2)."""
    sums: list[Array] = []
    outputs = [inputs]
    blocks = layer_blocks(network, parameters)
    for i, block in enumerate(blocks):
        activation = ACTIVATIONS["none" if i == len(blocks) - 1 else network.activation]
        sums.append(outputs[-1] @ block[:, :-1].T + block[:, -1])
        outputs.append(activation.forward(sums[-1]))
    return Forward(tuple(sums), tuple(outputs[1:]))


def neuron_outputs(network: Network, parameters: Parameters, inputs: Array) -> tuple[Array, ...]:
    """Per layer what its neurons answer to ``inputs`` (n, 2), as (n, width); the last one is the score, (n, 1)."""
    return forward(network, parameters, inputs).outputs


def scores(network: Network, parameters: Parameters, inputs: Array) -> Array:
    """The network's output (n,) at ``inputs`` (n, 2)."""
    return forward(network, parameters, inputs).scores


@np.errstate(all="ignore")
def loss(network: Network, parameters: Parameters, scores: Array, labels: Array) -> float:
    """``losses.max_margin(scores, labels) + losses.l2_penalty(parameters, network.l2)``."""
    flat = np.asarray(parameters, dtype=np.float64)
    return float(np.maximum(1.0 - labels * scores, 0.0).mean() + network.l2 * (flat @ flat))


@np.errstate(all="ignore")
def gradient(
    network: Network, parameters: Parameters, inputs: Array, labels: Array, passed: Forward
) -> Array:
    """The derivative of the loss by every parameter, flat; ``passed`` is the forward pass at ``inputs``."""
    flat = np.asarray(parameters, dtype=np.float64)
    result = 2.0 * network.l2 * flat
    blocks, gradients = layer_blocks(network, flat), layer_blocks(network, result)
    slope = ACTIVATIONS[network.activation].slope
    margins = 1.0 - labels * passed.scores
    upstream = (np.where(margins < 0.0, 0.0, -labels) / len(labels))[:, np.newaxis]
    for i in reversed(range(len(blocks))):
        below = passed.outputs[i - 1] if i else inputs
        gradients[i][:, :-1] += upstream.T @ below
        gradients[i][:, -1] += upstream.sum(axis=0)
        if i:
            upstream = (upstream @ blocks[i][:, :-1]) * slope(passed.sums[i - 1], below)
    return result


def loss_and_gradient(
    network: Network, parameters: Parameters, inputs: Array, labels: Array
) -> tuple[float, Array]:
    """The loss at ``inputs`` (n, 2) and ``labels`` (n,) of ±1, and its gradient, flat."""
    passed = forward(network, parameters, inputs)
    return (
        loss(network, parameters, passed.scores, labels),
        gradient(network, parameters, inputs, labels, passed),
    )
