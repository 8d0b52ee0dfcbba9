"""Law over random programs: their arrays hold the numbers of the ``Value`` graph, run example by example."""

import math
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pytest

from micrograd_core.engine import Value, backward_steps
from micrograd_core.graph import topological_sort
from micrograd_core.vectorize import ArrayProgram, vectorize
from micrograd_core.vectorize.rules import Array
from tests.core.programs import (
    EXTREMES,
    RULES,
    Program,
    Step,
    bits,
    build_nodes,
    build_step,
    layered_program,
    stays_tame,
    tame_program,
    wild_layers,
    wild_program,
)
from tests.seeds import least, seeded

TOLERANCE = 1e-12
"""Relative to max(1, |the number|). Measured: 5e-14."""
MOST_EXAMPLES = 40


@dataclass(frozen=True, slots=True)
class Case:
    """A program whose leaves are inputs, parameters and constants, the numbers it runs on and what is watched."""

    program: Program
    inputs: tuple[int, ...]
    """Leaves by number."""
    parameters: tuple[int, ...]
    watch: tuple[int, ...]
    """Nodes by number."""
    examples: tuple[tuple[float, ...], ...]

    def leaves(self, example: Sequence[float]) -> list[float]:
        leaves = list(self.program.leaves)
        for leaf, number in zip(self.inputs, example, strict=True):
            leaves[leaf] = number
        return leaves

    def arrays(self) -> ArrayProgram:
        leaves = [Value(x) for x in self.program.leaves]
        nodes = build_nodes(self.program, leaves)
        return vectorize(
            nodes[-1],
            [leaves[i] for i in self.inputs],
            [leaves[i] for i in self.parameters],
            [nodes[i] for i in self.watch],
        )

    @property
    def values(self) -> list[float]:
        """Of the parameters."""
        return [self.program.leaves[i] for i in self.parameters]


@dataclass(frozen=True, slots=True)
class Numbers:
    """All that comes out of a case."""

    outputs: Array
    watched: Array
    mean: Array
    gradient: Array
    input_gradients: Array


def divide(stream: random.Random, program: Program) -> Case:
    """Leaves become inputs, parameters and constants at random, in any order; one example, the leaves as they are."""
    parts: tuple[list[int], list[int], list[int]] = ([], [], [])
    weights = stream.choice(((1, 1, 1), (1, 4, 0), (4, 1, 1), (0, 1, 1), (1, 0, 1)))
    for leaf in stream.sample(range(len(program.leaves)), len(program.leaves)):
        stream.choices(parts, weights)[0].append(leaf)
    inputs, parameters, _constants = parts
    nodes = len(program.leaves) + len(program.steps)
    watch = tuple(stream.randrange(nodes) for _ in range(stream.choice((0, 1, 3))))
    first = tuple(program.leaves[i] for i in inputs)
    return Case(program, tuple(inputs), tuple(parameters), watch, (first,))


def more_examples(stream: random.Random, case: Case) -> Case:
    """Up to so many more, as far as the program is tame there."""
    wanted = stream.choice((1, 1, 2, 2, 3, stream.randint(4, 8)))
    if stream.random() < 0.03:
        wanted = MOST_EXAMPLES
    examples = list(case.examples)
    for _ in range(2 * wanted - 2):
        spread = stream.choice((0.01, 0.3, 2.0))
        drawn = tuple(x + stream.gauss(0.0, spread) for x in case.examples[0])
        if len(examples) < wanted and stays_tame(case.program, case.leaves(drawn)):
            examples.append(drawn)
    return replace(case, examples=tuple(examples))


def by_scalars(case: Case) -> Numbers:
    """Each example on a graph of its own."""
    outputs, watched, gradients = [], [], []
    for example in case.examples:
        leaves = [Value(x) for x in case.leaves(example)]
        nodes = build_nodes(case.program, leaves)
        nodes[-1].backward()
        outputs.append(nodes[-1].data)
        watched.append([nodes[i].data for i in case.watch])
        gradients.append([leaf.grad for leaf in leaves])
    columns = np.array(gradients)
    return Numbers(
        outputs=np.array(outputs),
        watched=np.array(watched).reshape(len(outputs), len(case.watch)).T,
        mean=np.mean(outputs),
        gradient=columns[:, case.parameters].mean(axis=0),
        input_gradients=columns[:, case.inputs],
    )


