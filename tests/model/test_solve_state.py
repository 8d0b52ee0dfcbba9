"""The state of solving, as a sequence of states."""

from collections.abc import Callable

import pytest

from micrograd_gui.model.solve_state import (
    TEXT_HAS_ERROR,
    SolveState,
    answered,
    asked,
    edited,
    failed,
    found_out,
    opened,
    waited,
    why_no_graph,
)

Change = Callable[[SolveState], SolveState]
PROPERTIES = ("is_current", "is_stale", "late", "is_left_behind", "is_outdated", "shows_present")


def after(*changes: Change) -> SolveState:
    state = SolveState()
    for change in changes:
        state = change(state)
    return state


def typed(state: SolveState) -> SolveState:
    """A letter was typed, of which the solver is told."""
    return asked(edited(state), state.asked + 1)


def probed(state: SolveState) -> SolveState:
    """Another card was selected: the same text is asked about again."""
    return asked(state, state.asked + 1)


def solved(state: SolveState) -> SolveState:
    return found_out(answered(state, state.asked), "")


def wrong(state: SolveState) -> SolveState:
    return found_out(answered(state, state.asked), TEXT_HAS_ERROR)


@pytest.mark.parametrize(
    ("changes", "true"),
    [
        ((), {"shows_present"}),
        ((typed,), set()),
        ((typed, waited), {"late", "is_left_behind", "is_outdated"}),
        ((typed, waited, typed), {"late", "is_left_behind", "is_outdated"}),
        ((typed, solved), {"is_current", "shows_present"}),
        ((typed, solved, typed), set()),
        ((typed, solved, probed), {"is_current", "shows_present"}),
        ((typed, solved, probed, waited), {"is_current", "shows_present", "late"}),
        ((typed, solved, typed, waited), {"late", "is_left_behind", "is_outdated"}),
        ((typed, solved, typed, waited, solved), {"is_current", "shows_present"}),
        ((typed, solved, typed, waited, solved, typed), set()),
        ((typed, wrong), {"is_current", "is_stale", "is_outdated"}),
        ((typed, solved, typed, wrong), {"is_current", "is_stale", "is_outdated"}),
        ((typed, wrong, typed), {"is_stale", "is_outdated"}),
        ((typed, wrong, typed, solved), {"is_current", "shows_present"}),
        ((typed, failed), {"is_stale", "is_outdated"}),
        ((typed, failed, waited), {"is_stale", "is_outdated"}),
        ((typed, failed, typed, solved), {"is_current", "shows_present"}),
        ((typed, solved, opened), set()),
        ((typed, solved, opened, typed, solved), {"is_current", "shows_present"}),
        ((typed, wrong, opened, typed), set()),
    ],
    ids=lambda value: " ".join(c.__name__ for c in value) if isinstance(value, tuple) else "",
)
def test_what_is_so_after(changes: tuple[Change, ...], true: set[str]) -> None:
    """Exactly these of the derived properties are true."""
    state = after(*changes)
    assert {name for name in PROPERTIES if getattr(state, name)} == true


def test_only_the_answer_to_the_newest_request_ends_the_waiting() -> None:
    """The answer to an older request changes nothing."""
    state = after(typed, typed)
    assert answered(state, 1) == state
    assert not answered(state, 2).awaited


def test_who_waits_on_goes_on_waiting() -> None:
    """Typing on while nothing comes is told at once; a new wait begins after an answer."""
    assert after(typed, waited, typed).late
    assert not after(typed, waited, solved, typed).late
    assert not after(typed, solved, waited).late


@pytest.mark.parametrize(
    ("state", "source", "said"),
    [
        (after(typed), " \n", ""),
        (after(typed), "a = 1.0", "The graph is being computed…"),
        (after(typed, wrong), "a = (", "No graph: the text has an error."),
        (after(typed, failed), "a = 1.0", "No graph: it was not computed."),
    ],
)
def test_an_empty_canvas_is_explained(state: SolveState, source: str, said: str) -> None:
    """Without a text there is nothing to explain."""
    assert why_no_graph(state, source) == said
