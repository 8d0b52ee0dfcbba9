"""Engines of single numbers: one step of the blog's notebook, with any ``Value`` and ``MLP``."""

from typing import Any

import numpy as np

from benchmarks.problem import InProcess, Problem
from micrograd_core.training.points import Array


class ScalarNetwork(InProcess):
    """A network whose step computes every number as a ``Value``."""

    def __init__(self, problem: Problem, value: Any, mlp: Any) -> None:
        self._value, self._l2 = value, problem.config.l2
        self._model = mlp(2, list(problem.config.widths[1:]))
        self._points, self._labels = problem.inputs.tolist(), problem.labels.tolist()
        for parameter, data in zip(self._model.parameters(), problem.parameters, strict=True):
            parameter.data = data

    def step(self, rate: float) -> tuple[float, float]:
        inputs = [list(map(self._value, point)) for point in self._points]
        scores = list(map(self._model, inputs))
        losses = [(1 + -label * score).relu() for label, score in zip(self._labels, scores, strict=True)]
        penalty = self._l2 * sum(parameter * parameter for parameter in self._model.parameters())
        loss = sum(losses) * (1.0 / len(losses)) + penalty
        self._model.zero_grad()
        loss.backward()
        for parameter in self._model.parameters():
            parameter.data -= rate * parameter.grad
        right = [(label > 0) == (score.data > 0) for label, score in zip(self._labels, scores, strict=True)]
        return float(loss.data), sum(right) / len(right)

    def parameters(self) -> Array:
        return np.array([parameter.data for parameter in self._model.parameters()])
