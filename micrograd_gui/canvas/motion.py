"""The motion of items: cards glide, edges bend, new items fade in, and the bead runs along its edge."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainterPath
from PySide6.QtWidgets import QGraphicsItem

from micrograd_gui.canvas.edge_item import EdgeItem, Points

GLIDE_SECONDS = 0.28
_BEAD_REST = 16.0
"""Distance before the operand's port at which a bead comes to rest, in pixels."""


@dataclass(frozen=True, slots=True)
class _Glide:
    item: QGraphicsItem
    start: QPointF
    end: QPointF


@dataclass(frozen=True, slots=True)
class _Bend:
    item: EdgeItem
    start: Points
    end: Points
    rest: Points
    """The curve as laid out; ``end`` may have more segments."""


class Motion:
    """All motion after a change; everything starts together and arrives together."""

    def __init__(self) -> None:
        self._glides: list[_Glide] = []
        self._bends: list[_Bend] = []
        self._fading: list[QGraphicsItem] = []
        self._seconds = 0.0

    def __len__(self) -> int:
        return len(self._glides) + len(self._bends) + len(self._fading)

    def glide(self, item: QGraphicsItem, end: QPointF) -> None:
        """Start gliding an item to a place."""
        if item.pos() != end:
            self._glides.append(_Glide(item, item.pos(), end))

    def bend(self, item: EdgeItem, end: Points) -> None:
        """Start bending an edge into another curve."""
        if item.points != end:
            segments = max(len(end), len(item.points)) // 3
            start = with_segments(item.points, segments)
            self._bends.append(_Bend(item, start, with_segments(end, segments), end))

    def fade_in(self, item: QGraphicsItem) -> None:
        """Start fading in a new item where it is."""
        item.setOpacity(0.0)
        self._fading.append(item)

    def advance(self, seconds: float) -> bool:
        """Advance by some time; True while something moves."""
        self._seconds += seconds
        share = min(self._seconds / GLIDE_SECONDS, 1.0)
        if share == 1.0:
            self.finish()
            return False
        eased = share * share * (3.0 - 2.0 * share)
        for glide in self._glides:
            glide.item.setPos(glide.start + (glide.end - glide.start) * eased)
        for bend in self._bends:
            bend.item.set_points(_between(bend.start, bend.end, eased))
        for item in self._fading:
            item.setOpacity(eased)
        return True

    def finish(self) -> None:
        """Move everything to its end at once."""
        for glide in self._glides:
            glide.item.setPos(glide.end)
        for bend in self._bends:
            bend.item.set_points(bend.rest)
        self.stop()

    def stop(self) -> None:
        """Stop: gliding items stay where they are, new ones become opaque."""
        for item in self._fading:
            item.setOpacity(1.0)
        self.forget()

    def forget(self) -> None:
        """Forget all items, which may be gone."""
        self._glides, self._bends, self._fading = [], [], []
        self._seconds = 0.0


def along(path: QPainterPath, progress: float) -> QPointF:
    """The bead's position, against the edge's curve: from the node's port (0) to a little before the operand's (1)."""
    rest = min(_BEAD_REST / max(path.length(), 1.0), 0.5)
    return path.pointAtPercent(1.0 - progress * (1.0 - rest))


def with_segments(points: Points, count: int) -> Points:
    """The same curve as at least ``count`` cubic segments, so that it can bend into another."""
    segments = [points[i : i + 4] for i in range(0, len(points) - 1, 3)]
    while len(segments) < count:
        longest = max(range(len(segments)), key=lambda i: abs(segments[i][3][0] - segments[i][0][0]))
        segments[longest : longest + 1] = _halves(segments[longest])
    return (segments[0][0], *(point for segment in segments for point in segment[1:]))


def _halves(segment: Sequence[tuple[float, float]]) -> tuple[Points, Points]:
    """Both halves of a cubic segment, by De Casteljau's algorithm."""
    a, b, c, d = segment
    ab, bc, cd = _middle(a, b), _middle(b, c), _middle(c, d)
    abc, bcd = _middle(ab, bc), _middle(bc, cd)
    middle = _middle(abc, bcd)
    return (a, ab, abc, middle), (middle, bcd, cd, d)


def _middle(a: tuple[float, float], b: tuple[float, float]) -> tuple[float, float]:
    return (a[0] + b[0]) / 2, (a[1] + b[1]) / 2


def _between(start: Points, end: Points, share: float) -> Points:
    return tuple(
        (ax + (bx - ax) * share, ay + (by - ay) * share)
        for (ax, ay), (bx, by) in zip(start, end, strict=True)
    )
