"""Errors of wrong programs, as data: program, line, column, message, hint.

A beginner should understand every row of the table when it is read aloud.
"""

import ast
import json
import math
import pickle
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from micrograd_core import language
from micrograd_core.errors import LanguageError, MicrogradError
from micrograd_core.language import Limits, run
from micrograd_core.ops import OPS

CASES = json.loads((Path(__file__).parent / "errors.json").read_text(encoding="utf-8"))
"""Rows of program, line, column, message and hint. A hint that ends in … is only a beginning.

In hints, FUNCTIONS stands for the functions of the table of operations, and MATH for those that math has too.
"""
FUNCTIONS = [row.symbol for row in OPS.values() if row.is_function]
NAMES = {"FUNCTIONS": FUNCTIONS, "MATH": [name for name in FUNCTIONS if hasattr(math, name)]}


def error_of(source: str, limits: Limits | None = None) -> LanguageError:
    with pytest.raises(LanguageError) as caught:
        run(source, limits=limits or Limits())
    return caught.value


@pytest.mark.parametrize(("source", "line", "column", "message", "hint"), CASES, ids=range(len(CASES)))
def test_errors_say_where_what_and_what_to_write(
    source: str, line: int, column: int, message: str, hint: str
) -> None:
    """Each wrong program has a position, a message and a hint."""
    error = error_of(source)
    for word, names in NAMES.items():
        hint = hint.replace(word, ", ".join(names))
    assert (error.line, error.column, error.message) == (line, column, message)
    assert error.hint == hint or (hint.endswith("…") and error.hint.startswith(hint[:-1]))


def test_there_are_cases_enough() -> None:
    """The cases are all different."""
    assert len({case[0] for case in CASES}) == len(CASES) >= 300


@pytest.mark.parametrize("first", range(0, len(CASES), 50))
def test_every_error_marks_text_that_is_there(first: int) -> None:
    """The position lies within the program, its end after its start, and the message is a sentence."""
    for source, *_ in CASES[first : first + 50]:
        check_position(source, error_of(source))


def check_position(source: str, error: LanguageError) -> None:
    lines = source.split("\n")
    assert 1 <= error.line <= error.end_line <= len(lines)
    assert 1 <= error.column <= len(lines[error.line - 1]) + 1
    assert (error.line, error.column) < (error.end_line, error.end_column)
    assert error.end_column <= len(lines[error.end_line - 1]) + 2
    assert error.message[-1] in ".!?" or error.message.startswith("Assertion failed: ")
    assert error.hint


ENDS = [
    ("a = bb * 2", 7),
    ("a = tanh(1.0, 2.0) + 1", 19),
    ("a = Value(2.0)\nb = a.dta + 1", 10),
    ("a = 1.0 + 'x'", 14),
    ("s = 'é€'; a = bb", 17),
    ("print(f'{a} {b}')", 17),
    ("if True:\n    with a:\n        b = 1\n        c = 1", 12),
]


@pytest.mark.parametrize(("source", "end_column"), ENDS)
def test_errors_end_where_what_is_wrong_ends(source: str, end_column: int) -> None:
    """The end is exclusive; a wrong block is marked at its first line."""
    error = error_of(source)
    assert error.end_line == error.line
    assert error.end_column == end_column


def test_an_error_crosses_a_process_boundary() -> None:
    """It can be pickled and comes back the same."""
    error = error_of("a = 1\nb = tanb(a)")
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is LanguageError
    assert vars(copy) == vars(error)
    assert str(copy) == str(error) == "line 2, column 5: tanb is not known. Did you mean tanh?"


def test_a_language_error_is_an_error_for_people() -> None:
    """It belongs to the tree of errors that the window catches."""
    assert issubclass(LanguageError, MicrogradError)


LIMITS = [
    ("a = 1\nb = 2", Limits(characters=5), "is 11; the limit is 5 characters", 1),
    ("a = 1\nb = 2\nc = 3", Limits(tokens=7), "more than 7 words", 3),
    ("a = 1\nb = ((((a))))", Limits(depth=3), "nested more than 3 levels deep", 2),
    ("a = 1\nb = tanh(tanh(tanh(a)))", Limits(depth=3), "nested more than 3 levels deep", 2),
    ("a = 1\nb = - - - - - a", Limits(depth=3), "nested more than 3 levels deep", 2),
    ("a = Value(1.0)\nfor i in range(100): a = a + 1", Limits(nodes=50), "more than 50 Values", 2),
    ("a = 1\nm = MLP(2, [10, 10])", Limits(nodes=50), "more than 50 Values", 2),
    ("n = Neuron(20)\nfor i in range(3): n([1.0]*20)", Limits(nodes=50), "more than 50 Values", 2),
    ("x = 1.0; n = Neuron(4)\ny = n([x, x, x, x])", Limits(nodes=10), "more than 10 Values", 2),
    ("a = 1\nxs = [1, 2] * 60", Limits(items=100), "more than 100 elements", 2),
    ("a = 1\nt = 'ab' * 60", Limits(items=100), "more than 100 elements", 2),
    ("a = 1\nxs = [i for i in range(101)]", Limits(items=100), "more than 100 elements", 2),
    ("print('ab')\nprint('cd')\nprint('ef')", Limits(output=8), "More than 8 characters", 3),
    ("a = 1\nfor i in range(10**12): pass", Limits(seconds=0.3), "still running here after 0.3 s", 2),
    ("a = Value(1.0)\nfor i in range(10**9): a.backward()", Limits(seconds=0.3), "still running", 2),
    ("a = 1\nwhile True: pass", Limits(seconds=0.3), "still running here after 0.3 s", 2),
    ("a = Value(1.0)\nfor i in range(999): a.data = 2.0", Limits(events=100), "more than 100 events", 2),
    ("def f(n): return f(n + 1)\nf(1)", Limits(depth=9), "More than 9 function calls", 1),
    ("if 1:\n if 1:\n  if 1:\n   if 1:\n    a = 1", Limits(depth=3), "nested more than 3 levels deep", 4),
]


