"""The place of a pill beside its bead, where it covers as little as possible."""

from collections.abc import Sequence
from typing import TypeAlias

from PySide6.QtCore import QPointF, QRectF

_Edges: TypeAlias = tuple[float, float, float, float]
"""Left, top, right, bottom."""

_GAP = 18.0
_HEIGHTS = (-26.0, 26.0, -34.0, 34.0, -42.0, 42.0, -50.0, 50.0, -62.0, 62.0)
"""Offsets of the pill above or below the bead, at 100 %."""


def pill_reach(pill: QRectF, scale: float) -> QRectF:
    """The area that a pill may reach, relative to its bead.

    ``pill`` is centred on the origin, ``scale`` is 1 at 100 %.
    """
    aside, highest = _aside(pill, scale), _HEIGHTS[-1] * scale
    return pill.adjusted(-aside, -highest, aside, highest)


def place_pill(
    pill: QRectF, scale: float, bead: QPointF, obstacles: Sequence[QRectF], within: QRectF | None
) -> QPointF:
    """The place relative to the bead, nearest first, at which a pill covers least of the obstacles.

    If ``within`` is given, places at which more of the pill lies within it come before near ones.
    """
    aside = _aside(pill, scale)
    sides = (0.0, -aside / 3, aside / 3, -aside, aside)
    places = [(x, y * scale) for y in _HEIGHTS for x in sides]
    places += [(aside, 0.0), (-aside, 0.0)]
    edges = [_edges(obstacle) for obstacle in obstacles]
    around = None if within is None else _edges(within)

    def cost(place: tuple[float, float]) -> tuple[float, float, float]:
        x, y = place
        left, top = pill.left() + (bead.x() + x), pill.top() + (bead.y() + y)
        area = left, top, left + pill.width(), top + pill.height()
        covered = sum(_overlap(area, obstacle) for obstacle in edges)
        # Rounded: what floats make of the same area at two places must not be taken for a difference.
        inside = 0.0 if around is None else round(_overlap(area, around), 3)
        return covered, -inside, abs(x) + abs(y)

    return QPointF(*min(places, key=cost))


def _edges(rect: QRectF) -> _Edges:
    return rect.left(), rect.top(), rect.right(), rect.bottom()


def _overlap(one: _Edges, other: _Edges) -> float:
    """Area that two rectangles share."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    return width * height if width > 0.0 and height > 0.0 else 0.0


def _aside(pill: QRectF, scale: float) -> float:
    return pill.width() / 2 + _GAP * scale
