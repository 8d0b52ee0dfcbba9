"""The bead: a gradient under way along an edge, with its factors on a pill."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from micrograd_gui.canvas import levels
from micrograd_gui.canvas.legible import LETTERS
from micrograd_gui.model.fit_text import mono_width
from micrograd_gui.model.looks import BeadLook
from micrograd_gui.widgets.style import color, mix, mono

_RADIUS = 6.0
_HALO = 13.0
_PILL_HEIGHT = 22.0


class BeadItem(QGraphicsItem):
    """Draws one ``BeadLook`` around its position, the bead's; from afar the pill is larger."""

    def __init__(self) -> None:
        super().__init__()
        self._look: BeadLook | None = None
        self._pill = QRectF()
        self._scale = 1.0
        self.setZValue(levels.BEAD)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.hide()

    @property
    def look(self) -> BeadLook | None:
        """None before the first bead."""
        return self._look

    @property
    def pill(self) -> QRectF:
        """The pill's outline, in the item's coordinates."""
        return self._pill

    def set_look(self, look: BeadLook, pill: QRectF, scale: float) -> None:
        """Show a bead; ``pill`` lies relative to it and is larger by ``scale`` than at 100 %."""
        before = self._look
        if before is None or (look.text, look.theme, pill) != (before.text, before.theme, self._pill):
            self.prepareGeometryChange()
        self._look, self._pill, self._scale = look, pill, scale

    def boundingRect(self) -> QRectF:
        halo = QRectF(-_HALO, -_HALO, 2 * _HALO, 2 * _HALO)
        beyond = 2.0 * self._scale
        return halo.united(self._pill).adjusted(-beyond, -beyond, beyond, beyond)

    def paint(
        self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None
    ) -> None:
        if self._look is None:
            return
        theme = self._look.theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color(theme.grad, 60))
        painter.drawEllipse(QPointF(), _HALO, _HALO)
        painter.setBrush(color(theme.grad))
        painter.drawEllipse(QPointF(), _RADIUS, _RADIUS)
        painter.setPen(QPen(mix(theme.card, theme.grad, 0.5), self._scale))
        painter.setBrush(mix(theme.card, theme.grad, 0.12))
        painter.drawRoundedRect(self._pill, self._pill.height() / 2, self._pill.height() / 2)
        painter.setPen(color(theme.grad))
        painter.setFont(mono(LETTERS * self._scale))
        painter.drawText(self._pill, Qt.AlignmentFlag.AlignCenter, self._look.text)


def pill_area(text: str, scale: float) -> QRectF:
    """The outline of the pill around ``text``, centred on the origin; ``scale`` is 1 at 100 %."""
    width, height = (mono_width(len(text), LETTERS) + _PILL_HEIGHT) * scale, _PILL_HEIGHT * scale
    return QRectF(-width / 2, -height / 2, width, height)
