import math
import pickle
import random
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations, islice, pairwise
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import make_moons

from micrograd_core.datasets import Dataset, moons
from micrograd_core.engine import Value
from micrograd_core.losses import l2_penalty, max_margin
from micrograd_core.nn import ACTIVATIONS, MLP
from micrograd_core.training import (
    ENGINES,
    RANGES,
    Array,
    Engine,
    TrainingConfig,
    TrainingFrame,
    accuracy,
    initial_parameters,
    loss_program,
    model,
    score_program,
    train,
)

SMALL = TrainingConfig(samples=12, hidden=(4, 3), seed=2)


def frames(config: TrainingConfig, count: int, engine: Engine = "arrays") -> list[TrainingFrame]:
    return list(islice(train(config, engine=engine), count))


def examples(data: Dataset) -> Array:
    """The training points with their labels, as ``loss_program`` takes them."""
    return np.column_stack([data.train_inputs, data.train_labels])


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
    """On fewer points and for three epochs, both engines end on the loss and accuracy of the blog's own loop."""
    state = random.getstate()
    loss, share = blog_demo(seed=7, samples=10, epochs=3)
    random.setstate(state)
    for engine in ENGINES:
        last = frames(TrainingConfig(samples=10, seed=7), 4, engine)[-1]
        assert last.loss == pytest.approx(loss, rel=1e-12)
        assert last.train_accuracy == share


def test_seed_1337_prints_what_the_blog_prints() -> None:
    """The blog's own figures: loss 1.16795… and accuracy 0.5 at first, 0.10626… and 97.65625 % at last."""
    run = frames(TrainingConfig(seed=1337), 33)
    assert run[0].loss == pytest.approx(1.1679593964096144, rel=1e-12)
    assert run[0].train_accuracy == 0.5
    assert run[-1].loss == pytest.approx(0.10626970523128114, rel=1e-12)
    assert run[-1].train_accuracy == 0.9765625


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
    last = frames(TrainingConfig(seed=seed), 33)[-1]
    assert last.loss == pytest.approx(loss, rel=1e-9)
    assert last.train_accuracy == share


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("batch_size", [None, 1, 5, 12])
def test_both_engines_give_the_same_frames(activation: str, batch_size: int | None) -> None:
    """Loss, accuracies and every parameter agree over ten steps, with batches as without."""
    config = replace(SMALL, activation=activation, batch_size=batch_size, learning_rate=0.3)
    for fast, slow in zip(frames(config, 11), frames(config, 11, "values"), strict=True):
        assert fast.loss == pytest.approx(slow.loss, rel=1e-9, abs=1e-9)
        assert fast.parameters == pytest.approx(slow.parameters, rel=1e-9, abs=1e-9)
        assert replace(fast, loss=0.0, parameters=()) == replace(slow, loss=0.0, parameters=())


def test_frame_zero_is_the_untrained_network() -> None:
    """It has the initial parameters, and their loss on all training points."""
    first = frames(SMALL, 1)[0]
    data = moons(SMALL)
    loss, _gradient = loss_program(SMALL).value_and_grad(examples(data), first.parameters)
    assert first.step == 0
    assert first.parameters == initial_parameters(SMALL)
    assert first.loss == pytest.approx(loss, rel=1e-12)


def test_each_frame_is_one_gradient_step_from_the_one_before() -> None:
    """parameters(k + 1) = parameters(k) − learning_rate(k) × the gradient at k, over all training points."""
    data = moons(SMALL)
    run = frames(SMALL, 6)
    for k, (now, then) in enumerate(pairwise(run)):
        _loss, gradient = loss_program(SMALL).value_and_grad(examples(data), now.parameters)
        assert now.step == k
        assert now.learning_rate == SMALL.rate(k)
        assert np.allclose(
            then.parameters, np.array(now.parameters) - now.learning_rate * gradient, atol=1e-12
        )


def test_a_frame_tells_loss_and_accuracies_at_its_own_parameters() -> None:
    """In training by batches too, each frame's figures are those of all points at the parameters it carries."""
    config = replace(SMALL, samples=30, batch_size=3, test_share=0.6, noise=0.8)
    data = moons(config)
    run = frames(config, 5)
    assert all(frame.train_accuracy != frame.test_accuracy for frame in run)
    for frame in run:
        loss, _gradient = loss_program(config).value_and_grad(examples(data), frame.parameters)
        trained = score_program(config).forward(data.train_inputs, frame.parameters)
        tested = score_program(config).forward(data.test_inputs, frame.parameters)
        assert frame.loss == pytest.approx(loss, rel=1e-12)
        assert frame.train_accuracy == accuracy(trained, data.train_labels)
        assert frame.test_accuracy == accuracy(tested, data.test_labels)


