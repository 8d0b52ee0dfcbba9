"""What a typed program computes with, besides ``Value``, modules, lists, tuples, ranges, texts and plain numbers."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from micrograd_core.engine import Value
from micrograd_core.nn import MLP, Layer, Neuron

LARGEST_WHOLE = 2**53
"""Up to here every whole number is a 64-bit float; beyond, numbers are floats only."""

Plain = bool | int | float


class Number:
    """A number that was typed: a leaf to be.

    It becomes a ``Value`` (once, shared by all its uses) when it is computed with; a number that is only used
    where Python wants a plain number (a size, an index, a learning rate) never does.
    """

    __slots__ = ("label", "literal", "node", "number", "text", "used", "value")

    def __init__(
        self, number: float, node: ast.expr, text: str, literal: bool = False, label: str = ""
    ) -> None:
        self.number = number
        self.node = node
        self.text = text
        """What it is called on a card when it has no name."""
        self.literal = literal
        """Whether ``node`` is exactly this number, so that rewriting its text changes the number."""
        self.label = label
        self.value: Value | None = None
        self.used = False


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    default: str | None = None
    """As shown to people; None when the argument must be given."""


@dataclass(frozen=True, slots=True)
class Builtin:
    """A function or method of the language: a row of the tables in ``builtins.py``."""

    name: str
    parameters: tuple[Parameter, ...]
    handler: Callable[..., object]
    """Takes a ``Call``."""
    help: str
    repeats: bool = False
    """Whether the first parameter may be given any number of times (the others then only by name)."""

    @property
    def signature(self) -> str:
        shown = [p.name if p.default is None else f"{p.name}={p.default}" for p in self.parameters]
        if self.repeats:
            shown[0] = f"{self.parameters[0].name}, …"
        return f"{self.name}({', '.join(shown)})"


@dataclass(frozen=True, slots=True)
class BoundMethod:
    builtin: Builtin
    receiver: object


@dataclass(frozen=True, slots=True)
class Namespace:
    """An importable module: ``members`` are functions, or Python floats for constants."""

    name: str
    members: Mapping[str, Builtin | float]


_KINDS: tuple[tuple[type | tuple[type, ...], str, str], ...] = (
    (Value, "Value", "a Value"),
    (Number, "Value", "a number"),
    ((bool, int, float), "number", "a plain number"),
    (str, "text", "a text"),
    (list, "list", "a list"),
    (tuple, "tuple", "a tuple"),
    (range, "range", "a range"),
    (Neuron, "Neuron", "a Neuron"),
    (Layer, "Layer", "a Layer"),
    (MLP, "MLP", "an MLP"),
    ((Builtin, BoundMethod), "function", "a function"),
    (Namespace, "module", "a module"),
    (type(None), "nothing", "nothing (None)"),
)


def kind(thing: object) -> str:
    """The row of the attribute table that holds for ``thing``."""
    return next(name for types, name, _ in _KINDS if isinstance(thing, types))


def describe(thing: object, start: bool = False) -> str:
    """What ``thing`` is, to be read in a sentence, or at its start."""
    words = next(words for types, _, words in _KINDS if isinstance(thing, types))
    return words[0].upper() + words[1:] if start else words


def whole_or_float(number: float) -> int | float:
    """The number as Python would print it if it came from whole numbers, without ever being a large integer."""
    if number.is_integer() and abs(number) <= LARGEST_WHOLE:
        return int(number)
    return number


def number_text(number: float) -> str:
    """A short text for a number that has no source text of its own."""
    return f"{number:.6g}"
