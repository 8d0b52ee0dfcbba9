"""The record of a run: the graph so far with its labels, prints and warnings, and the resources used.

The file is large because the one class in it enters each kind of thing that a program can make.
"""

from __future__ import annotations

import ast
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any, NamedTuple

from micrograd_core.engine import Value
from micrograd_core.errors import LanguageError, TimeLimitError
from micrograd_core.language.limits import Limits, Stopwatch
from micrograd_core.language.packing import pack
from micrograd_core.language.source import Located, Source, shorten
from micrograd_core.language.tape import Tape
from micrograd_core.language.unreachable import forget_unreachable
from micrograd_core.language.values import (
    LARGEST_WHOLE,
    WHOLE_OPERATIONS,
    Number,
    Plain,
    describe,
    number_text,
    whole_or_float,
)
from micrograd_core.nn import Module, Neuron
from micrograd_core.texts import tr

_TICKS_PER_LOOK = 64
"""Steps between two looks at the clock, each of which is a system call."""
_MANY_NODES = 1000
"""Number of nodes that takes long enough to look at the clock first."""
_LONGEST_SENTENCE = 200
_SHARE_BETWEEN_LOOKS = 20
"""Unreachable nodes are looked for again after this part of the limit has been made anew."""


class Printed(NamedTuple):
    """The text of one ``print``, or of a line's value, with the line of the program that it came from."""

    text: str
    line: int


class ProgramWarning(NamedTuple):
    """A sentence on an expression whose value or gradient may surprise."""

    message: str
    line: int
    column: int


class Weight(NamedTuple):
    """The role of a parameter in its network."""

    neuron: Neuron
    input: int | None
    """Index of the input it weighs; None for the bias."""


