"""The ground of the canvas: a grid of dots."""

import math
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPaintEngine, QPainter, QPen, QPolygonF

from micrograd_gui.model.theme import Theme
from micrograd_gui.widgets.style import color

_GRID = 28.0
"""Distance of the dots at 100 %."""
_MOST_DOTS = 50_000
"""Most dots to draw; a picture file of a large graph would consist of millions."""


def paint_background(painter: QPainter, rect: QRectF, theme: Theme) -> None:
    """Paint a part of the scene with the theme's ground and dots, whose distance on the screen is large enough at any
    zoom.
    """
    zoom = painter.worldTransform().m11()
    # A pixel more than asked for: at its very edge an antialiased fill would let through what was there before.
    beyond = 1.0 / zoom
    painter.fillRect(rect.adjusted(-beyond, -beyond, beyond, beyond), color(theme.canvas))
    spacing = _GRID
    while spacing * zoom < _GRID / 2 or rect.width() * rect.height() > _MOST_DOTS * spacing**2:
        spacing *= 2
    dots = _dots(
        *_columns(rect.left(), rect.right(), spacing), *_columns(rect.top(), rect.bottom(), spacing), spacing
    )
    if painter.paintEngine().type() == QPaintEngine.Type.Raster:
        _paint_pixels(painter, dots, theme, beyond)
    else:
        painter.setPen(_pen(theme, 2.0))
        painter.drawPoints(dots)


def _paint_pixels(painter: QPainter, dots: QPolygonF, theme: Theme, pixel: float) -> None:
    """Paint each dot as four pixels: round ones take five times as long, a quarter of a frame where there are many."""
    smooth = painter.testRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(_pen(theme, 1.0))
    for dx, dy in ((-0.5, -0.5), (0.5, -0.5), (-0.5, 0.5), (0.5, 0.5)):
        painter.drawPoints(dots.translated(dx * pixel, dy * pixel))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, smooth)


def _pen(theme: Theme, width: float) -> QPen:
    pen = QPen(color(theme.canvas_dot), width)
    pen.setCosmetic(True)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    return pen


def _columns(low: float, high: float, spacing: float) -> tuple[int, int]:
    """The first column or row of dots in a range, and the one after the last."""
    return math.floor(low / spacing), math.ceil(high / spacing) + 1


@lru_cache(maxsize=4)
def _dots(left: int, right: int, top: int, bottom: int, spacing: float) -> QPolygonF:
    """The dots of these columns and rows, which stay while the view does."""
    columns, rows = range(left, right), range(top, bottom)
    return QPolygonF([QPointF(column * spacing, row * spacing) for row in rows for column in columns])
