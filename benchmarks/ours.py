"""The array program derived from the ``Value`` graph: as training uses it, and on its own."""

from itertools import cycle

import numpy as np

from benchmarks.problem import InProcess, Problem
from micrograd_core.training.engines import ArrayLearner
from micrograd_core.training.model import loss_program
from micrograd_core.training.points import Array
from micrograd_core.training.run import accuracy
from micrograd_core.training.state import initial_state


class Network(InProcess):
    """A network that trains on all points in each step, by the learner of a ``Run``."""

    def __init__(self, problem: Problem) -> None:
        self._learner = ArrayLearner(problem.config, problem.points, initial_state(problem.config))
        self._labels = problem.labels

    def step(self, rate: float) -> tuple[float, float]:
        loss, scores = self._learner.evaluate()
        share = accuracy(scores, self._labels)
        self._learner.update(rate, None)
        return loss, share

    def parameters(self) -> Array:
        return np.array(self._learner.state(0).parameters)


class BatchNetwork(InProcess):
    """A network that trains on one batch in each step, by the loss program alone; loss and accuracy are the batch's.

    A ``Run`` uses the same gradient, but evaluates all points in each step, which takes longer.
    """

    def __init__(self, problem: Problem) -> None:
        self._flat = np.array(problem.parameters)
        self._examples = np.column_stack([problem.inputs, problem.labels])
        self._batches = cycle(problem.batches)
        self._batch = loss_program(problem.config).bind(self._examples[problem.batches[0]])

    def step(self, rate: float) -> tuple[float, float]:
        examples = self._examples[next(self._batches)]
        self._batch.load(examples)
        loss, gradient = self._batch.value_and_grad(self._flat)
        share = accuracy(self._batch.watched()[0], examples[:, 2])
        self._flat -= rate * gradient
        return loss, share

    def parameters(self) -> Array:
        return self._flat.copy()
