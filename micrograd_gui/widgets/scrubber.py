"""The slider through time, in both tabs."""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractSlider, QHBoxLayout, QSizePolicy, QWidget

from micrograd_gui.model.segments import Pass, Segment
from micrograd_gui.model.theme import DARK, Theme
from micrograd_gui.widgets.groove import Groove
from micrograd_gui.widgets.style import color

_KNOB = 8.0
"""Radius of the knob."""
_THICKNESS = 7.0
_GAP = 4.0
"""Between two segments, in pixels."""
_LEAST = 24.0
"""Least width of a segment, in pixels, where there is room."""
_SHORT_SCRUBBER = 84
"""Least width that can be aimed at, in pixels."""


class Scrubber(QAbstractSlider):
    """A slider over steps, with a part for each run of steps of one kind, in that kind's colour."""

    position_requested = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = DARK
        self._segments: tuple[Segment, ...] = ()
        self._ends: list[int] = []
        self._bounds = [0.0]
        self._position = 0.0
        self.setRange(0, 0)
        self.setOrientation(Qt.Orientation.Horizontal)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.actionTriggered.connect(self._request)

    def show_segments(self, segments: Sequence[Segment]) -> None:
        """Show these runs of steps, one after the other."""
        self._segments = tuple(segments)
        self._place_segments()
        count = sum(segment.count for segment in segments)
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
        groove, knob = self._groove, self._x_of(self._position)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setClipRect(self.rect())
            for segment in self._segments:
                left, right = self._x_of(segment.begin), self._x_of(segment.begin + segment.count)
                right = max(right - _GAP, left + 1.0) if right < self._x_of(self.maximum()) else right
                self._paint_part(painter, segment.kind, left, right, done=False)
                if knob > left:
                    self._paint_part(painter, segment.kind, left, min(right, knob), done=True)
            theme = self._theme
            focused, resting = QPen(color(theme.focus), 2.5), QPen(color(theme.strong_border), 1)
            groove.paint_knob(painter, knob, _KNOB, color("#ffffff"), focused if self.hasFocus() else resting)

    def _paint_part(self, painter: QPainter, kind: Pass, left: float, right: float, *, done: bool) -> None:
        theme = self._theme
        tint = {"forward": theme.data, "clear": theme.clear, "backward": theme.grad, "update": theme.update}[
            kind
        ]
        self._groove.paint_bar(painter, left, right, _THICKNESS, color(tint, 215 if done else 60))
        if kind == "clear":
            stripes = QBrush(color(theme.card), Qt.BrushStyle.BDiagPattern)
            painter.fillRect(QRectF(left, self._groove.y - _THICKNESS / 2, right - left, _THICKNESS), stripes)

    @property
    def _groove(self) -> Groove:
        return Groove(_KNOB + 2, self.width() - 2 * (_KNOB + 2), self.height() / 2)

    def _place_segments(self) -> None:
        """Find the shares of the groove at which segments end; short ones are widened so that one can aim."""
        self._ends = [segment.begin + segment.count for segment in self._segments]
        least = min(_LEAST / max(self._groove.length, 1.0), 1.0 / (2 * max(len(self._segments), 1)))
        widths = [max(segment.count / self._ends[-1], least) for segment in self._segments]
        total = sum(widths)
        self._bounds = [0.0, *accumulate(width / total for width in widths)]

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_segments()

    def _x_of(self, position: float) -> float:
        if not self._segments:
            return self._groove.x_at(0.0)
        which = min(bisect_left(self._ends, position), len(self._ends) - 1)
        segment, left, right = self._segments[which], self._bounds[which], self._bounds[which + 1]
        share = (position - segment.begin) / segment.count
        return self._groove.x_at(left + share * (right - left))

    def _position_at(self, x: float) -> int:
        """The position nearest to an x."""
        share, bounds = min(max(self._groove.share_at(x), 0.0), 1.0), self._bounds
        if not self._segments:
            return 0
        which = min(max(bisect_left(bounds, share) - 1, 0), len(self._segments) - 1)
        segment = self._segments[which]
        within = (share - bounds[which]) / (bounds[which + 1] - bounds[which])
        return min(segment.begin + round(within * segment.count), self.maximum())

    def _drag_to(self, x: float) -> None:
        position = self._position_at(x)
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
