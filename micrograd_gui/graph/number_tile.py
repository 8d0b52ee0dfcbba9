"""A tile of the inspector with one number, as large as fits."""

import math
from functools import partial

from PySide6.QtCore import QPointF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from micrograd_core.texts import tr
from micrograd_gui.model.fit_text import first_that_fits
from micrograd_gui.model.numbers import NOT_YET, format_number
from micrograd_gui.model.theme import DARK, Theme
from micrograd_gui.widgets.labels import tooltip
from micrograd_gui.widgets.measure import elided, measured_width
from micrograd_gui.widgets.style import color, mono, sans


class NumberTile(QFrame):
    """Shows a number under its name, as large as fits."""

    _SIZES = (19, 17, 15, 13, 12, 11, 10)

    def __init__(self, meaning: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._meaning = meaning
        self._title, self._text, self._marked = "", NOT_YET, False
        self._theme = DARK
        self.setObjectName(name)
        self.setProperty("role", "tile")
        self.setFixedHeight(58)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_number(self, title: str, number: float | None) -> None:
        """Show a number, with a mark if it is inf or nan; None, before playback has reached it, is a dot."""
        text = NOT_YET if number is None else format_number(number)
        marked = number is not None and not math.isfinite(number)
        if (title, text, marked) == (self._title, self._text, self._marked):
            return
        self._title, self._text, self._marked = title, text, marked
        unknown = tr("{name}: not computed yet at this step", name=title)
        self.setAccessibleName(unknown if number is None else f"{title}: {number!r}")
        self.setToolTip(tooltip(unknown if number is None else f"{title} = {number!r}"))
        self.update()

    def show_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def minimumSizeHint(self) -> QSize:
        return QSize(80, 58)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        theme = self._theme
        with QPainter(self) as painter:
            room = self.width() - 20.0
            painter.setFont(sans(11))
            painter.setPen(color(theme.faint_text))
            painter.drawText(QPointF(10.0, 19.0), elided(self._title, sans(11), room))
            text = f"⚠ {self._text}" if self._marked else self._text
            font = first_that_fits(map(mono, self._SIZES), partial(measured_width, text), room)
            meaning = theme.grad if self._meaning == "grad" else theme.data
            painter.setFont(font)
            painter.setPen(color(theme.problem if self._marked else meaning))
            painter.drawText(QPointF(10.0, 44.0), text)
