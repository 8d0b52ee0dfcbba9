"""Programs that try to escape, to exhaust or to crash, by class; and seeded garbage."""

import random
import threading
import time

import pytest

from micrograd_core.errors import LanguageError
from micrograd_core.language import Limits, Program, run

ESCAPE = [
    "().__class__.__bases__[0].__subclasses__()",
    "a = 1.0\na.__class__",
    "[].__class__",
    "''.__class__.__mro__",
    "print.__globals__",
    "tanh.handler",
    "Value.__init__.__globals__",
    "math.__dict__",
    "math.members",
    "random._inst",
    "Neuron(1).activation",
    "Neuron(1).__call__.__globals__",
    "MLP(1, [1]).layers.__class__",
    "Value(1.0)._prev",
    "Value(1.0)._op",
    "Value(1.0).operation",
    "f'{Value(1.0)._prev}'",
    "f'{().__class__}'",
    "'{0.__class__}'.format(1)",
    "'%s' % 1",
    "print('{0.__class__}'.format_map({}))",
    "__import__('os').system('true')",
    "import os",
    "import sys as math",
    "from os import system",
    "from builtins import eval",
    "from micrograd.engine import __builtins__",
    "eval('1')",
    "exec('a = 1')",
    "compile('1', '', 'eval')",
    "open('/etc/passwd')",
    "getattr(1, 'real')",
    "globals()",
    "locals()",
    "vars()",
    "type(1)",
    "object",
    "breakpoint()",
    "input()",
    "exit()",
    "(lambda: 1).__globals__",
    "def f(): pass\nf.__code__",
    "class A: pass",
    "[x for x in ().__iter__]",
    "a = Value(1.0)\na.__dict__ = 1",
    "Value.data = 1",
    "math.pi = 3",
    "print = 1\nprint.__self__",
    "Value(data=1.0, _children=(1,))",
    "Value(1.0, (), '+', 'a')",
    "with open('x') as f: pass",
    "__builtins__",
    "__name__",
    "(1).real",
    "(1.0).hex()",
    "[1].sort",
    "range(3).start",
    "zip",
]
"""All but the last are refused; naming a function is harmless."""

EXHAUST = [
    "for i in range(10**15): a = 1",
    "for i in range(10**9):\n for j in range(10**9):\n  pass",
    "x = [i for i in range(10**9)]",
    "x = sum(i for i in range(10**12))",
    "x = [1] * 10**12",
    "x = 'a' * 10**12",
    "x = [1]\n" + "x = x + x\n" * 60,
    "x = 'ab'\n" + "x = f'{x}{x}'\n" * 60,
    "x = [1]\n" + "x = [x, x]\n" * 60 + "print(x)",
    "x = [1]\n" + "x = [x, x]\n" * 60 + "print(f'{x}')",
    "x = []\n" + "x = [x]\n" * 3000 + "print(x)",
    "a = Value(1.0)\nfor i in range(10**9): a = a * a",
    "a = Value(1.0)\nfor i in range(20000): a = a + 1\nfor i in range(10**9): a.backward()",
    "m = MLP(10**6, [10**6])",
    "n = Neuron(10**15)",
    "l = Layer(1000, 1000)",
    "m = MLP(300, [300, 300])\nfor i in range(1000): m([1.0]*300)",
    "for i in range(10**9): print('x' * 100)",
    "print('x' * 999999)",
    "print(f'{1.0:999999999}')",
    "print(f'{1.0:.999999999f}')",
    "w = 10\nprint(f'{1.0:{w*w*w*w*w}}')",
    "print(f'{1:0999999999d}')",
    "x = zip([1]*300000, [1]*300000, [1]*300000, [1]*300000)",
    "for i in range(10**6): x = enumerate(range(10**5))",
    "for i in range(10**6): x = range(10**5)[::1]\nprint(*range(10**7))",
    "n = Neuron(1)\nfor i in range(10**6): x = n.parameters() * 10**5",
    "x = (" + "1, " * 40000 + ")\nfor i in range(10**6): y = x + x",
]

