"""The curve of an edge, from an operand to the result."""

from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from micrograd_gui.canvas import levels
from micrograd_gui.canvas.node_item import BLOCKS_BELOW
from micrograd_gui.model.looks import EdgeLook
from micrograd_gui.widgets.style import color, mix

Points = tuple[tuple[float, float], ...]
EdgeKey = tuple[str, str, int]
"""(id of the operand's card, id of the card, operand position): the same from edit to edit."""

_ACTIVE_WIDTH = 3.0
_IDLE_WIDTH = 1.5


class EdgeItem(QGraphicsItem):
    """Draws one ``EdgeLook`` along a Bézier curve in the scene's coordinates."""

    def __init__(self, key: EdgeKey, points: Points, look: EdgeLook) -> None:
        super().__init__()
        self.key = key
        self._look = look
        self._points = points
        self._path = curve(points)
        self._bounds = _around(self._path)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self._rise()

    @property
    def look(self) -> EdgeLook:
        return self._look

    @property
    def points(self) -> Points:
        return self._points

    @property
    def path(self) -> QPainterPath:
        return self._path

    def set_look(self, look: EdgeLook) -> None:
        if look != self._look:
            self._look = look
            self._rise()
            self.update()

    def _rise(self) -> None:
        self.setZValue(levels.ACTIVE_EDGE if self._look.active else levels.EDGE)

    def set_points(self, points: Points) -> None:
        if points != self._points:
            self.prepareGeometryChange()
            self._points = points
            self._path = curve(points)
            self._bounds = _around(self._path)

    def boundingRect(self) -> QRectF:
        return self._bounds

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, _widget: QWidget | None = None
    ) -> None:
        zoom = option.levelOfDetailFromTransform(painter.worldTransform())
        near = zoom >= BLOCKS_BELOW
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, near)
        painter.setPen(_pen(self._look, near))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(self._path)


def _around(path: QPainterPath) -> QRectF:
    return path.controlPointRect().adjusted(-_ACTIVE_WIDTH, -_ACTIVE_WIDTH, _ACTIVE_WIDTH, _ACTIVE_WIDTH)


@lru_cache(maxsize=64)
def _pen(look: EdgeLook, near: bool) -> QPen:
    theme = look.theme
    ink = color(theme.strong_border)
    if look.carried:
        ink = mix(theme.strong_border, theme.grad, 0.75)
    if look.active:
        ink = color(theme.data if look.active == "data" else theme.grad)
    if look.dim:
        ink.setAlpha(110)
    pen = QPen(ink, _ACTIVE_WIDTH if look.active else _IDLE_WIDTH)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    if not near:
        pen.setWidthF(2.0 if look.active else 1.0)
        pen.setCosmetic(True)
    return pen


def curve(points: Points) -> QPainterPath:
    path = QPainterPath(QPointF(*points[0]))
    for i in range(1, len(points), 3):
        a, b, c = points[i : i + 3]
        if a == points[i - 1] and b == c:
            path.lineTo(*c)
        else:
            path.cubicTo(*a, *b, *c)
    return path
