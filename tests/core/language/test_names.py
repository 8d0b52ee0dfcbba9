"""Completion for editors: the names possible at a position, their signatures and help."""

import random
import time

import pytest

from micrograd_core.language import help_line, names_at, run, signature
from micrograd_core.language.builtins import ATTRIBUTES, MODULES, NAMES
from tests.seeds import seeded


def names(source: str) -> list[str]:
    """Return the completions at the | in a program."""
    before, _, after = source.partition("|")
    lines = before.split("\n")
    return [word.name for word in names_at(before + after, len(lines), len(lines[-1]) + 1)]


FIRST = [
    ("table = 1.0\nta|", ["table", "tanh"]),
    ("TA = 1.0\nta|", ["TA", "tanh"]),
    ("a, tab = 1.0, 2.0\ntab|", ["tab"]),
    ("(tab, [tac]) = 1.0, [2.0]\nta|", ["tab", "tac", "tanh"]),
    ("tab += 1\nta|", ["tab", "tanh"]),
    ("tab: float = 1\nta|", ["tab", "tanh"]),
    ("for tab in [1]:\n    ta|", ["tab", "tanh"]),
    ("for i, (tab, t) in xs:\n    tab|", ["tab"]),
    ("from math import exp as tab, pi\nta|", ["tab", "tanh"]),
    ("import math as tab\nta|", ["tab", "tanh"]),
    ("def tab(x): return x\nta|", ["tab", "tanh"]),
    ("def f(tab, c=tac): return ta|", ["tab", "tanh"]),
    ("def f(tab):\n    tad = 1\n    ta|", ["tab", "tad", "tanh"]),
    ("def f(tab):\n    tad = 1\nta|", ["tanh"]),
    ("def f(tab):\n    def g(tac):\n        ta|\ntad = 1", ["tab", "tac", "tad", "tanh"]),
    ("def f(tab):\n    def g(tac):\n        x = 1\n    ta|", ["tab", "tanh"]),
    ("def f(x):\n    y = [\n  1]\n    ta|\ntab = 1.0", ["tab", "tanh"]),
    ("[ta| for tab in xs]", ["tab", "tanh"]),
    ("[1 for tab in xs]\nta|", ["tanh"]),
    ("sum(\n  ta|\n  for tab in xs)", ["tanh"]),
    ("f = lambda tab: ta|", ["tab", "tanh"]),
    ("ta|\ntab = 1.0", ["tanh"]),
    ("tab == 1\nta|", ["tanh"]),
    ("f(tab=1)\nta|", ["tanh"]),
    ("# tab = 1\nta|", ["tanh"]),
    ("'tab = 1'\nta|", ["tanh"]),
    ("tab = 1\n(((\nta|", ["tab", "tanh"]),
    ("tab = )\nta|", ["tab", "tanh"]),
    ("ta|b = 1", ["tab", "tanh"]),
    ("    ta|", ["tanh"]),
    ("imp|", ["import"]),
    ("x = 1; tab = 2; y = tab\nta|", ["tab", "tanh"]),
    ("a = 2; tab, tac = 1, 2; ta|", ["tab", "tac", "tanh"]),
    ("import |", ["math", "micrograd", "micrograd_core", "random"]),
    ("import math, ra|", ["random"]),
    ("import micrograd.|", ["engine", "nn"]),
    ("from m|", ["math", "micrograd", "micrograd_core"]),
    ("from micrograd.e|", ["engine"]),
    ("from math i|", ["if", "import", "in", "is"]),
    ("from micrograd.nn import |", ["Layer", "MLP", "Neuron"]),
    ("from micrograd.nn import MLP, Ne|", ["Neuron"]),
    ("from nowhere import |", []),
    ("ml|", ["MLP"]),
]


@pytest.mark.parametrize(("source", "found"), FIRST)
def test_the_names_that_begin_like_the_typed_word(source: str, found: list[str]) -> None:
    """The program's own visible names come first, then the language's; case does not matter."""
    assert names(source) == found


@pytest.mark.parametrize(
    "source", ["# ta|", "'ta|", "f'''\nta|", "'ta|'", "x = 2|", "x = 2.|", "x = 2.5e|", "x = 'a' # b|"]
)
def test_nothing_is_offered_in_comments_texts_and_numbers(source: str) -> None:
    """No name can be typed there."""
    assert names(source) == []


