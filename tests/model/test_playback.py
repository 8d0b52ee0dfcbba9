"""Playback: time is an argument."""

import pytest

from micrograd_gui.model.playback import (
    SECONDS_TO_READ,
    SPEEDS,
    Playback,
    advance,
    change_speed,
    jump_to,
    pause,
    play,
    step_by,
)


def run_until_rest(
    playback: Playback, frame_seconds: float = 1 / 60, most: int = 100_000
) -> tuple[Playback, float]:
    """The playback at rest, and the seconds that it took."""
    frames = 0
    while playback.moving and frames < most:
        playback = advance(playback, frame_seconds)
        frames += 1
    return playback, frames * frame_seconds


def test_playing_goes_to_the_end_at_the_stated_speed() -> None:
    """Ten steps at speed 1 take ten times one step's time."""
    playback, seconds = run_until_rest(play(Playback(), 10))
    assert playback == Playback(10.0, 10, False)
    assert seconds == pytest.approx(10 * SECONDS_TO_READ, abs=0.1)


def test_twice_the_speed_takes_half_the_time() -> None:
    """Speed multiplies the rate of playing."""
    playback, seconds = run_until_rest(play(Playback(speed=2.0), 10))
    assert playback.position == 10.0
    assert seconds == pytest.approx(5 * SECONDS_TO_READ, abs=0.1)


def test_playing_from_the_end_starts_over() -> None:
    """Play at the end means: once more from the beginning."""
    assert play(Playback(7.0, 7), 7) == Playback(0.0, 7, True)


def test_playing_from_the_middle_goes_on_from_there() -> None:
    """Play elsewhere does not jump."""
    assert play(Playback(3.0, 3), 7) == Playback(3.0, 7, True)


def test_pause_rests_on_a_stop() -> None:
    """Pausing between two steps finishes the step under way and no more."""
    paused = pause(advance(play(Playback(), 10), 2.5 * SECONDS_TO_READ))
    assert not paused.playing
    playback, _seconds = run_until_rest(paused)
    assert playback.position == 3.0


def test_pause_on_a_stop_rests_there() -> None:
    """Pausing exactly on a stop does not move on."""
    assert pause(Playback(4.0, 10, True)) == Playback(4.0, 4, False)


def test_a_step_glides_there_in_a_fraction_of_a_second() -> None:
    """A step asked for by hand moves, is soon there, and stays."""
    playback = advance(step_by(Playback(), 1, 10), 0.1)
    assert 0.0 < playback.position < 1.0
    playback, seconds = run_until_rest(playback)
    assert playback == Playback(1.0, 1)
    assert seconds < 0.5


def test_steps_asked_for_while_gliding_add_up() -> None:
    """Three quick presses go three steps."""
    playback = Playback()
    for _ in range(3):
        playback = advance(step_by(playback, 1, 10), 0.05)
    assert run_until_rest(playback)[0].position == 3.0


def test_stepping_back_goes_back() -> None:
    """Backwards is as good as forwards."""
    playback = advance(step_by(Playback(5.0, 5), -1, 10), 0.1)
    assert 4.0 < playback.position < 5.0
    assert run_until_rest(playback)[0] == Playback(4.0, 4)


def test_a_step_while_playing_stops_playing() -> None:
    """From within a step the next stop but one is reached."""
    stepped = step_by(Playback(2.4, 10, True), 1, 10)
    assert not stepped.playing
    assert stepped.goal == 4


@pytest.mark.parametrize(("steps", "goal"), [(-5, 0), (99, 10)])
def test_steps_end_at_the_ends(steps: int, goal: int) -> None:
    """There is nothing before the first and after the last step."""
    assert step_by(Playback(3.0, 3), steps, 10).goal == goal


@pytest.mark.parametrize(("position", "found"), [(-1, 0), (4, 4), (11, 10)])
def test_a_jump_is_at_once(position: int, found: int) -> None:
    """Scrubbing does not glide, and stays within the ends."""
    assert jump_to(Playback(8.0, 10, True), position, 10) == Playback(float(found), found)


def test_speeds_go_notch_by_notch_and_stop_at_the_ends() -> None:
    """Eight presses of faster end at the fastest, then of slower at the slowest."""
    playback = change_speed(Playback(), 1)
    assert playback.speed == 2.0
    assert change_speed(playback, 8).speed == SPEEDS[-1]
    assert change_speed(playback, -8).speed == SPEEDS[0]


@pytest.mark.parametrize("seconds", [0.0, 1e-9, 0.016, 1.0, 1e6])
def test_no_frame_overshoots(seconds: float) -> None:
    """However long a frame took, the position stays between where it was and the goal."""
    moved = advance(Playback(2.0, 5, True), seconds)
    assert 2.0 <= moved.position <= 5.0


def test_at_rest_time_changes_nothing() -> None:
    """A playback at its goal stays, and no longer counts as playing."""
    assert advance(Playback(5.0, 5, True), 10.0) == Playback(5.0, 5, False)
