"""The strip of rounds above the scrubber: one mark for each round of a loop, and the curve of a number over them."""

import math

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFont,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget

from micrograd_core.texts import tr
from micrograd_gui.model.numbers import format_short
from micrograd_gui.model.proportion import proportion
from micrograd_gui.model.rounds import RoundRow
from micrograd_gui.model.theme import DARK, Theme
from micrograd_gui.widgets.measure import measured_width
from micrograd_gui.widgets.own_keys import OwnKeys, keep_own_key
from micrograd_gui.widgets.style import color, mono, sans

_WIDEST = 72.0
"""Widest cell of a round, in pixels."""
_HEIGHT = 62
_TOP, _BOTTOM = 18.0, 18.0
"""Room for the numbers of the rounds and for the values."""
_MOST_DOTS = 200


class RoundStrip(QWidget):
    """Shows the rounds of one loop; a click goes to a round."""

    round_requested = Signal(int)
    """index of the round's mark"""
    series_requested = Signal(str)
    """name of the numbers to put on the curve"""
    own_keys = OwnKeys(frozenset({Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End}))

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = DARK
        self._row: RoundRow | None = None
        self._longest_name = 0.0
        """Width of the longer of both names, in pixels."""
        self.setObjectName("round_strip")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.hide()

    def show_row(self, row: RoundRow | None) -> None:
        """Show the rounds of a loop; None hides the strip."""
        if row == self._row:
            return
        self._row = row
        self.setVisible(row is not None)
        if row is not None:
            self._longest_name = max(measured_width(text, sans(12)) for text in (_title(row), row.series))
            self.setAccessibleName(tr("Rounds of {name}", name=row.name))
            self.setAccessibleDescription(_describe(row, row.current))
        self.update()

    def show_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(300, _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(60, _HEIGHT)

    def event(self, event: QEvent) -> bool:
        return keep_own_key(self, event) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to another round with the arrow keys, Home and End."""
        row = self._row
        if row is None or not self.own_keys.has(event):
            super().keyPressEvent(event)
            return
        last = len(row.marks) - 1
        wanted = {
            Qt.Key.Key_Left: row.current - 1,
            Qt.Key.Key_Right: row.current + 1,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }[Qt.Key(event.key())]
        self.round_requested.emit(min(max(wanted, 0), last))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Choose the numbers of the curve."""
        if self._row is None:
            return
        menu = QMenu(self)
        menu.setObjectName("series_menu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for series in self._row.choices:
            action = menu.addAction(series.replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(series == self._row.series)
            action.setData(series)
        menu.triggered.connect(lambda action: self.series_requested.emit(action.data()))
        menu.popup(event.globalPos())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._row is not None:
            self.round_requested.emit(self._index_at(self._row, event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._row is None:
            return
        index = self._index_at(self._row, event.position().x())
        self.setToolTip(_describe(self._row, index))
        if event.buttons() & Qt.MouseButton.LeftButton and index != self._row.current:
            self.round_requested.emit(index)

    def paintEvent(self, _event: QPaintEvent) -> None:
        row, theme = self._row, self._theme
        if row is None:
            return
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color(theme.selected))
            painter.drawRoundedRect(self._cell(row, row.current).adjusted(1, 0, -1, 0), 6, 6)
            self._paint_names(painter, row)
            self._paint_curve(painter, row)
            self._paint_texts(painter, row)
            if self.hasFocus():
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(color(theme.focus), 2.0))
                painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)

    def _paint_names(self, painter: QPainter, row: RoundRow) -> None:
        painter.setFont(sans(12))
        painter.setPen(color(self._theme.faint_text))
        area = QRectF(0, 0, self._names_width - 8, _TOP)
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        for text, top in ((_title(row), 0.0), (row.series, _HEIGHT - _BOTTOM)):
            shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, round(area.width()))
            painter.drawText(area.translated(0, top), flags, shown)

    def _paint_curve(self, painter: QPainter, row: RoundRow) -> None:
        """Draw the curve: solid up to the present round, dotted after it."""
        points, past = self._points(row)
        theme = self._theme
        solid, dotted = QPen(color(theme.text), 1.6), QPen(color(theme.faint_text), 1.4, Qt.PenStyle.DotLine)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for part, pen in ((points[max(past - 1, 0) :], dotted), (points[:past], solid)):
            painter.setPen(pen)
            painter.drawPolyline(QPolygonF(part))
        painter.setPen(Qt.PenStyle.NoPen)
        for index, point in enumerate(points if len(points) <= _MOST_DOTS else points[past - 1 : past]):
            is_current = index == past - 1 or len(points) > _MOST_DOTS
            painter.setBrush(color(theme.text if index < past else theme.faint_text))
            painter.drawEllipse(point, *((4.0, 4.0) if is_current else (2.2, 2.2)))

    def _points(self, row: RoundRow) -> tuple[list[QPointF], int]:
        """The points of the curve, and how many of them are not after the present round."""
        shown = [
            (index, mark.value)
            for index, mark in enumerate(row.marks)
            if mark.value is not None and math.isfinite(mark.value)
        ]
        low = min((value for _, value in shown), default=0.0)
        high = max((value for _, value in shown), default=0.0)
        top, bottom = _TOP + 4.0, _HEIGHT - _BOTTOM - 5.0
        points = []
        for index, value in shown:
            share = proportion(value, low, high) if high > low else 0.5
            points.append(QPointF(self._cell(row, index).center().x(), bottom - share * (bottom - top)))
        return points, sum(index <= row.current for index, _ in shown)

    def _paint_texts(self, painter: QPainter, row: RoundRow) -> None:
        """Draw the numbers of the rounds and the values, as many as there is room for."""
        every = max(math.ceil(_text_width(row) / self._cell_width(row)), 1)
        shown = [index for index in range(0, len(row.marks), every) if abs(index - row.current) >= every]
        for index in [*shown, row.current]:
            mark = row.marks[index]
            painter.setPen(color(self._theme.text if index <= row.current else self._theme.faint_text))
            center, value = self._cell(row, index).center().x(), mark.value
            self._paint_text(painter, str(mark.number), sans(12), center, 0.0)
            if value is not None:
                self._paint_text(painter, format_short(value), mono(11), center, _HEIGHT - _BOTTOM)

    def _paint_text(self, painter: QPainter, text: str, font: QFont, center: float, top: float) -> None:
        """Draw a text around a centre, but within the strip."""
        width = measured_width(text, font) + 2.0
        left = min(max(center - width / 2, 0.0), self.width() - width)
        painter.setFont(font)
        painter.drawText(QRectF(left, top, width, _TOP), Qt.AlignmentFlag.AlignCenter, text)

    @property
    def _names_width(self) -> float:
        return min(self._longest_name + 14.0, self.width() / 4)

    def _cell_width(self, row: RoundRow) -> float:
        return min((self.width() - self._names_width) / len(row.marks), _WIDEST)

    def _cell(self, row: RoundRow, index: int) -> QRectF:
        width = self._cell_width(row)
        return QRectF(self._names_width + index * width, 0.0, width, _HEIGHT)

    def _index_at(self, row: RoundRow, x: float) -> int:
        index = int((x - self._names_width) / max(self._cell_width(row), 0.01))
        return min(max(index, 0), len(row.marks) - 1)


def _title(row: RoundRow) -> str:
    return tr("round {name}", name=row.name)


def _describe(row: RoundRow, index: int) -> str:
    mark = row.marks[index]
    if mark.value is None:
        return tr("Round {number} of {name}", number=mark.number, name=row.name)
    return tr(
        "Round {number} of {name}: {series} = {value}",
        number=mark.number,
        name=row.name,
        series=row.series,
        value=format_short(mark.value),
    )


def _text_width(row: RoundRow) -> float:
    texts = (format_short(mark.value) for mark in row.marks[:_MOST_DOTS] if mark.value is not None)
    return measured_width("0", mono(11)) * max(map(len, texts), default=2) + 10.0
