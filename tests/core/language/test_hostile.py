"""Programs that try to escape, to exhaust or to crash, by class; and seeded garbage."""

import json
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from micrograd_core.errors import LanguageError
from micrograd_core.language import Limits, Program, run
from micrograd_core.language.limits import Stopwatch
from micrograd_core.language.stack import on_own_stack
from tests.code_map import ROOT
from tests.core.language.hostile import CLASSES, NUMERIC_HARMLESS, PARSER
from tests.seeds import least, seeded

MOST_SECONDS = 3.0
MOST_SECONDS_IF_BUSY = 10.0
"""Wall-clock time on a busy machine; the limits are of processor time."""
MOST_MEGABYTES = 300.0
LEGAL_FROM_3_13 = "x = " + "1 if 1 else " * 5000 + "1"
"""A program that Python's parser refuses before 3.13; from then on it may run, in the same time."""


def run_class(name: str, seconds: float) -> dict[str, Any]:
    """Run all programs of a class, one after the other, in a process of their own."""
    command = [sys.executable, "-m", "tests.core.language.hostile", name, str(seconds)]
    finished = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert finished.returncode == 0, finished.stderr[-2000:]
    outcomes: dict[str, Any] = json.loads(finished.stdout)
    assert len(outcomes["results"]) == len(CLASSES[name])
    return outcomes


def test_there_are_three_hundred_hostile_programs() -> None:
    """The programs are all different."""
    programs = [program for programs in CLASSES.values() for program in programs]
    assert len(set(programs)) == len(programs) >= 300


@pytest.mark.parametrize("name", CLASSES)
def test_hostile_programs_are_refused_in_time_and_in_little_memory(name: str) -> None:
    """Each error has a position. The time limit is shorter than usual, to keep the test short."""
    outcomes = run_class(name, 0.1)
    for source, (said, seconds) in zip(CLASSES[name], outcomes["results"], strict=True):
        assert said.startswith("line ") or source == LEGAL_FROM_3_13, f"this ran: {source[:100]}"
        assert len(said) < 500, said
        assert seconds < MOST_SECONDS, source[:100]
    assert outcomes["megabytes"] < MOST_MEGABYTES


@pytest.mark.parametrize("source", NUMERIC_HARMLESS)
def test_extreme_numbers_are_64_bit_floats(source: str) -> None:
    """They run, and neither names nor prints hold a number larger than a float."""
    program = run(source)
    for thing in program.names.values():
        assert not isinstance(thing, int) or abs(thing) <= 2**53
    assert all(len(text) < 400 for text, _ in program.printed)


@pytest.mark.long
@pytest.mark.parametrize("name", CLASSES)
def test_hostile_programs_within_the_usual_limits(name: str) -> None:
    """The programs are refused in time with the limits of the window, too."""
    outcomes = run_class(name, Limits().seconds)
    assert max(seconds for _, seconds in outcomes["results"]) < MOST_SECONDS_IF_BUSY
    assert outcomes["megabytes"] < MOST_MEGABYTES


class Waiting(Mapping[int, float]):
    """Leaf data without entries, each look-up of which waits."""

    def __contains__(self, leaf: object) -> bool:
        time.sleep(0.3)
        return False

    def __getitem__(self, leaf: int) -> float:
        raise KeyError(leaf)

    def __iter__(self) -> Iterator[int]:
        return iter(())

    def __len__(self) -> int:
        return 0


def test_the_time_in_which_others_work_does_not_count() -> None:
    """Only processor time counts, so a busy machine refuses no program."""
    source = "a = Value(1.0)\nb = a + 1\nfor i in range(200): pass\nprint(i)"
    started = time.perf_counter()
    program = run(source, leaf_data=Waiting(), limits=Limits(seconds=0.2))
    assert time.perf_counter() - started > 0.5
    assert program.printed[0].text == "199"


RECURSION = """
def f(n):
    if n > 0: return f(n - 1)
    for k in range(1000): pass
for i in range(10**6): f(99)
"""


def test_the_time_on_other_stacks_counts() -> None:
    """Deep recursion continues in threads of its own, whose time counts for the program."""
    started = time.process_time()
    said = outcome(RECURSION, Limits(seconds=0.3))
    assert 0.3 < time.process_time() - started < 2.0
    assert "still running here after 0.3 s" in str(said)


def test_a_stopwatch_adds_up_the_time_of_all_threads() -> None:
    """Nested threads and threads that failed count; time in which no thread works does not."""

    def work() -> None:
        until = time.thread_time() + 0.02
        while time.thread_time() < until:
            pass
        time.sleep(0.1)

    def fail() -> None:
        work()
        on_own_stack(work, size, stopwatch)
        raise LookupError

    size, stopwatch = 256 * 1024, Stopwatch()
    work()
    with pytest.raises(LookupError):
        on_own_stack(fail, size, stopwatch)
    work()
    assert 0.08 <= stopwatch.seconds() < 0.3


def outcome(source: str, limits: Limits | None = None) -> Program | LanguageError:
    """Run a program and return the result or its error; any other exception fails the test."""
    try:
        return run(source, limits=limits or Limits(seconds=1.0))
    except LanguageError as error:
        return error


def test_other_letters_may_stand_in_texts_and_comments() -> None:
    """Look-alike letters are harmless in texts and comments."""
    program = run("a = 'ｅｘｐ é 🙂 а'  # ℯ “x” ²\nprint(a)")
    assert program.printed[0].text == "ｅｘｐ é 🙂 а"


@pytest.mark.parametrize("source", [*PARSER[:12], "(" * 99 + "-" * 99 + "1" + ")" * 99])
def test_the_parser_cannot_be_crashed_on_a_small_stack(source: str) -> None:
    """A caller with the smallest possible stack gets the same answer."""
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
    """Cut, double, swap or replace up to eight parts of a valid program."""
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


@pytest.mark.parametrize(
    ("make", "seed", "count"), [*seeded(1_500, 30_000, mutated), *seeded(1_500, 30_000, garbage)]
)
def test_garbage_raises_nothing_but_language_errors(make, seed: int, count: int) -> None:
    """Seeded mutations of valid programs and random pieces: a Program or a LanguageError within the text."""
    generator = random.Random(seed)
    runs = 0
    for _ in range(count):
        source = make(generator)
        result = outcome(source, Limits(seconds=0.2, nodes=2000))
        if isinstance(result, Program):
            runs += 1
        else:
            lines = source.replace("\r\n", "\n").replace("\r", "\n").split("\n")
            assert 1 <= result.line <= len(lines), source
            assert 1 <= result.column <= len(lines[result.line - 1]) + 2, source
            assert (result.line, result.column) <= (result.end_line, result.end_column), source
    assert runs > least(0.04 if make is mutated else 0.01, count)


def test_typing_a_program_raises_nothing_but_language_errors() -> None:
    """Every prefix of a valid program, as the editor holds it while typing, is run."""
    for text in VALID:
        for end in range(len(text) + 1):
            outcome(text[:end])
    assert all(isinstance(outcome(text), Program) for text in VALID)
