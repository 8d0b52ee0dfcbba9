"""Typed numbers: leaves, plain numbers, and the nodes made of them."""

import pytest

from micrograd_core.engine import Value
from micrograd_core.graph import topological_sort
from micrograd_core.language import Program, run
from tests.core.language.recorded import roots_of


def output(source: str) -> Value:
    value = run(source).output
    assert value is not None
    return value


def shape(root: Value) -> list[tuple[str, float, list[int]]]:
    """Describe a graph without its labels: operation, data and operands of each node."""
    order = topological_sort(root)
    return [(node.op, node.data, [order.index(operand) for operand in node.operands]) for node in order]


GRAPHS = [
    ("x + y", lambda x, y: x + y),
    ("x - y", lambda x, y: x - y),
    ("x * y", lambda x, y: x * y),
    ("x / y", lambda x, y: x / y),
    ("x ** y", lambda x, y: x**y),
    ("x ** 2", lambda x, _y: x**2),
    ("x ** -1.5", lambda x, _y: x**-1.5),
    ("x % y", lambda x, y: x % y),
    ("-x", lambda x, _y: -x),
    ("x + x", lambda x, _y: x + x),
    ("(x*y + 1.0*x).tanh() - x/y", lambda x, y: (x * y + Value(1.0) * x).tanh() - x / y),
    (
        "exp(x) + y.sigmoid() * sin(x) * cos(y) - abs(y)",
        lambda x, y: x.exp() + y.sigmoid() * x.sin() * y.cos() - y.abs(),
    ),
    ("log(x) + sqrt(x) + relu(y)", lambda x, y: x.log() + x.sqrt() + y.relu()),
    ("sum([x, y, x])", lambda x, y: Value(0.0) + x + y + x),
]


@pytest.mark.parametrize(("expression", "make"), GRAPHS, ids=[row[0] for row in GRAPHS])
@pytest.mark.parametrize(
    "given", ["x = 2.0; y = -3.0", "x = Value(2.0); y = Value(-3.0)", "x, y = 2.0, -3.0"]
)
def test_the_graph_is_the_engines_own(given: str, expression: str, make) -> None:
    """An expression makes exactly the nodes of the engine's operators, for every way to write its leaves."""
    assert shape(output(f"{given}\no = {expression}")) == shape(make(Value(2.0), Value(-3.0)))


def test_a_named_number_is_one_leaf_however_often_it_is_used() -> None:
    """x*x has one leaf with two edges."""
    program = run("x = 2.0\ny = x*x")
    assert len(program.leaves) == 1
    assert program.output is not None
    assert program.output.operands == (*program.leaves, *program.leaves)


def test_a_negative_number_is_one_leaf() -> None:
    """-3.0 is a number, not a negation; -x is a negation."""
    assert output("x = -3.0").operands == ()
    assert output("y = 2.0 * - 3.0").operands[1].data == -3.0
    assert output("x = 3.0; y = -x").op == "*"


def test_a_sign_binds_less_than_a_power() -> None:
    """-2**2 is -(2**2)."""
    assert output("-2**2").data == -4.0


def test_a_number_alone_becomes_a_leaf() -> None:
    """The program a = 2 shows a card."""
    program = run("a = 2")
    assert program.output is program.names["a"]
    assert [(leaf.data, leaf.label) for leaf in program.leaves] == [(2.0, "a")]


def test_a_number_that_is_only_a_setting_becomes_no_leaf() -> None:
    """A size, a learning rate or a count is only used as a plain number."""
    program = run("n = 2; lr = 0.1; k = 3\nm = Neuron(n)\nfor i in range(k):\n  m.b.data -= lr * m.b.grad")
    assert len(program.leaves) == 3
    assert (program.names["n"], program.names["lr"]) == (2, 0.1)


