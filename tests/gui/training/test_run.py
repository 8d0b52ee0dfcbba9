import gc
import math
import os
import signal
import time
from collections import deque
from collections.abc import Iterator
from itertools import islice, pairwise
from pathlib import Path

import pytest
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import delete
from threadpoolctl import threadpool_limits

from micrograd_core.training import model
from micrograd_core.training.config import TrainingConfig
from micrograd_core.training.engines import Engine
from micrograd_core.training.points import Points, make_points
from micrograd_core.training.run import Progress, Run
from micrograd_gui.background.child_process import ChildProcess
from micrograd_gui.model.training_view import TrainingView
from micrograd_gui.training.messages import (
    Begun,
    Order,
    Report,
    Request,
    Reset,
    Seen,
    Train,
    TrainSteps,
    ViewRate,
)
from micrograd_gui.training.run import TrainingRun
from micrograd_gui.training.serve import serve

SMALL = TrainingConfig(samples=20, hidden=(4,), batch_size=5, seed=3)
PATIENCE = 60_000


class Watched:
    """A run with all that it said."""

    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.run = TrainingRun()
        self.points: list[Points] = []
        self.views: list[TrainingView] = []
        self.states: list[str] = []
        self.failures: list[tuple[str, str]] = []
        self.run.begun.connect(self.points.append)
        self.run.view_changed.connect(self.views.append)
        self.run.state_changed.connect(self.states.append)
        self.run.failed.connect(lambda sentence, details: self.failures.append((sentence, details)))

    def until_step(self, step: int) -> TrainingView:
        self.qtbot.waitUntil(lambda: bool(self.views) and self.views[-1].state.step == step, timeout=PATIENCE)
        return self.views[-1]


@pytest.fixture(name="watched")
def make_watched(qtbot: QtBot) -> Iterator[Watched]:
    watched = Watched(qtbot)
    yield watched
    watched.run.close()
    delete(watched.run)  # Here, and not by whichever thread collects garbage: its timer is this thread's.


def shown(view: TrainingView) -> Progress:
    return Progress(view.state, view.metrics)


def alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def test_it_trains_steps_rewinds_and_resets(watched: Watched) -> None:
    """Every step that is shown is the one train() gives: stepping on, going back, going on from there, resetting."""
    run = list(islice(Run(SMALL).train(), 31))
    watched.run.reset(SMALL)
    first = watched.until_step(0)
    assert shown(first) == run[0]
    watched.run.step(30)
    assert shown(watched.until_step(30)) == run[30]
    watched.run.show_step(12)
    view = watched.until_step(12)
    assert (shown(view), view.latest_step) == (run[12], 30)
    watched.run.step()
    assert shown(watched.until_step(13)) == run[13]
    watched.views.clear()
    watched.run.reset(SMALL)
    assert shown(watched.until_step(0)) == run[0]
    assert watched.views[-1].latest_step == 0
    assert watched.states == ["paused", "idle"]


def test_a_run_begins_with_its_points(watched: Watched) -> None:
    """The points come once, before the first view, and are those of train(); going back does not bring them again."""
    told: list[str] = []
    watched.run.begun.connect(lambda _points: told.append("points"))
    watched.run.view_changed.connect(lambda _view: told.append("view"))
    watched.run.reset(SMALL)
    watched.until_step(0)
    assert told[:2] == ["points", "view"]
    watched.run.step(5)
    watched.until_step(5)
    watched.run.show_step(2)
    watched.until_step(2)
    [points] = watched.points
    expected = make_points(SMALL)
    assert points.train_inputs.tolist() == expected.train_inputs.tolist()
    assert points.test_labels.tolist() == expected.test_labels.tolist()


def test_pausing_stops_it_and_running_goes_on(watched: Watched) -> None:
    """Steps at the highest speed come by the hundred; after a pause the next view stays."""
    watched.run.set_speed(math.inf)
    watched.run.reset(SMALL)
    watched.run.run()
    watched.qtbot.waitUntil(
        lambda: bool(watched.views) and watched.views[-1].latest_step > 200, timeout=PATIENCE
    )
    assert watched.run.state == "running"
    assert watched.views[-1].paces["arrays"] > 60.0
    watched.run.pause()
    watched.qtbot.waitUntil(lambda: not watched.views[-1].running, timeout=PATIENCE)
    rested = watched.views[-1].latest_step
    watched.run.run()
    watched.qtbot.waitUntil(lambda: watched.views[-1].latest_step > rested, timeout=PATIENCE)
    assert watched.states == ["running", "paused", "running"]


