"""What must hold for every program: gradients true by other means, rules of calculus, the same bits everywhere."""

import math
import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from micrograd_core.engine import Value, backward_steps, first_non_finite
from micrograd_core.gradcheck import central_difference
from micrograd_core.graph import topological_sort
from tests.core.programs import (
    RULES,
    Program,
    bits,
    build,
    digest,
    exact_gradient,
    gradient,
    graph,
    tame_program,
    wild_program,
)
from tests.seeds import seeded

FIXED = settings(max_examples=300, derandomize=True, deadline=None, database=None)
LONG = settings(max_examples=30_000, deadline=None, database=None)


def long(count: int) -> object:
    return pytest.param(count, marks=pytest.mark.long)


def agree(found: float, expected: float, tolerance: float = 1e-12) -> bool:
    return abs(found - expected) <= tolerance * max(1.0, abs(expected))


@pytest.mark.parametrize(("seed", "count"), seeded(20_000, 1_000_000))
def test_gradients_are_those_of_dual_numbers(seed: int, count: int) -> None:
    """To 1e-12·max(1, |g|), over programs of 1 to 200 nodes with shared and repeated operands and all operations.

    Measured over 1,000,000 programs: 2e-14.
    """
    stream = random.Random(seed)
    met: set[str] = set()
    repeated = largest = alive = 0
    for _ in range(count):
        program, expected = tame_program(stream)
        for found, true in zip(gradient(program), expected, strict=True):
            assert agree(found, true), program
        met.update(step.name for step in program.steps)
        repeated += any(len(set(step.operands)) < len(step.operands) for step in program.steps)
        largest = max(largest, len(program.leaves) + len(program.steps))
        alive += any(expected)
    assert met == RULES.keys()
    assert repeated > count / 4
    assert largest >= 195
    assert alive > 0.99 * count


@pytest.mark.parametrize(("seed", "count"), seeded(1_000, 20_000))
def test_gradients_are_those_of_50_digits(seed: int, count: int) -> None:
    """To 1e-12·max(1, |g|) of mpmath's dual numbers."""
    stream = random.Random(seed)
    for _ in range(count):
        program, _ = tame_program(stream)
        for found, true in zip(gradient(program), exact_gradient(program), strict=True):
            assert agree(found, true), program


@pytest.mark.parametrize(("seed", "count"), seeded(1_000, 20_000))
def test_gradients_are_pytorchs(seed: int, count: int) -> None:
    """To 1e-12·max(1, |g|) of PyTorch's float64."""
    torch = pytest.importorskip("torch")
    stream = random.Random(seed)
    for _ in range(count):
        program, _ = tame_program(stream)
        if any(step.name == "mod" and isinstance(step.operands[0], float) for step in program.steps):
            continue  # PyTorch cannot differentiate the remainder of a number by a tensor.
        leaves = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in program.leaves]
        build(program, leaves).backward()
        for found, leaf in zip(gradient(program), leaves, strict=True):
            assert agree(found, 0.0 if leaf.grad is None else leaf.grad.item()), program


@pytest.mark.parametrize(("seed", "count"), seeded(300, 7_500))
def test_gradients_are_central_differences(seed: int, count: int) -> None:
    """To the accuracy of a difference, for the leaves of small programs."""
    stream = random.Random(seed)
    for _ in range(count):
        root, leaves = graph(tame_program(stream, most_nodes=12)[0])
        root.backward()
        for leaf in leaves:
            assert agree(central_difference(root, leaf), leaf.grad, 1e-3)


@pytest.mark.parametrize(("seed", "count"), seeded(1_500, 30_000))
def test_what_is_stepped_is_what_backward_computes(seed: int, count: int) -> None:
    """backward() and backward_steps() leave the same bits in every node, whatever the numbers are.

    And each step says what it did: the contribution is the product, the total is in the operand.
    """
    stream = random.Random(seed)
    for index in range(count):
        program = wild_program(stream) if index % 3 else tame_program(stream)[0]
        whole, _ = graph(program)
        whole.backward()
        stepped, _ = graph(program)
        order: list[int] = []
        for step in backward_steps(stepped):
            assert bits(step.contribution) == bits(step.local * step.upstream)
            assert bits(step.total) == bits(step.operand.grad)
            assert step.node.operands[step.operand_index] is step.operand
            order.append(id(step.node))
        nodes = topological_sort(stepped)
        assert order == [id(node) for node in reversed(nodes) for _ in node.operands]
        assert [bits(node.grad) for node in nodes] == [bits(node.grad) for node in topological_sort(whole)]


