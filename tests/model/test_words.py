"""Words to colour and to complete."""

import pytest

from micrograd_gui.model.words import FUNCTIONS, MEMBERS, completions, prefix_at


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("ta", ("ta", False)),
        ("a = b*ta", ("ta", False)),
        ("a.", ("", True)),
        ("a.ta", ("ta", True)),
        ("(a + b).re", ("re", True)),
        ("xs[0].", ("", True)),
        ("f().gr", ("gr", True)),
        ("2.", ("", False)),
        ("x2.", ("", True)),
        ("2", ("", False)),
        ("2e", ("", False)),
        ("", ("", False)),
        ("a = ", ("", False)),
    ],
)
def test_the_word_at_the_caret_is_found(line: str, found: tuple[str, bool]) -> None:
    """A point after a number is no attribute's; digits are no words."""
    assert prefix_at(line) == found


def test_the_programs_own_names_come_first() -> None:
    """What the user named is likelier meant than a function."""
    names = [word.name for word in completions("tau = 1.0\ntable = 2.0\n# tapir", "ta", False)]
    assert names == ["table", "tau", "tanh"]


def test_after_a_point_there_are_members_only() -> None:
    """Methods and attributes, not functions or names of the program."""
    names = [word.name for word in completions("data2 = 1.0", "da", True)]
    assert names == ["data"]


def test_case_does_not_matter() -> None:
    """``ml`` means MLP."""
    assert [word.name for word in completions("", "ml", False)] == ["MLP"]


def test_words_say_how_they_are_called() -> None:
    """Functions and methods come with signature and help, from the language's own tables."""
    assert FUNCTIONS["MLP"].signature.startswith("MLP(nin, nouts")
    assert MEMBERS["tanh"].signature
    assert MEMBERS["grad"].signature == ""
    assert all(word.help for word in FUNCTIONS.values() if word.signature)
