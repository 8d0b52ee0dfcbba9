"""The work of the training process: it trains at a pace, keeps checkpoints, and goes back to past steps.

There is no Qt and no process here: ``serve.py`` runs it in the process, and ``run.py`` is its counterpart in the
window.
"""

import math
import time
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

import numpy as np

from micrograd_core.training.config import TrainingConfig
from micrograd_core.training.engines import Engine, do_nothing
from micrograd_core.training.points import Points
from micrograd_core.training.run import Metrics, Progress, Run
from micrograd_core.training.state import TrainingState
from micrograd_gui.model.plane import look_at_plane, plane_extent
from micrograd_gui.model.training_view import Curves, TrainingView
from micrograd_gui.training.messages import (
    GoBack,
    Pause,
    Request,
    SetEngine,
    SetSpeed,
    Train,
    TrainSteps,
)

CURVE_POINTS = 500
MEMORY_BYTES = 64_000_000
"""Limit of the bytes of all checkpoints."""
MAX_CHECKPOINTS = 20_000
SLICE_SECONDS = 0.005
"""Seconds of training after which it listens for messages."""
PACE_SECONDS = 1.0
"""Seconds of training over which its pace is measured."""


class StepEnded(Exception):  # noqa: N818 - nothing is wrong
    """Raised by ``before_point`` to end the step in computation; the step before stays shown."""


T = TypeVar("T")


