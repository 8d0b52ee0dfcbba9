"""Points in the plane with two classes, to train on and to test with."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Sampling(Protocol):
    """The part of ``training.TrainingConfig`` that decides the points."""

    @property
    def samples(self) -> int: ...
    @property
    def noise(self) -> float: ...
    @property
    def test_share(self) -> float: ...
    @property
    def seed(self) -> int: ...


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """Points (n, 2) and labels (n,) of ±1.0; all arrays are float64 and read-only."""

    train_inputs: NDArray[np.float64]
    train_labels: NDArray[np.float64]
    test_inputs: NDArray[np.float64]
    test_labels: NDArray[np.float64]


def held_out(samples: int, test_share: float) -> int:
    """How many points to draw besides ``samples``, so that they are ``test_share`` of all: 43 for 128 and 0.25."""
    return round(samples * test_share / (1.0 - test_share))


def moons(sampling: Sampling) -> Dataset:
    """scikit-learn's two half circles, the upper one −1 and the lower one +1.

    The points trained on are exactly ``make_moons(samples, noise=noise, random_state=seed)``; those tested with are
    drawn after them from the same stream, so changing ``test_share`` leaves the training points alone.
    """
    from sklearn.datasets import make_moons

    stream = np.random.RandomState(sampling.seed)
    arrays: list[NDArray[np.float64]] = []
    for count in (sampling.samples, held_out(sampling.samples, sampling.test_share)):
        inputs, classes = np.empty((0, 2)), np.empty(0)
        if count:
            inputs, classes = make_moons(n_samples=count, noise=sampling.noise, random_state=stream)
        arrays += [np.asarray(inputs, dtype=np.float64), classes * 2.0 - 1.0]
    for array in arrays:
        array.setflags(write=False)
    return Dataset(*arrays)
