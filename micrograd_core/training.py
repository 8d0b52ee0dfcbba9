"""The blog's demo as a library: ``train(config)`` is an endless generator of frozen frames."""

import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import count, pairwise
from typing import Literal, Protocol, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from micrograd_core.datasets import Dataset, moons
from micrograd_core.engine import Value
from micrograd_core.losses import l2_penalty, margin_loss, max_margin
from micrograd_core.nn import ACTIVATIONS, MLP
from micrograd_core.optim import SGD
from micrograd_core.vectorize import ArrayProgram, Batch, quiet_context, vectorize

Array: TypeAlias = NDArray[np.float64]


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
        for name in [name for name in RANGES if name not in ("layers", "hidden")]:
            value = getattr(self, name)
            if not (name == "batch_size" and value is None):
                _check(name, value, RANGES[name])

    @property
    def draws_batches(self) -> bool:
        """Whether a step is along the gradient of some of the points."""
        return self.batch_size is not None and self.batch_size < self.samples

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


@dataclass(frozen=True, slots=True, eq=False)
class ScalarNetwork:
    """The ``Value`` graph of a network at one example: what training differentiates, and what can be opened."""

    inputs: tuple[Value, Value]
    label: Value
    """±1."""
    parameters: tuple[Value, ...]
    layers: tuple[tuple[Value, ...], ...]
    """What the neurons of each layer put out; the last one is the score."""
    loss: Value
    """The example's own max-margin loss and the L2 penalty."""

    @property
    def score(self) -> Value:
        return self.layers[-1][0]


def scalar_network(config: TrainingConfig, parameters: Sequence[float]) -> ScalarNetwork:
    """The graph of ``config``'s network with these parameters, at the point (0, 0) with the label 0."""
    network = model(config, parameters)
    x, y, label = Value(0.0, label="x"), Value(0.0, label="y"), Value(0.0, label="label")
    outputs: list[Value] = [x, y]
    layers = []
    for layer in network.layers:
        result = layer(outputs)
        outputs = [result] if isinstance(result, Value) else result
        layers.append(tuple(outputs))
    values = network.parameters()
    loss = margin_loss(outputs[0], label) + l2_penalty(values, config.l2)
    return ScalarNetwork((x, y), label, tuple(values), tuple(layers), loss)


def loss_program(config: TrainingConfig) -> ArrayProgram:
    """The mean loss over examples (x, y, label) as arrays; their scores are watched."""
    return _loss_program(config.hidden, config.activation, config.l2)


@lru_cache(maxsize=4)
def _loss_program(hidden: tuple[int, ...], activation: str, l2: float) -> ArrayProgram:
    config = TrainingConfig(hidden=hidden, activation=activation, l2=l2)
    scalars = scalar_network(config, initial_parameters(config))
    return vectorize(scalars.loss, (*scalars.inputs, scalars.label), scalars.parameters, [scalars.score])


def score_program(config: TrainingConfig) -> ArrayProgram:
    """The score of points (x, y) as arrays; all neurons are watched, layer by layer, the score last."""
    return _score_program(config.hidden, config.activation)


@lru_cache(maxsize=4)
def _score_program(hidden: tuple[int, ...], activation: str) -> ArrayProgram:
    config = TrainingConfig(hidden=hidden, activation=activation)
    scalars = scalar_network(config, initial_parameters(config))
    neurons = [neuron for layer in scalars.layers for neuron in layer]
    return vectorize(scalars.score, scalars.inputs, scalars.parameters, neurons)


def accuracy(scores: Array, labels: Array) -> float:
    """Share of the scores whose sign is the label's, as the blog counts: 0 is on the side of −1, nan on neither."""
    right = (scores > 0.0) == (labels > 0.0)
    right &= scores == scores  # nan is not itself
    return float(np.count_nonzero(right)) / len(scores)


class Learner(Protocol):
    """A network being trained, by whichever arithmetic."""

    def parameters(self) -> tuple[float, ...]: ...

    def evaluate(self) -> tuple[float, Array]:
        """The loss of all training points, and their scores."""

    def test_scores(self) -> Array:
        """The scores of the test points."""

    def update(self, rate: float, rows: NDArray[np.intp] | None) -> None:
        """One step against the gradient of the loss, of the training points ``rows`` or of all evaluated last."""


class ArrayLearner:
    """All points at once, by the array program of the network's graph."""

    def __init__(self, config: TrainingConfig, parameters: Sequence[float], data: Dataset) -> None:
        self._flat = np.array(parameters, dtype=np.float64)
        self._descent = np.empty_like(self._flat)
        self._quiet = quiet_context()
        self._examples = np.column_stack([data.train_inputs, data.train_labels])
        self._all = loss_program(config).bind(self._examples)
        self._some: Batch | None = None
        self._tested = score_program(config).bind(data.test_inputs) if len(data.test_inputs) else None

    def parameters(self) -> tuple[float, ...]:
        return tuple(self._flat.tolist())

    def evaluate(self) -> tuple[float, Array]:
        return self._all.value(self._flat), self._all.watched()[0]

    def test_scores(self) -> Array:
        return np.empty(0) if self._tested is None else self._tested.forward(self._flat)

    def update(self, rate: float, rows: NDArray[np.intp] | None) -> None:
        gradient = self._all.gradient() if rows is None else self._gradient_at(rows)
        self._quiet.run(np.multiply, gradient, rate, self._descent)
        self._quiet.run(np.subtract, self._flat, self._descent, self._flat)

    def _gradient_at(self, rows: NDArray[np.intp]) -> Array:
        if self._some is None:
            self._some = self._all.program.bind(self._examples[rows])
        else:
            self._some.load(self._examples[rows])
        return self._some.value_and_grad(self._flat)[1]


