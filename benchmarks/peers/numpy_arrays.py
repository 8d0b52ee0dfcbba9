"""Hand-written numpy, the plain way: an array for each layer's weights and biases, gradients by hand."""

from collections.abc import Sequence
from itertools import cycle

import numpy as np

from benchmarks.problem import InProcess, Problem, flatten
from micrograd_core.training.points import Array


class Network(InProcess):
    """A network of two relu layers. With batches in the problem each step trains on one of them, else on all points."""

    def __init__(self, problem: Problem) -> None:
        (self._w1, self._b1), (self._w2, self._b2), (self._w3, self._b3) = problem.layers()
        self._x, self._y, self._l2 = problem.inputs, problem.labels, problem.config.l2
        self._batches = cycle(problem.batches) if problem.batches else None

    def step(self, rate: float) -> tuple[float, float]:
        w1, b1, w2, b2, w3, b3 = self._w1, self._b1, self._w2, self._b2, self._w3, self._b3
        x, y, l2 = self._x, self._y, self._l2
        if self._batches is not None:
            rows = next(self._batches)
            x, y = x[rows], y[rows]

        z1 = x @ w1 + b1
        h1 = np.maximum(z1, 0)
        z2 = h1 @ w2 + b2
        h2 = np.maximum(z2, 0)
        scores = (h2 @ w3 + b3)[:, 0]
        margins = 1 - y * scores
        loss = np.maximum(margins, 0).mean()
        loss += l2 * sum((p * p).sum() for p in (w1, b1, w2, b2, w3, b3))
        accuracy = ((scores > 0) == (y > 0)).mean()

        dscores = (-y * (margins > 0) / len(y))[:, None]
        dw3 = h2.T @ dscores + 2 * l2 * w3
        db3 = dscores.sum(axis=0) + 2 * l2 * b3
        dz2 = (dscores @ w3.T) * (z2 > 0)
        dw2 = h1.T @ dz2 + 2 * l2 * w2
        db2 = dz2.sum(axis=0) + 2 * l2 * b2
        dz1 = (dz2 @ w2.T) * (z1 > 0)
        dw1 = x.T @ dz1 + 2 * l2 * w1
        db1 = dz1.sum(axis=0) + 2 * l2 * b1

        w1 -= rate * dw1
        b1 -= rate * db1
        w2 -= rate * dw2
        b2 -= rate * db2
        w3 -= rate * dw3
        b3 -= rate * db3
        return float(loss), float(accuracy)

    def parameters(self) -> Array:
        return flatten([(self._w1, self._b1), (self._w2, self._b2), (self._w3, self._b3)])


def neuron_maps(layers: Sequence[tuple[Array, Array]], points: Array) -> list[Array]:
    """Return the outputs of all neurons at ``points`` (n, 2), an array (n, width) for each layer; the last is the
    score."""
    (w1, b1), (w2, b2), (w3, b3) = layers
    h1 = np.maximum(points @ w1 + b1, 0)
    h2 = np.maximum(h1 @ w2 + b2, 0)
    return [h1, h2, h2 @ w3 + b3]