def test_numbers_that_come_at_run_time_stay_plain() -> None:
    """Arithmetic among them and with typed numbers is plain; whole results print as whole numbers."""
    program = run(
        "a = Value(2.0)\nd = a.data\nprint(d * 2, len([1, 2]) + 1, len([1, 2]) / 2, 0.5 * d, [i*i for i in range(4)])"
    )
    assert program.printed[0].text == "4.0 3 1.0 1.0 [0, 1, 4, 9]"
    assert len(program.leaves) == 1


def test_a_plain_number_with_a_value_is_a_leaf_called_by_its_text() -> None:
    """Numbers are wrapped as in micrograd; operands keep their order."""
    program = run("a = Value(3.0)\nk = len([1, 2])\nb = k * a")
    assert program.output is not None
    left, right = program.output.operands
    assert (left.data, left.label, right.label) == (2.0, "k", "a")


def test_literal_exponents_are_constants_and_named_ones_are_values() -> None:
    """a**2 shows **2; n = 3; a**n is an operation of two Values."""
    assert output("a = 2.0\nb = a**2").op == "**2"
    assert output("a = 2.0\nb = a**-1").op == "**-1"
    assert output("a = 2.0\nb = a**2.5").op == "**2.5"
    power = output("a = 2.0; n = 3\nb = a**n")
    assert (power.op, [operand.label for operand in power.operands]) == ("**", ["a", "n"])


def test_typed_numbers_print_as_typed() -> None:
    """As in Python, 2 prints as 2 and 2.0 as 2.0, also after they became leaves."""
    program = run("a = 2; b = 2.0\nprint(a, b, [a, b])\nc = a*b\nprint(a, b, c)\na.data = 5.5\nprint(a)")
    assert [text for text, _ in program.printed] == ["2 2.0 [2, 2.0]", "2 2.0 4.0", "5.5"]


def test_large_whole_numbers_are_floats() -> None:
    """No number takes more than 64 bits."""
    assert output("9**9**9").data == float("inf")
    program = run("print(123456789012345678901234567890)\nk = range(10)[9]\nprint(k**k**k)")
    assert [text for text, _ in program.printed] == ["1.2345678901234568e+29", "inf"]


@pytest.mark.parametrize("size", ["2", "n", "a", "a.data", "len([1, 2])", "n * 1", "Value(2)"])
def test_sizes_and_indices_accept_all_kinds_of_numbers(size: str) -> None:
    """Typed numbers, their names, leaves, their data and plain numbers can be sizes, indices and counts."""
    program = run(
        f"n = 2; a = Value(2.0)\nm = Neuron({size})\nx = [1, 2, 3][{size}]\nprint(x, len(range({size})), len(m.w))"
    )
    assert program.printed[0].text == "3 2 2"


def test_value_of_a_number_is_a_leaf_with_that_number() -> None:
    """Value(2), Value(-2.0), Value(n) and Value(a.data) each make one leaf."""
    program = run("n = 4\na = Value(2); b = Value(-2.0); c = Value(n); d = Value(a.data)")
    assert [leaf.data for leaf in program.leaves] == [2.0, -2.0, 4.0, 2.0]


def test_constants_of_math_are_leaves_with_their_name() -> None:
    """2*math.pi is a graph, and so is pi imported by name."""
    for source in ("import math\ny = 2*math.pi", "from math import pi\ny = 2*pi"):
        value = output(source)
        assert value.data == pytest.approx(6.283185307179586, rel=1e-15)
        assert value.operands[1].label == "pi"


def test_functions_of_plain_numbers_are_plain() -> None:
    """tanh(a.data) is a number and makes no node."""
    program = run("a = Value(0.5)\nt = tanh(a.data)\nu = math.exp(a.data)")
    assert isinstance(program.names["t"], float)
    assert len(program.origins) == 1


def test_sum_of_plain_numbers_is_plain() -> None:
    """Booleans can be summed to count; the sum of nothing is 0."""
    program = run(
        "a = Value(2.0)\nprint(sum([a.data, 1.5]), sum([a.data > 1, a.data > 5]), sum([]), sum([a.data], 10))"
    )
    assert program.printed[0].text == "3.5 1 0 12.0"


