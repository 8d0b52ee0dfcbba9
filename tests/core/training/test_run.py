import math
import pickle
import random
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import islice, pairwise
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import make_moons

from micrograd_core.engine import Value
from micrograd_core.nn import ACTIVATIONS, MLP
from micrograd_core.training.config import LAYERS, LIMITS, TrainingConfig
from micrograd_core.training.engines import ENGINES, Engine
from micrograd_core.training.losses import LOSSES, l2_penalty
from micrograd_core.training.model import build_network, initial_parameters, loss_program, score_program
from micrograd_core.training.points import Array, Points, make_points
from micrograd_core.training.run import Progress, Run, accuracy
from micrograd_core.training.state import TrainingState, initial_state
from tests.training_rows import EVERY_DATASET, EVERY_LOSS, EVERY_OPTIMIZER, add_rows

SMALL = TrainingConfig(samples=12, hidden=(4, 3), seed=2)


@pytest.fixture(name="optimizer", params=EVERY_OPTIMIZER)
def make_optimizer(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    add_rows(monkeypatch)
    return str(request.param)


def progress_of(config: TrainingConfig, count: int, engine: Engine = "arrays") -> list[Progress]:
    return list(islice(Run(config).train(engine=engine), count))


def examples(points: Points) -> Array:
    """The training points with their labels, as ``loss_program`` takes them."""
    return np.column_stack([points.train_inputs, points.train_labels])


def blog_demo(seed: int, samples: int = 128, epochs: int = 32) -> tuple[float, float]:
    """The blog's demo, line for line but for the seeds: loss and accuracy after the last update."""
    random.seed(seed)
    points, classes = make_moons(n_samples=samples, noise=0.1, random_state=seed)
    labels = (classes * 2 - 1).tolist()
    network: Callable[[list[Value]], Any] = MLP(2, [16, 16, 1])

    def loss() -> tuple[Value, float]:
        inputs = [list(map(Value, row)) for row in points]
        scores = list(map(network, inputs))
        losses = [(1 + -yi * score).relu() for yi, score in zip(labels, scores, strict=True)]
        data_loss = sum(losses) * (1.0 / len(losses))
        reg_loss = 1e-4 * sum(p * p for p in network.parameters())
        right = [(yi > 0) == (score.data > 0) for yi, score in zip(labels, scores, strict=True)]
        return data_loss + reg_loss, sum(right) / len(right)

    for k in range(epochs):
        total_loss, _accuracy = loss()
        network.zero_grad()
        total_loss.backward()
        learning_rate = 1.0 - 0.9 * k / 100
        for p in network.parameters():
            p.data -= learning_rate * p.grad
    total_loss, accuracy = loss()
    return total_loss.data, accuracy


def test_the_default_config_is_the_blogs_program() -> None:
    """Both engines end on the loss and accuracy of the blog's own loop, for fewer points and three epochs."""
    state = random.getstate()
    loss, share = blog_demo(seed=7, samples=10, epochs=3)
    random.setstate(state)
    for engine in ENGINES:
        last = progress_of(TrainingConfig(samples=10, seed=7), 4, engine)[-1]
        assert last.metrics.loss == pytest.approx(loss, rel=1e-12)
        assert last.metrics.train_accuracy == share


def test_seed_1337_prints_what_the_blog_prints() -> None:
    """The blog's own figures: loss 1.16795… and accuracy 0.5 at first, 0.10626… and 97.65625 % at last."""
    run = progress_of(TrainingConfig(seed=1337), 33)
    assert run[0].metrics.loss == pytest.approx(1.1679593964096144, rel=1e-12)
    assert run[0].metrics.train_accuracy == 0.5
    assert run[-1].metrics.loss == pytest.approx(0.10626970523128114, rel=1e-12)
    assert run[-1].metrics.train_accuracy == 0.9765625


BLOG = {
    0: (0.12113028502600169, 0.9375),
    1: (0.04087738609394391, 0.984375),
    2: (0.048922774278573694, 0.984375),
    3: (0.03635695549403915, 0.9921875),
    4: (0.2268271874718025, 0.9140625),
    5: (0.1585769443801976, 0.9296875),
    6: (0.017656324847741805, 1.0),
    7: (0.03055687997283006, 1.0),
    8: (0.07960122566745054, 0.9765625),
    9: (0.05342734640094779, 1.0),
}
"""Per seed the loss and accuracy that ``blog_demo(seed)`` ends with; it takes about 20 s a seed to measure."""


@pytest.mark.parametrize(("seed", "blog"), BLOG.items())
def test_the_default_config_ends_where_the_blogs_program_ends(seed: int, blog: tuple[float, float]) -> None:
    """Loss and accuracy after 32 steps, seed by seed, measured on CPython 3.11.7 and numpy 2.4.6.

    seed   blog: loss, accuracy          train(): loss, accuracy
       0   0.121130285026   93.7500 %   0.121130285026   93.7500 %
       1   0.040877386094   98.4375 %   0.040877386094   98.4375 %
       2   0.048922774279   98.4375 %   0.048922774279   98.4375 %
       3   0.036356955494   99.2188 %   0.036356955494   99.2188 %
       4   0.226827187472   91.4062 %   0.226827187472   91.4062 %
       5   0.158576944380   92.9688 %   0.158576944380   92.9688 %
       6   0.017656324848  100.0000 %   0.017656324848  100.0000 %
       7   0.030556879973  100.0000 %   0.030556879973  100.0000 %
       8   0.079601225667   97.6562 %   0.079601225667   97.6562 %
       9   0.053427346401  100.0000 %   0.053427346401  100.0000 %
    mean   0.081393330963   97.1875 %   0.081393330963   97.1875 %

    Parameters disturbed by 1e-14 at the start end within 2e-13 of these losses, so another processor's rounding fits
    into the tolerance of 1e-9 and a change in the program does not.
    """
    loss, share = blog
    last = progress_of(TrainingConfig(seed=seed), 33)[-1]
    assert last.metrics.loss == pytest.approx(loss, rel=1e-9)
    assert last.metrics.train_accuracy == share


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("batch_size", [None, 1, 5, 12])
def test_both_engines_give_the_same_steps(activation: str, batch_size: int | None, optimizer: str) -> None:
    """States and metrics agree over ten steps, with and without batches."""
    config = replace(
        SMALL, activation=activation, batch_size=batch_size, learning_rate=0.3, optimizer=optimizer
    )
    for fast, slow in zip(progress_of(config, 11), progress_of(config, 11, "values"), strict=True):
        assert fast.metrics.loss == pytest.approx(slow.metrics.loss, rel=1e-9, abs=1e-9)
        assert fast.state.parameters == pytest.approx(slow.state.parameters, rel=1e-9, abs=1e-9)
        for ours, theirs in zip(fast.state.optimizer_state, slow.state.optimizer_state, strict=True):
            assert ours == pytest.approx(theirs, rel=1e-9, abs=1e-9)
        assert fast.state.step == slow.state.step
        assert replace(fast.metrics, loss=0.0) == replace(slow.metrics, loss=0.0)


@pytest.mark.parametrize("dataset", EVERY_DATASET)
@pytest.mark.parametrize("loss", EVERY_LOSS)
def test_a_loss_and_a_data_set_need_nothing_but_their_rows(
    loss: str, dataset: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both engines train with them, to the same numbers, and make the loss smaller."""
    add_rows(monkeypatch)
    config = TrainingConfig(
        samples=20, noise=0.02, hidden=(4,), activation="tanh", learning_rate=0.1, loss=loss, dataset=dataset
    )
    by_arrays, by_values = progress_of(config, 21), progress_of(config, 21, "values")
    for fast, slow in zip(by_arrays, by_values, strict=True):
        assert fast.metrics.loss == pytest.approx(slow.metrics.loss, rel=1e-9, abs=1e-9)
        assert fast.state.parameters == pytest.approx(slow.state.parameters, rel=1e-9, abs=1e-9)
    assert by_arrays[-1].metrics.loss < by_arrays[0].metrics.loss


def test_step_zero_is_the_untrained_network() -> None:
    """Step 0 has the initial parameters, and their loss on all training points."""
    first = progress_of(SMALL, 1)[0]
    points = make_points(SMALL)
    loss, _gradient = loss_program(SMALL).value_and_grad(examples(points), first.state.parameters)
    assert first.state.step == 0
    assert first.state.parameters == initial_parameters(SMALL)
    assert first.metrics.loss == pytest.approx(loss, rel=1e-12)


def test_each_step_is_one_gradient_step_from_the_one_before() -> None:
    """parameters(k + 1) = parameters(k) − learning_rate(k) × the gradient at k, over all training points."""
    points = make_points(SMALL)
    run = progress_of(SMALL, 6)
    for k, (now, then) in enumerate(pairwise(run)):
        _loss, gradient = loss_program(SMALL).value_and_grad(examples(points), now.state.parameters)
        assert now.state.step == k
        assert now.metrics.learning_rate == SMALL.rate(k)
        assert np.allclose(
            then.state.parameters,
            np.array(now.state.parameters) - now.metrics.learning_rate * gradient,
            atol=1e-12,
        )


def test_a_step_tells_loss_and_accuracies_at_its_own_parameters() -> None:
    """The metrics of each step are those of all points at its parameters, with batches too."""
    config = replace(SMALL, samples=30, batch_size=3, test_share=0.6, noise=0.8)
    points = make_points(config)
    run = progress_of(config, 5)
    assert all(each.metrics.train_accuracy != each.metrics.test_accuracy for each in run)
    for each in run:
        loss, _gradient = loss_program(config).value_and_grad(examples(points), each.state.parameters)
        trained = score_program(config).forward(points.train_inputs, each.state.parameters)
        tested = score_program(config).forward(points.test_inputs, each.state.parameters)
        assert each.metrics.loss == pytest.approx(loss, rel=1e-12)
        assert each.metrics.train_accuracy == accuracy(trained, points.train_labels)
        assert each.metrics.test_accuracy == accuracy(tested, points.test_labels)


@pytest.mark.parametrize("engine", ENGINES)
def test_one_seed_gives_one_run(engine: Engine, optimizer: str) -> None:
    """Equal configs give equal steps to the last bit, whatever the global random streams did in between."""
    config = replace(SMALL, batch_size=4, optimizer=optimizer)
    once = progress_of(config, 6, engine)
    random.random()
    assert progress_of(config, 6, engine) == once
    assert progress_of(replace(config, seed=3), 6, engine) != once


def points_learnt_from(seed: int) -> list[int]:
    """Return the training points of 20 steps with a batch of one, from the moves of a linear model."""
    config = TrainingConfig(
        samples=12, hidden=(), batch_size=1, l2=0.0, learning_rate=1e-6, decay=0.0, seed=seed
    )
    points = make_points(config)
    pulls = points.train_labels[:, np.newaxis] * np.column_stack([points.train_inputs, np.ones(12)])
    start = np.full(3, 1e-6)  # every point is inside the margin, so every point pulls
    run = islice(Run(config).train(TrainingState(0, tuple(start.tolist()))), 21)
    moves = [np.subtract(then.state.parameters, now.state.parameters) * 1e6 for now, then in pairwise(run)]
    return [int(np.abs(pulls - move).sum(axis=1).argmin()) for move in moves]


def test_batches_are_drawn_anew_for_each_step_and_by_the_seed() -> None:
    """A batch of one point has used many points after 20 steps, and others with another seed."""
    assert len(set(points_learnt_from(seed=0))) > 6
    assert points_learnt_from(seed=0) != points_learnt_from(seed=1)


def test_a_batch_of_more_points_than_there_are_is_all_points() -> None:
    """A batch size above the number of samples means all, so samples can be reduced alone."""
    assert progress_of(replace(SMALL, batch_size=500), 4) == progress_of(SMALL, 4)


def test_training_leaves_the_global_random_streams_alone() -> None:
    """Neither Python's nor numpy's global stream moves, by either engine."""
    python, numpy = random.getstate(), pickle.dumps(np.random.get_state())
    for engine in ENGINES:
        progress_of(replace(SMALL, batch_size=4), 3, engine)
    assert random.getstate() == python
    assert pickle.dumps(np.random.get_state()) == numpy


def test_without_test_points_there_is_no_test_accuracy() -> None:
    """A test share of 0 gives None, not a division by zero."""
    assert progress_of(replace(SMALL, test_share=0.0), 1)[0].metrics.test_accuracy is None


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("hidden", "steps"), [((6, 6), 60), ((), 270)])
def test_diverged_training_goes_on_and_says_so(engine: Engine, hidden: tuple[int, ...], steps: int) -> None:
    """An absurd learning rate neither raises nor warns: steps keep coming, diverged, without one point right.

    The deep network overflows in its scores; the linear one, driven by L2 alone, in the update itself.
    """
    config = replace(SMALL, learning_rate=10.0, decay=0.0, l2=1.0, hidden=hidden, activation="none")
    run = progress_of(config, steps, engine)
    assert not run[0].metrics.diverged
    first = next(each.state.step for each in run if each.metrics.diverged)
    assert all(each.metrics.diverged for each in run[first:])
    assert math.isnan(run[-1].metrics.loss)
    assert run[-1].metrics.train_accuracy == 0.0


def test_training_goes_on_past_the_end_of_the_schedule() -> None:
    """The blog's rate would turn negative after step 111; this one stays where it is at step 100."""
    run = progress_of(SMALL, 131)
    assert [run[k].metrics.learning_rate for k in (0, 50)] == pytest.approx([1.0, 0.55])
    assert {each.metrics.learning_rate for each in run[100:]} == {run[100].metrics.learning_rate}
    assert run[100].metrics.learning_rate == pytest.approx(0.1)


def test_an_unknown_engine_is_an_error_at_once() -> None:
    """``train`` refuses it when called, not when the first step is asked for."""
    with pytest.raises(ValueError, match="engine must be one of arrays, values, not 'gpu'"):
        Run(SMALL).train(engine="gpu")


def test_a_config_and_progress_travel_between_processes(optimizer: str) -> None:
    """Both survive pickling."""
    config = replace(SMALL, optimizer=optimizer)
    progress = progress_of(config, 2)[-1]
    assert pickle.loads(pickle.dumps((config, progress))) == (config, progress)


@pytest.mark.parametrize(
    ("score", "right_for"),
    [(0.2, {1.0}), (-0.2, {-1.0}), (0.0, {-1.0}), (math.inf, {1.0}), (-math.inf, {-1.0}), (math.nan, set())],
)
def test_a_score_counts_for_the_class_of_its_sign(score: float, right_for: set[float]) -> None:
    """Zero counts as −1, as in the blog; nan, which the blog counts so too, is on no side."""
    for label in (-1.0, 1.0):
        assert accuracy(np.array([score]), np.array([label])) == float(label in right_for)


def test_accuracy_is_the_share_of_right_scores() -> None:
    """One wrong of four is 0.75."""
    assert accuracy(np.array([1.0, 2.0, -3.0, 4.0]), np.array([1.0, 1.0, -1.0, -1.0])) == 0.75


@pytest.mark.parametrize("end", ["low", "high"])
@pytest.mark.parametrize("name", [*LIMITS, "layers"])
def test_both_limits_of_every_field_can_be_trained_with(name: str, end: str) -> None:
    """Training accepts all that the panel allows."""
    bound = getattr({**LIMITS, "layers": LAYERS}[name], end)
    knobs: dict[str, Any] = {"hidden": (4,), name: bound}
    if name == "hidden":
        knobs = {"hidden": (bound,)}
    if name == "layers":
        knobs = {"hidden": (3,) * bound}
    run = progress_of(TrainingConfig(**knobs), 3)
    assert [each.state.step for each in run] == [0, 1, 2]


@pytest.mark.parametrize("engine", ENGINES)
def test_going_on_needs_as_many_parameters_as_the_network_has(engine: Engine) -> None:
    """``train`` refuses another number when called."""
    with pytest.raises(ValueError, match="this network has 31 parameters, not 2"):
        Run(SMALL).train(TrainingState(3, (1.0, 2.0)), engine=engine)


@pytest.mark.parametrize("engine", ENGINES)
def test_going_on_needs_what_the_optimizer_remembers(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """``train`` refuses a state of another optimizer when called."""
    add_rows(monkeypatch)
    without, with_memory = SMALL, replace(SMALL, optimizer="momentum")
    with pytest.raises(
        ValueError, match=r"momentum remembers 1 arrays of 31 numbers, not of the lengths \[\]"
    ):
        Run(with_memory).train(initial_state(without), engine=engine)
    with pytest.raises(ValueError, match=r"sgd remembers 0 arrays of 31 numbers, not of the lengths \[31\]"):
        Run(without).train(initial_state(with_memory), engine=engine)


def test_whole_numbers_will_do_as_parameters() -> None:
    """Whole numbers are trained as the floats that they equal."""
    config = replace(SMALL, hidden=())
    starts = (TrainingState(0, (1, 0, -1)), TrainingState(0, (1.0, 0.0, -1.0)))
    whole, floats = (list(islice(Run(config).train(start), 4)) for start in starts)
    assert whole == floats


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("batch_size", [None, 5])
def test_training_goes_on_from_any_state_as_the_run_did(
    engine: Engine, batch_size: int | None, optimizer: str
) -> None:
    """Started with the state of step 4, it gives that step and those after it, bit for bit."""
    config = replace(SMALL, batch_size=batch_size, optimizer=optimizer)
    run = progress_of(config, 9, engine)
    resumed = Run(config).train(run[4].state, engine=engine)
    assert list(islice(resumed, 5)) == run[4:]


def test_the_scalars_tell_of_each_point_before_they_compute_it() -> None:
    """Training points, batch and test points of a step alike; what is raised there comes out, and ends the training."""
    config = replace(SMALL, batch_size=5)
    told: list[int] = []
    run = Run(config).train(engine="values", before_point=lambda: told.append(1))
    tested = len(make_points(config).test_labels)
    next(run)
    assert len(told) == config.samples + tested
    next(run)
    assert len(told) == 2 * (config.samples + tested) + 5

    def stop() -> None:
        raise InterruptedError

    stopped = Run(config).train(engine="values", before_point=stop)
    with pytest.raises(InterruptedError):
        next(stopped)
    assert list(stopped) == []
    assert next(Run(config).train(before_point=stop)).state.step == 0, (
        "the arrays have no points to come between"
    )


def whole_steps(config: TrainingConfig, count: int) -> list[tuple[float, tuple[float, ...]]]:
    """Loss and parameters of each step, by one graph of the whole loss as in the blog."""
    points, steps = make_points(config), []
    parameters = initial_parameters(config)
    for step in range(count):
        network: Any = build_network(config, parameters)

        def loss(rows: Any, network: Any = network) -> Value:
            scores = [network(point) for point in points.train_inputs[rows].tolist()]
            mean = LOSSES[config.loss].mean(scores, points.train_labels[rows].tolist())
            return mean + l2_penalty(network.parameters(), config.l2)

        steps.append((loss(slice(None)).data, tuple(parameters)))
        rows: Any = slice(None)
        if config.batch_size is not None:
            rows = np.random.default_rng((config.seed, step)).permutation(config.samples)[: config.batch_size]
        loss(rows).backward()
        parameters = tuple(p.data - config.rate(step) * p.grad for p in network.parameters())
    return steps


@pytest.mark.parametrize("batch_size", [None, 3])
@pytest.mark.parametrize("learning_rate", [1.0, 10.0], ids=["tame", "diverging"])
@pytest.mark.parametrize("hidden", [(), (1,), (4, 3)], ids=str)
def test_the_scalars_give_the_bits_of_one_graph_of_the_whole_loss(
    hidden: tuple[int, ...], learning_rate: float, batch_size: int | None
) -> None:
    """A gradient that is added up point by point is the one that backward() of the loss computes."""
    for seed in range(3):
        config = TrainingConfig(
            samples=7, hidden=hidden, learning_rate=learning_rate, l2=0.1, batch_size=batch_size, seed=seed
        )
        run = [(each.metrics.loss, each.state.parameters) for each in progress_of(config, 20, "values")]
        assert repr(run) == repr(whole_steps(config, 20)), "as texts, for nan is not itself"


@pytest.mark.parametrize("batch_size", [None, 80])
def test_a_step_of_the_scalars_can_be_ended_all_through(batch_size: int | None) -> None:
    """No stretch between two points, the gradient and the update included, is a considerable part of the step."""
    told: list[float] = []
    config = TrainingConfig(samples=100, batch_size=batch_size)
    run = Run(config).train(engine="values", before_point=lambda: told.append(time.process_time()))
    next(run)
    shares = []
    for _ in range(3):
        told[:] = [time.process_time()]
        next(run)
        told.append(time.process_time())
        shares.append(max(b - a for a, b in pairwise(told)) / (told[-1] - told[0]))
    assert min(shares) < 0.1
