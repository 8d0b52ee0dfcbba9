"""The contents of a Program: output, names, labels, positions, literals, warnings, prints."""

import pytest

from micrograd_core.engine import Value
from micrograd_core.graph import topological_sort
from micrograd_core.language import Printed, Program, Span, run
from micrograd_core.nn import MLP


def labels(source: str) -> list[str]:
    """Return the labels of all nodes below the output, operands first."""
    output = run(source).output
    assert output is not None
    return [node.label for node in topological_sort(output)]


def text_at(source: str, span: Span) -> str:
    assert span.line == span.end_line
    return source.split("\n")[span.line - 1][span.column - 1 : span.end_column - 1]


# Output.

OUTPUTS = [
    ("a = 2.0\nb = a*3", "b"),
    ("a = 2.0\nb = a*3\na", "a"),
    ("a = 2.0\nb = a*3\nb.backward()\nprint(b)\nb.grad", "b"),
    ("a = 2.0; b = a*3; c = 4.0", "b"),
    ("a = 2.0; c = 4.0", "c"),
    ("a = 2.0; b = [a*2, a*3]", "b[1]"),
    ("a = Value(2.0)\nb, c = a*2, a*3", "c"),
    ("a = 2.0\na += 1", "a"),
    ("b = (a := 1) if False else 2*3\nc = 'text'", "b"),
    ("n = Neuron(2)", "n.b"),
    ("y = 2.0*3\nn = Neuron(2)", "y"),
    ("h = 0.1; k = 3\nx = range(k)", "h"),
    ("x = 2.0*3; p = x.data", "x"),
    ("w = Value(2.0); k = 0\nwhile k < 3:\n  w = w * 0.5\n  k += 1", "w"),
    ("x = 2.0; k = 3\nwhile 0 < k:\n  x = x * x\n  k = k - 1", "x"),
    ("def f(x, k):\n  while k < 3:\n    x = x * x; k += 1\n  return x\ny = f(2.0, 0); k = 5", "x"),
    ("a = 1.0\nwhile a < 9: a = a * 2", "a"),
    ("a = 1\nfor i in range(3): a += 1", "a"),
]


@pytest.mark.parametrize(("source", "label"), OUTPUTS)
def test_the_output_is_the_last_value_assigned_or_stated(source: str, label: str) -> None:
    """Unused numbers and networks are the output only if there is no Value."""
    output = run(source).output
    assert output is not None
    assert output.label == label


@pytest.mark.parametrize(
    "source", ["", "# nothing", "\n\n", '"""text"""', "import math", "print('x')", "xs = []"]
)
def test_a_program_without_values_has_no_output(source: str) -> None:
    """The output is None, and there is no error."""
    assert run(source).output is None


def test_names_are_values_plain_numbers_texts_lists_and_networks() -> None:
    """The names are those at the end, without imports and built-in names."""
    program = run(
        "from micrograd.engine import Value\nimport math\n"
        "a = 2.0; b = a*3; d = b.data; t = 'x'; xs = [a, d, (1, b)]; m = MLP(1, [1]); f = tanh\nb = 1.0*a"
    )
    assert set(program.names) == {"a", "b", "d", "t", "xs", "m"}
    assert isinstance(program.names["b"], Value)
    assert program.names["d"] == 6.0
    assert isinstance(program.names["m"], MLP)
    elements = program.names["xs"]
    assert isinstance(elements, list)
    assert elements[:2] == [program.names["a"], 6.0]
    assert elements[2][0] == 1


# Labels.

