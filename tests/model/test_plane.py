import math

import numpy as np
import pytest

from micrograd_core.training.config import TrainingConfig
from micrograd_core.training.points import make_points
from micrograd_core.training.state import initial_state
from micrograd_gui.model.plane import GRID, MAP, look_at_plane, plane_extent, score_at

EXTENT = (-1.5, 2.5, -1.0, 1.5)


def test_the_extent_holds_every_point_with_room_around() -> None:
    """The extent contains every training and test point, none on the edge."""
    data = make_points(TrainingConfig(noise=0.4))
    left, right, bottom, top = plane_extent(data)
    for points in (data.train_inputs, data.test_inputs):
        assert (points > [left + 0.1, bottom + 0.1]).all()
        assert (points < [right - 0.1, top - 0.1]).all()


def test_grid_and_lines_are_the_networks_scores() -> None:
    """Grid corners have the score of the extent's corners; along each line the score is the line's level."""
    config = TrainingConfig(hidden=(6,), activation="tanh", seed=3)
    state = initial_state(config)
    plane = look_at_plane(config, state.parameters, EXTENT)
    left, right, bottom, top = EXTENT
    assert plane.scores.shape == (GRID, GRID)
    for place, x, y in (((0, 0), left, bottom), ((0, -1), right, bottom), ((-1, 0), left, top)):
        assert plane.scores[place] == pytest.approx(score_at(config, state.parameters, x, y), rel=1e-5)
    for level, lines in ((0.0, plane.boundary), (-1.0, plane.lower_margin), (1.0, plane.upper_margin)):
        for line in lines:
            for x, y in line[:: max(len(line) // 5, 1)].tolist():
                assert score_at(config, state.parameters, x, y) == pytest.approx(level, abs=0.01)
    assert plane.boundary


def test_a_neurons_map_is_its_output_over_the_plane() -> None:
    """Each layer has a map for each neuron; the last layer's is the score grid, thinned."""
    config = TrainingConfig(hidden=(3, 5))
    plane = look_at_plane(config, initial_state(config).parameters, EXTENT)
    assert [maps.shape for maps in plane.neurons] == [(3, MAP, MAP), (5, MAP, MAP), (1, MAP, MAP)]
    every = GRID // MAP
    assert np.array_equal(plane.neurons[-1][0], plane.scores[every // 2 :: every, every // 2 :: every])


@pytest.mark.parametrize("weight", [math.nan, math.inf, 1e300])
def test_a_diverged_network_has_a_plane_too(weight: float) -> None:
    """Scores that are nan, infinite or too large for single precision raise and warn nowhere."""
    config = TrainingConfig(hidden=(2,))
    plane = look_at_plane(config, [weight] * config.parameter_count, EXTENT)
    assert plane.scores.shape == (GRID, GRID)
