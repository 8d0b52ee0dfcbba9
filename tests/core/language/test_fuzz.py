"""Unlikely programs, made by grammar and by chance: each runs or is refused with a sentence.

The usual run takes some hundred of each kind, the same each time; ``pytest -m long`` takes tens of thousands.
"""

import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from micrograd_core.errors import LanguageError
from micrograd_core.language import Limits, Program, names_at, run
from micrograd_core.language.builtins import FUNCTIONS
from tests.core.language.hostile import CLASSES
from tests.core.language.test_functions import AS_PYTHON

FEW = settings(
    max_examples=100, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck)
)
MANY = settings(FEW, max_examples=40_000, derandomize=False)
SMALL = Limits(seconds=0.3, nodes=2000, items=20_000, output=2000)

NAMES = st.sampled_from([*"abcxyn", "xs", "f", "g", "i"])
NUMBERS = st.sampled_from(
    ["0", "1", "2", "3.0", "-1.5", "0.5", "1e308", "1e-320", "10**400", "7", "True", "None"]
)


def joined(*parts: st.SearchStrategy[str] | str) -> st.SearchStrategy[str]:
    """Concatenate the parts without spaces."""
    return st.tuples(*(st.just(part) if isinstance(part, str) else part for part in parts)).map("".join)


def listed(part: st.SearchStrategy[str], most: int = 3, least: int = 0) -> st.SearchStrategy[str]:
    return st.lists(part, min_size=least, max_size=most).map(", ".join)


