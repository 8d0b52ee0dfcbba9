"""The bar over the boundary: reset, run, step, and the way back to any past step."""

import math

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QFontMetricsF, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QToolButton, QWidget

from micrograd_gui.model.theme import DARK, Theme
from micrograd_gui.panels.playback_bar import Scrubber
from micrograd_gui.style import icon, mono, sans

SPEEDS = (1.0, 5.0, 20.0, 60.0, math.inf)
DEFAULT_SPEED = 20.0
_HINT_FROM = 640
"""Pixels of width from which there is room for words."""


class RunBar(QFrame):
    """Shows where training is and says what the user asks of it."""

    reset_requested = Signal()
    run_toggled = Signal()
    step_requested = Signal()
    position_requested = Signal(int)
    """A step that has been passed."""
    speed_requested = Signal(float)
    """Steps a second; inf is as fast as it goes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("run_bar")
        self.setProperty("role", "floating")
        self._theme = DARK
        self._running = False
        self._latest = 0
        self._steps_per_second = 0.0
        self._speed_wanted = DEFAULT_SPEED
        self._reset = self._button(
            "reset_button", "rotate-ccw", "Reset to the same initial weights", "Ctrl+Shift+R"
        )
        self._run = self._button("run_button", "play", "Train", "Ctrl+R")
        self._run.setProperty("role", "primary")
        self._run.setIconSize(QSize(18, 18))
        self._step = self._button("train_step_button", "step-forward", "Train one step", "Ctrl+T")
        self._scrubber = Scrubber(self)
        self._scrubber.setObjectName("step_scrubber")
        self._scrubber.setAccessibleName("Step that is shown")
        self._scrubber.setToolTip("Drag to go back to a past step")
        self._position = QLabel(self)
        self._position.setObjectName("step_label")
        self._position.setTextFormat(Qt.TextFormat.PlainText)
        self._position.setFont(mono(13, bold=True))
        self._hint = QLabel(self)
        self._hint.setObjectName("speed_label")
        self._hint.setProperty("role", "faint")
        self._hint.setTextFormat(Qt.TextFormat.PlainText)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._speed = self._make_speed_button()
        self._reset.clicked.connect(self.reset_requested)
        self._run.clicked.connect(self.run_toggled)
        self._step.clicked.connect(self.step_requested)
        self._scrubber.position_requested.connect(self._request_position)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 10, 8, 10)
        row.setSpacing(10)
        for button in (self._reset, self._run, self._step):
            row.addWidget(button)
        row.addWidget(self._scrubber, 1)
        for widget in (self._position, self._hint, self._speed):
            row.addWidget(widget)
        self.show_speed(DEFAULT_SPEED)
        self.show_progress(0, 0, 0.0)

    def show_progress(self, step: int, latest: int, steps_per_second: float) -> None:
        """The step shown, the furthest one, and the pace; 0 while it rests."""
        self._latest = latest
        self._steps_per_second = steps_per_second
        # Under the user's hand the knob follows the hand.
        if not self._scrubber.isSliderDown():
            self._scrubber.show_timeline(0, max(latest, 1))
            self._scrubber.show_position(step)
        self._scrubber.setEnabled(latest > 0)
        self._position.setText(f"step {step:,}")
        metrics = QFontMetricsF(mono(13, bold=True))
        self._position.setMinimumWidth(round(metrics.horizontalAdvance(f"step {max(latest, 999):,}")) + 2)
        self._show_hint()

    def show_state(self, state: str) -> None:
        """``idle``, ``running``, ``paused`` or ``failed``."""
        self._running = state == "running"
        for widget in (self._run, self._step):
            widget.setEnabled(state != "failed")
        self._show_run_button()
        self._show_hint()

    def show_speed(self, steps_per_second: float) -> None:
        self._speed_wanted = steps_per_second
        self._speed.setText(f"{_speed_text(steps_per_second)} ▾")
        self._show_hint()
        for speed, action in zip(SPEEDS, self._speed_actions.actions(), strict=True):
            action.setChecked(speed == steps_per_second)

    def show_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._scrubber.show_theme(theme)
        for button in (self._reset, self._step):
            button.setIcon(icon(str(button.property("icon_name")), theme))
        self._show_run_button()

    def minimumSizeHint(self) -> QSize:
        return QSize(420, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_hint()

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
        button.setObjectName("training_speed_button")
        button.setProperty("role", "plain")
        button.setAccessibleName("Training speed")
        button.setToolTip("How fast it trains")
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setFont(sans(12))
        widest = max(QFontMetricsF(sans(12)).horizontalAdvance(f"{_speed_text(speed)} ▾") for speed in SPEEDS)
        button.setMinimumWidth(round(widest) + 26)
        menu = QMenu(button)
        self._speed_actions = QActionGroup(menu)
        for speed in SPEEDS:
            action = QAction(_speed_text(speed), menu, checkable=True)
            action.setData(speed)
            self._speed_actions.addAction(action)
            menu.addAction(action)
        self._speed_actions.triggered.connect(self._request_speed)
        button.setMenu(menu)
        return button

    def _request_speed(self, action: QAction) -> None:
        self.show_speed(action.data())
        self.speed_requested.emit(action.data())

    def _request_position(self, step: int) -> None:
        self._scrubber.show_position(step)
        self.position_requested.emit(step)

    def _show_run_button(self) -> None:
        text = "Pause" if self._running else "Train"
        self._run.setIcon(icon("pause" if self._running else "play", self._theme, "#ffffff"))
        self._run.setAccessibleName(text)
        self._run.setToolTip(f"{text} (Ctrl+R)")

    def _show_hint(self) -> None:
        parts = []
        if self._latest and self.width() >= _HINT_FROM:
            parts.append("drag to rewind")
        if self._running and self._steps_per_second and math.isinf(self._speed_wanted):
            parts.append(f"{self._steps_per_second:,.0f} steps/s")
        self._hint.setText(" · ".join(parts))


def _speed_text(steps_per_second: float) -> str:
    if math.isinf(steps_per_second):
        return "as fast as it goes"
    return "1 step/s" if steps_per_second == 1 else f"{steps_per_second:.0f} steps/s"
