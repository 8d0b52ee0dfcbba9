"""The state of playback: position, goal and speed. Time is an argument, so tests need no clock."""

import math
from dataclasses import dataclass, replace

SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
SECONDS_TO_READ = 1.5
"""Time for a step at speed 1 whose sentence is new."""
SECONDS_TO_GLANCE = 0.4
"""Time for one whose like was seen many times."""
_HALF_LIFE = 6.0
"""Number of like steps after which the time beyond a glance is halved."""
GLIDES_PER_SECOND = 4.0
"""Least rate of single steps, so that they are quick."""


@dataclass(frozen=True, slots=True)
class Playback:
    """A ``position``, in steps done, that moves towards the whole number ``goal``."""

    position: float = 0.0
    goal: int = 0
    playing: bool = False
    speed: float = 1.0

    @property
    def moving(self) -> bool:
        return self.position != self.goal


def play(playback: Playback, last: int) -> Playback:
    """Start playing to the end; at the end, from the beginning."""
    position = 0.0 if playback.position >= last else playback.position
    return replace(playback, position=position, goal=last, playing=True)


def pause(playback: Playback) -> Playback:
    """Stop after the step under way."""
    return replace(playback, goal=math.ceil(playback.position), playing=False)


def step_by(playback: Playback, steps: int, last: int) -> Playback:
    """Glide by ``steps`` from the resting point, present or next; negative is backward."""
    start = math.ceil(playback.position) if playback.playing else playback.goal
    return replace(playback, goal=min(max(start + steps, 0), last), playing=False)


def jump_to(playback: Playback, position: int, last: int) -> Playback:
    goal = min(max(position, 0), last)
    return replace(playback, position=float(goal), goal=goal, playing=False)


def change_speed(playback: Playback, notches: int) -> Playback:
    """Change to the next faster (positive) or slower of ``SPEEDS``."""
    index = min(max(SPEEDS.index(playback.speed) + notches, 0), len(SPEEDS) - 1)
    return replace(playback, speed=SPEEDS[index])


def step_seconds(repetitions: int) -> float:
    """Time for a step at speed 1 of whose kind this many were seen."""
    return SECONDS_TO_GLANCE + (SECONDS_TO_READ - SECONDS_TO_GLANCE) * math.exp2(-repetitions / _HALF_LIFE)


def advance(playback: Playback, seconds: float, step: float = SECONDS_TO_READ) -> Playback:
    """Return the playback after ``seconds``; a step takes ``step`` seconds at speed 1."""
    if not playback.moving:
        return replace(playback, playing=False)
    distance = playback.goal - playback.position
    rate = playback.speed / step
    if not playback.playing:
        rate = max(rate, GLIDES_PER_SECOND * max(1.0, abs(distance)))
    travel = min(abs(distance), rate * seconds)
    position = playback.position + math.copysign(travel, distance)
    if abs(position - playback.goal) < 1e-9:
        return replace(playback, position=float(playback.goal), playing=False)
    return replace(playback, position=position)
