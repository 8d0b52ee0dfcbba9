"""The bar under the graph: the present step's sentence, and controls to play, step and scrub through both passes."""

from collections.abc import Sequence
from functools import partial
from itertools import zip_longest

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from micrograd_core.texts import tr
from micrograd_gui.graph.round_strip import RoundStrip
from micrograd_gui.graph.sentence_label import SentenceLabel
from micrograd_gui.model.playback import SPEEDS, Playback
from micrograd_gui.model.rounds import RoundRow
from micrograd_gui.model.sentence import Sentence
from micrograd_gui.model.theme import Theme
from micrograd_gui.model.timeline import EMPTY_TIMELINE, Timeline
from micrograd_gui.widgets.fitting_bar import FittingBar
from micrograd_gui.widgets.labels import make_label
from micrograd_gui.widgets.measure import measured_width
from micrograd_gui.widgets.run_buttons import PlayButton, RoundButton, SpeedButton
from micrograd_gui.widgets.scrubber import Scrubber, give_way
from micrograd_gui.widgets.style import mono, sans

_MARGIN = 16


class PlaybackBar(FittingBar):
    """Shows the sentence of the present step, and plays, steps and scrubs through both passes."""

    play_toggled = Signal()
    step_requested = Signal(int)
    """steps; negative is backwards"""
    position_requested = Signal(int)
    round_requested = Signal(int, int)
    """(index of the round, depth of its loop)"""
    series_requested = Signal(str)
    """name of the numbers to put on the curve of the rounds"""
    end_requested = Signal()
    cancel_requested = Signal()
    go_on_requested = Signal()
    speed_requested = Signal(int)
    """notches; positive is faster"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("playback_bar")
        self.setProperty("role", "floating")
        self._shown: tuple[Timeline, int] | None = None
        self._depth = 0
        """Depth of the loop that the first strip shows."""
        self._start = 0
        """Position at which the section begins."""
        self._playback = Playback()
        self._cancel = _button("cancel_button", tr("Cancel"), tr("Stop computing the program"), self)
        self._cancel.clicked.connect(lambda: self.cancel_requested.emit())
        self._go_on = _button(
            "go_on_button", tr("Run longer"), tr("Run it again, up to ten times as long"), self
        )
        self._go_on.clicked.connect(lambda: self.go_on_requested.emit())
        self._sentence = SentenceLabel(self)
        self._sentence.setObjectName("sentence")
        self._first = RoundButton("first_button", tr("Go to the beginning"), "Home", "skip-back", self)
        self._back = RoundButton("back_button", tr("Step back"), "←", "step-back", self)
        self._play = PlayButton("play_button", tr("Play"), "Space", self)
        self._forward = RoundButton("forward_button", tr("Step forward"), "→", "step-forward", self)
        self._last = RoundButton("last_button", tr("Go to the end"), "End", "skip-forward", self)
        self._scrubber = Scrubber(self)
        self._scrubber.setObjectName("scrubber")
        self._scrubber.setAccessibleName(tr("Position in both passes"))
        self._speed = SpeedButton(
            "speed_button", {speed: _speed_text(speed) for speed in SPEEDS}, mono(12), self
        )
        self._speed.setAccessibleName(tr("Speed"))
        self._speed.setToolTip(tr("Speed of the animation ([ slower, ] faster)"))
        self._speed.speed_chosen.connect(self._request_speed)
        self._steps = make_label("faint", name="step_count", parent=self)
        self._steps.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

        self._first.clicked.connect(lambda: self.position_requested.emit(0))
        self._back.clicked.connect(lambda: self.step_requested.emit(-1))
        self._play.clicked.connect(lambda: self.play_toggled.emit())
        self._forward.clicked.connect(lambda: self.step_requested.emit(1))
        self._last.clicked.connect(lambda: self.end_requested.emit())
        self._scrubber.position_requested.connect(
            lambda position: self.position_requested.emit(self._start + position)
        )

        self._strips = (RoundStrip(self), RoundStrip(self))
        for depth, strip in enumerate(self._strips):
            strip.round_requested.connect(partial(self._request_round, depth))
            strip.series_requested.connect(self.series_requested)

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
        top = QHBoxLayout()
        top.addWidget(self._sentence, 1)
        top.addWidget(self._cancel, 0, Qt.AlignmentFlag.AlignTop)
        top.addWidget(self._go_on, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(top)
        for strip in self._strips:
            column.addWidget(strip)
        column.addLayout(row)
        self.show_section(EMPTY_TIMELINE, 0)
        self.show_playback(Playback())

    def show_section(self, timeline: Timeline, section: int) -> None:
        """Show the steps of a section."""
        if (timeline, section) == self._shown:
            return
        self._shown = timeline, section
        self._start, count = timeline.starts[section], len(timeline.steps_of(section))
        self._scrubber.show_segments(timeline.steps_of(section).segments)
        self._scrubber.show_position(self._playback.position - self._start)
        for widget in (self._first, self._back, self._play, self._forward, self._last, self._scrubber):
            widget.setEnabled(count > 0)
        # Room for the longest text, so that the scrubber does not move while playing.
        self._steps.setMinimumWidth(round(measured_width(_steps_text(count, count), sans(12))))
        self.fit()
        self._show_steps()

    def show_rounds(self, rows: Sequence[RoundRow]) -> None:
        """Show the rounds around the present moment: of at most two loops, the innermost ones."""
        self._depth = max(len(rows) - len(self._strips), 0)
        for strip, row in zip_longest(self._strips, rows[self._depth :]):
            strip.show_row(row)

    def _request_round(self, strip: int, index: int) -> None:
        self.round_requested.emit(index, self._depth + strip)

    def show_playback(self, playback: Playback) -> None:
        self._playback = playback
        self._scrubber.show_position(playback.position - self._start)
        self._speed.show_speed(playback.speed)
        self._play.show_running(playback.playing)
        self._show_steps()

    def show_sentence(self, sentence: Sentence) -> None:
        self._sentence.show_sentence(sentence)

    def set_cancellable(self, cancellable: bool) -> None:
        """Show or hide the button that stops a computation."""
        self._cancel.setVisible(cancellable)

    def offer_to_go_on(self, offered: bool) -> None:
        """Show or hide the button that lets a program run longer."""
        self._go_on.setVisible(offered)

    def set_stale(self, stale: bool) -> None:
        self._sentence.set_stale(stale)

    def show_theme(self, theme: Theme) -> None:
        self._sentence.show_theme(theme)
        self._scrubber.show_theme(theme)
        for strip in self._strips:
            strip.show_theme(theme)
        for button in (self._first, self._back, self._play, self._forward, self._last):
            button.show_theme(theme)

    def fit(self) -> None:
        """Hide the count of steps before the scrubber becomes too short."""
        room = self.contentsRect().width() - 2 * _MARGIN
        give_way(self._row, room, self._scrubber, [(self._steps, self._steps.minimumWidth(), True)])

    def _request_speed(self, speed: float) -> None:
        notches = SPEEDS.index(speed) - SPEEDS.index(self._playback.speed)
        if notches:
            self.speed_requested.emit(notches)

    def _show_steps(self) -> None:
        count = self._scrubber.maximum()
        done = min(max(int(self._playback.position) - self._start, 0), count)
        self._steps.setText(_steps_text(done, count))
        self._scrubber.setToolTip(
            tr("Drag through the steps (step {done:,} of {count:,})", done=done, count=count)
        )


def _button(name: str, text: str, tip: str, parent: QWidget) -> QPushButton:
    """Return a hidden button beside the sentence."""
    button = QPushButton(text, parent)
    button.setObjectName(name)
    button.setToolTip(tip)
    button.hide()
    return button


def _steps_text(done: int, count: int) -> str:
    return tr("step {done:,} of {count:,}", done=done, count=count)


def _speed_text(speed: float) -> str:
    return f"{speed:.2f}×" if speed < 0.5 else f"{speed:.1f}×"
