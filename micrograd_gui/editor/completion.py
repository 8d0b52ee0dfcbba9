"""Completion in the editor: when words are offered, and which keys choose one."""

from PySide6.QtCore import QObject, QRect, Qt
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit

from micrograd_gui.editor.completion_popup import CompletionPopup
from micrograd_gui.editor.text_cursor import state_before, text_before, utf16_length
from micrograd_gui.editor.tokens import LONGEST_LINE, tokenize
from micrograd_gui.model.theme import Theme
from micrograd_gui.model.words import Word, completions, prefix_at

_MOVES = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
_ENTER = {Qt.Key.Key_Return, Qt.Key.Key_Enter}
_MODIFIERS = {Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta, Qt.Key.Key_AltGr}


class Completion(QObject):
    """Offers words for the text before the caret, and inserts the chosen one."""

    def __init__(self, editor: QPlainTextEdit) -> None:
        super().__init__(editor)
        self._editor = editor
        self._popup = CompletionPopup(editor)
        # After the click is over, in which the list is still busy.
        self._popup.word_chosen.connect(self._complete, Qt.ConnectionType.QueuedConnection)

    def show_theme(self, theme: Theme) -> None:
        self._popup.show_theme(theme)

    def hide(self) -> None:
        self._popup.hide()

    def take_key(self, event: QKeyEvent) -> bool:
        """Handle a key of the list of words; True if it was one."""
        key, popup = event.key(), self._popup
        if not popup.isVisible():
            return False
        if key in _MOVES:
            popup.move_by(_MOVES[Qt.Key(key)])
            return True
        if key == Qt.Key.Key_Escape:
            popup.hide()
            return True
        if key == Qt.Key.Key_Tab or (key in _ENTER and popup.chosen):
            self._complete(popup.current_word())
            return True
        if key in _ENTER:
            popup.hide()
        return False

    def follow_key(self, event: QKeyEvent, source: str) -> None:
        """Offer words after a key that typed a part of one; hide them after any other key."""
        text = event.text()
        if text and (text.isidentifier() or text.isdigit() or text == "."):
            self.offer(source, least=2)
        elif event.key() == Qt.Key.Key_Backspace and self._popup.isVisible():
            self.offer(source, least=1)
        elif text or event.key() not in _MODIFIERS:
            self._popup.hide()

    def offer(self, source: str, least: int) -> None:
        """Offer words for the text before the caret, if it has ``least`` letters or follows a dot."""
        words = _words_at(source, self._editor.textCursor(), least)
        if not words:
            self._popup.hide()
            return
        caret, window = self._editor.cursorRect(), self._editor.window()
        top_left = self._editor.viewport().mapTo(window, caret.topLeft())
        self._popup.show_words(words, window, QRect(top_left, caret.size()))

    def _complete(self, word: str) -> None:
        self._popup.hide()
        cursor = self._editor.textCursor()
        prefix, _owner = prefix_at(text_before(cursor))
        cursor.setPosition(cursor.position() - utf16_length(prefix), QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(word)
        self._editor.setTextCursor(cursor)


def _words_at(source: str, cursor: QTextCursor, least: int) -> list[Word]:
    """Return the completions at the cursor: none in comments and strings, nor a single word that is complete."""
    block = cursor.block()
    if block.length() > LONGEST_LINE:
        return []
    line = text_before(cursor)
    tokens, _state = tokenize(line, state_before(block))
    if tokens and tokens[-1].kind in ("comment", "string"):
        return []
    prefix, owner = prefix_at(line)
    if owner is None and len(prefix) < least:
        return []
    words = completions(source, cursor.blockNumber() + 1, len(line) + 1)
    return [] if [word.name for word in words] == [prefix] else words
