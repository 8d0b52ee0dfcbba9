"""The plot of the target as a function of one node, with the tangent whose slope is the gradient."""

import math
from collections.abc import Iterator

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from micrograd_core.texts import tr
from micrograd_gui.model.numbers import MINUS, round_up, write_digits
from micrograd_gui.model.probe import Probe, describe_curve, value_range
from micrograd_gui.model.proportion import climb, proportion
from micrograd_gui.model.theme import DARK, Theme
from micrograd_gui.widgets.style import color, mono

_HEIGHT = 150
_TANGENT_PIXELS = 46.0
"""Length of the tangent on either side of the point."""
_LARGEST_SPACING = 1e308
"""Largest distance between two ticks."""
_BEYOND = 4.0
"""Distance beyond the plot, in its heights, to which a curve is drawn, so that it leaves at its true angle."""


class SlopePlot(QWidget):
    """Draws a ``Probe``. It is painted by hand because dragging a leaf changes it with every mouse move."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._probe: Probe | None = None
        self._theme = DARK
        self.setObjectName("slope_plot")
        self.setAccessibleName(tr("Slope"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_probe(self, probe: Probe | None) -> None:
        if probe != self._probe:
            self._probe = probe
            self.setAccessibleDescription("" if probe is None else describe_curve(probe))
            self.update()

    def show_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(240, _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, _HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        probe, theme = self._probe, self._theme
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setFont(mono(10))
            metrics = QFontMetricsF(painter.font())
            if probe is None or not probe.xs:
                painter.setPen(QPen(color(theme.border), 1.0))
                middle = self.height() / 2
                painter.drawLine(QPointF(0.0, middle), QPointF(float(self.width()), middle))
                return
            low, high = value_range(probe.ys, probe.y)
            ticks = nice_ticks(low, high, 3)
            gutter = max(metrics.horizontalAdvance(_tick_text(tick)) for tick in ticks) + 8.0
            area = QRectF(self.rect()).adjusted(gutter, 6.0, -8.0, -metrics.height() - 6.0)
            axes = _Axes(area, probe.xs[0], probe.xs[-1], low, high)
            self._draw_axes(painter, axes, ticks)
            painter.setClipRect(area.adjusted(-1.0, -6.0, 8.0, 6.0))
            self._draw_curve(painter, axes, probe)
            if math.isfinite(probe.y):
                self._draw_point(painter, axes, probe)

    def _draw_axes(self, painter: QPainter, axes: "_Axes", ticks: list[float]) -> None:
        theme, area = self._theme, axes.area
        metrics = QFontMetricsF(painter.font())
        for tick in ticks:
            y = axes.point_at(axes.left, tick).y()
            painter.setPen(QPen(color(theme.strong_border if tick == 0.0 else theme.border), 1.0))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(color(theme.faint_text))
            box = QRectF(0.0, y - metrics.height() / 2, area.left() - 6.0, metrics.height())
            painter.drawText(
                box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, _tick_text(tick)
            )
        for tick in nice_ticks(axes.left, axes.right, 4):
            x = axes.point_at(tick, axes.low).x()
            text = _tick_text(tick)
            width = metrics.horizontalAdvance(text) + 2.0
            start = min(max(x - width / 2, 0.0), self.width() - width)
            box = QRectF(start, area.bottom() + 5.0, width, metrics.height())
            painter.setPen(QPen(color(theme.border), 1.0))
            painter.drawLine(QPointF(x, area.bottom()), QPointF(x, area.bottom() + 3.0))
            painter.setPen(color(theme.faint_text))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def _draw_curve(self, painter: QPainter, axes: "_Axes", probe: Probe) -> None:
        pen = QPen(color(self._theme.data), 2.0)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        for piece in curve_pieces(probe.ys, axes.low, axes.high):
            points = [axes.point_at(probe.xs[i], probe.ys[i]) for i in piece]
            if len(points) == 1:
                painter.drawPoint(points[0])
            else:
                painter.drawPolyline(QPolygonF(points))

    def _draw_point(self, painter: QPainter, axes: "_Axes", probe: Probe) -> None:
        point = axes.point_at(probe.x, probe.y)
        if not math.isnan(probe.slope):
            run, rise = axes.direction(probe.slope)
            reach = QPointF(run, rise) * _TANGENT_PIXELS
            pen = QPen(color(self._theme.grad), 2.0)
            pen.setDashPattern([3.0, 2.0])
            painter.setPen(pen)
            painter.drawLine(point - reach, point + reach)
        painter.setPen(QPen(color(self._theme.panel), 2.0))
        painter.setBrush(color(self._theme.text))
        painter.drawEllipse(point, 5.5, 5.5)


class _Axes:
    """Maps numbers to pixels."""

    def __init__(self, area: QRectF, left: float, right: float, low: float, high: float) -> None:
        self.area = area
        self.left, self.right, self.low, self.high = left, right, low, high

    def point_at(self, x: float, y: float) -> QPointF:
        across = proportion(x, self.left, self.right)
        up = min(max(proportion(y, self.low, self.high), -_BEYOND), 1.0 + _BEYOND)
        return QPointF(
            self.area.left() + across * self.area.width(), self.area.bottom() - up * self.area.height()
        )

    def direction(self, slope: float) -> tuple[float, float]:
        """Return the unit vector in the direction of a slope, in pixels."""
        if math.isinf(slope):
            return 0.0, -math.copysign(1.0, slope)
        run = self.area.width()
        rise = -climb(slope, self.left, self.right, self.low, self.high) * self.area.height()
        length = math.hypot(run, rise)
        return run / length, rise / length


def curve_pieces(ys: tuple[float, ...], low: float, high: float) -> Iterator[list[int]]:
    """Yield the indices of the points to join, piece by piece.

    Gaps are where a curve is not finite, and where it leaves the range on one side and comes back on the other, as
    1/x does.
    """
    piece: list[int] = []
    for i, y in enumerate(ys):
        jumps = bool(piece) and (min(ys[piece[-1]], y) < low and high < max(ys[piece[-1]], y))
        if piece and (jumps or not math.isfinite(y)):
            yield piece
            piece = []
        if math.isfinite(y):
            piece.append(i)
    if piece:
        yield piece


def nice_ticks(low: float, high: float, count: int) -> list[float]:
    """Return at most about ``count`` round numbers between ``low`` and ``high``, evenly spaced."""
    rough = high / count - low / count
    if not math.isfinite(rough) or rough <= 0.0:
        return [low]
    spacing = min(round_up(0.999 * rough), _LARGEST_SPACING)
    first, last = math.ceil(low / spacing), math.floor(high / spacing)
    return [i * spacing for i in range(first, last + 1)][: 4 * count] or [low]


def _tick_text(tick: float) -> str:
    return write_digits(tick, 6).replace("-", MINUS) if tick else "0"
