"""The veil over panels that belong to an older text."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from micrograd_gui.model.theme import DARK, Theme
from micrograd_gui.widgets.style import stale_veil


class Veil(QWidget):
    """Dims the panels below while they are stale; the mouse goes through it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = DARK
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def set_stale(self, stale: bool) -> None:
        self.setVisible(stale)

    def show_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.fillRect(event.rect(), stale_veil(self._theme.panel))
