"""The two engines that train a network: array programs, and the ``Value``s themselves."""

from collections.abc import Callable
from typing import Literal, Protocol, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from micrograd_core.engine import Value
from micrograd_core.training.config import TrainingConfig
from micrograd_core.training.losses import LOSSES, l2_penalty
from micrograd_core.training.model import build_network, loss_program, score_program
from micrograd_core.training.optimizers import OPTIMIZERS
from micrograd_core.training.points import Array, Points
from micrograd_core.training.state import TrainingState
from micrograd_core.vectorize import Batch, quiet_context


class Descent:
    """Parameters under an optimizer, and the arrays that it remembers from step to step."""

    def __init__(self, config: TrainingConfig, state: TrainingState) -> None:
        self.parameters: Array = np.array(state.parameters, dtype=np.float64)
        """(n,), the same array after every update."""
        self._memory = [np.array(numbers) for numbers in state.optimizer_state]
        self._rule = OPTIMIZERS[config.optimizer].rule
        self._quiet = quiet_context()

    def update(self, gradient: Array, rate: float) -> None:
        """Make one step with ``gradient`` (n,) and the learning rate ``rate``."""
        self._quiet.run(self._rule, self.parameters, gradient, rate, *self._memory)

    def state(self, step: int) -> TrainingState:
        """Return the state from which training can go on, after ``step`` updates."""
        memory = tuple([tuple(array.tolist()) for array in self._memory])
        return TrainingState(step, tuple(self.parameters.tolist()), memory)


class Learner(Protocol):
    """A network in training, by one of the two engines."""

    def state(self, step: int) -> TrainingState:
        """Return the state from which training can go on, after ``step`` updates."""

    def evaluate(self) -> tuple[float, Array]:
        """Return the loss of all training points, and their scores (n,)."""

    def test_scores(self) -> Array:
        """Return the scores (n,) of the test points."""

    def update(self, rate: float, rows: NDArray[np.intp] | None) -> None:
        """Make one step by the gradient of the loss of the training points ``rows``, or of all as evaluated last."""


def do_nothing() -> None:
    """Do nothing before a point."""


class ArrayLearner:
    """A learner of all points at once, by the array program of the network's graph."""

    def __init__(self, config: TrainingConfig, points: Points, state: TrainingState) -> None:
        self._descent = Descent(config, state)
        self._flat = self._descent.parameters
        self._examples = np.column_stack([points.train_inputs, points.train_labels])
        self._all = loss_program(config).bind(self._examples)
        self._some: Batch | None = None
        self._tested = score_program(config).bind(points.test_inputs) if len(points.test_inputs) else None

    def state(self, step: int) -> TrainingState:
        return self._descent.state(step)

    def evaluate(self) -> tuple[float, Array]:
        return self._all.value(self._flat), self._all.watched()[0]

    def test_scores(self) -> Array:
        return np.empty(0) if self._tested is None else self._tested.forward(self._flat)

    def update(self, rate: float, rows: NDArray[np.intp] | None) -> None:
        self._descent.update(self._all.gradient() if rows is None else self._gradient_at(rows), rate)

    def _gradient_at(self, rows: NDArray[np.intp]) -> Array:
        if self._some is None:
            self._some = self._all.program.bind(self._examples[rows])
        else:
            self._some.load(self._examples[rows])
        return self._some.value_and_grad(self._flat)[1]


class ValueLearner:
    """A learner that computes point by point with ``Value``s, as the blog does: about a tenth of a second per step.

    There is the graph of one point at a time; it is freed as soon as its gradient is known.
    """

    def __init__(
        self,
        config: TrainingConfig,
        points: Points,
        state: TrainingState,
        before_point: Callable[[], None] = do_nothing,
    ) -> None:
        self._before_point = before_point
        self._config = config
        self._points = points
        self._loss = LOSSES[config.loss]
        self._network = build_network(config, state.parameters)
        self._parameters = self._network.parameters()
        self._descent = Descent(config, state)

    def state(self, step: int) -> TrainingState:
        return self._descent.state(step)

    def evaluate(self) -> tuple[float, Array]:
        inputs, labels = self._points.train_inputs, self._points.train_labels
        penalty = self._penalty()
        scores = self._scores(inputs) if self._config.draws_batches else self._learn(inputs, labels, penalty)
        loss = self._loss.mean([Value(score) for score in scores], labels.tolist()) + penalty
        return loss.data, np.array(scores)

    def test_scores(self) -> Array:
        return np.array(self._scores(self._points.test_inputs))

    def update(self, rate: float, rows: NDArray[np.intp] | None) -> None:
        if rows is not None:
            self._learn(self._points.train_inputs[rows], self._points.train_labels[rows], self._penalty())
        self._descent.update(np.array([parameter.grad for parameter in self._parameters]), rate)
        for parameter, data in zip(self._parameters, self._descent.parameters.tolist(), strict=True):
            parameter.data = data

    def _learn(self, inputs: Array, labels: Array, penalty: Value) -> list[float]:
        """Return the scores of the points, and make every parameter's ``grad`` that of their loss.

        The gradient is added up from the last point to the first, as by ``backward()`` of the whole loss, to the same
        bits.
        """
        self._network.zero_grad()
        penalty.backward()
        share = 1.0 / len(labels)
        scores = []
        for point, label in zip(inputs[::-1].tolist(), labels[::-1].tolist(), strict=True):
            score = self._score(point)
            (self._loss(score, label) * share).backward()
            scores.append(score.data)
        return scores[::-1]

    def _penalty(self) -> Value:
        return l2_penalty(self._parameters, self._config.l2)

    def _scores(self, inputs: Array) -> list[float]:
        return [self._score(point).data for point in inputs.tolist()]

    def _score(self, point: list[float]) -> Value:
        self._before_point()
        return cast(Value, self._network(point))


Engine: TypeAlias = Literal["arrays", "values"]
ENGINES: dict[Engine, Callable[[TrainingConfig, Points, TrainingState, Callable[[], None]], Learner]] = {
    "arrays": lambda config, points, state, _before_point: ArrayLearner(config, points, state),
    "values": ValueLearner,
}
"""Makers of a learner by engine. Arrays take all points at once, so that theirs calls nothing before a point."""
