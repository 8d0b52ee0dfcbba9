"""Where the animation is and where it goes. Time is an argument, so backwards is free and tests need no clock."""

import math
from dataclasses import dataclass, replace

SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
STEPS_PER_SECOND = 1.25
"""At speed 1: a step can be read while it happens."""
GLIDES_PER_SECOND = 4.0
"""A single step asked for by hand is quicker."""


@dataclass(frozen=True, slots=True)
class Playback:
    """``position`` (in steps done) moves towards ``goal``, which is always a whole number."""

    position: float = 0.0
    goal: int = 0
    playing: bool = False
    speed: float = 1.0

    @property
    def moving(self) -> bool:
        return self.position != self.goal


def play(playback: Playback, last: int) -> Playback:
    """Run to the end; from the end, start over."""
    position = 0.0 if playback.position >= last else playback.position
    return replace(playback, position=position, goal=last, playing=True)


def pause(playback: Playback) -> Playback:
    """Finish the step under way and rest there."""
    return replace(playback, goal=math.ceil(playback.position), playing=False)


def step_by(playback: Playback, steps: int, last: int) -> Playback:
    """Glide ``steps`` on from where playback rests or was about to rest; negative is backwards."""
    start = math.ceil(playback.position) if playback.playing else playback.goal
    return replace(playback, goal=min(max(start + steps, 0), last), playing=False)


def jump_to(playback: Playback, position: int, last: int) -> Playback:
    goal = min(max(position, 0), last)
    return replace(playback, position=float(goal), goal=goal, playing=False)


def change_speed(playback: Playback, notches: int) -> Playback:
    """The next faster (positive) or slower speed of ``SPEEDS``."""
    index = min(max(SPEEDS.index(playback.speed) + notches, 0), len(SPEEDS) - 1)
    return replace(playback, speed=SPEEDS[index])


def advance(playback: Playback, seconds: float) -> Playback:
    """Playback ``seconds`` later."""
    if not playback.moving:
        return replace(playback, playing=False)
    distance = playback.goal - playback.position
    rate = STEPS_PER_SECOND * playback.speed
    if not playback.playing:
        rate = max(rate, GLIDES_PER_SECOND * max(1.0, abs(distance)))
    travel = min(abs(distance), rate * seconds)
    position = playback.position + math.copysign(travel, distance)
    if abs(position - playback.goal) < 1e-9:
        return replace(playback, position=float(playback.goal), playing=False)
    return replace(playback, position=position)
