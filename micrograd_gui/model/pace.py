"""How fast it trains: the speeds to choose from, and which networks are too large for the scalars."""

import math
from itertools import pairwise

from micrograd_core.training.config import TrainingConfig

SPEEDS = (1.0, 5.0, 20.0, 60.0, math.inf)
"""Steps a second; inf is as fast as it goes."""
DEFAULT_SPEED = 20.0
MOST_VALUES = 1_000_000
"""``Value``s in the graphs of one step; it takes a few seconds then."""


def neighbouring_speed(steps_per_second: float, notches: int) -> float:
    """The speed so many places faster in ``SPEEDS`` or, where negative, slower; the last one at the end."""
    index = SPEEDS.index(steps_per_second) + notches
    return SPEEDS[min(max(index, 0), len(SPEEDS) - 1)]


def values_per_step(config: TrainingConfig) -> int:
    """About how many ``Value``s the graphs of one step have."""
    per_point = sum(width * (2 * inputs + 1) for inputs, width in pairwise(config.widths))
    return config.samples * per_point


def why_not_scalars(config: TrainingConfig) -> str:
    """Why a step cannot be computed Value by Value, in a sentence without its end; "" where it can."""
    values = values_per_step(config)
    if values <= MOST_VALUES:
        return ""
    return f"a step would need {values:,} Values, more than {MOST_VALUES:,}: take fewer points or neurons"
