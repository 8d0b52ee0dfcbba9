"""The network of a config: as ``Value``s, as the graph of one example, and as array programs."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from micrograd_core.engine import Value
from micrograd_core.nn import MLP
from micrograd_core.training.config import INPUTS, TrainingConfig
from micrograd_core.training.losses import LOSSES, l2_penalty
from micrograd_core.vectorize import ArrayProgram, vectorize


def initial_parameters(config: TrainingConfig) -> tuple[float, ...]:
    """Return the parameters of an ``nn.MLP`` after ``random.seed(config.seed)``, without touching the global stream."""
    stream = random.Random(config.seed)
    return tuple(stream.uniform(-1, 1) for _ in range(config.parameter_count))


def build_network(config: TrainingConfig, parameters: Sequence[float]) -> MLP:
    """Build the network with these parameters, without touching the global random stream.

    Raises ValueError if there are not ``config.parameter_count`` parameters.
    """
    if len(parameters) != config.parameter_count:
        raise ValueError(f"this network has {config.parameter_count} parameters, not {len(parameters)}")
    inputs, *widths = config.widths
    stream = random.getstate()
    network = MLP(inputs, widths, config.activation)
    random.setstate(stream)
    for value, data in zip(network.parameters(), parameters, strict=True):
        value.data = float(data)
    return network


@dataclass(frozen=True, slots=True, eq=False)
class ExampleGraph:
    """The ``Value`` graph of a network at one example, which training differentiates."""

    inputs: tuple[Value, ...]
    label: Value
    """±1."""
    parameters: tuple[Value, ...]
    layers: tuple[tuple[Value, ...], ...]
    """The outputs of the neurons by layer; the last one is the score."""
    loss: Value
    """The example's own loss and the L2 penalty."""

    @property
    def score(self) -> Value:
        return self.layers[-1][0]


def example_graph(config: TrainingConfig, parameters: Sequence[float]) -> ExampleGraph:
    """Return the graph of ``config``'s network with these parameters, at the point (0, 0) with the label 0."""
    network = build_network(config, parameters)
    inputs, label = tuple(Value(0.0, label=name) for name in INPUTS), Value(0.0, label="label")
    outputs = list(inputs)
    layers = []
    for layer in network.layers:
        result = layer(outputs)
        outputs = [result] if isinstance(result, Value) else result
        layers.append(tuple(outputs))
    values = network.parameters()
    loss = LOSSES[config.loss](outputs[0], label) + l2_penalty(values, config.l2)
    return ExampleGraph(inputs, label, tuple(values), tuple(layers), loss)


def loss_program(config: TrainingConfig) -> ArrayProgram:
    """Return the array program of the mean loss over examples (x, y, label); the scores are watched."""
    return _loss_program(config.hidden, config.activation, config.loss, config.l2)


@lru_cache(maxsize=4)
def _loss_program(hidden: tuple[int, ...], activation: str, loss: str, l2: float) -> ArrayProgram:
    config = TrainingConfig(hidden=hidden, activation=activation, loss=loss, l2=l2)
    graph = example_graph(config, initial_parameters(config))
    return vectorize(graph.loss, (*graph.inputs, graph.label), graph.parameters, [graph.score])


def score_program(config: TrainingConfig) -> ArrayProgram:
    """Return the array program of the score of points (x, y); all neurons are watched, by layer, the score last."""
    return _score_program(config.hidden, config.activation)


@lru_cache(maxsize=4)
def _score_program(hidden: tuple[int, ...], activation: str) -> ArrayProgram:
    config = TrainingConfig(hidden=hidden, activation=activation)
    graph = example_graph(config, initial_parameters(config))
    neurons = [neuron for layer in graph.layers for neuron in layer]
    return vectorize(graph.score, graph.inputs, graph.parameters, neurons)
