"""Graphs that a rule of grouping may trip over, one by one, and networks of odd sizes."""

from collections.abc import Callable, Sequence
from itertools import permutations, product

import numpy as np
import pytest

from micrograd_core.engine import Value
from micrograd_core.graph import topological_sort
from micrograd_core.nn import MLP
from micrograd_core.training.losses import LOSSES, l2_penalty
from micrograd_core.vectorize import ArrayProgram, Batch, vectorize
from micrograd_core.vectorize.program import CHUNK
from micrograd_core.vectorize.rules import Array
from tests.seeds import SWEEP, seeds

Values = list[Value]
Build = Callable[[Values, Values, Values], Value]
"""The output from three inputs, twelve parameters and a list to put watched nodes into."""
INPUTS, PARAMETERS = 3, 12


def dot(weights: Sequence[Value], operands: Sequence[Value]) -> Value:
    return sum((w * x for w, x in zip(weights, operands, strict=True)), Value(0.0))


def reversed_sum(terms: Sequence[Value]) -> Value:
    """a + (b + (c + d))."""
    *others, total = terms
    for term in reversed(others):
        total = term + total
    return total


def tied(x: Values, p: Values, _w: Values) -> Value:
    """Three layers with the same weights."""
    for _ in range(3):
        x = [(dot(p[3 * i : 3 * i + 3], x) + p[9 + i]).tanh() for i in range(3)]
    return dot(p[:3], x)


def used_as_weight_and_operand(x: Values, p: Values, _w: Values) -> Value:
    inner = [(dot(p[i : i + 3], x) + p[i]).sin() * p[i + 1] for i in range(3)]
    return (dot(p[:3], inner) * p[0] + p[0]).tanh() + p[0] * p[0]


def repeated_operands(x: Values, p: Values, _w: Values) -> Value:
    """The same operand twice in a sum, with other weights, with the same weight, and as it is."""
    return (p[0] * x[0] + p[1] * x[0] + p[0] * x[0] + x[0] + x[0]).sin() + (p[0] * x[1] + p[0] * x[1]).cos()


def repeated_in_rows(x: Values, p: Values, _w: Values) -> Value:
    """Rows of one product that all have one operand twice, and one weight in several places."""
    return reversed_sum([(p[i] * x[0] + p[0] * x[0] + p[1] * x[1]).tanh() for i in range(3)])


def product_of_sums(x: Values, p: Values, _w: Values) -> Value:
    return (dot(p[:3], x) + p[3]) * (dot(p[4:7], x) + p[7]) * dot(p[:3], p[3:6]) * (x[0] + x[1] + x[2])


def two_biases(x: Values, p: Values, _w: Values) -> Value:
    return sum(((dot(p[i : i + 3], x) + p[i] + p[9] + 0.5).tanh() for i in range(3)), Value(0.0))


def same_bias_twice(x: Values, p: Values, _w: Values) -> Value:
    return (dot(p[:3], x) + p[3] + p[3]).tanh() * (dot(p[4:7], x) + p[3]).tanh()


def watched(x: Values, p: Values, w: Values) -> Value:
    """Partial sums, products, leaves, constants, one node twice, and what the output is not made of."""
    weighted = p[0] * x[0]
    partial = weighted + p[1] * x[1]
    total = partial + p[2] * x[2] + p[3]
    shared = p[0] * p[1] + p[2] * p[3] + p[4] * p[5] + p[6] * p[7]
    output = total.relu() + shared
    beside = (output * x[1]).exp() + p[11] * p[10]
    w += [
        partial,
        weighted,
        total,
        total,
        x[2],
        p[5],
        Value(4.5),
        shared,
        output,
        beside,
        p[11] * p[9],
        beside,
    ]
    return output


def penalty(x: Values, p: Values, _w: Values) -> Value:
    return LOSSES["max-margin"](dot(p[:3], x), 1.0) + l2_penalty(p, 0.1) + (p[0] * p[1]).exp()


def penalty_twice(x: Values, p: Values, _w: Values) -> Value:
    """The same shared node as two summands, and as part of what is per example."""
    extra = p[0].exp()
    return extra + (extra + (extra * x[0]).tanh())


