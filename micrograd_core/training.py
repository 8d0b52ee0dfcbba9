"""The blog's demo as a library: ``train(config)`` is an endless generator of frozen frames."""

import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count, pairwise
from typing import Literal, Protocol, TypeAlias, cast

import numpy as np

from micrograd_core import batched
from micrograd_core.batched import Array
from micrograd_core.datasets import moons
from micrograd_core.engine import Value
from micrograd_core.losses import l2_penalty, max_margin
from micrograd_core.nn import ACTIVATIONS, MLP
from micrograd_core.optim import SGD


@dataclass(frozen=True, slots=True)
class Range:
    """What a knob may be, both ends included; a knob whose ``step`` is an int takes whole numbers only."""

    low: float
    high: float
    step: float
    unit: str
    help: str


RANGES: dict[str, Range] = {
    "samples": Range(2, 2000, 1, "points", "How many points the network is trained on."),
    "noise": Range(0, 1, 0.01, "", "Standard deviation of what is added to each point's coordinates."),
    "test_share": Range(
        0, 0.9, 0.05, "of all points", "Share of the points that is kept from training, to test with."
    ),
    "seed": Range(0, 2**31 - 1, 1, "", "Decides the points, the first weights and the batches."),
    "layers": Range(0, 6, 1, "layers", "Hidden layers between the two inputs and the score."),
    "hidden": Range(1, 64, 1, "neurons", "Neurons in a hidden layer."),
    "learning_rate": Range(0, 10, 0.1, "", "How far the first step goes against the gradient."),
    "decay": Range(0, 1, 0.05, "", "The part of the learning rate that is lost over the first 100 steps."),
    "l2": Range(0, 1, 0.0001, "", "Weight of the sum of the squared parameters in the loss."),
    "batch_size": Range(1, 2000, 1, "points", "Points that each step's gradient is computed from."),
}
"""The knobs that are numbers. The panel builds its controls from this table and ``TrainingConfig`` checks against it.

``layers`` is how many numbers ``hidden`` has, ``hidden`` what each of them may be.
"""

DECAY_STEPS = 100
"""The learning rate falls over this many steps and stays."""


@dataclass(frozen=True, slots=True)
class TrainingConfig:
    """All that decides a training run; the defaults are the blog's demo. Units and ranges stand in ``RANGES``.

    Raises ValueError, with a sentence that names the knob, for a value outside its range.
    """

    samples: int = 128
    """Points trained on."""
    noise: float = 0.1
    """Standard deviation of the noise in both coordinates."""
    test_share: float = 0.25
    """Test points as a share of all points drawn: they come in addition, 43 to 128 at 0.25."""
    hidden: tuple[int, ...] = (16, 16)
    """Neurons of each hidden layer; () is a linear model."""
    activation: str = "relu"
    """Of the hidden layers: a key of ``nn.ACTIVATIONS``."""
    learning_rate: float = 1.0
    """Of the first update."""
    decay: float = 0.9
    """The part of the learning rate lost after 100 steps."""
    l2: float = 1e-4
    """The factor alpha of the sum of squared parameters in the loss."""
    batch_size: int | None = None
    """Points each gradient is computed from, drawn anew for each step; None, or more than there are: all."""
    seed: int = 0
    """Of the points, the first parameters and the batches."""

    def __post_init__(self) -> None:
        if not isinstance(self.hidden, tuple):
            raise ValueError(f"hidden must be a tuple of whole numbers, not {self.hidden!r}")
        if self.activation not in ACTIVATIONS:
            raise ValueError(f"activation must be one of {', '.join(ACTIVATIONS)}, not {self.activation!r}")
        _check("the number of layers in hidden", len(self.hidden), RANGES["layers"])
        for width in self.hidden:
            _check("each number in hidden", width, RANGES["hidden"])
        for name in RANGES.keys() - {"layers", "hidden"}:
            value = getattr(self, name)
            if not (name == "batch_size" and value is None):
                _check(name, value, RANGES[name])

    @property
    def parameter_count(self) -> int:
        return sum(width * (inputs + 1) for inputs, width in pairwise((2, *self.hidden, 1)))

    def rate(self, step: int) -> float:
        """The learning rate of update number ``step``, counted from 0.

        It is the blog's ``1.0 - 0.9 * k / 100``, which would turn negative after step 111, held from step 100 on.
        """
        return self.learning_rate * (1 - self.decay * min(step, DECAY_STEPS) / DECAY_STEPS)


def _check(name: str, value: object, allowed: Range) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{name} must be a number, not {value!r}")
    if isinstance(allowed.step, int) and not isinstance(value, int):
        raise ValueError(f"{name} must be a whole number, not {value!r}")
    if not allowed.low <= value <= allowed.high:
        raise ValueError(f"{name} must be between {allowed.low} and {allowed.high}, not {value!r}")


@dataclass(frozen=True, slots=True)
class TrainingFrame:
    """The network after ``step`` updates."""

    step: int
    loss: float
    """Of all training points, L2 penalty included. inf or nan once training has diverged."""
    train_accuracy: float
    """Share of the points on the right side, 0 to 1; a point whose score is nan is on neither."""
    test_accuracy: float | None
    """None when there are no test points."""
    learning_rate: float
    """Of the next update."""
    parameters: tuple[float, ...]
    """In the order of ``nn.MLP.parameters()``."""

    @property
    def diverged(self) -> bool:
        """Whether the loss has left the finite numbers; further steps will not bring it back."""
        return not math.isfinite(self.loss)


def initial_parameters(config: TrainingConfig) -> tuple[float, ...]:
    """The parameters ``nn.MLP`` starts with after ``random.seed(config.seed)``; the global stream is not touched."""
    stream = random.Random(config.seed)
    return tuple(stream.uniform(-1, 1) for _ in range(config.parameter_count))


