"""The command palette: all commands, found by typing some of their letters."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QFrame,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from micrograd_core.texts import tr
from micrograd_gui.model.fuzzy import fuzzy_match
from micrograd_gui.widgets.labels import make_label
from micrograd_gui.widgets.row_model import Index, RowModel
from micrograd_gui.widgets.style import mono, sans

_WIDTH, _ROW_HEIGHT, _MOST_ROWS = 520, 34, 10
_MOVES = {
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_PageDown: _MOST_ROWS,
    Qt.Key.Key_PageUp: -_MOST_ROWS,
}


@dataclass(frozen=True, slots=True)
class Command:
    id: str
    text: str
    shortcut: str
    matched: tuple[int, ...] = ()
    """Indices of the letters in ``text`` that match what was typed."""


_TEXTS: dict[int, Callable[[Command], str]] = {
    Qt.ItemDataRole.DisplayRole: lambda command: command.text,
    Qt.ItemDataRole.AccessibleTextRole: lambda command: f"{command.text} {command.shortcut}".strip(),
}


class CommandPalette(QDialog):
    """A list that narrows with each letter. Enter or a click runs a command; Escape or a click outside closes it."""

    command_chosen = Signal(str)
    """Id of the command, after the palette has closed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._commands: tuple[Command, ...] = ()
        self.setObjectName("command_palette")
        self.setAccessibleName(tr("Commands"))
        self._input = QLineEdit()
        self._input.setObjectName("palette_input")
        self._input.setAccessibleName(tr("Find a command"))
        self._input.setToolTip(tr("Type some letters of a command"))
        self._input.setPlaceholderText(tr("Type some letters of a command"))
        self._input.textEdited.connect(self._narrow)
        self._model = RowModel[Command](_TEXTS, self)
        self._list = QListView()
        self._list.setObjectName("palette_list")
        self._list.setAccessibleName(tr("Matching commands"))
        self._list.setModel(self._model)
        self._list.setItemDelegate(_CommandDelegate(self._model, self._list))
        self._list.setUniformItemSizes(True)
        self._list.setMouseTracking(True)
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.clicked.connect(self._choose)
        self._nothing = make_label(
            "muted", tr("No command contains these letters in this order."), "palette_nothing"
        )
        self._nothing.setContentsMargins(8, 8, 8, 8)
        frame = QFrame()
        frame.setProperty("role", "floating")
        inner = QVBoxLayout(frame)
        inner.setContentsMargins(8, 8, 8, 8)
        inner.setSpacing(6)
        inner.addWidget(self._input)
        inner.addWidget(self._list, 1)
        inner.addWidget(self._nothing, 1, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(frame)

    def show_commands(self, commands: Sequence[tuple[str, str, str]]) -> None:
        """Open over the parent with the (id, label, shortcut) of every command that is possible now."""
        self._commands = tuple(Command(*command) for command in commands)
        self._input.clear()
        self._narrow("")
        self._place()
        self.show()
        self._input.setFocus(Qt.FocusReason.PopupFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Handle Enter and the keys that move the selection; the rest is the line edit's."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(self._list.currentIndex())
        elif event.key() in _MOVES:
            self._move(_MOVES[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def _place(self) -> None:
        parent = self.parentWidget()
        height = 70 + _ROW_HEIGHT * min(len(self._commands), _MOST_ROWS)
        self.setFixedSize(_WIDTH, height)
        if parent is not None:
            window = parent.window()
            self.move(
                window.mapToGlobal(QPoint((window.width() - _WIDTH) // 2, min(96, window.height() // 8)))
            )

    def _narrow(self, query: str) -> None:
        """Show the matching commands, best first; without a query all in their own order."""
        scored = [
            (match[0], Command(command.id, command.text, command.shortcut, match[1]))
            for command in self._commands
            if (match := fuzzy_match(query, command.text)) is not None
        ]
        scored.sort(key=lambda pair: -pair[0])
        self._model.show_rows([command for _, command in scored])
        self._list.setCurrentIndex(self._model.index(0))
        self._list.setVisible(bool(scored))
        self._nothing.setVisible(not scored)

    def _move(self, step: int) -> None:
        count = self._model.rowCount()
        if count:
            row = self._list.currentIndex().row() + step
            wraps = abs(step) == 1
            self._list.setCurrentIndex(
                self._model.index(row % count if wraps else min(max(row, 0), count - 1))
            )

    def _choose(self, index: QModelIndex) -> None:
        if index.isValid():
            chosen = self._model.rows[index.row()].id
            self.close()
            self.command_chosen.emit(chosen)


class _CommandDelegate(QStyledItemDelegate):
    """Draws a command at the left with its matched letters bold, and its keys at the right."""

    def __init__(self, commands: RowModel[Command], parent: QWidget) -> None:
        super().__init__(parent)
        self._commands = commands

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(_WIDTH - 40, _ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        command = self._commands.rows[index.row()]
        palette, rect = option.palette, QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(palette.highlight())
            painter.drawRoundedRect(rect.adjusted(0.0, 1.0, 0.0, -1.0), 6.0, 6.0)
        painter.setPen(palette.placeholderText().color())
        painter.setFont(mono(12))
        box = rect.adjusted(10.0, 0.0, -10.0, 0.0)
        painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, command.shortcut)
        painter.setPen(palette.text().color())
        x, matched = box.left(), set(command.matched)
        for place, letter in enumerate(command.text):
            font = sans(13, bold=place in matched)
            font.setUnderline(place in matched)
            painter.setFont(font)
            metrics = QFontMetricsF(font)
            baseline = box.center().y() + (metrics.ascent() - metrics.descent()) / 2
            painter.drawText(QPointF(x, baseline), letter)
            x += metrics.horizontalAdvance(letter)
        painter.restore()
