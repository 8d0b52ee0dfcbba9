"""The label of a step's sentence: two lines, as much as there is room for."""

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from micrograd_gui.model.fit_text import common_limit, first_that_fits
from micrograd_gui.model.sentence import Part, Role, Sentence
from micrograd_gui.model.theme import DARK, Theme
from micrograd_gui.widgets.labels import tooltip
from micrograd_gui.widgets.measure import elided, measured_width
from micrograd_gui.widgets.style import color, mono, sans

_SHORT_NAME = 90.0
"""Least width of a name, in pixels; any number fits."""


class SentenceLabel(QLabel):
    """Shows a sentence on two lines, words above and formula below, in a constant height."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sentence = Sentence()
        self._stale = False
        self._theme = DARK
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_sentence(self, sentence: Sentence) -> None:
        if sentence != self._sentence:
            self._sentence = sentence
            self.setText(sentence.text)
            self.setAccessibleName(sentence.text)
            self._show_tooltip()
            self.update()

    def show_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def set_stale(self, stale: bool) -> None:
        """Draw the sentence faint while it belongs to an older text."""
        self._stale = stale
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(400, round(2 * self._line_height()))

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.sizeHint().height())

    def resizeEvent(self, _event: QResizeEvent) -> None:
        self._show_tooltip()

    def shown_lines(self) -> tuple[list[Part], list[Part]]:
        """Return the drawn lines: words as far as they fit, and the formula with all its numbers.

        Names in the formula are shortened first, down to a few letters; then a shorter form is used.
        """
        width = float(self.width())
        forms = self._sentence.formula, *self._sentence.shorter
        formula = first_that_fits(forms, _least_width, width)
        return _cut(self._sentence.words, width), _cut(_shrunk(formula, width), width)

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            height = self._line_height()
            for row, parts in enumerate(self.shown_lines()):
                x = 0.0
                for text, role in parts:
                    font = _font(role)
                    metrics = QFontMetricsF(font)
                    painter.setFont(font)
                    painter.setPen(color(self._theme.faint_text if self._stale else _tint(role, self._theme)))
                    baseline = (row + 0.5) * height + (metrics.ascent() - metrics.descent()) / 2
                    painter.drawText(QPointF(x, baseline), text)
                    x += metrics.horizontalAdvance(text)

    def _show_tooltip(self) -> None:
        """Set the whole sentence as tooltip where it is cut."""
        whole = list(self._sentence.words), list(self._sentence.formula)
        shown = self.shown_lines()
        self.setToolTip("" if shown == whole else tooltip(self._sentence.text))

    @staticmethod
    def _line_height() -> float:
        return max(QFontMetricsF(sans(15)).height(), QFontMetricsF(mono(15)).height()) + 3.0


def _font(role: Role) -> QFont:
    return mono(14) if role in ("data", "grad") else sans(15, bold=role == "strong")


def _tint(role: Role, theme: Theme) -> str:
    return {"data": theme.data, "grad": theme.grad, "update": theme.update}.get(role, theme.text)


def _width(part: Part) -> float:
    text, role = part
    return measured_width(text, _font(role))


def _may_shrink(part: Part) -> bool:
    """Say whether a part is a name, or a coloured number, which is shorter than the least width."""
    return part[1] in ("data", "grad")


def _least_width(formula: tuple[Part, ...]) -> float:
    """Return the width of a formula whose names are as short as they may be."""
    return sum(min(_width(part), _SHORT_NAME) if _may_shrink(part) else _width(part) for part in formula)


def _shrunk(formula: tuple[Part, ...], room: float) -> tuple[Part, ...]:
    """Shorten the longest names in the middle, so that all of the formula fits."""
    names = [_width(part) for part in formula if _may_shrink(part)]
    others = sum(map(_width, formula)) - sum(names)
    limit = max(common_limit(names, room - others), _SHORT_NAME)
    return tuple(
        _elided(part, limit, Qt.TextElideMode.ElideMiddle) if _may_shrink(part) else part for part in formula
    )


def _cut(line: tuple[Part, ...], room: float) -> list[Part]:
    """Return the line up to where it no longer fits."""
    shown: list[Part] = []
    for part in line:
        if room <= 0.0:
            break
        shown.append(_elided(part, room, Qt.TextElideMode.ElideRight))
        room -= _width(part)
    return shown


def _elided(part: Part, room: float, mode: Qt.TextElideMode) -> Part:
    text, role = part
    # Qt cuts a text also where the room is only rounded to less than it needs.
    return part if _width(part) <= room else (elided(text, _font(role), room, mode), role)
