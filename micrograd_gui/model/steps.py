"""The steps of a run: what each changed on the cards of its section."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from micrograd_core.language import Span
from micrograd_gui.model.segments import Pass, Segment

History: TypeAlias = tuple[tuple[int, float | None], ...]
"""(position, number from there on), ascending; None where it is not known."""


@dataclass(frozen=True, slots=True)
class ForwardStep:
    """A node's data is computed from its operands'."""

    node: int
    operands: tuple[float, ...]
    """The operands' data at that moment."""
    data: float


class Operand(NamedTuple):
    """What an update reads: a node's data or gradient, or a plain number."""

    kind: Literal["data", "grad", "number"]
    name: str
    """Label of the node, or name of the number; "" for a literal."""
    number: float


@dataclass(frozen=True, slots=True)
class UpdateStep:
    """The program sets a node's data."""

    node: int
    old: float
    new: float


@dataclass(frozen=True, slots=True)
class SetGradStep:
    """The program sets a node's gradient; 0 clears it."""

    node: int
    old: float
    new: float


@dataclass(frozen=True, slots=True)
class SeedStep:
    """The start of a backward pass: ∂root/∂root = 1, and gradients of inner nodes are cleared."""

    node: int
    total: float
    """The root's gradient after the step: 1, or more for a leaf that had one already."""


@dataclass(frozen=True, slots=True)
class BackwardStep:
    """``operand.grad += local × upstream``; ``node`` is the result that passes its gradient on."""

    node: int
    """−1 for a result that is not on the graph, because no name holds it any more."""
    operand: int
    operand_index: int
    local: float
    upstream: float
    contribution: float
    total: float
    hidden: str = ""
    """Label of a result that is not on the graph."""


@dataclass(frozen=True, slots=True)
class EndStep:
    """The program's end, from where on its last graph is shown; only where another one was shown before."""


Step: TypeAlias = ForwardStep | UpdateStep | SetGradStep | SeedStep | BackwardStep | EndStep


class Cause(NamedTuple):
    """Where a step comes from."""

    event: int
    """Index of its event."""
    place: Span | None
    """The part of the text that did it; None for a step that the window added."""


class Use(NamedTuple):
    """An operand's data as a node was computed with it."""

    node: int
    operand_index: int
    operand: int
    data: float


@dataclass(frozen=True, slots=True)
class SectionSteps:
    """The steps of a section, in its cards. Position k within it is the moment when k of its steps are done."""

    steps: tuple[Step, ...]
    data: tuple[History, ...]
    """History of each card's data."""
    grads: tuple[History, ...]
    """History of each card's gradient; None before anything has written to it, and where a pass has reset it."""
    segments: tuple[Segment, ...]
    uses: tuple[Use, ...]
    """Uses of operands whose data is other at some time."""
    sets_gradients: bool
    """True if the program sets a gradient by hand to another number than 0."""

    def __len__(self) -> int:
        return len(self.steps)

    def data_at(self, card: int, position: int) -> float | None:
        """A card's data when this many of the section's steps are done."""
        return at(self.data[card], position)

    def grad_at(self, card: int, position: int) -> float | None:
        """A card's gradient when this many of the section's steps are done."""
        return at(self.grads[card], position)

    @property
    def forward_count(self) -> int:
        """Number of forward steps."""
        return sum(segment.count for segment in self.segments if segment.kind == "forward")


def pass_of(step: Step) -> Pass:
    """What a step belongs to."""
    match step:
        case ForwardStep():
            return "forward"
        case UpdateStep():
            return "update"
        case SetGradStep(new=0.0):
            return "clear"
    return "backward"


def differs(x: float | None, y: float | None) -> bool:
    """Say whether two numbers differ; nan is the same as nan, and nothing as nothing."""
    return x != y and not (x is not None and y is not None and x != x and y != y)


def at(history: History, position: int) -> float | None:
    if len(history) == 1:
        return history[0][1]
    return history[bisect_right(history, position, key=lambda entry: entry[0]) - 1][1]


def contributions_from(steps: SectionSteps, node: int) -> list[tuple[int, BackwardStep]]:
    """(position within the section, step) of every contribution that ``node`` passes on, in order."""
    return [
        (i + 1, step)
        for i, step in enumerate(steps.steps)
        if isinstance(step, BackwardStep) and step.node == node
    ]
