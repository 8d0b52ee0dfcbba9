"""The lines below the boundary: the legend of its marks, and the score of the selected point."""

from collections.abc import Callable
from typing import TypeAlias

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from micrograd_core.texts import tr
from micrograd_gui.model.theme import DARK, Theme
from micrograd_gui.widgets.style import color, sans

_ROW = 20.0
_GAP = 16.0
_TWO_LINES = 30
"""Pixels."""

Mark: TypeAlias = Callable[[QPainter, QRectF, Theme], None]
"""Draws a mark in its box."""


def _circle(painter: QPainter, box: QRectF, theme: Theme) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color(theme.negative))
    painter.drawEllipse(box.center(), 4.0, 4.0)


def _triangle(painter: QPainter, box: QRectF, theme: Theme) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color(theme.positive))
    center = box.center()
    corners = ((0.0, -5.0), (5.0, 4.0), (-5.0, 4.0))
    painter.drawPolygon(QPolygonF([center + QPointF(x, y) for x, y in corners]))


def _hollow(painter: QPainter, box: QRectF, theme: Theme) -> None:
    painter.setPen(QPen(color(theme.text), 1.2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(box.center(), 3.6, 3.6)


def _line(painter: QPainter, box: QRectF, theme: Theme) -> None:
    painter.setPen(QPen(color(theme.text), 2.4))
    painter.drawLine(QPointF(box.left(), box.center().y()), QPointF(box.right(), box.center().y()))


def _dashes(painter: QPainter, box: QRectF, theme: Theme) -> None:
    middle = box.center().y()
    half = box.width() / 2
    for left, tint in ((box.left(), theme.negative), (box.left() + half, theme.positive)):
        pen = QPen(color(tint), 1.6)
        pen.setDashPattern([2.5, 1.5])
        painter.setPen(pen)
        painter.drawLine(QPointF(left, middle), QPointF(left + half - 1.0, middle))


def _ring(painter: QPainter, box: QRectF, theme: Theme) -> None:
    painter.setPen(QPen(color(theme.text), 2.0))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(box.center(), 5.5, 5.5)


_ENTRIES: tuple[tuple[Mark, float, str], ...] = (
    (_circle, 12.0, tr("class −1")),
    (_triangle, 12.0, tr("class +1")),
    (_hollow, 12.0, tr("test point")),
    (_line, 18.0, tr("decision boundary")),
    (_dashes, 22.0, tr("margin ±1")),
)


class BoundaryLegend(QWidget):
    """The legend, in as many rows as its width needs."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("boundary_legend")
        self.setAccessibleName(tr("Legend"))
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._theme = DARK

    def show_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(300, self.heightForWidth(max(self.width(), 300)))

    def minimumSizeHint(self) -> QSize:
        return QSize(200, round(_ROW))

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return round(_ROW * (1 + max(row for row, *_rest in self._placed(float(width)))))

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setFont(sans(12))
            metrics = QFontMetricsF(painter.font())
            for row, x, mark, size, text in self._placed(float(self.width())):
                mark(painter, QRectF(x, row * _ROW, size, _ROW), self._theme)
                painter.setPen(color(self._theme.muted_text))
                baseline = (row + 0.5) * _ROW + metrics.capHeight() / 2
                painter.drawText(QPointF(x + size + 6.0, baseline), text)

    def _placed(self, width: float) -> list[tuple[int, float, Mark, float, str]]:
        """Return (row, left edge, mark, width of the mark, text) of each entry."""
        metrics = QFontMetricsF(sans(12))
        placed: list[tuple[int, float, Mark, float, str]] = []
        row, x = 0, 0.0
        for mark, size, text in _ENTRIES:
            length = size + 6.0 + metrics.horizontalAdvance(text)
            if x and x + length > width:
                row, x = row + 1, 0.0
            placed.append((row, x, mark, size, text))
            x += length + _GAP
        return placed


class SelectionLabel(QWidget):
    """The selected point and its score, on two lines if one is too short."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("selection_label")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._theme = DARK
        self._text = ""

    @property
    def text(self) -> str:
        return self._text

    def show_selected(self, text: str) -> None:
        """Show ``text``, or with an empty one a hint."""
        if text != self._text:
            self._text = text
            self.setAccessibleName(text or tr("No point is selected"))
            self.setToolTip(text)
            self.update()

    def show_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, _TWO_LINES)

    def minimumSizeHint(self) -> QSize:
        return QSize(80, _TWO_LINES)

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setFont(sans(12))
            left = 0.0
            if self._text:
                _ring(painter, QRectF(0.0, 0.0, 13.0, self.height()), self._theme)
                left = 19.0
            text = self._text or tr("Click a point, or anywhere in the plane, to open its graph.")
            painter.setPen(color(self._theme.text if self._text else self._theme.faint_text))
            flags = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(QRectF(left, 0.0, self.width() - left, self.height()), flags, text)
