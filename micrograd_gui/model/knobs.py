"""The knobs of a training run: what each is called and does, and how it is typed, nudged or chosen."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Literal, TypeAlias

from micrograd_core.nn import ACTIVATIONS
from micrograd_core.training.config import DECAY_STEPS, LAYERS, LIMITS, TrainingConfig
from micrograd_core.training.datasets import DATASETS
from micrograd_core.training.losses import LOSSES
from micrograd_core.training.optimizers import OPTIMIZERS
from micrograd_gui.model.numbers import parse_finite

Section: TypeAlias = Literal["DATA", "NETWORK", "OPTIMISATION"]


@dataclass(frozen=True, slots=True)
class TypedKnob:
    """A field of ``TrainingConfig`` that is typed, or nudged by steps."""

    name: str
    """The name of the field."""
    label: str
    section: Section
    help: str
    read: Callable[[str], Any]
    """Turns text into the value. Raises ValueError, with a sentence, for what is none."""
    write: Callable[[Any], str]
    nudge: Callable[[TrainingConfig, int], Any]
    """The value after so many steps up, within the limits."""


@dataclass(frozen=True, slots=True)
class ChoiceKnob:
    """A field of ``TrainingConfig`` that is a key of a table, whose rows have a ``title`` for people."""

    name: str
    """The name of the field."""
    label: str
    section: Section
    help: str
    table: Mapping[str, Any]


def read_knob(config: TrainingConfig, knob: TypedKnob, text: str) -> TrainingConfig:
    """``config`` with the knob set to what ``text`` says. Raises ValueError with a sentence."""
    return replace(config, **{knob.name: knob.read(text.strip())})


def nudge_knob(config: TrainingConfig, knob: TypedKnob, steps: int) -> TrainingConfig:
    """``config`` with the knob moved by that many of its steps, within its limits; one without steps stays."""
    return replace(config, **{knob.name: knob.nudge(config, steps)})


def set_choice(config: TrainingConfig, knob: ChoiceKnob, name: str) -> TrainingConfig:
    """``config`` with the row ``name`` of the knob's table chosen."""
    changes: dict[str, Any] = {knob.name: name}
    return replace(config, **changes)


def write_number(value: float) -> str:
    """The shortest text that reads back as the same number: ``128``, ``0.1``, ``1e-4``."""
    if value and abs(value) < 1e-3:
        return f"{Decimal(repr(value)).normalize():e}"
    return repr(int(value)) if value == int(value) else repr(value)


# A number


def _number_knob(
    name: str, label: str, section: Section, step: float, what: str, unit: str = ""
) -> TypedKnob:
    return TypedKnob(
        name,
        label,
        section,
        f"{what} {_range_text(name)}{unit and f' {unit}'}.",
        _number_reader(name, label[0].upper() + label[1:]),
        write_number,
        _number_nudger(name, step),
    )


def _range_text(name: str) -> str:
    limits = LIMITS[name]
    return f"{write_number(limits.low)} to {write_number(limits.high)}"


def _number_reader(name: str, label: str) -> Callable[[str], float]:
    limits = LIMITS[name]
    kind = "a whole number" if limits.whole else "a number"
    sentence = f"{label} must be {kind} from {_range_text(name)}"

    def read(text: str) -> float:
        value = _number(text, sentence)
        if not limits.low <= value <= limits.high or (limits.whole and value != int(value)):
            raise ValueError(f"{sentence}.")
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


def _number(text: str, sentence: str) -> float:
    value = parse_finite(text)
    if value is None:
        raise ValueError(f"{sentence}.")
    return value


# A share in percent

_MOST_PERCENT = round(LIMITS["test_share"].high * 100)


def _read_share(text: str) -> float:
    """``25 %`` or ``25`` or ``0.25``."""
    sentence = f"The test split must be from 0 to {_MOST_PERCENT} %"
    value = _number(text.removesuffix("%"), sentence)
    share = value / 100 if text.endswith("%") or value >= 1 else value
    if not 0 <= share <= LIMITS["test_share"].high:
        raise ValueError(f"{sentence}.")
    return share


