"""The groove of a slider and the knob in it: where they are, and how they are drawn."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen


@dataclass(frozen=True, slots=True)
class Groove:
    """The way of a knob's middle from left to right, in pixels."""

    start: float
    length: float
    y: float

    def x_at(self, share: float) -> float:
        """Return where the knob is when it has gone a share of the way, 0 to 1."""
        return self.start + self.length * share

    def share_at(self, x: float) -> float:
        """Return the share of the way at which the knob is at ``x``; below 0 or above 1 beside the groove."""
        return (x - self.start) / max(self.length, 1.0)

    def paint_bar(self, painter: QPainter, left: float, right: float, thickness: float, tint: QColor) -> None:
        """Draw a piece of the groove, with round ends."""
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tint)
        area = QRectF(left, self.y - thickness / 2, right - left, thickness)
        painter.drawRoundedRect(area, thickness / 2, thickness / 2)

    def paint_knob(
        self, painter: QPainter, x: float, radius: float, tint: QColor, outline: QPen | None = None
    ) -> None:
        """Draw the knob with its middle at ``x``."""
        painter.setPen(QPen(Qt.PenStyle.NoPen) if outline is None else outline)
        painter.setBrush(tint)
        painter.drawEllipse(QPointF(x, self.y), radius, radius)
