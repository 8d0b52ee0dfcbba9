"""The text with line numbers."""

from micrograd_gui.editor.code_editor import CodeEditor


def test_lines_are_numbered(editor: CodeEditor) -> None:
    """The margin grows with the number of lines and never covers the text."""
    narrow = editor.gutter_width()
    editor.show_source("\n" * 2000)
    assert editor.gutter_width() > narrow
    assert editor.viewport().geometry().left() >= editor.gutter_width()
