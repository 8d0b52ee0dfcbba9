"""The scores and neuron outputs of a network over the plane, for the plots."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from micrograd_core.training.config import TrainingConfig
from micrograd_core.training.model import score_program
from micrograd_core.training.points import Array, Points
from micrograd_core.vectorize import Batch

Line: TypeAlias = NDArray[np.float64]
"""(n, 2): the corners of a line through the plane."""

Extent: TypeAlias = tuple[float, float, float, float]
"""Left, right, bottom, top."""

GRID = 100
"""Points of the score grid along each side."""
MAP = 20
"""Points of a neuron's map along each side; GRID is a multiple of it."""
MARGIN = 0.5
"""Margin of the plane around the outermost points."""
_STEEPEST = 1e300
"""Limit of |score|; larger scores, and inf, count as this one for lines."""


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """The outputs of the network over the plane. Grids have row 0 at the bottom and column 0 at the left."""

    extent: Extent
    scores: NDArray[np.float32]
    """(GRID, GRID); the outermost are on the edges of ``extent``."""
    boundary: tuple[Line, ...]
    """The lines where the score is 0."""
    lower_margin: tuple[Line, ...]
    """The lines where the score is −1."""
    upper_margin: tuple[Line, ...]
    """The lines where the score is +1."""
    neurons: tuple[NDArray[np.float32], ...]
    """The outputs of the neurons by layer, (width, MAP, MAP); the last is the score."""


@dataclass(frozen=True, slots=True)
class PlanePoint:
    """A point of the plane; one of the data has an ``index``."""

    x: float
    y: float
    index: int | None = None
    is_test: bool = False
    label: float | None = None
    """±1 for a point of the data, else None."""


def data_point(points: Points, index: int, is_test: bool) -> PlanePoint:
    """Return test point number ``index``, or else that training point."""
    inputs, labels = (
        (points.test_inputs, points.test_labels) if is_test else (points.train_inputs, points.train_labels)
    )
    x, y = inputs[index].tolist()
    return PlanePoint(x, y, index, is_test, float(labels[index]))


def plane_extent(points: Points) -> Extent:
    """Return the part of the plane to show: all points and a margin."""
    inputs = np.concatenate([points.train_inputs, points.test_inputs])
    (left, bottom), (right, top) = inputs.min(axis=0), inputs.max(axis=0)
    return float(left) - MARGIN, float(right) + MARGIN, float(bottom) - MARGIN, float(top) + MARGIN


def look_at_plane(config: TrainingConfig, parameters: Sequence[float] | Array, extent: Extent) -> Plane:
    """The network's and its neurons' outputs over ``extent``. Where the scores are nan there are no lines."""
    from contourpy import contour_generator

    grid, map_points = _plane_batches(config, extent)
    scores = grid.forward(parameters).reshape(GRID, GRID)
    map_points.forward(parameters)
    maps = map_points.watched().reshape(-1, MAP, MAP)
    # The difference of two scores is to be a number, too.
    contours = contour_generator(*_axes(extent), np.clip(scores, -_STEEPEST, _STEEPEST))
    lines = [tuple(np.asarray(line) for line in contours.lines(level)) for level in (0.0, -1.0, 1.0)]
    bounds = accumulate(config.widths[1:], initial=0)
    return Plane(
        extent=extent,
        scores=_float32(scores),
        boundary=lines[0],
        lower_margin=lines[1],
        upper_margin=lines[2],
        neurons=tuple(_float32(maps[a:b]) for a, b in pairwise(bounds)),
    )


def score_at(config: TrainingConfig, parameters: Sequence[float], x: float, y: float) -> float:
    """Return the score at one point."""
    return float(score_program(config).forward([[x, y]], parameters)[0])


def _axes(extent: Extent) -> tuple[Array, Array]:
    left, right, bottom, top = extent
    return np.linspace(left, right, GRID), np.linspace(bottom, top, GRID)


@lru_cache(maxsize=1)
def _plane_batches(config: TrainingConfig, extent: Extent) -> tuple[Batch, Batch]:
    """Return the network bound to the points of the score grid, and to those of the neurons' maps."""
    points = np.stack(np.meshgrid(*_axes(extent)), axis=-1)
    every = GRID // MAP
    map_points = points[every // 2 :: every, every // 2 :: every]
    program = score_program(config)
    return program.bind(points.reshape(-1, 2)), program.bind(map_points.reshape(-1, 2))


def _float32(grid: Array) -> NDArray[np.float32]:
    """Return a grid in single precision, enough for colours; what is too large becomes the largest number."""
    largest = np.finfo(np.float32).max
    return np.ascontiguousarray(np.clip(grid, -largest, largest), dtype=np.float32)