PARSER = [
    "(" * 100_000,
    "[" * 5000 + "]" * 5000,
    "{" * 5000,
    "((((((((((" * 9 + "x" + "))))))))))" * 8,
    "x = " + "-" * 100_000 + "1",
    "x = " + "- " * 4000 + "1",
    "x = " + "not " * 100_000 + "1",
    "x = " + "~" * 5000 + "1",
    "x = " + "1 if 1 else " * 5000 + "1",
    "x = " + "2**" * 5000 + "1",
    "x = " + "1+" * 20_000 + "1",
    "x = " + "a." * 20_000 + "b",
    "x = a" + "()" * 10_000,
    "x = a" + "[0]" * 10_000,
    "x = " + "lambda: " * 5000 + "1",
    "lambda " + "x=lambda " * 2000,
    "x = f'" + "{1}" * 200_000 + "'",
    "x = f'" + "{" * 5000,
    "f'{" + "(" * 500 + "}'",
    "f'{" + "-" * 5000 + "1}'",
    "f'" + "{1:" * 5000 + "'",
    "f'{1!r:{2:{3}}}'",
    "x = " + "'a' " * 100_000,
    "x" * 999_999,
    "0x" + "f" * 900_000,
    "9" * 900_000,
    "1e" + "9" * 900_000,
    "1" + "_1" * 400_000,
    "a;" * 400_000,
    "a\n" * 400_000,
    "\\\n" * 400_000 + "a",
    "if 1:\n" + "".join(" " * i + "if 1:\n" for i in range(1, 200)),
    "if 1: a = 1\n" + "elif 1: a = 1\n" * 20_000,
    '"""' + "a" * 900_000,
    "'" + "\\" * 900_001,
    "a" * 1_000_001,
    "import " + "a." * 20_000 + "a",
    "x = " + "[*" * 3000 + "x" + "]" * 3000,
    "@" * 10_000,
    "a = " * 30_000 + "1 +",
    "await " * 5000 + "x",
    "match x:\n case " + "[" * 300,
    "for " * 10_000,
    "print " * 10_000,
    "x = [" + "for x in y " * 10_000 + "]",
    "é" * 1000,
    "with " + "(" * 99 + "a" + ")" * 98,
]

UNICODE = [
    "a = 1\x00",
    "# \x00",
    "'\x00'",
    "a = '\ud800'",
    "\udfff",
    "ｅｘｐ(1)",
    "𝐞𝐱𝐩(1)",
    "e\u0301 = 1",
    "а = 1",
    "a = １",
    "a = ²",
    "a = 2\u2009* 3",
    "a\u200b = 1",
    "\ufeffa = 1",
    "a = 1\u2028b = 2",
    "a\x0c = 1",
    "a = \x1b[31m",
    "“a”",
    "a = 3 − 2",
    "ﬁ = 1",
    "_\u0301 = 1",
    "a = 1 \u202e # evil",
    "ℯ = 1",
    "𝟙",
]


def outcome(source: str, limits: Limits | None = None) -> Program | LanguageError:
    """What a program comes to; anything else than these two fails the test."""
    try:
        return run(source, limits=limits or Limits(seconds=1.0))
    except LanguageError as error:
        return error


@pytest.mark.parametrize("source", ESCAPE[:-1])
def test_nothing_of_python_can_be_reached(source: str) -> None:
    """Attributes, names, modules, formats and syntax outside the tables are refused."""
    assert isinstance(outcome(source), LanguageError)


@pytest.mark.parametrize("source", [*EXHAUST, *PARSER], ids=range(len(EXHAUST) + len(PARSER)))
def test_no_program_takes_long(source: str) -> None:
    """Whatever it is, it is over in little more than the time allowed."""
    started = time.perf_counter()
    assert isinstance(outcome(source, Limits(seconds=0.3)), LanguageError)
    assert time.perf_counter() - started < 3.0


@pytest.mark.parametrize("source", UNICODE, ids=range(len(UNICODE)))
def test_no_character_passes_for_another(source: str) -> None:
    """What looks like a letter, a digit, a sign or nothing is refused at its place."""
    error = outcome(source)
    assert isinstance(error, LanguageError)
    assert error.line >= 1


def test_other_letters_may_stand_in_texts_and_comments() -> None:
    """There they cannot be taken for anything."""
    program = run("a = 'ｅｘｐ é 🙂 а'  # ℯ “x” ²\nprint(a)")
    assert program.printed[0].text == "ｅｘｐ é 🙂 а"


