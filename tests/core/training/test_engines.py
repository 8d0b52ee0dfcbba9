"""Training by arrays and training by ``Value``s are the same training."""

from itertools import islice

import pytest

from micrograd_core.training.config import TrainingConfig
from micrograd_core.training.engines import Engine
from micrograd_core.training.run import Metrics, Run
from tests.seeds import seeds

STEPS = 32


def metrics(config: TrainingConfig, engine: Engine) -> list[Metrics]:
    return [step.metrics for step in islice(Run(config).train(engine=engine), STEPS + 1)]


def check_same_training(config: TrainingConfig) -> None:
    by_arrays, by_values = metrics(config, "arrays"), metrics(config, "values")
    for ours, expected in zip(by_arrays, by_values, strict=True):
        assert ours.train_accuracy == expected.train_accuracy
        assert ours.test_accuracy == expected.test_accuracy
        assert ours.loss == pytest.approx(expected.loss, rel=1e-9)
    assert len({each.train_accuracy for each in by_arrays}) > 2, "it learns something"


@pytest.mark.parametrize("seed", seeds(few=10))
def test_both_engines_have_the_same_accuracies_at_every_step(seed: int) -> None:
    """Both engines agree over 32 steps on training and test points; network and sample are small to be quick."""
    check_same_training(TrainingConfig(samples=16, hidden=(4, 4), seed=seed))


@pytest.mark.long
@pytest.mark.parametrize("seed", range(10))
def test_both_engines_have_the_same_accuracies_in_the_blogs_demo(seed: int) -> None:
    """The same over the demo's 128 points and 337 parameters."""
    check_same_training(TrainingConfig(seed=seed))
