"""Array operations of cards, and the entry of each card."""

import math
import random
import re
from collections.abc import Mapping
from time import process_time
from typing import Any

import numpy as np
import pytest

from benchmarks.measure import quiet_collector
from micrograd_core.engine import MinusOne
from micrograd_core.graph import topological_sort
from micrograd_core.ops import OPS
from micrograd_core.training.config import TrainingConfig
from micrograd_core.training.state import initial_state
from micrograd_core.vectorize import HIDDEN, UNIT
from micrograd_gui.model.arrays import ArrayLine, Arrays, derive_arrays, groups
from micrograd_gui.model.document import Document
from micrograd_gui.model.input_split import split_inputs_and_parameters
from micrograd_gui.model.point_program import parameter_names, point_document
from micrograd_gui.model.resolve import resolve
from micrograd_gui.model.snapshot import GraphSnapshot, NodeRecord
from tests.core.programs import graph, layered_program, tame_program, wild_layers
from tests.core.vectorize.test_explain import FUNCTIONS, LITERAL, is_named
from tests.seeds import seeds

MLP = "model = MLP(2, [4, 4, 1])\nx = Value(1.0)\ny = Value(-2.0)\nscore = model([x, y])\n"
LOSS = (
    MLP + "label = Value(1.0)\nalpha = 0.0001\npenalty = alpha * sum(p*p for p in model.parameters())\n"
    "loss = (1 - label*score).relu() + penalty\n"
)
README = (
    "a = Value(-4.0)\nb = Value(2.0)\nc = a + b\nd = a * b + b**3\nc += c + 1\nc += 1 + c + (-a)\ng = c - d"
)

OWN = re.compile(r"[WbX]_*\d+")
"""Weights and biases are named where they are read first."""


def snapshot_of(source: str, target: str = "") -> GraphSnapshot:
    snapshot = resolve(Document(source, target=target)).snapshot
    assert snapshot is not None
    return snapshot


def derive(source: str) -> tuple[GraphSnapshot, Arrays]:
    snapshot = snapshot_of(source)
    return snapshot, derive_arrays(snapshot)


def sentence(source: str, label: str) -> str:
    snapshot, arrays = derive(source)
    return arrays.card_entries[snapshot.index[f"{label}#0"]].sentence


LECTURE = (
    "n = MLP(3, [4, 4, 1])\n"
    "xs = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]]\n"
    "ys = [1.0, -1.0, -1.0, 1.0]\n"
    "ypred = [n(x) for x in xs]\n"
    "loss = sum([(yout - ygt)**2 for ygt, yout in zip(ys, ypred)])\n"
)


def test_the_programs_own_examples_are_rows() -> None:
    """The lecture's four examples and its network are seven lines of numpy, under the names of its lists."""
    _, arrays = derive(LECTURE)
    assert [(str(o), o.shape, o.replaced) for o in arrays.operations] == [
        ("s1 = ys * -1", (4,), 4),
        ("h1 = relu(xs @ W1.T + b1)", (4, 4), 112),
        ("h2 = relu(h1 @ W2.T + b2)", (4, 4), 144),
        ("h3 = h2 @ W3.T + b3", (4, 1), 32),
        ("h4 = h3 + s1[:, None]", (4, 1), 4),
        ("h5 = h4 ** 2", (4, 1), 4),
        ("s2 = h5.sum()", (1,), 4),
    ]
    assert arrays.words == (
        "The program's own 4 examples are the rows of its arrays. 41 parameters are shared."
    )
    assert arrays.operations[1].scalars[11] == (
        "h1[2, 3] = relu(xs[2, 0]·W1[3, 0] + xs[2, 1]·W1[3, 1] + xs[2, 2]·W1[3, 2] + b1[3])"
    )
    bands = groups(arrays)[1]
    assert len(bands) == 16
    assert len(set(map(len, bands[4:]))) <= 2, "the weights stand with the first example"


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("xs[2][1]", "xs[2, 1]: row 2, column 1 of xs (4 × 3)"),
        ("ys[3]", "ys[3]: element 3 of ys (4)"),
        ("n[0][3].w[1]", "W1[3, 1]: row 3, column 1 of W1 (4 × 3)"),
        ("n[0][3].b", "b1[3]: element 3 of b1 (4)"),
        ("loss", "s2[0]: element 0 of s2 (1)"),
    ],
)
def test_places_of_the_programs_own_examples(label: str, said: str) -> None:
    """Row and column in the program's own lists, and in the network's matrices."""
    assert sentence(LECTURE, label) == said


