"""The item of a card, with less detail at small zoom."""

import math
from collections.abc import Iterator
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from micrograd_core.texts import tr
from micrograd_gui.canvas import levels
from micrograd_gui.model.card_size import (
    CARD_HEIGHT,
    CARD_PADDING,
    CHIP_GAP,
    CHIP_SIZE,
    LABEL_SIZE,
    chip_width,
    text_width,
)
from micrograd_gui.model.fit_text import first_that_fits, mono_width
from micrograd_gui.model.looks import NodeLook, Pass
from micrograd_gui.model.numbers import format_number
from micrograd_gui.model.theme import Theme
from micrograd_gui.widgets.measure import elided
from micrograd_gui.widgets.style import color, mix, mono, sans

BLOCKS_BELOW = 0.45
"""Zoom below which coloured blocks replace text, which would be illegible."""
FILLS_BELOW = 0.15

RADIUS = 8.0
MARGIN = 13.0
"""Room around the card for the selection's ring, the glow and the output's tag."""
_CHIP_HEIGHT = 18.0
_TAG_SIZE = 10
_NUMBER_SIZES = (12, 11)
_DIM_OPACITY = 0.5
_TAG = tr("output")
_TAG_WIDTH = max(44.0, text_width(_TAG, _TAG_SIZE) + 10.0)


class NodeItem(QGraphicsItem):
    """Draws one ``NodeLook`` around its position, the card's centre."""

    def __init__(self, node_id: str, look: NodeLook, *, cached: bool) -> None:
        super().__init__()
        self.node_id = node_id
        self._look = look
        self._card = _outline(look.width)
        self._bounds = self._card.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)
        self.setZValue(levels.CARD)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        if cached:
            self.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)

    @property
    def look(self) -> NodeLook:
        return self._look

    def set_look(self, look: NodeLook) -> None:
        if look == self._look:
            return
        if look.width != self._look.width:
            self.prepareGeometryChange()
            self._card = _outline(look.width)
            self._bounds = self._card.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)
        self._look = look
        self.update()

    @property
    def card(self) -> QRectF:
        """The card's outline, in the item's coordinates."""
        return self._card

    def boundingRect(self) -> QRectF:
        return self._bounds

    def shape(self) -> QPainterPath:
        path = QPainterPath()
        path.addRoundedRect(self.card, RADIUS, RADIUS)
        return path

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, _widget: QWidget | None = None
    ) -> None:
        look, card, colors = self._look, self.card, _colors(self._look.theme)
        zoom = option.levelOfDetailFromTransform(painter.worldTransform())
        if look.dim:
            painter.setOpacity(painter.opacity() * _DIM_OPACITY)
        if zoom < FILLS_BELOW:
            painter.fillRect(card, colors.summary(look))
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _paint_frame(painter, look, card, colors, zoom)
        if zoom < BLOCKS_BELOW:
            _paint_blocks(painter, look, card, colors)
        else:
            _paint_text(painter, look, card, colors)


def _outline(width: float) -> QRectF:
    return QRectF(-width / 2, -CARD_HEIGHT / 2, width, CARD_HEIGHT)


class _Colors:
    """A theme's colours as the cards need them."""

    def __init__(self, theme: Theme) -> None:
        self.card = color(theme.card)
        self.hover = color(theme.hover)
        self.border = color(theme.strong_border)
        self.computed = mix(theme.strong_border, theme.data, 0.35)
        self.carried_border = mix(theme.strong_border, theme.grad, 0.45)
        self.text = color(theme.text)
        self.muted = color(theme.muted_text)
        self.chip = color(theme.selected)
        self.data = color(theme.data)
        self.grad = color(theme.grad)
        self.warning = color(theme.warning)
        self.ring = color(theme.text, 210)
        self.update, self.update_fill = color(theme.update), color(theme.update_fill)
        self.update_edge, self.update_text = color(theme.update_edge), color(theme.update_text)
        self.passes: dict[Pass, QColor] = {
            "data": self.data,
            "grad": self.grad,
            "update": self.update,
        }

    def summary(self, look: NodeLook) -> QColor:
        """The colour of a card that is only a few pixels large."""
        if look.selected:
            return self.text
        if look.active:
            return self.passes[look.active]
        if look.grad is not None:
            return self.carried_border
        return self.border if look.data is None else self.computed


@lru_cache(maxsize=4)
def _colors(theme: Theme) -> _Colors:
    return _Colors(theme)


def _paint_frame(painter: QPainter, look: NodeLook, card: QRectF, colors: _Colors, zoom: float) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if look.active and look.pulse > 0.0:
        for distance, alpha in ((3.0, 110), (6.5, 50)):
            glow = QColor(colors.passes[look.active])
            glow.setAlpha(round(alpha * look.pulse))
            painter.setPen(QPen(glow, 4.0))
            _rounded(painter, card, distance)
    if look.selected:
        # From afar it is as wide on the screen as near by.
        width = 1.5 / max(min(zoom, 1.0), FILLS_BELOW)
        painter.setPen(QPen(colors.ring, width))
        _rounded(painter, card, 2.75 + width / 2)
    border, line = colors.border, 1.0
    if look.active:
        border, line = colors.passes[look.active], 2.0
    elif look.grad is not None:
        border = colors.carried_border
    elif look.hovered:
        border = colors.muted
    painter.setPen(QPen(border, line))
    painter.setBrush(colors.hover if look.hovered else colors.card)
    _rounded(painter, card, -line / 2)
    if look.is_leaf:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colors.data)
        painter.drawRoundedRect(QRectF(card.left(), card.top() + 8, 4, card.height() - 16), 2, 2)


