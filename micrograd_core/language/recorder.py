"""What one run of a program has made so far, and what it has used up."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from micrograd_core.engine import Value
from micrograd_core.errors import LanguageError
from micrograd_core.language.limits import Limits, Stopwatch
from micrograd_core.language.source import Located, Source, shorten
from micrograd_core.language.values import (
    LARGEST_WHOLE,
    WHOLE_OPERATIONS,
    Number,
    Plain,
    Round,
    describe,
    number_text,
    whole_or_float,
)
from micrograd_core.nn import Module, Neuron

_TICKS_PER_LOOK = 64
"""A look at the clock is a call of the operating system."""
_MANY_NODES = 1000
"""So many take long enough to look at the clock in between."""
_LONGEST_SENTENCE = 200


class Printed(NamedTuple):
    """One ``print``, with the line of the program that it came from."""

    text: str
    line: int


class ProgramWarning(NamedTuple):
    """The first place that made inf or nan."""

    message: str
    line: int
    column: int


class Weight(NamedTuple):
    """What a parameter is in its network."""

    neuron: Neuron
    input: int | None
    """Which input it weighs; None for the bias."""


class Recorder:
    """Grows while the program runs; ``Program`` is taken from it at the end."""

    def __init__(
        self, source: Source, limits: Limits, leaf_data: Mapping[int, float], stopwatch: Stopwatch
    ) -> None:
        self.source = source
        self.limits = limits
        self.stopwatch = stopwatch
        self.leaves: list[Value] = []
        self.origins: dict[Value, Located] = {}
        """Every node, in order of creation, with the expression or statement that made it."""
        self.rounds: tuple[Round, ...] = ()
        """The loops and calls that the program is in at the moment, outermost first."""
        self.rounds_of: dict[Value, tuple[Round, ...]] = {}
        """Those in which a node was made, if there were any."""
        self.labels: dict[Value, str] = {}
        """What to call nodes that nobody names and whose source text says too little."""
        self.from_numbers: set[Value] = set()
        """Nodes made of typed numbers alone; where Python has a plain number, so may these stand."""
        self.whole_numbers: set[Value] = set()
        """Those of them that are whole numbers in Python, and are printed like that."""
        self.constants: set[Value] = set()
        """Leaves that stand for plain numbers, or that an operator brings along."""
        self.literal_leaves: dict[ast.expr, list[Value]] = {}
        self.assigned: set[Value] = set()
        """Nodes whose ``data`` was assigned to."""
        self.settings: set[Value] = set()
        """Nodes made of typed numbers alone, to be assigned to a ``data`` or ``grad``: no part of the graph."""
        self.weights: dict[Value, Weight] = {}
        self.module_names: dict[Module, str] = {}
        self.printed: list[Printed] = []
        self.backward_roots: list[Value] = []
        self.warnings: dict[str, ProgramWarning] = {}
        self._leaf_data = leaf_data
        self.here: Located | None = None
        """What was looked at last."""
        self._ticks = 0
        self._items_left = limits.items
        self._output_left = limits.output

    def error(self, node: Located, message: str, hint: str = "") -> LanguageError:
        """An error at the node: of a block at its first line, of an attribute at its name."""
        span = self.source.span(node)
        if isinstance(node, ast.stmt) and span.end_line > span.line:
            span = span._replace(end_line=span.line, end_column=len(self.source.lines[span.line - 1]) + 1)
        elif isinstance(node, ast.Attribute) and not self.source.in_text(node):
            span = span._replace(line=span.end_line, column=span.end_column - len(node.attr))
        return LanguageError(shorten(message, _LONGEST_SENTENCE), shorten(hint, _LONGEST_SENTENCE), *span)

    # What may be used up.

    def tick(self, node: Located) -> None:
        """To be called at each step of the program; looks at the clock now and then."""
        self.here = node
        self._ticks += 1
        if self._ticks % _TICKS_PER_LOOK == 0:
            self.check_time(node)

    def check_time(self, node: Located) -> None:
        """To be called within whatever takes long by itself."""
        if self.stopwatch.seconds() > self.limits.seconds:
            raise self.error(
                node,
                f"The program was still running here after {self.limits.seconds:g} seconds of work.",
                "Let its loops run less often.",
            )

    def require_nodes(self, count: int, node: Located) -> None:
        """Raise if ``count`` more nodes are too many."""
        if len(self.origins) + count > self.limits.nodes:
            raise self.error(
                node,
                f"This makes more than {self.limits.nodes:,} Values.",
                "Use a smaller network or fewer repetitions.",
            )

    def spend_items(self, count: int, node: Located) -> None:
        self._items_left -= count
        if self._items_left < 0:
            raise self.error(
                node,
                f"Lists and texts hold more than {self.limits.items:,} elements here.",
                "Make them shorter.",
            )

    def print(self, text: str, node: Located) -> None:
        self._output_left -= len(text) + 1
        if self._output_left < 0:
            raise self.error(
                node,
                f"More than {self.limits.output:,} characters are printed.",
                "Print less, or less often.",
            )
        self.printed.append(Printed(text, self.source.span(node).line))

    # Nodes.

    def leaf(
        self, data: float, node: Located, *, label: str = "", text: str = "", literal: Number | None = None
    ) -> Value:
        """A new leaf; ``text`` is what it is called without a label, ``literal`` the typed number it holds."""
        self.require_nodes(1, node)
        value = Value(data, label=label)
        self._enter(value, node)
        if literal is not None:
            self.rounds_of.pop(value, None)
            if literal.rounds:
                self.rounds_of[value] = literal.rounds
        if text:
            self.labels[value] = text
        if literal is not None and literal.literal:
            self.literal_leaves.setdefault(literal.node, []).append(value)
        return value

    def adopt(self, results: Sequence[Value], node: Located) -> list[Value]:
        """Enter the nodes that an operation or a network has just made, operands first, and return them."""
        made = self._unknown(results)
        if len(made) > _MANY_NODES:
            self.check_time(node)
        outcome = set(results)
        # Of a network the parameters are the results; other leaves are constants that an operator brings along.
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
            if value.operands and not math.isfinite(value.data):
                self.check_finite(value.data, (operand.data for operand in value.operands), node)
        return made

    def value(self, thing: object, node: ast.expr) -> Value | None:
        """``thing`` as a node of the graph; None if it is not a number."""
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

    def number(self, thing: object, node: ast.expr, what: str) -> Plain:
        """``thing`` as a plain number; ``what`` begins the sentence of the error if it is none."""
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
                raise self.error(
                    node,
                    f"{what} must be a plain number; this is a Value computed from others.",
                    "Write .data after it.",
                )
        raise self.error(node, f"{what} must be a number, not {describe(thing)}.", "Write a number here.")

    def whole(self, thing: object, node: ast.expr, what: str, least: int | None = None) -> int:
        """``thing`` as a whole number that is at least ``least``."""
        number = self.number(thing, node, what)
        if not abs(number) <= LARGEST_WHOLE or number != math.floor(number):
            raise self.error(
                node, f"{what} must be a whole number, not {number}.", "Write a number without a fraction."
            )
        if least is not None and number < least:
            raise self.error(
                node, f"{what} must be at least {least}, not {int(number)}.", f"Write {least} or more."
            )
        return int(number)

    def check_finite(self, result: float, operands: Iterable[float], node: Located) -> None:
        """Remember the place if it is the first to make inf or nan of finite numbers."""
        if "value" not in self.warnings and not math.isfinite(result) and all(map(math.isfinite, operands)):
            self.warn("value", f"{self.source.text(node)} is {result} here.", node)

    def warn(self, kind: str, message: str, node: Located) -> None:
        """Only the first warning of each kind is kept: the others follow from it."""
        if kind not in self.warnings:
            span = self.source.span(node)
            self.warnings[kind] = ProgramWarning(message, span.line, span.column)

    def _enter(self, value: Value, node: Located) -> bool:
        """Note a new node; whether its data was replaced from ``leaf_data``."""
        self.origins[value] = node
        if self.rounds:
            self.rounds_of[value] = self.rounds
        if value.operands:
            if all(operand in self.from_numbers for operand in value.operands):
                self._note_number(value, self._is_whole(value))
            return False
        self.labels[value] = number_text(value.data)
        index = len(self.leaves)
        self.leaves.append(value)
        if index not in self._leaf_data:
            return False
        value.data = float(self._leaf_data[index])
        return True

    def note_assigned(self, value: Value, attribute: str, thing: object) -> None:
        """``thing`` has been assigned to ``value.data`` or ``value.grad``."""
        if attribute == "data":
            self.assigned.add(value)
        elif value.grad == 0.0 and not value.operands:
            self.backward_roots.clear()
        if isinstance(thing, Value):
            self.set_aside(thing)

    def _note_number(self, value: Value, whole: bool) -> None:
        self.from_numbers.add(value)
        if whole:
            self.whole_numbers.add(value)

    def _is_whole(self, value: Value) -> bool:
        """Whether Python's result would be a whole number, of operands that are numbers."""
        exponent = value.operands[1].data if value.op == "**" else value.constant
        whole = value.op in WHOLE_OPERATIONS or (
            exponent is not None and exponent.is_integer() and exponent >= 0.0
        )
        return whole and all(operand in self.whole_numbers for operand in value.operands)

    def set_aside(self, value: Value) -> None:
        """Count a node made of typed numbers alone, and all below it, among the settings."""
        stack = [value] if value in self.from_numbers else []
        while stack:
            value = stack.pop()
            if value not in self.settings:
                self.settings.add(value)
                stack.extend(value.operands)

    def _unknown(self, results: Iterable[Value]) -> list[Value]:
        """The nodes below ``results`` that are not entered yet, operands first, from left to right."""
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
    """Compute an inner node again, after one of its operands got other data."""
    operation = value.operation
    if operation is not None:
        constant = () if value.constant is None else (value.constant,)
        value.data = operation.forward(*(operand.data for operand in value.operands), *constant)
