"""The rows of the leaf list, drawn as label, slider and number, and the field to type the number in."""

import math

from PySide6.QtCore import QAbstractItemModel, QObject, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QLineEdit, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from micrograd_core.texts import tr
from micrograd_gui.graph.leaf_model import LeafModel, LeafRow
from micrograd_gui.model.leaf_range import rounded
from micrograd_gui.model.numbers import format_number
from micrograd_gui.model.theme import DARK
from micrograd_gui.widgets.groove import Groove
from micrograd_gui.widgets.measure import elided, measured_width
from micrograd_gui.widgets.number_field import NUMBER_HINT, make_number_field
from micrograd_gui.widgets.row_model import Index
from micrograd_gui.widgets.style import color, mono

ROW_HEIGHT = 28
KNOB = 7.0
"""Radius of the knob."""
GAP = 12
"""Pixels between label and slider."""
_THICKNESS = 4.0
_SHORTEST_SLIDER = 24
_FIELD_WIDTH = 190
_LEFT = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
_RIGHT = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)


class LeafDelegate(QStyledItemDelegate):
    """Paints the rows and edits their numbers. inf and nan have the colour of warnings."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.theme = DARK
        self.label_width = 0
        self.number_width = round(measured_width("−1.23e-308", mono(12)))

    def label_rect(self, rect: QRect) -> QRect:
        return QRect(rect.left(), rect.top(), self.label_width, rect.height())

    def slider_rect(self, rect: QRect) -> QRect:
        left = self.label_rect(rect).right() + GAP
        width = max(self.number_rect(rect).left() - left, _SHORTEST_SLIDER)
        return QRect(left, rect.top(), width, rect.height())

    def number_rect(self, rect: QRect) -> QRect:
        return QRect(rect.right() - self.number_width - 3, rect.top(), self.number_width, rect.height())

    def knob_x(self, rect: QRect, row: LeafRow) -> float:
        """Return the x of the knob of a row painted in ``rect``: at an end for inf, in the middle for nan."""
        share = row.data / row.extent if row.data == row.data else 0.0
        return self._groove(rect).x_at((min(max(share, -1.0), 1.0) + 1.0) / 2.0)

    def data_at(self, rect: QRect, row: LeafRow, x: float) -> float:
        """Return the data of a knob at ``x``."""
        share = 2.0 * self._groove(rect).share_at(x) - 1.0
        return rounded(min(max(share, -1.0), 1.0) * row.extent, row.extent)

    def _groove(self, rect: QRect) -> Groove:
        slider = self.slider_rect(rect)
        return Groove(slider.left() + KNOB, slider.width() - 2 * KNOB, QRectF(slider).center().y())

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        assert isinstance(model, LeafModel)
        row, rect = model.rows[index.row()], option.rect
        focused = bool(option.state & QStyle.StateFlag.State_HasFocus)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not option.state & QStyle.StateFlag.State_Enabled:
            painter.setOpacity(0.45)
        if focused:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color(self.theme.selected))
            painter.drawRoundedRect(QRectF(rect).adjusted(0, 1, 0, -1), 6, 6)
        self._paint_texts(painter, rect, row)
        self._paint_slider(painter, rect, row, focused)
        painter.restore()

    def _paint_texts(self, painter: QPainter, rect: QRect, row: LeafRow) -> None:
        label, number = self.label_rect(rect).adjusted(4, 0, 0, 0), self.number_rect(rect)
        painter.setPen(color(self.theme.text))
        painter.setFont(mono(12))
        text = elided(row.label, mono(12), label.width(), Qt.TextElideMode.ElideLeft)
        painter.drawText(label, _LEFT, text)
        if row.changed:
            painter.setPen(QPen(color(self.theme.update), 1.6))
            painter.drawEllipse(QPointF(rect.left() + 1.5, rect.center().y() + 0.5), 2.5, 2.5)
        if not math.isfinite(row.data):
            painter.setPen(color(self.theme.warning))
        painter.drawText(number, _RIGHT, format_number(row.data, 3))

    def _paint_slider(self, painter: QPainter, rect: QRect, row: LeafRow, focused: bool) -> None:
        theme, groove, slider = self.theme, self._groove(rect), QRectF(self.slider_rect(rect))
        knob, finite = self.knob_x(rect, row), math.isfinite(row.data)
        empty = color(theme.strong_border if focused else theme.selected)
        groove.paint_bar(painter, slider.left(), slider.right(), _THICKNESS, empty)
        if finite:
            groove.paint_bar(painter, slider.left(), knob, _THICKNESS, color(theme.data, 150))
        outline = QPen(color(theme.text), 2) if focused else None
        groove.paint_knob(painter, knob, KNOB, color(theme.data if finite else theme.warning), outline)

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(160, ROW_HEIGHT)

    def createEditor(self, parent: QWidget, _option: QStyleOptionViewItem, _index: Index) -> QWidget:
        editor = make_number_field("", "leaf_editor", parent)
        editor.setAccessibleName(tr("Exact value"))
        editor.setToolTip(NUMBER_HINT)
        return editor

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        # Called again whenever the row changes; text being typed stays.
        if isinstance(editor, QLineEdit) and not editor.isModified():
            editor.setText(str(index.data(Qt.ItemDataRole.EditRole)))
            editor.selectAll()

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        if isinstance(editor, QLineEdit) and editor.isModified():
            model.setData(index, editor.text())

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, _index: Index) -> None:
        rect = option.rect
        number = self.number_rect(rect)
        left = max(rect.right() - _FIELD_WIDTH, self.label_rect(rect).right() + 4)
        editor.setGeometry(QRect(left, number.top(), rect.right() - left, number.height()))