def test_another_engine_takes_over_in_the_midst_of_a_run(watched: Watched) -> None:
    """Scalars go on from the step that is shown, with the same numbers up to rounding; going back, and a pause, are
    answered in between, and a run can begin with them.
    """
    run = list(islice(Run(SMALL).train(), 60))
    watched.run.reset(SMALL)
    watched.run.step(20)
    watched.until_step(20)
    watched.run.set_engine("values")
    watched.run.run()
    watched.qtbot.waitUntil(lambda: watched.views[-1].state.step >= 30, timeout=PATIENCE)
    watched.run.pause()
    watched.qtbot.waitUntil(lambda: not watched.views[-1].running, timeout=PATIENCE)
    view = watched.views[-1]
    assert view.engine == "values"
    assert set(view.paces) == {"arrays", "values"}
    assert view.state.parameters == pytest.approx(run[view.state.step].state.parameters, rel=1e-9)
    watched.run.show_step(10)
    assert shown(watched.until_step(10)) == run[10]
    watched.run.reset(SMALL, "values")
    assert watched.until_step(0).engine == "values"
    watched.run.step()
    by_values = Run(SMALL).train(engine="values")
    assert shown(watched.until_step(1)) == list(islice(by_values, 2))[1]


def test_views_of_the_run_before_a_reset_are_not_shown(watched: Watched) -> None:
    """Once reset was called, each view is of the new config, also when one of the old run was waiting to be taken."""
    watched.run.set_speed(math.inf)
    watched.run.reset(SMALL)
    watched.run.run()
    watched.qtbot.waitUntil(lambda: len(watched.views) > 2, timeout=PATIENCE)
    busy_until = time.perf_counter() + 0.2
    while time.perf_counter() < busy_until:
        make_points(SMALL)  # the window is busy, the child is not
    other = TrainingConfig(samples=30, hidden=(2,), seed=9)
    watched.views.clear()
    watched.run.reset(other)
    view = watched.until_step(0)
    assert {each.config for each in watched.views} == {other}
    assert view.config == other
    assert [len(points.train_labels) for points in watched.points] == [SMALL.samples, 30]


MINUTES = TrainingConfig(samples=2000, hidden=(64, 64))
"""Seconds of a step of the scalars."""


def test_no_order_waits_for_a_step_of_minutes(watched: Watched) -> None:
    """A pause, going back, another engine and another network come at once, the first three at the step before."""
    run, until = watched.run, watched.qtbot.waitUntil
    run.reset(MINUTES)
    run.step(2)
    watched.until_step(2)
    run.set_engine("values")
    run.run()
    until(lambda: run.late_step == 3, timeout=PATIENCE)
    run.pause()
    until(lambda: run.late_step is None, timeout=PATIENCE)
    assert watched.views[-1].state.step == 2
    run.step()
    until(lambda: run.late_step == 3, timeout=PATIENCE)
    run.show_step(1)
    watched.until_step(1)
    run.step()
    until(lambda: run.late_step == 2, timeout=PATIENCE)
    run.set_engine("arrays")
    watched.until_step(2)
    run.set_engine("values")
    run.step()
    until(lambda: run.late_step == 3, timeout=PATIENCE)
    run.reset(SMALL)
    watched.until_step(0)
    assert run.late_step is None
    assert max(view.state.step for view in watched.views) == 2


