"""A step of an array program allocates nothing, and its calls of numpy are as many as its layers need."""

import tracemalloc
from collections.abc import Iterator

import numpy as np
import pytest

from micrograd_core.training.config import TrainingConfig
from micrograd_core.training.model import initial_parameters, loss_program, score_program
from micrograd_core.vectorize import Batch
from micrograd_core.vectorize.rules import Array


def batch_of(config: TrainingConfig, examples: int = 128) -> Batch:
    return loss_program(config).bind(np.random.default_rng(1).normal(size=(examples, 3)))


def calls_in_a_step(config: TrainingConfig, examples: int = 128) -> int:
    batch = batch_of(config, examples)
    batch.value_and_grad(initial_parameters(config))
    return len(batch._forward_and_backward)


@pytest.fixture
def traced() -> Iterator[None]:
    tracemalloc.start()
    yield
    tracemalloc.stop()


def peak(batch: Batch, parameters: Array, steps: int) -> int:
    """The most bytes that were in use at once during a step, above those before it.

    Of some steps the least: what others in the process allocate meanwhile is none of it.
    """
    peaks = []
    for _ in range(steps):
        tracemalloc.reset_peak()
        before, _ = tracemalloc.get_traced_memory()
        batch.value_and_grad(parameters)
        peaks.append(tracemalloc.get_traced_memory()[1] - before)
    return min(peaks)


@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid", "none"])
def test_a_step_of_the_demo_allocates_no_array(activation: str, traced: None) -> None:
    """Less than 2 KB at any time, where one layer's outputs alone are 16 KB; the same for ten times the points."""
    config = TrainingConfig(activation=activation)
    parameters = np.array(initial_parameters(config))
    for examples in (128, 1280):
        assert peak(batch_of(config, examples), parameters, steps=20) < 2048


def test_what_is_returned_is_a_buffer_or_a_new_array() -> None:
    """Outputs, gradient and neighbours that are watched are the same memory each time; other results are new."""
    config = TrainingConfig(hidden=(4, 3))
    parameters = initial_parameters(config)
    loss, scores = batch_of(config), score_program(config).bind(np.ones((5, 2)))
    for is_buffer, result in (
        (True, lambda: loss.forward(parameters)),
        (True, lambda: loss.value_and_grad(parameters)[1]),
        (True, loss.watched),
        (False, loss.input_gradients),
        (True, lambda: scores.forward(parameters)),
        (False, scores.watched),
    ):
        assert np.shares_memory(result(), result()) == is_buffer


def test_the_points_do_not_change_the_number_of_calls() -> None:
    """1, 128 and 5,000 points: the same calls."""
    assert len({calls_in_a_step(TrainingConfig(), examples) for examples in (1, 128, 5000)}) == 1


@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid", "none"])
def test_the_neurons_do_not_change_the_number_of_calls(activation: str) -> None:
    """4 or 64 in each layer: the same calls."""
    narrow, wide = (
        calls_in_a_step(TrainingConfig(hidden=(width, width), activation=activation)) for width in (4, 64)
    )
    assert narrow == wide


def test_each_layer_adds_the_same_number_of_calls() -> None:
    """From the second on: a product, a function, and in the backward pass the function and two products."""
    counts = [calls_in_a_step(TrainingConfig(hidden=(4,) * layers)) for layers in range(1, 7)]
    added = set(np.diff(counts).tolist())
    assert len(added) == 1
    assert 5 <= added.pop() <= 8


def test_scores_of_more_points_take_the_same_calls() -> None:
    """The plane of the decision boundary, all neurons watched, is no more calls than one point."""
    program = score_program(TrainingConfig())
    lengths = {
        (len(batch._forward), len(batch._extra))
        for batch in (program.bind(np.zeros((count, 2))) for count in (1, 1000))
    }
    assert len(lengths) == 1
    assert sum(lengths.pop()) <= 8
