"""The editor for the typed program."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QMimeData, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QTextCharFormat,
    QTextCursor,
    QTextFormat,
)
from PySide6.QtWidgets import QTextEdit, QWidget

from micrograd_gui.editor.brackets import code_only, matching_brackets
from micrograd_gui.editor.completion import Completion
from micrograd_gui.editor.highlighter import Highlighter
from micrograd_gui.editor.numbered_text import NumberedTextEdit, clean_text, shown_text
from micrograd_gui.editor.text_commands import (
    blanks_to_remove,
    blanks_to_stop,
    dedent,
    indent,
    new_line,
    toggle_comments,
)
from micrograd_gui.editor.text_cursor import (
    change_lines,
    select,
    select_span,
    spans_lines,
    state_before,
    text_before,
    utf16_length,
)
from micrograd_gui.editor.tokens import LONGEST_LINE
from micrograd_gui.model.snapshot import Span
from micrograd_gui.model.text_change import changed_range
from micrograd_gui.model.theme import Theme
from micrograd_gui.widgets.own_keys import OwnKeys, keep_own_key
from micrograd_gui.widgets.style import color

_MOVES = frozenset(
    {
        Qt.Key.Key_Left,
        Qt.Key.Key_Right,
        Qt.Key.Key_Up,
        Qt.Key.Key_Down,
        Qt.Key.Key_Home,
        Qt.Key.Key_End,
        Qt.Key.Key_PageUp,
        Qt.Key.Key_PageDown,
        Qt.Key.Key_Escape,
        Qt.Key.Key_Backtab,
    }
)


class CodeEditor(NumberedTextEdit):
    """Edits the program. It has no undo history of its own; the document has one.

    It is large because each key and each kind of mark has a short method of its own.
    """

    source_edited = Signal(str)
    """the source after an edit by the user, not by ``show_source``"""
    own_keys = OwnKeys(_MOVES, with_control=frozenset({Qt.Key.Key_Slash, Qt.Key.Key_Space}))
    """Keys that Qt's editor needs but does not claim by itself."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._source = ""
        self._showing = False
        self._marked: QTextCursor | None = None
        """Cursor over the source of the selected card; it moves with its text."""
        self._problem: Span | None = None
        self._leaving = False
        """True if Escape was the last key, so that Tab leaves the editor."""
        self._highlighter = Highlighter(self.document())
        self._completion = Completion(self)
        self.textChanged.connect(self._report_edit)
        self.cursorPositionChanged.connect(self._show_marks)
        self.verticalScrollBar().valueChanged.connect(lambda: self._completion.hide())

    @property
    def source(self) -> str:
        return self._source

    def show_source(self, source: str) -> None:
        """Replace the part of the text that differs from ``source``; caret and scroll position stay if possible."""
        source = shown_text(source)
        if source == self._source:
            return
        change = changed_range(self._source, source)
        start = utf16_length(self._source[: change.start])
        count = utf16_length(self._source[change.start : change.end])
        horizontal, vertical = self.horizontalScrollBar().value(), self.verticalScrollBar().value()
        self._source = source
        self._showing = True
        select(self.document(), start, start + count).insertText(change.text)
        self._showing = False
        self.horizontalScrollBar().setValue(horizontal)
        self.verticalScrollBar().setValue(vertical)
        self._completion.hide()
        self._show_marks()

    def show_beginning(self) -> None:
        """Put the caret where the text begins, and show that place."""
        self.moveCursor(QTextCursor.MoveOperation.Start)
        self.horizontalScrollBar().setValue(0)
        self.verticalScrollBar().setValue(0)

    def show_theme(self, theme: Theme) -> None:
        super().show_theme(theme)
        self._showing = True
        self._highlighter.show_theme(theme)
        self._showing = False
        self._completion.show_theme(theme)
        self._show_marks()

    def mark_span(self, span: Span | None) -> None:
        """Mark the source of the selected card."""
        self._marked = None if span is None else select_span(self.document(), span)
        if self._marked is not None:
            # What is typed behind it is not marked.
            self._marked.setKeepPositionOnInsert(True)
        self._show_marks()

    def mark_problem(self, span: Span | None) -> None:
        """Underline the source of a problem."""
        self._problem = span
        self.mark_line(0 if span is None else span[0])
        self._show_marks()

    # Keys and gestures

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and _is_undo(event):
            # The window's action undoes; Qt's editor would claim the key for its own history.
            event.ignore()
            return False
        return keep_own_key(self, event) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        leaving, self._leaving = self._leaving, False
        if self._completion.take_key(event):
            return
        key = Qt.Key(event.key())
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if leaving and key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            self.setTabChangesFocus(True)
            self.focusNextPrevChild(key == Qt.Key.Key_Tab)
            self.setTabChangesFocus(False)
        elif key == Qt.Key.Key_Escape:
            self._leaving = True
            event.ignore()  # It may close something besides.
        elif control and key == Qt.Key.Key_Slash:
            self._change_lines(toggle_comments)
        elif control and key == Qt.Key.Key_Space:
            self._completion.offer(self._source, least=0)
        elif key in _KEYS and not control and _KEYS[key](self):
            pass
        else:
            super().keyPressEvent(event)
            self._completion.follow_key(event, self._source)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._completion.hide()
        self.update_gutter()
        self._show_marks()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update_gutter()
        self._show_marks()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._completion.hide()
        super().mousePressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = self.createStandardContextMenu()
        for name in ("edit-undo", "edit-redo"):
            for action in menu.actions():
                if action.objectName() == name:
                    menu.removeAction(action)
        if menu.actions() and menu.actions()[0].isSeparator():
            menu.removeAction(menu.actions()[0])
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())

    def insertFromMimeData(self, source: QMimeData) -> None:
        # Only the text of what is pasted, whatever else it is.
        self.textCursor().insertText(clean_text(source.text().replace("\u2028", "\n")))
        self.ensureCursorVisible()

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return source.hasText()

    # What keys do

    def _indent(self) -> bool:
        cursor = self.textCursor()
        if spans_lines(cursor):
            self._change_lines(indent)
        else:
            cursor.insertText(blanks_to_stop(cursor.positionInBlock()))
        return True

    def _dedent(self) -> bool:
        self._change_lines(dedent)
        return True

    def _new_line(self) -> bool:
        cursor = self.textCursor()
        cursor.insertText(new_line(text_before(cursor)))
        self.setTextCursor(cursor)
        self.ensureCursorVisible()
        return True

    def _backspace(self) -> bool:
        cursor = self.textCursor()
        count = 0 if cursor.hasSelection() else blanks_to_remove(text_before(cursor))
        if count:
            cursor.setPosition(cursor.position() - count, QTextCursor.MoveMode.KeepAnchor)
            cursor.removeSelectedText()
        return count > 0

    def _change_lines(self, change: Callable[[str], str]) -> None:
        changed = change_lines(self.textCursor(), change)
        if changed is not None:
            self.setTextCursor(changed)

    def _report_edit(self) -> None:
        if self._showing:
            return
        # Unlike toPlainText this keeps no-break spaces.
        source = self.document().toRawText().replace("\u2029", "\n")
        if source != self._source:
            self._source = source
            self._problem = None
            self.mark_line(0)
            self._show_marks()
            self.source_edited.emit(source)

    # Marks

    def show_steps(self, line: int, before: int) -> None:
        """Point to the line of the present step and to that of the step before; 0 for none."""
        if (line, before) == (self.step_line, self.line_before):
            return
        self.step_line, self.line_before = line, before
        self._show_marks()
        self.update_gutter()
        if line:
            self._reveal(line)

    def _reveal(self, line: int) -> None:
        """Scroll just so far that a line is seen."""
        bar, page = self.verticalScrollBar(), self.verticalScrollBar().pageStep()
        first = bar.value()
        if not first < line <= first + page - 1:
            bar.setValue(line - 1 if line <= first else line - page + 1)

    def _show_marks(self) -> None:
        theme, document, marks = self._theme, self.document(), []
        # On an empty text the mark would hide the placeholder.
        if self.hasFocus() and self._source:
            line = _mark(QTextCursor(self.textCursor().block()), background=theme.card)
            line.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
            marks.append(line)
        if self.step_line:
            line = _mark(QTextCursor(document.findBlockByNumber(self.step_line - 1)), theme.update, 36)
            line.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
            marks.append(line)
        if self._marked is not None:
            marks.append(_mark(self._marked, background=theme.data, alpha=50))
        for position in self._matching_brackets():
            marks.append(_mark(select(document, position, position + 1), background=theme.focus, alpha=70))
        if self._problem is not None:
            problem = _mark(select_span(document, self._problem, least=1))
            problem.format.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
            problem.format.setUnderlineColor(color(theme.problem))
            marks.append(problem)
        self.setExtraSelections(marks)

    def _matching_brackets(self) -> list[int]:
        """Return the positions of the bracket at the caret and of its partner; none where there is no pair."""
        cursor, document = self.textCursor(), self.document()
        pair = matching_brackets(self._code, (cursor.blockNumber(), cursor.positionInBlock())) or ()
        return [document.findBlockByNumber(line).position() + column for line, column in pair]

    def _code(self, line: int) -> str | None:
        """Return a line's code, "" of a very long one; None beyond the text."""
        block = self.document().findBlockByNumber(line)
        if not block.isValid():
            return None
        return "" if block.length() > LONGEST_LINE else code_only(block.text(), state_before(block))


_KEYS: dict[Qt.Key, Callable[[CodeEditor], bool]] = {
    Qt.Key.Key_Tab: CodeEditor._indent,
    Qt.Key.Key_Backtab: CodeEditor._dedent,
    Qt.Key.Key_Return: CodeEditor._new_line,
    Qt.Key.Key_Enter: CodeEditor._new_line,
    Qt.Key.Key_Backspace: CodeEditor._backspace,
}
"""Keys that mean more than in a plain text field; a handler that returns False leaves the key to Qt."""


def _is_undo(event: QKeyEvent) -> bool:
    return event.matches(QKeySequence.StandardKey.Undo) or event.matches(QKeySequence.StandardKey.Redo)


def _mark(cursor: QTextCursor, background: str = "", alpha: int = 255) -> QTextEdit.ExtraSelection:
    mark = QTextEdit.ExtraSelection()
    mark.cursor = cursor
    mark.format = QTextCharFormat()
    if background:
        mark.format.setBackground(color(background, alpha))
    return mark
