"""File names in menus and titles."""

import pytest

from micrograd_gui.model.file_names import menu_text, shown_name, title_text


@pytest.mark.parametrize("name", ["a.py", "<b>x</b> &amp; [*] %1 {0}.py", "ä 🎉.py", "שלום.py", "a  b.py"])
def test_a_name_of_visible_characters_is_shown_as_it_is(name: str) -> None:
    """Letters of all scripts, signs and blanks."""
    assert shown_name(name) == name


@pytest.mark.parametrize("letter", "\n\r\t\0\x1b\x7f\x85\u2028\u2029\u202e\u2066\u200f\udcff")
def test_what_cannot_be_seen_is_marked(letter: str) -> None:
    """A name cannot break its line, run backwards or end a terminal's line."""
    assert shown_name(f"a{letter}b.py") == "a\N{REPLACEMENT CHARACTER}b.py"


def test_signs_of_menus_and_titles_are_shown() -> None:
    """Qt takes them for marks unless they are doubled."""
    assert menu_text("a&b&&c.py") == "a&&b&&&&c.py"
    assert title_text("a[*]b[*][*].py") == "a[*][*]b[*][*][*][*].py"
