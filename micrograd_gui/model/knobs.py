"""The knobs of a training run: their names and help, and the ways to type, nudge or choose their values."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Literal, TypeAlias

from micrograd_core.nn import ACTIVATIONS
from micrograd_core.texts import tr
from micrograd_core.training.config import DECAY_STEPS, LAYERS, LIMITS, TrainingConfig
from micrograd_core.training.datasets import DATASETS
from micrograd_core.training.losses import LOSSES
from micrograd_core.training.optimizers import OPTIMIZERS
from micrograd_gui.model.numbers import parse_finite

Section: TypeAlias = Literal["data", "network", "optimisation"]
SECTIONS: dict[Section, str] = {
    "data": tr("DATA"),
    "network": tr("NETWORK"),
    "optimisation": tr("OPTIMISATION"),
}
"""The heading of each section, in the order in which the panel shows them."""
ALL_POINTS = tr("all")
"""The text of a batch size that is the number of points."""


@dataclass(frozen=True, slots=True)
class TypedKnob:
    """A field of ``TrainingConfig`` that people type, or nudge by steps."""

    name: str
    """The name of the field."""
    label: str
    section: Section
    help: str
    read: Callable[[str], Any]
    """Returns the value of a text. Raises ValueError, with a sentence for the user, if it has none."""
    write: Callable[[Any], str]
    """Returns the text of a value."""
    nudge: Callable[[TrainingConfig, int], Any]
    """Returns the value after a number of steps up, negative for down, within the limits."""


@dataclass(frozen=True, slots=True)
class ChoiceKnob:
    """A field of ``TrainingConfig`` that is a key of a table whose rows have a ``title``."""

    name: str
    """The name of the field."""
    label: str
    section: Section
    help: str
    table: Mapping[str, Any]


def read_knob(config: TrainingConfig, knob: TypedKnob, text: str) -> TrainingConfig:
    """Return ``config`` with the knob set to the value of ``text``.

    Raises ValueError, with a sentence for the user, if the text has no value within the limits.
    """
    return replace(config, **{knob.name: knob.read(text.strip())})


def nudge_knob(config: TrainingConfig, knob: TypedKnob, steps: int) -> TrainingConfig:
    """Return ``config`` with the knob moved by a number of its steps, within its limits; one without steps stays."""
    return replace(config, **{knob.name: knob.nudge(config, steps)})


def set_choice(config: TrainingConfig, knob: ChoiceKnob, name: str) -> TrainingConfig:
    """Return ``config`` with the row ``name`` of the knob's table chosen."""
    changes: dict[str, Any] = {knob.name: name}
    return replace(config, **changes)


def write_number(value: float) -> str:
    """Return the shortest text that reads back as the same number: ``128``, ``0.1``, ``1e-4``."""
    if value and abs(value) < 1e-3:
        return f"{Decimal(repr(value)).normalize():e}"
    return repr(int(value)) if value == int(value) else repr(value)


# A number


def _number_knob(name: str, label: str, section: Section, step: float, meaning: str) -> TypedKnob:
    from_to = tr("From {low} to {high}.", **_ends(name))
    return TypedKnob(
        name,
        label,
        section,
        f"{meaning} {from_to}",
        _number_reader(name),
        write_number,
        _number_nudger(name, step),
    )


def _ends(name: str) -> dict[str, str]:
    """The limits of a field as the fields of a sentence."""
    limits = LIMITS[name]
    return {"low": write_number(limits.low), "high": write_number(limits.high)}


def _number_reader(name: str) -> Callable[[str], float]:
    limits = LIMITS[name]
    if limits.whole:
        remedy = tr("Enter a whole number from {low} to {high}.", **_ends(name))
    else:
        remedy = tr("Enter a number from {low} to {high}.", **_ends(name))

    def read(text: str) -> float:
        value = _number(text, remedy)
        if not limits.low <= value <= limits.high or (limits.whole and value != int(value)):
            raise ValueError(remedy)
        return int(value) if limits.whole else value

    return read


def _number_nudger(name: str, step: float) -> Callable[[TrainingConfig, int], float]:
    limits = LIMITS[name]

    def nudge(config: TrainingConfig, steps: int) -> float:
        # In whole steps, so that 0.1 + 0.2 is 0.3.
        moved = round(getattr(config, name) / step + steps) * step
        moved = min(max(moved, limits.low), limits.high)
        return int(moved) if limits.whole else round(moved, 9)

    return nudge


def _number(text: str, remedy: str) -> float:
    value = parse_finite(text)
    if value is None:
        raise ValueError(remedy)
    return value


# A share in percent

_MOST_PERCENT = round(LIMITS["test_share"].high * 100)


