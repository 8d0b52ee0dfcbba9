"""The curve from an operand to what is computed from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from micrograd_gui.canvas.node_item import BLOCKS_BELOW, Pass, mix
from micrograd_gui.model.theme import Theme
from micrograd_gui.widgets.style import color

Points = tuple[tuple[float, float], ...]

_ACTIVE_WIDTH = 3.0
_IDLE_WIDTH = 1.5


@dataclass(frozen=True, slots=True)
class EdgeLook:
    """All that an edge shows."""

    theme: Theme
    active: Pass = ""
    """The pass whose present step uses this edge."""
    carried: bool = False
    """Whether a gradient has come this way."""
    dim: bool = False


class EdgeItem(QGraphicsItem):
    """Draws one ``EdgeLook`` along a Bézier curve in the scene's coordinates."""

    def __init__(self, points: Points, look: EdgeLook) -> None:
        super().__init__()
        self._look = look
        self._points = points
        self._path = curve(points)
        self._bounds = _around(self._path)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

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
            self.setZValue(1.0 if look.active else 0.0)
            self.update()

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


def with_segments(points: Points, count: int) -> Points:
    """The same curve made of at least ``count`` cubic segments, so that it can turn into another."""
    segments = [points[i : i + 4] for i in range(0, len(points) - 1, 3)]
    while len(segments) < count:
        longest = max(range(len(segments)), key=lambda i: abs(segments[i][3][0] - segments[i][0][0]))
        segments[longest : longest + 1] = _halves(segments[longest])
    return (segments[0][0], *(point for segment in segments for point in segment[1:]))


def _halves(segment: Sequence[tuple[float, float]]) -> tuple[Points, Points]:
    """De Casteljau's construction at the middle."""
    a, b, c, d = segment
    ab, bc, cd = _middle(a, b), _middle(b, c), _middle(c, d)
    abc, bcd = _middle(ab, bc), _middle(bc, cd)
    middle = _middle(abc, bcd)
    return (a, ab, abc, middle), (middle, bcd, cd, d)


def _middle(a: tuple[float, float], b: tuple[float, float]) -> tuple[float, float]:
    return (a[0] + b[0]) / 2, (a[1] + b[1]) / 2
