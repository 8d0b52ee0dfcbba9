"""The list of completions under the caret."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from micrograd_core.texts import tr
from micrograd_gui.model.theme import DARK, Theme
from micrograd_gui.model.words import Word
from micrograd_gui.widgets.measure import elided, measured_width
from micrograd_gui.widgets.row_model import Index, RowModel
from micrograd_gui.widgets.style import color, mono, sans

_ROW_HEIGHT = 24
_MOST_ROWS = 8
_WIDTH = 340


class _WordDelegate(QStyledItemDelegate):
    """Draws a word and its help."""

    theme = DARK

    def __init__(self, words: RowModel[Word], parent: QWidget) -> None:
        super().__init__(parent)
        self._words = words

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        word, theme = self._words.rows[index.row()], self.theme
        rect = option.rect.adjusted(10, 0, -10, 0)
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, color(theme.hover))
        painter.setFont(mono(12))
        painter.setPen(color(theme.text))
        name = word.signature or word.name
        painter.drawText(rect, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), name)
        used = round(measured_width(name, mono(12))) + 14
        painter.setFont(sans(12))
        painter.setPen(color(theme.muted_text))
        room = rect.adjusted(used, 0, 0, 0)
        text = elided(word.help, sans(12), room.width(), Qt.TextElideMode.ElideRight)
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight), text)
        painter.restore()

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(_WIDTH - 20, _ROW_HEIGHT)


class CompletionPopup(QListView):
    """A list of words that never takes the focus: the editor moves through it and chooses from it."""

    word_chosen = Signal(str)
    """the word that was clicked"""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("completion_popup")
        self.setAccessibleName(tr("Completions"))
        self.hide()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setUniformItemSizes(True)
        self.words = RowModel[Word]({Qt.ItemDataRole.DisplayRole: lambda word: word.name}, self)
        self._delegate = _WordDelegate(self.words, self)
        self.setModel(self.words)
        self.setItemDelegate(self._delegate)
        self.chosen = False
        """True if the user moved to a row, so that Enter takes it."""
        self.clicked.connect(self._choose)
        self.show_theme(DARK)

    def show_words(self, words: Sequence[Word], window: QWidget, caret: QRect) -> None:
        """Show the words in ``window`` under ``caret``, or above it if there is no room below."""
        if self.parent() is not window:
            self.setParent(window)
        self.words.show_rows(words)
        self.setCurrentIndex(self.words.index(0))
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
            f"QListView {{ background: {theme.raised}; border: 1px solid {theme.strong_border}; padding: 3px; }}"
        )

    def move_by(self, rows: int) -> None:
        """Move the choice, round from the last row to the first."""
        row = (self.currentIndex().row() + rows) % len(self.words.rows)
        self.setCurrentIndex(self.words.index(row))
        self.chosen = True

    def current_word(self) -> str:
        return self._name(self.currentIndex())

    def _choose(self, index: QModelIndex) -> None:
        self.word_chosen.emit(self._name(index))

    def _name(self, index: QModelIndex) -> str:
        return self.words.rows[index.row()].name if index.isValid() else ""