def _read_share(text: str) -> float:
    """Return the share of ``25 %``, ``25`` or ``0.25``."""
    remedy = tr("Enter a share from 0 to {high} %.", high=_MOST_PERCENT)
    value = _number(text.removesuffix("%"), remedy)
    share = value / 100 if text.endswith("%") or value >= 1 else value
    if not 0 <= share <= LIMITS["test_share"].high:
        raise ValueError(remedy)
    return share


def _write_share(value: float) -> str:
    return f"{write_number(round(value * 100, 9))} %"


# Hidden layers


def _read_hidden(text: str) -> tuple[int, ...]:
    words = text.replace(",", " ").split()
    if not all(word.isascii() and word.isdigit() for word in words):
        raise ValueError(tr("Enter whole numbers with commas between them, such as 16, 16."))
    if len(words) > LAYERS.high:
        raise ValueError(
            tr("Enter at most {most} hidden layers, not {layers}.", most=LAYERS.high, layers=len(words))
        )
    widths = tuple(int(word[:9]) for word in words)
    limits = LIMITS["hidden"]
    for width in widths:
        if not limits.low <= width <= limits.high:
            raise ValueError(
                tr("A hidden layer has {low} to {high} neurons, not {width}.", width=width, **_ends("hidden"))
            )
    return widths


def _write_hidden(value: tuple[int, ...]) -> str:
    return ", ".join(map(str, value))


def _keep_hidden(config: TrainingConfig, _steps: int) -> tuple[int, ...]:
    return config.hidden


# A batch size, or all points


def _read_batch(text: str) -> int | None:
    if text.lower() in (ALL_POINTS.lower(), ""):
        return None
    limits = LIMITS["batch_size"]
    remedy = tr(
        "Enter a whole number from {low} to {high}, or “{all}”.", all=ALL_POINTS, **_ends("batch_size")
    )
    value = _number(text, remedy)
    if value != int(value) or not limits.low <= value <= limits.high:
        raise ValueError(remedy)
    return int(value)


def _write_batch(value: int | None) -> str:
    return ALL_POINTS if value is None else str(value)


def _nudge_batch(config: TrainingConfig, steps: int) -> int | None:
    size = config.batch_size if config.draws_batches else None
    number = min(max((size or config.samples) + steps, 1), config.samples)
    return None if number == config.samples else number


KNOBS: tuple[TypedKnob | ChoiceKnob, ...] = (
    ChoiceKnob("dataset", tr("shape"), "data", tr("Shape of the two classes of points"), DATASETS),
    _number_knob("samples", tr("samples"), "data", 1, tr("Number of training points.")),
    _number_knob(
        "noise",
        tr("noise"),
        "data",
        0.01,
        tr("Standard deviation of the noise in both coordinates of each point."),
    ),
    TypedKnob(
        "test_share",
        tr("test split"),
        "data",
        tr("Test points as a share of all points, from 0 to {high} %.", high=_MOST_PERCENT),
        _read_share,
        _write_share,
        _number_nudger("test_share", 0.05),
    ),
    _number_knob(
        "seed", tr("seed"), "data", 1, tr("Seed of the points, the initial weights and the batches.")
    ),
    TypedKnob(
        "hidden",
        tr("hidden layers"),
        "network",
        tr(
            "Number of neurons in each hidden layer, such as 16, 16; empty for a linear model. "
            "Up to {layers} layers of {low} to {high} neurons.",
            layers=LAYERS.high,
            **_ends("hidden"),
        ),
        _read_hidden,
        _write_hidden,
        _keep_hidden,
    ),
    ChoiceKnob(
        "activation",
        tr("activation"),
        "network",
        tr("Function that each hidden neuron applies to its weighted sum"),
        ACTIVATIONS,
    ),
    ChoiceKnob("loss", tr("loss"), "optimisation", tr("Quantity that training minimizes"), LOSSES),
    ChoiceKnob(
        "optimizer",
        tr("optimizer"),
        "optimisation",
        tr("Rule that changes the parameters by their gradient"),
        OPTIMIZERS,
    ),
    _number_knob(
        "learning_rate", tr("learning rate"), "optimisation", 0.1, tr("Learning rate of the first step.")
    ),
    _number_knob(
        "decay",
        tr("decay"),
        "optimisation",
        0.05,
        tr("Part of the learning rate that is lost over the first {steps} steps.", steps=DECAY_STEPS),
    ),
    _number_knob(
        "l2",
        tr("L2 α"),
        "optimisation",
        0.0001,
        tr("Factor of the sum of the squared parameters in the loss."),
    ),
    TypedKnob(
        "batch_size",
        tr("batch size"),
        "optimisation",
        tr(
            "Number of points for the gradient of each step, from {low} to {high}, or all of them.",
            **_ends("batch_size"),
        ),
        _read_batch,
        _write_batch,
        _nudge_batch,
    ),
)
"""The knobs, in the order in which the panel shows them."""
