"""Helpers of the editor tests: they use an editor and look at it."""

from PySide6.QtGui import (
    QColor,
    QImage,
    QTextCursor,
)

from micrograd_gui.editor.code_editor import CodeEditor
from micrograd_gui.editor.completion_popup import CompletionPopup


def recorded(editor: CodeEditor) -> list[str]:
    told: list[str] = []
    editor.source_edited.connect(told.append)
    return told


def popup(editor: CodeEditor) -> CompletionPopup:
    found = editor.window().findChild(CompletionPopup)
    assert isinstance(found, CompletionPopup)
    return found


def offered(editor: CodeEditor) -> list[str]:
    """The words in the list of completions; empty if it is not shown."""
    found = popup(editor)
    return [word.name for word in found.words.rows] if found.isVisible() else []


def put_caret(editor: CodeEditor, position: int, anchor: int | None = None) -> None:
    """Place the caret (in Qt's positions), with a selection from ``anchor``."""
    cursor = editor.textCursor()
    cursor.setPosition(position if anchor is None else anchor)
    cursor.setPosition(position, QTextCursor.MoveMode.KeepAnchor)
    editor.setTextCursor(cursor)


def color_count(image: QImage, color: str) -> int:
    wanted = QColor(color).rgb()
    return sum(image.pixel(x, y) == wanted for x in range(image.width()) for y in range(image.height()))


def changed(before: QImage, after: QImage) -> list[tuple[int, int]]:
    """The places where two pictures differ."""
    return [
        (x, y)
        for x in range(before.width())
        for y in range(before.height())
        if before.pixel(x, y) != after.pixel(x, y)
    ]


def selections(editor: CodeEditor) -> list[str]:
    return [mark.cursor.selectedText() for mark in editor.extraSelections() if mark.cursor.hasSelection()]