def test_programs_are_derived_anew_only_for_another_graph() -> None:
    """Of all knobs the layers and the activation decide the score's, and the penalty's factor the loss's."""
    other = replace(
        SMALL, samples=20, noise=0.2, test_share=0.5, learning_rate=0.5, decay=0.5, batch_size=5, seed=3
    )
    assert loss_program(other) is loss_program(SMALL)
    assert score_program(other) is score_program(SMALL)
    assert score_program(replace(SMALL, l2=0.5)) is score_program(SMALL)
    assert loss_program(replace(SMALL, l2=0.5)) is not loss_program(SMALL)
    for changed in (replace(SMALL, hidden=(3, 4)), replace(SMALL, activation="tanh")):
        assert loss_program(changed) is not loss_program(SMALL)
        assert score_program(changed) is not score_program(SMALL)


@pytest.mark.parametrize("engine", ENGINES)
def test_one_seed_gives_one_run(engine: Engine) -> None:
    """Equal configs give equal frames to the last bit, whatever the global random streams did in between."""
    config = replace(SMALL, batch_size=4)
    once = frames(config, 6, engine)
    random.random()
    assert frames(config, 6, engine) == once
    assert frames(replace(config, seed=3), 6, engine) != once


def points_learnt_from(seed: int) -> list[int]:
    """Which training points 20 steps with a batch of one went by, told from how a linear model moved."""
    config = TrainingConfig(
        samples=12, hidden=(), batch_size=1, l2=0.0, learning_rate=1e-6, decay=0.0, seed=seed
    )
    data = moons(config)
    pulls = data.train_labels[:, np.newaxis] * np.column_stack([data.train_inputs, np.ones(12)])
    start = np.full(3, 1e-6)  # every point is inside the margin, so every point pulls
    run = islice(train(config, parameters=start.tolist()), 21)
    moves = [np.subtract(then.parameters, now.parameters) * 1e6 for now, then in pairwise(run)]
    return [int(np.abs(pulls - move).sum(axis=1).argmin()) for move in moves]


def test_batches_are_drawn_anew_for_each_step_and_by_the_seed() -> None:
    """With one point a batch, many points have been learnt from after 20 steps, and others by another seed."""
    assert len(set(points_learnt_from(seed=0))) > 6
    assert points_learnt_from(seed=0) != points_learnt_from(seed=1)


def test_a_batch_of_more_points_than_there_are_is_all_points() -> None:
    """So the number of samples can be turned down without touching the batch size."""
    assert frames(replace(SMALL, batch_size=500), 4) == frames(SMALL, 4)


def test_training_leaves_the_global_random_streams_alone() -> None:
    """Neither Python's nor numpy's global stream moves, by either engine."""
    python, numpy = random.getstate(), pickle.dumps(np.random.get_state())
    for engine in ENGINES:
        frames(replace(SMALL, batch_size=4), 3, engine)
    assert random.getstate() == python
    assert pickle.dumps(np.random.get_state()) == numpy


def test_without_test_points_there_is_no_test_accuracy() -> None:
    """A test share of 0 gives None, not a division by zero."""
    assert frames(replace(SMALL, test_share=0.0), 1)[0].test_accuracy is None


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("hidden", "steps"), [((6, 6), 60), ((), 270)])
def test_diverged_training_goes_on_and_says_so(engine: Engine, hidden: tuple[int, ...], steps: int) -> None:
    """An absurd learning rate neither raises nor warns: frames keep coming, diverged, without one point right.

    The deep network overflows in its scores; the linear one, driven by L2 alone, in the update itself.
    """
    config = replace(SMALL, learning_rate=10.0, decay=0.0, l2=1.0, hidden=hidden, activation="none")
    run = frames(config, steps, engine)
    assert not run[0].diverged
    first = next(frame.step for frame in run if frame.diverged)
    assert all(frame.diverged for frame in run[first:])
    assert math.isnan(run[-1].loss)
    assert run[-1].train_accuracy == 0.0


def test_training_goes_on_past_the_end_of_the_schedule() -> None:
    """The blog's rate would turn negative after step 111; this one stays where it is at step 100."""
    run = frames(SMALL, 131)
    assert [run[k].learning_rate for k in (0, 50)] == pytest.approx([1.0, 0.55])
    assert {frame.learning_rate for frame in run[100:]} == {run[100].learning_rate}
    assert run[100].learning_rate == pytest.approx(0.1)