def _write_share(value: float) -> str:
    return f"{write_number(round(value * 100, 9))} %"


# Hidden layers


def _read_hidden(text: str) -> tuple[int, ...]:
    words = text.replace(",", " ").split()
    if not all(word.isascii() and word.isdigit() for word in words):
        raise ValueError("Hidden layers are whole numbers with commas between them, such as 16, 16.")
    if len(words) > LAYERS.high:
        raise ValueError(f"There can be at most {LAYERS.high} hidden layers, not {len(words)}.")
    widths = tuple(int(word[:9]) for word in words)
    limits = LIMITS["hidden"]
    for width in widths:
        if not limits.low <= width <= limits.high:
            raise ValueError(f"A hidden layer has {_range_text('hidden')} neurons, not {width}.")
    return widths


def _write_hidden(value: tuple[int, ...]) -> str:
    return ", ".join(map(str, value))


def _keep_hidden(config: TrainingConfig, _steps: int) -> tuple[int, ...]:
    return config.hidden


# A batch size, or all points


def _read_batch(text: str) -> int | None:
    if text.lower() in ("all", ""):
        return None
    limits = LIMITS["batch_size"]
    sentence = f"The batch size must be a whole number from {_range_text('batch_size')}, or “all”"
    value = _number(text, sentence)
    if value != int(value) or not limits.low <= value <= limits.high:
        raise ValueError(f"{sentence}.")
    return int(value)


def _write_batch(value: int | None) -> str:
    return "all" if value is None else str(value)


def _nudge_batch(config: TrainingConfig, steps: int) -> int | None:
    size = config.batch_size if config.draws_batches else None
    number = min(max((size or config.samples) + steps, 1), config.samples)
    return None if number == config.samples else number


KNOBS: tuple[TypedKnob | ChoiceKnob, ...] = (
    ChoiceKnob("dataset", "shape", "DATA", "Where the points of the two classes lie", DATASETS),
    _number_knob("samples", "samples", "DATA", 1, "How many points the network is trained on.", "points"),
    _number_knob(
        "noise", "noise", "DATA", 0.01, "Standard deviation of what is added to each point's coordinates."
    ),
    TypedKnob(
        "test_share",
        "test split",
        "DATA",
        f"Share of the points that is kept from training, to test with. 0 to {_MOST_PERCENT} %.",
        _read_share,
        _write_share,
        _number_nudger("test_share", 0.05),
    ),
    _number_knob("seed", "seed", "DATA", 1, "Decides the points, the first weights and the batches."),
    TypedKnob(
        "hidden",
        "hidden layers",
        "NETWORK",
        f"Neurons of each hidden layer, such as 16, 16. Up to {LAYERS.high} layers of {_range_text('hidden')} "
        "neurons; empty is a linear model.",
        _read_hidden,
        _write_hidden,
        _keep_hidden,
    ),
    ChoiceKnob(
        "activation",
        "activation",
        "NETWORK",
        "What each hidden neuron does to its weighted sum",
        ACTIVATIONS,
    ),
    ChoiceKnob("loss", "loss", "OPTIMISATION", "What training makes small", LOSSES),
    ChoiceKnob("optimizer", "optimizer", "OPTIMISATION", "How a gradient changes the parameters", OPTIMIZERS),
    _number_knob(
        "learning_rate",
        "learning rate",
        "OPTIMISATION",
        0.1,
        "How far the first step goes against the gradient.",
    ),
    _number_knob(
        "decay",
        "decay",
        "OPTIMISATION",
        0.05,
        f"The part of the learning rate that is lost over the first {DECAY_STEPS} steps.",
    ),
    _number_knob(
        "l2", "L2 α", "OPTIMISATION", 0.0001, "Weight of the sum of the squared parameters in the loss."
    ),
    TypedKnob(
        "batch_size",
        "batch size",
        "OPTIMISATION",
        f"Points that each step's gradient is computed from. {_range_text('batch_size')} points, or all.",
        _read_batch,
        _write_batch,
        _nudge_batch,
    ),
)
"""All knobs, in the order in which the panel shows them."""
