"""Training in a child process, as the window sees it: orders go in, the newest view comes out."""

import gc
import time
from collections import deque
from multiprocessing.connection import Connection
from typing import Literal, NamedTuple, TypeAlias

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Signal

from micrograd_core.datasets import moons
from micrograd_gui.background.child_process import ChildProcess
from micrograd_gui.model.training import DEFAULT_SPEED, Engine, TrainingConfig, TrainingView
from micrograd_gui.training.trainer import (
    ENDS_STEP,
    Compute,
    Gesture,
    Pause,
    Reset,
    Run,
    Show,
    Speed,
    Step,
    StepEnded,
    Trainer,
)

VIEWS_PER_SECOND = 36.0
"""At most; some come late, and thirty are to be seen."""
LATE_MS = 300
"""So long orders may go without any answer before that is told."""
SCARCE_SECONDS = 0.006
"""Processors are scarce where the window waits longer than this for one, on average, from a report to its painting."""

_AFTER_PAINTING = Qt.EventPriority.LowEventPriority.value - 1
"""Qt paints at low priority."""

State: TypeAlias = Literal["idle", "running", "paused", "failed"]


class Order(NamedTuple):
    """A numbered message to the child, which numbers its reports by the last order it carried out."""

    number: int
    message: Reset | Gesture


def _is_order_of(message: object, kinds: tuple[type, ...]) -> bool:
    return isinstance(message, Order) and isinstance(message.message, kinds)


class Seen(NamedTuple):
    """The window has taken the last report, or where processors are scarce painted it; until then there is no other."""

    scarce: bool


class ViewRate(NamedTuple):
    views_per_second: float


class Report(NamedTuple):
    number: int
    view: TrainingView


def serve(connection: Connection) -> None:
    """The child: train as ordered and report at most so often, and only what the window is ready to take.

    Where processors are scarce the window comes first: the child leaves its own from sending a report until that is
    painted, but for no longer than it has trained since the one before.
    """
    # Several threads make matrices of this size slower, and take the window's processor.
    from threadpoolctl import threadpool_limits

    threadpool_limits(1)
    moons(TrainingConfig())  # It loads scikit-learn.
    # From here on the garbage collector leaves the libraries alone, which it would look through many times in a step.
    gc.freeze()
    arrived: deque[object] = deque()

    def look() -> None:
        """Take in what has come in the midst of a step; there may be no use in computing on."""
        while connection.poll():
            arrived.append(connection.recv())
            if _is_order_of(arrived[-1], ENDS_STEP):
                raise StepEnded

    trainer: Trainer | None = None
    number, taken, view_due, seconds_per_view = 0, True, 0.0, 1.0 / VIEWS_PER_SECOND
    scarce, trained, rest_end = False, 0.0, 0.0
    while True:
        wait = None if trainer is None else trainer.wait()
        if trainer is not None and trainer.changed and trainer.arrived and taken:
            until_view = view_due - time.perf_counter()
            wait = until_view if wait is None else min(wait, until_view)
        if wait is not None and scarce and not taken:
            wait = max(wait, rest_end - time.perf_counter())
        if arrived or connection.poll(None if wait is None else max(wait, 0.0)):
            match arrived.popleft() if arrived else connection.recv():
                case Seen(scarce):
                    taken = True
                case ViewRate(views_per_second):
                    seconds_per_view = 1.0 / views_per_second
                case Order(number, message):
                    while connection.poll():
                        arrived.append(connection.recv())
                    if any(_is_order_of(later, (Reset,)) for later in arrived):
                        continue  # It begins anew anyway.
                    if isinstance(message, Reset):
                        trainer = Trainer(message.config, previous=trainer, before_point=look)
                        trainer.handle(Compute(message.engine))
                        trainer.handle(Speed(message.steps_per_second))
                        view_due = 0.0
                    elif trainer is not None:
                        trainer.handle(message)
            continue
        if trainer is None:
            continue
        trained -= time.perf_counter()
        trainer.advance()
        start = time.perf_counter()
        trained += start
        if taken and trainer.changed and trainer.arrived and start >= view_due:
            connection.send(Report(number, trainer.view()))
            taken = False
            rest_end, trained = time.perf_counter() + trained, 0.0
            # A late view does not make the next one late; but most of the time is spent on training.
            on_time = max(view_due, start - seconds_per_view) + seconds_per_view
            view_due = max(on_time, start + 2.0 * (time.perf_counter() - start))


