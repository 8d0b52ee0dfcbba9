"""A slider for every leaf, and one step of gradient descent on all of them."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetrics,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPen,
    QResizeEvent,
    QValidator,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QGridLayout,
    QLabel,
    QLineEdit,
    QListView,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from micrograd_gui.model.formula import write_derivative
from micrograd_gui.model.leaf_range import extent_for, nudged, rounded
from micrograd_gui.model.numbers import format_number, parse_finite
from micrograd_gui.model.snapshot import GraphSnapshot
from micrograd_gui.model.theme import DARK, Theme
from micrograd_gui.widgets.own_keys import OwnKeys, keep_own_key
from micrograd_gui.widgets.plain_text import tooltip
from micrograd_gui.widgets.style import color, mono, restyle

_ROW_HEIGHT = 28
_KNOB = 7.0
_GAP = 12
_SHORTEST_SLIDER = 44
_SPACING = 8
_NARROWEST = 200
"""Pixels of width in which Descend and η still stand beside each other."""
_NUMBER_HINT = "Type a number with a decimal point, such as −1.5"

_Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class LeafRow:
    id: str
    label: str
    data: float
    extent: float
    """The slider goes from −extent to extent."""


class LeafModel(QAbstractListModel):
    """The rows. A gesture holds its row: until it ends, what is shown of it is what the user's hand says."""

    data_typed = Signal(int, float)
    """(row, number)"""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: list[LeafRow] = []
        self.held = -1
        """Row of the gesture under way, or −1."""

    def show_rows(self, leaves: list[tuple[str, str, float]]) -> None:
        """Show (id, label, data) of each leaf; what stays in its place is only refreshed."""
        old, count = self.rows, len(leaves)
        start = 0
        while start < min(len(old), count) and old[start].id == leaves[start][0]:
            start += 1
        tail = 0
        while tail < min(len(old), count) - start and old[-1 - tail].id == leaves[-1 - tail][0]:
            tail += 1
        if len(old) != count:
            self._replace(start, len(old) - tail, leaves[start : count - tail])
        first = last = -1
        for i, (node, label, data) in enumerate(leaves):
            row = self.rows[i]
            shown = row.data if i == self.held else data
            extent = row.extent if i == self.held else extent_for(shown, row.extent)
            new = LeafRow(node, label, shown, extent)
            if new != row or not _same(new.data, row.data):
                self.rows[i] = new
                first, last = (i if first < 0 else first), i
        if first >= 0:
            self.dataChanged.emit(self.index(first), self.index(last))

    def _replace(self, start: int, end: int, leaves: list[tuple[str, str, float]]) -> None:
        if end > start:
            self.beginRemoveRows(QModelIndex(), start, end - 1)
            del self.rows[start:end]
            self.endRemoveRows()
        if leaves:
            self.beginInsertRows(QModelIndex(), start, start + len(leaves) - 1)
            self.rows[start:start] = [
                LeafRow(node, label, data, extent_for(data)) for node, label, data in leaves
            ]
            self.endInsertRows()
        if self.held >= start:
            self.held = -1

    def set_row(self, row: int, data: float) -> None:
        """What the user's hand says, shown at once."""
        self.rows[row] = replace(self.rows[row], data=data, extent=extent_for(data, self.rows[row].extent))
        self.dataChanged.emit(self.index(row), self.index(row))

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        found = _TEXTS.get(role)
        return None if found is None or not index.isValid() else found(self.rows[index.row()])

    def setData(self, index: _Index, value: object, _role: int = Qt.ItemDataRole.EditRole) -> bool:
        data = parse_finite(str(value))
        if data is None:
            return False
        self.data_typed.emit(index.row(), data)
        return True

    def flags(self, index: _Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEditable


def _same(one: float, other: float) -> bool:
    """Whether they are the same number; −0.0 is another than 0.0."""
    return one == other and math.copysign(1.0, one) == math.copysign(1.0, other)


_TEXTS: dict[int, Callable[[LeafRow], str]] = {
    Qt.ItemDataRole.DisplayRole: lambda row: row.label,
    Qt.ItemDataRole.EditRole: lambda row: repr(row.data),
    Qt.ItemDataRole.AccessibleTextRole: lambda row: f"{row.label} = {format_number(row.data)}",
    Qt.ItemDataRole.AccessibleDescriptionRole: lambda row: (
        f"slider from {format_number(-row.extent)} to {format_number(row.extent)}; left and right arrows change it"
    ),
    Qt.ItemDataRole.ToolTipRole: lambda row: tooltip(
        f"{row.label} = {row.data!r}. Drag, use ← and → (with Shift ten times as far), or double-click to type."
    ),
}


class NumberValidator(QValidator):
    """Finite numbers; anything else is on its way to one."""

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        state = QValidator.State.Intermediate if parse_finite(text) is None else QValidator.State.Acceptable
        return state, text, position


class LeafDelegate(QStyledItemDelegate):
    """Paints a row as label, slider and number, inf and nan in the colour of warnings; edits the number."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.theme = DARK
        self.label_width = 0
        self.number_width = QFontMetrics(mono(12)).horizontalAdvance("−1.23e-308")

    def label_rect(self, rect: QRect) -> QRect:
        return QRect(rect.left(), rect.top(), self.label_width, rect.height())

    def slider_rect(self, rect: QRect) -> QRect:
        left = self.label_rect(rect).right() + _GAP
        return QRect(left, rect.top(), max(self.number_rect(rect).left() - left, 24), rect.height())

    def number_rect(self, rect: QRect) -> QRect:
        return QRect(rect.right() - self.number_width - 3, rect.top(), self.number_width, rect.height())

    def knob_x(self, rect: QRect, row: LeafRow) -> float:
        """Where the knob of a row painted in ``rect`` is; at an end for infinity, in the middle for nan."""
        slider = self.slider_rect(rect)
        share = row.data / row.extent if row.data == row.data else 0.0
        return slider.left() + _KNOB + (slider.width() - 2 * _KNOB) * (min(max(share, -1.0), 1.0) + 1.0) / 2.0

    def data_at(self, rect: QRect, row: LeafRow, x: float) -> float:
        """The number for a knob at ``x``."""
        slider = self.slider_rect(rect)
        share = 2.0 * (x - slider.left() - _KNOB) / max(slider.width() - 2 * _KNOB, 1.0) - 1.0
        return rounded(min(max(share, -1.0), 1.0) * row.extent, row.extent)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        model = index.model()
        assert isinstance(model, LeafModel)
        row, theme, rect = model.rows[index.row()], self.theme, option.rect
        state = option.state
        focused = bool(state & QStyle.StateFlag.State_HasFocus)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not state & QStyle.StateFlag.State_Enabled:
            painter.setOpacity(0.45)
        if focused:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color(theme.selected))
            painter.drawRoundedRect(QRectF(rect).adjusted(0, 1, 0, -1), 6, 6)
        self._paint_texts(painter, rect, row)
        slider = QRectF(self.slider_rect(rect))
        middle, knob = slider.center().y(), self.knob_x(rect, row)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color(theme.strong_border if focused else theme.selected))
        painter.drawRoundedRect(QRectF(slider.left(), middle - 2, slider.width(), 4), 2, 2)
        finite = math.isfinite(row.data)
        if finite:
            painter.setBrush(color(theme.data, 150))
            painter.drawRoundedRect(QRectF(slider.left(), middle - 2, knob - slider.left(), 4), 2, 2)
        painter.setBrush(color(theme.data if finite else theme.warning))
        if focused:
            painter.setPen(QPen(color(theme.text), 2))
        painter.drawEllipse(QPointF(knob, middle), _KNOB, _KNOB)
        painter.restore()

    def _paint_texts(self, painter: QPainter, rect: QRect, row: LeafRow) -> None:
        label, number = self.label_rect(rect).adjusted(4, 0, 0, 0), self.number_rect(rect)
        painter.setPen(color(self.theme.text))
        painter.setFont(mono(12))
        text = painter.fontMetrics().elidedText(row.label, Qt.TextElideMode.ElideLeft, label.width())
        painter.drawText(label, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), text)
        if not math.isfinite(row.data):
            painter.setPen(color(self.theme.warning))
        text = format_number(row.data, 3)
        painter.drawText(number, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight), text)

    def sizeHint(self, _option: QStyleOptionViewItem, _index: _Index) -> QSize:
        return QSize(160, _ROW_HEIGHT)

    def createEditor(self, parent: QWidget, _option: QStyleOptionViewItem, _index: _Index) -> QWidget:
        editor = QLineEdit(parent)
        editor.setObjectName("leaf_editor")
        editor.setAccessibleName("Exact value")
        editor.setToolTip(_NUMBER_HINT)
        editor.setFont(mono(12))
        editor.setValidator(NumberValidator(editor))
        editor.textEdited.connect(lambda text: _mark_invalid(editor, text))
        return editor

    def setEditorData(self, editor: QWidget, index: _Index) -> None:
        # Called again whenever the row changes; what is being typed stays.
        if isinstance(editor, QLineEdit) and not editor.isModified():
            editor.setText(str(index.data(Qt.ItemDataRole.EditRole)))
            editor.selectAll()

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: _Index) -> None:
        if isinstance(editor, QLineEdit) and editor.isModified():
            model.setData(index, editor.text())

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, _index: _Index) -> None:
        rect = option.rect
        number = self.number_rect(rect)
        left = max(rect.right() - 190, self.label_rect(rect).right() + 4)
        editor.setGeometry(QRect(left, number.top(), rect.right() - left, number.height()))


def _mark_invalid(editor: QLineEdit, text: str) -> None:
    """Colour a field that holds no number."""
    restyle(editor, "invalid", parse_finite(text) is None)


_NUDGES = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
_MOVES = {
    Qt.Key.Key_Up,
    Qt.Key.Key_Down,
    Qt.Key.Key_Home,
    Qt.Key.Key_End,
    Qt.Key.Key_PageUp,
    Qt.Key.Key_PageDown,
}
_TYPES = {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2}


class LeafList(QListView):
    """The rows with their sliders: dragged by mouse, nudged by ← and →, typed after a double click or Enter."""

    leaf_changed = Signal(str, float)
    leaf_change_finished = Signal()
    own_keys = OwnKeys(frozenset({*_NUDGES, *_MOVES, *_TYPES}))
    """The keys of a slider and a list, but not Space, which is the window's."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.leaves = LeafModel(self)
        self.delegate = LeafDelegate(self)
        self._grip = 0.0
        """Distance of the pointer from the middle of the knob it took hold of."""
        self._nudging = False
        self.setModel(self.leaves)
        self.setItemDelegate(self.delegate)
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.leaves.data_typed.connect(self._change_typed)

    def show_rows(self, leaves: list[tuple[str, str, float]]) -> None:
        count = len(self.leaves.rows)
        self.leaves.show_rows(leaves)
        if self.leaves.held < 0:
            self._nudging = False
        self._show_label_width()
        if len(leaves) != count:
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(240, _ROW_HEIGHT * len(self.leaves.rows) + 2)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, min(_ROW_HEIGHT * min(len(self.leaves.rows), 3) + 2, self.sizeHint().height()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_label_width()

    def _show_label_width(self) -> None:
        metrics = QFontMetricsF(mono(12))
        widest = max((len(row.label) for row in self.leaves.rows), default=0)
        needed = round(metrics.horizontalAdvance("0") * widest) + 6
        room = self.viewport().width()
        spare = room - self.delegate.number_width - _GAP - _SHORTEST_SLIDER
        width = min(max(needed, 32), room * 42 // 100, max(spare, 32))
        if width != self.delegate.label_width:
            self.delegate.label_width = width
            self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        index = self.indexAt(event.position().toPoint())
        if event.button() != Qt.MouseButton.LeftButton or not index.isValid():
            return
        rect, row = self.visualRect(index), self.leaves.rows[index.row()]
        x = event.position().x()
        if self.delegate.slider_rect(rect).contains(event.position().toPoint()):
            offset = x - self.delegate.knob_x(rect, row)
            self._grip = offset if abs(offset) <= _KNOB + 1 else 0.0
            self.leaves.held = index.row()
            if not self._grip:
                self._drag_to(x)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragging(event):
            self._drag_to(event.position().x() - self._grip)
        else:
            super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if event.button() == Qt.MouseButton.LeftButton:
            self._finish()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        on_slider = self.delegate.slider_rect(self.visualRect(index)).contains(event.position().toPoint())
        if index.isValid() and not on_slider:
            self.edit(index)
        else:
            self.mousePressEvent(event)

    def event(self, event: QEvent) -> bool:
        return keep_own_key(self, event) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.currentIndex()
        key = Qt.Key(event.key())
        if self.state() == QAbstractItemView.State.EditingState:
            # What the field leaves over, as the Enter that closes it.
            event.ignore()
        elif index.isValid() and key in _NUDGES:
            times = 10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
            row = self.leaves.rows[index.row()]
            self.leaves.held = index.row()
            self._nudging = True
            self._change(index.row(), nudged(row.data, row.extent, times * _NUDGES[key]))
        elif index.isValid() and key in _TYPES:
            self.edit(index)
        elif key == Qt.Key.Key_Space:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        super().keyReleaseEvent(event)
        if self._nudging and Qt.Key(event.key()) in _NUDGES and not event.isAutoRepeat():
            self._finish()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if not self.currentIndex().isValid() and self.leaves.rows:
            self.setCurrentIndex(self.leaves.index(0))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._finish()

    def _dragging(self, event: QMouseEvent) -> bool:
        return self.leaves.held >= 0 and bool(event.buttons() & Qt.MouseButton.LeftButton)

    def _drag_to(self, x: float) -> None:
        held = self.leaves.held
        row = self.leaves.rows[held]
        self._change(held, self.delegate.data_at(self.visualRect(self.leaves.index(held)), row, x))

    def _change(self, row: int, data: float) -> None:
        if not _same(data, self.leaves.rows[row].data):
            self.leaves.set_row(row, data)
            self.leaf_changed.emit(self.leaves.rows[row].id, data)

    def _change_typed(self, row: int, data: float) -> None:
        if not _same(data, self.leaves.rows[row].data):
            self._change(row, data)
            self.leaf_change_finished.emit()

    def _finish(self) -> None:
        if self.leaves.held >= 0:
            self.leaves.held = -1
            self._nudging = False
            self.leaf_change_finished.emit()


class LeafPanel(QWidget):
    """One slider a leaf; below, a step of gradient descent and the way back to the values as typed."""

    leaf_changed = Signal(str, float)
    """(node id, data), while dragging, typing or pressing arrow keys"""
    leaf_change_finished = Signal()
    """the gesture ended: the next change is a new undo step"""
    descend_requested = Signal(float)
    """learning rate η"""
    reset_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("leaf_panel")
        title = QLabel("LEAVES — DRAG TO CHANGE", self)
        title.setProperty("role", "section")
        self._empty = QLabel("A number in the expression, as in a = 2.0, gets a slider here.", self)
        self._empty.setObjectName("leaf_empty")
        self._empty.setProperty("role", "faint")
        self._empty.setWordWrap(True)
        self._list = LeafList(self)
        self._list.setObjectName("leaf_list")
        self._list.setAccessibleName("Leaves")
        self._list.leaf_changed.connect(self.leaf_changed)
        self._list.leaf_change_finished.connect(self.leaf_change_finished)
        self._target = ""
        self._moved = ""
        """What a step of gradient descent moves; "" for nothing."""
        self._reset_below = False

        self._descend = QPushButton(self)
        self._descend.setObjectName("descend_button")
        self._descend.clicked.connect(self._request_descent)
        self._rate = QLineEdit("0.05", self)
        self._rate.setObjectName("rate_field")
        self._rate.setAccessibleName("Learning rate η")
        self._rate.setFont(mono(12))
        self._rate.setFixedWidth(56)
        self._rate.setMaxLength(12)
        self._rate.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._rate.setValidator(NumberValidator(self._rate))
        self._rate.textChanged.connect(self._show_rate)
        self._rate.returnPressed.connect(self._request_descent)
        self._reset = QPushButton("Reset", self)
        self._reset.setObjectName("reset_button")
        self._reset.setAccessibleName("Reset leaves")
        self._reset.setToolTip("Bring back the values as typed in the expression")
        self._reset.clicked.connect(lambda: self.reset_requested.emit())

        self._row = QGridLayout()
        self._row.setSpacing(_SPACING)
        self._row.addWidget(self._descend, 0, 0)
        self._row.addWidget(self._rate, 0, 1)
        self._row.addWidget(self._reset, 0, 2)
        self._row.setColumnStretch(3, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(title)
        column.addWidget(self._empty)
        column.addWidget(self._list)
        column.addLayout(self._row)
        column.addStretch(1)
        self._show_rate()
        self.show_leaves(None)

    def show_leaves(self, snapshot: GraphSnapshot | None) -> None:
        """A row for every leaf whose data can be set."""
        nodes = () if snapshot is None else snapshot.nodes
        leaves = [(node.id, node.label, node.data) for node in nodes if node.adjustable]
        self._list.show_rows(leaves)
        self._list.setVisible(bool(leaves))
        self._empty.setVisible(not leaves)
        self._reset.setEnabled(bool(leaves))
        target = "" if snapshot is None else snapshot.nodes[snapshot.target].label
        descending = set() if snapshot is None else snapshot.descending()
        of_network = snapshot is not None and any(snapshot.nodes[node].parameter for node in descending)
        moved = "" if not descending else "parameter of the network" if of_network else "named leaf"
        if (target, moved) != (self._target, self._moved):
            self._target, self._moved = target, moved
            self._show_rate()

    def show_theme(self, theme: Theme) -> None:
        self._list.delegate.theme = theme
        self._list.viewport().update()

    def minimumSizeHint(self) -> QSize:
        return QSize(_NARROWEST, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_row()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange):
            self._fit_row()

    def _fit_row(self) -> None:
        """Name the output as far as there is room; where there is none for Reset either, it stands below."""
        for button in (self._descend, self._reset):
            button.ensurePolished()
        self._descend.setText("Descend by η =")
        shortest = self._descend.sizeHint().width()
        self._descend.setMinimumWidth(shortest)
        room = self.width() - shortest - _SPACING - self._rate.minimumWidth()
        beside = room - _SPACING - self._reset.sizeHint().width()
        below = beside < 0
        metrics = self._descend.fontMetrics()
        left = (room if below else beside) - metrics.horizontalAdvance(" ") - 1
        name = metrics.elidedText(self._target, Qt.TextElideMode.ElideMiddle, max(left, 0))
        if (name == self._target or len(name) > 3) and 0 < metrics.horizontalAdvance(name) <= left:
            self._descend.setText(f"Descend {name} by η =".replace("&", "&&"))
        if below != self._reset_below:
            self._reset_below = below
            self._row.addWidget(self._reset, int(below), 0 if below else 2)

    def _request_descent(self) -> None:
        rate = parse_finite(self._rate.text())
        if self._moved and rate is not None:
            self.descend_requested.emit(rate)

    def _show_rate(self) -> None:
        """The button's text, whether it can be pressed, and why not."""
        rate = parse_finite(self._rate.text())
        _mark_invalid(self._rate, self._rate.text())
        self._rate.setToolTip("Learning rate η: how far a step goes" if rate is not None else _NUMBER_HINT)
        self._fit_row()
        self._descend.setAccessibleName(f"Descend {self._target} by η".replace("  ", " "))
        self._descend.setEnabled(bool(self._moved) and rate is not None)
        if not self._moved:
            why = "Nothing to descend: the output depends on no named leaf. Give one a name, as in a = 2.0."
        elif rate is None:
            why = f"{_NUMBER_HINT} for η."
        else:
            slope = write_derivative(self._target, "leaf")
            why = f"One step of gradient descent: every {self._moved} loses η × {slope}"
        self._descend.setToolTip(tooltip(why))