XS = "xs = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]\n"
OVER_EXAMPLES = {
    "neurons of one input": (
        "n = Neuron(1)\nxs = [1.0, 2.0, 3.0, 4.0]\no = sum([n([x]) for x in xs])",
        ["h1 = relu(xs[:, None] @ W1.T + b1)", "s1 = h1.sum()"],
    ),
    "two examples": (
        "n = Neuron(2)\nxs = [[1.0, 2.0], [3.0, 4.0]]\no = sum([n(x) for x in xs])",
        ["h1 = relu(xs @ W1.T + b1)", "s1 = h1.sum()"],
    ),
    "no loss": (
        f"n = Neuron(2)\n{XS}ypred = [n(x) for x in xs]",
        ["h1 = relu(xs @ W1.T + b1)"],
    ),
    "a loss for each": (
        f"n = MLP(2, [3, 1])\n{XS}ys = [1.0, 0.0, 2.0]\nlosses = [(n(x) - y)**2 for x, y in zip(xs, ys)]",
        [
            "s1 = ys * -1",
            "h1 = relu(xs @ W1.T + b1)",
            "h2 = h1 @ W2.T + b2",
            "h3 = h2 + s1[:, None]",
            "h4 = h3 ** 2",
        ],
    ),
    "a line through points": (
        "xs = [1.0, 2.0, 3.0]; ys = [2.0, 4.0, 6.5]; w = 0.5; b = 0.1\n"
        "loss = sum([(w*x + b - y)**2 for x, y in zip(xs, ys)])",
        [
            "s1 = ys * -1",
            "h1 = xs[:, None] @ W1.T + b1",
            "h2 = h1 + s1[:, None]",
            "h3 = h2 ** 2",
            "s2 = h3.sum()",
        ],
    ),
    "weights on the right, without a bias": (
        f"w = [[.1, -.2], [.3, .4], [-.5, .6], [.7, .8]]\n{XS}"
        "hs = [[sum([a * b for a, b in zip(x, wi)]).tanh() for wi in w] for x in xs]",
        ["h1 = tanh(xs @ W1.T)"],
    ),
    "targets of some other name": (
        f"n = Neuron(2)\n{XS}ts = [1.0, 0.0, 2.0]\nloss = sum([(n(x) - t)**2 for x, t in zip(xs, ts)])",
        [
            "s1 = ts * -1",
            "h1 = relu(xs @ W1.T + b1)",
            "h2 = h1 + s1[:, None]",
            "h3 = h2 ** 2",
            "s2 = h3.sum()",
        ],
    ),
    "a target twice": (
        f"n = Neuron(2)\n{XS}ys = [1.0, 2.0]\n"
        "loss = (n(xs[0]) - ys[0])**2 + (n(xs[1]) - ys[1])**2 + (n(xs[2]) - ys[0])**2",
        [
            "s1 = [ys[0], ys[1], ys[0]] * -1",
            "h1 = relu(xs @ W1.T + b1)",
            "h2 = h1 + s1[:, None]",
            "h3 = h2 ** 2",
            "s2 = h3.sum()",
        ],
    ),
    "targets written in place": (
        "n = MLP(2, [1])\nloss = (n([1.0, 2.0]) - 1.0)**2 + (n([3.0, 4.0]) + 1.0)**2",
        [
            "s1 = 1.0 * -1",
            "h1 = X1 @ W1.T + b1",
            "h2 = h1 + [[-1.0], [1.0]]",
            "h3 = h2 ** 2",
            "s2 = h3.sum()",
        ],
    ),
    "a part of each row": (
        "data = [[1.0, 2.0, 1.0], [3.0, 4.0, 0.0]]\nn = Neuron(2)\n"
        "loss = sum([(n(d[:2]) - d[2])**2 for d in data])",
        [
            "s1 = [data[0][2], data[1][2]] * -1",
            "h1 = relu(X1 @ W1.T + b1)",
            "h2 = h1 + s1[:, None]",
            "h3 = h2 ** 2",
            "s2 = h3.sum()",
        ],
    ),
    "targets of some other name and weights by hand": (
        "xs = [1.0, 2.0, 3.0]; ts = [2.0, 4.0, 6.0]; w = 0.5; b = 0.1\n"
        "loss = sum([(w*x + b - t)**2 for x, t in zip(xs, ts)])",
        [
            "s1 = ts * -1",
            "h1 = xs[:, None] @ W1.T + b1",
            "h2 = h1 + s1[:, None]",
            "h3 = h2 ** 2",
            "s2 = h3.sum()",
        ],
    ),
    "no usual name at all": (
        "hours = [1.0, 2.0, 3.0]; marks = [2.0, 4.0, 6.0]; w = 0.5; b = 0.1\n"
        "loss = sum([(w*h + b - m)**2 for h, m in zip(hours, marks)])",
        [
            "s1 = marks * -1",
            "h1 = hours[:, None] @ W1.T + b1",
            "h2 = h1 + s1[:, None]",
            "h3 = h2 ** 2",
            "s2 = h3.sum()",
        ],
    ),
    "a list that is taken from": (
        f"n = MLP(2, [1])\n{XS}ys = [1.0, 2.0, 0.5]\nloss = sum([(y - n(x))**2 for x, y in zip(xs, ys)])",
        [
            "h1 = xs @ W1.T + b1",
            "h2 = h1 * -1",
            "h3 = ys[:, None] + h2",
            "h4 = h3 ** 2",
            "s1 = h4.sum()",
        ],
    ),
    "targets in rows": (
        f"n = Layer(2, 2)\n{XS}ts = [[1.0, 0.0], [0.0, 1.0], [0.5, 0.5]]\n"
        "loss = sum([(a - b)**2 for x, t in zip(xs, ts) for a, b in zip(n(x), t)])",
        [
            "h1 = ts * -1",
            "h2 = relu(xs @ W1.T + b1)",
            "h3 = h2 + h1",
            "h4 = h3 ** 2",
            "s1 = h4.sum()",
        ],
    ),
    "the sum of what a network says": (
        f"n = MLP(2, [3, 1])\n{XS}o = sum([n(x) for x in xs])",
        ["h1 = relu(xs @ W1.T + b1)", "h2 = h1 @ W2.T + b2", "s1 = h2.sum()"],
    ),
    "products with targets": (
        f"n = Neuron(2)\n{XS}ys = [1.0, 2.0, 0.5]\no = sum([n(x) * y for x, y in zip(xs, ys)])",
        ["h1 = relu(xs @ W1.T + b1)", "s1 = h1.ravel() @ ys"],
    ),
    "products with classes": (
        f"n = Neuron(2)\n{XS}ys = [1.0, -1.0, 1.0]\no = sum([n(x) * y for x, y in zip(xs, ys)])",
        ["h1 = relu(xs @ W1.T + b1)", "s1 = h1.ravel() @ ys"],
    ),
    "what two networks differ by": (
        f"f = MLP(2, [3, 1]); g = MLP(2, [2, 1])\n{XS}o = [f(x) - g(x) for x in xs]",
        [
            "h1 = relu(xs @ W1.T + b1)",
            "h2 = h1[:, 0:3] @ W2.T + b2",
            "h3 = h1[:, 3:5] @ W3.T + b3",
            "h4 = h3 * -1",
            "h5 = h2 + h4",
        ],
    ),
    "a list called p": (
        f"n = MLP(2, [3])\n{XS}p = [n(x)[0] for x in xs]\n"
        "loss = sum([q.tanh() for q in p]) * sum([w*w for w in n.parameters()])",
        ["s1 = p_ @ p_", "h1 = tanh(xs @ W1.T + b1)", "s2 = h1.sum()", "s3 = s2 * s1"],
    ),
    "two networks": (
        f"f = Layer(2, 2); g = Layer(2, 2); k = Neuron(2)\n{XS}o = [(k(f(x)) * k(g(x))).tanh() for x in xs]",
        [
            "h1 = relu(xs @ W1.T + b1)",
            "h2 = relu([h1[0, 0:2], h1[0, 2:4], h1[1, 0:2], …] @ W2.T + b2)",
            "s1 = [h2[0, 0], h2[2, 0], h2[4, 0]] * [h2[1, 0], h2[3, 0], h2[5, 0]]",
            "s2 = tanh(s1)",
        ],
    ),
    "max margin with a penalty": (
        f"n = MLP(2, [3, 1])\n{XS}ys = [1.0, -1.0, 1.0]\n"
        "losses = [(1 + -y*n(x)).relu() for x, y in zip(xs, ys)]\n"
        "loss = sum(losses) * (1.0/len(losses)) + 0.0001*sum([p*p for p in n.parameters()])",
        [
            "s1 = ys * -1",
            "s2 = p @ p",
            "h1 = relu(xs @ W1.T + b1)",
            "s3 = 0.0001 * s2",
            "h2 = h1 @ W2.T + b2",
            "h3 = s1[:, None] * h2",
            "h4 = 1 + h3",
            "h5 = relu(h4)",
            "s4 = h5.sum()",
            "s5 = s4 * (1.0/len(losses))",
            "s6 = s5 + s3",
        ],
    ),
}


