import math
from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from micrograd_core.training import TrainingFrame, train
from micrograd_gui.model.training import Engine, TrainingConfig
from micrograd_gui.training import trainer
from micrograd_gui.training.trainer import (
    CURVE_POINTS,
    Compute,
    Gesture,
    Pause,
    Run,
    Show,
    Speed,
    Step,
    StepEnded,
    ThinnedSeries,
    Trainer,
)

SMALL = TrainingConfig(samples=10, hidden=(3,), batch_size=4, seed=5)


class Clock:
    """A clock that stands still unless it is told, or goes on by ``tick`` whenever it is read."""

    now = 100.0
    tick = 0.0

    def __call__(self) -> float:
        self.now += self.tick
        return self.now


def settle(running: Trainer) -> TrainingFrame:
    """Advance until nothing is left to do; the frame it rests at."""
    while running.wait() is not None:
        running.advance()
    return running.view().frame


@pytest.fixture(name="run")
def make_run() -> list[TrainingFrame]:
    return list(islice(train(SMALL), 61))


def test_it_rests_at_step_zero_until_asked(run: list[TrainingFrame]) -> None:
    """A new trainer has nothing to do and shows the untrained network."""
    fresh = Trainer(SMALL, Clock())
    assert fresh.wait() is None
    assert fresh.view().frame == run[0]


def test_steps_add_up(run: list[TrainingFrame]) -> None:
    """Two orders of three and four steps end at step seven, also when the second comes before the first is done."""
    fresh = Trainer(SMALL, Clock())
    fresh.handle(Step(3))
    fresh.handle(Step(4))
    assert settle(fresh) == run[7]


def test_running_keeps_the_pace(run: list[TrainingFrame]) -> None:
    """At 10 steps a second a tenth of a second brings one step, and nothing is due in between."""
    clock = Clock()
    fresh = Trainer(SMALL, clock)
    fresh.handle(Speed(10.0))
    fresh.handle(Run())
    fresh.advance()
    assert fresh.view().frame == run[1]
    clock.now += 0.05
    assert fresh.wait() == pytest.approx(0.05)
    fresh.advance()
    assert fresh.view().frame == run[1]
    clock.now += 0.05 + 1e-9
    fresh.advance()
    assert fresh.view().frame == run[2]
    assert fresh.view().running


def test_a_stalled_machine_does_not_make_it_jump(run: list[TrainingFrame]) -> None:
    """After ten seconds without the processor it goes on at its pace instead of making up for 100 steps."""
    clock = Clock()
    fresh = Trainer(SMALL, clock)
    fresh.handle(Speed(10.0))
    fresh.handle(Run())
    fresh.advance()
    clock.now += 10.0
    fresh.advance()
    assert fresh.view().frame == run[2]


def test_pausing_stays_where_it_is() -> None:
    """A paused run has nothing to do and says that it is not running."""
    fresh = Trainer(SMALL, Clock())
    fresh.handle(Speed(1000.0))
    fresh.handle(Run())
    fresh.advance()
    fresh.handle(Pause())
    assert fresh.wait() is None
    assert not fresh.view().running