MEMBERS = [
    ("math.|", MODULES["math"].members),
    ("random.|", MODULES["random"].members),
    ("a = Value(2.0)\na.|", ATTRIBUTES["Value"]),
    ("a = -2.0\nb = a.|", ATTRIBUTES["Value"]),
    ("Value(2.0, label='(').|", ATTRIBUTES["Value"]),
    ("a = tanh(1.0)\na.|", ATTRIBUTES["Value"]),
    ("n = Neuron(2)\nn.|", ATTRIBUTES["Neuron"]),
    ("n = Neuron(2)\ny = n([1.0])\ny.|", ATTRIBUTES["Value"]),
    ("n = Layer(2, 2)\nn([1.0]).|", ATTRIBUTES["list"]),
    ("n = Neuron(2)\nn = MLP(2, [1])\nn.|\nn = 2.0", ATTRIBUTES["MLP"]),
    ("xs = [1.0, 2.0]\nxs.|", ATTRIBUTES["list"]),
    ("[1.0].|", ATTRIBUTES["list"]),
    ("a = 1.0; n = Neuron(2); b = 2.0\nn.|", ATTRIBUTES["Neuron"]),
    ("'text'.|", {}),
]


@pytest.mark.parametrize(("source", "members"), MEMBERS)
def test_after_a_point_stand_the_members_of_what_comes_before(
    source: str, members: dict[str, object]
) -> None:
    """An object of obvious kind offers its own members."""
    assert names(source) == sorted(members, key=str.casefold)


@pytest.mark.parametrize(
    "source", ["c.|", "c = ;\nc.|", "c = a*b\nc.|", "xs[0].|", "f(1).|", "(a + b).|", "for p in xs: p.|"]
)
def test_what_cannot_be_seen_may_have_any_member(source: str) -> None:
    """An object of unknown kind offers the members of Values, networks and lists, but not of modules."""
    assert names(source) == sorted({name for rows in ATTRIBUTES.values() for name in rows}, key=str.casefold)


def test_a_member_is_completed_from_its_beginning() -> None:
    """``n.pa`` means parameters."""
    assert names("n = Neuron(1)\nn.pa|") == ["parameters"]
    assert names("2.0.ta|") == []


def test_own_functions_say_how_they_are_called() -> None:
    """The signature shows the parameters as typed."""
    words = {word.name: word for word in names_at("def act(x, scale=[1, 2]): return x\n", 2, 1)}
    assert words["act"].signature == "act(x, scale=[1, 2])"
    assert words["act"].kind == "function"


def test_signatures_and_help_come_from_the_tables_that_run() -> None:
    """Every name and member of the language has a line of help; every callable has a signature."""
    for name, row in [
        *NAMES.items(),
        *((f"{k}.{n}", r) for k, rows in ATTRIBUTES.items() for n, r in rows.items()),
    ]:
        assert help_line(name), name
        assert signature(name) == getattr(row, "signature", "")
    assert signature("MLP") == 'MLP(nin, nouts, activation="relu")'
    assert signature("math.exp") == "exp(x)"
    assert signature("list.append") == "append(x)"
    assert signature("Value.data") == help_line("nothing") == signature("nothing.at_all") == ""


def test_every_offered_name_is_known_to_the_language() -> None:
    """Every completion in an empty program runs, except keywords."""
    for word in names_at("", 1, 1):
        if word.kind != "keyword":
            run(f"x = {word.name}")


@pytest.mark.parametrize(("seed", "count"), seeded(2_000, 50_000))
def test_any_text_and_position_is_answered(seed: int, count: int) -> None:
    """Random pieces of programs are completed at any position, also beyond the end."""
    generator = random.Random(seed)
    words = ["def ", "for ", " in ", "lambda ", "import ", "from ", " as ", "x", "yy", "2.", "\n    ", "'''"]
    pieces = [*"()[]{}:;=.,'\"#\n \\é", *words]
    for _ in range(count):
        source = "".join(generator.choices(pieces, k=generator.randint(0, 30)))
        names_at(source, generator.randint(1, 5), generator.randint(1, 12))


def test_large_programs_are_answered_from_their_line() -> None:
    """The language's names are offered without those of the program, so nothing waits for a search."""
    large = "table = 1.0\n" * 10_000
    assert [word.name for word in names_at(large + "ta", 10_001, 3)] == ["tanh"]
    assert names_at(large + "math.", 10_001, 6)


@pytest.mark.parametrize("piece", ["a=", "for ", "lambda ", "for a ", "lambda a", "a,", "(", "def f("])
def test_long_lines_are_answered_at_once(piece: str) -> None:
    """Processor time grows about linearly with the length of a line."""

    def seconds(length: int) -> float:
        source = (piece * length)[:length]
        started = time.process_time()
        names_at(source, 1, length + 1)
        return time.process_time() - started

    fastest = min(seconds(1000) for _ in range(5))
    assert min(seconds(8000) for _ in range(5)) < 32 * fastest + 0.05