LONG = [
    ("x" * 101 + " = 1", "The length of this name is 101; the limit is 100."),
    ("a = 1" + "0" * 1000, "The length of this number is 1,001."),
    ("import a" + ".a" * 101, "This module is not part of this language."),
    ("a = f'" + "{1}" * 1001 + "'", "This text has more than 1,000 fields."),
    ("".join(" " * i + "if 1:\n" for i in range(101)) + " " * 101 + "a = 1", "This is nested too deeply."),
    ("a = " + "2**" * 5000 + "1", "This is nested too deeply or has too many parts in a row."),
]


@pytest.mark.parametrize(("source", "message"), LONG, ids=range(len(LONG)))
def test_what_is_too_long_is_an_error(source: str, message: str) -> None:
    """These programs are too long for the file of cases."""
    assert error_of(source).message == message


@pytest.mark.parametrize(("source", "limits", "message", "line"), LIMITS)
def test_limits_are_errors_of_the_same_kind(source: str, limits: Limits, message: str, line: int) -> None:
    """The error is at the position where the limit is exceeded, with the number in the sentence."""
    error = error_of(source, limits)
    assert message in error.message
    assert error.line == line


@pytest.mark.parametrize(
    ("source", "limits"),
    [
        ("a = 1\nb = (((a)))", Limits(depth=3)),
        ("a = Value(1.0)\nb = a + 1", Limits(nodes=7)),
        ("print('ab')\nprint('cd')", Limits(output=6)),
        ("xs = [1, 2] * 20", Limits(items=50)),
    ],
)
def test_what_stays_within_the_limits_runs(source: str, limits: Limits) -> None:
    """A limit may be reached, not crossed."""
    assert run(source, limits=limits).names is not None


# Coverage of sentences.

HELP_TEXTS = {"Builtin", "Attribute", "Word"}
"""Calls whose sentences are help, not errors."""
NEVER_SAID = {
    "Python cannot parse this: {}.",  # no program is known that passes the scan and makes the parser say that
    "Defined in this program.",  # help, too
}


def calls_of_tr(node: ast.AST) -> Iterator[ast.Call]:
    """All calls of tr and tr_count, except those for help."""
    name = getattr(node.func, "id", "") if isinstance(node, ast.Call) else ""
    if isinstance(node, ast.Call) and name in ("tr", "tr_count"):
        yield node
    if name not in HELP_TEXTS:
        for child in ast.iter_child_nodes(node):
            yield from calls_of_tr(child)


def forms(call: ast.Call) -> Iterator[str]:
    """The sentence or both forms of it, with constant fields filled in and {} for the others."""
    constants = {k.arg: str(k.value.value) for k in call.keywords if isinstance(k.value, ast.Constant)}
    for argument in call.args:
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            yield re.sub(r"{(\w+)[^}]*}", lambda field: constants.get(field[1], "{}"), argument.value)


def untranslated(node: ast.AST) -> Iterator[str]:
    """Texts that read like a sentence and are no argument of tr; docstrings and assertions do not count."""
    match node:
        case ast.Call(func=ast.Name(id="tr" | "tr_count")) | ast.Assert() | ast.Expr(value=ast.Constant()):
            return
        case ast.Constant(value=str(text)):
            pass
        case ast.JoinedStr(values=parts):
            text = "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in parts)
        case _:
            text = ""
    if re.fullmatch(r"[^a-z ].*\w .*\w.*[.!?…]", text, re.DOTALL):
        yield text
    for child in ast.iter_child_nodes(node):
        yield from untranslated(child)


def sources() -> list[ast.Module]:
    return [
        ast.parse(path.read_text(encoding="utf-8")) for path in Path(language.__file__).parent.glob("*.py")
    ]


def said() -> str:
    """All messages and hints of the cases above, one a line, with a few warnings and names of rounds."""
    errors = [error_of(source) for source, *_ in CASES]
    errors += [error_of(source, limits) for source, limits, *_ in LIMITS]
    errors += [error_of(source) for source, _ in LONG]
    warned = ("a = 1e999", "y = sqrt(0)\ny.backward()", "y = sqrt(0 * 1)\ny.backward()", "a = 1 / 0")
    warned += ("x = Value(0.0)\ny = x.relu()\ny.backward()", "x = Value(2.5)\ny = round(x)")
    texts = [run(source).warnings[0].message for source in warned]
    recording = run("def f(x): return x * 2\nfor k in range(2): a = f(1.0)").recording
    texts += [str(each) for event in recording for each in recording.path(event.round)]
    return "\n".join([*texts, *(text for error in errors for text in (error.message, error.hint))])


def test_every_sentence_of_the_language_is_said_in_a_case() -> None:
    """A new message or hint needs a case of its own; a noun phrase must be said within one."""
    everything = said()
    found = {form for source in sources() for call in calls_of_tr(source) for form in forms(call)}
    assert len(found) > 150

    def is_said(text: str) -> bool:
        pattern = re.escape(text).replace(re.escape("{}"), ".*")
        if text[-1] in ".?":
            pattern = f"^{pattern}$"
        return re.search(pattern, everything, re.MULTILINE) is not None

    assert [text for text in sorted(found - NEVER_SAID) if not is_said(text)] == []


def test_every_sentence_of_the_language_can_be_translated() -> None:
    """No error, warning or help line is written without tr."""
    assert [text for source in sources() for text in untranslated(source)] == []
