"""The slider through time, in both tabs."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractSlider, QHBoxLayout, QSizePolicy, QWidget

from micrograd_gui.model.theme import DARK, Theme
from micrograd_gui.widgets.groove import Groove
from micrograd_gui.widgets.style import color

_KNOB = 8.0
"""Radius of the knob."""
_THICKNESS = 7.0
_SHORT_SCRUBBER = 84
"""Least width that can be aimed at, in pixels."""


class Scrubber(QAbstractSlider):
    """A slider over both passes: the forward part in the colour of data, the backward part in the gradient's."""

    position_requested = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = DARK
        self._forward_count = 0
        self._position = 0.0
        self.setRange(0, 0)
        self.setOrientation(Qt.Orientation.Horizontal)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.actionTriggered.connect(self._request)

    def show_timeline(self, forward_count: int, count: int) -> None:
        self._forward_count = forward_count
        self.setRange(0, count)
        self.setPageStep(max(1, count // 10))
        self.update()

    def show_position(self, position: float) -> None:
        """Move the knob to a position, which may be between two steps."""
        if position == self._position and not self.isSliderDown():
            return
        self._position = position
        if not self.isSliderDown():
            self.setValue(round(position))
        self.update()

    def show_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(240, 32)

    def minimumSizeHint(self) -> QSize:
        return QSize(60, 32)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self._drag_to(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            self._drag_to(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(False)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = self._theme
        groove = self._groove
        start, end = groove.x_at(0.0), self._x_of(self.maximum())
        switch, knob = self._x_of(self._forward_count), self._x_of(self._position)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setClipRect(self.rect())
            for left, right, tint, alpha in (
                (start, switch, theme.data, 60),
                (switch, end, theme.grad, 60),
                (start, min(switch, knob), theme.data, 200),
                (switch, knob, theme.grad, 220),
            ):
                if right > left:
                    groove.paint_bar(painter, left, right, _THICKNESS, color(tint, alpha))
            if start < switch < end:
                painter.setBrush(color(theme.card))
                painter.drawRect(QRectF(switch - 1, groove.y - 4, 2, 8))
            focused, resting = QPen(color(theme.focus), 2.5), QPen(color(theme.strong_border), 1)
            groove.paint_knob(painter, knob, _KNOB, color("#ffffff"), focused if self.hasFocus() else resting)

    @property
    def _groove(self) -> Groove:
        return Groove(_KNOB + 2, self.width() - 2 * (_KNOB + 2), self.height() / 2)

    def _x_of(self, position: float) -> float:
        return self._groove.x_at(position / self.maximum() if self.maximum() else 0.0)

    def _drag_to(self, x: float) -> None:
        position = round(self._groove.share_at(x) * self.maximum())
        position = min(max(position, 0), self.maximum())
        moved, self._position = position != self._position, float(position)
        if position != self.sliderPosition():
            self.setSliderPosition(position)
        elif moved:
            self._request()
        self.update()

    def _request(self) -> None:
        self.position_requested.emit(self.sliderPosition())


def give_way(
    row: QHBoxLayout, width: int, scrubber: Scrubber, labels: Sequence[tuple[QWidget, int, bool]]
) -> None:
    """Hide labels of a row, the last one first, until its scrubber is wide enough to aim at.

    ``width`` is the row's. Each label comes with its own width and whether it is wanted at all.
    """
    room = width - _SHORT_SCRUBBER - _row_width(row, scrubber, *(label for label, _, _ in labels))
    for label, label_width, wanted in labels:
        room -= label_width + row.spacing()
        label.setVisible(room >= 0 and wanted)


def _row_width(row: QHBoxLayout, *without: QWidget) -> int:
    """Return the width of a row without some of its widgets, in pixels."""
    items = [item for i in range(row.count()) if (item := row.itemAt(i)) and item.widget() not in without]
    margins = row.contentsMargins()
    widths = sum(item.sizeHint().width() for item in items)
    return widths + row.spacing() * len(items) + margins.left() + margins.right()
