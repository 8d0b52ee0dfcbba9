"""Neurons, layers and networks: the blog's shapes, counts and random streams."""

import random
from collections.abc import Callable

import numpy as np
import pytest

from micrograd_core.engine import Value
from micrograd_core.graph import topological_sort
from micrograd_core.nn import ACTIVATIONS, MLP, Layer, Module, Neuron

LAYERS = "an MLP takes a list with the number of neurons of each layer, such as [16, 16, 1], not "


def test_a_neurons_weights_are_the_stream_of_the_seed() -> None:
    """Weights and then the bias are drawn by random.uniform(-1, 1), as in the blog's code."""
    random.seed(1337)
    expected = [random.uniform(-1, 1) for _ in range(4)]
    random.seed(1337)
    neuron = Neuron(3)
    assert [p.data for p in neuron.parameters()] == expected
    assert expected[0] == 0.23550571390294128
    assert neuron.parameters() == [*neuron.w, neuron.b]


def test_the_blogs_gradients_of_a_neuron() -> None:
    """The gradients are the inputs and 1, [1, 2, 3, 4, 1], for an activation of slope 1."""
    neuron = Neuron(4, "none")
    neuron([1.0, 2.0, 3.0, 4.0]).backward()
    assert [p.grad for p in neuron.parameters()] == [1.0, 2.0, 3.0, 4.0, 1.0]


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_a_neuron_computes_activation_of_weighted_sum(activation: str) -> None:
    """activation(b + w0*x0 + w1*x1), for each activation."""
    neuron = Neuron(2, activation)
    x = [0.5, -2.0]
    expected = ACTIVATIONS[activation].function(
        Value(neuron.b.data + neuron.w[0].data * 0.5 + neuron.w[1].data * -2.0)
    )
    assert neuron(x).data == expected.data


def test_a_neuron_takes_values_and_numbers_mixed() -> None:
    """Inputs that are Values get gradients."""
    neuron = Neuron(2, "none")
    x = Value(3.0)
    neuron([x, 1.0]).backward()
    assert x.grad == neuron.w[0].data


def test_a_neuron_refuses_the_wrong_number_of_inputs() -> None:
    """The sentence has both numbers."""
    with pytest.raises(ValueError, match="takes 4 inputs, not 2"):
        Neuron(4)([1.0, 2.0])


def test_an_unknown_activation_is_refused_with_the_known_ones() -> None:
    """The sentence lists the known activations."""
    with pytest.raises(ValueError, match=r"unknown activation 'swish'.*relu, tanh, sigmoid, none"):
        Neuron(2, "swish")


def test_a_layer_of_one_gives_its_output_bare() -> None:
    """One neuron's output is a Value, several are a list."""
    assert isinstance(Layer(2, 1)([1.0, 2.0]), Value)
    outputs = Layer(2, 3)([1.0, 2.0])
    assert isinstance(outputs, list)
    assert len(outputs) == 3


def test_the_blogs_count_of_parameters() -> None:
    """MLP(2, [16, 16, 1]) has 337 parameters."""
    assert len(MLP(2, [16, 16, 1]).parameters()) == 337


def test_the_last_layer_of_an_mlp_has_no_activation() -> None:
    """Its output can be negative, and its hidden layers' cannot."""
    network = MLP(1, [2, 1], "relu")
    operations = {node.op for node in topological_sort(network([1.0]))}
    assert operations == {"", "+", "*", "relu"}
    assert network([1.0]).op == "+"


def test_an_mlps_inputs_are_shared_by_all_neurons() -> None:
    """Each input number becomes one leaf."""
    network = MLP(2, [3, 1])
    nodes = topological_sort(network([0.25, -4.0]))
    assert sum(node.data in (0.25, -4.0) and not node.operands for node in nodes) == 2


def test_zero_grad_clears_all_parameters() -> None:
    """The parameters of all inner layers are included."""
    network = MLP(2, [2, 1], "tanh")
    network([1.0, 2.0]).backward()
    assert any(p.grad for p in network.parameters())
    network.zero_grad()
    assert not any(p.grad for p in network.parameters())


def test_a_module_has_no_parameters_of_its_own() -> None:
    """Subclasses of Module list their parameters."""
    assert Module().parameters() == []


def test_a_module_shows_its_layers_as_micrograds_does() -> None:
    """The notebooks print(model)."""
    assert repr(Neuron(3)) == "ReLUNeuron(3)"
    assert repr(Neuron(3, "none")) == "LinearNeuron(3)"
    assert repr(Layer(2, 2, "tanh")) == "Layer of [TanhNeuron(2), TanhNeuron(2)]"
    assert (
        repr(MLP(2, [2, 1])) == "MLP of [Layer of [ReLUNeuron(2), ReLUNeuron(2)], Layer of [LinearNeuron(2)]]"
    )