@pytest.mark.parametrize(("source", "lines"), OVER_EXAMPLES.values(), ids=OVER_EXAMPLES)
def test_programs_over_their_own_examples_are_what_one_writes_in_numpy(source: str, lines: list[str]) -> None:
    """A row for each example, a matrix product for each layer, and names that stand for what they say."""
    _, arrays = derive(source)
    assert list(map(str, arrays.operations)) == lines
    assert "own" in arrays.words


@pytest.mark.parametrize("written", ["-1.0 * x[0]", "x[0] * -1.0", "x[0] * -0.9", "x[0] * 3.0"])
def test_a_number_that_is_dragged_over_minus_one_moves_no_card(written: str) -> None:
    """An added number of any value is a weight; a subtraction is made from the finished score."""
    before = "x = [1.0, 2.0]; w = [0.5, 0.6]; b = 0.3; score = w[0]*x[0] + w[1]*x[1] + b"
    _, arrays = derive(f"{before} + {written}")
    assert list(map(str, arrays.operations)) == ["h1 = [x[0], x[0], x[1]] @ W1.T + b1"]
    _, arrays = derive(f"{before} - x[0]")
    assert list(map(str, arrays.operations)) == [
        "h1 = x[:, 0:1] * -1",
        "h2 = x @ W1.T + b1",
        "h3 = h2 + h1",
    ]


