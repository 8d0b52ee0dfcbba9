import random
from dataclasses import replace
from typing import cast

import pytest

from micrograd_core.engine import Value
from micrograd_core.training.config import TrainingConfig
from micrograd_core.training.losses import LOSSES
from micrograd_core.training.model import build_network
from micrograd_core.training.state import TrainingState, initial_state
from micrograd_gui.model.plane import score_at
from micrograd_gui.model.point_program import parameter_names, point_document
from micrograd_gui.model.resolve import resolve
from micrograd_gui.model.timeline import moment_at
from tests.training_rows import EVERY_LOSS, add_rows


def state_of(config: TrainingConfig, step: int = 64) -> TrainingState:
    return replace(initial_state(config), step=step)


CONFIGS = [
    TrainingConfig(hidden=(), seed=1),
    TrainingConfig(hidden=(1,), seed=2),
    TrainingConfig(hidden=(5,), activation="tanh", seed=3),
    TrainingConfig(hidden=(16, 16), seed=4),
    TrainingConfig(hidden=(3, 4, 2), activation="sigmoid", seed=5),
    TrainingConfig(hidden=(4,), activation="none", seed=6),
]


@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: f"{config.hidden} {config.activation}")
def test_the_example_graphs_output_is_the_networks_score(config: TrainingConfig) -> None:
    """The graph of a document without a label ends in the array program's score, to 1e-9, at random points."""
    state = state_of(config)
    stream = random.Random(config.seed)
    for _ in range(3):
        x, y = stream.uniform(-2, 2), stream.uniform(-2, 2)
        resolved = resolve(point_document(config, state, x, y))
        assert resolved.problem is None
        assert resolved.snapshot is not None
        output = resolved.snapshot.nodes[resolved.snapshot.target]
        assert output.label == "score"
        assert output.data == pytest.approx(score_at(config, state.parameters, x, y), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("label", [-1.0, 1.0])
def test_the_example_graph_of_a_point_ends_in_its_loss(label: float) -> None:
    """The output of a document with a label is relu(1 − label × score)."""
    config = CONFIGS[3]
    state = state_of(config)
    resolved = resolve(point_document(config, state, -0.3, 0.8, label))
    assert resolved.snapshot is not None
    output = resolved.snapshot.nodes[resolved.snapshot.target]
    assert output.label == "loss"
    loss = max(1 - label * score_at(config, state.parameters, -0.3, 0.8), 0.0)
    assert output.data == pytest.approx(loss, rel=1e-9, abs=1e-9)


def test_every_parameter_of_the_example_graph_is_the_trained_one() -> None:
    """Each leaf named like a parameter carries that parameter's data, and there is one for each."""
    config = CONFIGS[4]
    state = state_of(config)
    resolved = resolve(point_document(config, state, 0.1, 0.2))
    assert resolved.snapshot is not None
    leaves = {node.id: node.data for node in resolved.snapshot.nodes if node.id.startswith("model[")}
    wanted = dict(resolved.document.leaf_values)
    assert len(wanted) == config.parameter_count
    assert {node: leaves[node] for node in wanted} == wanted
    assert sorted(wanted.values()) == sorted(state.parameters)


def test_the_example_document_says_which_point_and_step() -> None:
    """The first line is a comment with the point, the class and the step."""
    config = CONFIGS[3]
    source = point_document(config, state_of(config), 0.62, -0.41, 1.0).source
    assert source.splitlines()[0] == "# Point (0.62, −0.41) of the data set moons, class +1, after step 64"


@pytest.mark.parametrize("loss", EVERY_LOSS)
@pytest.mark.parametrize("label", [-1.0, 1.0])
@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: f"{config.hidden} {config.activation}")
def test_the_program_of_a_point_computes_to_the_bits_of_training(
    config: TrainingConfig, label: float, loss: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The loss that is typed and the gradient of every parameter are those of the loss that trains."""
    add_rows(monkeypatch)
    config = replace(config, loss=loss)
    state = state_of(config)
    stream = random.Random(config.seed)
    for _ in range(3):
        x, y = stream.uniform(-2, 2), stream.uniform(-2, 2)
        network = build_network(config, state.parameters)
        trained = LOSSES[loss](cast(Value, network([x, y])), label)
        trained.backward()
        resolved = resolve(point_document(config, state, x, y, label))
        assert resolved.problem is None
        snapshot = resolved.snapshot
        assert snapshot is not None
        assert snapshot.nodes[snapshot.target].data == trained.data
        grads = moment_at(resolved.timeline, len(resolved.timeline)).grads
        typed = {node.id: grad for node, grad in zip(snapshot.nodes, grads, strict=True)}
        gradients = [typed[f"{name}#0"] for name in parameter_names(config)]
        assert gradients == [parameter.grad for parameter in network.parameters()]
