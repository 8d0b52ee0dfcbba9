"""Functions, loops and lists of a program: the language prints what Python prints."""

import contextlib
import io

import pytest

from micrograd_core.engine import Value
from micrograd_core.language import LanguageError, Limits, run
from micrograd_core.nn import MLP, Layer, Neuron

AS_PYTHON = {
    "positional, default and named arguments": """
def f(x, y=2, z=3):
    return [x, y, z]
print(f(1), f(1, 5), f(1, z=7), f(z=1, x=2), f(*[4, 5], z=6))
""",
    "defaults are evaluated once": """
def f(x, xs=[]):
    xs.append(x)
    return xs
print(f(1), f(2), f(3, []), f(4))
""",
    "a function without return gives None": """
def f(x):
    '''Says nothing.'''
    if x: return
    y = x
print(f(1), f(0))
""",
    "lambda": """
square = lambda x, n=2: x**n
print(square(3), square(3, n=3), (lambda: 5)(), [f(2) for f in [lambda x: x, lambda x: -x]])
""",
    "closures see the last value, as Python's do": """
fs = []
for i in range(3):
    fs.append(lambda: i)
print([f() for f in fs], [f() for f in [lambda: j for j in range(3)]])
gs = [(lambda k=k: k) for k in range(3)]
print([g() for g in gs])
""",
    "nested functions and nonlocal": """
def counter(start):
    n = start
    def up(by=1):
        nonlocal n
        n += by
        return n
    def value():
        return n
    return up, value
up, value = counter(10)
up(); up(5)
other, _ = counter(0)
other()
print(value(), up(), other())
""",
    "global": """
n = 0
def up():
    global n, m
    n += 1
    m = n * 10
up(); up()
print(n, m)
""",
    "a parameter hides the program's name": """
x = 1
def f(x):
    x = x + 1
    return x
def g():
    x = 7
    def h():
        return x
    return h()
print(f(5), g(), x)
""",
    "comprehensions have names of their own": """
x = 1
ys = [x for x in range(3)]
zs = [[a + b for a in range(b)] for b in range(3)]
print(x, ys, zs, [x for x in [x, x]], sum(x for x in range(4) if x % 2))
""",
    "recursion": """
def factorial(n):
    return 1 if n == 0 else n * factorial(n - 1)
def even(n): return n == 0 or odd(n - 1)
def odd(n): return n != 0 and even(n - 1)
def fib(n):
    if n < 2:
        return n
    return fib(n - 1) + fib(n - 2)
print(factorial(5), even(10), odd(10), fib(9))
""",
    "ninety-nine calls deep": """
def depth(n):
    if n > 0:
        for i in [0]:
            if True:
                return [depth(n - 1)][0] + (1 if n else 0)
    return 0
print(depth(98))
""",
    "functions as arguments and results": """
def compose(f, g):
    return lambda x: f(g(x))
def twice(f): return compose(f, f)
print(twice(twice(lambda x: x + 1))(0), list(map(lambda x, y: x * y, [1, 2], [3, 4])))
""",
    "while, break, continue": """
i, seen = 0, []
while True:
    i += 1
    if i == 2: continue
    if i > 5: break
    seen.append(i)
print(i, seen)
while i: i -= 1
print(i)
""",
    "break leaves the inner loop alone": """
seen = []
for i in range(3):
    for j in range(3):
        if j == 2: break
        if i == 1: continue
        seen.append((i, j))
print(seen)
""",
    "return leaves all loops": """
def find(xs, wanted):
    for i, row in enumerate(xs):
        for j, x in enumerate(row):
            if x == wanted:
                return i, j
print(find([[1, 2], [3, 4]], 3), find([], 1))
""",
    "a list that grows while it is gone through": """
xs = [0]
for x in xs:
    if x < 4: xs.append(x + 1)
print(xs)
""",
    "elements and methods of lists": """
xs = [1, 2, 3]
ys = xs
xs[0] = 10
xs[-1] += 5
xs.append(4); xs.extend([5, 6]); xs.insert(1, 0); xs.insert(-100, 9); xs.insert(100, 8)
print(xs, ys is xs, xs.pop(), xs.pop(0), len(xs))
xs.reverse()
ys += [7]
print(xs, list(reversed(xs)), tuple([1]), list(), list('ab'))
grid = [[0] * 2 for _ in range(2)]
grid[0][1] = 1
print(grid)
""",
    "min and max": """
print(min(3, 1, 2), max([1, 5, 2]), min([2.0, 2]), max(2, 2.0), max([1.5, -2]), min('a' < 'b', 0))
""",
    "plain numbers": """
print(float(len([1])), int(2.7), int(-2.7), round(2.5), round(2.567, 2), round(1e20, -0), float('inf'))
""",
    "is": """
a, b = [1], None
c = a
print(a is c, a is not c, b is None, a is None, a is not None, [1] is [1], 1 is None, None is not None)
""",
    "equality of things of different kinds": """
print(None == 1, 'a' == 1, 1 != None, 'a' != 'b', True == 1, (2 > 1) == (3 > 2))
""",
    "isinstance": """
print(isinstance(1, int), isinstance(1.0, int), isinstance([1], (tuple, list)), isinstance(Value(1.0), Value))
print(isinstance(Neuron(1), MLP), isinstance(None, float))
""",
    "typed numbers print as Python's do": """
a = 2; b = 3.0; i = 0
i += 1
print(a + a, a * b, a - 5, a**2, -a, a - b, i, [a * a], f'{a + a}', f'{a * b:.2f}', a % 2, 7 // a)
""",
    "Values print as Values": """
a = Value(2.0)
print(a, a * 3, [a + 1], f'{a}', a.data, a.grad)
""",
    "assert": """
assert 2 > 1, 'never seen'
assert [0]
print('passed')
""",
    "annotations are not looked at": """
def f(x: int | None = None) -> list[int]:
    return x
print(f())
""",
    "a function and its lines on one line": """
def f(x): y = x + 1; return y * 2
print(f(1))
""",
    "imports within functions": """
def f():
    import math
    from math import pi as half
    return half / 2 < math.pi
print(f())
""",
    "modules by their package": """
import micrograd_core.engine
import micrograd_core.nn as nets
from micrograd_core import nn
print(micrograd_core.engine.Value(1.0), isinstance(nn.Neuron(2), nets.Neuron))
""",
}


