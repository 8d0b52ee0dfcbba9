"""The recording of a run: every event that made or changed a number, in order, as compact arrays.

An event takes 38 bytes, a node about 20 more. Nothing is computed again to read it: each event holds the numbers of its
moment. Of a round that did the same as an earlier one with other numbers, a long run keeps 8 bytes an event; see
``packing.py``.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from struct import Struct
from typing import Literal, NamedTuple

from micrograd_core.language.source import Span
from micrograd_core.language.values import Round

NOWHERE = -1
"""The round of an event outside of all loops and calls, and the place of one that the text does not cause."""


class Kind(IntEnum):
    """What an event does to its node."""

    LEAF = 0
    """A leaf is made; ``new`` is its data."""
    FORWARD = 1
    """A node is computed; ``new`` is its data."""
    SET_DATA = 2
    """The program sets ``.data`` from ``old`` to ``new``."""
    SET_GRAD = 3
    """The program sets ``.grad`` from ``old`` to ``new``."""
    RESET = 4
    """A backward pass sets the gradient of an inner node from ``old`` to 0 before it begins."""
    SEED = 5
    """A backward pass begins at this root, whose gradient goes from ``old`` to ``new``."""
    BACKWARD = 6
    """The node passes its gradient ``old`` on to an operand, times ``local``; ``new`` is the operand's afterwards."""
    PRINT = 7
    """A line is printed; ``node`` is its index in ``printed``."""


EVENT = Struct("<BBiiiddd")
"""Kind, operand index, node, place, round, new, old, local."""
EVENT_FIELDS = ("kind", "operand", "node", "place", "round", "new", "old", "local")


class Event(NamedTuple):
    """One event, as ``Kind`` describes it. Fields that its kind does not use are 0."""

    kind: Kind
    operand: int
    """Index of the operand that receives, in a backward event."""
    node: int
    """Number of the node, counted in order of creation."""
    place: int
    """Index into ``places``; ``NOWHERE`` for the window's events."""
    round: int
    """Index into ``rounds`` of the innermost round or call, or ``NOWHERE``."""
    new: float
    old: float
    local: float

    @property
    def contribution(self) -> float:
        """What a backward event adds: local derivative × upstream gradient."""
        return self.local * self.old


class Slot(NamedTuple):
    """A place in a template."""

    kind: Literal["data", "grad", "number"]
    """What is read there: an attribute of a node, or a plain number."""
    name: str
    """The name of a plain number; "" for a literal."""


class Template(NamedTuple):
    """The arithmetic of an update: signs and brackets, with slots for what they join.

    Signs are Python's; ``negative`` is a minus sign before one operand.
    """

    pieces: tuple[str | Slot, ...]

    @property
    def slots(self) -> tuple[Slot, ...]:
        return tuple(piece for piece in self.pieces if isinstance(piece, Slot))


class Updates(NamedTuple):
    """The arithmetic of updates as parallel arrays, in the order of their events."""

    event: array[int]
    template: array[int]
    """Index into ``templates``."""
    start: array[int]
    """Where the values of its slots begin in ``values``."""
    values: array[float]
    """For each slot the number of its node, or its plain number."""
    templates: list[Template]

    def of(self, event: int) -> tuple[Template, list[float]] | None:
        """The template of an event and the values of its slots; None for one without."""
        index = bisect_left(self.event, event)
        if index == len(self.event) or self.event[index] != event:
            return None
        template, start = self.templates[self.template[index]], self.start[index]
        return template, list(self.values[start : start + len(template.slots)])


class Rounds(NamedTuple):
    """Rounds of loops and calls of functions as parallel arrays, in the order in which they began."""

    parent: array[int]
    """The round around each one, or ``NOWHERE``."""
    loop: array[int]
    """Number of the loop's run; all rounds of one run have the same. A call has one of its own."""
    site: array[int]
    """Index into ``sites``."""
    number: array[int]
    """Index of the round in its loop, or of the call among the calls of its function, from 0."""
    begin: array[int]
    """Number of events before it."""
    end: array[int]
    """Number of events until its end; 0 while it runs."""
    sites: list[tuple[str, str, int]]
    """Kind, name and line of each loop or call, as in ``Round``."""

    @property
    def columns(self) -> tuple[array[int], ...]:
        return self.parent, self.loop, self.site, self.number, self.begin, self.end


