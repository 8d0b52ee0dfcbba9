"""The speeds of the training tab."""

import math

SPEEDS = (1.0, 5.0, 20.0, 60.0, math.inf)
"""Steps per second; inf means as fast as possible."""
DEFAULT_SPEED = 20.0


def neighbouring_speed(steps_per_second: float, notches: int) -> float:
    """Return the speed ``notches`` places faster in ``SPEEDS``, or slower if negative; the ends are the limits."""
    index = SPEEDS.index(steps_per_second) + notches
    return SPEEDS[min(max(index, 0), len(SPEEDS) - 1)]
