"""The bar under the graph: what this step does, and the controls to play, step and scrub through both passes."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QActionGroup,
    QFont,
    QFontMetricsF,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractSlider,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from micrograd_gui.model.playback import SPEEDS, Playback
from micrograd_gui.model.sentence import Part, Role, Sentence
from micrograd_gui.model.theme import DARK, Theme
from micrograd_gui.panels.plain_text import tooltip
from micrograd_gui.style import color, icon, mono, sans


class SentenceLabel(QLabel):
    """One sentence on two lines, words above and formula below; its height never changes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sentence = Sentence()
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

    def sizeHint(self) -> QSize:
        return QSize(400, round(2 * self._line_height()))

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.sizeHint().height())

    def resizeEvent(self, _event: QResizeEvent) -> None:
        self._show_tooltip()

    def shown_lines(self) -> tuple[list[Part], list[Part]]:
        """What is drawn: where the formula does not fit, its longest parts are shortened in the middle."""
        words, formula = self._sentence.lines
        return self._fit(words), self._fit(formula)

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            height = self._line_height()
            for row, parts in enumerate(self.shown_lines()):
                x = 0.0
                for text, role in parts:
                    font = _font(role)
                    metrics = QFontMetricsF(font)
                    painter.setFont(font)
                    painter.setPen(color(_tint(role, self._theme)))
                    baseline = (row + 0.5) * height + (metrics.ascent() - metrics.descent()) / 2
                    painter.drawText(QPointF(x, baseline), text)
                    x += metrics.horizontalAdvance(text)

    def _fit(self, parts: tuple[Part, ...]) -> list[Part]:
        widths = [QFontMetricsF(_font(role)).horizontalAdvance(text) for text, role in parts]
        names = [width for (_, role), width in zip(parts, widths, strict=True) if role in ("data", "grad")]
        words = sum(widths) - sum(names)
        # Signs and numbers stay whole as long as there is room for a little of each name.
        whole = words + 40.0 * len(names) <= self.width()
        limit = _common_limit(names if whole else widths, self.width() - (words if whole else 0.0))
        return [
            (_elided(text, role, limit), role)
            if width > limit and not (whole and role in ("plain", "strong"))
            else (text, role)
            for (text, role), width in zip(parts, widths, strict=True)
        ]

    def _show_tooltip(self) -> None:
        """The whole sentence, where not all of it can be seen."""
        whole = self._sentence.lines
        shown = tuple(tuple(line) for line in self.shown_lines())
        self.setToolTip("" if shown == whole else tooltip(self._sentence.text))

    @staticmethod
    def _line_height() -> float:
        return max(QFontMetricsF(sans(15)).height(), QFontMetricsF(mono(15)).height()) + 3.0


def _font(role: Role) -> QFont:
    return mono(14) if role in ("data", "grad") else sans(15, bold=role == "strong")


def _tint(role: Role, theme: Theme) -> str:
    return {"data": theme.data, "grad": theme.grad}.get(role, theme.text)


def _elided(text: str, role: Role, width: float) -> str:
    return QFontMetricsF(_font(role)).elidedText(text, Qt.TextElideMode.ElideMiddle, width)


def _common_limit(widths: list[float], available: float) -> float:
    """The width to which the longest parts must shrink so that all of them fit: short ones stay whole."""
    left = available
    for count, width in enumerate(sorted(widths)):
        share = left / (len(widths) - count)
        if width > share:
            return max(share, 0.0)
        left -= width
    return available