@pytest.mark.parametrize("source", [PARSER[0], PARSER[5], PARSER[9], "(" * 99 + "-" * 99 + "1" + ")" * 99])
def test_the_parser_cannot_be_crashed_on_a_small_stack(source: str) -> None:
    """A caller with the smallest stack that a thread can have gets an answer like any other."""
    results: list[Program | LanguageError] = []
    usual = threading.stack_size(256 * 1024)
    try:
        thread = threading.Thread(target=lambda: results.append(outcome(source)))
        thread.start()
    finally:
        threading.stack_size(usual)
    thread.join()
    assert len(results) == 1


def test_the_size_of_other_threads_stacks_is_left_alone() -> None:
    """Parsing on a large stack does not change what threads get by default."""
    usual = threading.stack_size(1024 * 1024)
    try:
        run("a = 1")
        assert threading.stack_size() == 1024 * 1024
    finally:
        threading.stack_size(usual)


VALID = [
    "a = Value(-4.0)\nb = 2.0\nc = a + b\nd = a*b + b**3\nd += (c - a).relu()\nd.backward()\nprint(f'{a.grad:.4f}')",
    "n = MLP(2, [3, 1], 'tanh')\nxs = [[1.0, 2.0], [0.5, -1]]\nys = [n(x) for x in xs]\n"
    "loss = sum((y - 1)**2 for y in ys)",
    "for i, x in enumerate([1.0, 2.0]):\n    if i % 2 == 0:\n        y = exp(x) / (1 + exp(-x))\n    else: y = log(x)",
    "import math\nfrom micrograd.nn import Neuron\nn = Neuron(2)\n"
    "for p in n.parameters(): p.data -= 0.1 * p.grad\nn.zero_grad()",
    "a, (b, *c) = 1, [2, 3, 4]\nd = a if a < 2 else b\nprint([d, c[0:1]], len(c), 'x', sep='-')",
]
PIECES = [
    *"()[]{}:;,.=+-*/%<>!'\"#\\\n\t _0123456789eabxnf",
    *[
        "**",
        "==",
        "+=",
        "\n    ",
        "f'{",
        "}'",
        "'''",
        "for ",
        " in ",
        "if ",
        "else",
        "not ",
        "lambda ",
        "import ",
        "def ",
    ],
    *[
        "Value(",
        "Neuron(2)",
        "sum(",
        ".data",
        ".grad",
        ".backward()",
        "range(9)",
        "1e308",
        "1/0",
        "None",
        "print(",
    ],
    *[
        "é",
        "²",
        "−",
        "\u00a0",
        "\x00",
        "\ud800",
        "ａ",
        "🙂",
        "\r",
        "__class__",
        "{0:9}",
        "@",
        "~",
        "^",
        "...",
    ],
]


def mutated(generator: random.Random) -> str:
    """A valid program with up to eight places cut, doubled, swapped or replaced."""
    text = generator.choice(VALID)
    for _ in range(generator.randint(1, 8)):
        start = generator.randint(0, len(text))
        end = min(len(text), start + generator.randint(0, 6))
        new = generator.choice(
            [generator.choice(PIECES), text[start:end] * 2, "", generator.choice(VALID)[start:end]]
        )
        text = text[:start] + new + text[end:]
    return text


def garbage(generator: random.Random) -> str:
    return "".join(generator.choice(PIECES) for _ in range(generator.randint(1, 60)))


@pytest.mark.parametrize("make", [mutated, garbage])
def test_garbage_raises_nothing_but_language_errors(make) -> None:
    """Seeded mutations of valid programs and random pieces: a Program or a LanguageError within the text."""
    generator = random.Random(20261122)
    runs = 0
    for _ in range(1500):
        source = make(generator)
        result = outcome(source, Limits(seconds=0.2, nodes=2000))
        if isinstance(result, Program):
            runs += 1
        else:
            lines = source.replace("\r\n", "\n").replace("\r", "\n").split("\n")
            assert 1 <= result.line <= len(lines), source
            assert 1 <= result.column <= len(lines[result.line - 1]) + 2, source
            assert (result.line, result.column) <= (result.end_line, result.end_column), source
    assert runs > 10


def test_typing_a_program_raises_nothing_but_language_errors() -> None:
    """Every beginning of every valid program is what the editor holds while it is typed."""
    for text in VALID:
        for end in range(len(text) + 1):
            outcome(text[:end])
    assert all(isinstance(outcome(text), Program) for text in VALID)