LABELS = [
    ("x1=2.0; w1=-3.0; b=1.0\no = (x1*w1 + b).tanh()", ["x1", "w1", "x1*w1", "b", "x1*w1 + b", "o"]),
    ("a = 2.0\nb = a\nc = b*a", ["a", "c"]),
    ("a = Value(2.0, label='apple')\nb = a.exp()", ["apple", "b"]),
    ("a = Value(1.0)\na.label = 'z'\nb = a.exp()", ["z", "b"]),
    ("x = y = 2.0\nz = y.exp()", ["x", "z"]),
    ("a = 1.0\na += 2", ["a", "2", "a"]),
    ("a = 1.0; b = 2.0\nc = a - b", ["a", "b", "-1", "-b", "c"]),
    ("a = 1.0; b = 2.0\nc = a / (b + a)", ["a", "b", "b + a", "(b + a)**-1", "c"]),
    ("xs = [1.0, 2.0]\ny = xs[0]*xs[1]", ["xs[0]", "xs[1]", "y"]),
    ("xs = [[1.0], [2.0]]\ny = xs[0][0]*xs[1][0]", ["xs[0][0]", "xs[1][0]", "y"]),
    ("a, (b, *c) = 1.0, [2.0, 3.0, 4.0]\ny = a*b*c[1]", ["a", "b", "a*b", "c[1]", "y"]),
    ("a = 1.0\nb = ( a   +   # one\n  2.0 ) *   a", ["a", "2.0", "a + 2.0", "b"]),
    ("tanh( 0.5 )", ["0.5", "tanh(0.5)"]),
    ("xs = [1.0, 2.0]\ns = sum(xs)", ["0", "xs[0]", "sum(xs) up to 0", "xs[1]", "s"]),
    ("ys = [2.0*w for w in [3.0, 4.0]]\nz = ys[0]*ys[1]", ["2.0", "w", "ys[0]", "2.0", "w", "ys[1]", "z"]),
]


@pytest.mark.parametrize(("source", "expected"), LABELS)
def test_labels(source: str, expected: list[str]) -> None:
    """A label is the name, else the source text with normalized spaces; implied numbers are their own labels."""
    assert labels(source) == expected


def test_labels_of_a_neuron() -> None:
    """Parameters are labelled by position, products by their factors, sums by their index, the call by its name."""
    assert labels("n = Neuron(2)\nx = 0.5\ny = n([x, -1.0])") == [
        *["n.b", "n.w[0]", "x", "n.w[0]*x", "n sum 1", "n.w[1]", "-1.0", "n.w[1]*-1.0", "n sum", "y"]
    ]


def test_labels_of_an_mlp() -> None:
    """Parameters are labelled by layer, neuron and index; outputs of hidden neurons look like calls."""
    found = labels("m = MLP(1, [2, 1])\nm([3.0])")
    assert {"m[0][0].w[0]", "m[0][1].b", "m[1][0].w[1]", "m[0][1](x)", "m[1][0].w[1]*m[0][1](x)"} <= set(
        found
    )
    assert found[-1] == "m([3.0])"
    assert all(0 < len(label) < 41 for label in found)


def test_labels_of_a_layer_and_of_a_network_without_a_name() -> None:
    """A list of results has its name; a network without a name has its source text."""
    assert labels("l = Layer(1, 2)\nys = l([1.0])\nys[0]*ys[1]")[-1] == "ys[0]*ys[1]"
    assert "ys[1]" in labels("l = Layer(1, 2)\nys = l([1.0])\nys[0]*ys[1]")
    assert "Neuron(1).w[0]" in labels("y = Neuron(1)([2.0])")
    assert "ns[1].w[0]" in labels("ns = [Neuron(1), Neuron(1)]\ny = ns[1]([2.0])")


def test_every_node_has_a_label() -> None:
    """No card is without a label."""
    program = run(
        "m = MLP(2, [3, 1])\ny = sum([m([1.0, x]) for x in [1.0, 2.0]]) / 2 - len([1])*3\ny.backward()"
    )
    assert all(value.label for value in program.origins)


def test_long_source_texts_are_cut() -> None:
    """The labels of a sum of a thousand terms stay short."""
    program = run("a = 1.0\nb = " + " + ".join(["a"] * 1000))
    assert max(len(value.label) for value in program.origins) == 80


