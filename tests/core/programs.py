"""Random programs, and their gradients computed another way: forward, by dual numbers, from rules written here.

A program is data, so that the engine, floats, mpmath and PyTorch can all run the same one.
"""

import hashlib
import math
import operator
import random
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from mpmath import mp

from micrograd_core.engine import Value
from micrograd_core.graph import topological_sort
from micrograd_core.ops import OPS
from tests.core.rows import exact_value_and_slope

Operand: TypeAlias = int | float
"""The number of an earlier node, or a constant."""


@dataclass(frozen=True, slots=True)
class Step:
    name: str
    operands: tuple[Operand, ...]


@dataclass(frozen=True, slots=True)
class Program:
    """The first nodes are the leaves, each step makes one more, and the last is the output."""

    leaves: tuple[float, ...]
    steps: tuple[Step, ...]


# name: value and slopes. ``m`` is math or mpmath; a slope is written without looking at micrograd_core.ops.
RULES: dict[str, Callable[..., tuple[Any, ...]]] = {
    "add": lambda _m, x, y: (x + y, 1, 1),
    "sub": lambda _m, x, y: (x - y, 1, -1),
    "mul": lambda _m, x, y: (x * y, y, x),
    "truediv": lambda _m, x, y: (x / y, 1 / y, -x / (y * y)),
    "pow": lambda m, x, y: (x**y, y * x**y / x, x**y * m.log(x) if x > 0 else 0),
    "mod": lambda m, x, y: (x - y * m.floor(x / y), 1, -m.floor(x / y)),
    "neg": lambda _m, x: (-x, -1),
    "abs": lambda _m, x: (abs(x), 1 if x > 0 else -1),
    "relu": lambda _m, x: (x, 1) if x > 0 else (0 * x, 0),
    "tanh": lambda m, x: (m.tanh(x), 1 / m.cosh(x) ** 2),
    "sigmoid": lambda m, x: (1 / (1 + m.exp(-x)), 1 / (2 + m.exp(x) + m.exp(-x))),
    "exp": lambda m, x: (m.exp(x), m.exp(x)),
    "log": lambda m, x: (m.log(x), 1 / x),
    "sqrt": lambda m, x: (m.sqrt(x), 1 / (2 * m.sqrt(x))),
    "sin": lambda m, x: (m.sin(x), m.cos(x)),
    "cos": lambda m, x: (m.cos(x), -m.sin(x)),
}
# Functions that are not named above come into the random programs by themselves.
RULES |= {
    row.symbol: exact_value_and_slope(row)
    for row in OPS.values()
    if row.is_function and row.symbol not in RULES
}
BINARY = ("add", "sub", "mul", "truediv", "pow", "mod")
UNARY = tuple(name for name in RULES if name not in BINARY)
NAMES = tuple(RULES)
DELICATE: dict[str, Callable[..., float]] = {
    **dict.fromkeys(("relu", "abs", "log", "sqrt", "pow"), lambda x, *_: abs(x)),
    "truediv": lambda _x, y: abs(y),
    "mod": lambda x, y: min(abs(y), abs(x / y - round(x / y))) if y else 0.0,
}
"""Operations with a kink, a pole or jumps, and how far from the next one their operands are."""
EXPONENTS = (-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0, 3.0, 2.5)
EXTREMES = (0.0, -0.0, 1e308, -1e308, 5e-324, 710.0, -746.0, math.inf, -math.inf, math.nan, -2.0, 0.5)

LAYER_FUNCTIONS = ("tanh", "relu", "sigmoid", "sin", "abs")

LARGEST = 20.0
"""Of every value and every slope in a tame program."""
MOST = 100.0
"""Of the sum of all contributions to a gradient, without their signs. Where numbers grow or cancel without bound,
nobody's gradient has twelve digits."""
NEAREST = 0.05
"""How close a tame program comes to a kink or a pole."""
LEAST = 1e-3
"""Of the largest gradient at nearly every node of a tame program: where none arrives, none is compared."""


