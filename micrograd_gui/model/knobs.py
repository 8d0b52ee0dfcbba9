"""The knobs of a training run as text fields: how each number is written, read and nudged."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from micrograd_gui.model.numbers import parse_finite
from micrograd_gui.model.training import RANGES, TrainingConfig


@dataclass(frozen=True, slots=True)
class Knob:
    """``read`` turns text into the value and raises ValueError, with a sentence, for what is none."""

    name: str
    """Of the field in ``TrainingConfig``."""
    label: str
    section: str
    read: Callable[[str], Any]
    write: Callable[[Any], str]
    help: str


def read_knob(config: TrainingConfig, knob: Knob, text: str) -> TrainingConfig:
    """``config`` with the knob set to what ``text`` says. Raises ValueError with a sentence."""
    return replace(config, **{knob.name: knob.read(text.strip())})


def nudge_knob(config: TrainingConfig, knob: Knob, steps: int) -> TrainingConfig:
    """``config`` with the knob moved by that many of its steps, within its range; one without steps stays."""
    if knob.name not in RANGES or knob.name == "hidden":
        return config
    allowed, value = RANGES[knob.name], getattr(config, knob.name)
    if knob.name == "batch_size":
        whole = config.batch_size is None or config.batch_size >= config.samples
        number = min(max((config.samples if whole else config.batch_size or 1) + steps, 1), config.samples)
        return replace(config, batch_size=None if number == config.samples else number)
    # In whole steps, so that 0.1 + 0.2 is 0.3.
    moved = round(value / allowed.step + steps) * allowed.step
    moved = min(max(moved, allowed.low), allowed.high)
    changes: dict[str, Any] = {knob.name: int(moved) if isinstance(allowed.step, int) else round(moved, 9)}
    return replace(config, **changes)


def _reads_number(name: str, label: str) -> Callable[[str], float]:
    allowed = RANGES[name]
    whole = isinstance(allowed.step, int)
    kind = "a whole number" if whole else "a number"
    sentence = f"{label} must be {kind} from {write_number(allowed.low)} to {write_number(allowed.high)}"

    def read(text: str) -> float:
        value = _number(text, sentence)
        if not allowed.low <= value <= allowed.high or (whole and value != int(value)):
            raise ValueError(f"{sentence}.")
        return int(value) if whole else value

    return read


def _number(text: str, sentence: str) -> float:
    value = parse_finite(text)
    if value is None:
        raise ValueError(f"{sentence}.")
    return value


def _read_share(text: str) -> float:
    """``25 %`` or ``25`` or ``0.25``."""
    high = round(RANGES["test_share"].high * 100)
    sentence = f"The test split must be from 0 to {high} %"
    value = _number(text.removesuffix("%"), sentence)
    share = value / 100 if text.endswith("%") or value >= 1 else value
    if not 0 <= share <= RANGES["test_share"].high:
        raise ValueError(f"{sentence}.")
    return share


def _read_hidden(text: str) -> tuple[int, ...]:
    layers, neurons = RANGES["layers"], RANGES["hidden"]
    words = text.replace(",", " ").split()
    if not all(word.isascii() and word.isdigit() for word in words):
        raise ValueError("Hidden layers are whole numbers with commas between them, such as 16, 16.")
    if len(words) > layers.high:
        raise ValueError(f"There can be at most {layers.high} hidden layers, not {len(words)}.")
    widths = tuple(int(word[:9]) for word in words)
    for width in widths:
        if not neurons.low <= width <= neurons.high:
            raise ValueError(f"A hidden layer has {neurons.low} to {neurons.high} neurons, not {width}.")
    return widths


def _read_batch(text: str) -> int | None:
    if text.lower() in ("all", ""):
        return None
    allowed = RANGES["batch_size"]
    sentence = f"The batch size must be a whole number from {allowed.low} to {allowed.high}, or “all”"
    value = _number(text, sentence)
    if value != int(value) or not allowed.low <= value <= allowed.high:
        raise ValueError(f"{sentence}.")
    return int(value)


def write_number(value: float) -> str:
    """The shortest text that reads back as the same number: ``128``, ``0.1``, ``1e-4``."""
    if value and abs(value) < 1e-3:
        return f"{Decimal(repr(value)).normalize():e}"
    return repr(int(value)) if value == int(value) else repr(value)


def _write_share(value: float) -> str:
    return f"{write_number(round(value * 100, 9))} %"


def _write_hidden(value: tuple[int, ...]) -> str:
    return ", ".join(map(str, value))


def _write_batch(value: int | None) -> str:
    return "all" if value is None else str(value)


def _number_knob(name: str, label: str, section: str) -> Knob:
    allowed = RANGES[name]
    unit = f" {allowed.unit}" if allowed.unit else ""
    help_text = f"{allowed.help} {write_number(allowed.low)} to {write_number(allowed.high)}{unit}."
    sentence_label = label[0].upper() + label[1:]
    return Knob(name, label, section, _reads_number(name, sentence_label), write_number, help_text)


KNOBS = (
    _number_knob("samples", "samples", "DATA"),
    _number_knob("noise", "noise", "DATA"),
    Knob(
        "test_share",
        "test split",
        "DATA",
        _read_share,
        _write_share,
        f"{RANGES['test_share'].help} 0 to {round(RANGES['test_share'].high * 100)} %.",
    ),
    _number_knob("seed", "seed", "DATA"),
    Knob(
        "hidden",
        "hidden layers",
        "NETWORK",
        _read_hidden,
        _write_hidden,
        f"Neurons of each hidden layer, such as 16, 16. Up to {RANGES['layers'].high} layers of "
        f"{RANGES['hidden'].low} to {RANGES['hidden'].high} neurons; empty is a linear model.",
    ),
    _number_knob("learning_rate", "learning rate", "OPTIMISATION"),
    _number_knob("decay", "decay", "OPTIMISATION"),
    _number_knob("l2", "L2 α", "OPTIMISATION"),
    Knob(
        "batch_size",
        "batch size",
        "OPTIMISATION",
        _read_batch,
        _write_batch,
        f"{RANGES['batch_size'].help} {RANGES['batch_size'].low} to {RANGES['batch_size'].high} points, or all.",
    ),
)