def by_arrays(case: Case) -> Numbers:
    program = case.arrays()
    inputs = np.array(case.examples).reshape(len(case.examples), len(case.inputs))
    batch = program.bind(inputs)
    mean, gradient = batch.value_and_grad(case.values)
    gradient = gradient.copy()  # The next pass overwrites it.
    input_gradients = batch.input_gradients()
    outputs = batch.forward(case.values)
    return Numbers(outputs, batch.watched(), np.array(mean), gradient, input_gradients)


def one_graph(case: Case) -> tuple[list[Value], Numbers]:
    """All examples in one graph, in which what they share is computed once: the mean output and the watched nodes.

    And its numbers.
    """
    count = len(case.program.leaves)
    shared = {i: Value(x) for i, x in enumerate(case.program.leaves) if i not in case.inputs}
    reciprocals: dict[int, Value] = {}
    """Of shared nodes by which something is divided: x / y is x * y**-1."""
    rows: list[list[Value]] = []
    for example in case.examples:
        given = dict(zip(case.inputs, map(Value, example), strict=True))
        nodes = [given[i] if i in given else shared[i] for i in range(count)]
        for i, step in enumerate(case.program.steps, start=count):
            if i not in shared:
                by = step.operands[-1]
                if step.name == "truediv" and isinstance(by, int) and by in shared:
                    reciprocal = reciprocals.setdefault(by, nodes[by] ** -1)
                    nodes.append(
                        build_step(Step("mul", (step.operands[0], len(nodes))), [*nodes, reciprocal])
                    )
                else:
                    nodes.append(build_step(step, nodes))
                if all(operand in shared for operand in step.operands if isinstance(operand, int)):
                    shared[i] = nodes[i]
            else:
                nodes.append(shared[i])
        rows.append(nodes)
    mean = sum((nodes[-1] for nodes in rows), Value(0.0)) * (1.0 / len(rows))
    mean.backward()
    return [mean, *[nodes[i] for nodes in rows for i in case.watch]], Numbers(
        outputs=np.array([nodes[-1].data for nodes in rows]),
        watched=np.array([[nodes[i].data for nodes in rows] for i in case.watch]).reshape(-1, len(rows)),
        mean=np.array(mean.data),
        gradient=np.array([shared[i].grad for i in case.parameters]),
        input_gradients=np.array([[nodes[i].grad * len(rows) for i in case.inputs] for nodes in rows]),
    )


def depends_on_order(root: Value, *watch: Value) -> bool:
    """Whether a sum in these graphs, of values or of contributions to a gradient, may overflow in one order alone.

    That is so where finite terms may overflow on the way, and where a product is too large for a float, which a matrix
    product may add before it rounds. And a sum of nothing but −0.0 is 0.0 in numpy, which adds to 0.0.
    """
    sizes: dict[Value, float] = {}
    for node in topological_sort(root, *watch):
        if node.op == "+":
            if bits(node.data) == bits(-0.0):
                return True
            sizes[node] = sum(sizes[operand] for operand in node.operands)
            if math.isinf(sizes[node]):
                return True
        else:
            factors = [operand.data for operand in node.operands] if node.op == "*" else [math.inf]
            sizes[node] = size(node.data, factors)
        node.grad = 0.0
    received: dict[Value, float] = {}
    times: Counter[Value] = Counter()
    for step in backward_steps(root):
        contribution = size(step.contribution, [step.local, step.upstream])
        received[step.operand] = received.get(step.operand, 0.0) + contribution
        times[step.operand] += 1
    return any(math.isinf(received[node]) for node, count in times.items() if count > 1)


def size(number: float, factors: Sequence[float]) -> float:
    """Return the effect of a term that comes too early in a sum: inf if it is too large for a float."""
    if math.isfinite(number):
        return abs(number)
    return math.inf if math.isinf(number) and all(map(math.isfinite, factors)) else 0.0


