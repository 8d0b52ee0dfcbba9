"""The points of a run, for training and for testing."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from micrograd_core.training.config import INPUTS, TrainingConfig
from micrograd_core.training.datasets import DATASETS

Array: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """Points (n, 2) and labels (n,) of ±1.0; all arrays are float64 and read-only."""

    train_inputs: Array
    train_labels: Array
    test_inputs: Array
    test_labels: Array


def held_out(config: TrainingConfig) -> int:
    """Return the number of test points, ``test_share`` of all points: 43 for 128 samples and 0.25."""
    return round(config.samples * config.test_share / (1.0 - config.test_share))


def make_points(config: TrainingConfig) -> Points:
    """Draw the points of the config's data set from its seed.

    Test points come after training points from the same stream, so ``test_share`` does not change the training points.
    """
    build = DATASETS[config.dataset].build
    stream = np.random.RandomState(config.seed)
    arrays: list[Array] = []
    for count in (config.samples, held_out(config)):
        arrays += build(count, config.noise, stream) if count else (np.empty((0, len(INPUTS))), np.empty(0))
    for array in arrays:
        array.setflags(write=False)
    return Points(*arrays)
