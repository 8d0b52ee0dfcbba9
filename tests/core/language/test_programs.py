"""Whole programs as people paste them: micrograd's README, the lecture, the blog."""

import contextlib
import io
import math
import random

import pytest

from micrograd_core.engine import Value
from micrograd_core.language import Limits, run
from micrograd_core.language.program import RANDOM_SEED
from tests.core.language.recorded import roots_of, rounds_of

README = """\
from micrograd.engine import Value

a = Value(-4.0)
b = Value(2.0)
c = a + b
d = a * b + b**3
c += c + 1
c += 1 + c + (-a)
d += d * 2 + (b + a).relu()
d += 3 * d + (b - a).relu()
e = c - d
f = e**2
g = f / 2.0
g += 10.0 / f
print(f'{g.data:.4f}') # prints 24.7041, the outcome of this forward pass
g.backward()
print(f'{a.grad:.4f}') # prints 138.8338, i.e. the numerical value of dg/da
print(f'{b.grad:.4f}') # prints 645.5773, i.e. the numerical value of dg/db
"""


def test_micrograds_readme_program() -> None:
    """Verbatim, it prints the numbers that its comments promise, with their lines."""
    program = run(README)
    assert program.printed == (("24.7041", 15), ("138.8338", 17), ("645.5773", 18))
    assert program.output is program.names["g"]


def test_the_lectures_loss() -> None:
    """L = d*f has the data and the gradients of the lecture."""
    program = run("a=2; b=-3; c=10; f=-2; e=a*b; d=e+c; L=d*f\nL.backward()")
    assert program.output is not None
    assert (program.output.label, program.output.data) == ("L", -8.0)
    grads = {name: value.grad for name, value in program.names.items() if isinstance(value, Value)}
    assert grads == {"a": 6.0, "b": -4.0, "c": -2.0, "f": 4.0, "e": -2.0, "d": -2.0, "L": 1.0}


def test_the_lectures_neuron() -> None:
    """The data is 0.7071 and the gradients are −1.5, 1.0, 0.5, 0.0, 0.5."""
    program = run(
        "x1=2.0; x2=0.0; w1=-3.0; w2=1.0; b=6.8813735870195432\n"
        "o=(x1*w1+x2*w2+b).tanh()\no.backward()\n"
        "print(o.data)\nprint([x1.grad, w1.grad, x2.grad, w2.grad, b.grad])"
    )
    assert float(program.printed[0].text) == pytest.approx(0.7071067811865476, rel=1e-14)
    grads = [float(text) for text in program.printed[1].text.strip("[]").split(", ")]
    assert grads == pytest.approx([-1.5, 1.0, 0.5, 0.0, 0.5], rel=1e-12)


def test_the_lectures_numeric_derivative_is_plain_numbers() -> None:
    """(L2 - L1) / h of two .data prints a number, and h becomes no card."""
    program = run(
        "h = 0.001\n"
        "a = Value(2.0, label='a'); b = Value(-3.0, label='b')\n"
        "L1 = (a*b).data\n"
        "a = Value(2.0 + h, label='a'); b = Value(-3.0, label='b')\n"
        "L2 = (a*b).data\n"
        "print((L2 - L1)/h)"
    )
    assert float(program.printed[0].text) == pytest.approx(-3.0, rel=1e-9)
    assert isinstance(program.names["L1"], float)


BLOG = [
    ('a = Value(2.0, label="a")\nb = -a\nb', "Value(data=-2.0)"),
    ('a = Value(2.0, label="a")\nb = Value(3.0, label="b")\nc = a - b\nc', "Value(data=-1.0)"),
    ('a = Value(2.0, label="a")\nc = a - 3.0\nc', "Value(data=-1.0)"),
    ('a = Value(2.0, label="a")\nb = a**2.0\nb', "Value(data=4.0)"),
    ('a = Value(2.0, label="a")\nb = Value(4.0, label="b")\nc = a / b\nc', "Value(data=0.5)"),
    ('# forward\na = Value(2.0, label="a")\nb = a.relu()\nb # Value(data=2.0)', "Value(data=2.0)"),
]


