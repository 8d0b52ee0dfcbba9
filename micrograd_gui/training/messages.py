"""What the window and the training process say to each other."""

from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

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
    """Train on from the step that is shown, until told otherwise."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Stay at the step that is shown."""


@dataclass(frozen=True, slots=True)
class TrainSteps:
    """Go ``count`` steps on and stay there."""

    count: int


@dataclass(frozen=True, slots=True)
class GoBack:
    """Go to a step that was passed already, and stay there."""

    step: int


@dataclass(frozen=True, slots=True)
class SetSpeed:
    """Train at that speed; inf means as fast as possible."""

    steps_per_second: float


@dataclass(frozen=True, slots=True)
class SetEngine:
    """Compute with that engine, from the step that is shown."""

    engine: Engine


Request: TypeAlias = Train | Pause | TrainSteps | GoBack | SetSpeed | SetEngine
"""What can be asked of a run that there is."""

ENDS_STEP = (Reset, Pause, GoBack, SetEngine)
"""Messages after which the step that is being computed is of no use."""


class Order(NamedTuple):
    """A numbered message to the child, which numbers its answers by the last order it carried out."""

    number: int
    message: Reset | Request


def is_order_of(message: object, kinds: tuple[type, ...]) -> bool:
    """Whether ``message`` is an order, and of one of these kinds."""
    return isinstance(message, Order) and isinstance(message.message, kinds)


class Seen(NamedTuple):
    """The window has taken the last report, or where processors are scarce painted it; until then there is no other."""

    scarce: bool


class ViewRate(NamedTuple):
    """Report no more often than that."""

    views_per_second: float


# The training process to the window


class Begun(NamedTuple):
    """A run has begun, and these are its points. Its reports follow."""

    number: int
    points: Points


class Report(NamedTuple):
    """What there is to show now."""

    number: int
    view: TrainingView
