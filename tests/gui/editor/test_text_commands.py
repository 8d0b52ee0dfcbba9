"""The editor's commands on lines of text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from micrograd_gui.editor.text_commands import (
    INDENT,
    blanks_to_remove,
    blanks_to_stop,
    dedent,
    indent,
    new_line,
    toggle_comments,
)

LINES = st.lists(st.text(" \t#ab🎉", max_size=8), max_size=6).map("\n".join)


@given(lines=LINES)
def test_dedenting_takes_an_indentation_back(lines: str) -> None:
    """The number of lines stays, and blank lines stay as they are."""
    indented = indent(lines)
    for before, after in zip(lines.split("\n"), indented.split("\n"), strict=True):
        assert after == (INDENT + before if before.strip() else before)
        if before.strip():
            assert dedent(after) == before


@pytest.mark.parametrize(
    ("line", "out"), [("  a", "a"), ("     a", " a"), ("a", "a"), ("\ta", "\ta"), ("", "")]
)
def test_a_line_is_dedented_as_far_as_it_is_indented(line: str, out: str) -> None:
    """Blanks alone count."""
    assert dedent(line) == out


@given(lines=LINES)
def test_comments_are_toggled(lines: str) -> None:
    """Lines of code become comments, and those become the same lines again."""
    filled = [line for line in lines.split("\n") if line.strip()]
    are_code = any(not line.lstrip().startswith("#") for line in filled)
    toggled = toggle_comments(lines)
    assert toggled.count("\n") == lines.count("\n")
    if are_code:
        assert all(line.lstrip().startswith("#") for line in toggled.split("\n") if line.strip())
        assert toggle_comments(toggled) == lines
    else:
        assert len(toggled) <= len(lines)


@pytest.mark.parametrize(("column", "blanks"), [(0, 4), (1, 3), (3, 1), (4, 4), (5, 3)])
def test_tab_goes_to_a_multiple_of_the_indentation(column: int, blanks: int) -> None:
    """At least one blank further."""
    assert blanks_to_stop(column) == " " * blanks


@pytest.mark.parametrize(
    ("before", "written"),
    [
        ("", "\n"),
        ("a", "\n"),
        ("  a", "\n  "),
        ("for i in q:", "\n    "),
        ("  if a: ", "\n      "),
        ("  ", "\n  "),
    ],
)
def test_a_new_line_is_indented_as_the_one_before(before: str, written: str) -> None:
    """One indentation more after a colon."""
    assert new_line(before) == written


@pytest.mark.parametrize(
    ("before", "count"),
    [("", 0), ("a", 0), ("  a", 0), (" ", 1), ("   ", 3), ("    ", 4), ("     ", 1), ("\t", 0)],
)
def test_backspace_takes_blanks_to_the_last_stop(before: str, count: int) -> None:
    """Where only blanks stand before the caret."""
    assert blanks_to_remove(before) == count
