"""Texts measured in a font, and elided to a width."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetricsF


def measured_width(text: str, font: QFont) -> float:
    """Return the width of ``text`` in pixels."""
    return QFontMetricsF(font).horizontalAdvance(text)


def elided(text: str, font: QFont, room: float, mode: Qt.TextElideMode = Qt.TextElideMode.ElideMiddle) -> str:
    """Return ``text`` in at most ``room`` pixels, with … for the missing part; "" if even … does not fit."""
    return QFontMetricsF(font).elidedText(text, mode, room)
