"""The panel of the leaves: a slider for each, and a step of gradient descent on all."""

from typing import Literal

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QPushButton, QVBoxLayout, QWidget

from micrograd_core.texts import tr
from micrograd_gui.graph.leaf_list import LeafList
from micrograd_gui.model.formula import write_derivative
from micrograd_gui.model.numbers import parse_finite
from micrograd_gui.model.snapshot import GraphSnapshot
from micrograd_gui.model.theme import Theme
from micrograd_gui.widgets.labels import make_label, tooltip
from micrograd_gui.widgets.measure import elided, measured_width
from micrograd_gui.widgets.number_field import NUMBER_HINT, make_number_field, mark_invalid

_SPACING = 8
_NARROWEST = 200
"""Least width at which Descend and η fit beside each other, in pixels."""
_RATE = "0.05"
"""The learning rate that a program begins with."""
_EMPTY = tr("Each number in the expression, as in {code}, gets a slider here.", code="a = 2.0")
_NOTHING = tr(
    "Nothing to descend: the output depends on no named leaf. Name one, as in {code}.", code="a = 2.0"
)

Moved = Literal["leaf", "parameter", ""]
"""The kind of leaves that a step of gradient descent moves; "" for none."""
_STEP: dict[Moved, str] = {
    "leaf": tr("One step of gradient descent: every named leaf loses η × {slope}."),
    "parameter": tr("One step of gradient descent: every parameter of the network loses η × {slope}."),
}


class LeafPanel(QWidget):
    """Shows a slider for each leaf; below, buttons for a step of gradient descent and to reset the values."""

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
        self._empty = make_label("faint", _EMPTY, "leaf_empty", wraps=True, parent=self)
        self._list = LeafList(self)
        self._list.setObjectName("leaf_list")
        self._list.setAccessibleName(tr("Leaves"))
        self._list.leaf_changed.connect(self.leaf_changed)
        self._list.leaf_change_finished.connect(self.leaf_change_finished)
        self._target = ""
        self._moved: Moved = ""
        self._reset_below = False

        self._descend = QPushButton(self)
        self._descend.setObjectName("descend_button")
        self._descend.clicked.connect(self._request_descent)
        self._rate = make_number_field(_RATE, "rate_field", self)
        self._rate.setAccessibleName(tr("Learning rate η"))
        self._rate.setFixedWidth(56)
        self._rate.setMaxLength(12)
        self._rate.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._rate.textChanged.connect(self._show_rate)
        self._rate.returnPressed.connect(self._request_descent)
        self._reset = QPushButton(tr("Reset"), self)
        self._reset.setObjectName("reset_button")
        self._reset.setAccessibleName(tr("Reset leaves"))
        self._reset.setToolTip(tr("Restore the values of the expression"))
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
        column.addWidget(make_label("section", tr("LEAVES — DRAG TO CHANGE"), parent=self))
        column.addWidget(self._empty)
        column.addWidget(self._list)
        column.addLayout(self._row)
        column.addStretch(1)
        self._show_rate()
        self.show_leaves(None)

    def show_leaves(self, snapshot: GraphSnapshot | None) -> None:
        """Show a row for every leaf whose data can be set."""
        nodes = () if snapshot is None else snapshot.nodes
        leaves = [(node.id, node.label, node.data, node.changed) for node in nodes if node.adjustable]
        self._list.show_rows(leaves)
        self._list.setVisible(bool(leaves))
        self._empty.setVisible(not leaves)
        self._reset.setEnabled(bool(leaves))
        target = "" if snapshot is None else snapshot.nodes[snapshot.target].label
        descending = set() if snapshot is None else snapshot.descending()
        of_network = snapshot is not None and any(snapshot.nodes[node].parameter for node in descending)
        moved: Moved = "" if not descending else "parameter" if of_network else "leaf"
        if (target, moved) != (self._target, self._moved):
            self._target, self._moved = target, moved
            self._show_rate()

    def begin_anew(self) -> None:
        """Show η and the list as for a new program."""
        self._rate.setText(_RATE)
        self._list.verticalScrollBar().setValue(0)

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
        """Name the output as far as there is room, and move Reset below where there is none for it."""
        for button in (self._descend, self._reset):
            button.ensurePolished()
        short = tr("Descend by η =")
        self._descend.setText(short)
        shortest = self._descend.sizeHint().width()
        self._descend.setMinimumWidth(shortest)
        room = self.width() - shortest - _SPACING - self._rate.minimumWidth()
        beside = room - _SPACING - self._reset.sizeHint().width()
        below = beside < 0
        font = self._descend.font()
        around = measured_width(tr("Descend {target} by η =", target=""), font) - measured_width(short, font)
        left = (room if below else beside) - round(around) - 1
        name = elided(self._target, font, max(left, 0))
        if (name == self._target or len(name) > 3) and 0 < round(measured_width(name, font)) <= left:
            self._descend.setText(tr("Descend {target} by η =", target=name).replace("&", "&&"))
        if below != self._reset_below:
            self._reset_below = below
            self._row.addWidget(self._reset, int(below), 0 if below else 2)

    def _request_descent(self) -> None:
        rate = parse_finite(self._rate.text())
        if self._moved and rate is not None:
            self.descend_requested.emit(rate)

    def _show_rate(self) -> None:
        """Show whether a step of gradient descent is possible with this rate, and if not, why."""
        rate = parse_finite(self._rate.text())
        mark_invalid(self._rate)
        self._rate.setToolTip(tr("Learning rate η: how far a step goes") if rate is not None else NUMBER_HINT)
        self._fit_row()
        self._descend.setAccessibleName(
            tr("Descend {target} by η", target=self._target) if self._target else tr("Descend by η")
        )
        self._descend.setEnabled(bool(self._moved) and rate is not None)
        if not self._moved:
            why = _NOTHING
        elif rate is None:
            why = tr("Type a number for η, such as 0.05.")
        else:
            why = _STEP[self._moved].format(slope=write_derivative(self._target, tr("leaf")))
        self._descend.setToolTip(tooltip(why))
