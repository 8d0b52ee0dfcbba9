"""The training tab's data about a run at one step, frozen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

import numpy as np
from numpy.typing import NDArray

from micrograd_core.training.config import TrainingConfig
from micrograd_core.training.engines import Engine
from micrograd_core.training.points import Array
from micrograd_core.training.run import Metrics
from micrograd_core.training.state import TrainingState
from micrograd_gui.model.plane import Plane


@dataclass(frozen=True, slots=True, eq=False)
class Curves:
    """The metrics up to the latest step, thinned to a few hundred steps; all arrays are as long as ``steps``."""

    steps: NDArray[np.int64]
    loss: Array
    train: Array
    """Accuracy, 0 to 1."""
    test: Array
    """Accuracy, 0 to 1; nan without test points."""


@dataclass(frozen=True, slots=True, eq=False)
class TrainingView:
    """The data of one step for the training tab, except the points, which are the same for the whole run."""

    config: TrainingConfig
    state: TrainingState
    """The step that is shown, at most ``latest_step``."""
    metrics: Metrics
    latest_step: int
    """The latest step of this run, also after rewinding."""
    plane: Plane
    curves: Curves
    running: bool
    engine: Engine
    """The engine of the next steps."""
    paces: Mapping[Engine, float]
    """Steps per second of each engine, as last measured; one that was not tried is missing."""


def weight_matrices(config: TrainingConfig, parameters: Sequence[float]) -> tuple[Array, ...]:
    """Return the matrices (neurons, inputs + 1) by layer: each neuron's weights and then its bias."""
    flat = np.array(parameters)
    shapes = [(width, inputs + 1) for inputs, width in pairwise(config.widths)]
    bounds = accumulate((rows * columns for rows, columns in shapes), initial=0)
    return tuple(flat[a:b].reshape(shape) for (a, b), shape in zip(pairwise(bounds), shapes, strict=True))