def model(config: TrainingConfig, parameters: Sequence[float]) -> MLP:
    """The network as ``Value``s with these parameters; the global random stream is not touched.

    Raises ValueError when there are not ``config.parameter_count`` of them.
    """
    _check_count(config, parameters)
    state = random.getstate()
    network = MLP(2, [*config.hidden, 1], config.activation)
    random.setstate(state)
    for value, data in zip(network.parameters(), parameters, strict=True):
        value.data = float(data)
    return network


def _check_count(config: TrainingConfig, parameters: Sequence[float]) -> None:
    if len(parameters) != config.parameter_count:
        raise ValueError(f"this network has {config.parameter_count} parameters, not {len(parameters)}")


def accuracy(scores: Array, labels: Array) -> float:
    """Share of the scores whose sign is the label's, as the blog counts: 0 is on the side of −1, nan on neither."""
    right = ((scores > 0.0) == (labels > 0.0)) & ~np.isnan(scores)
    return float(right.mean())


class Learner(Protocol):
    """A network being trained, by whichever arithmetic."""

    def parameters(self) -> tuple[float, ...]: ...

    def scores(self, inputs: Array) -> Array: ...

    def evaluate(self, inputs: Array, labels: Array) -> tuple[float, Array]:
        """Loss and scores at these points, which the next ``update`` will descend."""

    def update(self, rate: float) -> None:
        """One step against the gradient of the loss evaluated last."""


class BatchedLearner:
    """All points at once, in numpy."""

    def __init__(self, config: TrainingConfig, parameters: Sequence[float]) -> None:
        self._config = config
        self._flat = np.array(parameters, dtype=np.float64)

    def parameters(self) -> tuple[float, ...]:
        return tuple(self._flat.tolist())

    def scores(self, inputs: Array) -> Array:
        return batched.scores(self._config, self._flat, inputs)

    def evaluate(self, inputs: Array, labels: Array) -> tuple[float, Array]:
        self._inputs, self._labels = inputs, labels
        self._passed = batched.forward(self._config, self._flat, inputs)
        return batched.loss(self._config, self._flat, self._passed.scores, labels), self._passed.scores

    @np.errstate(all="ignore")
    def update(self, rate: float) -> None:
        self._flat -= rate * batched.gradient(
            self._config, self._flat, self._inputs, self._labels, self._passed
        )


class ValueLearner:
    """Point by point, number by number, as the blog does it: about a second a step."""

    def __init__(self, config: TrainingConfig, parameters: Sequence[float]) -> None:
        self._l2 = config.l2
        self._model = model(config, parameters)
        self._optimizer = SGD(self._model.parameters(), config.learning_rate)

    def parameters(self) -> tuple[float, ...]:
        return tuple(value.data for value in self._model.parameters())

    def scores(self, inputs: Array) -> Array:
        return np.array([value.data for value in self._scores(inputs)])

    def evaluate(self, inputs: Array, labels: Array) -> tuple[float, Array]:
        scores = self._scores(inputs)
        self._loss = max_margin(scores, labels.tolist()) + l2_penalty(self._model.parameters(), self._l2)
        return self._loss.data, np.array([value.data for value in scores])

    def update(self, rate: float) -> None:
        self._optimizer.zero_grad()
        self._loss.backward()
        self._optimizer.rate = rate
        self._optimizer.step()

    def _scores(self, inputs: Array) -> list[Value]:
        return [cast(Value, self._model(point)) for point in inputs.tolist()]


Engine: TypeAlias = Literal["batched", "values"]
ENGINES: dict[Engine, Callable[[TrainingConfig, Sequence[float]], Learner]] = {
    "batched": BatchedLearner,
    "values": ValueLearner,
}


def train(
    config: TrainingConfig,
    *,
    engine: Engine = "batched",
    first_step: int = 0,
    parameters: Sequence[float] | None = None,
) -> Iterator[TrainingFrame]:
    """Frames without end: number 0 is the untrained network, number k the network after k updates.

    With the ``first_step`` and ``parameters`` of an earlier frame it goes on from that frame, exactly as the run did.
    Raises ValueError when there are not ``config.parameter_count`` of them.

    Both engines give the same numbers up to rounding, "batched" some thousand times faster. Training that diverges
    neither raises nor warns: frames go on, with a loss of inf or nan (``TrainingFrame.diverged``).
    """
    if engine not in ENGINES:
        raise ValueError(f"engine must be one of {', '.join(ENGINES)}, not {engine!r}")
    start = initial_parameters(config) if parameters is None else parameters
    _check_count(config, start)
    return _frames(config, ENGINES[engine](config, start), first_step)


def _frames(config: TrainingConfig, learner: Learner, first_step: int) -> Iterator[TrainingFrame]:
    data = moons(config)
    for step in count(first_step):
        loss, scores = learner.evaluate(data.train_inputs, data.train_labels)
        rate = config.rate(step)
        tested = len(data.test_labels) > 0
        yield TrainingFrame(
            step=step,
            loss=loss,
            train_accuracy=accuracy(scores, data.train_labels),
            test_accuracy=accuracy(learner.scores(data.test_inputs), data.test_labels) if tested else None,
            learning_rate=rate,
            parameters=learner.parameters(),
        )
        if config.batch_size is not None and config.batch_size < config.samples:
            # A stream for each step, so that training can go on from any frame.
            rows = np.random.default_rng((config.seed, step)).permutation(config.samples)[: config.batch_size]
            learner.evaluate(data.train_inputs[rows], data.train_labels[rows])
        learner.update(rate)