# Positions.


def test_origins_are_the_expressions_text() -> None:
    """Each node comes from the text that made it."""
    source = "a = 2.0; b = -3.0\nc = a * b + tanh(a)\nc += 1"
    program = run(source)
    assert [text_at(source, span) for span in program.origins.values()] == [
        *["2.0", "-3.0", "a * b", "tanh(a)", "a * b + tanh(a)", "1", "c += 1"]
    ]


def test_columns_count_characters() -> None:
    """Columns do not count the bytes of UTF-8, as ast does."""
    source = "t = 'é€𝄞'; a = 2.0*3.0"
    assert list(run(source).origins.values()) == [Span(1, 16, 1, 19), Span(1, 20, 1, 23), Span(1, 16, 1, 23)]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_lines_end_as_on_any_system(newline: str) -> None:
    """Line feed, carriage return and both together end a line."""
    program = run(newline.join(["a = 1.0", "b = 2.0", "print(a)", "c = a*b"]))
    assert [span.line for span in program.origins.values()] == [1, 2, 4]
    assert program.printed[0].line == 3


def literals(source: str) -> dict[str, str]:
    program = run(source)
    return {leaf.label: text_at(source, span) for leaf, span in program.literals.items()}


def test_literals_are_the_numbers_that_can_be_rewritten() -> None:
    """Literals include their sign; they are typed directly or within Value(…)."""
    assert literals("a = -2.0; b = Value( -3 ); c = a*b*4.5 - +1") == {
        "a": "-2.0",
        "b": "-3",
        "4.5": "4.5",
        "+1": "+1",
    }


@pytest.mark.parametrize(
    "source",
    [
        "h = 2.0; a = Value(h); b = Value(h); c = a*b",
        "ys = [x*2.0 for x in [Value(len([1])), Value(len([1]))]]",
        "n = Neuron(2)",
        "w = random.uniform(-1, 1)*Value(len([1]))",
        "a = Value(len([1]))\nb = a**2",
        "s = f'{Value(2.0)}'",
    ],
)
def test_other_leaves_are_no_literals(source: str) -> None:
    """Numbers that make several leaves, assigned leaves, drawn or implied numbers and exponents are none."""
    assert literals(source) == {}


def test_rewriting_a_literal_changes_its_leaf_alone() -> None:
    """Dragging a leaf's slider relies on this, for every literal of a program."""
    source = "a = 2.0; b = Value(-3.0, label='q'); xs = [1, a]\nc = a*b + xs[0] - 4\nd = (c/5.0)**2"
    program = run(source)
    assert len(program.literals) == 5
    for leaf, span in program.literals.items():
        line = source.split("\n")
        text = line[span.line - 1]
        line[span.line - 1] = text[: span.column - 1] + "17.5" + text[span.end_column - 1 :]
        index = program.leaves[leaf]
        changed = run("\n".join(line))
        assert [other.data for other in changed.leaves] == [
            17.5 if i == index else other.data for i, other in enumerate(program.leaves)
        ]


# Warnings.


