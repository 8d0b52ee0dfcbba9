"""The bar over the boundary: reset, run, step, and the way back to any past step."""

import math

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from micrograd_gui.model.theme import Theme
from micrograd_gui.model.training import DEFAULT_SPEED, SPEEDS
from micrograd_gui.panels.run_buttons import PlayButton, RoundButton, SpeedButton
from micrograd_gui.panels.scrubber import SHORT_SCRUBBER, Scrubber, row_width
from micrograd_gui.style import mono, sans

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
        self._running = False
        self._latest = 0
        self._steps_per_second = 0.0
        self._speed_wanted = DEFAULT_SPEED
        self._reset = RoundButton(
            "reset_button", "Reset to the same initial weights", "Ctrl+Shift+R", "rotate-ccw", self
        )
        self._run = PlayButton("run_button", "Train", "Ctrl+R", self)
        self._step = RoundButton("train_step_button", "Train one step", "Ctrl+T", "step-forward", self)
        self._scrubber = Scrubber(self)
        self._scrubber.setObjectName("step_scrubber")
        self._scrubber.setAccessibleName("Step that is shown")
        self._position = QLabel(self)
        self._position.setObjectName("step_label")
        self._position.setTextFormat(Qt.TextFormat.PlainText)
        self._position.setFont(mono(13, bold=True))
        self._hint = QLabel(self)
        self._hint.setObjectName("speed_label")
        self._hint.setProperty("role", "faint")
        self._hint.setTextFormat(Qt.TextFormat.PlainText)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        texts = {speed: _speed_text(speed) for speed in SPEEDS}
        self._speed = SpeedButton("training_speed_button", texts, sans(12), self, sign=" ▾")
        self._speed.setAccessibleName("Training speed")
        self._speed.setToolTip("How fast it trains")
        self._speed.speed_chosen.connect(self._request_speed)
        self._reset.clicked.connect(self.reset_requested)
        self._run.clicked.connect(self.run_toggled)
        self._step.clicked.connect(self.step_requested)
        self._scrubber.position_requested.connect(self._request_position)
        row = self._row = QHBoxLayout(self)
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
        self._scrubber.setToolTip(f"Drag to go back to a past step (step {step:,} of {latest:,})")
        metrics = QFontMetricsF(mono(13, bold=True))
        self._position.setMinimumWidth(round(metrics.horizontalAdvance(f"step {max(latest, 999):,}")) + 2)
        self._show_hint()

    def show_state(self, state: str) -> None:
        """``idle``, ``running``, ``paused`` or ``failed``."""
        self._running = state == "running"
        for widget in (self._run, self._step):
            widget.setEnabled(state != "failed")
        self._run.show_running(self._running)
        self._show_hint()

    def show_speed(self, steps_per_second: float) -> None:
        self._speed_wanted = steps_per_second
        self._speed.show_speed(steps_per_second)
        self._show_hint()

    def show_theme(self, theme: Theme) -> None:
        self._scrubber.show_theme(theme)
        for button in (self._reset, self._run, self._step):
            button.show_theme(theme)

    def minimumSizeHint(self) -> QSize:
        return QSize(400, super().minimumSizeHint().height())

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            # A part has another size, as when the style sheet has reached it.
            self._fit()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_hint()

    def _request_speed(self, steps_per_second: float) -> None:
        self.show_speed(steps_per_second)
        self.speed_requested.emit(steps_per_second)

    def _request_position(self, step: int) -> None:
        self._scrubber.show_position(step)
        self.position_requested.emit(step)

    def _show_hint(self) -> None:
        parts = []
        if self._latest and self.width() >= _HINT_FROM:
            parts.append("drag to rewind")
        if self._running and self._steps_per_second and math.isinf(self._speed_wanted):
            parts.append(f"{self._steps_per_second:,.0f} steps/s")
        self._hint.setText(" · ".join(parts))
        self._fit()

    def _fit(self) -> None:
        """Where the scrubber would become too short, first the pace gives way and then the step."""
        room = self.contentsRect().width() - SHORT_SCRUBBER
        room -= row_width(self._row, self._scrubber, self._position, self._hint)
        for label, width in (
            (self._position, self._position.minimumWidth()),
            (self._hint, self._hint.sizeHint().width()),
        ):
            room -= width + self._row.spacing()
            label.setVisible(room >= 0 and bool(label.text()))


def _speed_text(steps_per_second: float) -> str:
    if math.isinf(steps_per_second):
        return "as fast as it goes"
    return "1 step/s" if steps_per_second == 1 else f"{steps_per_second:.0f} steps/s"
