"""The problem that all networks train on, and the interface of a measured network."""

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
"""Number of different batches; then they come again."""
RATE = 0.05
"""The learning rate while steps are timed."""


@dataclass(frozen=True)
class Problem:
    """The beginning of a training run, the same for all networks."""

    config: TrainingConfig

    @cached_property
    def points(self) -> Points:
        return make_points(self.config)

    @property
    def inputs(self) -> Array:
        """The training points, (n, 2)."""
        return self.points.train_inputs

    @property
    def labels(self) -> Array:
        """The labels, (n,) of ±1."""
        return self.points.train_labels

    @property
    def parameters(self) -> tuple[float, ...]:
        return initial_parameters(self.config)

    @cached_property
    def batches(self) -> tuple[NDArray[np.intp], ...]:
        """Rows of the training points of each batch; () unless the config has a batch size."""
        size, stream = self.config.batch_size, np.random.default_rng(self.config.seed)
        if size is None:
            return ()
        return tuple(stream.permutation(self.config.samples)[:size] for _ in range(BATCHES))

    def layers(self) -> list[tuple[Array, Array]]:
        """Return the first parameters as weights (inputs, outputs) and biases (outputs,), a pair for each layer."""
        flat, result = np.array(self.parameters), []
        for inputs, outputs in pairwise(self.config.widths):
            block, flat = np.split(flat, [outputs * (inputs + 1)])
            rows = block.reshape(outputs, inputs + 1)
            result.append((rows[:, :-1].T.copy(), rows[:, -1].copy()))
        return result


def flatten(layers: Sequence[tuple[Array, Array]]) -> Array:
    """Return weights and biases in the order of ``nn.MLP.parameters()``: by neuron, its weights, then its bias."""
    return np.concatenate([np.column_stack([weights.T, biases]).ravel() for weights, biases in layers])


class Network(Protocol):
    """A network trained by some library."""

    def __init__(self, problem: Problem) -> None: ...

    def step(self, rate: float) -> tuple[float, float]:
        """Make one training step; return the loss, L2 included, and the accuracy before it."""

    def parameters(self) -> Array:
        """Return all parameters, flat, in the order of ``nn.MLP.parameters()``."""

    def clock(self) -> Clock:
        """Return the clock of steps."""

    def close(self) -> None:
        """End the processes that it has started."""


class InProcess:
    """The clock and end of networks that run in this process."""

    def step(self, rate: float) -> tuple[float, float]:
        raise NotImplementedError

    def clock(self) -> Clock:
        return clock(lambda: self.step(RATE))

    def close(self) -> None:
        pass


def difference(one: Network, other: Network, problem: Problem, steps: int) -> float:
    """Return the largest difference of losses, accuracies and parameters over some steps of the demo's schedule.

    Differences are relative to max(1, size).
    """
    farthest = 0.0
    for step in range(steps):
        rate = problem.config.rate(step)
        pairs = [*zip(one.step(rate), other.step(rate), strict=True)]
        pairs += zip(one.parameters(), other.parameters(), strict=True)
        farthest = max(farthest, *(abs(a - b) / max(1.0, abs(a)) for a, b in pairs))
    return farthest
