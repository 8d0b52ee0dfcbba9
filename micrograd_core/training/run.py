"""The blog's demo as a library: a run is an endless generator of frozen steps, and can go on from any of them."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import NamedTuple

import numpy as np

from micrograd_core.training.config import TrainingConfig
from micrograd_core.training.engines import ENGINES, Engine, Learner, do_nothing
from micrograd_core.training.points import Array, make_points
from micrograd_core.training.state import TrainingState, check_state, initial_state

_ZERO = np.zeros(())
"""0.0 as an array, which numpy compares faster than a float."""


@dataclass(frozen=True, slots=True)
class Metrics:
    """The loss and accuracies of a network, and the learning rate of its next step."""

    loss: float
    """The loss of all training points, L2 penalty included; inf or nan once training has diverged."""
    train_accuracy: float
    """Share of the training points on the right side, 0 to 1; a point whose score is nan is on neither side."""
    test_accuracy: float | None
    """The same of the test points; None if there are none."""
    learning_rate: float
    """The learning rate of the next update."""

    @property
    def diverged(self) -> bool:
        """True if the loss is inf or nan; further steps do not bring it back."""
        return not math.isfinite(self.loss)


class Progress(NamedTuple):
    """A step of a run: its state and metrics."""

    state: TrainingState
    metrics: Metrics


class Run:
    """A config and its points, which are drawn once."""

    def __init__(self, config: TrainingConfig) -> None:
        self.config = config
        self.points = make_points(config)

    def train(
        self,
        state: TrainingState | None = None,
        *,
        engine: Engine = "arrays",
        before_point: Callable[[], None] = do_nothing,
    ) -> Iterator[Progress]:
        """Yield progress without end, from the untrained network or exactly as before from an earlier ``state``.

        Progress number k is that after k updates. Both engines give the same numbers up to rounding, "arrays" some
        thousand times faster. Training that diverges neither raises nor warns; it goes on with a loss of inf or nan.

        A step of the scalars may take seconds: ``before_point`` is called before each of its points, and an exception
        from it ends the training.

        The call raises ValueError for an unknown engine, and for a state of another network or optimizer.
        """
        if engine not in ENGINES:
            raise ValueError(f"engine must be one of {', '.join(ENGINES)}, not {engine!r}")
        start = initial_state(self.config) if state is None else state
        check_state(self.config, start)
        learner = ENGINES[engine](self.config, self.points, start, before_point)
        return self._progress(learner, start.step)

    def _progress(self, learner: Learner, first_step: int) -> Iterator[Progress]:
        config, points = self.config, self.points
        tested, draws_batches = len(points.test_labels) > 0, config.draws_batches
        for step in count(first_step):
            loss, scores = learner.evaluate()
            rate = config.rate(step)
            metrics = Metrics(
                loss=loss,
                train_accuracy=accuracy(scores, points.train_labels),
                test_accuracy=accuracy(learner.test_scores(), points.test_labels) if tested else None,
                learning_rate=rate,
            )
            yield Progress(learner.state(step), metrics)
            rows = None
            if draws_batches:
                # A stream for each step, so that training can go on from any state.
                rows = np.random.default_rng((config.seed, step)).permutation(config.samples)[
                    : config.batch_size
                ]
            learner.update(rate, rows)


def accuracy(scores: Array, labels: Array) -> float:
    """Return the share of the scores whose sign is the label's, as the blog counts: 0 counts as −1, nan as neither."""
    right = (scores > _ZERO) == (labels > _ZERO)
    right &= scores == scores  # nan is not itself
    return float(np.count_nonzero(right)) / len(scores)
