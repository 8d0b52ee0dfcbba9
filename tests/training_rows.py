"""More rows for the tables of training, to test with: they are there for the length of a test.

Nothing else in the program or its tests knows of them but by their names.
"""

import numpy as np
import pytest

from micrograd_core.training.datasets import DATASETS, Dataset, Drawn
from micrograd_core.training.losses import LOSSES, Loss
from micrograd_core.training.optimizers import OPTIMIZERS, Optimizer
from micrograd_core.training.points import Array


def _momentum(parameters: Array, gradient: Array, rate: float, velocity: Array) -> None:
    velocity *= 0.9
    velocity += gradient
    parameters -= rate * velocity


def _adam(
    parameters: Array, gradient: Array, rate: float, mean: Array, square: Array, updates: Array
) -> None:
    updates += 1.0
    mean += 0.1 * (gradient - mean)
    square += 0.001 * (gradient * gradient - square)
    size = np.sqrt(square / (1.0 - 0.999**updates)) + 1e-8
    parameters -= 0.1 * rate * mean / (1.0 - 0.9**updates) / size


def _diagonal(count: int, noise: float, stream: np.random.RandomState) -> Drawn:
    """A square, cut into two classes along its diagonal."""
    inputs = stream.uniform(-1.0, 1.0, size=(count, 2))
    return inputs + noise * stream.normal(size=(count, 2)), np.where(inputs.sum(axis=1) > 0.0, 1.0, -1.0)


WITH_MEMORY = (Optimizer("momentum", "Momentum", _momentum, 1), Optimizer("adam", "Adam", _adam, 3))
LOSS_ROWS = (
    Loss("logistic", "logistic", "(1 + (-label * score).exp()).log()"),
    Loss("squared", "squared error", "(score - label) ** 2"),
)
DATASET_ROWS = (Dataset("diagonal", "diagonal", _diagonal),)
EVERY_OPTIMIZER = [*OPTIMIZERS, *(row.name for row in WITH_MEMORY)]
EVERY_LOSS = [*LOSSES, *(row.name for row in LOSS_ROWS)]
EVERY_DATASET = [*DATASETS, *(row.name for row in DATASET_ROWS)]


def add_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Add all of them to their tables until the test is over."""
    for optimizer in WITH_MEMORY:
        monkeypatch.setitem(OPTIMIZERS, optimizer.name, optimizer)
    for loss in LOSS_ROWS:
        monkeypatch.setitem(LOSSES, loss.name, loss)
    for dataset in DATASET_ROWS:
        monkeypatch.setitem(DATASETS, dataset.name, dataset)
