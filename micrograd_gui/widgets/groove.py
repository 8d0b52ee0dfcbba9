"""The groove of a slider with its knob: geometry and drawing."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen


@dataclass(frozen=True, slots=True)
class Groove:
    """The track of a knob's centre, from left to right, in pixels."""

    start: float
    length: float
    y: float

    def x_at(self, share: float) -> float:
        """Return the knob's x at a share of the track, 0 to 1."""
        return self.start + self.length * share

    def share_at(self, x: float) -> float:
        """Return the share of the track at ``x``; below 0 or above 1 beside the groove."""
        return (x - self.start) / max(self.length, 1.0)

    def paint_bar(self, painter: QPainter, left: float, right: float, thickness: float, tint: QColor) -> None:
        """Draw a part of the groove, with round ends."""
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tint)
        area = QRectF(left, self.y - thickness / 2, right - left, thickness)
        painter.drawRoundedRect(area, thickness / 2, thickness / 2)

    def paint_knob(
        self, painter: QPainter, x: float, radius: float, tint: QColor, outline: QPen | None = None
    ) -> None:
        """Draw the knob with its centre at ``x``."""
        painter.setPen(QPen(Qt.PenStyle.NoPen) if outline is None else outline)
        painter.setBrush(tint)
        painter.drawEllipse(QPointF(x, self.y), radius, radius)
