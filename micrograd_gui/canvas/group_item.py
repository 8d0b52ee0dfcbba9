"""The group around the cards that are one array operation, and its title."""

from functools import lru_cache
from typing import ClassVar

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from micrograd_gui.canvas import levels
from micrograd_gui.canvas.legible import LARGEST_GROWTH, LETTERS, growth
from micrograd_gui.model.group_layout import GROUP_MARGIN
from micrograd_gui.model.looks import GroupLook
from micrograd_gui.widgets.style import color, mix, mono

RADIUS = 14.0
GRASP = 8.0
"""Distance from its border at which a group can be clicked, in pixels of the screen."""
_LINE = 1.5
_SELECTED_LINE = 3.0
_PADDING = 10.0
_HEIGHT = GROUP_MARGIN - 8.0
"""Height of a title at 100 %."""
_AIR = 4.0
"""Gap between a title and another group."""


class _GroupPart(QGraphicsItem):
    """A part of a group, in the scene's coordinates."""

    _LEVEL: ClassVar[float]

    def __init__(self, look: GroupLook) -> None:
        super().__init__()
        self._look, self._box = look, QRectF(*look.box)
        self.setZValue(self._LEVEL)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    @property
    def look(self) -> GroupLook:
        return self._look

    @property
    def box(self) -> QRectF:
        return self._box

    def set_look(self, look: GroupLook) -> None:
        if look != self._look:
            if (look.box, look.title, look.shape) != (self._look.box, self._look.title, self._look.shape):
                self.prepareGeometryChange()
            self._look, self._box = look, QRectF(*look.box)
            self.update()


class GroupItem(_GroupPart):
    """A rounded rectangle behind the cards."""

    _LEVEL = levels.GROUP

    def boundingRect(self) -> QRectF:
        return self._box.adjusted(-_SELECTED_LINE, -_SELECTED_LINE, _SELECTED_LINE, _SELECTED_LINE)

    def is_grasped(self, point: QPointF, zoom: float) -> bool:
        """Say whether a point of the scene is on the title or near the border; the area between the cards does not
        count.
        """
        reach = GRASP / zoom
        outside = self._box.adjusted(-reach, -reach, reach, reach)
        inside = self._box.adjusted(reach, max(GROUP_MARGIN, reach), -reach, -reach)
        on_border = outside.contains(point) and not inside.contains(point)
        return on_border or title_area(self._look, zoom).contains(point)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, _widget: QWidget | None = None
    ) -> None:
        look, theme = self._look, self._look.theme
        zoom = min(option.levelOfDetailFromTransform(painter.worldTransform()), 1.0)
        line = _SELECTED_LINE if look.selected else _LINE
        ink = theme.text if look.selected else theme.muted_text if look.hovered else theme.strong_border
        pen = QPen(color(ink), line if zoom == 1.0 else line * 0.7)
        pen.setCosmetic(zoom < 1.0)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(pen)
        painter.setBrush(mix(theme.canvas, theme.selected, 0.45))
        painter.drawRoundedRect(self._box, RADIUS, RADIUS)


class GroupTitleItem(_GroupPart):
    """A group's title over the cards: as much of formula, name and shape as fits up to the next group.

    No text is cut. Where even the name does not fit, only a selected group has a title.
    """

    _LEVEL = levels.TITLE

    def boundingRect(self) -> QRectF:
        around = GROUP_MARGIN * LARGEST_GROWTH
        widest = _plate_width(self._look.title, self._look.shape, LARGEST_GROWTH)
        return QRectF(self._box.left(), self._box.top() - around, widest, 2 * around)

    def shape(self) -> QPainterPath:
        """The empty path: hit tests find the group itself."""
        return QPainterPath()

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, _widget: QWidget | None = None
    ) -> None:
        look, theme = self._look, self._look.theme
        zoom = option.levelOfDetailFromTransform(painter.worldTransform())
        scale = growth(zoom)
        area = title_area(look, zoom)
        if area.isEmpty():
            return
        text, detail = _title(look, area.top(), scale)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(color(theme.text if look.selected else theme.strong_border), scale))
        painter.setBrush(color(theme.text if look.selected else theme.raised))
        radius = min(RADIUS, area.height() / 3)
        painter.drawRoundedRect(area, radius, radius)
        painter.setFont(mono(_size(scale)))
        inner = area.adjusted(_PADDING * scale, 0, -_PADDING * scale, 0)
        painter.setPen(color(theme.canvas if look.selected else theme.text))
        painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        if detail:
            painter.setPen(color(theme.canvas if look.selected else theme.muted_text))
            painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, detail)


def _size(scale: float) -> int:
    return round(LETTERS * scale)


def title_area(look: GroupLook, zoom: float) -> QRectF:
    """The rectangle of the title, at the group's upper left corner. As the title grows, it rises as far as the group
    above allows, and then sinks.

    Empty where there is no room.
    """
    left, above, width, _ = look.box
    scale = growth(zoom)
    top = above + _HEIGHT - _HEIGHT * scale
    for other_left, other_top, other_width, other_height in look.around:
        bottom = other_top + other_height
        if other_left < left + width and left < other_left + other_width and bottom <= above:
            top = max(top, bottom + _AIR)
    text, detail = _title(look, top, scale)
    if not text:
        return QRectF()
    return QRectF(left, top, _plate_width(text, detail, scale), _HEIGHT * scale)


def _title(look: GroupLook, top: float, scale: float) -> tuple[str, str]:
    """The title and its detail: the longest of formula and shape, formula, name and shape, name that fits up to the
    next group or to the end of the last one.
    """
    left, _, width, _ = look.box
    height = _HEIGHT * scale
    rises = height - _HEIGHT  # with its own title, as every other one
    room = max(x + across for x, _, across, _ in (look.box, *look.around)) - left
    for x, y, _, down in look.around:
        if x >= left + width and y - rises < top + height and top < y + down:
            room = min(room, x - left - _AIR * scale)
    forms = (look.title, look.shape), (look.title, ""), (look.name, look.shape), (look.name, "")
    least = (look.name if look.selected else "", "")
    return next((form for form in forms if _plate_width(*form, scale) <= max(room, width) + 0.5), least)


def _plate_width(text: str, detail: str, scale: float) -> float:
    """Width of the plate, with padding around the text and before the detail."""
    size = _size(scale)
    return _width(text, size) + _width(detail, size) + (4 if detail else 2) * _PADDING * scale


@lru_cache(maxsize=1024)
def _width(text: str, size: int) -> float:
    return QFontMetricsF(mono(size)).horizontalAdvance(text)
