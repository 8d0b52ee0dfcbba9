"""The bar over the boundary: reset, run, step, the way back to past steps, the engine and the speed."""

import math
from collections.abc import Callable, Mapping
from typing import NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from micrograd_core.texts import tr, tr_count
from micrograd_core.training.engines import Engine
from micrograd_gui.model.fit_text import first_that_fits
from micrograd_gui.model.segments import Segment
from micrograd_gui.model.theme import Theme
from micrograd_gui.model.training_speed import DEFAULT_SPEED, SPEEDS
from micrograd_gui.training.focus import give_focus_on_click
from micrograd_gui.widgets.fitting_bar import FittingBar
from micrograd_gui.widgets.labels import make_label, tooltip
from micrograd_gui.widgets.measure import measured_width
from micrograd_gui.widgets.run_buttons import PlayButton, RoundButton, SpeedButton, Switch
from micrograd_gui.widgets.scrubber import Scrubber, give_way
from micrograd_gui.widgets.style import mono, sans

_HINT_FROM = 640
"""Pixels of width from which there is room for the hint."""
_ENGINES: dict[Engine, tuple[str, str]] = {
    "arrays": (
        tr("Arrays"),
        tr("All points at once, in matrix products derived from the graph of Values."),
    ),
    "values": (
        tr("Scalars"),
        tr("One point and one Value at a time, as in the blog: the same numbers, slowly."),
    ),
}
"""The name of each engine, and a sentence about it."""


def _pace_text(steps_per_second: float) -> str:
    """Return steps per second to two digits: ``6,800``, ``42``, ``3.9``, ``0.25``."""
    rounded = float(f"{steps_per_second:.1e}")
    digits = max(1 - math.floor(math.log10(rounded)), 0)
    return f"{rounded:,.{digits}f}"


def _short_pace_text(steps_per_second: float) -> str:
    """Return steps per second to two digits, thousands as ``6.8k``."""
    rounded = float(f"{steps_per_second:.1e}")
    return f"{rounded / 1000:g}k" if rounded >= 1000 else _pace_text(rounded)


class _Wording(NamedTuple):
    """The texts that may stand behind an engine's name."""

    pace: Callable[[float], str]
    """Returns the text of so many steps per second."""
    unknown: str = "–"
    """The text before the first step."""
    computing: str = "…"
    """The text during the first step."""
    too_large: str = tr("too large")
    """The text if the network is too large for scalars."""
    gap: str = " "
    """Stands between the name and the text."""


_WORDINGS = (
    _Wording(
        lambda pace: tr("{pace} steps/s", pace=_pace_text(pace)),
        tr("not tried yet"),
        tr("computing…"),
        gap="  ",
    ),
    _Wording(lambda pace: tr("{pace}/s", pace=_pace_text(pace))),
    _Wording(_pace_text),
    _Wording(_short_pace_text),
)
"""Wordings from long to short; the bar uses the first that fits."""
_LARGE_PACE = 400_000.0
"""Steps per second for which each wording leaves room, so that a new pace moves nothing."""


