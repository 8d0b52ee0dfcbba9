"""The derivation as data: what it says of a graph is what the graph computes."""

import random
import re
from collections.abc import Mapping
from math import prod
from typing import Any

import numpy as np
import pytest

from micrograd_core.engine import Value
from micrograd_core.gradcheck import evaluate_nodes
from micrograd_core.graph import topological_sort
from micrograd_core.ops import OPS
from micrograd_core.training.config import TrainingConfig
from micrograd_core.training.model import loss_program, score_program
from micrograd_core.vectorize import (
    HIDDEN,
    UNIT,
    ArrayEntry,
    ArrayOperand,
    ArrayOperation,
    ArrayProgram,
    Explanation,
    is_accessed,
    vectorize,
)
from micrograd_core.vectorize.rules import Array
from tests.core.programs import build_nodes, layered_program, stays_tame, tame_program
from tests.core.vectorize.test_special_graphs import GRAPHS, roles
from tests.seeds import seeded

EXAMPLES = 3
LISTED = re.compile(r"(?<![\w\]])\[|…|\)\.sum")
"""Operands one by one, and sums of products side by side: such a formula is for people alone."""
LIST_ENTRY = re.compile(r"\w+(\[\d+\])+")
LITERAL = re.compile(r"\d\.\d|e[+-]\d")
"""A number of which six digits are written."""
FUNCTIONS: dict[str, object] = {
    row.symbol: np.vectorize(row.forward, otypes=[np.float64]) for row in OPS.values() if row.is_function
}


def test_each_layer_of_the_demo_is_one_operation() -> None:
    """A product, a bias and a function: 16 neurons of 4 products and sums each, and so on, with nothing left over."""
    explanation = score_program(TrainingConfig()).explain()
    lines = [(str(operation), operation.shape, len(operation.inner)) for operation in explanation.operations]
    assert lines == [
        ("h1 = relu(x @ W1.T + b1)", ("n", 16), 16 * 4),
        ("h2 = relu(h1 @ W2.T + b2)", ("n", 16), 16 * 32),
        ("h3 = h2 @ W3.T + b3", ("n", 1), 31),
    ]


def test_the_demos_loss_is_its_layers_and_a_penalty() -> None:
    """The layers are the same in the loss, and the squares of all parameters are one product."""
    formulas = [operation.formula for operation in loss_program(TrainingConfig()).explain().operations]
    assert [formula for formula in formulas if "@" in formula] == [
        "p @ p",
        "relu(x[:, 0:2] @ W1.T + b1)",
        "relu(h2 @ W2.T + b2)",
        "h3 @ W3.T + b3",
    ]


def test_entries_of_the_demo() -> None:
    """A weight is at its neuron's row and its operand's column, a neuron is a column, and inputs are in their order."""
    config = TrainingConfig(hidden=(4, 3))
    program = score_program(config)
    explanation = program.explain()
    number = {node: i for i, node in enumerate(explanation.nodes)}
    entries = [str(explanation.entry_of[number[leaf]]) for leaf in program.parameters]
    expected = [
        name
        for layer, (rows, columns) in enumerate(((4, 2), (3, 4), (1, 3)), start=1)
        for i in range(rows)
        for name in (*[f"W{layer}[{i}, {j}]" for j in range(columns)], f"b{layer}[{i}]")
    ]
    assert entries == expected
    assert [str(explanation.entry_of[number[leaf]]) for leaf in program.inputs] == ["x[:, 0]", "x[:, 1]"]
    neurons = [str(explanation.entry_of[number[node]]) for node in program.watch]
    assert neurons == [f"h{layer}[:, {i}]" for layer, rows in ((1, 4), (2, 3), (3, 1)) for i in range(rows)]


Named = Mapping[str, str]


def layered(named: Named) -> Explanation:
    """The explanation of two operations per example and a shared one, of which these nodes have labels."""
    x, w, v = [Value(1.0), Value(2.0)], [Value(0.1 * i) for i in range(6)], Value(0.5)
    hidden = [(w[3 * i] * x[0] + w[3 * i + 1] * x[1] + w[3 * i + 2]).tanh() for i in range(2)]
    shared = (v * v).exp()
    output = (hidden[0] * hidden[1]) * shared
    nodes = {"input": x[0], "weight": w[0], "hidden": hidden[0], "product": hidden[0].operands[0].operands[0]}
    nodes |= {"shared": shared, "output": output}
    for what, label in named.items():
        nodes[what].label = label
    program = vectorize(output, x, [*w, v])
    check(program)
    return program.explain()