@pytest.mark.parametrize(("seed", "count"), seeded(300, 7_500))
def test_the_links_by_hand_are_the_backward_pass(seed: int, count: int) -> None:
    """The lecture's way: 1 at the root, then _backward() of each node from the root down."""
    stream = random.Random(seed)
    for _ in range(count):
        program, _ = tame_program(stream)
        by_hand, _ = graph(program)
        by_hand.grad = 1.0
        for node in reversed(topological_sort(by_hand)):
            node._backward()
        root, _ = graph(program)
        root.backward()
        assert [v.grad for v in topological_sort(by_hand)] == [v.grad for v in topological_sort(root)]


@pytest.mark.parametrize(("seed", "count"), seeded(5_000, 100_000))
def test_no_program_raises_and_the_first_bad_node_has_good_operands(seed: int, count: int) -> None:
    """Whatever meets: each value is a float, and inf or nan began where first_non_finite says."""
    stream = random.Random(seed)
    began = 0
    for _ in range(count):
        root, _ = graph(wild_program(stream))
        nodes = topological_sort(root)
        root.backward()
        assert all(type(node.data) is float and type(node.grad) is float for node in nodes)
        first = first_non_finite(root)
        finite = [node for node in nodes if math.isfinite(node.data)]
        if first is None:
            assert finite == nodes
        else:
            began += 1
            assert not math.isfinite(first.data)
            assert nodes.index(first) == next(i for i, node in enumerate(nodes) if node not in finite)
            assert all(math.isfinite(operand.data) for operand in first.operands)
    assert count / 5 < began < count


@pytest.mark.parametrize(("seed", "count"), seeded(500, 12_500))
def test_the_order_is_that_of_the_recursive_sort(seed: int, count: int) -> None:
    """micrograd's own sort, with ordered operands, gives the same order node for node."""

    def recursive(root: Value) -> list[Value]:
        order: list[Value] = []
        visited: set[Value] = set()

        def visit(node: Value) -> None:
            if node not in visited:
                visited.add(node)
                for child in node.operands:
                    visit(child)
                order.append(node)

        visit(root)
        return order

    stream = random.Random(seed)
    for _ in range(count):
        root, _ = graph(tame_program(stream)[0])
        assert topological_sort(root) == recursive(root)


@pytest.mark.parametrize("processes", [3, long(100)])
def test_the_same_bits_in_every_process(processes: int) -> None:
    """Values and gradients do not depend on hash seeds or addresses."""
    root = Path(__file__).parents[2]
    code = "from tests.core.programs import digest; print(digest(9, 300))"
    found = {digest(9, 300)}
    for seed in range(processes):
        environment = {**os.environ, "PYTHONHASHSEED": str(seed * 7919)}
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=root,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        found.add(done.stdout.strip())
    assert len(found) == 1


def derivative(function: Callable[[Value], Value], x: float) -> tuple[float, float]:
    """Value and slope of a function of one Value."""
    leaf = Value(x)
    out = function(leaf)
    out.backward()
    return out.data, leaf.grad


def functions(seed: int) -> tuple[Callable[[Value], Value], Callable[[Value], Value], float]:
    """Two functions made of all operations, and a point where both are tame."""
    stream = random.Random(seed)
    point = stream.uniform(-3.0, 3.0)

    def one() -> Program:
        while True:
            program, _ = tame_program(stream, most_nodes=30)
            if len(program.leaves) == 1:
                return Program((point,), program.steps)

    first, second = one(), one()
    return (lambda x: build(first, [x])), (lambda x: build(second, [x])), point


def rules_of_calculus(seed: int) -> None:
    f, g, x = functions(seed)
    (fx, df), (gx, dg) = derivative(f, x), derivative(g, x)
    if not all(math.isfinite(number) and abs(number) < 1e3 for number in (fx, df, gx, dg)):
        return
    assert agree(derivative(lambda v: f(v) + g(v), x)[1], df + dg, 1e-9)
    assert agree(derivative(lambda v: f(v) * g(v), x)[1], df * gx + fx * dg, 1e-9)
    outer = derivative(f, gx)[1]
    if math.isfinite(outer):
        # The very operations of both passes, in one graph and in two.
        assert derivative(lambda v: f(g(v)), x)[1] == pytest.approx(
            outer * dg, rel=1e-9, abs=1e-9 * abs(outer)
        )


@FIXED
@given(st.integers(0, 2**32))
def test_sum_product_and_chain_rule(seed: int) -> None:
    """(f + g)′ = f′ + g′, (f·g)′ = f′g + fg′, (f∘g)′ = f′(g)·g′, for functions drawn from all operations."""
    rules_of_calculus(seed)


@pytest.mark.long
@LONG
@given(st.integers(0, 2**32))
def test_sum_product_and_chain_rule_long(seed: int) -> None:
    """The same, over many more functions."""
    rules_of_calculus(seed)