def hangs_on_rounding(root: Value, *watch: Value) -> bool:
    """Whether these graphs themselves have inf or nan elsewhere when their results are a few last digits off.

    As the logarithm of 1, the sine of 1e300 or what divides by a difference of equals.
    """
    nodes = topological_sort(root, *watch)
    stream = random.Random(1)

    def pattern(off: float) -> list[float]:
        for node in nodes:
            node.grad = 0.0
            if node.operation is not None:
                constant = [] if node.constant is None else [node.constant]
                value = node.operation.forward(*[operand.data for operand in node.operands], *constant)
                node.data = value * (1.0 + off * stream.uniform(-1.0, 1.0))
        root.backward()
        numbers = [number for node in nodes for number in (node.data, node.grad)]
        return [0.0 if math.isfinite(x) else 2.0 if math.isnan(x) else math.copysign(1.0, x) for x in numbers]

    expected = pattern(0.0)
    return any(pattern(1e-15) != expected for _ in range(20))


def sort_of(numbers: Array) -> Array:
    """0 for what is finite, else inf, -inf or nan."""
    return np.where(np.isfinite(numbers), 0.0, numbers)


def distance(found: Array, expected: Array) -> float:
    assert found.shape == expected.shape
    return float(np.max(abs(found - expected) / np.maximum(1.0, abs(expected)), initial=0.0))


def tame(stream: random.Random) -> Program:
    return tame_program(stream)[0]


def layered(stream: random.Random) -> Program:
    while True:
        program = layered_program(stream)
        if stays_tame(program, program.leaves):
            return program


@pytest.mark.parametrize(
    ("draw", "seed", "count"), [*seeded(2_000, 20_000, tame), *seeded(300, 20_000, layered)]
)
def test_arrays_are_the_values_example_by_example(
    draw: Callable[[random.Random], Program], seed: int, count: int
) -> None:
    """Output, watched nodes, mean, its gradient by each parameter and each example's own gradients by its inputs."""
    stream = random.Random(seed)
    met: set[str] = set()
    examples = 0
    for _ in range(count):
        case = more_examples(stream, divide(stream, draw(stream)))
        expected, found = by_scalars(case), by_arrays(case)
        for name in Numbers.__slots__:
            off = distance(getattr(found, name), getattr(expected, name))
            assert off <= TOLERANCE, (name, case)
        met.update(step.name for step in case.program.steps)
        examples += len(case.examples)
    assert met == RULES.keys() or draw is layered
    assert examples > 2.5 * count


@pytest.mark.parametrize(
    ("draw", "seed", "count"), [*seeded(1_500, 50_000, wild_program), *seeded(300, 20_000, wild_layers)]
)
def test_inf_and_nan_are_where_the_values_have_them(
    draw: Callable[[random.Random], Program], seed: int, count: int
) -> None:
    """In all of the above, with overflow, poles, inf and nan, but for programs in which the order of a sum decides.

    Where they are elsewhere, the values themselves have them elsewhere after rounding otherwise.

    The values are those of one graph: what the examples share gets the sum of their gradients, as in the arrays.
    Those of an example's own output go through it as 1/n of themselves; for 1, 2 or 4 examples no digit moves.
    """
    stream = random.Random(seed)
    compared = wild = hanging = 0
    for _ in range(count):
        case = divide(stream, draw(stream))
        others = [
            tuple(stream.choice((*EXTREMES, stream.gauss(0.0, 2.0))) for _ in case.inputs)
            for _ in range(stream.choice((0, 0, 1, 3)))
        ]
        case = replace(case, examples=(case.examples[0], *others))
        graph, expected = one_graph(case)
        found = by_arrays(case)
        if depends_on_order(*graph):
            continue
        compared += 1
        wild += not all(np.isfinite(getattr(expected, name)).all() for name in Numbers.__slots__)
        for name in Numbers.__slots__:
            a, b = sort_of(getattr(found, name)), sort_of(getattr(expected, name))
            if not np.array_equal(a, b, equal_nan=True):
                assert hangs_on_rounding(*graph), (name, a, b, case)
                hanging += 1
    assert hanging <= 1 + 0.002 * count
    assert compared > least(0.75, count)
    assert wild > least(0.3, count)