@pytest.mark.parametrize(
    ("source", "message", "line", "column"),
    [
        ("a = 1.0\nb = a/0\nc = b*2", "a/0 is inf here.", 2, 5),
        ("x = -1.0\ny = 2*log(x)", "log(x) is nan here.", 2, 7),
        ("a = 0.0\nb = a.data\nc = 1/b", "1/b is inf here.", 3, 5),
        ("a = 1e999", "1e999 is too large for a 64-bit float and becomes inf.", 1, 5),
        ("x = 0.0\ny = sqrt(x)\ny.backward()", "The gradient of x becomes inf here.", 3, 1),
        ("x = 0.0\ny = sqrt(x*1)\ny.backward()", "The gradient of x*1 becomes inf here.", 3, 1),
        ("p = 0.0\nloss = -p.log()\nloss.backward()", "The gradient of p becomes -inf here.", 3, 1),
        ("p = 1.0\nloss = 2 - log(p - 1)\nloss.backward()", "The gradient of p - 1 becomes -inf here.", 3, 1),
        ("x = Value(0.0)\ny = 1/x\ny.backward()", "The gradient of x becomes -inf here.", 3, 1),
        (
            "x = Value(0.0); y = Value(0.0)\nn = ((x*x + y*y)**0.5)**2\nn.backward()",
            "The gradient of x*x + y*y becomes nan here.",
            3,
            1,
        ),
        (
            "n = Neuron(1, 'none')\nn.b.data = n.w[0].data = 0.0\ny = log(n([1.0]))\ny.backward()",
            "The gradient of n([1.0]) becomes inf here.",
            4,
            1,
        ),
        ("n = Neuron(1)\nn.b.data = 1e308\nn.w[0].data = 1e308\nn([2.0])", "n([2.0]) is inf here.", 4, 1),
    ],
)
def test_the_first_expression_that_makes_inf_or_nan_is_named(
    source: str, message: str, line: int, column: int
) -> None:
    """There is one warning, for the first result of finite numbers that is not finite."""
    assert run(source).warnings[-1] == (message, line, column)


def test_finite_programs_and_asked_for_infinities_warn_of_nothing() -> None:
    """A program with math.inf means it."""
    assert run("a = math.inf\nb = a*2\nc = tanh(b)\nd = 1.0*3").warnings == ()


# Printing.

PRINTS = [
    ("print()", ""),
    ("print('a', 1, 2.5, True, None)", "a 1 2.5 True None"),
    ("print('a', 'b', sep='-')", "a-b"),
    ("print(['a', (1,), (1, 2)], [])", "['a', (1,), (1, 2)] []"),
    ("a = Value(0.1)\nprint(a, [a])", "Value(data=0.1) [Value(data=0.1)]"),
    ("a = 2/3\nprint(f'{a.data:.3f}|{a.data:8.2e}|{a.data:+.1%}|{7:>4}|{7:04d}|{1234567.0:,.1f}')",
     "0.667|6.67e-01|+66.7%|   7|0007|1,234,567.0"),
    ("print(f'{\"x\":>3}|{\"x\"!r}|{{}}|{2*3:.1f}')", "  x|'x'|{}|6.0"),
    ("w = 8; p = 2\nprint(f'{3.14159:{w}.{p}f}')", "    3.14"),
    ("x = 3\nprint(f'{x=}')", "x=3"),
    ("print('a' 'b', 'ab' * 2, -0, -0.0)", "ab abab 0 -0.0"),
    ("print(1 < 2 < 3, 1 == 1.0, 'a' != 'b', not 1 > 2, 2 > 1 and 3, 0 or 'x')", "True True True True 3 x"),
    ("print([1, 2, 3][1:], (1, 2)[-1], [0] * 3, [1] + [2], range(5)[::2][2], len('abc'))",
     "[2, 3] 2 [0, 0, 0] [1, 2] 4 3"),
    ("print(list_ := 0) if False else print([(i, x) for i, x in enumerate('ab', 1)])", "[(1, 'a'), (2, 'b')]"),
    ("print([i + j for i in range(2) for j in range(3) if j != i])", "[1, 2, 1, 3]"),
    ("print(7 % 3, -7 // 2, 7.5 % 2)", "1 -4 1.5"),
    ("print(range(3), tanh)", "range(0, 3) <function tanh>"),
    ("x = 5\nif x > 3: print('big')\nelif x > 1: print('middle')\nelse: print('small')", "big"),
    ("x = 2\nif x > 3: print('big')\nelif x > 1: print('middle')\nelse: print('small')", "middle"),
    ("x = 0\nif x > 3: print('big')\nelif x > 1: print('middle')\nelse: print('small')", "small"),
    ("print([*range(3), *[9]], *['a', 'b'])", "[0, 1, 2, 9] a b"),
    ("a: float = 2.0\nprint(a)", "2.0"),
    ("print(abs(-3), abs(-2.5), abs(len([0])), relu(-3) + 1)", "3 2.5 1 1"),
    ("n = Neuron(3)\nprint(n, len(n.w), n.b.label)", "ReLUNeuron(3) 3 n.b"),
    ("m = MLP(2, [3, 1])\nprint(len(m.layers), len(m.layers[0].neurons))", "2 3"),
    ("from math import exp as e\nimport random as r\nr.seed(1)\nprint(e(0.0) == 1, r.random() < 1, r.gauss(0, 1) < 9)",
     "True True True"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "text"), PRINTS)