class Scrubber(QAbstractSlider):
    """A slider over both passes: the forward part in the colour of data, the backward part in the gradient's."""

    position_requested = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = DARK
        self._forward_count = 0
        self._position = 0.0
        self.setRange(0, 0)
        self.setOrientation(Qt.Orientation.Horizontal)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.actionTriggered.connect(self._request)

    def show_timeline(self, forward_count: int, count: int) -> None:
        self._forward_count = forward_count
        self.setRange(0, count)
        self.setPageStep(max(1, count // 10))
        self.update()

    def show_position(self, position: float) -> None:
        """The knob may be between two steps."""
        if position == self._position and not self.isSliderDown():
            return
        self._position = position
        if not self.isSliderDown():
            self.setValue(round(position))
        self.update()

    def show_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(240, 32)

    def minimumSizeHint(self) -> QSize:
        return QSize(60, 32)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self._drag_to(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            self._drag_to(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(False)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = self._theme
        middle = self.height() / 2
        start, end = self._x_of(0), self._x_of(self.maximum())
        switch, knob = self._x_of(self._forward_count), self._x_of(self._position)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setClipRect(self.rect())
            for left, right, tint, alpha in (
                (start, switch, theme.data, 60),
                (switch, end, theme.grad, 60),
                (start, min(switch, knob), theme.data, 200),
                (switch, knob, theme.grad, 220),
            ):
                if right > left:
                    painter.setBrush(color(tint, alpha))
                    painter.drawRoundedRect(QRectF(left, middle - 3.5, right - left, 7), 3.5, 3.5)
            if start < switch < end:
                painter.setBrush(color(theme.card))
                painter.drawRect(QRectF(switch - 1, middle - 4, 2, 8))
            painter.setBrush(color("#ffffff"))
            painter.setPen(QPen(color(theme.strong_border), 1))
            if self.hasFocus():
                painter.setPen(QPen(color(theme.focus), 2.5))
            painter.drawEllipse(QPointF(knob, middle), _KNOB, _KNOB)

    def _x_of(self, position: float) -> float:
        room = self.width() - 2 * (_KNOB + 2)
        return _KNOB + 2 + room * (position / self.maximum() if self.maximum() else 0.0)

    def _drag_to(self, x: float) -> None:
        room = max(self.width() - 2 * (_KNOB + 2), 1.0)
        position = round((x - _KNOB - 2) / room * self.maximum())
        position = min(max(position, 0), self.maximum())
        moved, self._position = position != self._position, float(position)
        if position != self.sliderPosition():
            self.setSliderPosition(position)
        elif moved:
            self._request()
        self.update()

    def _request(self) -> None:
        self.position_requested.emit(self.sliderPosition())


_KNOB = 8.0
"""Radius of the scrubber's knob."""


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
        self._theme = DARK
        self._count = 0
        self._playback = Playback()
        self._sentence = SentenceLabel(self)
        self._sentence.setObjectName("sentence")
        self._first = self._button("first_button", "skip-back", "To the beginning", "Home")
        self._back = self._button("back_button", "step-back", "Step back", "←")
        self._play = self._button("play_button", "play", "Play", "Space")
        self._play.setProperty("role", "primary")
        self._play.setIconSize(QSize(18, 18))
        self._forward = self._button("forward_button", "step-forward", "Step forward", "→")
        self._last = self._button("last_button", "skip-forward", "To the end", "End")
        self._scrubber = Scrubber(self)
        self._scrubber.setObjectName("scrubber")
        self._scrubber.setAccessibleName("Position in both passes")
        self._scrubber.setToolTip("Drag through the forward and the backward pass")
        self._speed = self._make_speed_button()
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

        row = QHBoxLayout()
        row.setSpacing(8)
        for button in (self._first, self._back, self._play, self._forward, self._last):
            row.addWidget(button)
        row.addWidget(self._scrubber, 1)
        row.addWidget(self._steps)
        row.addWidget(self._speed)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 10, 16, 10)
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
        self._show_steps()

    def show_playback(self, playback: Playback) -> None:
        changed = playback.playing != self._playback.playing
        self._playback = playback
        self._scrubber.show_position(playback.position)
        self._speed.setText(_speed_text(playback.speed))
        for speed, action in zip(SPEEDS, self._speed_actions.actions(), strict=True):
            action.setChecked(speed == playback.speed)
        if changed:
            self._show_play_button()
        self._show_steps()

    def show_sentence(self, sentence: Sentence) -> None:
        self._sentence.show_sentence(sentence)

    def show_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._sentence.show_theme(theme)
        self._scrubber.show_theme(theme)
        for button in (self._first, self._back, self._forward, self._last):
            button.setIcon(icon(str(button.property("icon_name")), theme))
        self._show_play_button()

    def minimumSizeHint(self) -> QSize:
        return QSize(400, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._steps.setVisible(self.width() >= 520)

    def _button(self, name: str, icon_name: str, text: str, key: str) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(name)
        button.setProperty("role", "round")
        button.setProperty("icon_name", icon_name)
        button.setIcon(icon(icon_name, self._theme))
        button.setAccessibleName(text)
        button.setToolTip(f"{text} ({key})")
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return button

    def _make_speed_button(self) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName("speed_button")
        button.setProperty("role", "plain")
        button.setAccessibleName("Speed")
        button.setToolTip("Speed of the animation ([ slower, ] faster)")
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setFont(mono(12))
        button.setMinimumWidth(round(QFontMetricsF(mono(12)).horizontalAdvance("0.25×")) + 24)
        menu = QMenu(button)
        self._speed_actions = QActionGroup(menu)
        for place, speed in enumerate(SPEEDS):
            action = QAction(_speed_text(speed), menu, checkable=True)
            action.setData(place)
            self._speed_actions.addAction(action)
            menu.addAction(action)
        self._speed_actions.triggered.connect(self._request_speed)
        button.setMenu(menu)
        return button

    def _request_speed(self, action: QAction) -> None:
        notches = int(action.data()) - SPEEDS.index(self._playback.speed)
        if notches:
            self.speed_requested.emit(notches)

    def _show_play_button(self) -> None:
        playing = self._playback.playing
        text = "Pause" if playing else "Play"
        self._play.setIcon(icon("pause" if playing else "play", self._theme, "#ffffff"))
        self._play.setAccessibleName(text)
        self._play.setToolTip(f"{text} (Space)")

    def _show_steps(self) -> None:
        self._steps.setText(_steps_text(int(self._playback.position), self._count))


def _steps_text(done: int, count: int) -> str:
    return f"step {min(done, count)} of {count}"


def _speed_text(speed: float) -> str:
    return f"{speed:.2f}×" if speed < 0.5 else f"{speed:.1f}×"
