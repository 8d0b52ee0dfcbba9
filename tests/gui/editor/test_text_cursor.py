"""Positions of a program in Qt's document, which counts some characters twice."""

import pytest
from PySide6.QtGui import QTextCursor, QTextDocument
from PySide6.QtWidgets import QApplication

from micrograd_gui.editor.text_cursor import (
    change_lines,
    select,
    select_span,
    spans_lines,
    text_before,
    utf16_length,
)
from micrograd_gui.model.snapshot import Span

TEXT = "a🎉b = 1\n\nç = (2)"


@pytest.fixture
def document(qapp: QApplication) -> QTextDocument:
    """A document with a layout, without which it reports no changes."""
    document = QTextDocument(TEXT)
    document.documentLayout()
    return document


@pytest.mark.parametrize("text", ["", "abc", "é", "🎉", "a🎉b🎉"])
def test_qt_counts_some_characters_twice(text: str) -> None:
    """As many units as UTF-16 has."""
    assert utf16_length(text) == len(text.encode("utf-16-le")) // 2


def test_every_position_has_a_text_before_it(document: QTextDocument) -> None:
    """From the beginning of its line; in the midst of a character of two units, without that character."""
    for start in range(len(TEXT) + 1):
        cursor = QTextCursor(document)
        cursor.setPosition(utf16_length(TEXT[:start]))
        assert text_before(cursor) == TEXT[:start].rpartition("\n")[2]
    cursor.setPosition(2)
    assert text_before(cursor) == "a"


@pytest.mark.parametrize(
    ("span", "least", "text"),
    [
        (Span(1, 2, 1, 4), 0, "🎉b"),
        (Span(1, 9, 3, 2), 0, "\u2029\u2029ç"),
        (Span(3, 5, 3, 5), 0, ""),
        (Span(3, 5, 3, 5), 1, "("),
        (Span(3, 8, 3, 8), 1, ")"),
        (Span(2, 1, 2, 1), 1, ""),
        (Span(7, 1, 9, 9), 0, ""),
        (Span(3, 6, 1, 1), 0, ""),
    ],
)
def test_a_span_is_selected(document: QTextDocument, span: Span, least: int, text: str) -> None:
    """One that is too short takes a character more, where the line has one; one beyond the text is at its end."""
    assert select_span(document, span, least).selectedText() == text


@pytest.mark.parametrize(
    ("start", "end", "after", "selected"),
    [
        (0, 0, "A🎉B = 1\n\nç = (2)", None),
        (2, 5, "A🎉B = 1\n\nç = (2)", None),
        (3, 9, "A🎉B = 1\n\nç = (2)", "A🎉B = 1"),
        (12, 1, "A🎉B = 1\n\nÇ = (2)", "A🎉B = 1\u2029\u2029Ç = (2)"),
        (9, 9, TEXT, None),
    ],
)
def test_selected_lines_are_changed(
    document: QTextDocument, start: int, end: int, after: str, selected: str | None
) -> None:
    """In one edit; several are selected then, but not one that the selection only touches."""
    changes: list[tuple[int, int, int]] = []
    document.contentsChange.connect(lambda at, gone, come: changes.append((at, gone, come)))
    cursor = change_lines(select(document, start, end), str.upper)
    assert document.toPlainText() == after
    assert len(changes) == (after != TEXT)
    assert (None if cursor is None else cursor.selectedText()) == selected


def test_a_selection_of_several_lines_is_known(document: QTextDocument) -> None:
    """However it was made."""
    assert spans_lines(select(document, 0, 9))
    assert spans_lines(select(document, 9, 0))
    assert not spans_lines(select(document, 0, 8))