def test_data_and_grad_can_be_assigned() -> None:
    """Augmented assignment works too; earlier results keep their numbers."""
    program = run(
        "a = Value(2.0)\nb = a * 3\na.data = 5\na.data += 1\na.grad = 0.5\nprint(a.data, a.grad, b.data)"
    )
    assert program.printed[0].text == "6.0 0.5 6.0"


def test_leaf_data_replaces_a_leafs_number_from_its_creation_on() -> None:
    """All results of the leaf follow: also for a weight, an implied number and a printed number."""
    source = "n = Neuron(1, 'none')\ny = n([2.0])\nz = y - 3.0\nprint(n.b.data)"
    program = run(source)
    labels = [leaf.label for leaf in program.leaves]
    moved = run(
        source, leaf_data={labels.index("n.w[0]"): 10.0, labels.index("n.b"): 1.0, labels.index("-1"): 2.0}
    )
    assert [leaf.label for leaf in moved.leaves] == labels
    assert moved.output is not None
    assert moved.output.data == 1.0 + 10.0 * 2.0 + 3.0 * 2.0
    assert moved.printed[0].text == "1.0"


def test_leaf_data_reaches_every_kind_of_leaf() -> None:
    """Replacing each leaf in turn changes only that leaf."""
    source = "a = 2.0; w = random.uniform(-1, 1)\nc = a*w - Value(3.0) / 4 + len([1])\nd = 7"
    leaves = run(source).leaves
    for index in range(len(leaves)):
        moved = run(source, leaf_data={index: 0.25}).leaves
        assert [m.data for m in moved] == [0.25 if i == index else leaf.data for i, leaf in enumerate(leaves)]


def test_every_pass_of_the_program_is_recorded_with_its_root() -> None:
    """The roots are in order, with repetitions."""
    program = run(
        "n = Neuron(1)\na = n([1.0]); b = a*2\na.backward(); n.zero_grad(); b.backward(); a.backward(); b.backward()"
    )
    assert roots_of(program) == ["a", "b", "a", "b"]


def test_a_second_backward_adds() -> None:
    """(3c)**2 at 2: 36, then 72."""
    program = run("c = Value(2.0)\ns = (3*c)**2\ns.backward()\nprint(c.grad)\ns.backward()\nprint(c.grad)")
    assert [text for text, _ in program.printed] == ["36.0", "72.0"]


# The origin of a number decides: typed, counted, detached. The rule is at the top of ``arithmetic.py``.

KINDS_OF_NUMBERS = {
    "Value": "Value(2.0)",
    "named": "n",
    "unnamed": "3.0",
    "drawn": "random.uniform(0, 1)",
    "counted": "k",
    "read": "v.data",
}
MAKES_NODES = {
    ("Value", "Value"), ("Value", "named"), ("Value", "unnamed"), ("Value", "drawn"), ("Value", "counted"),
    ("Value", "read"), ("named", "named"), ("named", "unnamed"), ("named", "drawn"), ("named", "counted"),
    ("unnamed", "unnamed"), ("unnamed", "drawn"), ("drawn", "drawn"),
}  # fmt: skip


@pytest.mark.parametrize("left", KINDS_OF_NUMBERS)
@pytest.mark.parametrize("right", KINDS_OF_NUMBERS)
def test_where_numbers_come_from_decides_what_makes_nodes(left: str, right: str) -> None:
    """Every pair of kinds is checked, in both orders, for every operator."""
    makes_nodes = (left, right) in MAKES_NODES or (right, left) in MAKES_NODES
    for operator in ("+", "-", "*", "/", "**", "%"):
        expression = f"({KINDS_OF_NUMBERS[left]}) {operator} ({KINDS_OF_NUMBERS[right]})"
        program = run(f"v = Value(7.0); n = 5.0\nfor k in range(4, 5): r = {expression}")
        assert isinstance(program.names["r"], Value) is makes_nodes, expression


