"""The list of words that may be meant, under the caret."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from micrograd_gui.model.theme import DARK, Theme
from micrograd_gui.model.words import Word
from micrograd_gui.style import color, mono, sans

_ROW_HEIGHT = 24
_MOST_ROWS = 8
_WIDTH = 340
_WORD = Qt.ItemDataRole.UserRole


class _WordDelegate(QStyledItemDelegate):
    """A word as typed, and beside it what it is."""

    theme = DARK

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        word, theme = index.data(_WORD), self.theme
        rect = option.rect.adjusted(10, 0, -10, 0)
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, color(theme.hover))
        painter.setFont(mono(12))
        painter.setPen(color(theme.text))
        name = word.signature or word.name
        painter.drawText(rect, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), name)
        used = QFontMetrics(mono(12)).horizontalAdvance(name) + 14
        painter.setFont(sans(12))
        painter.setPen(color(theme.muted_text))
        room = rect.adjusted(used, 0, 0, 0)
        text = painter.fontMetrics().elidedText(word.help, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight), text)
        painter.restore()

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(_WIDTH - 20, _ROW_HEIGHT)


class CompletionPopup(QListWidget):
    """Never takes the focus: the editor moves through it and accepts from it."""

    word_chosen = Signal(str)
    """clicked"""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("completion_popup")
        self.setAccessibleName("Completions")
        self.hide()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setUniformItemSizes(True)
        self._delegate = _WordDelegate(self)
        self.setItemDelegate(self._delegate)
        self.chosen = False
        """Whether the user moved to a row, so that Enter means it."""
        self.itemClicked.connect(self._choose)
        self.show_theme(DARK)

    def show_words(self, words: Sequence[Word], window: QWidget, caret: QRect) -> None:
        """Show the words in ``window`` under ``caret``, or above it where there is no room."""
        if self.parent() is not window:
            self.setParent(window)
        self.clear()
        for word in words:
            item = QListWidgetItem(word.name, self)
            item.setData(_WORD, word)
        self.setCurrentRow(0)
        self.chosen = False
        height = _ROW_HEIGHT * min(len(words), _MOST_ROWS) + 8
        self.setFixedSize(_WIDTH, height)
        below = caret.bottom() + 4 + height <= window.height()
        x = max(min(caret.left(), window.width() - _WIDTH), 0)
        self.move(QPoint(x, caret.bottom() + 4 if below else max(caret.top() - 4 - height, 0)))
        self.raise_()
        self.show()

    def show_theme(self, theme: Theme) -> None:
        self._delegate.theme = theme
        self.setStyleSheet(
            f"QListWidget {{ background: {theme.raised}; border: 1px solid {theme.strong_border}; padding: 3px; }}"
        )

    def move_by(self, rows: int) -> None:
        """Move the choice; from the last row to the first and back."""
        self.setCurrentRow((self.currentRow() + rows) % self.count())
        self.chosen = True

    def current_word(self) -> str:
        item = self.currentItem()
        return "" if item is None else item.text()

    def _choose(self, item: QListWidgetItem) -> None:
        self.word_chosen.emit(item.text())
