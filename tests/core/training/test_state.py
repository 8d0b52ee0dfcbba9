from dataclasses import replace
from itertools import islice

import pytest

from micrograd_core.training.config import TrainingConfig
from micrograd_core.training.run import Run
from micrograd_core.training.state import TrainingState, initial_state
from tests.extremes import EXTREMES
from tests.training_rows import EVERY_OPTIMIZER, add_rows


@pytest.mark.parametrize("optimizer", EVERY_OPTIMIZER)
@pytest.mark.parametrize("hidden", [(), (4, 3)], ids=str)
def test_a_packed_state_is_the_state(
    hidden: tuple[int, ...], optimizer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Step, parameters and what the optimizer remembers come out of the bytes as they went in."""
    add_rows(monkeypatch)
    config = TrainingConfig(samples=6, hidden=hidden, optimizer=optimizer)
    for state, _metrics in islice(Run(config).train(), 4):
        assert TrainingState.unpack(state.pack()) == state


def test_any_number_can_be_packed() -> None:
    """Infinities, nan and the sign of zero included."""
    state = TrainingState(2**40, EXTREMES, (EXTREMES[::-1],))
    assert repr(TrainingState.unpack(state.pack())) == repr(state), "as texts, for nan is not itself"


def test_a_packed_state_is_small() -> None:
    """Eight bytes a number, and sixteen for the rest: the trainer keeps thousands of them."""
    state = initial_state(TrainingConfig())
    assert len(state.pack()) == 8 * 337 + 16
    assert len(replace(state, optimizer_state=(state.parameters,) * 2).pack()) == 3 * 8 * 337 + 16
