"""The recording of a run: every event that made or changed a number, in order, as compact arrays.

An event takes 38 bytes, a node about 20 more. Nothing is computed again to read it: each event holds the numbers of its
moment.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from enum import IntEnum
from struct import Struct
from typing import Literal, NamedTuple

from micrograd_core.engine import BackwardEvent, GradStep, MinusOne, ResetStep, SeedStep, Value
from micrograd_core.language.source import Located, Source, Span
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

    def __len__(self) -> int:
        return len(self.events) // EVENT.size

    @property
    def nodes(self) -> int:
        """Number of nodes."""
        return len(self.symbols)

    def __iter__(self) -> Iterator[Event]:
        for fields in EVENT.iter_unpack(self.events):
            yield Event(Kind(fields[0]), *fields[1:])

    @property
    def kinds(self) -> bytes:
        """The kind of each event."""
        return self.events[:: EVENT.size]

    def event(self, index: int) -> Event:
        fields = EVENT.unpack_from(self.events, index * EVENT.size)
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


class Tape:
    """Writes a recording while a program runs."""

    def __init__(self, source: Source) -> None:
        self.numbers: dict[Value, int] = {}
        """Number of every node that is not forgotten, in order of creation."""
        self.round = NOWHERE
        """The innermost round or call that the program is in."""
        self.printed: list[str] = []
        self._source = source
        self._events = bytearray()
        self.count = 0
        """Number of events."""
        self._program_events: int | None = None
        self._places: dict[Located, int] = {}
        self._starts = array("i", (0,))
        self._operands = array("i")
        self._symbols: list[str] = []
        self._exponents: dict[int, float] = {}
        self._rounds = Rounds(array("i"), array("i"), array("i"), array("i"), array("i"), array("i"), [])
        self._updates = Updates(array("i"), array("i"), array("i"), array("d"), [])
        self._templates: dict[Template, int] = {}
        self._sites: dict[tuple[str, str, int], int] = {}
        self._loops = 0
        self._forgotten: dict[int, str] = {}
        """Labels of nodes that are no longer in ``numbers``."""
        self._constants: set[int] = set()
        self._minus_ones: set[int] = set()
        self._kept = NOWHERE
        """The last round that must not be forgotten."""

    @property
    def made_nodes(self) -> int:
        """Number of nodes made, also of those that are forgotten."""
        return len(self._symbols)

    def forget(self, value: Value, label: str, *, is_constant: bool) -> None:
        """Keep no node that the program cannot reach any more, but what the recording says of it."""
        number = self.numbers.pop(value)
        self._forgotten[number] = label
        if is_constant:
            self._constants.add(number)

    # Events.

    def made(self, value: Value, node: Located, round: int) -> None:  # noqa: A002 (the field's name)
        """Record a new node, with the data that it has now."""
        number = self.numbers[value] = self.made_nodes
        self._symbols.append(value.op if value.constant is None else "**n")
        if value.constant is not None:
            self._exponents[number] = value.constant
        if value.operands:
            self._operands.extend([self.numbers[operand] for operand in value.operands])
        self._starts.append(len(self._operands))
        if isinstance(value, MinusOne):
            self._minus_ones.add(number)
        kind = Kind.FORWARD if value.operands else Kind.LEAF
        self._add(kind, 0, number, node, round, value.data)

    def explain(self, template: Template, values: list[float]) -> None:
        """Record the arithmetic of the update that comes next."""
        updates = self._updates
        index = self._templates.get(template)
        if index is None:
            index = self._templates[template] = len(updates.templates)
            updates.templates.append(template)
        updates.event.append(self.count)
        updates.template.append(index)
        updates.start.append(len(updates.values))
        updates.values.extend(values)

    def set_data(self, value: Value, old: float, node: Located) -> None:
        """Record that the program has set ``value.data``, which was ``old``."""
        self._add(Kind.SET_DATA, 0, self.numbers[value], node, self.round, value.data, old)

    def set_grad(self, value: Value, old: float, node: Located | None) -> None:
        """Record that the program has set ``value.grad``, which was ``old``."""
        self._add(Kind.SET_GRAD, 0, self.numbers[value], node, self.round, value.grad, old)

    def passed(self, step: BackwardEvent, node: Located | None) -> None:
        """Record an event of a backward pass that was just executed."""
        match step:
            case GradStep():
                number = self.numbers[step.node]
                self._add(
                    Kind.BACKWARD, step.operand_index, number, node, self.round,
                    step.total, step.upstream, step.local,
                )  # fmt: skip
            case ResetStep():
                self._add(Kind.RESET, 0, self.numbers[step.node], node, self.round, 0.0, step.old)
            case SeedStep():
                self._add(Kind.SEED, 0, self.numbers[step.node], node, self.round, step.total, step.old)

    def print(self, text: str, node: Located) -> None:
        """Record a printed line."""
        self._add(Kind.PRINT, 0, len(self.printed), node, self.round)
        self.printed.append(text)

    def _add(
        self,
        kind: Kind,
        index: int,
        number: int,
        node: Located | None,
        round: int,  # noqa: A002 (the field's name)
        new: float = 0.0,
        old: float = 0.0,
        local: float = 0.0,
    ) -> None:
        place = NOWHERE if node is None else self._places.setdefault(node, len(self._places))
        self._events += EVENT.pack(kind, index, number, place, round, new, old, local)
        self.count += 1

    def end_program(self) -> None:
        """Mark the end of the program: events from here on are the window's."""
        self._program_events = self.count

    # Rounds and calls.

    def new_loop(self) -> int:
        """Return the number of a run of a loop that begins now."""
        self._loops += 1
        return self._loops - 1

    def begin_round(self, loop: int, kind: str, name: str, number: int, line: int) -> None:
        """Enter a round of a loop or a call, within the present one."""
        rounds, site = self._rounds, (kind, name, line)
        place = self._sites.get(site)
        if place is None:
            place = self._sites[site] = len(rounds.sites)
            rounds.sites.append(site)
        rounds.parent.append(self.round)
        rounds.loop.append(loop)
        rounds.site.append(place)
        rounds.number.append(number)
        rounds.begin.append(self.count)
        rounds.end.append(0)
        self.round = len(rounds.parent) - 1

    def end_rounds(self, outer: int) -> None:
        """Leave rounds and calls until ``outer`` is the present one. Empty ones are forgotten."""
        rounds = self._rounds
        while self.round != outer:
            present = self.round
            self.round = rounds.parent[present]
            rounds.end[present] = self.count
            if (
                present > self._kept
                and present == len(rounds.parent) - 1
                and rounds.begin[present] == self.count
            ):
                for column in rounds.columns:
                    column.pop()

    def outermost_round(self) -> str:
        """The outermost loop's target and the number of its round, or that alone in ``while``; "" outside of loops."""
        index, found = self.round, NOWHERE
        while index != NOWHERE:
            if self._rounds.sites[self._rounds.site[index]][0] == "loop":
                found = index
            index = self._rounds.parent[index]
        if found == NOWHERE:
            return ""
        name, number = self._rounds.sites[self._rounds.site[found]][1], self._rounds.number[found]
        return str(number) if name == "while" else f"{name} {number}"

    def keep_round(self) -> int:
        """Return the present round, which a later event may refer to."""
        self._kept = max(self._kept, self.round)
        return self.round

    # The result.

    def recording(
        self, literals: Mapping[Value, Span], constants: Set[Value], parameters: Set[Value]
    ) -> Recording:
        """Return the recording so far."""
        numbers = self.numbers
        labels = self._forgotten | {number: value.label for value, number in numbers.items()}
        return Recording(
            events=bytes(self._events),
            program_events=self.count if self._program_events is None else self._program_events,
            starts=self._starts,
            operands=self._operands,
            symbols=tuple(self._symbols),
            exponents=self._exponents,
            labels=tuple(labels[number] for number in range(self.made_nodes)),
            places=tuple(map(self._source.span, self._places)),
            rounds=self._rounds,
            updates=self._updates,
            printed=tuple(self.printed),
            literals={numbers[value]: span for value, span in literals.items()},
            constants=frozenset(self._constants.union(numbers[value] for value in constants)),
            parameters=frozenset(numbers[value] for value in parameters),
            minus_ones=frozenset(self._minus_ones),
        )


EMPTY_RECORDING = Tape(Source("")).recording({}, frozenset(), frozenset())
"""The recording of an empty program."""
