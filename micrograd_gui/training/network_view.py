"""The network as a drawing: the output of each neuron over the plane, and the weights as lines."""

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QElapsedTimer, QEvent, QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import (
    QFontMetricsF,
    QImage,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from micrograd_core.texts import tr
from micrograd_core.training.config import INPUTS
from micrograd_core.training.points import Array
from micrograd_gui.model.heat_map import FULL_SCORE, paint_grid
from micrograd_gui.model.numbers import format_number
from micrograd_gui.model.plane import MAP
from micrograd_gui.model.theme import DARK, Theme
from micrograd_gui.model.training_view import TrainingView, weight_matrices
from micrograd_gui.widgets.style import color, mono, sans

REDRAW_MS = 80
"""Least milliseconds between two drawings; a large network is drawn less often."""
_SHARE = 0.15
"""Upper limit of the share of the window's time that drawing takes."""
MAX_LINES = 256
"""Limit of lines between two layers, those of the largest weights."""
_CAPTION = 20.0
_LEFT = 16.0
_MARGIN = 6.0
_LARGEST_NEURON, _SMALLEST_NEURON = 28.0, 4.0
_REACH = 5.0
"""Distance in pixels from which the mouse selects a line."""
_BEND = 0.42
"""Share of the way over which a line leaves its neurons horizontally."""
_STRANDS = (1, 1, 1, 2, 2, 3)
"""Number of lines of one pixel side by side, by size of the weight. A wide line takes Qt twenty times as long."""
_FULL_WEIGHT = 2.0
"""Least |w| of the widest lines."""

_T = np.linspace(0.0, 1.0, 64)
_ACROSS = 3 * _BEND * _T * (1 - _T) ** 2 + 3 * (1 - _BEND) * _T**2 * (1 - _T) + _T**3
_DOWN = 3 * _T**2 * (1 - _T) + _T**3
"""Points of a line from one neuron to the next, as shares of the distance."""


@dataclass(frozen=True, slots=True)
class NeuronLayout:
    """The squares of the neurons, in pixels, by layer, the inputs first."""

    xs: tuple[float, ...]
    """The horizontal centre of each layer."""
    size: float
    """The side of every square."""
    ys: tuple[Array, ...]
    """The vertical centres of each layer's neurons, (width,)."""

    def box(self, layer: int, neuron: int) -> QRectF:
        """Return the square of a neuron."""
        half = self.size / 2
        return QRectF(self.xs[layer] - half, float(self.ys[layer][neuron]) - half, self.size, self.size)


def lay_out_neurons(widths: tuple[int, ...], width: float, height: float) -> NeuronLayout:
    """Lay out layers of these widths from left to right in a widget of ``width`` × ``height`` pixels."""
    height = max(height - _CAPTION - 2 * _MARGIN, 20.0)
    across = max(width - _LEFT - 2 * _MARGIN, 40.0)
    most = max(widths)
    size = min(_LARGEST_NEURON, height / (most * 1.22), across / (len(widths) * 1.9))
    size = max(size, _SMALLEST_NEURON)
    gap = min((height - size) / max(most - 1, 1), size * 1.5)
    left, right = _LEFT + _MARGIN + size / 2, _LEFT + _MARGIN + across - size / 2
    xs = tuple(left + (right - left) * i / (len(widths) - 1) for i in range(len(widths)))
    middle = _MARGIN + height / 2
    ys = tuple(np.asarray(middle + (np.arange(count) - (count - 1) / 2) * gap) for count in widths)
    return NeuronLayout(xs, size, ys)


class NetworkView(QWidget):
    """A drawing in which positive weights are solid and blue, negative ones dashed and orange, large ones wide.

    A weight that is nan has no line. The parameter under the mouse stands below, with its value.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("network_view")
        self.setAccessibleName(tr("Network"))
        self.setAccessibleDescription(
            tr("The output of each neuron over the plane, and the weights between neurons as lines")
        )
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMouseTracking(True)
        self._theme = DARK
        self._view: TrainingView | None = None
        self._weights: tuple[Array, ...] = ()
        self._layout: NeuronLayout | None = None
        self._drawing: QPixmap | None = None
        self._hovered: tuple[int, int, int | None] | None = None
        """(layer of weights, neuron, index of its input) under the mouse; the neuron itself if the index is None."""
        self._redraw = QTimer(self, interval=REDRAW_MS, singleShot=True)
        self._redraw.timeout.connect(self._forget_drawing)

    @property
    def hovered_text(self) -> str:
        """Name and value of the parameter under the mouse; "" if there is none."""
        if self._hovered is None or not self._weights:
            return ""
        layer, neuron, source = self._hovered
        row = self._weights[layer][neuron]
        name = f"model[{layer}][{neuron}]"
        if source is None:
            return f"{name}.b = {format_number(float(row[-1]))}"
        return f"{name}.w[{source}] = {format_number(float(row[source]))}"

    def show_view(self, view: TrainingView) -> None:
        first = self._view is None or view.config.hidden != self._view.config.hidden
        self._view = view
        self._weights = weight_matrices(view.config, view.state.parameters)
        if first:
            self._hovered = None
            self._forget_drawing()
        elif not self._redraw.isActive():
            self._redraw.start()

    def show_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._forget_drawing()

    def sizeHint(self) -> QSize:
        return QSize(290, 320)

    def minimumSizeHint(self) -> QSize:
        return QSize(180, 140)

    def resizeEvent(self, _event: QResizeEvent) -> None:
        self._drawing = None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self._found_at(event.position()))

    def leaveEvent(self, _event: QEvent) -> None:
        self._hover(None)

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            if self._view is None:
                painter.setFont(sans(12))
                painter.setPen(color(self._theme.faint_text))
                painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, tr("The network appears here."))
                return
            if self._drawing is None:
                clock = QElapsedTimer()
                clock.start()
                self._drawing = self._draw(self._view)
                self._redraw.setInterval(max(REDRAW_MS, round(clock.elapsed() / _SHARE)))
            painter.drawPixmap(0, 0, self._drawing)
            self._paint_hovered(painter)

    def _hover(self, found: tuple[int, int, int | None] | None) -> None:
        if found != self._hovered:
            self._hovered = found
            self.update()

    def _forget_drawing(self) -> None:
        self._drawing = None
        self.update()

    def _draw(self, view: TrainingView) -> QPixmap:
        ratio = self.devicePixelRatioF()
        pixmap = QPixmap(round(self.width() * ratio), round(self.height() * ratio))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        layout = lay_out_neurons(view.config.widths, self.width(), self.height())
        self._layout = layout
        with QPainter(pixmap) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for layer, weights in enumerate(self._weights):
                self._draw_weights(painter, layout, layer, weights[:, :-1])
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            self._draw_neurons(painter, layout, view)
        return pixmap

    def _draw_weights(self, painter: QPainter, layout: NeuronLayout, layer: int, weights: Array) -> None:
        """Draw lines of one sign and width as one path: the time goes by the number of strokes."""
        half = layout.size / 2
        left, right = layout.xs[layer] + half, layout.xs[layer + 1] - half
        bend = _BEND * (right - left)
        sizes = np.abs(weights)
        levels = np.minimum(sizes / _FULL_WEIGHT, 1.0) * (len(_STRANDS) - 1)
        # nan comes last.
        shown = np.argsort(-sizes, axis=None)[: min(np.count_nonzero(~np.isnan(sizes)), MAX_LINES)]
        paths: dict[tuple[int, bool], QPainterPath] = {}
        for flat in shown[::-1].tolist():
            neuron, source = divmod(flat, weights.shape[1])
            key = (round(float(levels[neuron, source])), bool(weights[neuron, source] < 0))
            path = paths.setdefault(key, QPainterPath())
            start, end = float(layout.ys[layer][source]), float(layout.ys[layer + 1][neuron])
            strands = _STRANDS[key[0]]
            for strand in range(strands):
                away = (strand - (strands - 1) / 2) * 0.75
                aside = away if end > start else -away
                path.moveTo(left + aside, start - away)
                path.cubicTo(
                    left + bend + aside,
                    start - away,
                    right - bend + aside,
                    end - away,
                    right + aside,
                    end - away,
                )
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for (level, negative), path in sorted(paths.items(), key=lambda item: item[0]):
            tint = self._theme.negative if negative else self._theme.positive
            pen = QPen(color(tint, 70 + 35 * level), 1.0)
            if negative:
                pen.setDashPattern([7.0, 3.0])
            painter.strokePath(path, pen)

    def _draw_neurons(self, painter: QPainter, layout: NeuronLayout, view: TrainingView) -> None:
        left, right, bottom, top = view.plane.extent
        xs, ys = np.meshgrid(np.linspace(left, right, MAP), np.linspace(bottom, top, MAP))
        inputs = np.stack([xs, ys]).astype(np.float32)
        for layer, maps in enumerate((inputs, *view.plane.neurons)):
            # Small outputs stay pale.
            full = np.maximum(np.abs(np.nan_to_num(maps)).max(axis=(1, 2), keepdims=True), np.float32(0.5))
            if layer == len(view.plane.neurons):
                full[:] = FULL_SCORE
            pixels = paint_grid((maps / full)[:, ::-1].reshape(-1, MAP), 1.0, self._theme)
            image = QImage(pixels.data, MAP, len(pixels), QImage.Format.Format_RGBA8888)
            painter.setPen(QPen(color(self._theme.strong_border), 1.0))
            for neuron in range(len(maps)):
                box = layout.box(layer, neuron)
                painter.drawImage(box, image, QRectF(0.0, neuron * MAP, MAP, MAP))
                painter.drawRoundedRect(box, 2.0, 2.0)
        painter.setFont(sans(11))
        painter.setPen(color(self._theme.muted_text))
        metrics = QFontMetricsF(painter.font())
        for neuron, name in enumerate(INPUTS):
            box = layout.box(0, neuron)
            painter.drawText(QPointF(box.left() - 11.0, box.center().y() + metrics.xHeight() / 2), name)

    def _paint_hovered(self, painter: QPainter) -> None:
        has_nan = any(np.isnan(weights).any() for weights in self._weights)
        if has_nan:
            legend = tr("blue solid: +, orange dashed: −, no line: nan")
        else:
            legend = tr("blue solid: +, orange dashed: −, wide: large")
        caption = self.hovered_text or legend
        painter.setFont(mono(12) if self._hovered else sans(11))
        painter.setPen(color(self._theme.text if self._hovered else self._theme.faint_text))
        strip = QRectF(0.0, self.height() - _CAPTION, self.width(), _CAPTION)
        elided = QFontMetricsF(painter.font()).elidedText(
            caption, Qt.TextElideMode.ElideRight, strip.width() - 2 * _MARGIN
        )
        painter.drawText(strip, Qt.AlignmentFlag.AlignCenter, elided)
        if self._hovered is None or self._layout is None:
            return
        layer, neuron, source = self._hovered
        painter.setPen(QPen(color(self._theme.text), 2.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if source is None:
            painter.drawRoundedRect(self._layout.box(layer + 1, neuron), 2.0, 2.0)
            return
        layout = self._layout
        left, right = layout.xs[layer] + layout.size / 2, layout.xs[layer + 1] - layout.size / 2
        start, end = float(layout.ys[layer][source]), float(layout.ys[layer + 1][neuron])
        bend = _BEND * (right - left)
        path = QPainterPath(QPointF(left, start))
        path.cubicTo(left + bend, start, right - bend, end, right, end)
        painter.drawPath(path)

    def _found_at(self, spot: QPointF) -> tuple[int, int, int | None] | None:
        """Return the neuron at ``spot``, or the nearest line within reach; None if there is none."""
        layout = self._layout
        if layout is None:
            return None
        half = layout.size / 2
        for layer, x in enumerate(layout.xs):
            distances = np.abs(layout.ys[layer] - spot.y())
            neuron = int(np.argmin(distances))
            if abs(spot.x() - x) <= half + 1.0:
                return (layer - 1, neuron, None) if layer and distances[neuron] <= half + 1.0 else None
        layer = sum(x < spot.x() for x in layout.xs) - 1
        if not 0 <= layer < len(self._weights):
            return None
        left, right = layout.xs[layer] + half, layout.xs[layer + 1] - half
        down = float(np.interp((spot.x() - left) / (right - left), _ACROSS, _DOWN))
        starts, ends = layout.ys[layer][np.newaxis, :], layout.ys[layer + 1][:, np.newaxis]
        away = np.abs(starts + (ends - starts) * down - spot.y())
        neuron, source = divmod(int(np.argmin(away)), away.shape[1])
        return (layer, neuron, source) if away[neuron, source] <= _REACH else None