def test_an_answer_that_is_late_is_told_of_until_it_comes(watched: Watched) -> None:
    """The late step follows each further order; a step that comes soon, or never, is not late."""
    run = watched.run
    said: list[int | None] = []
    run.late_changed.connect(lambda: said.append(run.late_step))
    run.reset(SMALL)
    watched.until_step(0)
    said.clear()
    for step in range(1, 6):
        run.step()
        watched.until_step(step)
    assert run.late_step is None
    run.reset(MINUTES, "values")
    watched.qtbot.waitUntil(lambda: watched.views[-1].config == MINUTES, timeout=PATIENCE)
    said.clear()
    run.step()
    watched.qtbot.waitUntil(lambda: run.late_step is not None, timeout=PATIENCE)
    run.step(4)
    assert said == [1, 5]
    run.reset(SMALL, "values")
    watched.qtbot.waitUntil(lambda: run.late_step is None, timeout=PATIENCE)
    assert said[2:] == [0, None]
    assert watched.views[-1].config == SMALL
    run.reset(MINUTES, "values")
    run.run()
    watched.qtbot.waitUntil(lambda: run.late_step == 1, timeout=PATIENCE)
    assert run.pid is not None
    os.kill(run.pid, signal.SIGKILL)
    watched.qtbot.waitUntil(lambda: run.state == "failed", timeout=PATIENCE)
    assert run.late_step is None


@pytest.mark.parametrize("engine", ["arrays", "values"])
def test_closing_ends_the_child_at_once(watched: Watched, engine: Engine) -> None:
    """close() takes a moment during training, even in a long step of the scalars, and leaves no process."""
    watched.run.set_speed(math.inf)
    watched.run.reset(TrainingConfig(), engine)
    watched.run.run()
    # A step of the scalars may take long on a busy machine; it is under way once the first view is there.
    watched.qtbot.waitUntil(lambda: len(watched.views) > 0, timeout=PATIENCE)
    pid = watched.run.pid
    assert pid is not None
    assert alive(pid)
    start = time.perf_counter()
    watched.run.close()
    assert time.perf_counter() - start < 1.0
    assert not alive(pid)
    assert watched.run.state == "idle"
    assert watched.failures == []


def test_a_killed_child_is_reported_and_reset_starts_another(watched: Watched) -> None:
    """The state is failed, with a sentence and details; run() does nothing then, and reset() starts a new child."""
    watched.run.reset(SMALL)
    watched.until_step(0)
    pid = watched.run.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    watched.qtbot.waitUntil(lambda: bool(watched.failures), timeout=PATIENCE)
    sentence, details = watched.failures[0]
    assert sentence.endswith(".")
    assert "exit code" in details
    watched.run.run()
    assert watched.run.state == "failed"
    watched.views.clear()
    watched.run.reset(SMALL)
    watched.run.step(2)
    watched.until_step(2)
    assert watched.run.pid != pid


def test_an_error_in_the_child_comes_with_its_traceback(watched: Watched) -> None:
    """An order that makes no sense ends the child; the details say where."""
    watched.run.reset(SMALL)
    watched.until_step(0)
    watched.run.step(0)
    watched.qtbot.waitUntil(lambda: bool(watched.failures), timeout=PATIENCE)
    sentence, details = watched.failures[0]
    assert "the number of steps must be 1 or more" in sentence
    assert "Traceback" in details
    assert "trainer.py" in details


def test_training_that_diverges_pauses(watched: Watched) -> None:
    """The state follows the child, which stops by itself once the loss is no number any more."""
    watched.run.set_speed(math.inf)
    watched.run.reset(TrainingConfig(samples=20, hidden=(4,), learning_rate=10.0, decay=0.0, l2=1.0))
    watched.run.run()
    watched.qtbot.waitUntil(lambda: watched.run.state == "paused", timeout=PATIENCE)
    assert watched.views[-1].metrics.diverged


@pytest.mark.skipif(not hasattr(os, "getpriority"), reason="Windows has no such call")
def test_the_child_competes_on_equal_terms(watched: Watched) -> None:
    """The child keeps its priority: with a lower one it would stand still while other programs are busy."""
    watched.run.reset(SMALL)
    watched.until_step(0)
    pid = watched.run.pid
    assert pid is not None
    assert os.getpriority(os.PRIO_PROCESS, pid) == os.getpriority(os.PRIO_PROCESS, 0)


