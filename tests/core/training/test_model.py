import random
from dataclasses import replace
from itertools import islice

import pytest

from micrograd_core.engine import Value
from micrograd_core.nn import MLP
from micrograd_core.training.config import TrainingConfig
from micrograd_core.training.model import build_network, initial_parameters, loss_program, score_program
from micrograd_core.training.run import Run

SMALL = TrainingConfig(samples=12, hidden=(4, 3), seed=2)


def test_programs_are_derived_anew_only_for_another_graph() -> None:
    """Only layers and activation change the score program; the penalty factor changes the loss program as well."""
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
    parameters = list(islice(Run(config).train(), 3))[-1].state.parameters
    network = build_network(config, parameters)
    score = network([0.3, -0.7])
    assert tuple(parameter.data for parameter in network.parameters()) == parameters
    assert isinstance(score, Value)
    assert score.data == pytest.approx(score_program(config).forward([[0.3, -0.7]], parameters)[0], rel=1e-12)


def test_model_needs_as_many_parameters_as_the_network_has() -> None:
    """The sentence has both numbers."""
    with pytest.raises(ValueError, match="this network has 337 parameters, not 1"):
        build_network(TrainingConfig(), (0.0,))