def test_a_product_of_shared_matrices_beside_inputs_is_not_called_examples() -> None:
    """Words speak of the program's own examples only where these are the rows."""
    source = (
        "x = [1.0, 2.0]\nm = Layer(2, 2)\nk = Layer(2, 2)\n"
        "c = [[sum([a * b for a, b in zip(m.neurons[i].w, k.neurons[j].w)]) for j in range(2)] for i in range(2)]\n"
        "o = (c[0][0] * x[0] + c[0][1] * x[1]).tanh() + (c[1][0] * x[0] + c[1][1] * x[1]).tanh()"
    )
    _, arrays = derive(source)
    assert arrays.words.startswith("x[0], x[1] vary per example")


@pytest.mark.parametrize(
    "source",
    [
        "n = Neuron(2)\nys = [n([1.0, 2.0])]\nloss = (ys[0] - 1.0)**2",
        "n = Layer(2, 2)\nx = [1.0, 2.0]\na = n(x)\nb = n(a)\no = b[0] * b[1]",
        "x = 1.0; w = 2.0\nfor i in range(4):\n    x = (w * x + 1).tanh()",
    ],
)
def test_one_example_or_weights_that_are_used_again_still_vary_per_example(source: str) -> None:
    """Rows are for several examples alone."""
    _, arrays = derive(source)
    assert re.search("per example: (it is|they are) the column", arrays.words)
    assert all(operation.shape[0] in ("n", 1) for operation in arrays.operations)


def test_a_network_is_one_operation_a_layer() -> None:
    """A small network of 103 cards is three array operations, each with its formula and shape."""
    _, arrays = derive(MLP)
    assert [(o.name, o.formula, o.shape) for o in arrays.operations] == [
        ("h1", "relu(x @ W1.T + b1)", ("n", 4)),
        ("h2", "relu(h1 @ W2.T + b2)", ("n", 4)),
        ("h3", "h2 @ W3.T + b3", ("n", 1)),
    ]
    assert [(o.replaced, len(o.leaves)) for o in arrays.operations] == [(20, 12), (36, 20), (8, 5)]


def test_an_entry_is_written_out() -> None:
    """The scalar formula of one neuron has the places of its inputs, its weights and its bias."""
    _, arrays = derive(MLP)
    assert arrays.operations[0].scalars[3] == "h1[:, 3] = relu(x[:, 0]·W1[3, 0] + x[:, 1]·W1[3, 1] + b1[3])"
    assert arrays.operations[2].scalars[0].count("·") == 4


def test_a_long_sum_is_cut_in_the_middle() -> None:
    """A long sum is written with three products, the last one and the bias."""
    _, arrays = derive(f"model = MLP(16, [2])\nx = {[i / 16 for i in range(16)]}\nout = model(x)")
    assert arrays.operations[0].scalars[0].endswith("x[:, 2]·W1[0, 2] + … + x[:, 15]·W1[0, 15] + b1[0]")


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("model[0][3].w[1]", "W1[3, 1]: row 3, column 1 of W1 (4 × 2)"),
        ("model[1][2].b", "b2[2]: element 2 of b2 (4)"),
        ("y", "x[:, 1]: column 1 of x (n × 2)"),
        ("model[0][3](x)", "h1[:, 3]: column 3 of h1 (n × 4)"),
        ("model[0][3].w[1]*y", "W1[3, 1]: product with this weight, within h1[:, 3]"),
        ("model[0][3] sum ·", "h1[:, 3]: partial sum"),
        ("model[0][3] sum", "h1[:, 3]: sum before the function"),
        ("score", "h3[:, 0]: column 0 of h3 (n × 1)"),
    ],
)
def test_every_card_has_its_place(label: str, said: str) -> None:
    """Weights, biases, inputs, activations and what lies within a sum: row and column, in words."""
    assert sentence(MLP, label) == said