Function = Callable[[Value], Value]
IDENTITIES: list[tuple[str, Function, Function, float, float]] = [
    # name, both sides, and between which numbers they are compared
    ("x - x = 0", lambda x: x - x, lambda x: 0 * x, -1e3, 1e3),
    ("−(−x) = x", lambda x: 0 - (-x), lambda x: x, -1e3, 1e3),
    ("x + x = 2x", lambda x: x + x, lambda x: 2 * x, -1e3, 1e3),
    ("x·x = x**2", lambda x: x * x, lambda x: x**2, -1e3, 1e3),
    ("x/x = 1", lambda x: x / x, lambda x: 0 * x + 1, 0.1, 1e3),
    ("x**3 as a Value's power", lambda x: x**3, lambda x: x ** Value(3.0), 0.1, 10),
    ("2**x = e**(x log 2)", lambda x: 2**x, lambda x: (x * math.log(2)).exp(), -20, 5),
    ("sqrt x = x**0.5", lambda x: x.sqrt(), lambda x: x**0.5, 0.01, 1e3),
    ("1/x = x**-1", lambda x: 1 / x, lambda x: x**-1, 0.1, 1e3),
    ("log(e**x) = x", lambda x: x.exp().log(), lambda x: x, -20, 20),
    ("e**(log x) = x", lambda x: x.log().exp(), lambda x: x, 0.01, 1e3),
    ("log x² = 2 log x", lambda x: (x * x).log(), lambda x: 2 * x.log(), 0.01, 1e3),
    ("sin² + cos² = 1", lambda x: x.sin() ** 2 + x.cos() ** 2, lambda x: 0 * x + 1, -10, 10),
    ("sin 2x", lambda x: (2 * x).sin(), lambda x: 2 * x.sin() * x.cos(), -10, 10),
    ("cos x = sin(x + π/2)", lambda x: x.cos(), lambda x: (x + math.pi / 2).sin(), -10, 10),
    ("tanh is odd", lambda x: (-x).tanh(), lambda x: -x.tanh(), -30, 30),
    ("tanh x = 2σ(2x) − 1", lambda x: x.tanh(), lambda x: 2 * (2 * x).sigmoid() - 1, -30, 30),
    ("σ(x) + σ(−x) = 1", lambda x: x.sigmoid() + (-x).sigmoid(), lambda x: 0 * x + 1, -30, 30),
    ("tanh by exp", lambda x: x.tanh(), lambda x: 1 - 2 / ((2 * x).exp() + 1), -10, 10),
    ("relu = (x + |x|)/2", lambda x: x.relu(), lambda x: (x + abs(x)) / 2, 0.001, 1e3),
    ("relu = (x + |x|)/2 below 0", lambda x: x.relu(), lambda x: (x + abs(x)) / 2, -1e3, -0.001),
    ("|x| = sqrt x²", lambda x: x.abs(), lambda x: (x * x).sqrt(), -1e3, -0.01),
    ("relu x − relu −x = x", lambda x: x.relu() - (-x).relu(), lambda x: x, 0.001, 1e3),
]


@pytest.mark.parametrize(
    ("left", "right", "low", "high"), [row[1:] for row in IDENTITIES], ids=[row[0] for row in IDENTITIES]
)
@FIXED
@given(share=st.floats(0.0, 1.0))
def test_identities(left: Function, right: Function, low: float, high: float, share: float) -> None:
    """Both sides of an identity have the same value and the same slope, to 1e-12·max(1, |…|)."""
    x = low + (high - low) * share
    for a, b in zip(derivative(left, x), derivative(right, x), strict=True):
        assert agree(a, b), x


ANY = st.floats(allow_nan=True, allow_infinity=True)


@FIXED
@given(ANY, ANY)
@example(math.inf, -math.inf)
@example(0.0, -0.0)
def test_sums_and_products_commute_to_the_bit(x: float, y: float) -> None:
    """x + y is y + x and x · y is y · x, and the gradients are exchanged with the operands."""
    for combine in (Value.__add__, Value.__mul__):
        a, b, c, d = Value(x), Value(y), Value(x), Value(y)
        first, second = combine(a, b), combine(d, c)
        first.backward()
        second.backward()
        assert bits(first.data) == bits(second.data)
        assert (bits(a.grad), bits(b.grad)) == (bits(c.grad), bits(d.grad))


@FIXED
@given(ANY)
def test_neutral_numbers_change_nothing(x: float) -> None:
    """x · 1, x ** 1 and x − 0 have the bits of x."""
    value = Value(x)
    for result in (value * 1, value**1, value - 0):
        assert bits(result.data) == bits(x)
