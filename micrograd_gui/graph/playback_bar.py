"""The bar under the graph: what this step does, and the controls to play, step and scrub through both passes."""

from PySide6.QtCore import QEvent, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from micrograd_gui.model.playback import SPEEDS, Playback
from micrograd_gui.model.sentence import Part, Role, Sentence
from micrograd_gui.model.theme import DARK, Theme
from micrograd_gui.widgets.plain_text import tooltip
from micrograd_gui.widgets.run_buttons import PlayButton, RoundButton, SpeedButton
from micrograd_gui.widgets.scrubber import SHORT_SCRUBBER, Scrubber, row_width
from micrograd_gui.widgets.style import color, mono, sans

_MARGIN = 16
_SHORT_NAME = 90.0
"""Pixels, into which any number fits."""


class SentenceLabel(QLabel):
    """One sentence on two lines, words above and formula below; its height never changes."""

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
        """It speaks of an older text, and so it is faint."""
        self._stale = stale
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(400, round(2 * self._line_height()))

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.sizeHint().height())

    def resizeEvent(self, _event: QResizeEvent) -> None:
        self._show_tooltip()

    def shown_lines(self) -> tuple[list[Part], list[Part]]:
        """What is drawn: words as far as they fit, of the formula above all its numbers.

        The names in a formula give way first, down to a few letters, then it takes a shorter form.
        """
        forms = self._sentence.formula, *self._sentence.shorter
        formula = next(filter(self._fits, forms), forms[-1])
        return self._cut(self._sentence.words), self._cut(self._shortened(formula))

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

    def _fits(self, formula: tuple[Part, ...]) -> bool:
        """With its names as short as they may be."""
        least = (min(_width(part), _SHORT_NAME) if _may_shrink(part) else _width(part) for part in formula)
        return sum(least) <= self.width()

    def _shortened(self, formula: tuple[Part, ...]) -> tuple[Part, ...]:
        """The longest names shortened in the middle, so that all of it fits."""
        names = [_width(part) for part in formula if _may_shrink(part)]
        others = sum(map(_width, formula)) - sum(names)
        limit = max(_common_limit(names, self.width() - others), _SHORT_NAME)
        return tuple(
            _elided(part, limit, Qt.TextElideMode.ElideMiddle) if _may_shrink(part) else part
            for part in formula
        )

    def _cut(self, line: tuple[Part, ...]) -> list[Part]:
        """The line up to where it no longer fits."""
        shown: list[Part] = []
        room = float(self.width())
        for part in line:
            if room <= 0.0:
                break
            shown.append(_elided(part, room, Qt.TextElideMode.ElideRight))
            room -= _width(part)
        return shown

    def _show_tooltip(self) -> None:
        """The whole sentence, where not all of it can be seen."""
        whole = list(self._sentence.words), list(self._sentence.formula)
        shown = self.shown_lines()
        self.setToolTip("" if shown == whole else tooltip(self._sentence.text))

    @staticmethod
    def _line_height() -> float:
        return max(QFontMetricsF(sans(15)).height(), QFontMetricsF(mono(15)).height()) + 3.0


def _font(role: Role) -> QFont:
    return mono(14) if role in ("data", "grad") else sans(15, bold=role == "strong")


def _tint(role: Role, theme: Theme) -> str:
    return {"data": theme.data, "grad": theme.grad}.get(role, theme.text)


def _width(part: Part) -> float:
    text, role = part
    return QFontMetricsF(_font(role)).horizontalAdvance(text)


def _may_shrink(part: Part) -> bool:
    """Names, and numbers in their colours, which are shorter than the shortest name."""
    return part[1] in ("data", "grad")


def _elided(part: Part, width: float, mode: Qt.TextElideMode) -> Part:
    text, role = part
    return (text if _width(part) <= width else QFontMetricsF(_font(role)).elidedText(text, mode, width)), role


def _common_limit(widths: list[float], available: float) -> float:
    """The width to which the longest parts must shrink so that all of them fit: short ones stay whole."""
    left = available
    for count, width in enumerate(sorted(widths)):
        share = left / (len(widths) - count)
        if width > share:
            return max(share, 0.0)
        left -= width
    return available