def _rounded(painter: QPainter, card: QRectF, distance: float) -> None:
    """The card's outline, ``distance`` outside of it."""
    outline = card.adjusted(-distance, -distance, distance, distance)
    painter.drawRoundedRect(outline, RADIUS + distance, RADIUS + distance)


def _paint_blocks(painter: QPainter, look: NodeLook, card: QRectF, colors: _Colors) -> None:
    left, right = card.left() + CARD_PADDING, card.right() - CARD_PADDING
    chip = chip_width(look.chip)
    label = min(text_width(look.label), right - left - (chip + CHIP_GAP if chip else 0.0))
    painter.fillRect(QRectF(left, card.top() + 13, label, 8), colors.muted)
    if chip:
        painter.fillRect(QRectF(right + 4 - chip, card.top() + 9, chip, 16), colors.chip)
    if look.data is not None:
        painter.fillRect(QRectF(left, card.bottom() - 22, 44, 9), colors.data)
    if look.grad is not None:
        painter.fillRect(QRectF(right - 44, card.bottom() - 22, 44, 9), colors.grad)


def _paint_text(painter: QPainter, look: NodeLook, card: QRectF, colors: _Colors) -> None:
    left, right = card.left() + CARD_PADDING, card.right() - CARD_PADDING
    chip = chip_width(look.chip)
    room = right - left - (chip + CHIP_GAP - 4 if chip else 0.0)
    painter.setPen(colors.text)
    painter.setFont(sans(LABEL_SIZE, bold=True))
    painter.drawText(QPointF(left, card.top() + 22), elide(look.label, room))
    if chip:
        area = QRectF(right + 4 - chip, card.top() + 8, chip, _CHIP_HEIGHT)
        _paint_pill(painter, area, look.chip, CHIP_SIZE, colors.chip, colors.muted)
    if look.is_target:
        painter.setPen(QPen(colors.border, 1.0))
        area = QRectF(left - 4, card.top() - 9, _TAG_WIDTH, 16)
        _paint_pill(painter, area, _TAG, _TAG_SIZE, colors.card, colors.muted, outlined=True)
    if look.tag:
        painter.setPen(QPen(colors.update_edge, 1.0))
        width = text_width(look.tag) * _TAG_SIZE / LABEL_SIZE + 14.0
        area = QRectF(right + 4 - width, card.top() - 12, width, 16)
        _paint_pill(painter, area, look.tag, _TAG_SIZE, colors.update_fill, colors.update_text, outlined=True)
    data, grad, size = fit_numbers(look.data, look.grad, right - left)
    painter.setFont(mono(size))
    baseline = card.bottom() - 13
    ink = colors.update if look.changed else colors.data
    _paint_number(painter, QPointF(left, baseline), look.data, data, size, ink, colors.warning, 1)
    _paint_number(painter, QPointF(right, baseline), look.grad, grad, size, colors.grad, colors.warning, -1)


def _paint_pill(
    painter: QPainter,
    area: QRectF,
    text: str,
    size: int,
    fill: QColor,
    ink: QColor,
    *,
    outlined: bool = False,
) -> None:
    if not outlined:
        painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(fill)
    painter.drawRoundedRect(area, area.height() / 2, area.height() / 2)
    painter.setPen(ink)
    painter.setFont(sans(size, bold=True))
    painter.drawText(area, Qt.AlignmentFlag.AlignCenter, text)


def _paint_number(
    painter: QPainter,
    at: QPointF,
    number: float | None,
    text: str,
    size: int,
    ink: QColor,
    warning: QColor,
    direction: int,
) -> None:
    """A number that begins (direction 1) or ends (−1) at a point; a dot for none, a triangle beside inf and nan."""
    if number is None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        painter.drawEllipse(QPointF(at.x() + 3 * direction, at.y() - 4), 1.75, 1.75)
        return
    width = mono_width(len(text), size)
    finite = math.isfinite(number)
    painter.setPen(ink if finite else warning)
    painter.drawText(QPointF(at.x() - (width if direction < 0 else 0.0), at.y()), text)
    if not finite:
        _paint_warning_sign(painter, QPointF(at.x() + direction * (width + 10), at.y() - 4.5), warning)


def _paint_warning_sign(painter: QPainter, center: QPointF, ink: QColor) -> None:
    x, y = center.x(), center.y()
    painter.setPen(QPen(ink, 1.2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPolygon(QPolygonF([QPointF(x, y - 5), QPointF(x + 5.5, y + 4.5), QPointF(x - 5.5, y + 4.5)]))
    painter.drawLine(QPointF(x, y - 1.5), QPointF(x, y + 1.0))
    painter.drawPoint(QPointF(x, y + 2.8))


@lru_cache(maxsize=4096)
def elide(label: str, room: float) -> str:
    """The label in ``room`` pixels: shortened in the middle, since sums differ at their ends."""
    return elided(label, sans(LABEL_SIZE, bold=True), room + 0.5)


def fit_numbers(data: float | None, grad: float | None, room: float) -> tuple[str, str, int]:
    """Both numbers of a card and their size in pixels, with as many digits as ``room`` pixels hold."""
    return first_that_fits(_forms(data, grad), _width_of_numbers, room)


def _forms(data: float | None, grad: float | None) -> Iterator[tuple[str, str, int]]:
    """Both numbers and their size, from all digits to the fewest."""
    for decimals in (4, 3, 2, 1):
        first, second = ("" if number is None else format_number(number, decimals) for number in (data, grad))
        for size in _NUMBER_SIZES:
            yield first, second, size


def _width_of_numbers(form: tuple[str, str, int]) -> float:
    """Pixels, with a gap between the two and room for the sign beside inf and nan."""
    *texts, size = form
    signs = sum(text.endswith(("inf", "nan")) for text in texts)
    return mono_width(sum(map(len, texts)) + 1 + 2 * signs, size)
