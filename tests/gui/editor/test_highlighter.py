"""The colours of the typed program."""

import pytest

from micrograd_gui.editor.code_editor import CodeEditor
from micrograd_gui.model.theme import DARK, LIGHT, Theme


def formats(editor: CodeEditor, line: int) -> dict[str, str]:
    """Colour by coloured text of a line."""
    block = editor.document().findBlockByNumber(line)
    units = block.text().encode("utf-16-le")
    return {
        units[2 * r.start : 2 * (r.start + r.length)].decode("utf-16-le"): r.format.foreground()
        .color()
        .name()
        for r in block.layout().formats()
    }


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_code_is_coloured(editor: CodeEditor, theme: Theme) -> None:
    """Numbers, known functions and methods, keywords, strings and comments, in the theme's colours."""
    editor.show_source("for i in range(3): # 🎉\nprint('🎉', 2.5e-3, x.tanh(), tanhx, x.foo)")
    editor.show_theme(theme)
    assert formats(editor, 0) == {
        "for": theme.syntax_keyword,
        "in": theme.syntax_keyword,
        "range": theme.syntax_function,
        "3": theme.syntax_number,
        "# 🎉": theme.syntax_comment,
    }
    assert formats(editor, 1) == {
        "print": theme.syntax_function,
        "'🎉'": theme.syntax_string,
        "2.5e-3": theme.syntax_number,
        "tanh": theme.syntax_function,
    }


def test_long_strings_go_over_lines(editor: CodeEditor) -> None:
    """Between triple quotes everything is text, and only there."""
    editor.show_source('"""one\n2 + 2\nend""" + 3')
    assert formats(editor, 1) == {"2 + 2": DARK.syntax_string}
    assert formats(editor, 2) == {'end"""': DARK.syntax_string, "3": DARK.syntax_number}
    editor.show_source('#"""one\n2 + 2\nend')
    assert formats(editor, 1) == {"2": DARK.syntax_number}