def tame_program(stream: random.Random, most_nodes: int = 200) -> tuple[Program, tuple[float, ...]]:
    """A program of 1 to ``most_nodes`` nodes, small ones as often as large, and its gradient by dual numbers."""
    nodes = round(math.exp(stream.uniform(0.0, math.log(most_nodes))))
    count = stream.randint(1, min(4, nodes))
    leaves = tuple(stream.uniform(-3.0, 3.0) for _ in range(count))
    duals = [Dual(x, tuple(float(i == k) for k in range(count)), 1.0) for i, x in enumerate(leaves)]
    steps: list[Step] = []
    while len(duals) < nodes:
        step = _draw(stream, len(duals))
        dual = _tame(step, duals)
        if dual is not None and (max(map(abs, dual.slopes)) > LEAST or stream.random() < 0.02):
            steps.append(step)
            duals.append(dual)
    return Program(leaves, tuple(steps)), duals[-1].slopes


def layered_program(stream: random.Random) -> Program:
    """Sums of products like those of a network, with holes: any node may be a weight, a row may lack an operand.

    It need not be tame.
    """
    leaves = tuple(stream.uniform(-1.5, 1.5) for _ in range(stream.randint(2, 24)))
    steps: list[Step] = []

    def add(name: str, *operands: Operand) -> int:
        steps.append(Step(name, operands))
        return len(leaves) + len(steps) - 1

    layer = list(range(stream.randint(1, min(6, len(leaves)))))
    for _ in range(stream.randint(1, 4)):
        function = stream.choice((*LAYER_FUNCTIONS, ""))
        holes, biases = stream.random() < 0.3, stream.random()
        rows: list[int] = []
        for _ in range(stream.randint(1, 6)):
            chosen = [node for node in layer if not holes or stream.random() < 0.8] or layer
            terms: list[int] = []
            for node in chosen:
                weight = stream.randrange(len(leaves) + (len(steps) if stream.random() < 0.1 else 0))
                match stream.randrange(8):
                    case 0:
                        terms.append(node)
                    case 1:
                        terms.append(add("mul", node, stream.uniform(-1.5, 1.5)))
                    case 2 | 3:
                        terms.append(add("mul", node, weight))
                    case _:
                        terms.append(add("mul", weight, node))
            if stream.random() < biases:
                terms.append(stream.randrange(len(leaves)))
            while len(terms) > 1:  # From the left as sum() does, or in any other way.
                at = 0 if stream.random() < 0.8 else stream.randrange(len(terms) - 1)
                terms[at : at + 2] = [add("add", *terms[at : at + 2])]
            rows.append(add(function, terms[0]) if function else terms[0])
        layer = rows
    total = layer[0]
    for node in layer[1:]:
        total = add("add", total, node)
    return Program(leaves, (*steps, Step(stream.choice(LAYER_FUNCTIONS), (total,))))


def stays_tame(program: Program, leaves: Sequence[float]) -> bool:
    """Whether the program keeps within the bounds on other leaves too."""
    duals = [Dual(x, (), 1.0) for x in leaves]
    for step in program.steps:
        dual = _tame(step, duals)
        if dual is None:
            return False
        duals.append(dual)
    return True


def wild_program(stream: random.Random) -> Program:
    """Anything goes: overflow, poles, values outside the domain, inf and nan among the leaves."""
    count = stream.randint(1, 4)
    leaves = tuple(stream.choice((*EXTREMES, stream.uniform(-3.0, 3.0))) for _ in range(count))
    return Program(leaves, tuple(_draw(stream, count + i, EXTREMES) for i in range(stream.randint(0, 30))))


def wild_layers(stream: random.Random) -> Program:
    """Sums of products with few or many inf, nan and numbers near the largest among the leaves."""
    program, share = layered_program(stream), stream.choice((0.03, 0.1, 0.4))
    leaves = tuple(stream.choice(EXTREMES) if stream.random() < share else x for x in program.leaves)
    return Program(leaves, program.steps)


def _draw(stream: random.Random, count: int, constants: Sequence[float] = ()) -> Step:
    """A step on ``count`` nodes so far: on the last one most often, on one node twice now and then."""
    name = stream.choice(NAMES)

    def node() -> int:
        return count - 1 if stream.random() < 0.4 else stream.randrange(count)

    if name in UNARY:
        return Step(name, (node(),))
    x, y = node(), node()
    match stream.randrange(8):
        case 0 | 1:
            return Step(name, (x, x))
        case 2 | 3:
            if constants:
                return Step(name, (x, stream.choice(constants)))
            return Step(name, (x, stream.choice(EXPONENTS) if name == "pow" else stream.uniform(-3.0, 3.0)))
        case 4:
            return Step(name, (stream.choice(constants) if constants else stream.uniform(0.1, 3.0), y))
        case _:
            return Step(name, (x, y))