def test_arrays_are_not_called_like_what_is_typed() -> None:
    """The places of a program's own h2, b1 and x are in arrays with other names."""
    source = "n = Layer(2, 2)\nb1 = 1.0; y = 2.0\nh = n([b1, y])\nx = h[0] * h[1]\nh2 = x.tanh()"
    for label, said in (
        ("n[0].b", "b_1[0]: element 0 of b_1 (2)"),
        ("b1", "x_[:, 0]: column 0 of x_ (n × 2)"),
        ("x", "h_2[:, 0]: column 0 of h_2 (n × 1)"),
        ("h2", "h_3[:, 0]: column 0 of h_3 (n × 1)"),
    ):
        assert sentence(source, label) == said
    _, arrays = derive(source)
    assert arrays.words.startswith("b1, y vary per example: they are the columns of x_. ")


def test_grids_hold_the_nodes_of_their_entries() -> None:
    """Row i, column j of W1 is weight j of neuron i; the result is a row of this example's activations."""
    snapshot, arrays = derive(MLP)
    x, weights, bias, result = arrays.operations[0].grids
    labels = [[snapshot.nodes[node].label for node in row if node >= 0] for row in weights.rows]
    assert labels == [[f"model[0][{i}].w[{j}]" for j in range(2)] for i in range(4)]
    assert [grid.shape for grid in (x, weights, bias, result)] == [("n", 2), (4, 2), (4,), ("n", 4)]
    assert result.rows == (arrays.operations[0].entries,)


def test_a_network_that_is_used_twice_has_the_same_weights_in_both_grids() -> None:
    """Each use is an operation of its own; where a weight lies is where it was read first."""
    source = "n = Layer(2, 2)\nx = [1.0, 2.0]\na = n(x)\nb = n(a)\no = b[0] * b[1]"
    snapshot, arrays = derive(source)
    first, second = (next(g for g in o.grids if g.name.startswith("W")) for o in arrays.operations[:2])
    assert (first.name, first.rows) == (second.name, second.rows) == ("W1", first.rows)
    assert arrays.operations[1].scalars[0].count("W1[0, ") == 2
    assert sentence(source, "n[0].w[1]").startswith("W1[0, 1]")
    assert len(arrays.card_entries) == len(snapshot.nodes)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (MLP, "x, y vary per example: they are the columns of x. 37 parameters are shared."),
        (
            LOSS,
            "x, y, label vary per example: they are the columns of x. "
            "38 parameters are shared: they are the elements of p.",
        ),
        (
            "a = 2.0; b = -3.0; c = a * b + a",
            "a, b vary per example: they are the columns of x. Nothing is shared.",
        ),
        (
            "x1 = 2.0; w1 = -3.0; b = 1.0; o = (x1*w1 + b).tanh()",
            "x1 varies per example: it is the column of x. w1, b are shared: they are the elements of p.",
        ),
        (
            "n = Neuron(1)\ny = n([2.0])",
            "2.0 varies per example: it is the column of x. n.w[0], n.b are shared: they are the elements of p.",
        ),
        (
            "Xb = [1.0, 2.0]\nyb = 1.0\nm = Layer(2, 1)\nloss = 1 - yb * m(Xb)",
            "Xb[0], Xb[1], yb vary per example: they are the columns of x. m[0].w[0], m[0].w[1], m[0].b are shared.",
        ),
        (
            'a = 2.0; b = Value(2.0, label="cfg.b"); c = a * b',
            "cfg.b, a vary per example: they are the columns of x. Nothing is shared.",
        ),
        (
            "n = Neuron(1)\nn.w[0].label = 'x1'\na = 2.0\no = n([a])",
            "a varies per example: it is the column of x. x1, n.b are shared: they are the elements of p.",
        ),
        ("3.0 * 2.0", "Nothing varies per example. Only numbers without a name are shared."),
    ],
)
def test_what_varies_is_told_by_names(source: str, said: str) -> None:
    """Inputs and labels vary, a network's parameters and everything else beside an x are shared."""
    assert derive(source)[1].words == said


def test_a_weight_of_an_unnamed_network_is_shared() -> None:
    """A network's parameter is one whether or not the network has a name."""
    snapshot = snapshot_of("a = 1.0; b = 2.0; o = MLP(2, [3, 1])([a, b])")
    _, varying, shared = split_inputs_and_parameters(snapshot)
    assert [snapshot.nodes[node].label for node in varying] == ["a", "b"]
    assert len(shared) == 13


def test_the_networks_of_the_training_tab_are_shared() -> None:
    """The document of a point has x, y and label as inputs, and the network's parameters as parameters."""
    config = TrainingConfig(samples=4, hidden=(3, 2), activation="tanh")
    document = point_document(config, initial_state(config), 0.5, -1.0, label=1.0)
    snapshot = resolve(document).snapshot
    assert snapshot is not None
    _, varying, shared = split_inputs_and_parameters(snapshot)
    assert [snapshot.nodes[node].label for node in varying] == ["x", "y"]
    assert [snapshot.nodes[node].label for node in shared] == parameter_names(config)
    assert [record.label for record in snapshot.nodes if record.parameter] == parameter_names(config)