class PlaybackBar(QFrame):
    """Says what this step does, and plays, steps and scrubs through both passes."""

    play_toggled = Signal()
    step_requested = Signal(int)
    """steps; negative is backwards"""
    position_requested = Signal(int)
    speed_requested = Signal(int)
    """notches; positive is faster"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("playback_bar")
        self.setProperty("role", "floating")
        self._count = 0
        self._playback = Playback()
        self._sentence = SentenceLabel(self)
        self._sentence.setObjectName("sentence")
        self._first = RoundButton("first_button", "To the beginning", "Home", "skip-back", self)
        self._back = RoundButton("back_button", "Step back", "←", "step-back", self)
        self._play = PlayButton("play_button", "Play", "Space", self)
        self._forward = RoundButton("forward_button", "Step forward", "→", "step-forward", self)
        self._last = RoundButton("last_button", "To the end", "End", "skip-forward", self)
        self._scrubber = Scrubber(self)
        self._scrubber.setObjectName("scrubber")
        self._scrubber.setAccessibleName("Position in both passes")
        self._speed = SpeedButton(
            "speed_button", {speed: _speed_text(speed) for speed in SPEEDS}, mono(12), self
        )
        self._speed.setAccessibleName("Speed")
        self._speed.setToolTip("Speed of the animation ([ slower, ] faster)")
        self._speed.speed_chosen.connect(self._request_speed)
        self._steps = QLabel(self)
        self._steps.setObjectName("step_count")
        self._steps.setProperty("role", "faint")
        self._steps.setTextFormat(Qt.TextFormat.PlainText)
        self._steps.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

        self._first.clicked.connect(lambda: self.position_requested.emit(0))
        self._back.clicked.connect(lambda: self.step_requested.emit(-1))
        self._play.clicked.connect(lambda: self.play_toggled.emit())
        self._forward.clicked.connect(lambda: self.step_requested.emit(1))
        self._last.clicked.connect(lambda: self.position_requested.emit(self._count))
        self._scrubber.position_requested.connect(self.position_requested)

        row = self._row = QHBoxLayout()
        row.setSpacing(8)
        for button in (self._first, self._back, self._play, self._forward, self._last):
            row.addWidget(button)
        row.addWidget(self._scrubber, 1)
        row.addWidget(self._steps)
        row.addWidget(self._speed)
        column = QVBoxLayout(self)
        column.setContentsMargins(_MARGIN, 10, _MARGIN, 10)
        column.setSpacing(8)
        column.addWidget(self._sentence)
        column.addLayout(row)
        self.show_timeline(0, 0)
        self.show_playback(Playback())

    def show_timeline(self, forward_count: int, count: int) -> None:
        self._count = count
        self._scrubber.show_timeline(forward_count, count)
        for widget in (self._first, self._back, self._play, self._forward, self._last, self._scrubber):
            widget.setEnabled(count > 0)
        # Wide enough for the longest, so that the scrubber does not move while playing.
        self._steps.setMinimumWidth(
            round(QFontMetricsF(sans(12)).horizontalAdvance(_steps_text(count, count)))
        )
        self._fit_steps()
        self._show_steps()

    def show_playback(self, playback: Playback) -> None:
        self._playback = playback
        self._scrubber.show_position(playback.position)
        self._speed.show_speed(playback.speed)
        self._play.show_running(playback.playing)
        self._show_steps()

    def show_sentence(self, sentence: Sentence) -> None:
        self._sentence.show_sentence(sentence)

    def set_stale(self, stale: bool) -> None:
        self._sentence.set_stale(stale)

    def show_theme(self, theme: Theme) -> None:
        self._sentence.show_theme(theme)
        self._scrubber.show_theme(theme)
        for button in (self._first, self._back, self._play, self._forward, self._last):
            button.show_theme(theme)

    def minimumSizeHint(self) -> QSize:
        return QSize(400, super().minimumSizeHint().height())

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            # A part has another size, as when the style sheet has reached it.
            self._fit_steps()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_steps()

    def _fit_steps(self) -> None:
        """The count of steps gives way before the scrubber does."""
        room = self.contentsRect().width() - 2 * _MARGIN
        room -= row_width(self._row, self._scrubber, self._steps)
        self._steps.setVisible(room >= self._steps.minimumWidth() + self._row.spacing() + SHORT_SCRUBBER)

    def _request_speed(self, speed: float) -> None:
        notches = SPEEDS.index(speed) - SPEEDS.index(self._playback.speed)
        if notches:
            self.speed_requested.emit(notches)

    def _show_steps(self) -> None:
        text = _steps_text(int(self._playback.position), self._count)
        self._steps.setText(text)
        self._scrubber.setToolTip(f"Drag through the forward and the backward pass ({text})")


def _steps_text(done: int, count: int) -> str:
    return f"step {min(done, count):,} of {count:,}"


def _speed_text(speed: float) -> str:
    return f"{speed:.2f}×" if speed < 0.5 else f"{speed:.1f}×"
