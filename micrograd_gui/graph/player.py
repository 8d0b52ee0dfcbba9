"""The player of both passes, with the present moment."""

import math
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from micrograd_gui.model.playback import (
    Playback,
    advance,
    change_speed,
    jump_to,
    pause,
    play,
    step_by,
    step_seconds,
)
from micrograd_gui.model.rounds import RoundRow, round_rows, same_place
from micrograd_gui.model.timeline import EMPTY_TIMELINE, Timeline, moment_at


class Player(QObject):
    """Plays one timeline. It has no clock; its owner calls ``advance``.

    It is large because each way to move through the run is a short method of its own.
    """

    playback_changed = Signal(object)
    """Playback"""
    moment_changed = Signal(object)
    """Moment"""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.timeline = EMPTY_TIMELINE
        self.playback = Playback()
        self.moment = moment_at(EMPTY_TIMELINE, 0.0)
        """The present moment."""
        self.series = ""
        """What is on the curve of the rounds; "" for what they differentiate."""

    @property
    def last(self) -> int:
        """The last position: the number of steps of both passes."""
        return len(self.timeline)

    @property
    def is_at_end(self) -> bool:
        """True at rest at the end, or on the way there by steps."""
        return not self.playback.playing and self.playback.goal >= self.last

    @property
    def section(self) -> int:
        """Index of the present moment's section."""
        return self.timeline.section_at(self.playback.position)

    def clear(self) -> None:
        """Stop, with an empty timeline; the speed stays."""
        self.timeline, self.series = EMPTY_TIMELINE, ""
        self.moment = moment_at(EMPTY_TIMELINE, 0.0)
        self._set_playback(Playback(speed=self.playback.speed))

    def show_timeline(self, timeline: Timeline) -> None:
        """Play another timeline from the present position. At rest at the end, it stays at the end."""
        at_end = self.is_at_end
        self.timeline = timeline
        goal = self.last if at_end else min(self.playback.goal, self.last)
        position = float(goal) if at_end else min(self.playback.position, float(goal))
        self.playback = replace(self.playback, position=position, goal=goal)
        self.moment = moment_at(timeline, position)
        self.playback_changed.emit(self.playback)
        self.moment_changed.emit(self.moment)

    def toggle_play(self) -> None:
        self._set_playback(pause(self.playback) if self.playback.playing else play(self.playback, self.last))

    def step(self, steps: int) -> None:
        """Glide ``steps`` forward; negative is backward."""
        self._set_playback(step_by(self.playback, steps, self.last))

    def jump(self, position: int) -> None:
        self._set_playback(jump_to(self.playback, position, self.last))

    @property
    def rounds(self) -> tuple[RoundRow, ...]:
        """The rounds around the present moment, the outermost loop first."""
        return round_rows(self.timeline, self.section, self.series)

    def show_series(self, series: str) -> None:
        """Put other numbers on the curve of the rounds."""
        self.series = series
        self.moment_changed.emit(self.moment)

    def go_to_round(self, index: int, depth: int = -1) -> None:
        """Jump to the like place in another round of a loop, by default of the innermost one."""
        rows = self.rounds
        if rows and 0 <= index < len(rows[depth].marks):
            self.jump(same_place(self.timeline, rows[depth], index, math.ceil(self.playback.position)))

    def step_rounds(self, rounds: int) -> None:
        """Jump by a number of rounds; negative is backward. Outside of loops a section counts as one."""
        rows = self.rounds
        if rows:
            self.go_to_round(rows[-1].current + rounds)
        else:
            section = min(max(self.section + rounds, 0), len(self.timeline.sections) - 1)
            if section != self.section:
                self.jump(self.timeline.starts[section] + 1)

    def jump_to_end(self) -> None:
        self.jump(self.last)

    def set_speed(self, speed: float) -> None:
        """Play at ``speed``, one of ``SPEEDS``."""
        self._set_playback(replace(self.playback, speed=speed))

    def change_speed(self, notches: int) -> None:
        """Change to the next faster (positive) or slower of ``SPEEDS``."""
        self._set_playback(change_speed(self.playback, notches))

    def advance(self, seconds: float) -> bool:
        """Advance by some time; True while the playback moves."""
        if self.playback.moving or self.playback.playing:
            repetitions = self.timeline.repetitions(math.floor(self.playback.position))
            self._set_playback(advance(self.playback, seconds, step_seconds(repetitions)))
        return self.playback.moving

    def _set_playback(self, playback: Playback) -> None:
        moved = playback.position != self.playback.position
        self.playback = playback
        if moved:
            self.moment = moment_at(self.timeline, playback.position)
        self.playback_changed.emit(playback)
        if moved:
            self.moment_changed.emit(self.moment)
