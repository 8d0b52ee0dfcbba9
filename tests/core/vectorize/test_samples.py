"""Programs that apply a network to sample after sample, as a lecture does: the samples are the rows of the arrays."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pytest

from micrograd_core.engine import Value
from micrograd_core.nn import MLP
from micrograd_core.vectorize import vectorize
from tests.core.vectorize.test_explain import check
from tests.seeds import least, seeded

Rows = list[list[Value]]


def values(rows: Sequence[Sequence[float]], name: str = "") -> Rows:
    return [
        [Value(number, label=name and f"{name}[{i}][{j}]") for j, number in enumerate(row)]
        for i, row in enumerate(rows)
    ]


def lecture(network: MLP, xs: Rows, ys: Sequence[Value]) -> Value:
    scores = [network(x) for x in xs]
    return sum(((score - y) ** 2 for score, y in zip(scores, ys, strict=True)), Value(0.0))  # type: ignore[operator, misc]


XS = ((2.0, 3.0, -1.0), (3.0, -1.0, 0.5), (0.5, 1.0, 1.0), (1.0, 1.0, -1.0))


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("xs", "ys"), ("xs", "ys")),
        (("", ""), ("X1", "[1, -1, -1, …]")),
        (("x", "p"), ("x", "p")),
        (("h1", "W"), ("h1", "W")),
    ],
    ids=str,
)
def test_the_four_samples_of_the_lecture_are_four_rows(
    names: tuple[str, str], expected: tuple[str, str]
) -> None:
    """Three matrix products, of all samples each; arrays have the names of the program's own lists."""
    random.seed(1)
    network = MLP(3, [4, 4, 1])
    xs = values(XS, names[0])
    ys = [Value(y, label=names[1] and f"{names[1]}[{i}]") for i, y in enumerate((1.0, -1.0, -1.0, 1.0))]
    program = vectorize(lecture(network, xs, ys), [], network.parameters())
    check(program)
    x, y = expected
    h = "h_" if x == "h1" else "h"
    assert [(str(line), line.shape) for line in program.explain().operations] == [
        (f"s1 = {y} * -1", (4,)),
        (f"{h}1 = relu({x} @ W1.T + b1)", (4, 4)),
        (f"{h}2 = relu({h}1 @ W2.T + b2)", (4, 4)),
        (f"{h}3 = {h}2 @ W3.T + b3", (4, 1)),
        (f"{h}4 = {h}3 + s1[:, None]", (4, 1)),
        (f"{h}5 = {h}4 ** 2", (4, 1)),
        (f"s2 = {h}5.sum()", (1,)),
    ]


def formulas(output: Value, parameters: Sequence[Value]) -> list[str]:
    program = vectorize(output, [], parameters)
    check(program)
    return [str(line) for line in program.explain().operations]


@pytest.mark.parametrize(
    ("loss", "lines"),
    [
        (lambda score, y: (score - y) ** 2, ["h4 = h3 + X2", "h5 = h4 ** 2"]),
        (lambda score, y: abs(score - y), ["h4 = h3 + X2", "h5 = abs(h4)"]),
        (lambda score, _y: (score - 0.5) ** 2, ["h4 = h3 + -0.5", "h5 = h4 ** 2"]),
    ],
)
def test_the_lecture_with_plain_numbers(loss: Callable[[Value, float], Value], lines: list[str]) -> None:
    """Samples and targets are floats, as in the lecture: each layer is one product, targets are no weights."""
    random.seed(1)
    network = MLP(3, [4, 4, 1])
    pairs = zip(XS, (1.0, -1.0, -1.0, 1.0), strict=True)
    total = sum((loss(network(x), y) for x, y in pairs), Value(0.0))  # type: ignore[arg-type]
    assert formulas(total, network.parameters()) == [
        "h1 = relu(X1 @ W1.T + b1)",
        "h2 = relu(h1 @ W2.T + b2)",
        "h3 = h2 @ W3.T + b3",
        *lines,
        "s1 = h5.sum()",
    ]


@pytest.mark.parametrize("factor", [-0.9, -1.0, 1.0, 2.0])
def test_a_factor_that_happens_to_be_minus_one_is_no_subtraction(factor: float) -> None:
    """A label of −1 among others weighs what a network says as they do: the samples stay rows of one shape."""
    random.seed(1)
    network, gate = MLP(3, [1]), MLP(3, [1])
    ys = [Value(y) for y in (1.0, factor, 0.5, 1.0)]
    xs = values(XS)
    losses = [(network(x) + gate(x) * y) ** 2 for x, y in zip(xs, ys, strict=True)]  # type: ignore[operator]
    program = vectorize(sum(losses, Value(0.0)), [], [*network.parameters(), *gate.parameters()])
    assert [line.shape for line in program.explain().operations] == [(4, 1), (4,), (4,), (1,)]