def test_prints(source: str, text: str) -> None:
    """Lines are printed as Python prints them."""
    assert [printed.text for printed in run(source).printed] == [text]


STATED = [
    ("a = Value(2.0)\nb = a * 3\nb", "Value(data=6.0)"),
    ("a = 2.0\na * 3", "6.0"),
    ("m = MLP(2, [16, 16, 1])\nlen(m.parameters())", "337"),
    ("a = Value(2.0)\nb = a * a\nb.backward()\na.grad", "4.0"),
    ("n = Neuron(2)\nfor p in n.parameters(): p.data = 0.5\n[p.data for p in n.parameters()]", "[0.5, 0.5, 0.5]"),
    ("n = Neuron(2)\nn", "ReLUNeuron(2)"),
    ("'it is' ' a text'", "'it is a text'"),
    ("['a', (1, True)]", "['a', (1, True)]"),
    ("def f(x): return x + 1\nf(1)", "2"),
    ("a = 2.0; a > 1", "True"),
    ("print('x')\n3", "3"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "text"), STATED)
def test_the_value_of_a_bare_last_line_is_told(source: str, text: str) -> None:
    """As a notebook tells it, with its line; it is not printed."""
    program = run(source)
    assert program.stated == Printed(text, source.count("\n") + 1)
    assert text not in [printed.text for printed in program.printed]


@pytest.mark.parametrize(
    "source",
    [
        "",
        "a = 2.0",
        "a = 2.0\na\nb = a * 2",
        "print('x')",
        "a = Value(2.0)\na.backward()",
        "xs = []\nxs.append(1)",
        "None",
        "for k in range(3): k",
        "def f():\n  2.0\nf()",
        "if True: 3",
        "xs = [0] * 90_000\nxs",
    ],
)
def test_a_last_line_without_a_value_tells_nothing(source: str) -> None:
    """So does one whose text would be too long to be printed, which is no error."""
    assert run(source).stated is None


def test_what_is_not_shown_is_not_run() -> None:
    """Only the chosen branch of a condition is evaluated."""
    program = run("x = 1.0 if 2 > 1 else 1/0\ny = x*2")
    assert program.warnings == ()


def test_a_run_can_be_repeated(capsys: pytest.CaptureFixture[str]) -> None:
    """Running twice gives equal Programs and writes nothing to the terminal."""
    source = "a = 2.0\nb = a.tanh()\nprint(b)"
    first, second = run(source), run(source)
    assert first.printed == second.printed
    assert list(first.origins.values()) == list(second.origins.values())
    assert capsys.readouterr().out == ""


def test_non_breaking_spaces_are_spaces() -> None:
    """Programs copied from a web page run."""
    program: Program = run("a = 2.0\n\N{NO-BREAK SPACE}\nb =\N{NO-BREAK SPACE}a*2")
    assert program.output is not None
    assert program.output.data == 4.0


def test_nan_prints_as_nan() -> None:
    """The text is nan, as in Python."""
    program = run("print(math.nan, (0.0).data / len([]), math.inf)")
    assert program.printed[0].text == "nan nan inf"
