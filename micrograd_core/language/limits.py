"""How much a typed program may use."""

from dataclasses import dataclass
from time import thread_time


@dataclass(frozen=True, slots=True)
class Limits:
    """Crossing one raises a ``LanguageError`` at the place where it happens."""

    characters: int = 1_000_000
    """Length of the source."""
    tokens: int = 50_000
    """Words, numbers and signs in the source."""
    depth: int = 100
    """Brackets in brackets, signs in front of signs, blocks in blocks, lists in lists."""
    nodes: int = 200_000
    """Values made, leaves included."""
    items: int = 1_000_000
    """Elements of all lists and characters of all texts made, together."""
    output: int = 64 * 1024
    """Characters printed, and the longest text."""
    seconds: float = 2.0
    """Processor time from the first character read to the last statement run; what others use meanwhile is not in it,
    so that a program runs or fails alike on an idle and on a busy machine."""


class Stopwatch:
    """The processor time of one run, whose work goes over from thread to thread.

    It is read in the thread that works, stopped at the end of a thread's work and started in the next one.
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
