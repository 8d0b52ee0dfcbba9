"""Views of real, short runs for the tests of the training panels."""

from functools import lru_cache

from micrograd_core.training.config import TrainingConfig
from micrograd_core.training.points import Points, make_points
from micrograd_gui.model.training_view import TrainingView
from micrograd_gui.training.messages import TrainSteps
from micrograd_gui.training.trainer import Trainer

SMALL = TrainingConfig(samples=40, hidden=(4, 3), seed=1)


@lru_cache(maxsize=8)
def view_after(steps: int, config: TrainingConfig = SMALL) -> TrainingView:
    """A view of a run after that many steps."""
    trainer = Trainer(config)
    if steps:
        trainer.handle(TrainSteps(steps))
    while trainer.wait() is not None:
        trainer.advance()
    return trainer.view()


@lru_cache(maxsize=8)
def points_of(config: TrainingConfig = SMALL) -> Points:
    return make_points(config)