def printed_by_python(source: str) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(
            source,
            {"Value": Value, "Neuron": Neuron, "Layer": Layer, "MLP": MLP, "__builtins__": __builtins__},
        )
    return out.getvalue()


@pytest.mark.filterwarnings("ignore::SyntaxWarning")
@pytest.mark.parametrize("source", AS_PYTHON.values(), ids=AS_PYTHON)
def test_a_program_prints_what_python_prints(source: str) -> None:
    """Python itself provides the expected output."""
    assert "".join(f"{printed.text}\n" for printed in run(source).printed) == printed_by_python(source)


def test_min_and_max_return_the_chosen_value_itself() -> None:
    """No node is made; gradients reach only the chosen Value, the first of equal ones."""
    program = run(
        "a = 2.0; b = Value(3.0); c = max(a, b, 1); d = min([a, b]) * 5\nd.backward()\ne = max(a, 2.0)"
    )
    names = program.names
    assert names["c"] is names["b"]
    assert names["e"] is names["a"]
    assert (names["a"].grad, names["b"].grad) == (5.0, 0.0)  # type: ignore[attr-defined]
    assert [value.op for value in program.origins if value.operands] == ["*"]


def test_a_function_of_the_program_makes_the_same_graph_as_its_lines() -> None:
    """The lecture's f(x), called and written out, gives the same graph."""
    inside = run("def f(x):\n  return 3*x**2 - 4*x + 5\nx = 3.0\ny = f(x)").output
    outside = run("x = 3.0\ny = 3*x**2 - 4*x + 5").output
    assert inside is not None
    assert outside is not None
    assert (
        (inside.data, inside.label, inside.op)
        == (outside.data, outside.label, outside.op)
        == (20.0, "y", "+")
    )


def test_parameters_name_typed_numbers_and_leave_values_their_names() -> None:
    """f(3.0) has a card x; f(a*b) keeps a*b."""
    program = run("def f(x, ys): return x.tanh() * ys[1]\na = 2.0; b = 3.0\nc = f(a*b, [0.5, 1.5])")
    labels = {value.label for value in program.origins}
    assert {"a", "b", "a*b", "x.tanh()", "ys[1]", "c"} == labels


def test_names_within_functions_stay_there() -> None:
    """Local names and functions are not among the names of the result."""
    program = run("def f(x):\n  inner = x * 2\n  return inner\ny = f(2.0)\ng = lambda: y")
    assert set(program.names) == {"y"}


def test_what_a_function_makes_is_the_output_only_if_the_program_has_no_other() -> None:
    """A program that only calls a function shows the function's last Value."""
    only = run("def f():\n  a = Value(2.0)\n  L = a * 3\n  print(L.data)\nf()\nh = 0.1").output
    assert only is not None
    assert only.label == "L"
    own = run("def f():\n  a = Value(2.0)\n  L = a * 3\n  print(L.data)\nb = Value(1.0) * 2\nf()").output
    assert own is not None
    assert own.label == "b"


def test_draw_dot_makes_its_argument_the_output() -> None:
    """A cell of the lecture's notebook can be pasted."""
    program = run("a = Value(2.0); L = a * 3; M = L * 2\ndot = draw_dot(L)\n")
    assert program.output is program.names["L"]
    assert run("L = Value(2.0) * 3; M = L * 2\ndraw_dot(L, format='png')").output is not None


def test_deep_expressions_in_deep_recursion() -> None:
    """Both limits together exceed one Python stack, so several are used."""
    nested = "(" * 60 + "f(n - 1)" + " + 0)" * 60
    program = run(
        f"def f(n):\n    return 1 if n == 0 else {nested}\nprint(f(99))", limits=Limits(seconds=60.0)
    )
    assert program.printed[0].text == "1"


def test_recursion_through_map() -> None:
    """Calls through a built-in function count as well."""
    with pytest.raises(LanguageError, match="100 function calls"):
        run("def f(n): return map(f, [n])\nf(0)")


def test_an_error_in_a_function_is_shown_in_the_function() -> None:
    """The error has the line and column inside the function, even if a comprehension called it."""
    with pytest.raises(LanguageError) as caught:
        run("def f(x):\n    y = x + 1\n    return y + [1]\n\nz = [f(k) for k in range(3)]")
    assert (caught.value.line, caught.value.column) == (3, 12)
