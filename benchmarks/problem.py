"""What every network that is measured is given: points, labels and first parameters, and what it must do."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from benchmarks.measure import Clock, clock
from micrograd_core.training.config import TrainingConfig
from micrograd_core.training.model import initial_parameters
from micrograd_core.training.points import Array, Points, make_points

BATCHES = 64
"""As many different batches are drawn; then they come again."""
RATE = 0.05
"""The learning rate while steps are timed."""


@dataclass(frozen=True)
class Problem:
    """A training run's beginning, the same for all."""

    config: TrainingConfig

    @cached_property
    def points(self) -> Points:
        return make_points(self.config)

    @property
    def inputs(self) -> Array:
        """(n, 2)"""
        return self.points.train_inputs

    @property
    def labels(self) -> Array:
        """(n,) of ±1"""
        return self.points.train_labels

    @property
    def parameters(self) -> tuple[float, ...]:
        return initial_parameters(self.config)

    @cached_property
    def batches(self) -> tuple[NDArray[np.intp], ...]:
        """Rows of the training points; all of them at once unless the config has a batch size."""
        size, stream = self.config.batch_size, np.random.default_rng(self.config.seed)
        if size is None:
            return ()
        return tuple(stream.permutation(self.config.samples)[:size] for _ in range(BATCHES))

    def layers(self) -> list[tuple[Array, Array]]:
        """The first parameters as weights (inputs, outputs) and biases (outputs,), a pair for each layer."""
        flat, result = np.array(self.parameters), []
        for inputs, outputs in pairwise(self.config.widths):
            block, flat = np.split(flat, [outputs * (inputs + 1)])
            rows = block.reshape(outputs, inputs + 1)
            result.append((rows[:, :-1].T.copy(), rows[:, -1].copy()))
        return result


def flatten(layers: Sequence[tuple[Array, Array]]) -> Array:
    """Weights and biases in the order of ``nn.MLP.parameters()``: neuron by neuron, its weights, then its bias."""
    return np.concatenate([np.column_stack([weights.T, biases]).ravel() for weights, biases in layers])


class Network(Protocol):
    """A network that is trained by some library."""

    def __init__(self, problem: Problem) -> None: ...

    def step(self, rate: float) -> tuple[float, float]:
        """One training step: the loss, L2 included, and the accuracy before it."""

    def parameters(self) -> Array:
        """All of them, flat, in the order of ``nn.MLP.parameters()``."""

    def clock(self) -> Clock:
        """Runs and times steps."""

    def close(self) -> None:
        """End what it has started."""


class InProcess:
    """What those share that run in this process."""

    def step(self, rate: float) -> tuple[float, float]:
        raise NotImplementedError

    def clock(self) -> Clock:
        return clock(lambda: self.step(RATE))

    def close(self) -> None:
        pass


def difference(one: Network, other: Network, problem: Problem, steps: int) -> float:
    """How far losses, accuracies and parameters of two networks get apart over some steps of the demo's schedule."""
    farthest = 0.0
    for step in range(steps):
        rate = problem.config.rate(step)
        pairs = [*zip(one.step(rate), other.step(rate), strict=True)]
        pairs += zip(one.parameters(), other.parameters(), strict=True)
        farthest = max(farthest, *(abs(a - b) / max(1.0, abs(a)) for a, b in pairs))
    return farthest
