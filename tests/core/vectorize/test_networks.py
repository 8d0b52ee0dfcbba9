"""Networks as arrays, held against the same networks as ``Value`` graphs."""

from collections.abc import Sequence
from itertools import product

import numpy as np
import pytest

from micrograd_core.engine import Value
from micrograd_core.nn import ACTIVATIONS
from micrograd_core.training.config import TrainingConfig
from micrograd_core.training.losses import LOSSES, l2_penalty
from micrograd_core.training.model import build_network, initial_parameters, loss_program, score_program
from micrograd_core.training.points import Array
from tests.seeds import seeds

SHAPES: tuple[tuple[int, ...], ...] = ((), (1,), (4,), (5, 3), (3, 1, 4), (16, 16))


def points(seed: int, count: int) -> tuple[Array, Array]:
    stream = np.random.default_rng(seed)
    return stream.normal(size=(count, 2)) * 2.0, stream.choice([-1.0, 1.0], size=count)


def loss_and_gradient(
    config: TrainingConfig, parameters: Sequence[float] | Array, inputs: Array, labels: Array
) -> tuple[float, Array]:
    return loss_program(config).value_and_grad(np.column_stack([inputs, labels]), parameters)


def loss_and_gradient_of_values(
    config: TrainingConfig, parameters: tuple[float, ...], inputs: Array, labels: Array
) -> tuple[float, list[float]]:
    network = build_network(config, parameters)
    scores = [network(point) for point in inputs.tolist()]
    assert all(isinstance(score, Value) for score in scores)
    loss = LOSSES["max-margin"].mean(scores, labels.tolist()) + l2_penalty(network.parameters(), config.l2)
    loss.backward()
    return loss.data, [parameter.grad for parameter in network.parameters()]


@pytest.mark.parametrize("seed", seeds(few=1, sweep=10))
@pytest.mark.parametrize("hidden", SHAPES)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_loss_and_every_gradient_are_those_of_the_value_graph(
    activation: str, hidden: tuple[int, ...], seed: int
) -> None:
    """Numbers agree to 1e-12 for networks of every depth and activation, with and without L2, on 1, 2 and 7 points."""
    for i, (count, l2) in enumerate(product((1, 2, 7), (0.0, 0.05)), start=6 * seed):
        config = TrainingConfig(hidden=hidden, activation=activation, l2=l2, seed=i)
        parameters = initial_parameters(config)
        inputs, labels = points(i, count)
        expected_loss, expected = loss_and_gradient_of_values(config, parameters, inputs, labels)
        loss, gradient = loss_and_gradient(config, parameters, inputs, labels)
        assert loss == pytest.approx(expected_loss, rel=1e-12, abs=1e-12)
        assert gradient.tolist() == pytest.approx(expected, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("hidden", SHAPES)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_neuron_outputs_are_those_of_the_layers(activation: str, hidden: tuple[int, ...]) -> None:
    """Neurons are watched by layer, the score last."""
    config = TrainingConfig(hidden=hidden, activation=activation, seed=3)
    parameters = initial_parameters(config)
    inputs, _labels = points(1, 4)
    expected: list[list[list[float]]] = []
    network = build_network(config, parameters)
    answers = inputs.tolist()
    for layer in network.layers:
        answers = [[neuron(answer).data for neuron in layer.neurons] for answer in answers]
        expected.append(answers)
    scores, neurons = score_program(config).evaluate(inputs, parameters)
    assert np.allclose(neurons.T, np.concatenate(expected, axis=1), rtol=1e-12, atol=1e-12)
    assert np.array_equal(scores, neurons[-1])


def test_a_list_a_tuple_and_an_array_of_parameters_are_the_same() -> None:
    """A frame's tuple can be given as it is."""
    config = TrainingConfig(hidden=(3,))
    parameters = initial_parameters(config)
    inputs, _labels = points(0, 5)
    kinds = (parameters, list(parameters), np.array(parameters))
    assert len({score_program(config).forward(inputs, kind).tobytes() for kind in kinds}) == 1


def test_computing_the_gradient_leaves_the_parameters_alone() -> None:
    """The gradient is an array of its own, also with L2, whose part is computed first."""
    config = TrainingConfig(hidden=(3,), l2=0.5)
    parameters = np.array(initial_parameters(config))
    before = parameters.copy()
    inputs, labels = points(0, 5)
    _loss, gradient = loss_and_gradient(config, parameters, inputs, labels)
    gradient += 1.0
    assert np.array_equal(parameters, before)


def test_relu_passes_the_gradient_at_exactly_zero() -> None:
    """A neuron whose weighted sum is 0.0, and one at −0.0, hands its upstream gradient on, as in the graph."""
    config = TrainingConfig(hidden=(2,), l2=0.0)
    parameters = (1.0, 1.0, 0.0, -1.0, 0.0, -0.0, 2.0, -3.0, 0.5)
    inputs, labels = np.array([[0.0, 0.0]]), np.array([1.0])
    _loss, expected = loss_and_gradient_of_values(config, parameters, inputs, labels)
    _loss, gradient = loss_and_gradient(config, parameters, inputs, labels)
    assert gradient.tolist() == expected
    assert expected[2] == -2.0, "the bias of the first neuron"
    assert expected[5] == 3.0, "the bias of the second neuron"


def test_a_score_exactly_on_the_margin_still_gets_a_gradient() -> None:
    """The hinge passes 1 at exactly 0, as relu does."""
    config = TrainingConfig(hidden=(), l2=0.0)
    loss, gradient = loss_and_gradient(config, (0.0, 0.0, 1.0), np.array([[3.0, 4.0]]), np.array([1.0]))
    assert loss == 0.0
    assert gradient.tolist() == [-3.0, -4.0, -1.0]


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("size", [1e3, 1e160, np.inf, np.nan])
def test_overflow_is_silent_and_shows_where_it_shows_in_the_value_graph(activation: str, size: float) -> None:
    """Huge, infinite and nan parameters neither raise nor warn, and a loss is finite here when it is there."""
    config = TrainingConfig(hidden=(3, 2), activation=activation)
    parameters = tuple(size * parameter for parameter in initial_parameters(config))
    inputs, labels = points(2, 6)
    expected, _expected_gradient = loss_and_gradient_of_values(config, parameters, inputs, labels)
    loss, _gradient = loss_and_gradient(config, parameters, inputs, labels)
    assert np.isfinite(loss) == np.isfinite(expected)
    assert not np.isfinite(expected) or loss == pytest.approx(expected, rel=1e-9)


def test_a_wrong_number_of_parameters_is_an_error() -> None:
    """The sentence has both shapes."""
    with pytest.raises(ValueError, match=r"parameters must have the shape \(337,\), not \(3,\)"):
        score_program(TrainingConfig()).forward(np.zeros((1, 2)), (1.0, 2.0, 3.0))
