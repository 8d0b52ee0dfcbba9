"""Curves over the steps of a run: losses on a logarithmic axis, or accuracies in percent."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from micrograd_gui.model.numbers import round_up, superscript
from micrograd_gui.model.theme import DARK, Theme
from micrograd_gui.widgets.style import color, sans

_LEFT, _RIGHT, _TOP, _BOTTOM = 42.0, 8.0, 8.0, 22.0

Tint = Literal["grad", "good", "text"]


@dataclass(frozen=True, slots=True)
class Series:
    """The name and look of one curve."""

    name: str
    tint: Tint
    """The field of the theme that is its colour."""
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis."""

    value: float
    text: str


class MetricPlot(QWidget):
    """Curves with a gap at each value that is not on the axis: inf, nan, a loss of 0 or less, a share beyond 0 to 1."""

    def __init__(
        self, title: str, series: Sequence[Series], logarithmic: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(title)
        self.setToolTip(title)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._series = tuple(series)
        self._logarithmic = logarithmic
        self._theme = DARK
        self._steps: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self._values: tuple[NDArray[np.float64], ...] = ()
        self._shown_step = 0

    def show_curves(
        self, steps: NDArray[np.int64], values: Sequence[NDArray[np.float64]], shown_step: int
    ) -> None:
        """Show a curve for each series, all arrays as long as ``steps``, and a line at ``shown_step``."""
        self._steps, self._values, self._shown_step = steps, tuple(values), shown_step
        self.update()

    def show_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(290, 140)

    def minimumSizeHint(self) -> QSize:
        return QSize(150, 84)

    def paintEvent(self, _event: QPaintEvent) -> None:
        box = QRectF(self.rect()).adjusted(_LEFT, _TOP, -_RIGHT, -_BOTTOM)
        theme = self._theme
        curves = [self._on_axis(values) for values in self._values]
        low, high = self._limits(curves)
        last = float(max(self._steps[-1], 10)) if len(self._steps) else 10.0
        pad = last * 0.03
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setFont(sans(11))
            metrics = QFontMetricsF(painter.font())
            grid, text = QPen(color(theme.border), 1.0), color(theme.faint_text)

            across, up = box.width() / (last + 2 * pad), box.height() / (high - low)
            xs = box.left() + (self._steps + pad) * across
            for tick in step_ticks(last, max(int(box.width() / 42), 2)):
                x = box.left() + (tick.value + pad) * across
                painter.setPen(grid)
                painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))
                painter.setPen(text)
                width = metrics.horizontalAdvance(tick.text)
                left = min(x - width / 2, self.width() - width - 1.0)
                painter.drawText(QPointF(left, box.bottom() + 4.0 + metrics.ascent()), tick.text)
            for tick in self._value_ticks(low, high, max(int(box.height() / 26), 2)):
                y = box.bottom() - (tick.value - low) * up
                painter.setPen(grid)
                painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))
                painter.setPen(text)
                width = metrics.horizontalAdvance(tick.text)
                painter.drawText(QPointF(box.left() - 6.0 - width, y + metrics.capHeight() / 2), tick.text)
            painter.setPen(QPen(color(theme.border), 1.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(box)
            if len(self._steps) and self._shown_step < self._steps[-1]:
                painter.setPen(QPen(color(theme.muted_text), 1.0, Qt.PenStyle.DotLine))
                x = box.left() + (self._shown_step + pad) * across
                painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))
            painter.setClipRect(box)
            # The first series comes last: it is on top.
            for series, values in reversed(list(zip(self._series, curves, strict=False))):
                painter.setPen(self._pen(series))
                for run in _finite_runs(xs, box.bottom() - (values - low) * up):
                    painter.drawPolyline(run)
            painter.setClipping(False)
            self._paint_names(painter, box)

    def _pen(self, series: Series) -> QPen:
        pen = QPen(color(getattr(self._theme, series.tint)), 1.4 if series.dashed else 2.0)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        if series.dashed:
            pen.setDashPattern([3.0, 2.0])
        return pen

    def _paint_names(self, painter: QPainter, box: QRectF) -> None:
        """Draw a sample of each line with its name: top right on a logarithmic axis, bottom right for accuracies."""
        metrics = QFontMetricsF(painter.font())
        baseline = box.top() + 6.0 + metrics.ascent() if self._logarithmic else box.bottom() - 8.0
        right = box.right() - 8.0
        for series in reversed(self._series):
            right -= metrics.horizontalAdvance(series.name)
            painter.setPen(color(self._theme.muted_text))
            painter.drawText(QPointF(right, baseline), series.name)
            middle = baseline - metrics.xHeight() / 2
            painter.setPen(self._pen(series))
            painter.drawLine(QPointF(right - 22.0, middle), QPointF(right - 6.0, middle))
            right -= 34.0

    def _on_axis(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        with np.errstate(all="ignore"):
            if not self._logarithmic:
                return np.where((values >= 0.0) & (values <= 1.0), values * 100.0, np.nan)
            return np.where(values > 0.0, np.log10(values), np.nan)

    def _limits(self, curves: Sequence[NDArray[np.float64]]) -> tuple[float, float]:
        """Return the range of the value axis."""
        values = np.concatenate(curves) if curves else np.zeros(0)
        values = values[np.isfinite(values)]
        if not self._logarithmic:
            low = float(np.min(values)) if len(values) else 40.0
            return min(math.floor(low / 10.0) * 10.0, 80.0) - 2.0, 102.0
        low, high = (float(np.min(values)), float(np.max(values))) if len(values) else (-2.0, 0.0)
        middle, half = (low + high) / 2, max((high - low) / 2, 0.35) * 1.1
        return middle - half, middle + half

    def _value_ticks(self, low: float, high: float, count: int) -> list[Tick]:
        return decade_ticks(low, high, count) if self._logarithmic else percent_ticks(low, count)


def step_ticks(last: float, count: int) -> list[Tick]:
    """Return at most about ``count`` round steps from 0 to ``last``."""
    stride = max(round_up(last / count), 1.0)
    values = [i * stride for i in range(int(last / stride + 1e-9) + 1)]
    return [Tick(value, _short(value)) for value in values]


def percent_ticks(low: float, count: int) -> list[Tick]:
    """Return fewer than ``count`` + 1 ticks from 100 % down to ``low``."""
    stride = next((step for step in (5.0, 10.0, 20.0, 50.0) if (100.0 - low) / step < count), 50.0)
    values = [100.0 - i * stride for i in range(int((100.0 - low) / stride) + 1)]
    return [Tick(value, f"{value:.0f} %") for value in values]


def decade_ticks(low: float, high: float, count: int) -> list[Tick]:
    """Return powers of ten between 10^low and 10^high, and their multiples by 2 and 5 if there are few.

    The values of the ticks are logarithms.
    """
    decades = range(math.ceil(low), math.floor(high) + 1)
    if len(decades) >= 2:
        every = math.ceil(len(decades) / count)
        return [Tick(float(d), f"10{superscript(d)}") for d in decades if d % every == 0]
    ticks = [
        (math.log10(factor) + decade, _number_text(factor, decade))
        for decade in range(math.floor(low), math.ceil(high) + 1)
        for factor in (1, 2, 5)
    ]
    return [Tick(value, text) for value, text in ticks if low <= value <= high]


def _number_text(digit: int, exponent: int) -> str:
    """Return ``digit`` times a power of ten, which may be out of the range of a float."""
    return f"{digit * 10.0**exponent:.4g}" if abs(exponent) < 5 else f"{digit}e{exponent}"


def _short(value: float) -> str:
    for least, size, unit in ((1e6, 1e6, "M"), (1e4, 1e3, "k")):
        if value >= least:
            return f"{value / size:g}{unit}"
    return f"{value:g}"


def _finite_runs(xs: NDArray[np.floating[Any]], ys: NDArray[np.floating[Any]]) -> list[QPolygonF]:
    """Return the polylines between gaps; a lone point becomes a visible dash."""
    finite = np.isfinite(ys)
    ends = np.flatnonzero(np.diff(finite)) + 1
    runs = []
    for indices in np.split(np.arange(len(ys)), ends):
        if len(indices) and finite[indices[0]]:
            points = list(map(QPointF, xs[indices].tolist(), ys[indices].tolist()))
            runs.append(QPolygonF(points if len(points) > 1 else [points[0], points[0] + QPointF(2.0, 0.0)]))
    return runs