@dataclass(frozen=True, slots=True)
class Dual:
    """A value with its derivatives by every leaf, and how large these are counted without their signs."""

    value: Any
    slopes: tuple[Any, ...]
    size: Any = 0.0


def _tame(step: Step, duals: Sequence[Dual]) -> Dual | None:
    """The next dual number, if it stays within the bounds above."""
    operands = [_lift(operand, duals) for operand in step.operands]
    x, last = operands[0].value, operands[-1].value
    if step.name in DELICATE and DELICATE[step.name](*(operand.value for operand in operands)) < NEAREST:
        return None
    if step.name == "pow" and x < 0.0 and not (isinstance(step.operands[1], float) and last.is_integer()):
        return None
    try:
        dual = _apply(math, step, operands)
    except (ZeroDivisionError, OverflowError, ValueError):
        return None
    slopes = RULES[step.name](math, *(operand.value for operand in operands))[1:]
    kept = abs(dual.value) <= LARGEST and max(map(abs, slopes)) <= LARGEST and dual.size <= MOST
    return dual if kept else None


def _lift(operand: Operand, duals: Sequence[Dual]) -> Dual:
    return duals[operand] if isinstance(operand, int) else Dual(operand, (), 0.0)


def _apply(m: Any, step: Step, operands: Sequence[Dual]) -> Dual:
    value, *locals_ = RULES[step.name](m, *(operand.value for operand in operands))
    count = max(len(operand.slopes) for operand in operands)
    slopes = tuple(
        sum(
            local * operand.slopes[k]
            for local, operand in zip(locals_, operands, strict=True)
            if operand.slopes
        )
        for k in range(count)
    )
    size = sum(abs(local) * operand.size for local, operand in zip(locals_, operands, strict=True))
    return Dual(value, slopes, size)


def exact_gradient(program: Program) -> tuple[float, ...]:
    """By dual numbers of 50 digits."""
    with mp.workdps(50):
        count = len(program.leaves)
        duals = [
            Dual(mp.mpf(x), tuple(mp.mpf(i == k) for k in range(count)), mp.mpf(0))
            for i, x in enumerate(program.leaves)
        ]
        for step in program.steps:
            operands = [
                duals[operand] if isinstance(operand, int) else Dual(mp.mpf(operand), (), mp.mpf(0))
                for operand in step.operands
            ]
            duals.append(_apply(mp, step, operands))
        return tuple(map(float, duals[-1].slopes))


OPERATORS: dict[str, Callable[..., Value]] = {
    name: getattr(operator, name) for name in (*BINARY, "neg", "abs")
}


def build(program: Program, leaves: Sequence[Any]) -> Any:
    """The program's output on these leaves, which may be ``Value``s or anything else with the same methods."""
    return build_nodes(program, leaves)[-1]


def build_nodes(program: Program, leaves: Sequence[Any]) -> list[Any]:
    """The leaves and what each step makes of them."""
    nodes = list(leaves)
    for step in program.steps:
        nodes.append(build_step(step, nodes))
    return nodes


def build_step(step: Step, nodes: Sequence[Any]) -> Any:
    """The next node."""
    operands = [nodes[operand] if isinstance(operand, int) else operand for operand in step.operands]
    if step.name in OPERATORS:
        return OPERATORS[step.name](*operands)
    return getattr(operands[0], step.name)()


def graph(program: Program) -> tuple[Value, list[Value]]:
    """The program's output and its leaves, as Values."""
    leaves = [Value(x) for x in program.leaves]
    return build(program, leaves), leaves


def gradient(program: Program) -> tuple[float, ...]:
    """By the engine's backward pass."""
    root, leaves = graph(program)
    root.backward()
    return tuple(leaf.grad for leaf in leaves)


def bits(number: float) -> bytes:
    """Of a float; any nan is the same nan."""
    return b"nan" if math.isnan(number) else struct.pack("<d", number)


def digest(seed: int, count: int) -> str:
    """A hash of every value and gradient of so many programs, in order of evaluation."""
    stream, found = random.Random(seed), hashlib.sha256()
    for index in range(count):
        root, _ = graph(tame_program(stream)[0] if index % 2 else wild_program(stream))
        root.backward()
        for node in topological_sort(root):
            found.update(bits(node.data) + bits(node.grad) + node.op.encode())
    return found.hexdigest()
