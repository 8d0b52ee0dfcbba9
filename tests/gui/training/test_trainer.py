import math
from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from micrograd_core.training.config import TrainingConfig
from micrograd_core.training.engines import Engine
from micrograd_core.training.points import Points, make_points
from micrograd_core.training.run import Progress, Run
from micrograd_core.training.state import TrainingState
from micrograd_gui.training import trainer
from micrograd_gui.training.messages import (
    GoBack,
    Pause,
    Request,
    SetEngine,
    SetSpeed,
    Train,
    TrainSteps,
)
from micrograd_gui.training.trainer import CURVE_POINTS, StepEnded, ThinnedSeries, Trainer
from tests.training_rows import EVERY_OPTIMIZER, WITH_MEMORY, add_rows

SMALL = TrainingConfig(samples=10, hidden=(3,), batch_size=4, seed=5)


class Clock:
    """A clock that stands still unless it is told, or goes on by ``tick`` whenever it is read."""

    now = 100.0
    tick = 0.0

    def __call__(self) -> float:
        self.now += self.tick
        return self.now


def shown(trainer: Trainer) -> Progress:
    view = trainer.view()
    return Progress(view.state, view.metrics)


def settle(running: Trainer) -> Progress:
    """Advance until nothing is left to do; the step it rests at."""
    while running.wait() is not None:
        running.advance()
    return shown(running)


def after(config: TrainingConfig, state: TrainingState, steps: int, engine: Engine) -> Progress:
    """Return the progress of a run that goes on from ``state``."""
    return list(islice(Run(config).train(state, engine=engine), steps + 1))[steps]


