"""The messages between the window and the training process."""

from dataclasses import dataclass
from typing import TypeAlias

from micrograd_core.training.config import TrainingConfig
from micrograd_core.training.engines import Engine
from micrograd_core.training.points import Points
from micrograd_gui.model.training_view import TrainingView

# The window to the training process


@dataclass(frozen=True, slots=True)
class Reset:
    """Begin a run of ``config`` at step 0."""

    config: TrainingConfig
    engine: Engine
    steps_per_second: float


@dataclass(frozen=True, slots=True)
class Train:
    """Train on from the step that is shown, without end."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Stay at the step that is shown."""


@dataclass(frozen=True, slots=True)
class TrainSteps:
    """Train ``count`` steps, and stay there."""

    count: int


@dataclass(frozen=True, slots=True)
class GoBack:
    """Go back to a past step, and stay there."""

    step: int


@dataclass(frozen=True, slots=True)
class SetSpeed:
    """Set the speed of training; inf means as fast as possible."""

    steps_per_second: float


@dataclass(frozen=True, slots=True)
class SetEngine:
    """Set the engine of the steps after the one that is shown."""

    engine: Engine


Request: TypeAlias = Train | Pause | TrainSteps | GoBack | SetSpeed | SetEngine
"""A request to the present run."""

ENDS_STEP = (Reset, Pause, GoBack, SetEngine)
"""Messages that make the step in computation useless."""


@dataclass(frozen=True, slots=True)
class Order:
    """A numbered message to the child, whose answers carry the number of its last order."""

    number: int
    message: Reset | Request


def is_order_of(message: object, kinds: tuple[type, ...]) -> bool:
    """Return True if ``message`` is an order of one of these kinds."""
    return isinstance(message, Order) and isinstance(message.message, kinds)


@dataclass(frozen=True, slots=True)
class Seen:
    """Acknowledgement of the last report; the child sends the next one only after it.

    The window sends it on receipt, or where processors are ``scarce`` after painting.
    """

    scarce: bool


@dataclass(frozen=True, slots=True)
class ViewRate:
    """Set the upper limit of reports per second."""

    views_per_second: float


# The training process to the window


@dataclass(frozen=True, slots=True)
class Begun:
    """The points of a run that has begun; its reports follow."""

    number: int
    points: Points


@dataclass(frozen=True, slots=True)
class Report:
    """The newest view."""

    number: int
    view: TrainingView