PLAIN_RESULTS = [
    "1.0 - 0.9*k/100",
    "(v.data - 1.0)/h",
    "-0.1 * v.grad",
    "lr * v.grad + h",
    "tanh(v.data) * lr",
    "-v.data * lr",
    "abs(-v.data) * lr",
    "(v.data > 1) * lr",
    "sum([v.data, h]) * lr",
    "sum([True, False]) / h",
    "float(h) * lr",
    "int(v.data) * lr",
    "round(v.data) * lr",
    "round(v.data, 1) * lr",
    "min(v.data, 9) * lr",
    "(lambda x: x * lr)(v.data)",
    "2 * k**2 - 1",
    "k % 3 * 0.5",
    "len([1]) / 2",
]


@pytest.mark.parametrize("expression", PLAIN_RESULTS)
def test_what_follows_from_results_is_plain(expression: str) -> None:
    """It prints as a number, and neither it nor its operands have a card."""
    program = run(
        f"v = Value(7.0); h = 0.5; lr = 0.1\nfor k in range(4, 5): r = {expression}\nprint(r)\nu = h + lr"
    )
    assert isinstance(program.names["r"], float | int)
    assert float(program.printed[0].text) == program.names["r"]
    assert {value.label for value in program.origins} == {"v", "h", "lr", "u"}


def test_a_remainder_is_an_operation() -> None:
    """The gradient flows through both of its operands, as in PyTorch."""
    program = run("x = Value(7.5); p = 2.0\ny = (x % p) * x\ny.backward()")
    x, p = (program.names[name] for name in "xp")
    assert isinstance(x, Value)
    assert isinstance(p, Value)
    assert (x.grad, p.grad) == (9.0, -22.5)


def test_a_remainder_of_typed_numbers_may_be_used_as_a_plain_number() -> None:
    """It is a whole number where Python has one: an index, a count, a condition."""
    program = run(
        "n = 7; xs = [1.0, 2.0, 3.0]\n"
        "print(n % 3, xs[n % 3], n % 4 == 3, 7.5 % 2)\n"
        "for k in range(n % 4):\n  if k % 2: print(k)\n"
        "o = Value(2.0) * 3.0"
    )
    assert [printed.text for printed in program.printed] == ["1 2.0 True 1.5", "1"]
    assert program.output is not None
    assert [node.data for node in topological_sort(program.output)] == [2.0, 3.0, 6.0]


UPDATES = {
    "an assignment": "w = w - lr*w.grad",
    "an augmented assignment": "w -= lr*w.grad",
    "a sum": "w = -0.25*w.grad + w",
    "a sum the other way round": "w = w + w.grad * -0.25",
    "a quotient": "w = w - w.grad/4",
    "a negated gradient": "g = -w.grad\n  w = w + lr*g",
    "a schedule": "w = w - (0.25 - 0*k/100)*w.grad",
    "a function of both": "w = moved(w, w.grad)",
    "a function of the number": "w = descended(w)",
    "a gathered gradient": "g = 0.0\n  for _ in range(2): g = g + w.grad/2\n  w = w - lr*g",
    "two names at once": "w, z = w - lr*w.grad, w.data",
    "a comprehension": "w = [v - lr*v.grad for v in [w]][0]",
    "a momentum": "m = w.grad + 0*k*w.data\n  w = w - lr*m",
    "a size and a sign": "w = w - lr*sqrt(w.grad**2)*(w.grad/abs(w.grad))",
}


@pytest.mark.parametrize("update", UPDATES.values(), ids=UPDATES)
def test_a_typed_number_behaves_alike_in_every_round(update: str) -> None:
    """Moved along its gradient it is a leaf of the same name; the numbers are those of ``w.data -= …``."""
    program = run_rounds(update)
    leaves = [leaf for leaf in program.leaves if leaf.label == "w"]
    printed = [float(line.text.split()[0]) for line in program.printed]
    assert [leaf.data for leaf in leaves[:5]] == printed
    assert [leaf in program.literals for leaf in leaves] == [True] + [False] * 5
    last = program.names["w"]
    assert isinstance(last, Value)
    assert (last, last.grad) == (leaves[5], 0.0)