@pytest.mark.parametrize("weights_first", [True, False])
def test_weights_are_the_parameters_also_with_one_bias_for_all(weights_first: bool) -> None:
    """The trained side of a product is its weights if a bias fits both sides."""
    xs = values([(1.0, -2.0, 0.5), (0.3, 0.7, -1.0)], "xs")
    ws = values([(0.1, 0.2, 0.3), (-0.4, 0.5, 0.6), (0.7, 0.8, -0.9), (1.0, 1.1, 1.2)])
    bias = Value(0.25)
    rows = layer(xs, ws, [bias] * 4, Value.tanh, weights_first, "")
    total = sum((node for row in rows for node in row), Value(0.0))
    assert formulas(total, [*(w for row in ws for w in row), bias])[0] == "h1 = tanh(xs @ W1.T + b1)"


def test_a_part_of_a_list_has_not_its_name() -> None:
    """Two of four samples, and two elements of a list, are told as what they are."""
    xs = values(XS, "xs")
    ws = values([(0.1, 0.2, 0.3), (-0.4, 0.5, 0.6)])
    rows = layer(xs[1:3], ws, [], Value.tanh, True, "")
    total = sum((node for row in rows for node in row), Value(0.0)) * xs[0][0]
    assert formulas(total, [w for row in ws for w in row])[:2] == ["h1 = tanh(X1 @ W1.T)", "s1 = h1.sum()"]
    ys = [Value(0.1 * i, label=f"ys[{i}]") for i in range(4)]
    parted = sum((y.tanh() for y in ys[:2]), Value(0.0)) * sum((y.exp() for y in ys[2:]), Value(0.0))
    assert formulas(parted, [])[:2] == ["s1 = tanh([ys[0], ys[1]])", "s2 = exp([ys[2], ys[3]])"]


def test_entries_of_a_huge_list_are_told_one_by_one() -> None:
    """Two entries at the end of it are no matrix of a trillion."""
    ends = [Value(0.5, label="xs[999999][999999]"), Value(0.7, label="xs[1][999999]")]
    total = sum((end.tanh() for end in reversed(ends)), Value(0.0))
    assert formulas(total, [])[0] == "s1 = tanh([xs[1][999999], xs[999999][999999]])"


@pytest.mark.parametrize("name", ["tanh", "x y", "p.w", ""])
def test_a_list_that_is_called_like_a_function_or_has_no_name_is_named_anew(name: str) -> None:
    """Formulas can be run by numpy."""
    ws = values([(0.1, 0.2, 0.3), (-0.4, 0.5, 0.6)])
    rows = layer(values(XS, name), ws, [], Value.tanh, True, "")
    total = sum((node for row in rows for node in row), Value(0.0))
    assert formulas(total, [w for row in ws for w in row])[0] == "h1 = tanh(X1 @ W1.T)"


@dataclass(frozen=True, slots=True)
class Case:
    """A random network on random samples."""

    output: Value
    xs: Rows
    ys: list[Value]
    parameters: list[Value]
    layers: int
    is_plain: bool
    """Whether no layer adds its operands to its results."""
    is_whole: bool
    """Whether all last neurons are asked about all samples."""


def draw(stream: random.Random, samples: int) -> Case:
    """Layers of random widths, with weights left or right, with biases, without or with one for all; some add their
    operands to their results, some the first of them to all, and some last neurons are not asked about all samples.
    """
    widths = [stream.randint(1, 4) for _ in range(stream.randint(2, 4))]
    activation = stream.choice([Value.tanh, Value.relu, Value.sin])
    weights_first, in_order = stream.random() < 0.5, stream.random() < 0.7
    biases = stream.choice(["each", "none", "one"])
    skip = stream.choice(["", "", "own", "first"])
    xs = values([[stream.gauss(0.0, 1.0) for _ in range(widths[0])] for _ in range(samples)])
    ys = [Value(stream.gauss(0.0, 1.0)) for _ in range(samples)]
    parameters: list[Value] = []

    def parameter() -> Value:
        parameters.append(Value(stream.gauss(0.0, 0.7)))
        return parameters[-1]

    one = parameter()
    rows = xs
    for before, width in pairwise(widths):
        weights = [[parameter() for _ in range(before)] for _ in range(width)]
        bias = [one if biases == "one" else parameter() for _ in range(width)]
        rows = layer(rows, weights, bias if biases != "none" else [], activation, weights_first, skip)
    if stream.random() < 0.3:
        rows = [stream.sample(row, stream.randint(1, len(row))) for row in rows]
    losses = [(sum(row, Value(0.0)) - y) ** 2 for row, y in zip(rows, ys, strict=True)]
    if not in_order:
        stream.shuffle(losses)
    total = sum(losses, Value(0.0)) * (1.0 / samples)
    if stream.random() < 0.5:
        total = total + sum((p * p for p in parameters), Value(0.0)) * 0.01
    is_whole = all(len(row) == widths[-1] for row in rows)
    return Case(total, xs, ys, parameters, len(widths) - 1, not skip, is_whole)