def compound(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Build expressions from expressions."""
    sign = st.sampled_from(
        ["+", "-", "*", "/", "**", "%", "//", "<", "==", ">=", "!=", " and ", " or ", " is "]
    )
    function = st.sampled_from(sorted({*FUNCTIONS, "f", "g", "random.seed", "random.uniform", "math.exp"}))
    member = st.sampled_from(
        [
            "data",
            "grad",
            "label",
            "backward()",
            "tanh()",
            "parameters()",
            "w",
            "b",
            "zero_grad()",
            "pop()",
            "append(1)",
        ]
    )
    return st.one_of(
        joined("(", inner, sign, inner, ")"),
        joined(st.sampled_from(["-", "not ", "+"]), inner),
        joined(function, "(", listed(inner), ")"),
        joined(inner, ".", member),
        joined(inner, "[", inner, "]"),
        joined(inner, "[", inner, ":", inner, "]"),
        joined("[", listed(inner), "]"),
        joined("(", inner, ", ", inner, ")"),
        joined("[", inner, " for ", NAMES, " in ", inner, "]"),
        joined("sum(", inner, " for ", NAMES, " in range(3) if ", inner, ")"),
        joined("(", inner, " if ", inner, " else ", inner, ")"),
        joined("(lambda ", listed(NAMES, 2), ": ", inner, ")"),
        joined("(lambda ", NAMES, "=", inner, ": ", inner, ")(", listed(inner, 1), ")"),
        joined("MLP(2, [", listed(inner, 2), "], 'tanh')"),
        joined("map(", inner, ", ", inner, ")"),
        joined("isinstance(", inner, ", Value)"),
        joined("f'{", inner.filter(lambda text: "'" not in text), ":.3f}'"),
        joined("f(", NAMES, "=", inner, ")"),
    )


EXPRESSIONS = st.recursive(st.one_of(NUMBERS, NAMES, st.just("'t'")), compound, max_leaves=8)
TARGETS = st.one_of(
    NAMES,
    joined(NAMES, "[", NUMBERS, "]"),
    joined(NAMES, ".data"),
    joined(NAMES, ".grad"),
    joined(NAMES, ", ", NAMES),
)
LINES = st.one_of(
    EXPRESSIONS,
    joined(TARGETS, " = ", EXPRESSIONS),
    joined(TARGETS, st.sampled_from([" += ", " -= ", " *= ", " **= "]), EXPRESSIONS),
    joined("return ", EXPRESSIONS),
    joined("assert ", EXPRESSIONS),
    joined("print(", EXPRESSIONS, ")"),
    joined("global ", NAMES),
    joined("nonlocal ", NAMES),
    joined(NAMES, ".backward()"),
    st.sampled_from(["pass", "break", "continue", "import math", "from micrograd.nn import *", "'''text'''"]),
)
HEADS = st.one_of(
    joined("if ", EXPRESSIONS, ":"),
    joined("while ", EXPRESSIONS, ":"),
    joined("for ", TARGETS, " in ", EXPRESSIONS, ":"),
    joined("for ", NAMES, " in range(3):"),
    joined("def ", st.sampled_from("fg"), "(", listed(NAMES, 3), "):"),
    joined("def ", st.sampled_from("fg"), "(", NAMES, "=", EXPRESSIONS, "):"),
)


def indented(block: str) -> str:
    return "\n".join(f"  {line}" for line in block.split("\n"))


def blocks(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    several = st.lists(inner, min_size=1, max_size=4).map("\n".join)
    return st.one_of(
        several, st.tuples(HEADS, several).map(lambda parts: f"{parts[0]}\n{indented(parts[1])}")
    )


BEGINNING = (
    "a = 2.0; b = Value(-3.0); n = Neuron(2); xs = [a, b, 3]; c = a*b\ndef f(x=1, y=2): return x * y\n"
)
PROGRAMS = st.recursive(LINES, blocks, max_leaves=10).map(BEGINNING.__add__)

PIECES = st.one_of(
    st.sampled_from(list("()[]{}:;,.=+-*/%<>!'\"#\\\n\t _01ab@~^|&\r\0é²−ａ\u200b\ud800🙂")),
    st.sampled_from(
        [
            "**",
            "==",
            "f'{",
            "}'",
            "'''",
            "for",
            "in",
            "if",
            "lambda",
            "def",
            "return",
            "while",
            "x",
            "Value(",
            ".data",
            "sum(",
            "range(9)",
            "None",
        ]
    ),
    st.sampled_from(
        ["\n    ", " in ", "def f(", "print(", "__class__", "{0:9}", "nonlocal a", "else:", "1e999"]
    ),
)
WRITTEN = [*AS_PYTHON.values(), *(text for texts in CLASSES.values() for text in texts if len(text) < 300)]


@st.composite
def mutations(draw: st.DrawFn) -> str:
    """Make variants of programs, including hostile ones, with some parts cut, doubled or replaced."""
    text = draw(st.sampled_from(WRITTEN))
    for _ in range(draw(st.integers(1, 5))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 8)))
        text = text[:start] + draw(st.one_of(PIECES, st.just(""), st.just(text[start:end] * 2))) + text[end:]
    return text


SOURCES = st.one_of(PROGRAMS, mutations(), st.lists(PIECES, max_size=40).map("".join), st.text(max_size=60))


def check(source: str) -> None:
    """Assert what holds for any text."""
    lines = source.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    result = outcome(source)
    if isinstance(result, Program):
        check_program(result, lines)
        return
    assert 1 <= result.line <= result.end_line <= len(lines) + 1
    assert 1 <= result.column <= len(lines[min(result.line, len(lines)) - 1]) + 2
    assert (result.line, result.column) <= (result.end_line, result.end_column)
    assert 0 < len(result.message) <= 300


def outcome(source: str) -> Program | LanguageError:
    try:
        return run(source, limits=SMALL)
    except LanguageError as error:
        return error


def check_program(program: Program, lines: list[str]) -> None:
    assert len(program.origins) <= SMALL.nodes
    for value, span in program.origins.items():
        assert value.label
        assert type(value.data) is float
        assert (1, 1) <= (span.line, span.column) < (span.end_line, span.end_column)
        assert span.end_line <= len(lines)
        assert all(operand in program.origins for operand in value.operands)
        assert (value in program.leaves) is (not value.operands)
    assert program.output is None or program.output in program.origins
    assert sum(len(text) for text, _ in program.printed) <= SMALL.output
    assert all(type(thing) is not int or abs(thing) <= 2**53 for thing in program.names.values())
    assert set(program.literals) <= set(program.leaves)


def check_again(source: str) -> None:
    """Assert that a run can be repeated, also with each leaf set to the number that it has anyway."""
    try:
        first = run(source, limits=SMALL)
        second = run(source, limits=SMALL, leaf_data={i: leaf.data for i, leaf in enumerate(first.leaves)})
    except LanguageError:
        return
    assert [text for text, _ in first.printed] == [text for text, _ in second.printed]
    for one, other in zip(first.origins, second.origins, strict=True):
        assert one.label == other.label
        assert one.data == other.data or (math.isnan(one.data) and math.isnan(other.data))


@FEW
@given(SOURCES)
def test_any_text_runs_or_says_why_not(source: str) -> None:
    """Errors, warnings and nodes have positions within the text."""
    check(source)


@FEW
@given(PROGRAMS)
def test_any_program_runs_again_alike(source: str) -> None:
    """A second run gives the same nodes, numbers, labels and prints."""
    check_again(source)


@FEW
@given(SOURCES, st.integers(1, 6), st.integers(1, 30))
def test_any_text_can_be_completed(source: str, line: int, column: int) -> None:
    """Completion answers at any position, also beyond the text."""
    assert all(word.name.isidentifier() for word in names_at(source, line, column))


@pytest.mark.long
@MANY
@given(SOURCES)
def test_very_many_texts_run_or_say_why_not(source: str) -> None:
    """Tens of thousands of texts are checked in the same way."""
    check(source)


@pytest.mark.long
@MANY
@given(PROGRAMS)
def test_very_many_programs_run_again_alike(source: str) -> None:
    """Tens of thousands of programs are checked in the same way."""
    check_again(source)
