"""The blog's demo as a library: a run is an endless generator of frozen steps, which can go on from any of them."""

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
"""0.0 as an array, with which numpy compares faster than with a float."""


@dataclass(frozen=True, slots=True)
class Metrics:
    """How good a network is, over all points, and how large its next step."""

    loss: float
    """The loss of all training points, L2 penalty included; inf or nan once training has diverged."""
    train_accuracy: float
    """Share of the points on the right side, 0 to 1; a point whose score is nan is on neither."""
    test_accuracy: float | None
    """The same of the test points; None when there are none."""
    learning_rate: float
    """The learning rate of the next update."""

    @property
    def diverged(self) -> bool:
        """Whether the loss has left the finite numbers; further steps will not bring it back."""
        return not math.isfinite(self.loss)


class Progress(NamedTuple):
    """How far a run has come."""

    state: TrainingState
    metrics: Metrics


class Run:
    """A config and its points, which are made once."""

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
        """Progress without end, from the untrained network on, or from an earlier ``state`` exactly as it went then.

        Number k is after k updates. Both engines give the same numbers up to rounding, "arrays" some thousand times
        faster. Training that diverges neither raises nor warns: it goes on, with a loss of inf or nan.

        A step of the scalars may take seconds: ``before_point`` is called before each of its points, and what it
        raises ends the training.

        Raises ValueError, when it is called, for an unknown engine and for a state of another network or optimizer.
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
    """Share of the scores whose sign is the label's, as the blog counts: 0 is on the side of −1, nan on neither."""
    right = (scores > _ZERO) == (labels > _ZERO)
    right &= scores == scores  # nan is not itself
    return float(np.count_nonzero(right)) / len(scores)
