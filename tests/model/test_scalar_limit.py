from typing import cast

import pytest

from micrograd_core.engine import Value
from micrograd_core.graph import topological_sort
from micrograd_core.training.config import TrainingConfig
from micrograd_core.training.losses import LOSSES
from micrograd_core.training.model import build_network, initial_parameters
from micrograd_core.training.points import make_points
from micrograd_gui.model.scalar_limit import values_per_step, why_not_scalars


@pytest.mark.parametrize("hidden", [(16, 16), (8, 4, 2), (20,)], ids=str)
def test_the_values_of_a_step_are_estimated(hidden: tuple[int, ...]) -> None:
    """The estimate is within a fifth of the size of the graph that the scalars build."""
    config = TrainingConfig(samples=20, hidden=hidden)
    network, points = build_network(config, initial_parameters(config)), make_points(config)
    scores = [cast(Value, network(point)) for point in points.train_inputs.tolist()]
    nodes = topological_sort(LOSSES[config.loss].mean(scores, points.train_labels.tolist()))
    assert values_per_step(config) == pytest.approx(len(nodes), rel=0.2)


def test_networks_too_large_for_the_scalars_are_told_with_numbers() -> None:
    """The blog's is none; of one that is, the sentence has both numbers and what to do."""
    assert why_not_scalars(TrainingConfig()) == ""
    sentence = "A step would need 1,114,240 Values, more than 1,000,000. Use fewer points or neurons."
    assert why_not_scalars(TrainingConfig(hidden=(64, 64))) == sentence