def output_used_inside(x: Values, p: Values, w: Values) -> Value:
    """A summand that the other summand is made of."""
    shared = p[0] * p[1] + p[2] * p[3] + p[4] * p[5] + p[0] * p[0]
    w.append(shared.tanh())
    return (shared * x[0] + p[0] * x[1] + x[2]).sin() + shared


def mixed_kinds(x: Values, p: Values, _w: Values) -> Value:
    """Sums in which inputs weigh inputs, parameters stand alone, and constants do both."""
    return (x[0] * x[1] + p[0] * 2.0 + x[2] * 3.0 + p[1] + 4.0 + x[0] * x[0] + p[0] * p[1]).tanh()


def shared_matrix(x: Values, p: Values, _w: Values) -> Value:
    """Sums of products among parameters alone, side by side: one is a square, one has an operand twice."""
    sums = [
        dot(p[:4], p[4:8]),
        dot(p[:4], p[:4]),
        dot(p[4:8], p[8:]),
        p[0] * p[1] + p[0] * p[2] + p[0] + p[0],
    ]
    return sum((total.tanh() * x[0] for total in sums), Value(0.0)) + dot(sums, sums)


def shared_sums(x: Values, p: Values, _w: Values) -> Value:
    """Sums of parameters alone, side by side, with nothing that weighs them."""
    return reversed_sum(p[:4]).tanh() * x[0] * reversed_sum(p[4:8]).tanh() * reversed_sum(p[8:]).sin()


def one_weight_twice(x: Values, p: Values, _w: Values) -> Value:
    """A constant that weighs an operand of a matrix, and is added to several other nodes."""
    constant = Value(0.3)
    rows = [(dot([constant, *p[i : i + 2]], x) + p[9 + i]).tanh() for i in range(2)]
    return reversed_sum([(row.exp() + constant).sin() * (row.cos() + constant).sin() for row in rows])


def powers(x: Values, p: Values, _w: Values) -> Value:
    """The same constant exponent in rows, another beside it, exponents that are nodes, per example and shared."""
    base = [(p[i] * x[i]).exp() for i in range(3)]
    constant = [base[0] ** 2, base[1] ** 2, base[2] ** 0.5, base[0] ** 0.5]
    return sum(constant, Value(0.0)) + base[0] ** p[0] + base[1] ** x[1] + p[3].exp() ** x[2] + 2.0 ** base[2]


def shared_against_rows(x: Values, p: Values, _w: Values) -> Value:
    """A parameter before and behind inputs in a group: different parameters, and one for all of them."""
    before = [p[i] / (x[i] * x[i] + 2.0) for i in range(3)]
    behind = [(x[i] * x[i] + 1.0) ** p[0] for i in range(3)]
    return reversed_sum([*before, *behind])


def sum_of(count: int) -> Build:
    def build(x: Values, p: Values, _w: Values) -> Value:
        return sum((p[i % PARAMETERS] * x[i % INPUTS] for i in range(count)), Value(0.0)).tanh()

    return build


def bare_sum_of(count: int) -> Build:
    def build(x: Values, p: Values, _w: Values) -> Value:
        functions = [x[i % 3].tanh() * 1.0 if i % 2 else (x[i % 3] * p[i % 12]).cos() for i in range(count)]
        return reversed_sum(functions)

    return build