PLAIN = [
    "s1 = p[6] * p[6]",
    "s2 = exp(s1)",
    "h1 = tanh(x @ W1.T + b1)",
    "h2 = h1[:, 0:1] * h1[:, 1:2]",
    "h3 = h2 * s2",
]


@pytest.mark.parametrize(
    ("named", "renamed"),
    [
        ({}, {}),
        ({"hidden": "h", "output": "hidden1", "input": "h1_", "weight": "H1", "shared": "ah1"}, {}),
        ({"hidden": "h7"}, {"h": "h_"}),
        ({"output": "h1", "input": "h_2"}, {"h": "h__"}),
        ({"input": "h_2"}, {}),
        ({"weight": "b1"}, {"b": "b_"}),
        ({"weight": "W12", "shared": "s1"}, {"W": "W_", "s": "s_"}),
        ({"hidden": "h1[0]", "product": "tanh(s3)", "weight": "W2.w[0]"}, {"h": "h_", "s": "s_", "W": "W_"}),
        ({"input": "x", "weight": "p"}, {}),
        ({"input": "p", "weight": "x"}, {}),
        ({"hidden": "x", "shared": "p"}, {"x": "x_", "p": "p_"}),
        ({"hidden": "p", "shared": "p_", "input": "p__"}, {"p": "p__"}),
        ({"hidden": "x1", "shared": "x[0]", "product": "w*x"}, {"x": "x_"}),
        ({"hidden": "p[0]", "shared": "a[0]"}, {"p": "p_"}),
    ],
    ids=str,
)
def test_arrays_have_names_that_the_graph_has_not(named: Named, renamed: Mapping[str, str]) -> None:
    """Names get an underscore, or two, if a label is h, s, W, b or X with a number, or if a node is called x or p."""
    explanation = layered(named)
    stem = re.compile(r"\b(?:[hsWb](?=\d)|[xp]\b)")
    lines = [stem.sub(lambda match: renamed.get(match[0], match[0]), line) for line in PLAIN]
    assert [str(operation) for operation in explanation.operations] == lines
    assert (explanation.inputs, explanation.parameters) == (renamed.get("x", "x"), renamed.get("p", "p"))
    assert {entry.array for entry in explanation.entry_of.values()} <= {
        explanation.inputs,
        explanation.parameters,
        *[name for line in explanation.operations for name in (line.name, line.weights, line.biases)],
    }


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (2.0, "2"),
        (1.9999999, "2.00000"),
        (-3.0000001, "-3.00000"),
        (0.5, "0.5"),
        (0.123456789, "0.123457"),
        (1e300, "1e+300"),
        (123456789.0, "1.23457e+08"),
        (-0.0, "-0"),
        (float("inf"), "inf"),
        (float("nan"), "nan"),
    ],
)
def test_a_rounded_number_does_not_look_exact(number: float, text: str) -> None:
    """It keeps its zeros, as a constant and as an exponent."""
    x = Value(0.5, label="x")
    lines = vectorize((x + Value(number)) ** number, [], []).explain().operations
    assert list(map(str, lines)) == [f"s1 = x + {text}", f"s2 = s1 ** {text}"]


def special(name: str) -> ArrayProgram:
    x, p, watch = roles()
    return vectorize(GRAPHS[name](x, p, watch), x, p, watch)


@pytest.mark.parametrize("name", GRAPHS)
def test_a_special_graph_is_explained_truly(name: str) -> None:
    """Every claim of the explanation, checked with numbers."""
    check(special(name))


