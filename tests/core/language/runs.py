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


def random_training(stream: Random) -> str:
    """A program with loops whose rounds do the same again and again, or nearly, as those of training do."""
    lines = ["import random", f"random.seed({stream.randint(0, 99)})", "lr = 0.1", "t = 0", "total = 0.0"]
    lines += [f"w{i} = Value({_number(stream)})" for i in range(3)]
    lines += [f"base = w0 * {_number(stream)} + w1"] if stream.random() < 0.3 else ["base = Value(1.5)"]
    lines += ["def model(x):", "  return (w0 * x + w1).tanh() * w2"]
    if stream.random() < 0.3:
        lines += [f"for e in range({stream.randint(2, 4)}):"]
        lines += [f"  {line}" for line in _training(stream)]
    else:
        lines += _training(stream)
    return "\n".join(
        [*lines, "last = model(0.5) + base", "last.backward()", "print(last.data, w0.grad, w1.data)"]
    )


def _training(stream: Random) -> Iterator[str]:
    yield f"for k in range({stream.randint(3, 9)}):"
    body = ["x = Value(random.uniform(-1, 1))", "y = model(x)"]
    if stream.random() < 0.4:
        body += ["y = Value(0.0)", f"for i in range({stream.randint(1, 3)}):", "  y = y + model(x * i)"]
    body += ["loss = (y - base) ** 2 + k * 0.1" if stream.random() < 0.5 else "loss = y * y + w2 * 0.25"]
    body += [
        stream.choice(
            ("w0.grad = 0", "for p in [w0, w1, w2]: p.grad = 0.0", "w1.grad = 0.5", "base.grad = 0.0")
        )
    ]
    body += ["loss.backward()"]
    body += stream.sample([
        "for p in [w0, w1, w2]: p.data -= lr * p.grad", "w1.data = w1.data * 0.9 - 0.01 * w1.grad",
        "t = t + 1", "lr = lr * 0.99", "total = total + loss.data", "if k % 2 == 0: print(loss.data)",
        "print(k, w0.data)", "kept = loss", "if k == 2: w2 = Value(0.75)", "loss.backward()", "x.data = 3.0",
    ], stream.randint(1, 5))  # fmt: skip
    yield from (f"  {line}" for line in body)
