"""A training run as frozen data: what the plots draw, and the scalar graph of one example."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from micrograd_core.datasets import Dataset
from micrograd_core.nn import ACTIVATIONS
from micrograd_core.training import RANGES, Engine, Range, TrainingConfig, TrainingFrame, score_program
from micrograd_core.vectorize import Batch
from micrograd_gui.model.document import Document
from micrograd_gui.model.numbers import format_number, format_source

__all__ = [
    "ACTIVATIONS",
    "DEFAULT_SPEED",
    "MOST_VALUES",
    "RANGES",
    "SPEEDS",
    "Curves",
    "Dataset",
    "Engine",
    "Extent",
    "Plane",
    "Range",
    "TrainingConfig",
    "TrainingFrame",
    "TrainingView",
    "example_document",
    "look_at_plane",
    "neighbouring_speed",
    "obstacle_to_scalars",
    "parameter_names",
    "plane_extent",
    "score_at",
    "values_per_step",
    "weight_matrices",
]

Line: TypeAlias = NDArray[np.float64]
"""(n, 2): the corners of a line through the plane."""

Extent: TypeAlias = tuple[float, float, float, float]
"""Left, right, bottom, top."""

GRID = 100
"""Points of the score grid along each side."""
MAP = 20
"""Points of a neuron's map along each side; GRID is a multiple of it."""
SPEEDS = (1.0, 5.0, 20.0, 60.0, math.inf)
"""Steps a second; inf is as fast as it goes."""
DEFAULT_SPEED = 20.0
MOST_VALUES = 1_000_000
"""In the graphs of one step; it takes a few seconds then."""
_STEEPEST = 1e300
"""A line runs past larger scores, and past inf, as if they were so large."""
MARGIN = 0.5
"""What is seen of the plane around the outermost points."""


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """What the network answers all over the plane. Grids have row 0 at the bottom and column 0 at the left."""

    extent: Extent
    scores: NDArray[np.float32]
    """(GRID, GRID); the outermost are on the edges of ``extent``."""
    boundary: tuple[Line, ...]
    """Where the score is 0."""
    lower_margin: tuple[Line, ...]
    """Where the score is −1."""
    upper_margin: tuple[Line, ...]
    """Where the score is +1."""
    neurons: tuple[NDArray[np.float32], ...]
    """Per layer what its neurons put out, (width, MAP, MAP); the last is the score."""


@dataclass(frozen=True, slots=True, eq=False)
class Curves:
    """How training went up to the latest step, thinned to a few hundred steps; all arrays are as long as ``steps``."""

    steps: NDArray[np.int64]
    loss: NDArray[np.float64]
    train: NDArray[np.float64]
    """Accuracy, 0 to 1."""
    test: NDArray[np.float64]
    """Accuracy, 0 to 1; nan without test points."""


@dataclass(frozen=True, slots=True, eq=False)
class TrainingView:
    """All that the training tab shows at one moment."""

    config: TrainingConfig
    frame: TrainingFrame
    """The step that is shown, at most ``latest_step``."""
    latest_step: int
    """The furthest step of this run, to which one can go back after rewinding."""
    plane: Plane
    curves: Curves
    running: bool
    engine: Engine
    """With which it trains from here on."""
    paces: Mapping[Engine, float]
    """Steps a second that an engine makes, as last measured; one that was not tried is missing."""
    dataset: Dataset | None = None
    """Only in the first view of a run; it stays the same."""


def neighbouring_speed(steps_per_second: float, notches: int) -> float:
    """Of ``SPEEDS``, so many places faster or, where negative, slower; the last one at the end."""
    place = SPEEDS.index(steps_per_second) + notches
    return SPEEDS[min(max(place, 0), len(SPEEDS) - 1)]


def values_per_step(config: TrainingConfig) -> int:
    """About how many ``Value``s the graphs of one step have."""
    per_point = sum(width * (2 * inputs + 1) for inputs, width in pairwise((2, *config.hidden, 1)))
    return config.samples * per_point


def obstacle_to_scalars(config: TrainingConfig) -> str:
    """Why a step cannot be computed Value by Value, in a sentence without its end; "" where it can."""
    values = values_per_step(config)
    if values <= MOST_VALUES:
        return ""
    return f"a step would need {values:,} Values, more than {MOST_VALUES:,}: take fewer points or neurons"


def plane_extent(dataset: Dataset) -> Extent:
    """The part of the plane to show: all points and a margin."""
    points = np.concatenate([dataset.train_inputs, dataset.test_inputs])
    (left, bottom), (right, top) = points.min(axis=0), points.max(axis=0)
    return float(left) - MARGIN, float(right) + MARGIN, float(bottom) - MARGIN, float(top) + MARGIN