class RunBar(FittingBar):
    """Shows the progress of training, and emits the user's requests."""

    reset_requested = Signal()
    run_toggled = Signal()
    step_requested = Signal()
    position_requested = Signal(int)
    """A past step."""
    speed_requested = Signal(float)
    """Steps per second; inf means as fast as possible."""
    engine_requested = Signal(str)
    """An ``Engine``."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("run_bar")
        self.setProperty("role", "floating")
        self._latest = 0
        self._paces: Mapping[Engine, float] = {}
        self._chosen: Engine = "arrays"
        self._computing = False
        self._why_not_scalars = ""
        self._wording = _WORDINGS[0]
        self._reset = RoundButton(
            "reset_button", tr("Reset to the same initial weights"), "Ctrl+Shift+R", "rotate-ccw", self
        )
        self.run_button = PlayButton("run_button", tr("Train"), "Ctrl+R", self)
        self._step = RoundButton("train_step_button", tr("Train one step"), "Ctrl+T", "step-forward", self)
        self._scrubber = Scrubber(self)
        self._scrubber.setObjectName("step_scrubber")
        self._scrubber.setAccessibleName(tr("Step shown"))
        self._position = make_label("", name="step_label", parent=self)
        self._position.setFont(mono(13, bold=True))
        self._hint = make_label("faint", tr("drag to rewind"), parent=self)
        self._engines = Switch(
            "engine_switch", {engine: name for engine, (name, _help) in _ENGINES.items()}, self
        )
        self._engines.setFont(sans(12))
        self._engines.setAccessibleName(tr("Training engine"))
        self._engines.choice_made.connect(self.engine_requested)
        texts = {speed: _speed_text(speed) for speed in SPEEDS}
        self._speed = SpeedButton("training_speed_button", texts, sans(12), self, sign=" ▾")
        self._speed.setAccessibleName(tr("Training speed"))
        self._speed.setToolTip(tr("Training speed ([ slower, ] faster)"))
        self._speed.speed_chosen.connect(self._request_speed)
        self._reset.clicked.connect(self.reset_requested)
        self.run_button.clicked.connect(self.run_toggled)
        self._step.clicked.connect(self.step_requested)
        self._scrubber.position_requested.connect(self._request_position)
        for button in (self._reset, self.run_button, self._step):
            give_focus_on_click(button, self.run_button)
        row = self._row = QHBoxLayout()
        row.setSpacing(10)
        for button in (self._reset, self.run_button, self._step):
            row.addWidget(button)
        row.addWidget(self._scrubber, 1)
        for widget in (self._position, self._hint):
            row.addWidget(widget)
        below = QHBoxLayout()
        below.setSpacing(10)
        below.addWidget(self._engines)
        below.addStretch(1)
        below.addWidget(self._speed)
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(14, 10, 14, 8)
        column.setSpacing(8)
        column.addLayout(row)
        column.addLayout(below)
        self.setFocusProxy(self.run_button)
        self.show_speed(DEFAULT_SPEED)
        self.show_progress(0, 0)

    def show_progress(self, step: int, latest: int) -> None:
        """Show the step that is shown, and the latest one."""
        self._latest = latest
        # While the user drags the knob, it follows the mouse alone.
        if not self._scrubber.isSliderDown():
            self._scrubber.show_segments([Segment("backward", 0, max(latest, 1))])
            self._scrubber.show_position(step)
        self._scrubber.setEnabled(latest > 0)
        self._position.setText(tr("step {step:,}", step=step))
        self._scrubber.setToolTip(
            tr("Drag to go back to a past step (step {step:,} of {latest:,})", step=step, latest=latest)
        )
        widest = measured_width(tr("step {step:,}", step=max(latest, 999)), mono(13, bold=True))
        self._position.setMinimumWidth(round(widest) + 2)
        self.fit()

    def show_state(self, state: str) -> None:
        """Show the ``State`` of the run: ``idle``, ``running``, ``paused`` or ``failed``."""
        for widget in (self.run_button, self._step):
            widget.setEnabled(state != "failed")
        self.run_button.show_running(state == "running")

    def show_speed(self, steps_per_second: float) -> None:
        self._speed.show_speed(steps_per_second)

    def show_engine(self, chosen: Engine, why_not_scalars: str = "") -> None:
        """Show the chosen engine. With sentences that say why scalars cannot train, show that arrays do instead."""
        self._chosen, self._why_not_scalars = chosen, why_not_scalars
        self._engines.show_choice("arrays" if why_not_scalars else chosen)
        self._write_paces()

    def show_computing(self, computing: bool) -> None:
        """Show whether a step of the engine that trains is late."""
        if computing != self._computing:
            self._computing = computing
            self._write_paces()

    def show_paces(self, paces: Mapping[Engine, float]) -> None:
        """Show the steps per second of each engine that was tried."""
        self._paces = paces
        self._write_paces()

    def show_theme(self, theme: Theme) -> None:
        self._scrubber.show_theme(theme)
        for button in (self._reset, self.run_button, self._step):
            button.show_theme(theme)

    def _request_speed(self, steps_per_second: float) -> None:
        self.show_speed(steps_per_second)
        self.speed_requested.emit(steps_per_second)

    def _request_position(self, step: int) -> None:
        self._scrubber.show_position(step)
        self.position_requested.emit(step)

    def fit(self) -> None:
        """Hide the hint and then the step if the scrubber would be too short; shorten the paces until they fit."""
        margins = self._column.contentsMargins()
        whole = self.contentsRect().width() - margins.left() - margins.right()
        hinting = self._latest > 0 and whole >= _HINT_FROM
        labels = [
            (self._position, self._position.minimumWidth(), True),
            (self._hint, self._hint.sizeHint().width(), hinting),
        ]
        give_way(self._row, whole, self._scrubber, labels)
        room = whole - self._row.spacing() - self._speed.sizeHint().width()
        self._wording = first_that_fits(
            _WORDINGS, lambda wording: self._engines.width_for(wording.gap + wording.pace(_LARGE_PACE)), room
        )
        self._write_paces()

    def _write_paces(self) -> None:
        wording = self._wording
        details: dict[str, str] = dict.fromkeys(_ENGINES, wording.unknown)
        if self._computing:
            details["arrays" if self._why_not_scalars else self._chosen] = wording.computing
        helps = {engine: [text, tr("Not tried yet.")] for engine, (_name, text) in _ENGINES.items()}
        for engine, pace in self._paces.items():
            if pace:
                details[engine] = wording.pace(pace)
                helps[engine][1] = tr("Pace: {pace} steps/s.", pace=_pace_text(pace))
        if self._why_not_scalars:
            details["values"] = wording.too_large
            helps["values"][1] = self._why_not_scalars
            if self._chosen == "values":
                helps["arrays"] += (tr("Used instead of scalars, which you chose."), self._why_not_scalars)
        self._engines.show_details(
            {engine: wording.gap + text for engine, text in details.items()},
            wording.gap + wording.pace(_LARGE_PACE),
        )
        for engine, sentences in helps.items():
            self._engines.show_help(
                engine, tooltip(" ".join(sentences)), enabled=engine == "arrays" or not self._why_not_scalars
            )


def _speed_text(steps_per_second: float) -> str:
    if math.isinf(steps_per_second):
        return tr("as fast as it goes")
    return tr_count("{n} step/s", "{n} steps/s", round(steps_per_second))
