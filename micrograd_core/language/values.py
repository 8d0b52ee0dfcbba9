"""What a typed program computes with, besides ``Value``, modules, lists, tuples, ranges, texts and plain numbers."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

from micrograd_core.engine import Value
from micrograd_core.language.scope import Scope
from micrograd_core.nn import MLP, Layer, Neuron

LARGEST_WHOLE = 2**53
"""Up to here every whole number is a 64-bit float; beyond, numbers are floats only."""

WHOLE_OPERATIONS = frozenset(("+", "*", "abs", "relu"))
"""What makes whole numbers of whole numbers."""

Plain = bool | int | float


class DetachedFloat(float):
    """A plain number that was read from a Value, or follows from one; see ``arithmetic.py``."""

    __slots__ = ()


class DetachedInt(int):
    """The same for a whole number."""

    __slots__ = ()


Detached = bool | DetachedFloat | DetachedInt


def detach(number: Plain) -> Detached:
    """``number`` as one that was read."""
    if isinstance(number, Detached):
        return number
    return DetachedInt(number) if isinstance(number, int) else DetachedFloat(number)


class Round(NamedTuple):
    """One time round a loop, or one call of a function of the program."""

    kind: Literal["loop", "call"]
    name: str
    """What the loop gives values to, as ``k`` in ``for k in …``, or the function."""
    number: int
    """Which round of the loop or which call of the function it is, from 0."""
    line: int
    """Of the loop, or of the call."""

    def __str__(self) -> str:
        return f"{'round' if self.kind == 'loop' else 'call'} {self.number + 1} of {self.name}"


class Number:
    """A number that was typed: a leaf to be.

    It becomes a ``Value`` (once, shared by all its uses) when it is computed with; a number that is only used
    where Python wants a plain number (a size, an index, a learning rate) never does.
    """

    __slots__ = ("label", "literal", "node", "number", "rounds", "text", "used", "value")

    def __init__(
        self,
        number: float,
        node: ast.expr,
        text: str,
        literal: bool = False,
        label: str = "",
        rounds: tuple[Round, ...] = (),
    ) -> None:
        self.number = number
        self.node = node
        self.text = text
        """What it is called on a card when it has no name."""
        self.literal = literal
        """Whether ``node`` is exactly this number, so that rewriting its text changes the number."""
        self.label = label
        self.rounds = rounds
        self.value: Value | None = None
        self.used = False

    @property
    def present(self) -> float:
        """The number as typed, or what its ``Value`` has become by assignment."""
        if self.value is None or self.value.data == self.number:
            return self.number
        return self.value.data


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    default: str | None = None
    """As shown to people; None when the argument must be given."""


class Callee(Protocol):
    """What arguments are matched with."""

    @property
    def name(self) -> str: ...
    @property
    def parameters(self) -> tuple[Parameter, ...]: ...
    @property
    def repeats(self) -> bool:
        """Whether the first parameter may be given any number of times (the others then only by name)."""

    @property
    def signature(self) -> str: ...


def _signature(callee: Callee) -> str:
    shown = [p.name if p.default is None else f"{p.name}={p.default}" for p in callee.parameters]
    if callee.repeats:
        shown[0] = f"{callee.parameters[0].name}, …"
    return f"{callee.name}({', '.join(shown)})"


@dataclass(frozen=True, slots=True)
class Builtin:
    """A function or method of the language: a row of the tables in ``builtins.py``."""

    name: str
    parameters: tuple[Parameter, ...]
    handler: Callable[..., object]
    """Takes a ``Call``."""
    help: str
    repeats: bool = False

    @property
    def signature(self) -> str:
        return _signature(self)


@dataclass(frozen=True, slots=True)
class BoundMethod:
    builtin: Builtin
    receiver: object


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """A function that the program itself defines."""

    name: str
    parameters: tuple[Parameter, ...]
    defaults: Mapping[str, object]
    body: list[ast.stmt] | ast.expr
    """The lines of a ``def``, the expression of a ``lambda``."""
    local: frozenset[str]
    scope: Scope
    """Where it was defined: what is seen there is seen in it."""
    repeats: bool = False

    @property
    def signature(self) -> str:
        return _signature(self)


@dataclass(frozen=True, slots=True)
class Namespace:
    """An importable module: ``members`` are functions, modules, or Python floats for constants."""

    name: str
    members: Mapping[str, Builtin | Namespace | float]


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
    ((Builtin, BoundMethod, Function), "function", "a function"),
    (Namespace, "module", "a module"),
    (type(None), "nothing", "None"),
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