@pytest.fixture(name="config", params=EVERY_OPTIMIZER)
def make_config(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> TrainingConfig:
    """Run with each optimizer of the table, and with some that have memory."""
    add_rows(monkeypatch)
    return replace(SMALL, optimizer=request.param)


@pytest.fixture(name="run")
def make_run(config: TrainingConfig) -> list[Progress]:
    return list(islice(Run(config).train(), 61))


def test_it_rests_at_step_zero_until_asked(config: TrainingConfig, run: list[Progress]) -> None:
    """A new trainer has nothing to do and shows the untrained network."""
    fresh = Trainer(config, Clock())
    assert fresh.wait() is None
    assert shown(fresh) == run[0]


def test_steps_add_up(config: TrainingConfig, run: list[Progress]) -> None:
    """Two orders of three and four steps end at step seven, also when the second comes before the first is done."""
    fresh = Trainer(config, Clock())
    fresh.handle(TrainSteps(3))
    fresh.handle(TrainSteps(4))
    assert settle(fresh) == run[7]


def test_running_keeps_the_pace(config: TrainingConfig, run: list[Progress]) -> None:
    """A trainer at 10 steps per second makes one in a tenth of a second; none is due in between."""
    clock = Clock()
    fresh = Trainer(config, clock)
    fresh.handle(SetSpeed(10.0))
    fresh.handle(Train())
    fresh.advance()
    assert shown(fresh) == run[1]
    clock.now += 0.05
    assert fresh.wait() == pytest.approx(0.05)
    fresh.advance()
    assert shown(fresh) == run[1]
    clock.now += 0.05 + 1e-9
    fresh.advance()
    assert shown(fresh) == run[2]
    assert fresh.view().running


def test_a_stalled_machine_does_not_make_it_jump(config: TrainingConfig, run: list[Progress]) -> None:
    """A trainer that had no processor for ten seconds goes on at its pace and does not make up for 100 steps."""
    clock = Clock()
    fresh = Trainer(config, clock)
    fresh.handle(SetSpeed(10.0))
    fresh.handle(Train())
    fresh.advance()
    clock.now += 10.0
    fresh.advance()
    assert shown(fresh) == run[2]


def test_pausing_stays_where_it_is(config: TrainingConfig) -> None:
    """A paused run has nothing to do and says that it is not running."""
    fresh = Trainer(config, Clock())
    fresh.handle(SetSpeed(1000.0))
    fresh.handle(Train())
    fresh.advance()
    fresh.handle(Pause())
    assert fresh.wait() is None
    assert not fresh.view().running


def check_any_past_step(config: TrainingConfig) -> None:
    run = list(islice(Run(config).train(), 61))
    fresh = Trainer(config, Clock())
    fresh.handle(TrainSteps(60))
    assert settle(fresh) == run[60]
    for step in (59, 0, 17, 18, 60, 31):
        fresh.handle(GoBack(step))
        assert settle(fresh) == run[step]
        assert fresh.view().latest_step == 60


@pytest.mark.parametrize("kept", [3, 1000], ids=["few steps kept", "all steps kept"])
def test_any_past_step_is_shown_as_it_was(
    config: TrainingConfig, kept: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Going back gives the same step bit for bit, whether its state was kept or is computed again."""
    monkeypatch.setattr(trainer, "MEMORY_BYTES", 8 * config.parameter_count * kept)
    check_any_past_step(config)


@pytest.mark.parametrize("name", [row.name for row in WITH_MEMORY])
def test_a_trainer_that_forgets_what_the_optimizer_remembers_is_found_out(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Steps after going back would differ with zeros as the optimizer's memory."""

    def forget(state: TrainingState) -> bytes:
        zeros = tuple((0.0,) * len(array) for array in state.optimizer_state)
        return pack(replace(state, optimizer_state=zeros))

    add_rows(monkeypatch)
    pack = TrainingState.pack
    monkeypatch.setattr(TrainingState, "pack", forget)
    with pytest.raises(AssertionError):
        check_any_past_step(replace(SMALL, optimizer=name))


def test_running_goes_on_from_the_step_that_is_shown(config: TrainingConfig, run: list[Progress]) -> None:
    """Steps after a rewind are the same as the first time, and beyond the latest as without one."""
    fresh = Trainer(config, Clock())
    fresh.handle(TrainSteps(40))
    settle(fresh)
    fresh.handle(GoBack(10))
    settle(fresh)
    fresh.handle(TrainSteps(1))
    assert settle(fresh) == run[11]
    fresh.handle(TrainSteps(49))
    assert settle(fresh) == run[60]


def test_a_step_that_was_not_reached_is_the_latest(config: TrainingConfig, run: list[Progress]) -> None:
    """One can only go back; what lies out of range is taken to its end."""
    fresh = Trainer(config, Clock())
    fresh.handle(TrainSteps(5))
    settle(fresh)
    fresh.handle(GoBack(99))
    assert settle(fresh) == run[5]
    fresh.handle(GoBack(-3))
    assert settle(fresh) == run[0]


def test_curves_hold_the_figures_of_their_steps(config: TrainingConfig) -> None:
    """Curves have every step of a short run, and a few hundred of a long one, with the first and the latest."""
    fresh = Trainer(config, Clock())
    run = list(islice(Run(config).train(), 1235))
    for count in (10, 1224):
        fresh.handle(TrainSteps(count))
        settle(fresh)
        curves = fresh.view().curves
        assert curves.steps[0] == 0
        assert curves.steps[-1] == fresh.view().state.step
        assert len(curves.steps) <= CURVE_POINTS + 1
        assert curves.loss.tolist() == [run[step].metrics.loss for step in curves.steps]
        assert curves.train.tolist() == [run[step].metrics.train_accuracy for step in curves.steps]
        assert curves.test.tolist() == [run[step].metrics.test_accuracy for step in curves.steps]
    assert len(curves.steps) > CURVE_POINTS / 2


def test_without_test_points_their_curve_is_nan() -> None:
    """The test accuracy is missing, and nothing fails."""
    view = Trainer(TrainingConfig(samples=4, hidden=(), test_share=0.0), Clock()).view()
    assert np.isnan(view.curves.test).all()


def test_training_that_diverges_pauses() -> None:
    """Once the loss is infinite or nan it stops by itself; there is a view, and one can go back."""
    fresh = Trainer(TrainingConfig(samples=20, hidden=(4,), learning_rate=10.0, decay=0.0, l2=1.0))
    fresh.handle(SetSpeed(math.inf))
    fresh.handle(Train())
    for _ in range(500):
        fresh.advance()
        if not fresh.running:
            break
    view = fresh.view()
    assert view.metrics.diverged
    assert not view.running
    fresh.handle(GoBack(0))
    assert settle(fresh).state.step == 0


def test_the_points_are_made_once(config: TrainingConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither going back nor another engine makes them again."""
    made: list[TrainingConfig] = []

    def make(config: TrainingConfig) -> Points:
        made.append(config)
        return make_points(config)

    monkeypatch.setattr("micrograd_core.training.run.make_points", make)
    fresh = Trainer(config, Clock())
    points = fresh.points
    for request in (
        TrainSteps(20),
        GoBack(7),
        SetEngine("values"),
        TrainSteps(2),
        GoBack(3),
        SetEngine("arrays"),
        TrainSteps(1),
    ):
        fresh.handle(request)
        settle(fresh)
    assert made == [config]
    assert fresh.points is points
    assert len(points.train_labels) == config.samples


def is_near(one: Progress, other: Progress) -> bool:
    """Return True for the same step with the same numbers up to rounding."""
    return (
        (one.state.step, replace(one.metrics, loss=0.0))
        == (other.state.step, replace(other.metrics, loss=0.0))
        and one.metrics.loss == pytest.approx(other.metrics.loss, rel=1e-12)
        and one.state.parameters == pytest.approx(other.state.parameters, rel=1e-12, abs=1e-12)
    )


def test_another_engine_goes_on_from_the_step_that_is_shown(
    config: TrainingConfig, run: list[Progress]
) -> None:
    """Scalars compute what is asked for from then on, bit by bit as train() does with them, until arrays do again."""
    fresh = Trainer(config, Clock())
    fresh.handle(TrainSteps(10))
    settle(fresh)
    fresh.handle(SetEngine("values"))
    assert shown(fresh) == run[10]
    assert fresh.view().engine == "values"
    fresh.handle(TrainSteps(5))
    assert settle(fresh) == after(config, run[10].state, 5, "values")
    fresh.handle(SetEngine("arrays"))
    fresh.handle(TrainSteps(45))
    assert is_near(settle(fresh), run[60])


def test_another_engine_takes_over_while_it_runs(config: TrainingConfig) -> None:
    """A run is not interrupted: the next step is the other engine's."""
    clock = Clock()
    fresh = Trainer(config, clock)
    fresh.handle(SetSpeed(1000.0))
    fresh.handle(Train())
    fresh.advance()
    fresh.handle(SetEngine("values"))
    assert fresh.running
    clock.now += 0.001
    before = shown(fresh)
    fresh.advance()
    assert shown(fresh) == after(config, before.state, 1, "values")


def test_going_back_is_for_arrays(
    config: TrainingConfig, run: list[Progress], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Arrays compute a past step at once though scalars are chosen; scalars compute the steps after it."""
    monkeypatch.setattr(trainer, "MEMORY_BYTES", 8 * config.parameter_count)
    fresh = Trainer(config, Clock())
    fresh.handle(TrainSteps(60))
    settle(fresh)
    fresh.handle(SetEngine("values"))
    for step in (59, 17, 41):
        fresh.handle(GoBack(step))
        assert settle(fresh) == run[step]
    fresh.handle(TrainSteps(1))
    assert settle(fresh) == after(config, run[41].state, 1, "values")


FAR = 47
"""A step for which 15 others must be computed again when 16 of 200 are kept."""


@pytest.fixture(name="long_run")
def make_long_run(config: TrainingConfig) -> list[Progress]:
    return list(islice(Run(config).train(), 201))


@pytest.fixture(name="going_back", params=["arrays", "values"])
def make_going_back(
    config: TrainingConfig, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Trainer:
    """A trainer at one step a second that was asked for a past step and has computed one step of the way to it."""
    monkeypatch.setattr(trainer, "MEMORY_BYTES", 0)
    clock = Clock()
    fresh = Trainer(config, clock)
    fresh.handle(TrainSteps(200))
    settle(fresh)
    fresh.handle(SetSpeed(1.0))
    fresh.handle(SetEngine(request.param))
    fresh.handle(GoBack(FAR))
    clock.tick = trainer.SLICE_SECONDS
    fresh.advance()
    clock.tick = 0.0
    assert not fresh.arrived
    return fresh


def show_next(going_back: Trainer) -> Progress:
    """Return the next view, while no time passes."""
    while not going_back.arrived:
        assert going_back.wait() == 0.0
        going_back.advance()
    return shown(going_back)


@pytest.mark.parametrize(
    "asked", [Train(), Pause(), GoBack(FAR), SetSpeed(2.0), SetEngine("values")], ids=str
)
def test_the_step_asked_for_is_reached_whatever_is_asked_on_the_way(
    long_run: list[Progress], going_back: Trainer, asked: Request
) -> None:
    """The past step is the next view, computed by arrays, whatever the engine, request and speed."""
    going_back.handle(asked)
    assert show_next(going_back) == long_run[FAR]
    assert list(going_back.view().paces) == ["arrays"]


def test_pausing_on_the_way_back_rests_at_the_step_asked_for(
    long_run: list[Progress], going_back: Trainer
) -> None:
    """Also a pause of a run that was asked for on the way."""
    going_back.handle(Train())
    going_back.handle(Pause())
    assert settle(going_back) == long_run[FAR]


@pytest.mark.parametrize(
    "asked", [[TrainSteps(3)], [TrainSteps(1), TrainSteps(2)], [Train(), TrainSteps(3)]], ids=str
)
def test_steps_on_the_way_back_count_from_the_step_asked_for(
    config: TrainingConfig, long_run: list[Progress], going_back: Trainer, asked: list[Request]
) -> None:
    """The trainer rests three steps later, computed by the chosen engine."""
    for request in asked:
        going_back.handle(request)
    assert settle(going_back) == after(config, long_run[FAR].state, 3, going_back.view().engine)


def test_running_goes_on_one_period_after_the_way_back(going_back: Trainer) -> None:
    """However many steps were computed on the way."""
    going_back.handle(Train())
    show_next(going_back)
    assert going_back.wait() == pytest.approx(1.0)


def test_steps_after_the_divergence_can_be_gone_back_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """The way to a past step shows no other one."""
    monkeypatch.setattr(trainer, "MEMORY_BYTES", 0)
    fresh = Trainer(replace(SMALL, learning_rate=10.0, decay=0.0, l2=1.0), Clock())
    while not fresh.view().metrics.diverged:
        fresh.handle(TrainSteps(1))
        settle(fresh)
    first = fresh.view().state.step
    for _ in range(40):
        fresh.handle(TrainSteps(1))
        settle(fresh)
    for step in range(first + 40, first - 1, -7):
        fresh.handle(GoBack(step))
        assert settle(fresh).state.step == step
        assert fresh.arrived


def test_each_engine_has_its_pace(config: TrainingConfig) -> None:
    """A single step is enough to tell how many an engine makes a second; one that was not tried has no pace."""
    clock = Clock()
    fresh = Trainer(config, clock)
    assert fresh.view().paces == {}
    clock.tick = 0.25
    fresh.handle(SetEngine("values"))
    fresh.handle(TrainSteps(1))
    settle(fresh)
    assert fresh.view().paces == {"values": pytest.approx(4.0)}
    fresh.handle(SetEngine("arrays"))
    clock.tick = 0.001
    fresh.handle(TrainSteps(20))
    settle(fresh)
    assert fresh.view().paces == {"values": pytest.approx(4.0), "arrays": pytest.approx(1000.0)}


def test_the_first_step_counts_until_there_are_others(config: TrainingConfig) -> None:
    """The first step makes the buffers, and does not count for a pace that is known."""
    clock = Clock()
    fresh = Trainer(config, clock)
    for tick, pace in ((0.1, 10.0), (0.01, 100.0), (0.02, 67.0)):
        clock.tick = tick
        fresh.handle(TrainSteps(1))
        settle(fresh)
        assert fresh.view().paces["arrays"] == pytest.approx(pace, rel=0.01)
    clock.tick = 0.5
    fresh.handle(GoBack(0))
    fresh.handle(TrainSteps(1))
    settle(fresh)
    assert fresh.view().paces["arrays"] == pytest.approx(67.0, rel=0.01)


def test_a_pace_is_that_of_the_last_second(config: TrainingConfig, run: list[Progress]) -> None:
    """A machine that becomes ten times as fast shows it after a few seconds, and waiting does not count."""
    clock = Clock()
    fresh = Trainer(config, clock)
    fresh.handle(SetSpeed(1.0))
    fresh.handle(Train())
    for tick, rounds in ((0.1, 30), (0.01, 400)):
        for _ in range(rounds):
            clock.now += 5.0
            clock.tick = tick
            fresh.advance()
            clock.tick = 0.0
    assert fresh.view().paces["arrays"] == pytest.approx(100.0, rel=0.1)


def test_a_pace_lasts_as_long_as_the_settings(config: TrainingConfig) -> None:
    """Paces stay known after a reset to the same settings."""
    clock = Clock()
    first = Trainer(config, clock)
    clock.tick = 0.5
    first.handle(TrainSteps(1))
    settle(first)
    assert Trainer(config, clock, first).view().paces == first.view().paces
    other = TrainingConfig(samples=20, hidden=(4,))
    assert Trainer(other, clock, first).view().paces == {}


@pytest.mark.parametrize("asked", [TrainSteps(0), SetSpeed(0.0), SetSpeed(-1.0), SetSpeed(math.nan)], ids=str)
def test_numbers_without_sense_are_refused(config: TrainingConfig, asked: TrainSteps | SetSpeed) -> None:
    """Requests with impossible numbers raise ValueError."""
    with pytest.raises(ValueError, match="must be"):
        Trainer(config, Clock()).handle(asked)


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
def test_a_step_of_the_scalars_can_be_ended(
    config: TrainingConfig, run: list[Progress], points: int, engine: Engine
) -> None:
    """A step ends at any of its points, also during the first ones; the step before is shown, and either engine goes
    on."""
    passed: list[int] = []

    def end_step() -> None:
        passed.append(1)
        if len(passed) == points:
            raise StepEnded

    fresh = Trainer(config, Clock(), before_point=end_step)
    fresh.handle(TrainSteps(20))
    settle(fresh)
    fresh.handle(SetEngine("values"))
    fresh.handle(TrainSteps(3))
    fresh.advance()
    assert len(passed) == points
    reached = fresh.view().state.step
    assert 20 <= reached < 23
    fresh.handle(Pause())
    assert fresh.wait() is None
    fresh.handle(SetEngine(engine))
    fresh.handle(TrainSteps(2))
    state = settle(fresh).state
    assert state.step == reached + 2
    assert state.parameters == pytest.approx(run[state.step].state.parameters, rel=1e-9)
    fresh.handle(GoBack(7))
    assert settle(fresh) == run[7]