class Recorder:
    """The record of a run, from which ``Program`` is made at the end.

    It is large because each kind of thing that a program can make is entered by a method of its own.
    """

    def __init__(
        self, source: Source, limits: Limits, leaf_data: Mapping[int, float], stopwatch: Stopwatch
    ) -> None:
        self.source = source
        self.limits = limits
        self.stopwatch = stopwatch
        self.leaves: dict[Value, int] = {}
        """Every leaf with its index among all leaves that were made."""
        self.origins: dict[Value, Located] = {}
        """Every node, in order of creation, with the expression or statement that made it."""
        self.tape = Tape(source)
        self.labels: dict[Value, str] = {}
        """Labels of nodes that the program does not name and whose source text is no good label."""
        self.from_numbers: set[Value] = set()
        """Nodes made of typed numbers alone; they may be used as plain numbers, which they are in Python."""
        self.whole_numbers: set[Value] = set()
        """The nodes of ``from_numbers`` that are whole numbers in Python, and are printed as such."""
        self.constants: set[Value] = set()
        """Leaves that hold plain numbers, or that an operator adds."""
        self.literals: dict[Value, Located] = {}
        """Leaves that are exactly one number of the source."""
        self.literal_counts: Counter[Located] = Counter()
        """How many leaves each number of the source has become."""
        self.settings: set[Value] = set()
        """Nodes made of typed numbers alone and assigned to a ``data`` or ``grad``; not part of the graph."""
        self.left: dict[Located, tuple[object, ...]] = {}
        """By expression, what was last made a plain number there, perhaps although a gradient flows through it."""
        self.weights: dict[Value, Weight] = {}
        self.module_names: dict[Module, str] = {}
        self.printed: list[Printed] = []
        self.stated: Printed | None = None
        self.warnings: dict[str, ProgramWarning] = {}
        self._leaf_data = leaf_data
        self._leaves_made = 0
        self._looked_at = 0
        """Number of nodes that were left when the unreachable ones were forgotten last."""
        self._full_at = min(limits.unpacked, limits.events)
        """Size of the recording at which rounds are packed next."""
        self._is_ended = False
        self.here: Located | None = None
        """The syntax tree node of the last step."""
        self._ticks = 0
        self._items_left = limits.items
        self._output_left = limits.output

    def error(self, node: Located, message: str, hint: str = "") -> LanguageError:
        """Make an error at the node; a block is marked at its first line, an attribute at its name."""
        span = self.source.span(node)
        if isinstance(node, ast.stmt) and span.end_line > span.line:
            span = span._replace(end_line=span.line, end_column=len(self.source.lines[span.line - 1]) + 1)
        elif isinstance(node, ast.Attribute) and not self.source.in_text(node):
            span = span._replace(line=span.end_line, column=span.end_column - len(node.attr))
        return LanguageError(shorten(message, _LONGEST_SENTENCE), shorten(hint, _LONGEST_SENTENCE), *span)

    # Resources.

    def tick(self, node: Located) -> None:
        """Count a step of the program and check the time now and then."""
        self.here = node
        self._ticks += 1
        if self._ticks % _TICKS_PER_LOOK == 0:
            self.check_time(node)

    def check_time(self, node: Located) -> None:
        """Raise LanguageError if the time is used up; for calls within long steps."""
        if self.tape.size > self._full_at and not self._is_ended:
            self._pack()
            if self.tape.size > self.limits.events:
                raise self.error(
                    node,
                    tr("This run has more than {limit:,} events.", limit=self.limits.events),
                    tr("Repeat its loops less often."),
                )
        if self.stopwatch.look(self.tape.outermost_round) > self.limits.seconds:
            error = self.error(
                node,
                tr("The program was still running here after {seconds:g} s.", seconds=self.limits.seconds),
                tr("Repeat its loops less often."),
            )
            raise TimeLimitError(*error.args)

    def require_nodes(self, count: int, node: Located) -> None:
        """Raise LanguageError if ``count`` more nodes are too many; those that no name reaches do not count."""
        if len(self.origins) + count <= self.limits.nodes:
            return
        if len(self.tape.numbers) - self._looked_at >= self.limits.nodes // _SHARE_BETWEEN_LOOKS:
            self._forget_unreachable()
        if len(self.origins) + count > self.limits.nodes:
            raise self.error(
                node,
                tr("This makes more than {limit:,} Values.", limit=self.limits.nodes),
                tr("Use a smaller network or fewer repetitions."),
            )

    @property
    def kinds(self) -> dict[str, Set[Value]]:
        """The nodes of each kind that the recording knows."""
        return {
            "constants": self.constants,
            "parameters": self.weights.keys(),
            "numbers": self.from_numbers,
            "settings": self.settings,
        }

    def is_single(self, literal: Located) -> bool:
        """Say whether a number of the source, not of a text in it, has become one leaf alone."""
        return self.literal_counts[literal] == 1 and not self.source.in_text(literal)

    def label_of(self, value: Value) -> str:
        """The label of a node: its name, its place in a network, or its source text."""
        return value.label or self.labels.get(value) or self.source.text(self.origins[value])

    def end(self) -> None:
        """End the program: a long recording is packed for the last time."""
        if self.tape.size > self.limits.unpacked // 2:
            self._pack()
        self._is_ended = True

    def _pack(self) -> None:
        self._forget_unreachable()
        pack(self.tape)
        self._full_at = min(self.tape.size + self.limits.unpacked, self.limits.events)

    def _forget_unreachable(self) -> None:
        """Forget nodes to which nothing leads from the program's names. Their events stay in the recording."""
        holders: list[dict[Value, Any] | set[Value]] = [
            self.labels, self.from_numbers, self.whole_numbers, self.constants, self.settings,
            self.weights, self.leaves, self.literals, self.tape.numbers, self.origins,
        ]  # fmt: skip

        def forget(value: Value) -> None:
            self.tape.forget(value, self.label_of(value), self.literals.get(value), self.kinds)
            for holder in holders:
                if isinstance(holder, set):
                    holder.discard(value)
                else:
                    holder.pop(value, None)

        forget_unreachable(self.origins, holders, forget)
        self._looked_at = len(self.tape.numbers)

    def spend_items(self, count: int, node: Located) -> None:
        """Count new elements and characters. Raises LanguageError if they are too many."""
        self._items_left -= count
        if self._items_left < 0:
            raise self.error(
                node,
                tr("Lists and texts have more than {limit:,} elements in total.", limit=self.limits.items),
                tr("Make them shorter."),
            )

    def print(self, text: str, node: Located) -> None:
        """Record a printed line. Raises LanguageError if the output is too long."""
        self._output_left -= len(text) + 1
        if self._output_left < 0:
            raise self.error(
                node,
                tr("More than {limit:,} characters are printed.", limit=self.limits.output),
                tr("Print less, or less often."),
            )
        self.printed.append(Printed(text, self.source.span(node).line))
        self.tape.print(text, node)

    # Nodes.

    def leaf(
        self, data: float, node: Located, *, label: str = "", text: str = "", literal: Number | None = None
    ) -> Value:
        """Make a leaf; ``text`` is its label until it has a name, ``literal`` the typed number it holds."""
        self.require_nodes(1, node)
        value = Value(data, label=label)
        self._enter(value, node)
        self.tape.made(value, node, self.tape.round if literal is None else literal.round)
        if text:
            self.labels[value] = text
        if literal is not None and literal.literal:
            self.literals[value] = literal.node
            self.literal_counts[literal.node] += 1
        return value

    def adopt(self, results: Sequence[Value], node: Located) -> list[Value]:
        """Enter the nodes that an operation or a network just made, and return them, operands first."""
        made = self._unknown(results)
        if len(made) > _MANY_NODES:
            self.check_time(node)
        outcome = set(results)
        # A new network's parameters are results; any other new leaf is a constant that an operator added.
        for value in made:
            if not value.operands and value not in outcome:
                self.constants.add(value)
                self._note_number(value, value.data.is_integer())
        changed: set[Value] = set()
        for value in made:
            self.tick(node)
            if self._enter(value, node) or any(operand in changed for operand in value.operands):
                changed.add(value)
                _compute(value)
            self.tape.made(value, node, self.tape.round)
            if value.operands and not math.isfinite(value.data):
                self.check_finite(value.data, (operand.data for operand in value.operands), node)
        return made

    def value(self, thing: object, node: Located) -> Value | None:
        """Return ``thing`` as a node of the graph; None if it is not a number."""
        match thing:
            case Value():
                return thing
            case Number():
                if thing.value is None:
                    thing.value = self.leaf(
                        thing.number, thing.node, label=thing.label, text=thing.text, literal=thing
                    )
                    self._note_number(thing.value, isinstance(thing.number, int))
                return thing.value
            case bool() | int() | float():
                value = self.leaf(thing, node, text=self.source.text(node))
                self.constants.add(value)
                self._note_number(value, isinstance(thing, int))
                return value
        return None

    def plain(self, thing: object) -> Plain | None:
        """Return ``thing`` as a plain number; None for a computed Value and for other objects."""
        match thing:
            case bool() | int() | float():
                return thing
            case Number():
                thing.used = True
                return thing.present
            case Value():
                if thing in self.whole_numbers:
                    return whole_or_float(thing.data)
                if not thing.operands or thing in self.from_numbers:
                    return thing.data
        return None

    def number(self, thing: object, node: ast.expr, subject: str) -> Plain:
        """Return ``thing`` as a plain number.

        Raises LanguageError if it is none; ``subject`` is the subject of its sentence.
        """
        plain = self.plain(thing)
        if plain is not None:
            return plain
        if isinstance(thing, Value):
            raise self.error(
                node,
                tr("{subject} must be a plain number, not a computed Value.", subject=subject),
                tr("Write .data after it."),
            )
        raise self.error(
            node,
            tr("{subject} must be a number, not {kind}.", subject=subject, kind=describe(thing)),
            tr("Write a number here."),
        )

    def whole(self, thing: object, node: ast.expr, subject: str, least: int | None = None) -> int:
        """Return ``thing`` as a whole number that is at least ``least``; see ``number``."""
        number = self.number(thing, node, subject)
        if not abs(number) <= LARGEST_WHOLE or number != math.floor(number):
            raise self.error(
                node,
                tr("{subject} must be a whole number, not {number}.", subject=subject, number=number),
                tr("Write a number without a fraction."),
            )
        if least is not None and number < least:
            raise self.error(
                node,
                tr(
                    "{subject} must be at least {least}, not {number}.",
                    subject=subject,
                    least=least,
                    number=int(number),
                ),
                tr("Write {least} or more.", least=least),
            )
        return int(number)

    def check_finite(self, result: float, operands: Iterable[float], node: Located) -> None:
        """Warn if ``result`` is the first inf or nan that comes from finite numbers."""
        if "value" not in self.warnings and not math.isfinite(result) and all(map(math.isfinite, operands)):
            message = tr("{expression} is {number} here.", expression=self.source.text(node), number=result)
            self.warn("value", message, node)

    def warn(self, kind: str, message: str, node: Located) -> None:
        """Record the first warning of each kind; the others usually follow from it."""
        if kind not in self.warnings:
            span = self.source.span(node)
            self.warnings[kind] = ProgramWarning(message, span.line, span.column)

    def _enter(self, value: Value, node: Located) -> bool:
        """Enter a new node; return True if its data was replaced from ``leaf_data``."""
        self.origins[value] = node
        if value.operands:
            if all(operand in self.from_numbers for operand in value.operands):
                self._note_number(value, self._is_whole(value))
            return False
        self.labels[value] = number_text(value.data)
        index = self.leaves[value] = self._leaves_made
        self._leaves_made += 1
        if index not in self._leaf_data:
            return False
        value.data = float(self._leaf_data[index])
        return True

    def assign(self, value: Value, attribute: str, number: float, node: Located) -> None:
        """Assign to ``value.data`` or ``value.grad``."""
        if attribute == "data":
            old, value.data = value.data, number
            self.tape.set_data(value, old, node)
            return
        old, value.grad = value.grad, number
        self.tape.set_grad(value, old, node)

    def _note_number(self, value: Value, whole: bool) -> None:
        self.from_numbers.add(value)
        if whole:
            self.whole_numbers.add(value)

    def _is_whole(self, value: Value) -> bool:
        """Return True if Python's result for the same numbers is a whole number."""
        exponent = value.operands[1].data if value.op == "**" else value.constant
        whole = value.op in WHOLE_OPERATIONS or (
            exponent is not None and exponent.is_integer() and exponent >= 0.0
        )
        return whole and all(operand in self.whole_numbers for operand in value.operands)

    def set_aside(self, value: Value) -> None:
        """Add a node made of typed numbers alone, and all nodes below it, to the settings."""
        stack = [value] if value in self.from_numbers else []
        while stack:
            value = stack.pop()
            if value not in self.settings:
                self.settings.add(value)
                stack.extend(value.operands)

    def _unknown(self, results: Iterable[Value]) -> list[Value]:
        """List the nodes below ``results`` that are not entered yet, operands first, from left to right."""
        order: list[Value] = []
        seen: set[Value] = set()
        for result in results:
            stack = [(result, False)]
            while stack:
                value, complete = stack.pop()
                if complete:
                    order.append(value)
                elif value not in self.origins and value not in seen:
                    seen.add(value)
                    stack.append((value, True))
                    stack.extend((operand, False) for operand in reversed(value.operands))
        return order


def _compute(value: Value) -> None:
    """Recompute an inner node after the data of an operand changed."""
    operation = value.operation
    if operation is not None:
        constant = () if value.constant is None else (value.constant,)
        value.data = operation.forward(*(operand.data for operand in value.operands), *constant)
