"""Random programs with loops, updates and gradients set by hand, and a small engine to run them in Python."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

NAMES = ("a", "b", "c", "d", "e")


@dataclass(frozen=True, slots=True)
class Shown:
    """A Value at the moment when it was printed."""

    number: int
    """In order of creation."""
    data: float
    grad: float


class Engine:
    """Runs a program in Python with Values of its own, which know nothing of the product's."""

    def __init__(self) -> None:
        self.made: list[Node] = []
        self.shown: list[Shown] = []

    def run(self, source: str) -> None:
        exec(source, {"Value": self.value, "print": self._print})

    def value(self, data: float) -> Node:
        return Node(self, data)

    def _print(self, node: Node) -> None:
        self.shown.append(Shown(node.number, node.data, node.grad))


class Node:
    """A number with its operands and the slopes towards them, as functions of the present numbers."""

    def __init__(
        self, engine: Engine, data: float, slopes: tuple[tuple[Node, Callable[[], float]], ...] = ()
    ) -> None:
        self.engine, self.data, self.grad, self.slopes = engine, data, 0.0, slopes
        self.number = len(engine.made)
        engine.made.append(self)

    def _lift(self, other: Node | float) -> Node:
        return other if isinstance(other, Node) else Node(self.engine, other)

    def __add__(self, other: Node | float) -> Node:
        other = self._lift(other)
        return Node(self.engine, self.data + other.data, ((self, lambda: 1.0), (other, lambda: 1.0)))

    def __mul__(self, other: Node | float) -> Node:
        other = self._lift(other)
        slopes = ((self, lambda: other.data), (other, lambda: self.data))
        return Node(self.engine, self.data * other.data, slopes)

    def __sub__(self, other: Node) -> Node:
        return self + other * -1.0

    def tanh(self) -> Node:
        return Node(self.engine, math.tanh(self.data), ((self, lambda: 1.0 - math.tanh(self.data) ** 2),))

    def relu(self) -> Node:
        return Node(self.engine, max(self.data, 0.0), ((self, lambda: float(self.data >= 0.0)),))

    def _backward(self) -> None:
        for operand, slope in self.slopes:
            operand.grad += slope() * self.grad

    def backward(self) -> None:
        order: list[Node] = []
        seen: set[Node] = set()

        def visit(node: Node) -> None:
            if node not in seen:
                seen.add(node)
                for operand, _ in node.slopes:
                    visit(operand)
                order.append(node)

        visit(self)
        for node in order:
            if node.slopes:
                node.grad = 0.0
        self.grad += 1.0
        for node in reversed(order):
            node._backward()


def random_program(stream: Random) -> str:
    """A program that both engines can run: leaves, then any statements, in loops and without."""
    lines = [f"{name} = Value({_number(stream)})" for name in NAMES]
    lines += _block(stream, 3, stream.randint(3, 8))
    return "\n".join([*lines, *(f"print({name})" for name in NAMES)])


def _number(stream: Random) -> float:
    return stream.choice((0.0, 0.5, -0.5, 1.0, -1.5, 2.0, round(stream.uniform(-2.0, 2.0), 2)))


def _block(stream: Random, depth: int, count: int) -> Iterator[str]:
    for _ in range(count):
        kind = stream.choice(tuple(_STATEMENTS))
        if depth and stream.random() < 0.2:
            yield f"for k{depth} in range({stream.randint(1, 4)}):"
            yield from (f"  {line}" for line in _block(stream, depth - 1, stream.randint(1, 5)))
        else:
            yield _STATEMENTS[kind].format(
                x=stream.choice(NAMES), y=stream.choice(NAMES), z=stream.choice(NAMES), n=_number(stream)
            )


_STATEMENTS = {
    "sum": "{x} = {y} + {z}",
    "product": "{x} = {y} * {z}",
    "difference": "{x} = {y} - {z}",
    "factor": "{x} = {y} * {n}",
    "tanh": "{x} = {y}.tanh()",
    "relu": "{x} = ({y} + {z}).relu()",
    "fresh": "{x} = Value({n})",
    "backward": "{x}.backward()",
    "backward again": "{x}.backward()",
    "pass on": "{x}._backward()",
    "update": "{x}.data -= 0.1 * {x}.grad",
    "other update": "{x}.data = {y}.data * {n} + 0.5",
    "set data": "{x}.data = {n}",
    "clear": "{x}.grad = 0.0",
    "set grad": "{x}.grad = {n}",
    "add grad": "{x}.grad += {y}.data",
    "print": "print({x})",
}