def look_at_plane(
    config: TrainingConfig, parameters: Sequence[float] | NDArray[np.float64], extent: Extent
) -> Plane:
    """The network's and its neurons' outputs over ``extent``. Where the scores are nan there are no lines."""
    from contourpy import contour_generator

    grid, map_points = _plane_batches(config, extent)
    scores = grid.forward(parameters).reshape(GRID, GRID)
    map_points.forward(parameters)
    maps = map_points.watched().reshape(-1, MAP, MAP)
    # The difference of two scores is to be a number, too.
    contours = contour_generator(*_axes(extent), np.clip(scores, -_STEEPEST, _STEEPEST))
    lines = [tuple(np.asarray(line) for line in contours.lines(level)) for level in (0.0, -1.0, 1.0)]
    bounds = list(accumulate((*config.hidden, 1), initial=0))
    return Plane(
        extent=extent,
        scores=_float32(scores),
        boundary=lines[0],
        lower_margin=lines[1],
        upper_margin=lines[2],
        neurons=tuple(_float32(maps[a:b]) for a, b in pairwise(bounds)),
    )


def _axes(extent: Extent) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    left, right, bottom, top = extent
    return np.linspace(left, right, GRID), np.linspace(bottom, top, GRID)


@lru_cache(maxsize=1)
def _plane_batches(config: TrainingConfig, extent: Extent) -> tuple[Batch, Batch]:
    """The network with the points of the score grid, and with those of the neurons' maps, as its examples."""
    points = np.stack(np.meshgrid(*_axes(extent)), axis=-1)
    every = GRID // MAP
    map_points = points[every // 2 :: every, every // 2 :: every]
    program = score_program(config)
    return program.bind(points.reshape(-1, 2)), program.bind(map_points.reshape(-1, 2))


def _float32(grid: NDArray[np.float64]) -> NDArray[np.float32]:
    """Single precision is enough for colours; what is too large for it becomes its largest number."""
    largest = np.finfo(np.float32).max
    return np.ascontiguousarray(np.clip(grid, -largest, largest), dtype=np.float32)


def score_at(config: TrainingConfig, frame: TrainingFrame, x: float, y: float) -> float:
    """What the network answers at one point."""
    return float(score_program(config).forward([[x, y]], frame.parameters)[0])


def weight_matrices(config: TrainingConfig, frame: TrainingFrame) -> tuple[NDArray[np.float64], ...]:
    """Per layer (neurons, inputs + 1): each neuron's weights and then its bias."""
    flat = np.array(frame.parameters)
    shapes = [(width, inputs + 1) for inputs, width in pairwise((2, *config.hidden, 1))]
    bounds = accumulate((rows * columns for rows, columns in shapes), initial=0)
    return tuple(flat[a:b].reshape(shape) for (a, b), shape in zip(pairwise(bounds), shapes, strict=True))


def parameter_names(config: TrainingConfig, model: str = "model") -> list[str]:
    """The names that parameters have in a program's graph, ``model[0][1].w[0]``, in parameters() order."""
    widths = (2, *config.hidden, 1)
    names = []
    for layer, width in enumerate(widths[1:]):
        for neuron in range(width):
            place = f"{model}[{layer}][{neuron}]"
            names += [f"{place}.w[{i}]" for i in range(widths[layer])] + [f"{place}.b"]
    return names


def example_document(
    config: TrainingConfig, frame: TrainingFrame, x: float, y: float, label: float | None = None
) -> Document:
    """A program whose graph is the network at one point, with the parameters of ``frame``.

    With a ``label`` of ±1 the graph ends in that point's loss, without in the score.
    """
    place = f"({format_number(x, 2)}, {format_number(y, 2)})"
    point = f"the point {place}" if label is None else f"the moons' point {place}, class {'−+'[label > 0]}1"
    activation = "" if config.activation == "relu" else f', "{config.activation}"'
    lines = [
        f"# {point}, after step {frame.step}",
        f"model = MLP(2, {[*config.hidden, 1]}{activation})",
        f"x = Value({format_source(x)})",
        f"y = Value({format_source(y)})",
        "score = model([x, y])",
    ]
    if label is not None:
        lines.append(f"loss = (1 + {format_source(-label)} * score).relu()")
    source = "\n".join(lines) + "\n"
    names = [f"{name}#0" for name in parameter_names(config)]
    leaf_values = tuple(zip(names, frame.parameters, strict=True))
    return Document(source, source, leaf_values, typed_leaf_values=leaf_values)