class Window:
    """The window's end of the pipe to a child that is served here; it goes away after so many reports."""

    def __init__(self, scarce: bool, reports: int, *orders: Reset | Request) -> None:
        self._seen = Seen(scarce)
        self._most = reports
        self._waiting: deque[object] = deque([ViewRate(1000.0)])
        self._waiting += [Order(number, order) for number, order in enumerate(orders, 1)]
        self._trained = 0
        self._reported = time.perf_counter()
        self.begun: list[Begun] = []
        self.reports: list[Report] = []
        self.rests: list[float] = []
        """Seconds for which the child left its processor after a report, as shares of those it trained before."""
        self.frozen = 0
        """Objects that the child's garbage collector leaves alone."""
        with threadpool_limits(limits=None), pytest.raises(EOFError):
            serve(self)  # type: ignore[arg-type]
        gc.unfreeze()

    def poll(self, timeout: float | None = 0.0) -> bool:
        if self._trained and not self._waiting:
            self._trained -= 1
            # The report is painted while the child rests, or else while it trains.
            if timeout or not self._trained:
                self._trained = 0
                self.rests.append((timeout or 0.0) / self._between)
                self._waiting.append(self._seen)
        return bool(self._waiting)

    def recv(self) -> object:
        return self._waiting.popleft()

    def send(self, report: Begun | Report) -> None:
        if isinstance(report, Begun):
            self.begun.append(report)
            return
        self.frozen = gc.get_freeze_count()
        self.reports.append(report)
        if len(self.reports) == self._most:
            raise EOFError
        now = time.perf_counter()
        self._between, self._reported = now - self._reported, now
        self._trained = 3


@pytest.mark.parametrize("scarce", [False, True])
def test_where_processors_are_scarce_the_child_leaves_its_own_to_the_window(scarce: bool) -> None:
    """The child rests from a report to its painting, for at most as long as it trained; else it trains on at once."""
    window = Window(scarce, 12, Reset(SMALL, "arrays", math.inf), Train())
    known = window.rests[1:]  # By now it has been told.
    assert all(0.0 < rest <= 1.0 for rest in known) if scarce else not any(known)
    steps = [report.view.state.step for report in window.reports]
    assert all(later > step for step, later in pairwise(steps)), "it goes on training"


def test_where_processors_are_scarce_a_view_waits_for_the_painting_of_the_one_before(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The window takes one, paints it, and asks for the next; as long as they are not scarce it asks before."""
    said: list[str] = []
    send = ChildProcess.send

    def note(child: ChildProcess, message: object) -> None:
        if isinstance(message, Seen):
            said.append("asked, scarce" if message.scarce else "asked")
        send(child, message)

    monkeypatch.setattr(ChildProcess, "send", note)

    class Canvas(QWidget):
        def paintEvent(self, _event: QPaintEvent) -> None:
            said.append("painted")

    canvas = Canvas()
    watched.qtbot.addWidget(canvas)
    with watched.qtbot.waitExposed(canvas):
        canvas.show()

    def show(_view: TrainingView) -> None:
        said.append("taken")
        time.sleep(0.02)  # Without a processor.
        canvas.update()

    watched.run.set_speed(math.inf)
    watched.run.reset(SMALL)
    watched.until_step(0)
    said.clear()
    watched.run.view_changed.connect(show)
    watched.run.run()
    watched.qtbot.waitUntil(lambda: said.count("taken") > 12, timeout=PATIENCE)
    assert said[:2] == ["asked", "taken"]
    # What is painted for another reason, as when something lay over it, does not count.
    told = [what for before, what in pairwise(said) if what != "painted" or before == "taken"]
    last = len(told) - 1 - told[::-1].index("taken")
    assert told[last - 9 : last] == ["taken", "painted", "asked, scarce"] * 3


def test_of_many_beginnings_only_the_last_is_made() -> None:
    """Settings that change faster than networks are derived do not queue up, nor does what was asked of them."""
    configs = [TrainingConfig(samples=20, hidden=(6, 5), l2=n / 1000) for n in range(30)]
    before = model._loss_program.cache_info().misses
    beginnings = [Reset(config, "arrays", math.inf) for config in configs]
    window = Window(False, 1, beginnings[0], TrainSteps(2), *beginnings[1:], TrainSteps(3))
    assert model._loss_program.cache_info().misses == before + 1
    [report] = window.reports
    assert report.number == 32
    assert [begun.number for begun in window.begun] == [31]
    assert (report.view.config, report.view.state.step) == (configs[-1], 3)


def test_the_garbage_collector_of_the_child_leaves_libraries_alone() -> None:
    """The collector leaves the libraries alone; else it would take as long as a step of the scalars does."""
    gc.collect()
    assert Window(False, 1, Reset(SMALL, "values", math.inf)).frozen > 0.9 * len(gc.get_objects())
