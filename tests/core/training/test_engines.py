"""Training by arrays and training by ``Value``s are the same training."""

from itertools import islice

import pytest

from micrograd_core.training.config import TrainingConfig
from micrograd_core.training.engines import Engine
from micrograd_core.training.run import Metrics, Run
from tests.seeds import SWEEP

STEPS = 32


def metrics(config: TrainingConfig, engine: Engine) -> list[Metrics]:
    return [step.metrics for step in islice(Run(config).train(engine=engine), STEPS + 1)]


def check_same_training(config: TrainingConfig) -> set[float]:
    """All training accuracies on the way."""
    by_arrays, by_values = metrics(config, "arrays"), metrics(config, "values")
    for ours, expected in zip(by_arrays, by_values, strict=True):
        assert ours.train_accuracy == expected.train_accuracy
        assert ours.test_accuracy == expected.test_accuracy
        assert ours.loss == pytest.approx(expected.loss, rel=1e-9)
    return {each.train_accuracy for each in by_arrays}


@pytest.mark.parametrize("seed", range(10))
def test_both_engines_have_the_same_accuracies_at_every_step(seed: int) -> None:
    """Both engines agree over 32 steps on training and test points; network and sample are small to be quick."""
    assert len(check_same_training(TrainingConfig(samples=16, hidden=(4, 4), seed=seed))) > 2


@pytest.mark.long
@pytest.mark.parametrize("seed", range(10, 10 + SWEEP))
def test_both_engines_have_the_same_accuracies_whatever_the_seed(seed: int) -> None:
    """This holds also where the network is dead from the beginning and learns nothing."""
    check_same_training(TrainingConfig(samples=16, hidden=(4, 4), seed=seed))


@pytest.mark.long
@pytest.mark.parametrize("seed", range(10))
def test_both_engines_have_the_same_accuracies_in_the_blogs_demo(seed: int) -> None:
    """The same over the demo's 128 points and 337 parameters."""
    assert len(check_same_training(TrainingConfig(seed=seed))) > 2