@pytest.mark.parametrize(("source", "shown"), BLOG)
def test_the_blogs_snippets(source: str, shown: str) -> None:
    """The last line's Value is the output, and shows as in the post."""
    assert repr(run(source).output) == shown


def test_the_blogs_tanh_snippet() -> None:
    """Both passes agree to 14 significant digits."""
    program = run('a = Value(2.0, label="a")\nb = a.tanh()\nb # …\n# backward\nb.backward()\nprint(a.grad)')
    assert program.output is not None
    assert program.output.data == pytest.approx(0.964027580075817, rel=1e-14)
    assert float(program.printed[0].text) == pytest.approx(0.0706508248531642, rel=1e-13)


def test_the_blogs_relu_gradient() -> None:
    """The gradient at 2 is 1."""
    assert run("a = Value(2.0)\nb = a.relu()\nb.backward()\nprint(a.grad) # 1.0").printed[0].text == "1.0"


@pytest.mark.parametrize("constructor", ["Neuron(4, 'none')", "Layer(4, 1, activation='none')"])
def test_the_blogs_neuron_and_layer_snippets(constructor: str) -> None:
    """The gradients of the parameters are the inputs and 1."""
    program = run(
        f"n = {constructor}\ny = n([1.0, 2.0, 3.0, 4.0])\ny\ny.backward()\nprint([p.grad for p in n.parameters()])"
    )
    assert program.printed[0].text == "[1.0, 2.0, 3.0, 4.0, 1.0]"


def test_the_blogs_mlp_snippet() -> None:
    """The network has 337 parameters and one output."""
    program = run(
        "from micrograd.nn import MLP\n"
        "m = MLP(2, [16, 16, 1])\nlen(m.parameters()) # 337\nprint(len(m.parameters()))\n"
        "# forward pass\ny = m([1.0, 2.0])\n# backward pass\ny.backward()"
    )
    assert program.printed[0].text == "337"
    assert program.output is program.names["y"]
    assert roots_of(program) == ["y"]


def test_a_training_loop() -> None:
    """Ten steps on four points with for, zip, sum, zero_grad and p.data -= make the loss smaller."""
    program = run(
        "from micrograd_core.nn import MLP\n"
        "n = MLP(3, [4, 1], 'tanh')\n"
        "xs = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]]\n"
        "ys = [1.0, -1.0, -1.0, 1.0]\n"
        "for k in range(10):\n"
        "    ypred = [n(x) for x in xs]\n"
        "    loss = sum((yout - ygt)**2 for ygt, yout in zip(ys, ypred))\n"
        "    n.zero_grad()\n"
        "    loss.backward()\n"
        "    for p in n.parameters():\n"
        "        p.data -= 0.05 * p.grad\n"
        "    if k % 3 == 0: print(k, loss.data)\n"
    )
    steps = [text.split() for text, _ in program.printed]
    losses = [float(loss) for _, loss in steps]
    assert [k for k, _ in steps] == ["0", "3", "6", "9"]
    assert losses == sorted(losses, reverse=True)
    assert losses[-1] < losses[0] / 2
    assert program.output is not None
    assert program.output.label == "loss"
    assert roots_of(program) == ["loss"] * 10


def test_the_same_program_has_the_same_weights_each_time() -> None:
    """Every keystroke runs the program again with the same random numbers."""
    source = "n = Neuron(3)\nw = random.uniform(-1, 1)\nv = w * 1"
    first, second = run(source), run(source)
    assert [v.data for v in first.leaves] == [v.data for v in second.leaves]


def test_the_stream_of_random_is_left_alone() -> None:
    """A run restores the state of random, also after an error."""
    random.seed(5)
    expected = [random.random() for _ in range(3)]
    random.seed(5)
    drawn = [random.random()]
    run("random.seed(1); n = Neuron(3)")
    drawn.append(random.random())
    with pytest.raises(Exception, match="x is not known"):
        run("n = Neuron(3); x")
    drawn.append(random.random())
    assert drawn == expected


