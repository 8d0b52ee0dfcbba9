"""Types of objects in a typed program: typed and detached numbers, functions, modules; and their names in errors."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

from micrograd_core.engine import Value
from micrograd_core.language.scope import Scope
from micrograd_core.language.source import Located
from micrograd_core.nn import MLP, Layer, Neuron
from micrograd_core.texts import tr

LARGEST_WHOLE = 2**53
"""The limit up to which every whole number is a 64-bit float; larger numbers are only kept as floats."""

WHOLE_OPERATIONS = frozenset(("+", "*", "%", "abs", "relu"))
"""Operations whose result is whole if their operands are."""

Plain = bool | int | float


class DetachedFloat(float):
    """A plain number read from a Value, or computed from such a number; see ``arithmetic.py``."""

    __slots__ = ()


class Gradient(DetachedFloat):
    """A detached number computed from the gradient of one typed number, and else from plain numbers."""

    __slots__ = ("of",)

    of: Number
    """The typed number; of updated ones the first."""

    def __new__(cls, number: float, of: Number) -> Gradient:
        gradient = super().__new__(cls, number)
        gradient.of = of
        return gradient


class DetachedInt(int):
    """A detached whole number."""

    __slots__ = ()


Detached = bool | DetachedFloat | DetachedInt


def detach(number: Plain, *sources: object) -> Detached:
    """Return ``number``, which was computed from ``sources``, as a detached number."""
    if isinstance(number, Detached):
        return number
    gradients = [source for source in sources if isinstance(source, Gradient)]
    if gradients and all(gradient.of is gradients[0].of for gradient in gradients):
        return Gradient(number, gradients[0].of)
    return DetachedInt(number) if isinstance(number, int) else DetachedFloat(number)


class Round(NamedTuple):
    """One round of a loop, or one call of a function of the program."""

    kind: Literal["loop", "call"]
    name: str
    """The loop's target, such as ``k`` in ``for k in …``, or the function's name."""
    number: int
    """Index of the round or of the call, from 0."""
    line: int
    """Line of the loop, or of the call."""

    def __str__(self) -> str:
        if self.kind == "loop":
            return tr("round {number} of {name}", number=self.number + 1, name=self.name)
        return tr("call {number} of {name}", number=self.number + 1, name=self.name)


class Number:
    """A typed number, which can become a leaf.

    It becomes a ``Value`` (once, shared by all its uses) when it is computed with. A number that is only used as a
    plain number (a size, an index, a learning rate) never does. Moved along its own gradient it is a typed number
    again, which becomes another leaf.
    """

    __slots__ = ("first", "label", "literal", "node", "number", "round", "text", "used", "value")

    def __init__(
        self,
        number: float,
        node: Located,
        text: str,
        round: int,  # noqa: A002 (the recording's word)
        *,
        literal: bool = False,
        label: str = "",
        first: Number | None = None,
    ) -> None:
        self.number = number
        self.node = node
        self.text = text
        """Its label if it has no name."""
        self.literal = literal
        """True if ``node`` is exactly this number, so that rewriting its text changes the number."""
        self.label = label
        self.round = round
        """The round in which it was evaluated, as ``Tape.round``."""
        self.first = first
        """The typed number that was moved along its gradient to this one, perhaps in many steps."""
        self.value: Value | None = None
        self.used = False

    @property
    def present(self) -> float:
        """The number as typed, or the data that was assigned to its ``Value``."""
        if self.value is None or self.value.data == self.number:
            return self.number
        return self.value.data


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a function."""

    name: str
    default: str | None = None
    """Source text of the default value; None if the argument is required."""


class Callee(Protocol):
    """A function whose parameters arguments can be matched to."""

    @property
    def name(self) -> str: ...
    @property
    def parameters(self) -> tuple[Parameter, ...]: ...
    @property
    def repeats(self) -> bool:
        """True if the first parameter takes any number of arguments (then the others are passed by name only)."""

    @property
    def signature(self) -> str:
        """The call with its parameters, such as ``f(x, y=2)``."""


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
    """A function that takes a ``Call``."""
    help: str
    """A sentence on its result or effect."""
    repeats: bool = False

    @property
    def signature(self) -> str:
        return _signature(self)


@dataclass(frozen=True, slots=True)
class BoundMethod:
    """A method with the object before its point."""

    builtin: Builtin
    receiver: object


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """A function defined by the program."""

    name: str
    parameters: tuple[Parameter, ...]
    defaults: Mapping[str, object]
    body: list[ast.stmt] | ast.expr
    """The statements of a ``def``, or the expression of a ``lambda``."""
    local: frozenset[str]
    """Its local names."""
    scope: Scope
    """The scope of its definition, whose names it sees."""
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
    (Value, "Value", tr("a Value")),
    (Number, "Value", tr("a number")),
    ((bool, int, float), "number", tr("a plain number")),
    (str, "text", tr("a text")),
    (list, "list", tr("a list")),
    (tuple, "tuple", tr("a tuple")),
    (range, "range", tr("a range")),
    (Neuron, "Neuron", tr("a Neuron")),
    (Layer, "Layer", tr("a Layer")),
    (MLP, "MLP", tr("an MLP")),
    ((Builtin, BoundMethod, Function), "function", tr("a function")),
    (Namespace, "module", tr("a module")),
    (type(None), "nothing", "None"),
)
"""Types, with their key in the attribute table and a noun phrase for errors."""


def kind(thing: object) -> str:
    """Return the key of ``thing`` in the attribute table."""
    return next(name for types, name, _ in _KINDS if isinstance(thing, types))


def describe(thing: object, start: bool = False) -> str:
    """Return a noun phrase for ``thing``, such as "a list"; capitalized for the start of a sentence."""
    words = next(words for types, _, words in _KINDS if isinstance(thing, types))
    return words[0].upper() + words[1:] if start else words


def whole_or_float(number: float) -> int | float:
    """Return an int if the number is whole and within ``LARGEST_WHOLE``, else the float."""
    if number.is_integer() and abs(number) <= LARGEST_WHOLE:
        return int(number)
    return number


def number_text(number: float) -> str:
    """Return a short label for a number that has no source text of its own."""
    return f"{number:.6g}"
