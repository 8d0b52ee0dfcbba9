"""The table of data sets: points in the plane with two classes, drawn at random."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from micrograd_core.texts import tr

Drawn: TypeAlias = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Points (n, 2) and their labels (n,), which are ±1.0."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """One row of the table.

    ``build(count, noise, stream)`` draws ``count`` points from ``stream`` and from nothing else. ``noise`` is the
    standard deviation of the noise in both coordinates.
    """

    name: str
    title: str
    """The name for people."""
    build: Callable[[int, float, np.random.RandomState], Drawn]


def _moons(count: int, noise: float, stream: np.random.RandomState) -> Drawn:
    """Draw scikit-learn's two half circles, the upper one −1 and the lower one +1."""
    from sklearn.datasets import make_moons

    inputs, classes = make_moons(n_samples=count, noise=noise, random_state=stream)
    return np.asarray(inputs, dtype=np.float64), classes * 2.0 - 1.0


DATASETS: dict[str, Dataset] = {row.name: row for row in (Dataset("moons", tr("moons"), _moons),)}