GRAPHS: dict[str, Build] = {
    "an input": lambda x, _p, _w: x[1],
    "a parameter": lambda _x, p, _w: p[3],
    "a constant": lambda _x, _p, _w: Value(2.5),
    "no inputs": lambda _x, p, _w: (p[0] * p[1]).tanh() + p[2],
    "no parameters": lambda x, _p, _w: (x[0] * x[1]).tanh() + x[2] * x[2],
    "constants alone": lambda _x, _p, _w: (Value(2.0) * Value(3.0)).sin() + 1.0,
    "a sum of two leaves": lambda x, p, _w: x[0] + p[0],
    "an operand twice": lambda x, _p, _w: x[0] + x[0],
    "a parameter twice": lambda _x, p, _w: p[0] + p[0],
    "powers of a negative constant": lambda x, _p, _w: Value(-2.0) ** 2 * x[0] + Value(-3.0) ** Value(2.0),
    "a square": lambda x, p, _w: x[0] * x[0] + p[0] * p[0],
    "a node three times": lambda x, p, _w: (x[0] * p[0]) * (x[0] * p[0]) + (x[0] * p[0]),
    "an empty row of zeros": lambda x, _p, _w: Value(0.0) + x[0] + Value(0.0) + x[1],
    "a weight of zero": lambda x, p, _w: dot([Value(0.0), p[0], p[1]], x),
    "the same sum twice": lambda x, p, _w: (dot(p[:3], x) + p[3]) * (dot(p[:3], x) + p[3]),
    "a chain of products": lambda x, p, _w: x[0] * p[0] * x[1] * p[1] * x[2] * p[2],
    "a matrix without biases": lambda x, p, _w: reversed_sum(
        [dot(p[3 * i :][:3], x).tanh() for i in range(4)]
    ),
    "part of the rows have a bias": lambda x, p, _w: reversed_sum(
        [(dot(p[i : i + 3], x) + p[9] if i % 2 else dot(p[i : i + 3], x)).tanh() for i in range(4)]
    ),
    "operands in other orders": lambda x, p, _w: reversed_sum(
        [dot(p[:3], order).tanh() for order in permutations(x)]
    ),
    **{f"{count} terms": sum_of(count) for count in (2, 3, 4, 5, 100)},
    **{f"{count} functions": bare_sum_of(count) for count in (2, 3, 4, 5, 100)},
    **{
        build.__name__.replace("_", " "): build
        for build in (
            tied,
            used_as_weight_and_operand,
            repeated_operands,
            repeated_in_rows,
            product_of_sums,
            two_biases,
            same_bias_twice,
            watched,
            penalty,
            penalty_twice,
            output_used_inside,
            mixed_kinds,
            shared_matrix,
            shared_sums,
            one_weight_twice,
            powers,
            shared_against_rows,
        )
    },
}


def leaves(count: int, seed: int) -> Values:
    return [Value(x) for x in np.random.default_rng(seed).normal(size=count)]


def roles(seed: int = 0) -> tuple[Values, Values, Values]:
    """Inputs, parameters and a list for what is watched."""
    return leaves(INPUTS, 2 * seed + 1), leaves(PARAMETERS, 2 * seed + 2), []


def by_scalars(program: ArrayProgram, examples: Array) -> tuple[Array, Array, Array, Array]:
    """Outputs, watched nodes, gradients by the parameters, gradients by the inputs: an example a row.

    The graph itself is evaluated again and differentiated, for one example after the other.
    """
    graph = topological_sort(program.output, *program.watch)
    rows: tuple[list[list[float]], ...] = ([], [], [], [])
    for example in examples.tolist():
        for leaf, number in zip(program.inputs, example, strict=True):
            leaf.data = number
        for leaf in (*program.inputs, *program.parameters):
            leaf.grad = 0.0
        for node in graph:
            if node.operation is not None:
                constant = [] if node.constant is None else [node.constant]
                node.data = node.operation.forward(*[operand.data for operand in node.operands], *constant)
        program.output.backward()
        rows[0].append([program.output.data])
        rows[1].append([node.data for node in program.watch])
        rows[2].append([leaf.grad for leaf in program.parameters])
        rows[3].append([leaf.grad for leaf in program.inputs])
    outputs, watched_nodes, gradients, input_gradients = map(np.array, rows)
    return outputs[:, 0], watched_nodes, gradients, input_gradients


def near(found: Array | float, expected: Array | float) -> bool:
    off = np.abs(np.asarray(found) - expected)
    return np.shape(found) == np.shape(expected) and bool(
        (off <= 1e-12 * np.maximum(1, np.abs(expected))).all()
    )


