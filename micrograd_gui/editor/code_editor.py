"""A plain text editor with line numbers, and on it the editor for the typed program."""

import re
from collections.abc import Callable

from PySide6.QtCore import QEvent, QMimeData, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QFontMetrics,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextBlock,
    QTextCharFormat,
    QTextCursor,
    QTextFormat,
)
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from micrograd_gui.editor.completion_popup import CompletionPopup
from micrograd_gui.editor.highlighter import Highlighter, tokenize, utf16_length
from micrograd_gui.model.text_change import changed_range
from micrograd_gui.model.theme import DARK, Theme
from micrograd_gui.model.words import completions, prefix_at
from micrograd_gui.widgets.own_keys import OwnKeys, keep_own_key
from micrograd_gui.widgets.style import color, mono

INDENT = "    "
_PAIRS = {"(": ")", "[": "]", "{": "}"}
_CLOSING = {closing: opening for opening, closing in _PAIRS.items()}
_FARTHEST_BRACKET = 500
"""In lines."""
_LONGEST_LINE = 5_000
"""In longer lines no brackets are matched and no words are offered: that would delay each keystroke."""
_UNWANTED = re.compile("[\r\ud800-\udfff\ufdd0\ufdd1\u2028\u2029]")
"""Halves of surrogate pairs, characters that Qt keeps for itself, and those but newline that it breaks lines at."""

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

Range = tuple[int, int, int, int]
"""Line, column, end line, end column; from 1, columns in characters, the end exclusive."""


def clean_text(text: str) -> str:
    """``text`` as the editor can hold it: newlines between lines, no halves of characters."""
    return shown_text(text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2029", "\n"))


def shown_text(source: str) -> str:
    """``source`` with a replacement character for each one that the editor cannot hold; it is as long as before."""
    return _UNWANTED.sub("\N{REPLACEMENT CHARACTER}", source)


class NumberedTextEdit(QPlainTextEdit):
    """Text with a label before each line, its number unless told otherwise."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = DARK
        self._line_labels: list[str] | None = None
        self.marked_line = 0
        """Line (from 1) whose number is marked as a problem's; 0 for none."""
        self._gutter = _Gutter(self)
        self.setFont(mono(13))
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setUndoRedoEnabled(False)
        self.document().setDocumentMargin(6)
        self.setTabStopDistance(QFontMetrics(mono(13)).horizontalAdvance(INDENT))
        self.blockCountChanged.connect(self._show_gutter_width)
        self.updateRequest.connect(self._scroll_gutter)
        self._show_gutter_width()

    def show_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._gutter.update()

    def show_line_labels(self, labels: list[str]) -> None:
        """Other labels than the line numbers, one a line."""
        self._line_labels = labels
        self._show_gutter_width()
        self._gutter.update()

    def mark_line(self, line: int) -> None:
        if line != self.marked_line:
            self.marked_line = line
            self._gutter.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_gutter()

    def gutter_width(self) -> int:
        if self._line_labels is None:
            digits = max(2, len(str(self.blockCount())))
        else:
            digits = max((len(label) for label in self._line_labels), default=1)
        return QFontMetrics(mono(12)).horizontalAdvance("0") * digits + 18

    def paint_gutter(self, event: QPaintEvent) -> None:
        theme = self._theme
        with QPainter(self._gutter) as painter:
            painter.setFont(mono(12))
            block = self.firstVisibleBlock()
            top = self.blockBoundingGeometry(block).translated(self.contentOffset()).top()
            current = self.textCursor().blockNumber()
            while block.isValid() and top <= event.rect().bottom():
                height = self.blockBoundingRect(block).height()
                number = block.blockNumber()
                problem = number + 1 == self.marked_line
                tint = theme.problem if problem else theme.faint_text
                if number == current and self.hasFocus() and not problem:
                    tint = theme.text
                rect = QRect(0, round(top), self._gutter.width() - 8, self.fontMetrics().lineSpacing())
                painter.setPen(color(tint))
                painter.drawText(
                    rect,
                    int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter),
                    self._label(number),
                )
                if problem:
                    painter.setPen(Qt.PenStyle.NoPen)
                    painter.setBrush(color(theme.problem))
                    painter.drawRoundedRect(0, rect.top() + 1, 3, rect.height() - 2, 1, 1)
                top += height
                block = block.next()

    def _label(self, number: int) -> str:
        labels = self._line_labels
        if labels is None:
            return str(number + 1)
        return labels[number] if number < len(labels) else ""

    def _show_gutter_width(self) -> None:
        self.setViewportMargins(self.gutter_width(), 0, 0, 0)
        self._place_gutter()

    def _place_gutter(self) -> None:
        inside = self.contentsRect()
        self._gutter.setGeometry(QRect(inside.left(), inside.top(), self.gutter_width(), inside.height()))

    def _scroll_gutter(self, rect: QRect, dy: int) -> None:
        if dy:
            self._gutter.scroll(0, dy)
        else:
            self._gutter.update(0, rect.y(), self._gutter.width(), rect.height())


