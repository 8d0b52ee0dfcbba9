"""Views of real, short runs for the tests of the training panels."""

from functools import lru_cache

from micrograd_gui.model.training import TrainingConfig, TrainingView
from micrograd_gui.training.trainer import Step, Trainer

SMALL = TrainingConfig(samples=40, hidden=(4, 3), seed=1)


@lru_cache(maxsize=8)
def view_after(steps: int, config: TrainingConfig = SMALL) -> TrainingView:
    """The first view of a run after that many steps; it has the dataset."""
    trainer = Trainer(config)
    if steps:
        trainer.handle(Step(steps))
    while trainer.wait() is not None:
        trainer.advance()
    return trainer.view()