def test_a_seed_gives_the_blogs_weights() -> None:
    """random.seed(1337) and Neuron draw the numbers of Python's own code."""
    state = random.getstate()
    random.seed(1337)
    expected = [random.uniform(-1, 1) for _ in range(3)]
    random.setstate(state)
    program = run("import random\nrandom.seed(1337)\nn = Neuron(2)")
    assert [leaf.data for leaf in program.leaves] == expected


def test_arithmetic_never_raises() -> None:
    """Where Python raises or leaves the reals, the result is inf or nan."""
    cases = {
        "1/0": math.inf,
        "-1/0": -math.inf,
        "0/0": math.nan,
        "log(0)": -math.inf,
        "log(-1)": math.nan,
        "(-2)**0.5": math.nan,
        "exp(1000)": math.inf,
        "9**9**9": math.inf,
        "sqrt(-1)": math.nan,
        "tanh(1000)": 1.0,
        "math.inf - math.inf": math.nan,
    }
    for source, expected in cases.items():
        output = run(source).output
        assert output is not None
        assert output.data == expected or (math.isnan(output.data) and math.isnan(expected)), source


def test_plain_arithmetic_never_raises_either() -> None:
    """Numbers that come at run time give the same results."""
    program = run(
        "z = len([]); o = len([0]); m = -o\n"
        "print(o/z, m/z, z/z, o%z, o//z, z**m, 10**o**9, exp(o*1000), log(z), sqrt(m), range(11)[10]**400)"
    )
    assert program.printed[0].text == "inf -inf nan nan inf inf 10 inf -inf nan inf"


LECTURE_FUNCTION = """\
def f(x):
  return 3*x**2 - 4*x + 5
print(f(3.0))
h = 0.000001
x = 2/3
print((f(x + h) - f(x))/h)
"""


def test_the_lectures_function() -> None:
    """f(3.0) is 20, its slope at 2/3 about 0; both print as numbers."""
    value, slope = (float(text) for text, _ in run(LECTURE_FUNCTION).printed)
    assert value == 20.0
    assert slope == pytest.approx(2.999378523327323e-06, abs=1e-8)


LECTURE_SLOPE = """\
h = 0.0001

# inputs
a = 2.0
b = -3.0
c = 10.0

d1 = a*b + c
c += h
d2 = a*b + c

print('d1', d1)
print('d2', d2)
print('slope', (d2 - d1)/h)
"""


def test_the_lectures_slope_by_hand() -> None:
    """Typed numbers make a graph, and print as in the notebook."""
    first, second, third = (text for text, _ in run(LECTURE_SLOPE).printed)
    assert (first, second) == ("d1 4.0", "d2 4.0001")
    assert float(third.removeprefix("slope ")) == pytest.approx(1.0, rel=1e-9)


LECTURE_CHECK = """\
def lol():

  h = 0.0001

  a = Value(2.0, label='a')
  b = Value(-3.0, label='b')
  c = Value(10.0, label='c')
  e = a*b; e.label = 'e'
  d = e + c; d.label = 'd'
  f = Value(-2.0, label='f')
  L = d * f; L.label = 'L'
  L1 = L.data

  a = Value(2.0, label='a')
  b = Value(-3.0, label='b')
  {0}.data += h
  c = Value(10.0, label='c')
  e = a*b; e.label = 'e'
  d = e + c; d.label = 'd'
  f = Value(-2.0, label='f')
  L = d * f; L.label = 'L'
  L2 = L.data

  print((L2 - L1)/h)

lol()
"""


@pytest.mark.parametrize(("name", "slope"), [("a", 6.0), ("b", -4.0)])
def test_the_lectures_inline_numeric_check(name: str, slope: float) -> None:
    """The difference is a plain number, h makes no card, and the graph of L is the output."""
    program = run(LECTURE_CHECK.format(name))
    assert float(program.printed[0].text) == pytest.approx(slope, rel=1e-9)
    assert {value.label for value in program.origins} == set("abcdefL")
    assert program.output is not None
    assert program.output.label == "L"