class ThinnedSeries(Generic[T]):
    """The entries of every n-th step from step 0 on; n doubles whenever more than ``capacity`` would be kept."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self.stride = 1
        self.entries: list[T] = []

    def wants(self, step: int) -> bool:
        return step % self.stride == 0

    def add(self, entry: T) -> None:
        """Add the entry of the next step for which ``wants`` is true; none may be left out."""
        self.entries.append(entry)
        if len(self.entries) > self._capacity:
            self.entries = self.entries[::2]
            self.stride *= 2

    def at_or_before(self, step: int) -> tuple[int, T]:
        """Return (step, entry) of the last entry that is not after ``step``."""
        index = min(step // self.stride, len(self.entries) - 1)
        return index * self.stride, self.entries[index]


class Pace:
    """Steps per second, measured over about the last second of training."""

    def __init__(self) -> None:
        self._steps = 0.0
        self._seconds = 0.0
        self._provisional = True

    def add(self, seconds: float, first: bool) -> None:
        """Add the seconds of one step; a ``first`` one, which makes the buffers, counts only until another comes."""
        if first and not self._provisional:
            return
        if self._provisional:
            self._steps = self._seconds = 0.0
            self._provisional = first
        self._steps += 1.0
        self._seconds += seconds
        if self._seconds > PACE_SECONDS:
            self._steps /= 2.0
            self._seconds /= 2.0

    @property
    def steps_per_second(self) -> float:
        """Steps per second; 0 if no time has passed."""
        return self._steps / self._seconds if self._seconds else 0.0


class Trainer:
    """One run: ``handle`` requests, ``advance`` while ``wait()`` allows it, and take a ``view``.

    Going back takes the nearest checkpoint before the step, and trains on from there with arrays. Training is
    deterministic, so each step is the same as before, up to rounding if the other engine had computed it.
    """

    def __init__(
        self,
        config: TrainingConfig,
        clock: Callable[[], float] = time.perf_counter,
        previous: "Trainer | None" = None,
        before_point: Callable[[], None] = do_nothing,
    ) -> None:
        """Begin at step 0, with the measured paces of a ``previous`` trainer of the same config.

        ``before_point`` is called before each point of a step of the scalars, and may raise ``StepEnded``.
        """
        self._run = Run(config)
        self._clock = clock
        self._before_point = before_point
        self._extent = plane_extent(self._run.points)
        self._engine: Engine = "arrays"
        self._computing: Engine | None = "arrays"
        """The engine of ``_steps``; None after a step that was ended early."""
        self._first = True
        self._steps: Iterator[Progress] = self._run.train()
        self._now = next(self._steps)
        """The step that is shown, or one on the way to it."""
        self._latest = self._now
        capacity = MEMORY_BYTES // len(self._now.state.pack())
        self._checkpoints: ThinnedSeries[bytes] = ThinnedSeries(min(max(capacity, 16), MAX_CHECKPOINTS))
        self._curve: ThinnedSeries[tuple[float, ...]] = ThinnedSeries(CURVE_POINTS)
        self._remember(self._now)
        self._goal: float = 0
        self._back_to = 0
        same = previous is not None and previous._run.config == config
        self._paces: dict[Engine, Pace] = previous._paces if same and previous else {}
        self._seconds_per_step = 0.0
        self._due = 0.0
        self.changed = True
        """True if something has changed since the last view."""

    @property
    def points(self) -> Points:
        return self._run.points

    @property
    def running(self) -> bool:
        return math.isinf(self._goal)

    @property
    def _shown(self) -> int:
        """The step that is shown, or that was requested and is on its way."""
        return max(self._now.state.step, self._back_to)

    @property
    def _is_going_back(self) -> bool:
        return self._now.state.step < self._back_to

    def handle(self, request: Request) -> None:
        """Take a request. Raises ValueError for a number of steps below 1 and for a speed that is not above 0."""
        now = self._clock()
        match request:
            case Train():
                self._goal, self._due = math.inf, now
            case Pause():
                self._goal = self._shown
            case TrainSteps(count):
                if count < 1:
                    raise ValueError(f"the number of steps must be 1 or more, not {count}")
                self._goal = (self._shown if self.running else self._goal) + count
            case GoBack(step):
                self._goal = self._back_to = min(max(step, 0), self._latest.state.step)
                self._go_back(self._back_to)
            case SetSpeed(steps_per_second):
                if not steps_per_second > 0:
                    raise ValueError(f"the speed must be above 0 steps a second, not {steps_per_second}")
                self._seconds_per_step, self._due = 1.0 / steps_per_second, now
            case SetEngine(engine):
                self._engine = engine
        self.changed = True

    def wait(self) -> float | None:
        """Seconds until the next step is due, 0 or less for at once; None when no step is."""
        if self._now.state.step >= self._goal:
            return None
        return self._due - self._clock() if self.running and not self._is_going_back else 0.0

    def advance(self) -> None:
        """Train the steps that are due, for at most ``SLICE_SECONDS`` or until ``before_point`` ends one."""
        end = self._clock() + SLICE_SECONDS
        while (wait := self.wait()) is not None and wait <= 0.0:
            going_back = self._is_going_back
            try:
                self._train_step()
            except StepEnded:
                self._computing = None
                break
            now = self._clock()
            # A pause of the machine is not made up for by a burst of steps.
            self._due = (now if going_back else max(self._due, now - 0.05)) + self._seconds_per_step
            if now >= end:
                break

    @property
    def arrived(self) -> bool:
        """False while retraining towards a step that was asked for."""
        return not self._is_going_back and (self.running or self._now.state.step >= self._goal)

    @property
    def has_news(self) -> bool:
        """True if there is a view to show that was not taken yet."""
        return self.changed and self.arrived

    def view(self) -> TrainingView:
        self.changed = False
        config, (state, metrics) = self._run.config, self._now
        return TrainingView(
            config=config,
            state=state,
            metrics=metrics,
            latest_step=self._latest.state.step,
            plane=look_at_plane(config, state.parameters, self._extent),
            curves=self._curves(),
            running=self.running,
            engine=self._engine,
            paces={engine: pace.steps_per_second for engine, pace in self._paces.items()},
        )

    def _train_step(self) -> None:
        engine: Engine = "arrays" if self._is_going_back else self._engine
        self._compute_with(engine)
        start = self._clock()
        self._now = now = next(self._steps)
        self._paces.setdefault(engine, Pace()).add(self._clock() - start, self._first)
        self._first = False
        self.changed = True
        if now.state.step > self._latest.state.step:
            self._latest = now
            self._remember(now)
        if now.metrics.diverged and not self._is_going_back:
            self._goal = now.state.step

    def _compute_with(self, engine: Engine) -> None:
        if engine != self._computing:
            self._steps = self._run.train(self._now.state, engine=engine, before_point=self._before_point)
            next(self._steps)
            self._computing, self._first = engine, True

    def _remember(self, progress: Progress) -> None:
        step = progress.state.step
        if self._checkpoints.wants(step):
            self._checkpoints.add(progress.state.pack())
        if self._curve.wants(step):
            self._curve.add(_figures(progress.metrics))

    def _go_back(self, step: int) -> None:
        start, packed = self._checkpoints.at_or_before(step)
        if start <= self._now.state.step <= step:
            return
        self._steps = self._run.train(TrainingState.unpack(packed))
        self._now = next(self._steps)
        self._computing, self._first = "arrays", True

    def _curves(self) -> Curves:
        steps = [i * self._curve.stride for i in range(len(self._curve.entries))]
        rows = list(self._curve.entries)
        if steps[-1] != self._latest.state.step:
            steps.append(self._latest.state.step)
            rows.append(_figures(self._latest.metrics))
        loss, train_share, test_share = np.array(rows, dtype=np.float64).T
        return Curves(np.array(steps, dtype=np.int64), loss, train_share, test_share)


def _figures(metrics: Metrics) -> tuple[float, float, float]:
    test = math.nan if metrics.test_accuracy is None else metrics.test_accuracy
    return metrics.loss, metrics.train_accuracy, test