def test_the_rate_is_the_blogs_up_to_step_one_hundred() -> None:
    """To the last bit."""
    assert [TrainingConfig().rate(k) for k in range(101)] == [1.0 - 0.9 * k / 100 for k in range(101)]


def test_an_unknown_engine_is_an_error_at_once() -> None:
    """``train`` refuses it when called, not when the first frame is asked for."""
    with pytest.raises(ValueError, match="engine must be one of arrays, values, not 'gpu'"):
        train(SMALL, engine="gpu")


def test_a_config_and_a_frame_travel_between_processes() -> None:
    """Both survive pickling."""
    frame = frames(SMALL, 2)[-1]
    assert pickle.loads(pickle.dumps((SMALL, frame))) == (SMALL, frame)


@pytest.mark.parametrize("hidden", [(), (1,), (16, 16), (2, 3, 4)])
def test_initial_parameters_are_those_of_the_blogs_network(hidden: tuple[int, ...]) -> None:
    """``random.seed(seed)`` and then ``MLP(...)`` draw the same numbers in the same order."""
    config = TrainingConfig(hidden=hidden, seed=1337)
    state = random.getstate()
    random.seed(1337)
    expected = tuple(parameter.data for parameter in MLP(2, [*hidden, 1]).parameters())
    random.setstate(state)
    assert initial_parameters(config) == expected
    assert config.parameter_count == len(expected)


def test_model_is_the_network_as_values() -> None:
    """Its parameters are those given, and its answer to a point is the arrays' score of that point."""
    config = TrainingConfig(hidden=(5, 3), activation="tanh")
    parameters = frames(config, 3)[-1].parameters
    network = model(config, parameters)
    score = network([0.3, -0.7])
    assert tuple(parameter.data for parameter in network.parameters()) == parameters
    assert isinstance(score, Value)
    assert score.data == pytest.approx(score_program(config).forward([[0.3, -0.7]], parameters)[0], rel=1e-12)


def test_model_needs_as_many_parameters_as_the_network_has() -> None:
    """The sentence has both numbers."""
    with pytest.raises(ValueError, match="this network has 337 parameters, not 1"):
        model(TrainingConfig(), (0.0,))


@pytest.mark.parametrize(
    ("score", "right_for"),
    [(0.2, {1.0}), (-0.2, {-1.0}), (0.0, {-1.0}), (math.inf, {1.0}), (-math.inf, {-1.0}), (math.nan, set())],
)
def test_a_score_counts_for_the_class_of_its_sign(score: float, right_for: set[float]) -> None:
    """As in the blog zero is on the side of −1; nan, which the blog counts there too, is on no side."""
    for label in (-1.0, 1.0):
        assert accuracy(np.array([score]), np.array([label])) == float(label in right_for)


def test_accuracy_is_the_share_of_right_scores() -> None:
    """One wrong of four is 0.75."""
    assert accuracy(np.array([1.0, 2.0, -3.0, 4.0]), np.array([1.0, 1.0, -1.0, -1.0])) == 0.75


WRONG = {
    "noise must be between 0 and 1, not -0.1": {"noise": -0.1},
    "noise must be between 0 and 1, not nan": {"noise": math.nan},
    "noise must be a number, not 'much'": {"noise": "much"},
    "samples must be between 2 and 2000, not 1": {"samples": 1},
    "samples must be a whole number, not 12.5": {"samples": 12.5},
    "samples must be a number, not None": {"samples": None},
    "test_share must be between 0 and 0.9, not 1.0": {"test_share": 1.0},
    "each number in hidden must be between 1 and 64, not 0": {"hidden": (16, 0)},
    "each number in hidden must be a whole number, not 1.5": {"hidden": (1.5,)},
    "the number of layers in hidden must be between 0 and 6, not 7": {"hidden": (1,) * 7},
    "hidden must be a tuple of whole numbers, not [16]": {"hidden": [16]},
    "activation must be one of relu, tanh, sigmoid, none, not 'gelu'": {"activation": "gelu"},
    "learning_rate must be between 0 and 10, not -1": {"learning_rate": -1},
    "decay must be between 0 and 1, not 1.5": {"decay": 1.5},
    "l2 must be between 0 and 1, not inf": {"l2": math.inf},
    "batch_size must be between 1 and 2000, not 0": {"batch_size": 0},
    "seed must be between 0 and 2147483647, not -1": {"seed": -1},
    "seed must be a number, not True": {"seed": True},
}


@pytest.mark.parametrize(("sentence", "knobs"), WRONG.items())
def test_a_knob_out_of_range_is_an_error_that_names_it(sentence: str, knobs: dict[str, Any]) -> None:
    """The sentence says which knob, what it may be and what it was."""
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole sentence is compared below
        TrainingConfig(**knobs)
    assert str(caught.value) == sentence


