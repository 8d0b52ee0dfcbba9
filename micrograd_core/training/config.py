"""The config of a training run, and the limits and choices of its fields."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Annotated, Any, get_args

from micrograd_core.nn import ACTIVATIONS
from micrograd_core.training.datasets import DATASETS
from micrograd_core.training.losses import LOSSES
from micrograd_core.training.optimizers import OPTIMIZERS

INPUTS = ("x", "y")
"""Names of the network's inputs, the coordinates of a point. Its output is one number, the score."""
DECAY_STEPS = 100
"""Number of steps over which the learning rate falls; then it stays."""
CHOICES: dict[str, Mapping[str, Any]] = {
    "dataset": DATASETS,
    "activation": ACTIVATIONS,
    "loss": LOSSES,
    "optimizer": OPTIMIZERS,
}
"""The table of each field that names a row of one."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The range of a number, both ends included."""

    low: float
    high: float
    whole: bool = False
    """True if the number must be a whole one."""

    def check(self, name: str, value: object) -> None:
        """Raise ValueError, with a sentence that begins with ``name``, if ``value`` is outside of the limits."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError(f"{name} must be a number, not {value!r}")
        if self.whole and not isinstance(value, int):
            raise ValueError(f"{name} must be a whole number, not {value!r}")
        if not self.low <= value <= self.high:
            raise ValueError(f"{name} must be between {self.low} and {self.high}, not {value!r}")


LAYERS = Limits(0, 6, whole=True)
"""Limits of the number of hidden layers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingConfig:
    """The config of a training run; the defaults are the blog's demo.

    Raises ValueError, with a sentence that names the field, for a value outside of its limits or table.
    """

    dataset: str = "moons"
    """A key of ``DATASETS``."""
    samples: Annotated[int, Limits(2, 2000, whole=True)] = 128
    """Number of training points."""
    noise: Annotated[float, Limits(0, 1)] = 0.1
    """Standard deviation of the noise in both coordinates."""
    test_share: Annotated[float, Limits(0, 0.9)] = 0.25
    """Test points as a share of all points; they are drawn in addition to ``samples``, 43 to 128 at 0.25."""
    hidden: Annotated[tuple[int, ...], Limits(1, 64, whole=True)] = (16, 16)
    """Neurons of each hidden layer; () is a linear model. The limits are those of each number."""
    activation: str = "relu"
    """The hidden layers' activation, a key of ``ACTIVATIONS``."""
    loss: str = "max-margin"
    """A key of ``LOSSES``."""
    optimizer: str = "sgd"
    """A key of ``OPTIMIZERS``."""
    learning_rate: Annotated[float, Limits(0, 10)] = 1.0
    """The learning rate of the first update."""
    decay: Annotated[float, Limits(0, 1)] = 0.9
    """Part of the learning rate that is lost over ``DECAY_STEPS``."""
    l2: Annotated[float, Limits(0, 1)] = 1e-4
    """The factor alpha of the sum of squared parameters in the loss."""
    batch_size: Annotated[int | None, Limits(1, 2000, whole=True)] = None
    """Number of points for each gradient, drawn anew for each step; None, or more than there are, means all."""
    seed: Annotated[int, Limits(0, 2**31 - 1, whole=True)] = 0
    """The seed of the points, the first parameters and the batches."""

    def __post_init__(self) -> None:
        for name, table in CHOICES.items():
            chosen = getattr(self, name)
            if chosen not in table:
                raise ValueError(f"{name} must be one of {', '.join(table)}, not {chosen!r}")
        if not isinstance(self.hidden, tuple):
            raise ValueError(f"hidden must be a tuple of whole numbers, not {self.hidden!r}")
        LAYERS.check("the number of layers in hidden", len(self.hidden))
        for width in self.hidden:
            LIMITS["hidden"].check("each number in hidden", width)
        for name, limits in LIMITS.items():
            value = getattr(self, name)
            if name != "hidden" and not (name == "batch_size" and value is None):
                limits.check(name, value)

    @property
    def widths(self) -> tuple[int, ...]:
        """The number of inputs, of each hidden layer's outputs and of scores."""
        return (len(INPUTS), *self.hidden, 1)

    @property
    def parameter_count(self) -> int:
        return sum(width * (inputs + 1) for inputs, width in pairwise(self.widths))

    @property
    def draws_batches(self) -> bool:
        """True if each gradient is that of some of the points only."""
        return self.batch_size is not None and self.batch_size < self.samples

    def rate(self, step: int) -> float:
        """Return the learning rate of update number ``step``, counted from 0.

        It is the blog's ``1.0 - 0.9 * k / 100``, held from step 100 on; the formula itself turns negative after step
        111.
        """
        return self.learning_rate * (1 - self.decay * min(step, DECAY_STEPS) / DECAY_STEPS)


LIMITS: dict[str, Limits] = {
    field.name: limits
    for field in fields(TrainingConfig)
    for limits in get_args(field.type)
    if isinstance(limits, Limits)
}
"""The limits of each field of ``TrainingConfig`` that has some, in the order of the fields."""
