"""Words to colour and to complete."""

import pytest

from micrograd_gui.model.words import FUNCTIONS, MEMBERS, completions, prefix_at


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("ta", ("ta", None)),
        ("a = b*ta", ("ta", None)),
        ("a.", ("", "a")),
        ("a.ta", ("ta", "a")),
        ("(a + b).re", ("re", ")")),
        ("xs[0].", ("", "]")),
        ("f().gr", ("gr", ")")),
        ("math.", ("", "math")),
        ("2.", ("", None)),
        ("x2.", ("", "x2")),
        ("2", ("", None)),
        ("2e", ("", None)),
        ("", ("", None)),
        ("a = ", ("", None)),
    ],
)
def test_the_word_at_the_caret_is_found(line: str, found: tuple[str, str | None]) -> None:
    """A point after a number is no attribute's; digits are no words."""
    assert prefix_at(line) == found


def test_the_programs_own_names_come_first() -> None:
    """The user's own names come before functions; case does not matter."""
    names = [word.name for word in completions("tau = 1.0\ntable = 2.0\n# tapir\nTA", 4, 3)]
    assert names == ["table", "tau", "tanh"]


def test_after_a_point_there_are_members_only() -> None:
    """Methods and attributes, not functions or names of the program."""
    names = [word.name for word in completions("data2 = 1.0\na.da", 2, 5)]
    assert names == ["data"]


def test_a_module_has_its_own_members() -> None:
    """``math.`` offers pi, a Value does not."""
    assert "pi" in [word.name for word in completions("math.", 1, 6)]
    assert "pi" not in [word.name for word in completions("a.", 1, 3)]


def test_words_say_how_they_are_called() -> None:
    """Functions and methods come with signature and help, from the language's own tables."""
    assert FUNCTIONS["MLP"].signature.startswith("MLP(nin, nouts")
    assert MEMBERS["tanh"].signature
    assert MEMBERS["grad"].signature == ""
    assert all(word.help for word in FUNCTIONS.values() if word.signature)
