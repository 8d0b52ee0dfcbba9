import math

from micrograd_gui.model.training_speed import SPEEDS, neighbouring_speed


def test_speeds_have_neighbours() -> None:
    """From each to the next, and not beyond the ends."""
    assert [neighbouring_speed(speed, 1) for speed in SPEEDS] == [*SPEEDS[1:], math.inf]
    assert [neighbouring_speed(speed, -1) for speed in SPEEDS] == [1.0, *SPEEDS[:-1]]
    assert neighbouring_speed(20.0, -9) == 1.0