def check(program: ArrayProgram, examples: Array) -> None:
    """Every number that can be asked for, in both orders."""
    parameters = [leaf.data for leaf in program.parameters]
    outputs, watched_nodes, gradients, input_gradients = by_scalars(program, examples)
    found, found_watched = program.evaluate(examples, parameters)
    assert near(found, outputs)
    assert near(found_watched, watched_nodes.T)
    assert near(program.forward(examples, parameters), outputs)
    value, gradient = program.value_and_grad(examples, parameters)
    assert near(value, outputs.mean())
    assert near(gradient, gradients.mean(axis=0))

    batch = program.bind(examples)
    asked: dict[str, tuple[Callable[[Batch], Array], Array]] = {
        "gradient": (Batch.gradient, gradients.mean(axis=0)),
        "input gradients": (Batch.input_gradients, input_gradients),
        "watched": (Batch.watched, watched_nodes.T),
    }
    for order in permutations(asked):
        assert near(batch.value(parameters), outputs.mean())
        for what in order:
            ask, expected = asked[what]
            assert near(ask(batch), expected), (what, order)
    first = batch.value_and_grad(parameters)
    assert first[0] == batch.value(parameters)
    assert first[1].tobytes() == batch.gradient().tobytes()


@pytest.mark.parametrize("count", [1, 2, 7])
@pytest.mark.parametrize("name", GRAPHS)
def test_every_number_of_a_special_graph(name: str, count: int) -> None:
    """Outputs, watched nodes, mean, both gradients, whichever is asked for first, are those of the graph itself.

    Inputs and parameters that the graph does not use are allowed; their gradient is 0.
    """
    check_as_given(name, count, seed=0)


def check_as_given(name: str, count: int, seed: int) -> None:
    x, p, watch = roles(seed)
    output = GRAPHS[name](x, p, watch)
    check(vectorize(output, x, p, watch), np.random.default_rng(seed + 3).normal(size=(count, INPUTS)))


@pytest.mark.parametrize("name", GRAPHS)
def test_leaves_in_another_order_and_in_other_roles(name: str) -> None:
    """Inputs reversed; parameters shuffled, some of them constants; or all leaves inputs, or all of them parameters."""
    check_in_other_roles(name, seed=0)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(1, 1 + SWEEP))
def test_special_graphs_of_other_numbers(seed: int) -> None:
    """Both laws, with other data in all leaves and other examples."""
    for name in GRAPHS:
        check_as_given(name, 2, seed)
        check_in_other_roles(name, seed)


def check_in_other_roles(name: str, seed: int) -> None:
    stream = np.random.default_rng(seed + 4)
    x, p, watch = roles(seed)
    output = GRAPHS[name](x, p, watch)
    shuffled = [p[i] for i in stream.permutation(PARAMETERS)]
    for inputs, parameters in (
        (x[::-1], shuffled[:7]),
        (x[:1] + shuffled[3:], shuffled[:3]),
        ([], x + p),
        (p + x, []),
    ):
        check(vectorize(output, inputs, parameters, watch), stream.normal(size=(3, len(inputs))))


def test_unused_leaves_have_the_gradient_0_in_every_step() -> None:
    """Also after steps with other numbers, and where some parameters of a run are used and others are not."""
    x, p = leaves(3, 1), leaves(6, 2)
    batch = vectorize(p[1] * x[1] + p[4], x, p).bind(np.ones((2, 3)))
    for size in (1.0, 5.0, np.inf):
        batch.load(np.full((2, 3), size))
        assert batch.value_and_grad(np.ones(6))[1].tolist() == [0.0, size, 0.0, 0.0, 1.0, 0.0]
        assert batch.input_gradients().tolist() == [[0.0, 1.0, 0.0]] * 2


@pytest.mark.parametrize("count", [1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 3])
def test_many_examples_are_evaluated_in_chunks(count: int) -> None:
    """One chunk, one example more, two chunks: each example's output and watched nodes are in its place."""
    x, p = leaves(2, 1), leaves(2, 2)
    inner = p[0] * x[0]
    program = vectorize((inner + p[1] * x[1]).tanh(), x, p, [inner, p[1], x[0]])
    data = np.random.default_rng(5).normal(size=(count, 2))
    a, b = 0.75, -1.5
    outputs, watched_nodes = program.evaluate(data, [a, b])
    assert near(outputs, np.tanh(a * data[:, 0] + b * data[:, 1]))
    assert near(watched_nodes, np.array([a * data[:, 0], np.full(count, b), data[:, 0]]))


