"""Matching of brackets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from micrograd_gui.editor.brackets import Code, code_only, matching_brackets


def code_of(*lines: str) -> Code:
    return lambda line: lines[line] if 0 <= line < len(lines) else None


@given(lines=st.lists(st.text("()[]{} a", max_size=8), min_size=1, max_size=5))
def test_pairs_are_those_of_a_stack(lines: list[str]) -> None:
    """Each kind of bracket has its own; each end of a pair finds the other, and a bracket without one finds none."""
    partners: dict[tuple[int, int], tuple[int, int]] = {}
    for opening, closing in ("()", "[]", "{}"):
        stack = []
        for i, line in enumerate(lines):
            for j, character in enumerate(line):
                if character == opening:
                    stack.append((i, j))
                elif character == closing and stack:
                    partners[i, j] = stack.pop()
                    partners[partners[i, j]] = i, j
    for i, line in enumerate(lines):
        for j, character in enumerate(line):
            found = matching_brackets(code_of(*lines), (i, j + 1))
            if character in "()[]{}":
                partner = partners.get((i, j))
                assert found == (None if partner is None else ((i, j), partner))


def test_the_bracket_before_the_caret_comes_first() -> None:
    """The one after it counts where there is none before."""
    code = code_of("(())")
    assert matching_brackets(code, (0, 0)) == ((0, 0), (0, 3))
    assert matching_brackets(code, (0, 1)) == ((0, 0), (0, 3))
    assert matching_brackets(code, (0, 2)) == ((0, 1), (0, 2))
    assert matching_brackets(code_of("a"), (0, 0)) is None


@pytest.mark.parametrize(("between", "found"), [(498, True), (499, False), (100_000, False)])
def test_a_partner_too_far_away_is_not_looked_for(between: int, found: bool) -> None:
    """Moving the caret never takes long."""
    lines = ["(", *[""] * between, ")"]
    assert (matching_brackets(code_of(*lines), (0, 1)) is not None) == found
    assert (matching_brackets(code_of(*lines), (len(lines) - 1, 1)) is not None) == found


@pytest.mark.parametrize(
    ("line", "state", "code"),
    [
        ("f(')', a) # (", 0, "f(   , a)    "),
        ("é(🎉)", 0, "é(  )"),
        ("'🎉'(", 0, "    ("),
        ('(""" (', 1, '(""" ('.replace('(""" (', "     (")),
    ],
)
def test_strings_and_comments_are_no_code(line: str, state: int, code: str) -> None:
    """They are blanks, and characters of two units are two, so that positions stay Qt's."""
    assert code_only(line, state) == code
