"""Seeds of random laws: a few of them in each run, and a sweep of others behind the marker ``long``."""

import math
from typing import Any

import pytest

FEW = 4
SWEEP = 100


def seeds(few: int = FEW, sweep: int = SWEEP) -> list[Any]:
    """The seeds of each run, and after them those of the sweep."""
    swept = range(few, few + sweep)
    return [*range(few), *(pytest.param(seed, marks=pytest.mark.long) for seed in swept)]


def seeded(count: int, long_count: int, *first: object, sweep: int = SWEEP) -> list[Any]:
    """Parameters ``(*first, seed, count)``: over all its seeds a run draws ``count``, and the sweep ``long_count``."""
    few = [(*first, seed, count // FEW) for seed in range(FEW)]
    swept = [(*first, seed, long_count // sweep) for seed in range(FEW, FEW + sweep)]
    return [*few, *(pytest.param(*case, marks=pytest.mark.long) for case in swept)]


def least(share: float, count: int) -> float:
    """The fewest of ``count`` draws, with any seed, of what has this share of all: 5 standard deviations below it."""
    return count * share - 5.0 * math.sqrt(count * share * (1.0 - share))