def test_no_card_lies_in_two_groups() -> None:
    """Groups can be drawn around their cards: each card belongs to one operation at most."""
    for source in (MLP, LOSS, README):
        snapshot, arrays = derive(source)
        cards = [node for group in groups(arrays) for band in group for node in band]
        assert len(cards) == len(set(cards))
        assert set(cards) <= set(range(len(snapshot.nodes)))
        for which, operation in enumerate(arrays.operations):
            assert all(arrays.card_entries[node].operation == which for node in operation.cards)


def test_weights_stay_with_their_layer_when_a_penalty_reads_them() -> None:
    """An L2 penalty is an operation on all parameters, but each lies in the group of its layer."""
    snapshot, arrays = derive(LOSS)
    penalty = next(o for o in arrays.operations if "@ p" in o.formula)
    assert penalty.replaced == 74
    weight = snapshot.index["model[0][0].w[0]#0"]
    assert arrays.operations[arrays.card_entries[weight].operation].formula.startswith("relu(")


def test_elementwise_operands_have_the_names_and_shapes_of_the_formula() -> None:
    """Arrays per example are (n, width), shared ones and constants (width,)."""
    _, arrays = derive("x = 1.0\nw = 2.0\na = x * w\nb = a.tanh()\nc = b**3 + a\nd = c**w\n")
    grids = {
        operation.formula: [(grid.name, grid.shape) for grid in operation.grids[:-1]]
        for operation in arrays.operations
    }
    assert grids == {
        "x * p": [("x", ("n", 1)), ("p", (1,))],
        "tanh(h1)": [("h1", ("n", 1))],
        "h2 ** 3": [("h2", ("n", 1))],
        "h3 + h1": [("h3", ("n", 1)), ("h1", ("n", 1))],
        "h4 ** p": [("h4", ("n", 1)), ("p", (1,))],
    }


def test_an_operand_of_all_entries_is_one_number() -> None:
    """Shared or per example, it stands there once, with the shape that numpy spreads over the others."""
    _, arrays = derive(
        "x1 = 1.0\nx2 = 2.0\nw = 3.0\nu = x1 * w\nv = x2 * w\no = (u ** v).sin() * (u ** u).sin()"
    )
    first, second, *_ = arrays.operations
    assert [(grid.name, grid.shape) for grid in first.grids] == [
        ("x", ("n", 2)),
        ("p", (1,)),
        ("h1", ("n", 2)),
    ]
    assert first.scalars == ("h1[:, 0] = x[:, 0]·p[0]", "h1[:, 1] = x[:, 1]·p[0]")
    assert second.formula == "h1[:, 0:1] ** h1"
    assert second.grids[0].shape == ("n", 1)
    assert second.scalars[1] == "h2[:, 1] = h1[:, 0] ** h1[:, 1]"


def test_one_card_is_no_group() -> None:
    """An operation that is a single card stays that card, with a place of its own."""
    _, arrays = derive("a = 2.0; b = -3.0; c = 10.0; e = a*b; d = e + c")
    assert len(arrays.operations) == 2
    assert groups(arrays) == ()


def test_everything_that_is_shown_has_a_place() -> None:
    """Cards beside the output are derived too, and what is differentiated changes no place."""
    source = MLP + "beside = (x * 3.0).exp()"
    snapshot, arrays = derive(source)
    assert all(place.sentence for place in arrays.card_entries)
    other = derive_arrays(snapshot_of(source, target="score#0"))
    assert [p.sentence for p in other.card_entries] == [p.sentence for p in arrays.card_entries]
    inner = derive_arrays(snapshot_of(MLP, target="model[0][0](x)#0"))
    assert inner.operations == derive(MLP)[1].operations
    assert len(arrays.card_entries) == len(snapshot.nodes)


@pytest.mark.parametrize("symbol", OPS)
def test_every_operation_is_derived(symbol: str) -> None:
    """Each row of the table, twice side by side in a typed program, is one operation, written out as it is computed."""
    call = {"+": "{} + a", "*": "{} * a", "**": "{} ** a", "%": "{} % a", "**n": "{} ** 3"}.get(
        symbol, symbol + "({})"
    )
    u, v = call.format("x1"), call.format("x2")
    snapshot, arrays = derive(f"x1 = 0.5\nx2 = 0.75\na = 0.25\nu = {u}\nv = {v}\no = u.sin() * v")
    operation = arrays.operations[0]
    assert operation.formula == call.replace(" a", " p").format("x")
    assert [snapshot.nodes[node].label for node in operation.entries] == ["u", "v"]
    known = read_arrays(snapshot, arrays)
    check_places(snapshot, arrays, known)
    assert run_entries(snapshot, operation, known) == 2