@pytest.mark.parametrize(
    "update", ["w = w + -lr*w.grad", "w = w - (lr/1)*w.grad", "m = 0.0*m + w.grad\n  w = w - lr*m"]
)
def test_a_rate_that_is_computed_makes_the_update_a_part_of_the_graph(update: str) -> None:
    """As arithmetic of typed numbers always does; the numbers are the same ones."""
    last = run_rounds(update).names["w"]
    assert isinstance(last, Value)
    assert last.operands


def run_rounds(update: str) -> Program:
    """Run five rounds of descent with this update, and check the numbers of each."""
    source = (
        "lr = 0.25\ndef moved(v, g): return v - lr*g\ndef descended(v): return v - lr*v.grad\n"
        "w = 0.5\nm = 0.0\nfor k in range(5):\n"
        "  l = (w*3.0 - 1.0)**2 / 9\n  l.backward()\n  print(w.data, w.grad)\n  UPDATE"
    )
    program = run(source.replace("UPDATE", update))
    w = 0.5
    for line in program.printed:
        grad = 2 * (w * 3 - 1) / 9 * 3
        assert tuple(map(float, line.text.split())) == pytest.approx((w, grad))
        w -= 0.25 * grad
    assert len(program.printed) == 5
    return program


def test_a_list_of_typed_numbers_is_updated_again_and_again() -> None:
    """Its elements keep their names, and the round in which they were made is theirs."""
    program = run(
        "ws = [0.5, 1.0]\nfor k in range(3):\n  l = ws[0]**2 + ws[1]*ws[0]\n  l.backward()\n"
        "  ws = [w - 0.1*w.grad for w in ws]\nprint(ws)"
    )
    a, b = 0.5, 1.0
    for _ in range(3):
        a, b = a - 0.1 * (2 * a + b), b - 0.1 * a
    assert program.printed[0].text == str([a, b])
    assert [leaf.label for leaf in program.leaves if leaf.label.startswith("ws")] == ["ws[0]", "ws[1]"] * 3


STAYS_DETACHED = [
    "0.1 * w.grad",
    "w * w.grad",
    "w / w.grad",
    "w.grad - w",
    "w ** w.grad",
    "v - w.grad",
    "w - v.grad",
    "w - (w.grad + v.grad)",
    "w - u.grad",
    "w - float(w.grad)",
    "w - round(w.grad, 3)",
    "w - (w.grad > 0)",
    "w - w.data",
    "w.data - w.grad",
    "w - l.data",
    "(l.data - w.data) / w",
    "5 - w.grad",
    "len([1]) - w.grad",
]


@pytest.mark.parametrize("expression", STAYS_DETACHED)
def test_only_its_own_gradient_keeps_a_number_typed(expression: str) -> None:
    """All else that follows from results is a plain number, and has no card."""
    program = run(f"w = 0.5; v = 2.0; u = Value(3.0); l = w*v*u\nl.backward()\nr = {expression}\nprint(r)")
    assert isinstance(program.names["r"], float)
    assert float(program.printed[0].text) == program.names["r"]
    assert {value.label for value in program.origins} == {"w", "v", "u", "w*v", "l"}


GRAPHS_WITH_COUNTERS = [
    ("a = 2.0; o = sum([a * k for k in range(4)])", 12.0, 6.0),
    ("a = 2.0; o = sum(a * k for k, _ in enumerate([0, 0, 0, 0]))", 12.0, 6.0),
    ("a = 2.0; o = 0\nfor k in range(4): o = o + a * k", 12.0, 6.0),
    ("a = 2.0; o = a * (len([1, 1]) / 4)", 1.0, 0.5),
    ("a = 2.0; o = 0; k = 0\nwhile k < 4:\n  o = o + a * k\n  k += 1", 12.0, 6.0),
    ("a = 2.0; o = sum([a**k for k in range(4)])", 15.0, 17.0),
    ("xs = [2.0]; o = xs[0] * len(xs); a = xs[0]", 2.0, 1.0),
    ("def f(a): return sum([a * k for k in range(4)])\na = 2.0; o = f(a)", 12.0, 6.0),
]


