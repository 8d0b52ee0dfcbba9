"""Conversion between lines and columns of a program and Qt's cursors, which count UTF-16 units."""

from collections.abc import Callable

from PySide6.QtGui import QTextBlock, QTextCursor, QTextDocument

from micrograd_gui.model.snapshot import Span
from micrograd_gui.model.text_change import changed_range


def utf16_length(text: str) -> int:
    """Return the length of ``text`` in UTF-16 units: characters beyond U+FFFF count twice."""
    if text.isascii():
        return len(text)
    return len(text) + sum(character > "\uffff" for character in text)


def text_before(cursor: QTextCursor) -> str:
    """Return the cursor's line up to the cursor."""
    text, units = cursor.block().text(), cursor.positionInBlock()
    if text.isascii():
        return text[:units]
    return text.encode("utf-16-le", "surrogatepass")[: 2 * units].decode("utf-16-le", "ignore")


def state_before(block: QTextBlock) -> int:
    """Return the state of the tokens before a line, as the highlighter left it."""
    return max(block.previous().userState(), 0)


def select(document: QTextDocument, start: int, end: int) -> QTextCursor:
    """Return a cursor that selects the text between two positions."""
    cursor = QTextCursor(document)
    cursor.setPosition(start)
    cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
    return cursor


def select_span(document: QTextDocument, span: Span, least: int = 0) -> QTextCursor:
    """Return a cursor that selects a span, extended to at least ``least`` units within the line."""
    line, column, end_line, end_column = span
    start, end = _position(document, line, column), _position(document, end_line, end_column)
    if end - start < least:
        block = document.findBlock(start)
        end = min(start + least, _end(block))
        start = max(min(start, end - least), block.position())
    return select(document, start, max(start, end))


def _position(document: QTextDocument, line: int, column: int) -> int:
    """Return the position of a line and column, limited to the text."""
    block = document.findBlockByNumber(line - 1)
    if not block.isValid():
        return document.characterCount() - 1
    return block.position() + utf16_length(block.text()[: max(column - 1, 0)])


def spans_lines(cursor: QTextCursor) -> bool:
    """Say whether the selection begins and ends in different lines."""
    document = cursor.document()
    return document.findBlock(cursor.selectionStart()) != document.findBlock(cursor.selectionEnd())


def change_lines(cursor: QTextCursor, change: Callable[[str], str]) -> QTextCursor | None:
    """Change the lines of the selection in one edit, and return a cursor that selects them if several were selected.

    ``change`` gets the lines as one text and returns as many.
    """
    document = cursor.document()
    blocks = _selected_blocks(cursor)
    start, last = blocks[0].position(), blocks[-1].blockNumber()
    several = spans_lines(cursor)
    before = "\n".join(block.text() for block in blocks)
    after = change(before)
    if after == before:
        return None
    replaced = changed_range(before, after)
    edit_start, edit_end = (start + utf16_length(before[:end]) for end in (replaced.start, replaced.end))
    select(document, edit_start, edit_end).insertText(replaced.text)
    return select(document, start, _end(document.findBlockByNumber(last))) if several else None


def _selected_blocks(cursor: QTextCursor) -> list[QTextBlock]:
    document = cursor.document()
    block, last = document.findBlock(cursor.selectionStart()), document.findBlock(cursor.selectionEnd())
    # A selection that ends before the first character of a line does not mean that line.
    if cursor.hasSelection() and last.position() == cursor.selectionEnd() and last != block:
        last = last.previous()
    blocks = [block]
    while block != last:
        block = block.next()
        blocks.append(block)
    return blocks


def _end(block: QTextBlock) -> int:
    return block.position() + block.length() - 1