class Model(NamedTuple):
    """A round that later ones repeat."""

    events: array[int]
    """The events that they repeat, counted from the round's begin."""
    named: array[int]
    """Nodes whose data at the round's end is kept of each repetition: those with names, and the roots of passes."""


class PackedRound(NamedTuple):
    """A round that did the same as its model with other numbers.

    Its events are left out, but for those that the rest of the run depends on: what it printed, and what it wrote last
    to the data and gradients of nodes made before it. Its nodes are left out, too, and the model's stand for them; but
    for those that later rounds refer to, such as counters.
    """

    round: int
    """Its index in ``rounds``."""
    model: int
    """Index of the round that it repeats."""
    numbers: array[float]
    """A number for each of the model's events: the local derivative of a backward event, else ``new``."""
    rule_values: array[float]
    """The values of its updates' slots, as in ``Updates.values``; those that are nodes do not count."""
    inner_numbers: array[int]
    """The numbers of the rounds and calls within it, in order."""
    named: array[float]
    """The data of the model's named nodes at its end."""
    others: array[int]
    """For each node made in it that is not left out, how many of the events that are left out came before."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Recording:
    """The events of a run, and what is known of its nodes. Nodes are numbered in order of creation."""

    events: bytes
    """Events as ``EVENT`` packs them."""
    program_events: int
    """Number of events that are the program's own; those after them are the window's."""
    starts: array[int]
    """Where each node's operands begin in ``operands``; one more entry for the end."""
    operands: array[int]
    symbols: tuple[str, ...]
    """Symbol of each node's operation; "" for a leaf."""
    exponents: Mapping[int, float]
    """The n of nodes ``x ** n``."""
    labels: tuple[str, ...]
    places: tuple[Span, ...]
    rounds: Rounds
    updates: Updates
    printed: tuple[str, ...]
    literals: Mapping[int, Span]
    """Leaves that are exactly one number of the source; see ``Program.literals``."""
    constants: frozenset[int]
    """Leaves neither typed nor drawn; see ``Program.constants``."""
    parameters: frozenset[int]
    """Weights and biases of networks."""
    minus_ones: frozenset[int]
    """The −1 of minus signs."""
    numbers: frozenset[int]
    """Computed nodes made of typed numbers alone."""
    settings: frozenset[int]
    """Nodes that were only computed to set a ``data`` or ``grad``, as the ``-lr`` in ``p.data += -lr * p.grad``."""
    packed: tuple[PackedRound, ...] = ()
    """The packed rounds, in order."""
    models: Mapping[int, Model] = field(default_factory=dict)
    """The rounds that packed ones repeat, by their index."""
    first: int = 0
    """Number of the first event; another one than 0 where these are the events of one packed round."""

    def __len__(self) -> int:
        return len(self.events) // EVENT.size

    @property
    def nodes(self) -> int:
        """Number of nodes."""
        return len(self.symbols)

    def __iter__(self) -> Iterator[Event]:
        for fields in EVENT.iter_unpack(self.events):
            yield Event(Kind(fields[0]), *fields[1:])

    def event(self, index: int) -> Event:
        fields = EVENT.unpack_from(self.events, (index - self.first) * EVENT.size)
        return Event(Kind(fields[0]), *fields[1:])

    def operands_of(self, node: int) -> tuple[int, ...]:
        return tuple(self.operands[self.starts[node] : self.starts[node + 1]])

    def path(self, index: int) -> tuple[Round, ...]:
        """The rounds and calls around an event with this ``round``, outermost first."""
        path: list[Round] = []
        while index != NOWHERE:
            kind, name, line = self.rounds.sites[self.rounds.site[index]]
            path.append(Round("loop" if kind == "loop" else "call", name, self.rounds.number[index], line))
            index = self.rounds.parent[index]
        return tuple(reversed(path))
