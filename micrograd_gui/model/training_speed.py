"""How fast the training tab trains: the speeds to choose from."""

import math

SPEEDS = (1.0, 5.0, 20.0, 60.0, math.inf)
"""Steps a second; inf means as fast as possible."""
DEFAULT_SPEED = 20.0


def neighbouring_speed(steps_per_second: float, notches: int) -> float:
    """The speed so many places faster in ``SPEEDS`` or, where negative, slower; the last one at the end."""
    index = SPEEDS.index(steps_per_second) + notches
    return SPEEDS[min(max(index, 0), len(SPEEDS) - 1)]