class TrainingRun(QObject):
    """Orders never wait; what they bring about arrives as ``view_changed``."""

    view_changed = Signal(object)
    """A ``TrainingView``: the newest."""
    state_changed = Signal(str)
    """A ``State``."""
    late_changed = Signal()
    """``late_step`` has."""
    failed = Signal(str, str)
    """(one sentence, details): the child died. ``reset`` starts a new one."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._child = ChildProcess(serve, self)
        self._child.received.connect(self._take)
        self._child.failed.connect(self._fail)
        self._state: State = "idle"
        self._number = 0
        self._reset_number = 0
        self._shown_step = 0
        self._awaited_step = 0
        self._late = False
        self._patience = QTimer(self, interval=LATE_MS, singleShot=True)
        self._patience.timeout.connect(self._lose_patience)
        self._taken = (0.0, 0.0)
        """When the last report came: by the clock, and by the processor time of the window's thread."""
        self._waited = 0.0
        """Seconds for which that thread had no processor from a report to its painting, as an average of late."""
        self._steps_per_second = DEFAULT_SPEED
        self._views_per_second = VIEWS_PER_SECOND

    @property
    def state(self) -> State:
        return self._state

    @property
    def late_step(self) -> int | None:
        """The step that is computed, while the answer to the newest order is late; None while nothing is."""
        return self._awaited_step if self._late else None

    @property
    def pid(self) -> int | None:
        """Of the child, while there is one."""
        return self._child.pid

    def reset(self, config: TrainingConfig, engine: Engine = "arrays") -> None:
        """Show step 0 of ``config``; the same seed gives the same initial weights. ``engine`` computes what follows."""
        self._set_state("idle")
        if self._child.pid is None:
            self._child.send(ViewRate(self._views_per_second))
        self._shown_step = self._awaited_step = 0
        self._order(Reset(config, engine, self._steps_per_second))
        self._reset_number = self._number

    def run(self) -> None:
        """Train on from the step that is shown."""
        self._go("running", Run(), self._shown_step + 1)

    def pause(self) -> None:
        self._go("paused", Pause(), self._shown_step)

    def step(self, n: int = 1) -> None:
        start = self._shown_step if self._state == "running" else self._awaited_step
        self._go("paused", Step(n), start + n)

    def show_step(self, step: int) -> None:
        """Go back to a past step; ``run`` goes on from there, the same way as before."""
        self._go("paused", Show(step), step)

    def set_speed(self, steps_per_second: float) -> None:
        """Of ``run``; inf is as fast as it goes."""
        self._steps_per_second = steps_per_second
        if self._child.pid is not None:
            self._order(Speed(steps_per_second))

    def set_engine(self, engine: Engine) -> None:
        """With which the steps from the one shown on are computed; the run goes on."""
        if self._child.pid is not None:
            self._order(Compute(engine))

    def set_view_rate(self, views_per_second: float) -> None:
        """How often ``view_changed`` comes at most."""
        self._views_per_second = views_per_second
        if self._child.pid is not None:
            self._child.send(ViewRate(views_per_second))

    def close(self) -> None:
        """End the child at once; ``reset`` starts a new one."""
        self._child.close()
        self._set_late(False)
        self._set_state("idle")

    def _go(self, state: State, gesture: Gesture, awaited_step: int) -> None:
        if self._child.pid is not None:
            self._awaited_step = awaited_step
            self._order(gesture)
            self._set_state(state)

    def _order(self, message: Reset | Gesture) -> None:
        self._number += 1
        self._child.send(Order(self._number, message))
        if self._late:
            self.late_changed.emit()
        elif not self._patience.isActive():
            self._patience.start()

    def _lose_patience(self) -> None:
        self._set_late(True)

    def _set_late(self, late: bool) -> None:
        self._patience.stop()
        if late != self._late:
            self._late = late
            self.late_changed.emit()

    def _set_state(self, state: State) -> None:
        if state != self._state:
            self._state = state
            self.state_changed.emit(state)

    def _take(self, report: object) -> None:
        assert isinstance(report, Report)
        self._taken = time.perf_counter(), time.thread_time()
        if not self._is_scarce:
            self._child.send(Seen(False))
        QCoreApplication.postEvent(self, QEvent(QEvent.Type.User), _AFTER_PAINTING)
        if report.number < self._reset_number:
            return
        self._shown_step = report.view.frame.step
        if report.number == self._number:
            self._awaited_step = self._shown_step + report.view.running
        self._set_late(False)
        if report.number < self._number:
            self._patience.start()
        self.view_changed.emit(report.view)
        # It pauses by itself when training has diverged.
        if report.number == self._number and self._state == "running" and not report.view.running:
            self._set_state("paused")

    @property
    def _is_scarce(self) -> bool:
        return self._waited > SCARCE_SECONDS

    def customEvent(self, _event: QEvent) -> None:
        """The last report has been painted."""
        was_scarce = self._is_scarce
        passed, computed = time.perf_counter() - self._taken[0], time.thread_time() - self._taken[1]
        self._waited += (passed - computed - self._waited) / 8.0
        if was_scarce and self._child.pid is not None:
            self._child.send(Seen(self._is_scarce))

    def _fail(self, sentence: str, details: str) -> None:
        self._set_late(False)
        self._set_state("failed")
        self.failed.emit(sentence, details)