@pytest.mark.parametrize(("source", "data", "grad"), GRAPHS_WITH_COUNTERS)
def test_a_named_number_with_a_counter_is_a_graph(source: str, data: float, grad: float) -> None:
    """The gradient is right as well."""
    program = run(f"{source}\no.backward()")
    a, o = program.names["a"], program.names["o"]
    assert isinstance(a, Value)
    assert isinstance(o, Value)
    assert (o.data, a.grad) == (data, grad)


def test_what_a_while_loop_counts_makes_no_cards() -> None:
    """The counter, its steps and its first number are plain numbers."""
    program = run("w = Value(2.0); k = 0\nwhile k < 3:\n  w = w * 0.5\n  if w.data < 1: k = k + 1\n  k += 1")
    assert [value.label for value in program.origins] == ["w", "0.5", "w", "0.5", "w"]
    assert program.names["k"] == 3
    assert not isinstance(program.names["k"], Value)


def test_a_learning_rate_with_a_schedule_makes_no_card() -> None:
    """A number that is only assigned to .data is not part of the graph, even if it is computed from named numbers."""
    program = run(
        "w = Value(3.0); lr = 1.0; decay = 0.9\nfor k in range(3):\n"
        "  loss = (w - 1.0)**2\n  w.grad = 0.0\n  loss.backward()\n"
        "  rate = lr - decay*k/100\n  w.data -= rate * w.grad\n  print(rate)"
    )
    assert [text for text, _ in program.printed] == ["1.0", "0.991", "0.982"]
    assert program.output is program.names["loss"]
    assert [program.names[name] for name in ("lr", "decay", "rate")] == [1.0, 0.9, 0.982]


def test_a_setting_that_is_also_computed_with_keeps_its_card() -> None:
    """A learning rate that is also an operand of y is in the graph of y."""
    program = run("w = Value(3.0); lr = 1.0\nrate = lr * 2\nw.data -= rate\ny = w * lr")
    assert isinstance(program.names["lr"], Value)
    assert program.names["rate"] == 2.0


@pytest.mark.parametrize("sizes", ["3 - 1", "n - 1", "-(-n) - 1", "n / 1.5"])
def test_sizes_may_be_computed_from_typed_numbers(sizes: str) -> None:
    """Every operator can be used for a size."""
    assert run(f"n = 3\nm = Neuron({sizes})\nprint(len(m.w))").printed[0].text == "2"


def test_parameters_are_those_of_networks_whatever_they_are_called() -> None:
    """A leaf named like a parameter is none, and a renamed parameter stays one."""
    program = run(
        'b = Value(2.0, label="n.b")\nn = Layer(2, 1)\nn.neurons[0].b.label = "x"\nk = MLP(1, [1])([b])'
    )
    assert [leaf.label for leaf in program.leaves if leaf in program.parameters] == [
        "n[0].w[0]",
        "n[0].w[1]",
        "x",
        "MLP(1, [1])[0][0].w[0]",
        "MLP(1, [1])[0][0].b",
    ]


def test_constants_are_the_leaves_that_nobody_gave() -> None:
    """Leaves added by an operator, counters and detached numbers are constants."""
    program = run(
        "a = 2.0; b = Value(3.0); w = random.random()\nc = a - b + len([1])*b + w*1.5\nd = c * a.data - 2"
    )
    assert [leaf.label for leaf in program.leaves if leaf in program.constants] == [
        "-1",
        "len([1])",
        "a.data",
        "-1",
    ]
    assert {"a", "b", "w", "1.5"} <= {leaf.label for leaf in program.leaves if leaf not in program.constants}