@pytest.mark.parametrize(("seed", "count"), seeded(300, 10_000))
def test_random_graphs_are_explained_truly(seed: int, count: int) -> None:
    """The same for random programs, half of them in layers; of many operations the formula itself is run."""
    stream = random.Random(seed)
    run = operations = 0
    for index in range(count):
        program = layered_program(stream) if index % 2 else tame_program(stream, most_nodes=60)[0]
        if not stays_tame(program, program.leaves):
            continue
        leaves = [Value(x) for x in program.leaves]
        nodes = build_nodes(program, leaves)
        shuffled = stream.sample(leaves, len(leaves))
        inputs, parameters = shuffled[: len(leaves) // 2], shuffled[len(leaves) // 2 + 1 :]
        watch = stream.sample(nodes, min(2, len(nodes)))
        arrays = vectorize(nodes[-1], inputs, parameters, watch)
        run += check(arrays)
        operations += len(arrays.explain().operations)
    assert run > operations / 5


def check(program: ArrayProgram) -> int:
    """Check each claim of the explanation; how many formulas could be run."""
    explanation = program.explain()
    assert list(explanation.nodes) == topological_sort(program.output, *program.watch)
    numbers = numbers_of(program, explanation)
    check_every_node_is_somewhere(program, explanation)
    if not is_whole(explanation):
        return 0
    check_terms(explanation, numbers)
    check_accesses(explanation, numbers)
    arrays, run = run_formulas(program, explanation, numbers)
    check_entries(explanation, numbers, arrays)
    return run


def numbers_of(program: ArrayProgram, explanation: Explanation) -> Array:
    """The number of every scalar node in every example, (examples, nodes); inputs are near those of the graph."""
    stream = np.random.default_rng(1)
    rows = []
    for _ in range(EXAMPLES):
        given = {leaf: leaf.data * (1.0 + 1e-3 * float(stream.normal())) for leaf in program.inputs}
        data = evaluate_nodes(explanation.nodes, given)
        rows.append([data[node] for node in explanation.nodes])
    return np.array(rows)


def check_every_node_is_somewhere(program: ArrayProgram, explanation: Explanation) -> None:
    """Each computed node is in one operation, each but constants has an entry, and shapes are as the entries are."""
    found = [i for line in explanation.operations for i in (*line.entries, *line.inner) if i != HIDDEN]
    assert sorted(found) == [i for i, node in enumerate(explanation.nodes) if node.operands]
    leaves = {*program.inputs, *program.parameters}
    for i, node in enumerate(explanation.nodes):
        assert i in explanation.entry_of or not (node.operands or node in leaves), node
    for line in explanation.operations:
        for entry, i in enumerate(line.entries):
            index = np.unravel_index(entry, size(line))
            expected = ArrayEntry(line.name, (*(None for n in line.shape if n == "n"), *map(int, index)))
            assert i == HIDDEN or explanation.entry_of[i] == expected
        assert len(line.entries) == prod(size(line))
        assert len(line.sums) in (0, len(line.entries))


def size(line: ArrayOperation) -> tuple[int, ...]:
    """Its shape without the examples."""
    return tuple(int(length) for length in line.shape if length != "n")


def is_whole(explanation: Explanation) -> bool:
    """Return True if each entry is a scalar node; some sums are only part of a chain."""
    return all(HIDDEN not in line.entries for line in explanation.operations)


def check_terms(explanation: Explanation, numbers: Array) -> None:
    """Σ coefficients × operands is the sum before the function, and each product is the product of the two."""
    ones = np.ones(EXAMPLES)
    for line in explanation.operations:
        for node, terms in zip(line.entries, line.sums, strict=bool(line.sums)):
            products = [
                (ones if a == UNIT else numbers[:, a]) * (ones if b == UNIT else numbers[:, b])
                for a, b in zip(terms.coefficients, terms.operands, strict=True)
            ]
            function = explanation.nodes[node].op
            before = node if function in "+*" else index_of(explanation, explanation.nodes[node].operands[0])
            assert np.allclose(sum(products), numbers[:, before], rtol=1e-12, atol=1e-12)
            for product, expected in zip(terms.products, products, strict=True):
                assert product == UNIT or np.array_equal(numbers[:, product], expected)
            assert {*terms.additions, *terms.products} - {UNIT} <= {*line.inner, *line.entries}


def index_of(explanation: Explanation, node: Value) -> int:
    return next(i for i, other in enumerate(explanation.nodes) if other is node)


def run_formulas(
    program: ArrayProgram, explanation: Explanation, numbers: Array
) -> tuple[dict[str, Array], int]:
    """Every array of the explanation, and how many of them are what numpy makes of their formula.

    Each operand's name, evaluated over the arrays so far, is the numbers of its rows.
    """
    number = {node: i for i, node in enumerate(explanation.nodes)}
    arrays: dict[str, Array] = {}
    for name, leaves in (
        (explanation.inputs, program.inputs),
        (explanation.parameters, program.parameters),
    ):
        arrays[name] = np.full((EXAMPLES, len(leaves)), np.nan)
        for column, leaf in enumerate(leaves):
            if leaf in number:
                arrays[name][:, column] = numbers[:, number[leaf]]
    arrays[explanation.parameters] = arrays[explanation.parameters][0]
    lists = lists_of(explanation, numbers)
    run = 0
    for line in explanation.operations:
        for operand in line.operands:
            rows = rows_of(operand, numbers)
            if operand.own:
                assert operand.own not in arrays
                arrays[operand.own] = rows.reshape(operand.own_shape)
            if operand.name != operand.own:
                named = eval(
                    operand.name.replace("…", "..."), {"inf": np.inf, "nan": np.nan, **lists, **arrays}
                )
                if operand.shape[0] == "n" and not isinstance(named, list):
                    named = np.transpose(named)
                assert is_named(rows, named), (str(line), operand)
        expected = numbers[:, line.entries]
        if line.shape[0] != "n":
            expected = expected[0].reshape(size(line))
        arrays[line.name] = expected
        if LISTED.search(line.formula):
            continue
        with np.errstate(all="ignore"):
            axis = "axis=1, keepdims=True" if line.shape[0] == "n" else "axis=1"
            found = eval(line.formula.replace("axis=1", axis), {**lists, **FUNCTIONS, **arrays})
        off = 1e-3 if LITERAL.search(line.formula) else 1e-12
        assert np.allclose(np.broadcast_to(found, expected.shape), expected, rtol=off, atol=off), str(line)
        run += 1
    return arrays, run


def lists_of(explanation: Explanation, numbers: Array) -> dict[str, Any]:
    """The program's own lists, as far as they are in the graph: of ``xs[0][1]`` numbers by index by index."""
    lists: dict[str, Any] = {}
    for i, node in enumerate(explanation.nodes):
        if LIST_ENTRY.fullmatch(node.label):
            name, *index = re.findall(r"\w+", node.label)
            inner = lists.setdefault(name, {})
            for position in index[:-1]:
                inner = inner.setdefault(int(position), {})
            inner[int(index[-1])] = numbers[0, i]
    return lists


def rows_of(operand: ArrayOperand, numbers: Array) -> Array:
    """The numbers of its nodes: (width, examples) of what varies per example, else in its own shape."""
    cells = [[1.0 if node == UNIT else numbers[0, node] for node in row] for row in operand.rows]
    if operand.shape[0] != "n":
        return np.array(cells).reshape([int(size) for size in operand.shape])
    assert len(operand.rows) == 1
    assert operand.shape == ("n", len(operand.rows[0]))
    return numbers[:, operand.rows[0]].T


def is_named(rows: Array, name: object) -> bool:
    """Return True if an evaluated name has these numbers; a list is compared up to its dots."""
    if not isinstance(name, list):
        fits = np.ndim(name) == 0 or np.shape(name) == rows.shape
        return fits and np.allclose(rows, name, rtol=1e-5, atol=0.0, equal_nan=True)
    entries = name[:-1] if name[-1] is ... else name
    return (len(entries) < len(rows) if name[-1] is ... else len(entries) == len(rows)) and all(
        is_named(row, entry) for row, entry in zip(rows, entries, strict=False)
    )


def check_accesses(explanation: Explanation, numbers: Array) -> None:
    """Return the operands of entry i by the access patterns, or the terms of its sum."""
    for line in explanation.operations:
        for i, node in enumerate(line.entries):
            accessed = [nodes_accessed(operand, i, size(line)[-1]) for operand in line.operands]
            if not line.sums:
                data = [numbers[0, operand] for [operand] in accessed]
                constant = () if line.constant is None else (line.constant,)
                assert np.isclose(OPS[line.symbol].forward(*data, *constant), numbers[0, node], rtol=1e-12)
                continue
            coefficients, operands = list(line.sums[i].coefficients), list(line.sums[i].operands)
            if line.weights:
                given = [operand for operand in operands if operand != UNIT]
                assert [accessed[0], [node for nodes in accessed[1:] for node in nodes]] == [
                    given,
                    coefficients,
                ]
            elif len(accessed) == 2:
                assert accessed == [coefficients, operands]
            else:
                assert accessed == [operands]
                assert coefficients in (operands, [UNIT] * len(operands))


def nodes_accessed(operand: ArrayOperand, entry: int, width: int) -> list[int]:
    """Return the nodes of which entry number ``entry`` is made."""
    return [
        node
        for i, row in enumerate(operand.rows)
        for j, node in enumerate(row)
        if is_accessed(operand.access, (i, j), divmod(entry, width))
    ]


def check_entries(explanation: Explanation, numbers: Array, arrays: Mapping[str, Array]) -> None:
    """Entries are in their operation; a product is with its weight or its sum, a partial sum with its sum."""
    within = {i: line for line in explanation.operations for i in line.inner}
    for i, entry in explanation.entry_of.items():
        found = arrays[entry.array][tuple(slice(None) if index is None else index for index in entry.index)]
        if i not in within:
            assert np.allclose(found, numbers[:, i], rtol=1e-12, atol=0.0), (i, entry)
        elif entry.array != within[i].name:
            weights = [
                explanation.entry_of.get(index_of(explanation, leaf))
                for leaf in explanation.nodes[i].operands
            ]
            assert explanation.nodes[i].op == "*"
            assert entry in weights