LECTURE_BACKPROP = """\
x1 = Value(2.0, label='x1')
x2 = Value(0.0, label='x2')
w1 = Value(-3.0, label='w1')
w2 = Value(1.0, label='w2')
b = Value(6.8813735870195432, label='b')
x1w1 = x1*w1; x1w1.label = 'x1*w1'
x2w2 = x2*w2; x2w2.label = 'x2*w2'
x1w1x2w2 = x1w1 + x2w2; x1w1x2w2.label = 'x1*w1 + x2*w2'
n = x1w1x2w2 + b; n.label = 'n'
# ----
e = (2*n).exp()
o = (e - 1) / (e + 1)
# ----
o.label = 'o'
o.grad = 1.0
n.grad = (1 - o.data**2) * o.grad
b.grad = n.grad
x1w1x2w2.grad = n.grad
x1w1.grad = x1w1x2w2.grad
x2w2.grad = x1w1x2w2.grad
x2.grad = w2.data * x2w2.grad
w2.grad = x2.data * x2w2.grad
x1.grad = w1.data * x1w1.grad
w1.grad = x1.data * x1w1.grad
print([x1.grad, w1.grad, x2.grad, w2.grad, b.grad])
by_hand = [x1.grad, w1.grad, x2.grad, w2.grad, b.grad]
for leaf in [x1, x2, w1, w2, b]:
  leaf.grad = 0.0
o.backward()
draw_dot(o)
for mine, leaf in zip(by_hand, [x1, w1, x2, w2, b]):
  assert abs(mine - leaf.grad) < 1e-9
"""


def test_the_lectures_manual_backpropagation() -> None:
    """Gradients assigned by hand agree with backward(), checked by the program itself."""
    program = run(LECTURE_BACKPROP)
    grads = [float(text) for text in program.printed[0].text.strip("[]").split(", ")]
    assert grads == pytest.approx([-1.5, 1.0, 0.5, 0.0, 0.5], rel=1e-9, abs=1e-9)
    assert program.output is program.names["o"]
    assert roots_of(program) == ["o"]


LECTURE_TRAINING = """\
n = MLP(3, [4, 4, 1], 'tanh')
xs = [
  [2.0, 3.0, -1.0],
  [3.0, -1.0, 0.5],
  [0.5, 1.0, 1.0],
  [1.0, 1.0, -1.0],
]
ys = [1.0, -1.0, -1.0, 1.0] # desired targets

for k in range(10):

  # forward pass
  ypred = [n(x) for x in xs]
  loss = sum((yout - ygt)**2 for ygt, yout in zip(ys, ypred))

  # backward pass
  for p in n.parameters():
    p.grad = 0.0
  loss.backward()

  # update
  for p in n.parameters():
    p.data += -0.1 * p.grad

  print(k, loss.data)
"""


def test_the_lectures_training_loop() -> None:
    """Ten steps on four points; the losses of the ten rounds are ten distinguishable nodes."""
    program = run(LECTURE_TRAINING + "\nypred")
    steps = [text.split() for text, _ in program.printed]
    assert [int(k) for k, _ in steps] == list(range(10))
    losses = [float(loss) for _, loss in steps]
    assert losses[-1] < 0.1 < losses[0]
    assert program.output is not None
    assert program.output.label == "ypred[3]"
    nodes = [value for value in program.origins if value.label == "loss"]
    assert [rounds_of(program, value)[0].number for value in nodes] == list(range(10))
    assert [value.data for value in nodes] == losses


LECTURE_CELLS = """\
import random
from micrograd.engine import Value
from micrograd import nn
random.seed(1337)
n = nn.Neuron(2)
x = [Value(1.0), Value(-2.0)]
y = n(x)
y.backward()

dot = draw_dot(y)
"""


def test_micrograds_notebook_of_graphs() -> None:
    """The cells of trace_graph.ipynb run, without their import of graphviz."""
    program = run(LECTURE_CELLS)
    assert program.output is program.names["y"]