def test_a_large_graph_is_derived_in_proportion() -> None:
    """Four times the cards, all of them operations of their own, take no more than ten times as long."""

    def seconds(length: int) -> float:
        snapshot = snapshot_of("a = 0.5\nx = 0.25\n" + "a = a.tanh() * x\n" * length)
        times = []
        with quiet_collector():
            for _ in range(3):
                derive_arrays.cache_clear()
                start = process_time()
                derive_arrays(snapshot)
                times.append(process_time() - start)
        return min(times)

    assert seconds(1200) < 10 * seconds(300)


def random_snapshot(stream: random.Random) -> GraphSnapshot:
    """A random program as a snapshot; its leaves have names of things that vary and of things that are shared.

    All else has a label that can be evaluated, or that an array might have.
    """
    if stream.random() < 0.4:
        program, _ = tame_program(stream)
    else:
        program = stream.choice((layered_program, wild_layers))(stream)
    root, leaves = graph(program)
    names = {leaf: f"{stream.choice('xxwy')}{i}" for i, leaf in enumerate(leaves)}
    values = topological_sort(root)
    position = {value: i for i, value in enumerate(values)}
    records = tuple(
        NodeRecord(
            id=str(i),
            label=names.get(value, f"{'vhsWb'[i % 5]}{i}" if value.operands else repr(value.data)),
            symbol="**n" if value.constant is not None else value.op,
            operands=tuple(position[operand] for operand in value.operands),
            data=value.data,
            constant=value.constant,
            trainable=value in names,
            negates=isinstance(value, MinusOne),
        )
        for i, value in enumerate(values)
    )
    return GraphSnapshot(records, len(records) - 1)


@pytest.mark.parametrize("seed", seeds())
def test_random_graphs_are_derived_whole(seed: int) -> None:
    """Every card of 400 programs has an entry in its own group, and all texts about arrays are true."""
    stream = random.Random(seed)
    hidden = entries = run = 0
    for _ in range(400):
        snapshot = random_snapshot(stream)
        arrays = derive_arrays(snapshot)
        known = read_arrays(snapshot, arrays)
        check_places(snapshot, arrays, known)
        is_finite = all(math.isfinite(record.data) for record in snapshot.nodes)
        for which, operation in enumerate(arrays.operations):
            size = [length for length in operation.shape if isinstance(length, int)]
            assert len(operation.scalars) == len(operation.entries) == math.prod(size)
            assert len(set(operation.cards)) == len(operation.cards)
            assert all(arrays.card_entries[node].operation == which for node in operation.cards)
            for entry, node in enumerate(operation.entries):
                assert node == HIDDEN or arrays.card_entries[node].entry == entry
            hidden += operation.entries.count(HIDDEN)
            if is_finite:
                entries += len(operation.entries)
                run += run_entries(snapshot, operation, known)
        inner = [node for operation in arrays.operations for node in operation.computed]
        assert sorted(inner) == [node for node, record in enumerate(snapshot.nodes) if record.operands]
    assert hidden > 0
    assert run > 0.9 * entries


def read_arrays(snapshot: GraphSnapshot, arrays: Arrays) -> dict[str, Any]:
    """Every array by name; the name of each grid, evaluated over those before it, is the grid's numbers."""
    data = [record.data for record in snapshot.nodes]
    known: dict[str, Any] = {"inf": math.inf, "nan": math.nan, **FUNCTIONS}
    known |= {record.label: record.data for record in snapshot.nodes}
    known["x"] = np.array([[data[i] for i in arrays.inputs]])
    known["p"] = np.array([data[i] for i in arrays.parameters])
    for operation in arrays.operations:
        for grid in operation.grids:
            special = {UNIT: 1.0, HIDDEN: math.nan}
            rows = np.array([[special[i] if i < 0 else data[i] for i in row] for row in grid.rows])
            numbers = rows[0] if len(grid.shape) == 1 else rows
            assert numbers.shape == tuple(1 if size == "n" else size for size in grid.shape)
            if grid.name == operation.name or OWN.fullmatch(grid.name):
                known[grid.name] = numbers
            else:
                named = eval(grid.name.replace("…", "..."), known)
                if grid.shape[0] == "n":
                    numbers, named = rows.T, named if isinstance(named, list) else np.transpose(named)
                assert is_named(numbers, named), (str(operation), grid)
    return known


def check_places(snapshot: GraphSnapshot, arrays: Arrays, known: Mapping[str, Any]) -> None:
    """A card that is an entry of an array is found there by the words of its place."""
    for record, place in zip(snapshot.nodes, arrays.card_entries, strict=True):
        where, _, words = place.sentence.partition(": ")
        if " of " in words:
            array, index = re.fullmatch(r"(\w+)\[(?::, )?(.+)\]", where).groups()
            (number,) = np.ravel(eval(where, dict(known)))
            assert number == record.data or math.isnan(record.data)
            assert re.findall(r"\d+", words.partition(" of ")[0]) == index.split(", ")
            assert words.partition(" of ")[2].startswith(f"{array} (")
        elif record.is_leaf:
            constant = "A constant: the same number for every example."
            by_itself = "Not in an array: used as a single number."
            is_constant = "the column" in arrays.words
            assert place.sentence == (constant if is_constant else by_itself)
            assert not (is_constant and record.trainable)
        else:
            assert record.operands
            assert "product with this weight" in words or "sum" in words


