"""The tape of a run: it writes the recording while the program runs."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence, Set

from micrograd_core.engine import BackwardEvent, GradStep, MinusOne, ResetStep, SeedStep, Value
from micrograd_core.language.recording import (
    EVENT,
    NOWHERE,
    Kind,
    Model,
    PackedRound,
    Recording,
    Rounds,
    Template,
    Updates,
)
from micrograd_core.language.source import Located, Source, Span

_KINDS = ("constants", "parameters", "numbers", "settings")


class Tape:
    """Writes a recording while a program runs.

    It is large because each kind of event is written by a method of its own.
    """

    def __init__(self, source: Source) -> None:
        self.numbers: dict[Value, int] = {}
        """Number of every node that is not forgotten, in order of creation."""
        self.round = NOWHERE
        """Serial number of the innermost round or call that the program is in. It stays when others are packed."""
        self.printed: list[str] = []
        self._source = source
        self.events = bytearray()
        self.has_gradients = False
        """True once the program itself makes a gradient, by ``backward()``, ``_backward()`` or by hand."""
        self.count = 0
        """Number of events."""
        self._program_events: int | None = None
        self._places: dict[Located, int] = {}
        self.starts = array("i", (0,))
        self.operands = array("i")
        self.symbols: list[str] = []
        self.exponents: dict[int, float] = {}
        self.rounds = Rounds(array("i"), array("i"), array("i"), array("i"), array("i"), array("i"), [])
        self.updates = Updates(array("i"), array("i"), array("i"), array("d"), [])
        self._templates: dict[Template, int] = {}
        self.packed: list[PackedRound] = []
        self.packed_events = 0
        self.models: dict[int, Model] = {}
        self.serials = array("i")
        """Serial number of each round."""
        self._next_serial = 0
        self.position = NOWHERE
        """Index of the present round in ``rounds``."""
        self._sites: dict[tuple[str, str, int], int] = {}
        self._loops = 0
        self.forgotten: dict[int, str] = {}
        """Labels of nodes that are no longer in ``numbers``."""
        self.literals: dict[int, Located] = {}
        """The numbers of the source that forgotten leaves are."""
        self.kinds: defaultdict[str, set[int]] = defaultdict(set)
        """Forgotten nodes by the kind that they are of."""
        self.minus_ones: set[int] = set()
        self._kept = NOWHERE
        """The last round that must not be forgotten."""

    @property
    def size(self) -> int:
        """What the recording takes, counted in events; a packed one takes a quarter."""
        return self.count + len(self.rounds.parent) + self.packed_events // 4

    @property
    def made_nodes(self) -> int:
        """Number of nodes made, also of those that are forgotten."""
        return len(self.symbols)

    def forget(
        self, value: Value, label: str, literal: Located | None, kinds: Mapping[str, Container[Value]]
    ) -> None:
        """Keep no node that the program cannot reach any more, but what the recording says of it."""
        number = self.numbers.pop(value)
        self.forgotten[number] = label
        if literal is not None:
            self.literals[number] = literal
        for name, values in kinds.items():
            if value in values:
                self.kinds[name].add(number)

    # Events.

    def made(self, value: Value, node: Located, round: int) -> None:  # noqa: A002 (the field's name)
        """Record a new node, with the data that it has now."""
        number = self.numbers[value] = self.made_nodes
        self.symbols.append(value.op if value.constant is None else "**n")
        if value.constant is not None:
            self.exponents[number] = value.constant
        if value.operands:
            self.operands.extend([self.numbers[operand] for operand in value.operands])
        self.starts.append(len(self.operands))
        if isinstance(value, MinusOne):
            self.minus_ones.add(number)
        kind = Kind.FORWARD if value.operands else Kind.LEAF
        self._add(kind, 0, number, node, round, value.data)

    def explain(self, template: Template, values: Sequence[Value | float]) -> None:
        """Record the arithmetic of the update that comes next."""
        updates = self.updates
        index = self._templates.get(template)
        if index is None:
            index = self._templates[template] = len(updates.templates)
            updates.templates.append(template)
        updates.event.append(self.count)
        updates.template.append(index)
        updates.start.append(len(updates.values))
        updates.values.extend(x if isinstance(x, float) else self.numbers[x] for x in values)

    def set_data(self, value: Value, old: float, node: Located) -> None:
        """Record that the program has set ``value.data``, which was ``old``."""
        self._add(Kind.SET_DATA, 0, self.numbers[value], node, self.round, value.data, old)

    def set_grad(self, value: Value, old: float, node: Located | None) -> None:
        """Record that the program has set ``value.grad``, which was ``old``."""
        self.has_gradients = self.has_gradients or value.grad != 0.0
        self._add(Kind.SET_GRAD, 0, self.numbers[value], node, self.round, value.grad, old)

    def passed(self, step: BackwardEvent, node: Located | None) -> None:
        """Record an event of a backward pass that was just executed."""
        self.has_gradients = True
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
        position = self.position if round == self.round else self._position_of(round)
        self.events += EVENT.pack(kind, index, number, place, position, new, old, local)
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
        rounds, site = self.rounds, (kind, name, line)
        place = self._sites.get(site)
        if place is None:
            place = self._sites[site] = len(rounds.sites)
            rounds.sites.append(site)
        rounds.parent.append(self.position)
        rounds.loop.append(loop)
        rounds.site.append(place)
        rounds.number.append(number)
        rounds.begin.append(self.count)
        rounds.end.append(0)
        self.round = self._next_serial
        self._next_serial += 1
        self.serials.append(self.round)
        self.position = len(self.serials) - 1

    def end_rounds(self, outer: int) -> None:
        """Leave rounds and calls until ``outer`` is the present one. Empty ones are forgotten."""
        rounds = self.rounds
        while self.round != outer:
            ended, position = self.round, self.position
            rounds.end[position] = self.count
            self.position = rounds.parent[position]
            self.round = self.serials[self.position] if self.position != NOWHERE else NOWHERE
            is_last = position == len(self.serials) - 1
            if ended > self._kept and is_last and rounds.begin[position] == self.count:
                for column in (*rounds.columns, self.serials):
                    column.pop()

    def _position_of(self, serial: int) -> int:
        """Index of a round in ``rounds``; that of the round around it if it is packed."""
        return bisect_right(self.serials, serial) - 1

    def outermost_round(self) -> str:
        """The outermost loop's target and the number of its round, or that alone in ``while``; "" outside of loops."""
        index, found = self.position, NOWHERE
        while index != NOWHERE:
            if self.rounds.sites[self.rounds.site[index]][0] == "loop":
                found = index
            index = self.rounds.parent[index]
        if found == NOWHERE:
            return ""
        name, number = self.rounds.sites[self.rounds.site[found]][1], self.rounds.number[found]
        return str(number) if name == "while" else f"{name} {number}"

    def keep_round(self) -> int:
        """Return the present round, which a later event may refer to."""
        self._kept = max(self._kept, self.round)
        return self.round

    # Packing.

    def label_of(self, node: int) -> str:
        """Label of a node that is forgotten."""
        return self.forgotten[node]

    def nodes_by_kind(self) -> Iterable[Set[int]]:
        """The forgotten nodes of each kind."""
        return (*map(self.kinds.__getitem__, _KINDS), self.minus_ones)

    def renumber(self, numbers: Mapping[int, int]) -> None:
        """Give nodes new numbers. Those that have none are left out."""
        self.numbers = {value: numbers[number] for value, number in self.numbers.items()}
        self.forgotten = {numbers[old]: label for old, label in self.forgotten.items() if old in numbers}
        self.exponents = {numbers[old]: x for old, x in self.exponents.items() if old in numbers}
        self.literals = {numbers[old]: node for old, node in self.literals.items() if old in numbers}
        self.minus_ones = {numbers[old] for old in self.minus_ones if old in numbers}
        for name, nodes in self.kinds.items():
            self.kinds[name] = {numbers[old] for old in nodes if old in numbers}

    # The result.

    def recording(self, literals: Mapping[int, Span], kinds: Mapping[str, Set[Value]]) -> Recording:
        """Return the recording so far; ``kinds`` are the nodes of constants, parameters, numbers and settings."""
        numbers = self.numbers
        of_kind = {
            name: frozenset(self.kinds[name].union(numbers[value] for value in kinds.get(name, ())))
            for name in _KINDS
        }
        labels = self.forgotten | {number: value.label for value, number in numbers.items()}
        return Recording(
            events=bytes(self.events),
            program_events=self.count if self._program_events is None else self._program_events,
            starts=self.starts,
            operands=self.operands,
            symbols=tuple(self.symbols),
            exponents=self.exponents,
            labels=tuple(labels[number] for number in range(self.made_nodes)),
            places=tuple(map(self._source.span, self._places)),
            rounds=self.rounds,
            updates=self.updates,
            printed=tuple(self.printed),
            literals=literals,
            minus_ones=frozenset(self.minus_ones),
            packed=tuple(self.packed),
            models=dict(self.models),
            constants=of_kind["constants"],
            parameters=of_kind["parameters"],
            numbers=of_kind["numbers"],
            settings=of_kind["settings"],
        )


EMPTY_RECORDING = Tape(Source("")).recording({}, {})
"""The recording of an empty program."""