@pytest.mark.parametrize("inputs", [1.0, Value(1.0), None])
def test_a_neuron_refuses_what_is_no_list_of_inputs(inputs: object) -> None:
    """A bare number is a common mistake."""
    for module in (Neuron(1), Layer(1, 2), MLP(1, [1])):
        with pytest.raises(TypeError, match=r"takes a list of 1 inputs?, not "):
            module(inputs)  # type: ignore[operator]


def test_a_network_refuses_the_wrong_number_of_inputs() -> None:
    """The error comes before any computation, with both numbers."""
    with pytest.raises(ValueError, match="takes 3 inputs, not 2"):
        MLP(3, [4, 1])([1.0, 2.0])


@pytest.mark.parametrize(
    ("make", "error", "sentence"),
    [
        (lambda: Neuron("a"), TypeError, "the number of inputs of a neuron must be a whole number, not 'a'"),
        (lambda: Neuron(2.5), TypeError, "the number of inputs of a neuron must be a whole number, not 2.5"),
        (lambda: Neuron(-1), ValueError, "the number of inputs of a neuron must be 1 or more, not -1"),
        (lambda: Layer(0, 2), ValueError, "the number of inputs of a neuron must be 1 or more, not 0"),
        (lambda: Layer(2, 0), ValueError, "the number of neurons of a layer must be 1 or more, not 0"),
        (
            lambda: MLP(2, [3, True]),
            TypeError,
            "the number of neurons of a layer must be a whole number, not True",
        ),
        (
            lambda: MLP(2, 3),
            TypeError,
            LAYERS + "3",
        ),
        (
            lambda: MLP(2, []),
            TypeError,
            LAYERS + "[]",
        ),
        (
            lambda: MLP(2, "31"),
            TypeError,
            LAYERS + "'31'",
        ),
    ],
)
def test_sizes_that_no_network_has_are_refused(
    make: Callable[[], Module], error: type[Exception], sentence: str
) -> None:
    """The constructor raises an error that shows the given size."""
    with pytest.raises(error) as refused:
        make()
    assert str(refused.value) == sentence


def test_a_text_is_no_input() -> None:
    """A text is refused as the list and as its element."""
    with pytest.raises(TypeError, match=r"one real number, not '2\.0'"):
        Neuron(2)([1.0, "2.0"])  # type: ignore[list-item]
    with pytest.raises(TypeError, match="takes a list of 2 inputs, not 'ab'"):
        Neuron(2)("ab")  # type: ignore[arg-type]


def test_a_networks_weights_are_the_stream_of_the_seed() -> None:
    """random.seed(1337) gives the blog's network: neuron by neuron, weights before bias."""
    random.seed(1337)
    expected = [random.uniform(-1, 1) for _ in range(337)]
    random.seed(1337)
    assert [p.data for p in MLP(2, [16, 16, 1]).parameters()] == expected


def test_the_demo_notebooks_loss_runs_as_it_stands() -> None:
    """Its cells run with numpy arrays for points and labels, and gradient descent reduces the loss."""
    np.random.seed(1337)
    random.seed(1337)
    X = np.random.uniform(-1, 1, (20, 2))  # noqa: N806
    y = np.where(X[:, 0] * X[:, 1] > 0, 1, -1)
    model = MLP(2, [4, 4, 1])

    def loss(batch_size=None):
        if batch_size is None:
            Xb, yb = X, y  # noqa: N806
        else:
            ri = np.random.permutation(X.shape[0])[:batch_size]
            Xb, yb = X[ri], y[ri]  # noqa: N806
        inputs = [list(map(Value, xrow)) for xrow in Xb]
        scores = list(map(model, inputs))
        losses = [(1 + -yi * scorei).relu() for yi, scorei in zip(yb, scores)]  # noqa: B905
        data_loss = sum(losses) * (1.0 / len(losses))
        alpha = 1e-4
        reg_loss = alpha * sum((p * p for p in model.parameters()))  # noqa: UP034
        total_loss = data_loss + reg_loss
        accuracy = [(yi > 0) == (scorei.data > 0) for yi, scorei in zip(yb, scores)]  # noqa: B905
        return total_loss, sum(accuracy) / len(accuracy)

    history = []
    for k in range(6):
        total_loss, acc = loss()
        model.zero_grad()
        total_loss.backward()
        learning_rate = 0.1 - 0.01 * k
        for p in model.parameters():
            p.data -= learning_rate * p.grad
        history.append(total_loss.data)
        assert 0 <= acc <= 1
    assert history[-1] < history[0]
    assert loss(batch_size=5)[0].data > 0