def test_the_gradient_over_more_examples_than_a_chunk() -> None:
    """value_and_grad takes them all at once."""
    x, p = leaves(2, 1), leaves(2, 2)
    data = np.random.default_rng(6).normal(size=(CHUNK + 1, 2))
    value, gradient = vectorize(p[0] * x[0] + p[1] * x[1] * x[1], x, p).value_and_grad(data, [2.0, 3.0])
    assert near(value, (2.0 * data[:, 0] + 3.0 * data[:, 1] ** 2).mean())
    assert near(gradient, np.array([data[:, 0].mean(), (data[:, 1] ** 2).mean()]))


def test_loaded_inputs_take_the_place_of_the_others() -> None:
    """Values of inputs alone are computed at load(), others at the next pass; no old one is left."""
    x, p, watch = roles()
    graph = (x[0] * x[1]).exp() * p[0] + GRAPHS["watched"](x, p, watch)
    program = vectorize(graph, x, p, [*watch, (x[0] * x[1]).sin()])
    parameters = [leaf.data for leaf in p]
    stream = np.random.default_rng(7)
    batch = program.bind(stream.normal(size=(5, INPUTS)))
    batch.value_and_grad(parameters)
    batch.input_gradients()
    batch.watched()
    for _ in range(3):
        examples = stream.normal(size=(5, INPUTS))
        outputs, watched_nodes, gradients, input_gradients = by_scalars(program, examples)
        batch.load(examples)
        value, gradient = batch.value_and_grad(parameters)
        assert near(value, outputs.mean())
        assert near(gradient, gradients.mean(axis=0))
        assert near(batch.input_gradients(), input_gradients)
        assert near(batch.watched(), watched_nodes.T)


@pytest.mark.parametrize("seed", seeds(few=1, sweep=10))
@pytest.mark.parametrize(
    ("hidden", "activation"), [*product(((1,), (1, 1, 1), (64,), (1, 64, 1)), ("relu", "tanh"))]
)
def test_networks_of_one_neuron_and_of_64(hidden: tuple[int, ...], activation: str, seed: int) -> None:
    """A matrix of one row, of one column and of one entry; all neurons are watched."""
    network = MLP(2, [*hidden, 1], activation)
    stream = np.random.default_rng(seed + 8)
    for leaf, number in zip(network.parameters(), stream.normal(size=len(network.parameters())), strict=True):
        leaf.data = float(number)
    x = [Value(0.0), Value(0.0), Value(1.0)]
    score = network(x[:2])
    assert isinstance(score, Value)
    neurons = [node for node in topological_sort(score) if node.op == activation]
    assert len(neurons) == sum(hidden)
    loss = LOSSES["max-margin"](score, x[2]) + l2_penalty(network.parameters(), 0.01)
    check(vectorize(loss, x, network.parameters(), neurons), stream.normal(size=(4, 3)))


@pytest.mark.parametrize("size", [50_000, pytest.param(1_000_000, marks=pytest.mark.long)])
def test_long_chains_are_derived_without_recursion(size: int) -> None:
    """Two of additions, which become one sum each, and a shorter one of functions, each of them an array operation."""
    x, w = Value(0.5), Value(0.25)
    node = w * x
    for _ in range(size):
        node = node + 1.0
    assert vectorize(node, [x], [w]).value_and_grad([[0.5]], [0.25]) == (size + 0.125, [0.5])
    node = w * x
    for _ in range(size):
        node = node + w
    assert vectorize(node, [x], [w]).value_and_grad([[0.5]], [0.25])[1].tolist() == [size + 0.5]
    node = w * x
    for _ in range(size // 10):
        node = node.relu()
    assert vectorize(node, [x], [w]).value_and_grad([[0.5]], [0.25])[1].tolist() == [0.5]
