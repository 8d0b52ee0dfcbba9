"""A run in a child process, as the window sees it: orders go in, the newest view comes out."""

import time
from typing import Literal, TypeAlias

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Signal

from micrograd_core.training.config import TrainingConfig
from micrograd_core.training.engines import Engine
from micrograd_gui.background.child_process import ChildProcess
from micrograd_gui.model.training_speed import DEFAULT_SPEED
from micrograd_gui.training.messages import (
    Begun,
    GoBack,
    Order,
    Pause,
    Report,
    Request,
    Reset,
    Seen,
    SetEngine,
    SetSpeed,
    Train,
    TrainSteps,
    ViewRate,
)
from micrograd_gui.training.serve import VIEWS_PER_SECOND, serve

LATE_MS = 300
"""Milliseconds without an answer after which the status bar says that the step is late."""
SCARCE_SECONDS = 0.006
"""Least average seconds without a processor, from a report to its painting, for which processors are scarce."""

_AFTER_PAINTING = Qt.EventPriority.LowEventPriority.value - 1
"""Qt paints at low priority."""

State: TypeAlias = Literal["idle", "running", "paused", "failed"]


class TrainingRun(QObject):
    """A run in a child process. Its methods return at once; views arrive as ``view_changed``."""

    begun = Signal(object)
    """The ``Points`` of a run, before its first view."""
    view_changed = Signal(object)
    """The newest ``TrainingView``."""
    state_changed = Signal(str)
    """A ``State``."""
    late_changed = Signal()
    """``late_step`` has changed."""
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
        self._patience.timeout.connect(self._report_late)
        self._taken = (0.0, 0.0)
        """Arrival of the last report: by the clock, and by the processor time of the window's thread."""
        self._waited = 0.0
        """Moving average of the seconds for which that thread had no processor from a report to its painting."""
        self.steps_per_second = DEFAULT_SPEED
        """Speed of ``run``; inf means as fast as possible."""
        self._views_per_second = VIEWS_PER_SECOND

    @property
    def state(self) -> State:
        return self._state

    @property
    def late_step(self) -> int | None:
        """The step in computation, while the answer to the newest order is late; else None."""
        return self._awaited_step if self._late else None

    @property
    def pid(self) -> int | None:
        """The process id of the child, while there is one."""
        return self._child.pid

    def reset(self, config: TrainingConfig, engine: Engine = "arrays") -> None:
        """Begin a run of ``config`` at step 0 with ``engine``; one seed always gives the same initial weights."""
        self._set_state("idle")
        if self._child.pid is None:
            self._child.send(ViewRate(self._views_per_second))
        self._shown_step = self._awaited_step = 0
        self._order(Reset(config, engine, self.steps_per_second))
        self._reset_number = self._number

    def run(self) -> None:
        """Train on from the step that is shown."""
        self._go("running", Train(), self._shown_step + 1)

    def pause(self) -> None:
        self._go("paused", Pause(), self._shown_step)

    def step(self, n: int = 1) -> None:
        start = self._shown_step if self._state == "running" else self._awaited_step
        self._go("paused", TrainSteps(n), start + n)

    def show_step(self, step: int) -> None:
        """Go back to a past step; ``run`` trains on from there as before."""
        self._go("paused", GoBack(step), step)

    def set_speed(self, steps_per_second: float) -> None:
        """Set the speed of ``run``; inf means as fast as possible."""
        self.steps_per_second = steps_per_second
        if self._child.pid is not None:
            self._order(SetSpeed(steps_per_second))

    def set_engine(self, engine: Engine) -> None:
        """Compute the steps after the one that is shown with ``engine``."""
        if self._child.pid is not None:
            self._order(SetEngine(engine))

    def set_view_rate(self, views_per_second: float) -> None:
        """Set the upper limit of ``view_changed`` per second."""
        self._views_per_second = views_per_second
        if self._child.pid is not None:
            self._child.send(ViewRate(views_per_second))

    def close(self) -> None:
        """End the child at once; ``reset`` starts a new one."""
        self._child.close()
        self._set_late(False)
        self._set_state("idle")

    def _go(self, state: State, request: Request, awaited_step: int) -> None:
        if self._child.pid is not None:
            self._awaited_step = awaited_step
            self._order(request)
            self._set_state(state)

    def _order(self, message: Reset | Request) -> None:
        self._number += 1
        self._child.send(Order(self._number, message))
        if self._late:
            self.late_changed.emit()
        elif not self._patience.isActive():
            self._patience.start()

    def _report_late(self) -> None:
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

    def _take(self, answer: object) -> None:
        assert isinstance(answer, Begun | Report)
        if isinstance(answer, Report):
            self._acknowledge()
        if answer.number < self._reset_number:
            return
        if isinstance(answer, Begun):
            self.begun.emit(answer.points)
        else:
            self._take_report(answer)

    def _acknowledge(self) -> None:
        """Acknowledge a report at once, or where processors are scarce after it is painted."""
        self._taken = time.perf_counter(), time.thread_time()
        if not self._is_scarce:
            self._child.send(Seen(False))
        QCoreApplication.postEvent(self, QEvent(QEvent.Type.User), _AFTER_PAINTING)

    def _take_report(self, report: Report) -> None:
        self._shown_step = report.view.state.step
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
        """Measure the wait for a processor after the last report was painted."""
        was_scarce = self._is_scarce
        passed, computed = time.perf_counter() - self._taken[0], time.thread_time() - self._taken[1]
        self._waited += (passed - computed - self._waited) / 8.0
        if was_scarce and self._child.pid is not None:
            self._child.send(Seen(self._is_scarce))

    def _fail(self, sentence: str, details: str) -> None:
        self._set_late(False)
        self._set_state("failed")
        self.failed.emit(sentence, details)