KNOBS = [name for name in RANGES if name not in ("layers", "hidden")]


@pytest.mark.parametrize(("first", "second"), [*combinations(KNOBS, 2)])
def test_of_two_knobs_out_of_range_the_tables_first_is_named(first: str, second: str) -> None:
    """In every process, whatever its hash seed."""
    with pytest.raises(ValueError, match=f"^{first} must be"):
        TrainingConfig(**{second: -1, first: -1})


@pytest.mark.parametrize("end", ["low", "high"])
@pytest.mark.parametrize("name", RANGES)
def test_both_ends_of_every_range_can_be_trained_with(name: str, end: str) -> None:
    """What the panel's controls allow, training does."""
    bound = getattr(RANGES[name], end)
    knobs: dict[str, Any] = {"hidden": (4,), name: bound}
    if name == "hidden":
        knobs = {"hidden": (bound,)}
    if name == "layers":
        knobs = {"hidden": (3,) * bound}
    run = frames(TrainingConfig(**knobs), 3)
    assert [frame.step for frame in run] == [0, 1, 2]


@pytest.mark.parametrize("engine", ENGINES)
def test_going_on_needs_as_many_parameters_as_the_network_has(engine: Engine) -> None:
    """``train`` refuses another number when called."""
    with pytest.raises(ValueError, match="this network has 31 parameters, not 2"):
        train(SMALL, engine=engine, first_step=3, parameters=(1.0, 2.0))


def test_whole_numbers_will_do_as_parameters() -> None:
    """They are trained as the floats they are equal to."""
    config = replace(SMALL, hidden=())
    whole, floats = (list(islice(train(config, parameters=p), 4)) for p in ((1, 0, -1), (1.0, 0.0, -1.0)))
    assert whole == floats


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("batch_size", [None, 5])
def test_training_goes_on_from_any_frame_as_the_run_did(engine: Engine, batch_size: int | None) -> None:
    """Started with the step and parameters of frame 4, it gives that frame and those after it, bit for bit."""
    config = replace(SMALL, batch_size=batch_size)
    run = frames(config, 9, engine)
    resumed = train(config, engine=engine, first_step=4, parameters=run[4].parameters)
    assert list(islice(resumed, 5)) == run[4:]


def test_the_scalars_tell_of_each_point_before_they_compute_it() -> None:
    """Training points, batch and test points of a step alike; what is raised there comes out, and ends the training."""
    config = replace(SMALL, batch_size=5)
    told: list[int] = []
    run = train(config, engine="values", before_point=lambda: told.append(1))
    tested = len(moons(config).test_labels)
    next(run)
    assert len(told) == config.samples + tested
    next(run)
    assert len(told) == 2 * (config.samples + tested) + 5

    def stop() -> None:
        raise InterruptedError

    stopped = train(config, engine="values", before_point=stop)
    with pytest.raises(InterruptedError):
        next(stopped)
    assert list(stopped) == []
    assert next(train(config, before_point=stop)).step == 0, "the arrays have no points to come between"


def whole_steps(config: TrainingConfig, count: int) -> list[tuple[float, tuple[float, ...]]]:
    """Loss and parameters of each step, by one graph of the whole loss as in the blog."""
    data, steps = moons(config), []
    parameters = initial_parameters(config)
    for step in range(count):
        network: Any = model(config, parameters)

        def loss(rows: Any, network: Any = network) -> Value:
            scores = [network(point) for point in data.train_inputs[rows].tolist()]
            return max_margin(scores, data.train_labels[rows].tolist()) + l2_penalty(
                network.parameters(), config.l2
            )

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
        run = [(frame.loss, frame.parameters) for frame in frames(config, 20, "values")]
        assert repr(run) == repr(whole_steps(config, 20)), "as texts, for nan is not itself"


@pytest.mark.parametrize("batch_size", [None, 80])
def test_a_step_of_the_scalars_can_be_ended_all_through(batch_size: int | None) -> None:
    """No stretch between two points, the gradient and the update included, is a considerable part of the step."""
    told: list[float] = []
    config = TrainingConfig(samples=100, batch_size=batch_size)
    run = train(config, engine="values", before_point=lambda: told.append(time.process_time()))
    next(run)
    shares = []
    for _ in range(3):
        told[:] = [time.process_time()]
        next(run)
        told.append(time.process_time())
        shares.append(max(b - a for a, b in pairwise(told)) / (told[-1] - told[0]))
    assert min(shares) < 0.1