@pytest.mark.parametrize("kept", [3, 1000], ids=["few steps kept", "all steps kept"])
def test_any_past_step_is_shown_as_it_was(
    run: list[TrainingFrame], kept: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Going back gives the same frame bit for bit, whether its parameters were kept or are computed again."""
    monkeypatch.setattr(trainer, "MEMORY_BYTES", 8 * SMALL.parameter_count * kept)
    fresh = Trainer(SMALL, Clock())
    fresh.handle(Step(60))
    assert settle(fresh) == run[60]
    for step in (59, 0, 17, 18, 60, 31):
        fresh.handle(Show(step))
        assert settle(fresh) == run[step]
        assert fresh.view().latest_step == 60


def test_running_goes_on_from_the_step_that_is_shown(run: list[TrainingFrame]) -> None:
    """After a rewind, steps come the same way as the first time, and beyond the latest as if there had been none."""
    fresh = Trainer(SMALL, Clock())
    fresh.handle(Step(40))
    settle(fresh)
    fresh.handle(Show(10))
    settle(fresh)
    fresh.handle(Step(1))
    assert settle(fresh) == run[11]
    fresh.handle(Step(49))
    assert settle(fresh) == run[60]


def test_a_step_that_was_not_reached_is_the_latest(run: list[TrainingFrame]) -> None:
    """One can only go back; what lies out of range is taken to its end."""
    fresh = Trainer(SMALL, Clock())
    fresh.handle(Step(5))
    settle(fresh)
    fresh.handle(Show(99))
    assert settle(fresh) == run[5]
    fresh.handle(Show(-3))
    assert settle(fresh) == run[0]


def test_curves_hold_the_figures_of_their_steps() -> None:
    """With a short run every step is in the curves; with a long one a few hundred, first and latest among them."""
    fresh = Trainer(SMALL, Clock())
    frames = list(islice(train(SMALL), 1235))
    for count in (10, 1224):
        fresh.handle(Step(count))
        settle(fresh)
        curves = fresh.view().curves
        assert curves.steps[0] == 0
        assert curves.steps[-1] == fresh.view().frame.step
        assert len(curves.steps) <= CURVE_POINTS + 1
        assert curves.loss.tolist() == [frames[step].loss for step in curves.steps]
        assert curves.train.tolist() == [frames[step].train_accuracy for step in curves.steps]
        assert curves.test.tolist() == [frames[step].test_accuracy for step in curves.steps]
    assert len(curves.steps) > CURVE_POINTS / 2


def test_without_test_points_their_curve_is_nan() -> None:
    """There is no accuracy to show, and nothing fails."""
    view = Trainer(TrainingConfig(samples=4, hidden=(), test_share=0.0), Clock()).view()
    assert np.isnan(view.curves.test).all()


def test_training_that_diverges_pauses() -> None:
    """Once the loss is infinite or nan it stops by itself; there is a view, and one can go back."""
    fresh = Trainer(TrainingConfig(samples=20, hidden=(4,), learning_rate=10.0, decay=0.0, l2=1.0))
    fresh.handle(Speed(math.inf))
    fresh.handle(Run())
    for _ in range(500):
        fresh.advance()
        if not fresh.running:
            break
    view = fresh.view()
    assert view.frame.diverged
    assert not view.running
    fresh.handle(Show(0))
    assert settle(fresh).step == 0


def test_only_the_first_view_brings_the_points() -> None:
    """They stay the same through the run."""
    fresh = Trainer(SMALL, Clock())
    first, second = fresh.view(), fresh.view()
    assert first.dataset is not None
    assert len(first.dataset.train_labels) == SMALL.samples
    assert second.dataset is None


def is_near(frame: TrainingFrame, other: TrainingFrame) -> bool:
    """Whether they are the same step with the same numbers up to rounding."""
    return (
        (frame.step, frame.train_accuracy, frame.test_accuracy, frame.learning_rate)
        == (other.step, other.train_accuracy, other.test_accuracy, other.learning_rate)
        and frame.loss == pytest.approx(other.loss, rel=1e-12)
        and frame.parameters == pytest.approx(other.parameters, rel=1e-12, abs=1e-12)
    )


def test_another_engine_goes_on_from_the_step_that_is_shown(run: list[TrainingFrame]) -> None:
    """Scalars compute what is asked for from then on, bit by bit as train() does with them, until arrays do again."""
    fresh = Trainer(SMALL, Clock())
    fresh.handle(Step(10))
    settle(fresh)
    fresh.handle(Compute("values"))
    assert fresh.view().frame == run[10]
    assert fresh.view().engine == "values"
    fresh.handle(Step(5))
    by_values = train(SMALL, engine="values", first_step=10, parameters=run[10].parameters)
    assert settle(fresh) == list(islice(by_values, 6))[5]
    fresh.handle(Compute("arrays"))
    fresh.handle(Step(45))
    assert is_near(settle(fresh), run[60])


def test_another_engine_takes_over_while_it_runs() -> None:
    """A run is not interrupted: the next step is the other engine's."""
    clock = Clock()
    fresh = Trainer(SMALL, clock)
    fresh.handle(Speed(1000.0))
    fresh.handle(Run())
    fresh.advance()
    fresh.handle(Compute("values"))
    assert fresh.running
    clock.now += 0.001
    before = fresh.view().frame
    fresh.advance()
    after = list(islice(train(SMALL, engine="values", first_step=1, parameters=before.parameters), 2))[1]
    assert fresh.view().frame == after


def test_going_back_is_for_arrays(run: list[TrainingFrame], monkeypatch: pytest.MonkeyPatch) -> None:
    """With scalars chosen, a past step comes from the arrays at once, and what comes after it from the scalars."""
    monkeypatch.setattr(trainer, "MEMORY_BYTES", 8 * SMALL.parameter_count)
    fresh = Trainer(SMALL, Clock())
    fresh.handle(Step(60))
    settle(fresh)
    fresh.handle(Compute("values"))
    for step in (59, 17, 41):
        fresh.handle(Show(step))
        assert settle(fresh) == run[step]
    fresh.handle(Step(1))
    by_values = train(SMALL, engine="values", first_step=41, parameters=run[41].parameters)
    assert settle(fresh) == list(islice(by_values, 2))[1]


FAR = 47
"""A step for which 15 others must be computed again when 16 of 200 are kept."""


@pytest.fixture(name="long_run")
def make_long_run() -> list[TrainingFrame]:
    return list(islice(train(SMALL), 201))


@pytest.fixture(name="going_back", params=["arrays", "values"])
def make_going_back(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Trainer:
    """A trainer at one step a second that was asked for a past step and has computed one step of the way to it."""
    monkeypatch.setattr(trainer, "MEMORY_BYTES", 0)
    clock = Clock()
    fresh = Trainer(SMALL, clock)
    fresh.handle(Step(200))
    settle(fresh)
    fresh.handle(Speed(1.0))
    fresh.handle(Compute(request.param))
    fresh.handle(Show(FAR))
    clock.tick = trainer.SLICE_SECONDS
    fresh.advance()
    clock.tick = 0.0
    assert not fresh.arrived
    return fresh


def show_next(going_back: Trainer) -> TrainingFrame:
    """What the window sees next, without any time that passes."""
    while not going_back.arrived:
        assert going_back.wait() == 0.0
        going_back.advance()
    return going_back.view().frame


@pytest.mark.parametrize("gesture", [Run(), Pause(), Show(FAR), Speed(2.0), Compute("values")], ids=str)
def test_the_step_asked_for_is_reached_whatever_is_asked_on_the_way(
    long_run: list[TrainingFrame], going_back: Trainer, gesture: Gesture
) -> None:
    """It is shown next, as the arrays compute it, whatever the engine, and a slow speed does not slow the way."""
    going_back.handle(gesture)
    assert show_next(going_back) == long_run[FAR]
    assert list(going_back.view().paces) == ["arrays"]


def test_pausing_on_the_way_back_rests_at_the_step_asked_for(
    long_run: list[TrainingFrame], going_back: Trainer
) -> None:
    """Also a pause of a run that was asked for on the way."""
    going_back.handle(Run())
    going_back.handle(Pause())
    assert settle(going_back) == long_run[FAR]


@pytest.mark.parametrize("asked", [[Step(3)], [Step(1), Step(2)], [Run(), Step(3)]], ids=str)
def test_steps_on_the_way_back_count_from_the_step_asked_for(
    long_run: list[TrainingFrame], going_back: Trainer, asked: list[Gesture]
) -> None:
    """It rests three steps on, computed by the engine that was chosen."""
    for gesture in asked:
        going_back.handle(gesture)
    engine, parameters = going_back.view().engine, long_run[FAR].parameters
    steps = train(SMALL, engine=engine, first_step=FAR, parameters=parameters)
    assert settle(going_back) == list(islice(steps, 4))[3]


def test_running_goes_on_one_period_after_the_way_back(going_back: Trainer) -> None:
    """However many steps were computed on the way."""
    going_back.handle(Run())
    show_next(going_back)
    assert going_back.wait() == pytest.approx(1.0)


def test_steps_after_the_divergence_can_be_gone_back_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """On the way to one it does not stop at another."""
    monkeypatch.setattr(trainer, "MEMORY_BYTES", 0)
    fresh = Trainer(replace(SMALL, learning_rate=10.0, decay=0.0, l2=1.0), Clock())
    while not fresh.view().frame.diverged:
        fresh.handle(Step(1))
        settle(fresh)
    first = fresh.view().frame.step
    for _ in range(40):
        fresh.handle(Step(1))
        settle(fresh)
    for step in range(first + 40, first - 1, -7):
        fresh.handle(Show(step))
        assert settle(fresh).step == step
        assert fresh.arrived


def test_each_engine_has_its_pace() -> None:
    """A single step is enough to tell how many an engine makes a second; one that was not tried has no pace."""
    clock = Clock()
    fresh = Trainer(SMALL, clock)
    assert fresh.view().paces == {}
    clock.tick = 0.25
    fresh.handle(Compute("values"))
    fresh.handle(Step(1))
    settle(fresh)
    assert fresh.view().paces == {"values": pytest.approx(4.0)}
    fresh.handle(Compute("arrays"))
    clock.tick = 0.001
    fresh.handle(Step(20))
    settle(fresh)
    assert fresh.view().paces == {"values": pytest.approx(4.0), "arrays": pytest.approx(1000.0)}


def test_the_first_step_counts_until_there_are_others() -> None:
    """It makes the buffers for those that follow; a pace that is known does not suffer from it."""
    clock = Clock()
    fresh = Trainer(SMALL, clock)
    for tick, pace in ((0.1, 10.0), (0.01, 100.0), (0.02, 67.0)):
        clock.tick = tick
        fresh.handle(Step(1))
        settle(fresh)
        assert fresh.view().paces["arrays"] == pytest.approx(pace, rel=0.01)
    clock.tick = 0.5
    fresh.handle(Show(0))
    fresh.handle(Step(1))
    settle(fresh)
    assert fresh.view().paces["arrays"] == pytest.approx(67.0, rel=0.01)


def test_a_pace_is_that_of_the_last_second(run: list[TrainingFrame]) -> None:
    """A machine that becomes ten times as fast shows it after a few seconds, and waiting does not count."""
    clock = Clock()
    fresh = Trainer(SMALL, clock)
    fresh.handle(Speed(1.0))
    fresh.handle(Run())
    for tick, rounds in ((0.1, 30), (0.01, 400)):
        for _ in range(rounds):
            clock.now += 5.0
            clock.tick = tick
            fresh.advance()
            clock.tick = 0.0
    assert fresh.view().paces["arrays"] == pytest.approx(100.0, rel=0.1)


def test_a_pace_lasts_as_long_as_the_settings() -> None:
    """After a reset to the same settings the paces are still known."""
    clock = Clock()
    first = Trainer(SMALL, clock)
    clock.tick = 0.5
    first.handle(Step(1))
    settle(first)
    assert Trainer(SMALL, clock, first).view().paces == first.view().paces
    other = TrainingConfig(samples=20, hidden=(4,))
    assert Trainer(other, clock, first).view().paces == {}


@pytest.mark.parametrize("gesture", [Step(0), Speed(0.0), Speed(-1.0), Speed(math.nan)], ids=str)
def test_numbers_without_sense_are_refused(gesture: Step | Speed) -> None:
    """They raise a ValueError."""
    with pytest.raises(ValueError, match="must be"):
        Trainer(SMALL, Clock()).handle(gesture)


def test_a_thinned_series_finds_the_entry_at_or_before_a_step() -> None:
    """However many entries came, at most the capacity is kept, and each is found under its own step."""
    series: ThinnedSeries[int] = ThinnedSeries(7)
    for step in range(1000):
        if series.wants(step):
            series.add(step)
        assert len(series.entries) <= 7
        for asked in {0, step // 2, step}:
            found, entry = series.at_or_before(asked)
            assert found == entry
            assert asked - series.stride < found <= asked


@pytest.mark.parametrize("points", [1, SMALL.samples, SMALL.samples + 5, 3 * SMALL.samples])
@pytest.mark.parametrize("engine", ["arrays", "values"])
def test_a_step_of_the_scalars_can_be_ended(run: list[TrainingFrame], points: int, engine: Engine) -> None:
    """At any of its points, also while they only begin: the step before is shown, and either engine goes on from it."""
    passed: list[int] = []

    def end_step() -> None:
        passed.append(1)
        if len(passed) == points:
            raise StepEnded

    fresh = Trainer(SMALL, Clock(), before_point=end_step)
    fresh.handle(Step(20))
    settle(fresh)
    fresh.handle(Compute("values"))
    fresh.handle(Step(3))
    fresh.advance()
    assert len(passed) == points
    reached = fresh.view().frame.step
    assert 20 <= reached < 23
    fresh.handle(Pause())
    assert fresh.wait() is None
    fresh.handle(Compute(engine))
    fresh.handle(Step(2))
    frame = settle(fresh)
    assert frame.step == reached + 2
    assert frame.parameters == pytest.approx(run[frame.step].parameters, rel=1e-9)
    fresh.handle(Show(7))
    assert settle(fresh) == run[7]
