import math
import random
from typing import cast

import numpy as np
import pytest

from micrograd_core.datasets import moons
from micrograd_core.engine import Value
from micrograd_core.graph import topological_sort
from micrograd_core.losses import max_margin
from micrograd_core.training import TrainingFrame, initial_parameters, model
from micrograd_gui.model.resolve import resolve
from micrograd_gui.model.training import (
    GRID,
    MAP,
    SPEEDS,
    TrainingConfig,
    example_document,
    look_at_plane,
    neighbouring_speed,
    obstacle_to_scalars,
    plane_extent,
    score_at,
    values_per_step,
    weight_matrices,
)

EXTENT = (-1.5, 2.5, -1.0, 1.5)


def frame_of(config: TrainingConfig, step: int = 64) -> TrainingFrame:
    return TrainingFrame(step, 0.1, 0.9, None, 0.5, initial_parameters(config))


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
    """Without a label the document's graph ends in the array program's score, to 1e-9, at random places."""
    frame = frame_of(config)
    stream = random.Random(config.seed)
    for _ in range(3):
        x, y = stream.uniform(-2, 2), stream.uniform(-2, 2)
        resolved = resolve(example_document(config, frame, x, y))
        assert resolved.problem is None
        assert resolved.snapshot is not None
        output = resolved.snapshot.nodes[resolved.snapshot.target]
        assert output.label == "score"
        assert output.data == pytest.approx(score_at(config, frame, x, y), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("label", [-1.0, 1.0])
def test_the_example_graph_of_a_point_ends_in_its_loss(label: float) -> None:
    """With a label the output is relu(1 − label × score)."""
    config = CONFIGS[3]
    frame = frame_of(config)
    resolved = resolve(example_document(config, frame, -0.3, 0.8, label))
    assert resolved.snapshot is not None
    output = resolved.snapshot.nodes[resolved.snapshot.target]
    assert output.label == "loss"
    loss = max(1 - label * score_at(config, frame, -0.3, 0.8), 0.0)
    assert output.data == pytest.approx(loss, rel=1e-9, abs=1e-9)


def test_every_parameter_of_the_example_graph_is_the_trained_one() -> None:
    """Each leaf named like a parameter carries that parameter's data, and there is one for each."""
    config = CONFIGS[4]
    frame = frame_of(config)
    resolved = resolve(example_document(config, frame, 0.1, 0.2))
    assert resolved.snapshot is not None
    leaves = {node.id: node.data for node in resolved.snapshot.nodes if node.id.startswith("model[")}
    wanted = dict(resolved.document.leaf_values)
    assert len(wanted) == config.parameter_count
    assert {node: leaves[node] for node in wanted} == wanted
    assert sorted(wanted.values()) == sorted(frame.parameters)


def test_the_example_document_says_which_point_and_step() -> None:
    """The first line is a comment with the place, the class and the step."""
    config = CONFIGS[3]
    source = example_document(config, frame_of(config), 0.62, -0.41, 1.0).source
    assert source.splitlines()[0] == "# the moons' point (0.62, −0.41), class +1, after step 64"


def test_the_extent_holds_every_point_with_room_around() -> None:
    """All training and test points lie inside, none on the edge."""
    data = moons(TrainingConfig(noise=0.4))
    left, right, bottom, top = plane_extent(data)
    for points in (data.train_inputs, data.test_inputs):
        assert (points > [left + 0.1, bottom + 0.1]).all()
        assert (points < [right - 0.1, top - 0.1]).all()


def test_grid_and_lines_are_the_networks_scores() -> None:
    """Grid corners have the score of the extent's corners; along each line the score is the line's level."""
    config = TrainingConfig(hidden=(6,), activation="tanh", seed=3)
    frame = frame_of(config)
    plane = look_at_plane(config, frame.parameters, EXTENT)
    left, right, bottom, top = EXTENT
    assert plane.scores.shape == (GRID, GRID)
    for place, x, y in (((0, 0), left, bottom), ((0, -1), right, bottom), ((-1, 0), left, top)):
        assert plane.scores[place] == pytest.approx(score_at(config, frame, x, y), rel=1e-5)
    for level, lines in ((0.0, plane.boundary), (-1.0, plane.lower_margin), (1.0, plane.upper_margin)):
        for line in lines:
            for x, y in line[:: max(len(line) // 5, 1)].tolist():
                assert score_at(config, frame, x, y) == pytest.approx(level, abs=0.01)
    assert plane.boundary


def test_a_neurons_map_is_its_output_over_the_plane() -> None:
    """Each layer has a map for each neuron; the last layer's is the score grid, thinned."""
    config = TrainingConfig(hidden=(3, 5))
    plane = look_at_plane(config, frame_of(config).parameters, EXTENT)
    assert [maps.shape for maps in plane.neurons] == [(3, MAP, MAP), (5, MAP, MAP), (1, MAP, MAP)]
    every = GRID // MAP
    assert np.array_equal(plane.neurons[-1][0], plane.scores[every // 2 :: every, every // 2 :: every])


@pytest.mark.parametrize("weight", [math.nan, math.inf, 1e300])
def test_a_diverged_network_has_a_plane_too(weight: float) -> None:
    """Scores that are nan, infinite or too large for single precision raise and warn nowhere."""
    config = TrainingConfig(hidden=(2,))
    plane = look_at_plane(config, [weight] * config.parameter_count, EXTENT)
    assert plane.scores.shape == (GRID, GRID)


def test_weight_matrices_hold_the_weights_and_the_bias_of_each_neuron() -> None:
    """Parameter order is neuron by neuron, weights before the bias."""
    config = TrainingConfig(hidden=(2,))
    frame = TrainingFrame(0, 0.0, 0.0, None, 1.0, tuple(float(i) for i in range(9)))
    first, last = weight_matrices(config, frame)
    assert first.tolist() == [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]
    assert last.tolist() == [[6.0, 7.0, 8.0]]


@pytest.mark.parametrize("hidden", [(16, 16), (8, 4, 2), (20,)], ids=str)
def test_the_values_of_a_step_are_estimated(hidden: tuple[int, ...]) -> None:
    """The estimate is within a fifth of the size of the graph that the scalars build."""
    config = TrainingConfig(samples=20, hidden=hidden)
    network, data = model(config, initial_parameters(config)), moons(config)
    scores = [cast(Value, network(point)) for point in data.train_inputs.tolist()]
    nodes = topological_sort(max_margin(scores, data.train_labels.tolist()))
    assert values_per_step(config) == pytest.approx(len(nodes), rel=0.2)


def test_speeds_have_neighbours() -> None:
    """From each to the next, and not beyond the ends."""
    assert [neighbouring_speed(speed, 1) for speed in SPEEDS] == [*SPEEDS[1:], math.inf]
    assert [neighbouring_speed(speed, -1) for speed in SPEEDS] == [1.0, *SPEEDS[:-1]]
    assert neighbouring_speed(20.0, -9) == 1.0


def test_networks_too_large_for_the_scalars_are_told_with_numbers() -> None:
    """The blog's is none; of one that is, the sentence has both numbers and what to do."""
    assert obstacle_to_scalars(TrainingConfig()) == ""
    sentence = "a step would need 1,114,240 Values, more than 1,000,000: take fewer points or neurons"
    assert obstacle_to_scalars(TrainingConfig(hidden=(64, 64))) == sentence