class _Gutter(QWidget):
    """The margin with the line numbers."""

    def __init__(self, editor: NumberedTextEdit) -> None:
        super().__init__(editor)
        self._editor = editor

    def sizeHint(self) -> QSize:
        return QSize(self._editor.gutter_width(), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        self._editor.paint_gutter(event)


class CodeEditor(NumberedTextEdit):
    """Edits the program. It keeps no undo history of its own: the document's is the only one."""

    source_edited = Signal(str)
    """what the user did, not what ``show_source`` did"""
    own_keys = OwnKeys(_MOVES, with_control=frozenset({Qt.Key.Key_Slash, Qt.Key.Key_Space}))
    """Keys that Qt's editor does not claim by itself although it needs them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._source = ""
        self._showing = False
        self._span: Range | None = None
        self._problem: Range | None = None
        self._leaving = False
        self._highlighter = Highlighter(self.document())
        self._popup = CompletionPopup(self)
        # After the click is over, in which the list is still busy.
        self._popup.word_chosen.connect(self._complete, Qt.ConnectionType.QueuedConnection)
        self.textChanged.connect(self._report_edit)
        self.cursorPositionChanged.connect(self._show_marks)
        self.verticalScrollBar().valueChanged.connect(lambda: self._popup.hide())

    @property
    def source(self) -> str:
        return self._source

    def show_source(self, source: str) -> None:
        """Make the text ``source`` by replacing only what differs; caret and scroll position stay where they can."""
        source = shown_text(source)
        if source == self._source:
            return
        change = changed_range(self._source, source)
        first = utf16_length(self._source[: change.start])
        count = utf16_length(self._source[change.start : change.end])
        cursor = QTextCursor(self.document())
        cursor.setPosition(first)
        cursor.setPosition(first + count, QTextCursor.MoveMode.KeepAnchor)
        horizontal, vertical = self.horizontalScrollBar().value(), self.verticalScrollBar().value()
        self._source = source
        self._showing = True
        cursor.insertText(change.text)
        self._showing = False
        self.horizontalScrollBar().setValue(horizontal)
        self.verticalScrollBar().setValue(vertical)
        self._popup.hide()
        self._show_marks()

    def show_theme(self, theme: Theme) -> None:
        super().show_theme(theme)
        self._showing = True
        self._highlighter.show_theme(theme)
        self._showing = False
        self._popup.show_theme(theme)
        self._show_marks()

    def mark_span(self, span: Range | None) -> None:
        """Mark the source of what is selected elsewhere."""
        self._span = span
        self._show_marks()

    def mark_problem(self, span: Range | None) -> None:
        """Underline what is wrong."""
        self._problem = span
        self.mark_line(0 if span is None else span[0])
        self._show_marks()

    def toggle_comment(self) -> None:
        """Make the selected lines comments, or lines of code again if all of them are comments."""
        lines = [block.text() for block in self._selected_blocks() if block.text().strip()]
        if all(line.lstrip().startswith("#") for line in lines):
            self._change_lines(_uncomment)
        else:
            indent = min((len(line) - len(line.lstrip()) for line in lines), default=0)
            self._change_lines(lambda line: f"{line[:indent]}# {line[indent:]}" if line.strip() else line)

    # Keys

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and _is_undo(event):
            # The window's action undoes; Qt's editor would claim the key for its own history.
            event.ignore()
            return False
        return keep_own_key(self, event) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        leaving, self._leaving = self._leaving, False
        if self._popup.isVisible() and self._key_for_popup(event):
            return
        key = Qt.Key(event.key())
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if leaving and key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            self.setTabChangesFocus(True)
            self.focusNextPrevChild(key == Qt.Key.Key_Tab)
            self.setTabChangesFocus(False)
        elif key == Qt.Key.Key_Escape:
            self._leaving = True
        elif control and key == Qt.Key.Key_Slash:
            self.toggle_comment()
        elif control and key == Qt.Key.Key_Space:
            self._show_completions(least=0)
        elif key in _KEYS and not control and _KEYS[key](self):
            pass
        else:
            super().keyPressEvent(event)
            self._after_key(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._popup.hide()
        self._gutter.update()
        self._show_marks()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._gutter.update()
        self._show_marks()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._popup.hide()
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

    def _key_for_popup(self, event: QKeyEvent) -> bool:
        """Whether the key was meant for the list of completions."""
        key, popup = event.key(), self._popup
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            popup.move_by(1 if key == Qt.Key.Key_Down else -1)
            return True
        if key == Qt.Key.Key_Escape:
            popup.hide()
            return True
        enter = key in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if key == Qt.Key.Key_Tab or (enter and popup.chosen):
            self._complete(popup.current_word())
            return True
        if enter:
            popup.hide()
        return False

    def _after_key(self, event: QKeyEvent) -> None:
        """Typing a word offers completions, anything else takes them away."""
        text = event.text()
        if text and (text.isidentifier() or text.isdigit() or text == "."):
            self._show_completions(least=2)
        elif event.key() == Qt.Key.Key_Backspace and self._popup.isVisible():
            self._show_completions(least=1)
        elif text or event.key() not in _MODIFIERS:
            self._popup.hide()

    # Completion

    def _show_completions(self, least: int) -> None:
        """Offer words for what stands before the caret, if it has ``least`` letters or follows a point."""
        if self.textCursor().block().length() > _LONGEST_LINE:
            self._popup.hide()
            return
        line = self._text_before_caret()
        tokens, _state = tokenize(line, _state_before(self.textCursor().block()))
        if tokens and tokens[-1].kind in ("comment", "string"):
            self._popup.hide()
            return
        prefix, owner = prefix_at(line)
        words = []
        if owner is not None or len(prefix) >= least:
            words = completions(self._source, self.textCursor().blockNumber() + 1, len(line) + 1)
        if not words or [word.name for word in words] == [prefix]:
            self._popup.hide()
            return
        caret, window = self.cursorRect(), self.window()
        top_left = self.viewport().mapTo(window, caret.topLeft())
        self._popup.show_words(words, window, QRect(top_left, caret.size()))

    def _complete(self, word: str) -> None:
        self._popup.hide()
        cursor = self.textCursor()
        prefix, _owner = prefix_at(self._text_before_caret())
        cursor.setPosition(cursor.position() - utf16_length(prefix), QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(word)
        self.setTextCursor(cursor)

    def _text_before_caret(self) -> str:
        """The caret's line up to the caret."""
        cursor = self.textCursor()
        text = cursor.block().text()
        return text[: _characters(text, cursor.positionInBlock())]

    # Indentation and comments

    def _indent(self) -> bool:
        cursor = self.textCursor()
        if self._spans_lines(cursor):
            self._change_lines(lambda line: INDENT + line if line.strip() else line)
        else:
            cursor.insertText(" " * (len(INDENT) - cursor.positionInBlock() % len(INDENT)))
        return True

    def _dedent(self) -> bool:
        self._change_lines(lambda line: line[min(len(line) - len(line.lstrip(" ")), len(INDENT)) :])
        return True

    def _new_line(self) -> bool:
        cursor = self.textCursor()
        before = self._text_before_caret()
        indent = before[: len(before) - len(before.lstrip(" "))]
        if before.rstrip().endswith(":"):
            indent += INDENT
        cursor.insertText("\n" + indent)
        self.setTextCursor(cursor)
        self.ensureCursorVisible()
        return True

    def _unindent_before(self) -> bool:
        """Backspace between the margin and the first word goes back to the last indentation."""
        cursor = self.textCursor()
        before = self._text_before_caret()
        if cursor.hasSelection() or not before or before.strip(" "):
            return False
        count = (len(before) - 1) % len(INDENT) + 1
        cursor.setPosition(cursor.position() - count, QTextCursor.MoveMode.KeepAnchor)
        cursor.removeSelectedText()
        return True

    @staticmethod
    def _spans_lines(cursor: QTextCursor) -> bool:
        document = cursor.document()
        return document.findBlock(cursor.selectionStart()) != document.findBlock(cursor.selectionEnd())

    def _selected_blocks(self) -> list[QTextBlock]:
        cursor, document = self.textCursor(), self.document()
        block, last = document.findBlock(cursor.selectionStart()), document.findBlock(cursor.selectionEnd())
        # A selection that ends before the first character of a line does not mean that line.
        if cursor.hasSelection() and last.position() == cursor.selectionEnd() and last != block:
            last = last.previous()
        blocks = [block]
        while block != last:
            block = block.next()
            blocks.append(block)
        return blocks

    def _change_lines(self, change: Callable[[str], str]) -> None:
        """Change the selected lines in one edit; the selection stays on them."""
        blocks = self._selected_blocks()
        cursor = self.textCursor()
        selected = self._spans_lines(cursor)
        first, last = blocks[0].blockNumber(), blocks[-1].blockNumber()
        before = "\n".join(block.text() for block in blocks)
        after = "\n".join(change(line) for line in before.split("\n"))
        if after == before:
            return
        replaced = changed_range(before, after)
        edit = QTextCursor(self.document())
        start = blocks[0].position()
        edit.setPosition(start + utf16_length(before[: replaced.start]))
        edit.setPosition(start + utf16_length(before[: replaced.end]), QTextCursor.MoveMode.KeepAnchor)
        edit.insertText(replaced.text)
        if selected:
            document = self.document()
            end = document.findBlockByNumber(last)
            cursor.setPosition(document.findBlockByNumber(first).position())
            cursor.setPosition(end.position() + end.length() - 1, QTextCursor.MoveMode.KeepAnchor)
            self.setTextCursor(cursor)

    # What the user did

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

    def _show_marks(self) -> None:
        theme = self._theme
        marks = []
        # On an empty text the mark would hide the placeholder.
        if self.hasFocus() and self._source:
            line = _mark(QTextCursor(self.textCursor().block()), background=theme.card)
            line.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
            marks.append(line)
        if self._span is not None:
            marks.append(_mark(self._cursor_over(self._span), background=theme.data, alpha=50))
        for position in self._matching_brackets():
            cursor = QTextCursor(self.document())
            cursor.setPosition(position)
            cursor.movePosition(QTextCursor.MoveOperation.Right, QTextCursor.MoveMode.KeepAnchor)
            marks.append(_mark(cursor, background=theme.focus, alpha=70))
        if self._problem is not None:
            problem = _mark(self._cursor_over(self._problem, least=1))
            problem.format.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
            problem.format.setUnderlineColor(color(theme.problem))
            marks.append(problem)
        self.setExtraSelections(marks)

    def _cursor_over(self, span: Range, least: int = 0) -> QTextCursor:
        """A cursor that selects ``span``, and at least so many characters if the line has them."""
        line, column, end_line, end_column = span
        start, end = self._position(line, column), self._position(end_line, end_column)
        if end - start < least:
            block = self.document().findBlock(start)
            end = min(start + least, block.position() + block.length() - 1)
            start = max(min(start, end - least), block.position())
        cursor = QTextCursor(self.document())
        cursor.setPosition(start)
        cursor.setPosition(max(start, end), QTextCursor.MoveMode.KeepAnchor)
        return cursor

    def _position(self, line: int, column: int) -> int:
        """Qt's position of a line and column, which are taken into the text."""
        block = self.document().findBlockByNumber(line - 1)
        if not block.isValid():
            return self.document().characterCount() - 1
        return block.position() + utf16_length(block.text()[: max(column - 1, 0)])

    def _matching_brackets(self) -> list[int]:
        """Positions of the bracket at the caret and of its partner; empty if there is none."""
        cursor = self.textCursor()
        block, column = cursor.block(), cursor.positionInBlock()
        code = _code_only(block)
        for place in (column - 1, column):
            if 0 <= place < len(code) and code[place] in _PAIRS:
                partner = _find_partner(block, place, code[place], _PAIRS, forward=True)
            elif 0 <= place < len(code) and code[place] in _CLOSING:
                partner = _find_partner(block, place, code[place], _CLOSING, forward=False)
            else:
                continue
            return [] if partner is None else [block.position() + place, partner]
        return []


_KEYS: dict[Qt.Key, Callable[[CodeEditor], bool]] = {
    Qt.Key.Key_Tab: CodeEditor._indent,
    Qt.Key.Key_Backtab: CodeEditor._dedent,
    Qt.Key.Key_Return: CodeEditor._new_line,
    Qt.Key.Key_Enter: CodeEditor._new_line,
    Qt.Key.Key_Backspace: CodeEditor._unindent_before,
}
"""Keys that mean more than in a plain text field; a handler that returns False leaves the key to Qt."""

_MODIFIERS = {Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta, Qt.Key.Key_AltGr}


def _is_undo(event: QKeyEvent) -> bool:
    return event.matches(QKeySequence.StandardKey.Undo) or event.matches(QKeySequence.StandardKey.Redo)


def _uncomment(line: str) -> str:
    code = line.lstrip()
    indent = line[: len(line) - len(code)]
    return indent + code.removeprefix("#").removeprefix(" ") if code.startswith("#") else line


def _characters(text: str, utf16_position: int) -> int:
    """How many characters of ``text`` lie before Qt's position."""
    if text.isascii():
        return utf16_position
    return len(text.encode("utf-16-le", "surrogatepass")[: 2 * utf16_position].decode("utf-16-le", "ignore"))


def _state_before(block: QTextBlock) -> int:
    return max(block.previous().userState(), 0)


def _code_only(block: QTextBlock) -> str:
    """The block's text in Qt's positions, with blanks in place of strings and comments; "" if it is very long."""
    if block.length() > _LONGEST_LINE:
        return ""
    text = block.text()
    if not text.isascii():
        text = "".join(character if character <= "\uffff" else "  " for character in text)
    pieces = list(text)
    for start, end, kind in tokenize(text, _state_before(block))[0]:
        if kind in ("string", "comment"):
            pieces[start:end] = " " * (end - start)
    return "".join(pieces)


def _find_partner(
    block: QTextBlock, place: int, bracket: str, pairs: dict[str, str], *, forward: bool
) -> int | None:
    """Position of the bracket that closes or opens the one at ``place``; None where there is none nearby."""
    wanted, depth = pairs[bracket], 0
    for _ in range(_FARTHEST_BRACKET):
        code = _code_only(block)
        places = range(place, len(code)) if forward else range(place, -1, -1)
        for i in places:
            if code[i] == bracket:
                depth += 1
            elif code[i] == wanted:
                depth -= 1
                if depth == 0:
                    return block.position() + i
        block = block.next() if forward else block.previous()
        if not block.isValid():
            return None
        place = 0 if forward else len(_code_only(block)) - 1
    return None


def _mark(cursor: QTextCursor, background: str = "", alpha: int = 255) -> QTextEdit.ExtraSelection:
    mark = QTextEdit.ExtraSelection()
    mark.cursor = cursor
    mark.format = QTextCharFormat()
    if background:
        mark.format.setBackground(color(background, alpha))
    return mark