def run_entries(snapshot: GraphSnapshot, operation: ArrayLine, known: Mapping[str, Any]) -> int:
    """Entries that are written out, computed as they are written, are their cards' numbers; how many could be.

    Long ones are cut, of some constants a few digits are written, and parts of sums have no number that is known. The
    sine of a large sum depends on the order in which that is added up, in the last digits of its largest part.
    """
    run = 0
    largest = max((abs(snapshot.nodes[node].data) for node in operation.computed), default=0.0)
    for entry, (node, text) in enumerate(zip(operation.entries, operation.scalars, strict=True)):
        name, _, written = text.partition(" = ")
        *row, width = operation.shape
        leading = [":" if length == "n" else str(entry // int(width)) for length in row]
        assert name == f"{operation.name}[{', '.join([*leading, str(entry % int(width))])}]"
        if node == HIDDEN or "…" in written or LITERAL.search(written):
            continue
        with np.errstate(all="ignore"):
            found = eval(written.replace("·", "*").replace("−", "-"), dict(known))
        if not np.isnan(found).any():
            expected, off = snapshot.nodes[node].data, max(1e-9, 1e-14 * largest)
            assert np.allclose(found, expected, rtol=1e-9, atol=off), text
            run += 1
    return run


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("x=2; w=3; b=4; o=x*w+b", [["p[0]", "x"], ["h1", "p[1]"]]),
        ("x=2; w=3; b=4; c=1; o = x*w + b + c", [["p[1:3]"], ["p[0]", "x"], ["h1", "s1"]]),
        ("a=1; b=2; c=3; d=4; n = (a*a+b*b+c*c+d*d).sqrt()", [["x", "x"], ["h1"]]),
        (
            "a=1; b=2; c=3; d=4; n = (a + b)*(c*d) + (a*b)*(c + d)",
            [["[a, c]", "[b, d]"], ["[c, a]", "[d, b]"], ["[a + b, a*b]", "[c*d, c + d]"]],
        ),
        ("x=1; y=2; u = x*y; v = y*x; o = u * v.sin()", [["x", "[y, x[:, 0]]"]]),
        (
            "x=1; w=[1.0, 2.0, 3.0, 4.0]; v=[5.0, 6.0, 7.0, 8.0]; o = x * sum(w) * sum(v)",
            [["[p[0:4], p[4:8]]"]],
        ),
    ],
)
def test_grids_have_the_names_of_their_arrays(source: str, names: list[list[str]]) -> None:
    """Shared leaves, sums of them, a sum under a function, labels with signs or with an array's name, sums in rows."""
    snapshot, arrays = derive(source)
    read_arrays(snapshot, arrays)
    assert [[grid.name for grid in o.grids[:-1]] for o in arrays.operations][: len(names)] == names


def test_the_shared_part_of_a_sum_has_no_card() -> None:
    """Biases that are added to one sum are one number for the arrays; where it stands no card is named."""
    source = "x = 2.0; w = 3.0; b1 = 0.5; b2 = 0.25; x2 = 1.5; w2 = 2.5; o = x*w + b1 + x2*w2 + b2"
    _, arrays = derive(source)
    names = [operation.name for operation in arrays.operations]
    parts = next(operation for operation in arrays.operations if HIDDEN in operation.entries)
    assert parts.name in names
    assert not parts.has_group
    assert parts.scalars == (f"{parts.name}[0] = p[1] + p[3]",)


def test_a_leaf_lies_in_the_row_that_it_is_used_for() -> None:
    """Named ones and constants that one operation alone reads, each beside what is computed of it."""
    source = (
        "x = [1.0, 2.0, 3.0]\na = [5.0, 6.0, 7.0]\no = sum([(x[i] * a[i] + 0.5).tanh() for i in range(3)])"
    )
    snapshot, arrays = derive(source)
    for label, entries in (("a[0]", [0]), ("a[1]", [1]), ("a[2]", [2]), ("0.5", [0, 1, 2])):
        places = [
            place
            for record, place in zip(snapshot.nodes, arrays.card_entries, strict=True)
            if record.label == label
        ]
        assert [place.entry for place in places] == entries
    for group, operation in zip(groups(arrays), arrays.grouped, strict=True):
        assert len(group) == len(operation.entries)
        assert len({len(band) for band in group}) == 1
