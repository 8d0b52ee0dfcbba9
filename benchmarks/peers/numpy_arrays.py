"""Hand-written numpy, the plain way: an array for each layer's weights and biases, gradients by hand."""

from collections.abc import Sequence
from itertools import cycle

import numpy as np

from benchmarks.problem import InProcess, Problem, flatten
from micrograd_core.training import Array


class Network(InProcess):
    """Two hidden layers of relu. With batches in the problem, one of them in each step; else all points."""

    def __init__(self, problem: Problem) -> None:
        (self.W1, self.b1), (self.W2, self.b2), (self.W3, self.b3) = problem.layers()
        self.X, self.y, self.l2 = problem.inputs, problem.labels, problem.config.l2
        self._batches = cycle(problem.batches) if problem.batches else None

    def step(self, rate: float) -> tuple[float, float]:
        W1, b1, W2, b2, W3, b3 = self.W1, self.b1, self.W2, self.b2, self.W3, self.b3  # noqa: N806
        X, y, l2 = self.X, self.y, self.l2  # noqa: N806
        if self._batches is not None:
            rows = next(self._batches)
            X, y = X[rows], y[rows]  # noqa: N806

        z1 = X @ W1 + b1
        h1 = np.maximum(z1, 0)
        z2 = h1 @ W2 + b2
        h2 = np.maximum(z2, 0)
        scores = (h2 @ W3 + b3)[:, 0]
        margins = 1 - y * scores
        loss = np.maximum(margins, 0).mean()
        loss += l2 * sum((p * p).sum() for p in (W1, b1, W2, b2, W3, b3))
        accuracy = ((scores > 0) == (y > 0)).mean()

        dscores = (-y * (margins > 0) / len(y))[:, None]
        dW3 = h2.T @ dscores + 2 * l2 * W3  # noqa: N806
        db3 = dscores.sum(axis=0) + 2 * l2 * b3
        dz2 = (dscores @ W3.T) * (z2 > 0)
        dW2 = h1.T @ dz2 + 2 * l2 * W2  # noqa: N806
        db2 = dz2.sum(axis=0) + 2 * l2 * b2
        dz1 = (dz2 @ W2.T) * (z1 > 0)
        dW1 = X.T @ dz1 + 2 * l2 * W1  # noqa: N806
        db1 = dz1.sum(axis=0) + 2 * l2 * b1

        W1 -= rate * dW1
        b1 -= rate * db1
        W2 -= rate * dW2
        b2 -= rate * db2
        W3 -= rate * dW3
        b3 -= rate * db3
        return float(loss), float(accuracy)

    def parameters(self) -> Array:
        return flatten([(self.W1, self.b1), (self.W2, self.b2), (self.W3, self.b3)])


def neuron_maps(layers: Sequence[tuple[Array, Array]], points: Array) -> list[Array]:
    """What all neurons answer to ``points`` (n, 2), an array (n, width) for each layer; the last is the score."""
    (W1, b1), (W2, b2), (W3, b3) = layers  # noqa: N806
    h1 = np.maximum(points @ W1 + b1, 0)
    h2 = np.maximum(h1 @ W2 + b2, 0)
    return [h1, h2, h2 @ W3 + b3]
