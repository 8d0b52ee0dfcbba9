"""Limits on the resources of a typed program."""

from dataclasses import dataclass
from time import thread_time


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
    """Events of the recording."""
    items: int = 1_000_000
    """Elements of all lists made, plus characters of all texts made."""
    output: int = 64 * 1024
    """Characters printed in total, and characters of one text."""
    seconds: float = 2.0
    """Processor time from parsing to the last statement; it excludes other processes, so that a program runs or fails
    alike on an idle and on a busy machine."""


class Stopwatch:
    """Processor time of one run, whose work moves from thread to thread.

    It must be read in the working thread, stopped at the end of a thread's work and started in the next one.
    """

    def __init__(self) -> None:
        self._before = 0.0
        self.start()

    def start(self) -> None:
        self._started = thread_time()

    def stop(self) -> None:
        self._before = self.seconds()

    def seconds(self) -> float:
        return self._before + thread_time() - self._started