MICROGRADS_OWN_TEST = """\
def test_sanity_check():

    x = Value(-4.0)
    z = 2 * x + 2 + x
    q = z.relu() + z * x
    h = (z * z).relu()
    y = h + q + q * x
    y.backward()
    xmg, ymg = x, y

    # forward pass went well
    assert ymg.data == -20.0
    # backward pass went well
    assert xmg.grad == 46.0

test_sanity_check()
"""


def test_micrograds_own_sanity_check() -> None:
    """Its numbers are PyTorch's."""
    assert run(MICROGRADS_OWN_TEST).output is not None


BLOG_DEMO = """\
from micrograd.nn import MLP
model = MLP(2, [16, 16, 1])
len(model.parameters()) # 337

# define loss function
def loss(batch_size: int | None = None) -> tuple[Value, float]:
    # inline DataLoader
    if batch_size is None:
        Xb, yb = X, y
    else:
        ri = np.random.permutation(X.shape[0])[:batch_size]
        Xb, yb = X[ri], y[ri]
    inputs = [list(map(Value, xrow)) for xrow in Xb]

    # forward the model to get scores
    scores = list(map(model, inputs))

    # SVM "max-margin" loss (tanh instead of relu)
    losses = [(1 + -yi * scorei).relu() for yi, scorei in zip(yb, scores)]
    data_loss = sum(losses) * (1.0 / len(losses))

    # L2 regularization
    alpha = 1e-4
    reg_loss = alpha * sum((p * p for p in model.parameters()))

    # total loss
    total_loss = data_loss + reg_loss
    assert isinstance(total_loss, Value)

    # also get accuracy
    accuracy = [(yi > 0) == (scorei.data > 0) for yi, scorei in zip(yb, scores)]
    return total_loss, sum(accuracy) / len(accuracy)

total_loss, acc = loss()
print(f"total loss = {total_loss.data}, accuracy = {acc}")

N_EPOCHS = 8

# optimization
for k in range(N_EPOCHS):
    # forward
    total_loss, acc = loss()

    # backward
    model.zero_grad()
    total_loss.backward()

    # update (sgd) with learning rate decay
    learning_rate = 1.0 - 0.9 * k / 100
    for p in model.parameters():
        p.data -= learning_rate * p.grad

    if k % 2 == 0:
        print(f"step {k} loss {total_loss.data}, accuracy {acc*100}%")

total_loss, acc = loss()
print(f"loss {total_loss.data}, accuracy {acc*100}%")
"""
"""The blog's training, on points that stand in the program; of its 32 rounds 8, for the sake of time."""


def test_the_blogs_demo() -> None:
    """Its loss function, its loop and its prints run unchanged, with the result of Python's own run."""
    points = "X = [[1.0, 0.2], [-0.5, 0.9], [0.1, -0.4], [1.8, 0.1]]\ny = [-1, -1, 1, 1]\n"
    program = run(points + BLOG_DEMO, limits=Limits(seconds=20.0))
    assert [text.split()[0] for text, _ in program.printed] == [
        "total",
        "step",
        "step",
        "step",
        "step",
        "loss",
    ]
    state = random.getstate()
    random.seed(RANDOM_SEED)
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec((points + BLOG_DEMO).replace("micrograd.nn", "micrograd_core.nn"), {"Value": Value})
    random.setstate(state)
    assert [text for text, _ in program.printed] == out.getvalue().splitlines()


@pytest.mark.parametrize("network", ["Neuron(4)", "Layer(4, 1)"])
def test_the_blogs_first_networks_pass_their_inputs_on(network: str) -> None:
    """As typed, without a seed, the gradients of the weights are the inputs, as the blog prints them."""
    program = run(
        f"n = {network}\ny = n([1.0, 2.0, 3.0, 4.0])\ny.backward()\nprint([p.grad for p in n.parameters()])"
    )
    assert program.printed[0].text == "[1.0, 2.0, 3.0, 4.0, 1.0]"
