"""The plane with the decision boundary, as a widget in which points can be chosen."""

from functools import partial

import numpy as np
from PySide6.QtCore import QPoint, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from micrograd_core.texts import tr
from micrograd_core.training.points import Points
from micrograd_gui.model.plane import PlanePoint, data_point
from micrograd_gui.model.theme import DARK, Theme
from micrograd_gui.model.training_view import TrainingView
from micrograd_gui.training.boundary_figure import BoundaryFigure
from micrograd_gui.widgets.labels import make_label
from micrograd_gui.widgets.style import color

REACH = 8.0
"""Distance in pixels from which a click chooses a point of the data."""
STRIDE, FINE_STRIDE = 12.0, 1.0
"""Pixels that an arrow key moves the crosshair, without and with Shift."""

_ARROWS = {
    Qt.Key.Key_Left: (-1.0, 0.0),
    Qt.Key.Key_Right: (1.0, 0.0),
    Qt.Key.Key_Up: (0.0, -1.0),
    Qt.Key.Key_Down: (0.0, 1.0),
}
_CHOOSE = {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}


class BoundaryPlot(QWidget):
    """A widget that imports matplotlib when it is first shown, and draws only while it is visible."""

    point_chosen = Signal(int, bool)
    """(index, whether it is a test point) of a chosen point of the data."""
    plane_chosen = Signal(float, float)
    """(x, y) of a chosen position where there is no point of the data."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("boundary_plot")
        self.setAccessibleName(tr("Decision boundary"))
        self.setAccessibleDescription(
            tr(
                "The plane with the points and the score of the network. "
                "Arrow keys move a crosshair; Enter opens the graph of the point or position under it."
            )
        )
        self.setToolTip(tr("Click a point, or anywhere in the plane, to open its graph"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setMinimumSize(260, 200)
        self._theme = DARK
        self._figure: BoundaryFigure | None = None
        self._canvas: QWidget | None = None
        self._points: Points | None = None
        self._view: TrainingView | None = None
        self._selected: PlanePoint | None = None
        self._crosshair: tuple[float, float] | None = None
        self._waiting = make_label("muted", tr("Drawing the points…"), parent=self)
        self._waiting.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(6, 6, 6, 6)
        self._layout.addWidget(self._waiting)

    @property
    def selected(self) -> PlanePoint | None:
        return self._selected

    @property
    def points(self) -> Points | None:
        return self._points

    def show_theme(self, theme: Theme) -> None:
        self._theme = theme
        if self._figure is not None:
            self._figure.show_theme(theme)
        self._refresh()
        self.update()

    def show_points(self, points: Points) -> None:
        """Take the points of a run; the picture stays the same until the run's first view comes."""
        self._points = points
        self._view = None
        if self._figure is not None:
            self._figure.show_points(points)

    def show_view(self, view: TrainingView) -> None:
        self._view = view
        if self._figure is not None:
            self._figure.show_plane(view.plane)
        self._refresh()

    def show_selected(self, point: PlanePoint | None) -> None:
        """Draw a ring around ``point``, or none."""
        self._selected = point
        if self._figure is not None:
            self._figure.show_selected(point)
        self._refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        try:
            if self._figure is None:
                self._make_figure()
            self._refresh()
        except Exception as error:  # noqa: BLE001 - it is raised a moment later
            self._waiting.setText(tr("The points cannot be drawn."))
            # Not from here: PySide6 miscounts a reference when a handler raises within another, and crashes at exit.
            QTimer.singleShot(0, self, partial(_raise, error))

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            edge = self._theme.focus if self.hasFocus() else self._theme.border
            painter.setPen(QPen(color(edge), 1.0))
            painter.setBrush(color(self._theme.canvas))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8.0, 8.0)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._move_crosshair(None)
            self._choose(self._pixel(event.position().toPoint()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _ARROWS and self._canvas is not None:
            across, down = _ARROWS[key]
            fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            x, y = self._crosshair or (self._canvas.width() / 2, self._canvas.height() / 2)
            stride = FINE_STRIDE if fine else STRIDE
            self._move_crosshair((x + across * stride, y + down * stride))
        elif key in _CHOOSE and self._crosshair is not None:
            self._choose(self._crosshair)
        elif key == Qt.Key.Key_Escape and self._crosshair is not None:
            self._move_crosshair(None)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._move_crosshair(None)
        self.update()

    def _make_figure(self) -> None:
        from matplotlib.backends.backend_qtagg import FigureCanvasQTAgg
        from matplotlib.figure import Figure

        canvas = FigureCanvasQTAgg(Figure())  # type: ignore[no-untyped-call]
        canvas.setParent(self)
        canvas.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        canvas.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        canvas.setVisible(False)
        self._layout.addWidget(canvas)
        self._canvas = canvas
        self._figure = BoundaryFigure(canvas, self._theme)
        if self._points is not None:
            self._figure.show_points(self._points)
        if self._view is not None:
            self._figure.show_plane(self._view.plane)
        self._figure.show_selected(self._selected)

    def _refresh(self) -> None:
        if self._figure is None or self._canvas is None or self._view is None or not self.isVisible():
            return
        if self._waiting.isVisible():
            self._waiting.hide()
            self._canvas.show()
        self._figure.update()
        self._canvas.update()

    def _pixel(self, position: QPoint) -> tuple[float, float]:
        """Return a position in this widget in pixels of the canvas."""
        if self._canvas is None:
            return -1.0, -1.0
        inside = self._canvas.mapFrom(self, position)
        return float(inside.x()), float(inside.y())

    def _move_crosshair(self, pixel: tuple[float, float] | None) -> None:
        if self._figure is None or (pixel is None and self._crosshair is None):
            return
        if pixel is None:
            self._crosshair = None
            self._figure.show_crosshair(None)
        elif (spot := self._figure.to_plane(pixel)) is not None:
            self._crosshair = pixel
            self._figure.show_crosshair(PlanePoint(*spot))
        self._refresh()

    def pixel_of(self, point: PlanePoint) -> QPoint | None:
        """Return the position of a point of the plane in this widget; None before anything is drawn."""
        if self._figure is None or self._canvas is None or self._view is None:
            return None
        x, y = self._figure.to_pixels(np.array([[point.x, point.y]]))[0]
        return self._canvas.pos() + QPoint(round(x), round(y))

    def _choose(self, pixel: tuple[float, float]) -> None:
        point = self._point_at(pixel)
        if point is None:
            return
        if point.index is None:
            self.plane_chosen.emit(point.x, point.y)
        else:
            self.point_chosen.emit(point.index, point.is_test)

    def _point_at(self, pixel: tuple[float, float]) -> PlanePoint | None:
        """Return the data's point within reach of the pixel, or else the position there; None outside of the axes."""
        if self._figure is None or (spot := self._figure.to_plane(pixel)) is None:
            return None
        if self._points is not None:
            inputs = np.concatenate([self._points.train_inputs, self._points.test_inputs])
            distances = np.hypot(*(self._figure.to_pixels(inputs) - pixel).T)
            nearest = int(distances.argmin())
            if distances[nearest] <= REACH:
                return data_point(self._points, *_in_its_set(self._points, nearest))
        return PlanePoint(*spot)


def _raise(error: Exception) -> None:
    raise error


def _in_its_set(points: Points, index: int) -> tuple[int, bool]:
    trained = len(points.train_labels)
    return (index - trained, True) if index >= trained else (index, False)
