"""Timing side by side: in each round both sides take their turn, so that whatever else the machine does falls on both.

It is processor time, of all threads: what other programs take of the machine does not count.
"""

import gc
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median, quantiles
from time import process_time
from typing import Literal, TypeAlias

Clock: TypeAlias = Callable[[int], float]
"""Does its work as many times as it is told, and returns the seconds of processor time."""
Unit: TypeAlias = Literal["s", "B", "×"]


@dataclass(frozen=True, slots=True)
class Effort:
    """Limits of a measurement."""

    rounds: int
    """Most rounds."""
    fewest: int
    """Fewest rounds."""
    seconds: float
    """Seconds of all rounds together, for slow work; fast work ends sooner."""
    block: float
    """Seconds of each side's turn: many short steps, so that the clock does not matter."""


FULL = Effort(rounds=60, fewest=7, seconds=8.0, block=0.03)
QUICK = Effort(rounds=5, fewest=3, seconds=1.0, block=0.01)


@dataclass(frozen=True, slots=True)
class Measurement:
    ours: float
    theirs: float
    """Medians over all rounds of the time, or bytes, of doing the work once."""
    ratio: float
    """Ours to theirs, the median over the rounds."""
    low: float
    high: float
    """The quartiles of the ratio."""
    rounds: int
    unit: Unit = "s"


def clock(work: Callable[[], object]) -> Clock:
    """Return the clock of work in this process."""

    def run(times: int) -> float:
        start = process_time()
        for _ in range(times):
            work()
        return process_time() - start

    return run


def compare(ours: Clock, theirs: Clock, effort: Effort) -> Measurement:
    """Measure both times, and their ratio."""
    rounds = take_turns((ours, theirs), effort)
    return summary([row[0] for row in rounds], [row[1] for row in rounds])


def compare_added_time(ours: tuple[Clock, Clock], theirs: tuple[Clock, Clock], effort: Effort) -> Measurement:
    """Measure the time that the larger work, the second of a pair, takes beyond the smaller, on both sides."""
    rounds = take_turns((*ours, *theirs), effort)
    return summary([row[1] - row[0] for row in rounds], [row[3] - row[2] for row in rounds])


def compare_factors(ours: tuple[Clock, Clock], theirs: tuple[Clock, Clock], effort: Effort) -> Measurement:
    """Measure the time of the larger work, the second of a pair, as a multiple of the smaller, on both sides."""
    rounds = take_turns((*ours, *theirs), effort)
    return summary([row[1] / row[0] for row in rounds], [row[3] / row[2] for row in rounds], "×")


def summary(ours: Sequence[float], theirs: Sequence[float], unit: Unit = "s") -> Measurement:
    """Return the measurement of the same rounds on both sides."""
    ratios = [a / b for a, b in zip(ours, theirs, strict=True)]
    low, middle, high = quantiles(ratios, method="inclusive") if len(ratios) > 1 else ratios * 3
    return Measurement(median(ours), median(theirs), middle, low, high, len(ratios), unit)


def take_turns(clocks: Sequence[Clock], effort: Effort) -> list[list[float]]:
    """Return, for each round, the seconds of doing each work once."""
    with quiet_collector():
        times, expected = zip(*(_calibrate(run, effort.block) for run in clocks), strict=True)
        rounds = max(effort.fewest, min(effort.rounds, int(effort.seconds / sum(expected))))
        result = []
        for _ in range(rounds):
            row = [0.0] * len(clocks)
            for i in random.sample(range(len(clocks)), len(clocks)):
                gc.collect()
                row[i] = clocks[i](times[i]) / times[i]
            result.append(row)
    return result


def _calibrate(run: Clock, block: float) -> tuple[int, float]:
    """Return the number of times that fill a turn, and the seconds that it takes. This is the warm-up, too."""
    times = 1
    run(times)
    while (seconds := run(times)) < block / 2:
        times *= 2
    return max(1, round(times * block / seconds)), max(block, seconds / times)


@contextmanager
def quiet_collector() -> Iterator[None]:
    """Let Python's garbage collector run as usual, but leave alone all objects that were there before."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
