"""The leaves as a list of sliders."""

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QSizePolicy, QWidget

from micrograd_gui.graph.leaf_delegate import GAP, KNOB, ROW_HEIGHT, LeafDelegate
from micrograd_gui.graph.leaf_model import Leaf, LeafModel
from micrograd_gui.model.leaf_range import nudged
from micrograd_gui.model.numbers import same_number
from micrograd_gui.widgets.measure import measured_width
from micrograd_gui.widgets.own_keys import OwnKeys, keep_own_key
from micrograd_gui.widgets.style import mono

_SLIDER_ROOM = 44
"""Least width of the slider beside long labels, in pixels."""
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
    """A list of sliders: dragged by mouse, nudged by ← and →, typed into after a double click or Enter."""

    leaf_changed = Signal(str, float)
    leaf_change_finished = Signal()
    own_keys = OwnKeys(frozenset({*_NUDGES, *_MOVES, *_TYPES}))
    """The keys of a slider and a list, without Space, which is the window's."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.leaves = LeafModel(self)
        self.delegate = LeafDelegate(self)
        self._grip = 0.0
        """Distance of the pointer from the middle of the knob that it drags."""
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

    def show_rows(self, leaves: list[Leaf]) -> None:
        count = len(self.leaves.rows)
        self.leaves.show_rows(leaves)
        if self.leaves.held < 0:
            self._nudging = False
        self._show_label_width()
        if len(leaves) != count:
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(240, ROW_HEIGHT * len(self.leaves.rows) + 2)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, min(ROW_HEIGHT * min(len(self.leaves.rows), 3) + 2, self.sizeHint().height()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_label_width()

    def _show_label_width(self) -> None:
        longest = max((len(row.label) for row in self.leaves.rows), default=0)
        needed = round(measured_width("0", mono(12)) * longest) + 6
        room = self.viewport().width()
        spare = room - self.delegate.number_width - GAP - _SLIDER_ROOM
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
            self._grip = offset if abs(offset) <= KNOB + 1 else 0.0
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
            # The field passes some keys on, as the Enter that closes it.
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
        if not same_number(data, self.leaves.rows[row].data):
            self.leaves.set_row(row, data)
            self.leaf_changed.emit(self.leaves.rows[row].id, data)

    def _change_typed(self, row: int, data: float) -> None:
        if not same_number(data, self.leaves.rows[row].data):
            self._change(row, data)
            self.leaf_change_finished.emit()

    def _finish(self) -> None:
        if self.leaves.held >= 0:
            self.leaves.held = -1
            self._nudging = False
            self.leaf_change_finished.emit()