def layer(
    rows: Rows,
    weights: Rows,
    biases: Sequence[Value],
    activation: Callable[[Value], Value],
    weights_first: bool,
    skip: str,
) -> Rows:
    def neuron(row: Sequence[Value], unit: int) -> Value:
        pairs = zip(weights[unit], row, strict=True)
        total = sum((w * x if weights_first else x * w for w, x in pairs), Value(0.0))
        if skip == "own" and len(row) == len(weights):
            total = total + row[unit]
        if skip == "first":
            total = total + row[0]
        return activation(total + biases[unit] if biases else total)

    return [[neuron(row, unit) for unit in range(len(weights))] for row in rows]


@pytest.mark.parametrize(("seed", "count"), seeded(300, 6_000))
def test_random_networks_on_samples_are_the_value_graph(seed: int, count: int) -> None:
    """Loss, gradients by all parameters and inputs, and every claim of the explanation.

    Where all neurons are asked about all samples a layer is at most one product, and without skips it is one.
    """
    stream = random.Random(seed)
    plain = 0
    for _ in range(count):
        case = draw(stream, stream.randint(2, 5))
        leaves = [*case.parameters, *(x for row in case.xs for x in row), *case.ys]
        case.output.backward()
        expected = [leaf.grad for leaf in leaves]
        for given in (leaves, case.parameters):
            program = vectorize(case.output, [], given)
            value, gradient = program.value_and_grad(np.zeros((3, 0)), [leaf.data for leaf in given])
            assert value == pytest.approx(case.output.data, rel=1e-12, abs=1e-12)
            bound = 1e-12 * np.maximum(1.0, np.abs(expected[: len(given)]))
            assert (np.abs(gradient - expected[: len(given)]) <= bound).all()
            check(program)
        products = sum(".T" in line.formula for line in program.explain().operations)
        assert products <= case.layers or not case.is_whole
        assert products == case.layers or not (case.is_whole and case.is_plain)
        plain += case.is_whole and case.is_plain
    assert plain > least(0.35, count)


@pytest.mark.parametrize(("seed", "count"), seeded(100, 2_000))
def test_samples_may_vary_per_example_too(seed: int, count: int) -> None:
    """Several samples in the graph of one example: each gradient, and the same weights have one name."""
    stream = random.Random(seed)
    for _ in range(count):
        case = draw(stream, stream.randint(2, 3))
        inputs = [*(x for row in case.xs for x in row), *case.ys]
        program = vectorize(case.output, inputs, case.parameters)
        case.output.backward()
        batch = program.bind([[leaf.data for leaf in inputs]] * 2)
        _, gradient = batch.value_and_grad([leaf.data for leaf in case.parameters])
        found = [*gradient, *batch.input_gradients()[1]]
        expected = [leaf.grad for leaf in (*case.parameters, *inputs)]
        assert np.allclose(found, expected, rtol=1e-12, atol=1e-12)
        check(program)
        lines = [line for line in program.explain().operations if line.weights]
        weights = {(line.operands[1].rows, line.weights) for line in lines}
        assert len({rows for rows, _ in weights}) == len({name for _, name in weights}) == len(weights)


@pytest.mark.parametrize("size", [np.inf, -np.inf, np.nan, 1e200])
def test_inf_and_nan_stay_in_their_samples(size: float) -> None:
    """A sample that is not finite spoils its own row alone, and the gradients that it spoils in the scalars."""
    random.seed(2)
    network = MLP(2, [3, 3])
    xs = values([(1.0, 0.0), (size, 0.0), (0.5, -2.0)])
    outputs = [output for x in xs for output in network(x)]  # type: ignore[union-attr]
    total = sum(outputs, Value(0.0))
    parameters = [*network.parameters(), *(x for row in xs for x in row)]
    program = vectorize(total, [], parameters, outputs)
    batch = program.bind(np.zeros((1, 0)))
    _, gradient = batch.value_and_grad([parameter.data for parameter in parameters])
    total.backward()
    assert np.allclose(batch.watched()[:, 0], [output.data for output in outputs], rtol=1e-12, equal_nan=True)
    expected = [parameter.grad for parameter in parameters]
    assert np.array_equal(np.isfinite(gradient), np.isfinite(expected))
