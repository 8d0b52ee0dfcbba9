"""Optimizers that remember something, to test with: they are in the table for the length of a test."""

import numpy as np
import pytest

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


WITH_MEMORY = (Optimizer("momentum", "Momentum", _momentum, 1), Optimizer("adam", "Adam", _adam, 3))
EVERY_OPTIMIZER = [*OPTIMIZERS, *(row.name for row in WITH_MEMORY)]


def add_optimizers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Add those with memory to the table until the test is over."""
    for row in WITH_MEMORY:
        monkeypatch.setitem(OPTIMIZERS, row.name, row)
