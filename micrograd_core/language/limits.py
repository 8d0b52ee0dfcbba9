"""Limits on the resources of a typed program."""

from collections.abc import Callable
from dataclasses import dataclass
from time import thread_time
from typing import NamedTuple, TypeAlias


@dataclass(frozen=True, slots=True)
class Limits:
    """Upper limits of one run; exceeding one raises a ``LanguageError`` at that position of the program."""

    characters: int = 1_000_000
    """Length of the source."""
    tokens: int = 50_000
    """Words, numbers and signs in the source."""
    depth: int = 100
    """Nesting of brackets, signs, blocks, lists and calls."""
    nodes: int = 200_000
    """Values that the program can reach, including leaves."""
    events: int = 4_000_000
    """Events of the recording, and rounds of loops. A packed event counts a quarter."""
    unpacked: int = 500_000
    """Events after which rounds that repeat others are packed."""
    items: int = 1_000_000
    """Elements of all lists made, plus characters of all texts made."""
    output: int = 64 * 1024
    """Characters printed in total, and characters of one text."""
    seconds: float = 2.0
    """Processor time from parsing to the last statement; it excludes other processes, so that a program runs or fails
    alike on an idle and on a busy machine."""


class Progress(NamedTuple):
    """How far a run has come."""

    seconds: float
    """Processor time so far."""
    round: str
    """The outermost loop's target and the number of its round, such as ``k 312``; "" outside of loops."""


Report: TypeAlias = Callable[[Progress], None]
_SECONDS_BETWEEN_REPORTS = 0.25


class Stopwatch:
    """Processor time of one run, whose work moves from thread to thread.

    It must be read in the working thread, stopped at the end of a thread's work and started in the next one.
    """

    def __init__(self, report: Report | None = None) -> None:
        self._before = 0.0
        self._report = report
        self._reported = 0.0
        self.start()

    def start(self) -> None:
        self._started = thread_time()

    def stop(self) -> None:
        self._before = self.seconds()

    def look(self, place: Callable[[], str]) -> float:
        """Return the time, and report the progress if the last report is some time ago."""
        seconds = self.seconds()
        if self._report is not None and seconds > self._reported + _SECONDS_BETWEEN_REPORTS:
            self._reported = seconds
            self._report(Progress(seconds, place()))
        return seconds

    def seconds(self) -> float:
        return self._before + thread_time() - self._started