def _go_on() -> None:
    """What is done before each point where nothing else is asked for."""


class ValueLearner:
    """Point by point, number by number, as the blog does it: about a tenth of a second a step.

    There is one point's graph at a time: it is freed as soon as its gradient is known.
    """

    def __init__(
        self,
        config: TrainingConfig,
        parameters: Sequence[float],
        data: Dataset,
        before_point: Callable[[], None] = _go_on,
    ) -> None:
        self._before_point = before_point
        self._config = config
        self._data = data
        self._model = model(config, parameters)
        self._optimizer = SGD(self._model.parameters(), config.learning_rate)

    def parameters(self) -> tuple[float, ...]:
        return tuple(value.data for value in self._optimizer.parameters)

    def evaluate(self) -> tuple[float, Array]:
        inputs, labels = self._data.train_inputs, self._data.train_labels
        penalty = self._penalty()
        scores = self._scores(inputs) if self._config.draws_batches else self._learn(inputs, labels, penalty)
        loss = max_margin([Value(score) for score in scores], labels.tolist()) + penalty
        return loss.data, np.array(scores)

    def test_scores(self) -> Array:
        return np.array(self._scores(self._data.test_inputs))

    def update(self, rate: float, rows: NDArray[np.intp] | None) -> None:
        if rows is not None:
            self._learn(self._data.train_inputs[rows], self._data.train_labels[rows], self._penalty())
        self._optimizer.rate = rate
        self._optimizer.step()

    def _learn(self, inputs: Array, labels: Array, penalty: Value) -> list[float]:
        """The scores of the points; every parameter's ``grad`` becomes that of their loss.

        It is added up in the order of ``backward()`` of the whole loss, the last point first, so to the same bits.
        """
        self._optimizer.zero_grad()
        penalty.backward()
        share = 1.0 / len(labels)
        scores = []
        for point, label in zip(inputs[::-1].tolist(), labels[::-1].tolist(), strict=True):
            score = self._score(point)
            (margin_loss(score, label) * share).backward()
            scores.append(score.data)
        return scores[::-1]

    def _penalty(self) -> Value:
        return l2_penalty(self._optimizer.parameters, self._config.l2)

    def _scores(self, inputs: Array) -> list[float]:
        return [self._score(point).data for point in inputs.tolist()]

    def _score(self, point: list[float]) -> Value:
        self._before_point()
        return cast(Value, self._model(point))


Engine: TypeAlias = Literal["arrays", "values"]
ENGINES: dict[Engine, Callable[[TrainingConfig, Sequence[float], Dataset, Callable[[], None]], Learner]] = {
    "arrays": lambda config, parameters, data, _before_point: ArrayLearner(config, parameters, data),
    "values": ValueLearner,
}


def train(
    config: TrainingConfig,
    *,
    engine: Engine = "arrays",
    first_step: int = 0,
    parameters: Sequence[float] | None = None,
    before_point: Callable[[], None] = _go_on,
) -> Iterator[TrainingFrame]:
    """Frames without end: number 0 is the untrained network, number k the network after k updates.

    With the ``first_step`` and ``parameters`` of an earlier frame it goes on from that frame, exactly as the run did.
    Raises ValueError when there are not ``config.parameter_count`` of them.

    A step of the scalars may take seconds: ``before_point`` is called before each of its points, and what it raises
    ends the training.

    Both engines give the same numbers up to rounding, "arrays" some thousand times faster. Training that diverges
    neither raises nor warns: frames go on, with a loss of inf or nan (``TrainingFrame.diverged``).
    """
    if engine not in ENGINES:
        raise ValueError(f"engine must be one of {', '.join(ENGINES)}, not {engine!r}")
    start = initial_parameters(config) if parameters is None else parameters
    _check_count(config, start)
    data = moons(config)
    return _frames(config, ENGINES[engine](config, start, data, before_point), data, first_step)


def _frames(
    config: TrainingConfig, learner: Learner, data: Dataset, first_step: int
) -> Iterator[TrainingFrame]:
    for step in count(first_step):
        loss, scores = learner.evaluate()
        rate = config.rate(step)
        tested = len(data.test_labels) > 0
        yield TrainingFrame(
            step=step,
            loss=loss,
            train_accuracy=accuracy(scores, data.train_labels),
            test_accuracy=accuracy(learner.test_scores(), data.test_labels) if tested else None,
            learning_rate=rate,
            parameters=learner.parameters(),
        )
        rows = None
        if config.draws_batches:
            # A stream for each step, so that training can go on from any frame.
            rows = np.random.default_rng((config.seed, step)).permutation(config.samples)[: config.batch_size]
        learner.update(rate, rows)
