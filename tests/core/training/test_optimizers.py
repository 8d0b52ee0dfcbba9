import numpy as np
import pytest

from micrograd_core.engine import Value
from micrograd_core.training.config import TrainingConfig
from micrograd_core.training.engines import Descent
from micrograd_core.training.optimizers import OPTIMIZERS
from micrograd_core.training.state import TrainingState, initial_state
from tests.training_rows import EVERY_OPTIMIZER, add_rows


def descent(*parameters: float) -> Descent:
    """By plain gradient descent."""
    return Descent(TrainingConfig(optimizer="sgd"), TrainingState(0, parameters))


def test_a_step_moves_each_parameter_by_rate_times_its_gradient() -> None:
    """``data -= rate × grad``, and the gradients stay as they were."""
    a, b = Value(2.0), Value(-1.0)
    (a * b).backward()
    gradient = np.array([a.grad, b.grad])
    moved = descent(a.data, b.data)
    moved.update(gradient, rate=0.5)
    assert moved.parameters.tolist() == [2.5, -2.0]
    assert gradient.tolist() == [-1.0, 2.0]


def test_the_rate_can_follow_a_schedule() -> None:
    """A step uses the rate that it is given."""
    moved = descent(1.0)
    moved.update(np.array([1.0]), rate=0.25)
    assert moved.parameters.tolist() == [0.75]
    moved.update(np.array([1.0]), rate=0.5)
    assert moved.parameters.tolist() == [0.25]


def test_descent_finds_the_bottom_of_a_parabola() -> None:
    """(x − 3)² is smallest at 3."""
    moved = descent(-5.0)
    for _ in range(100):
        x = Value(moved.parameters[0])
        ((x - 3) ** 2).backward()
        moved.update(np.array([x.grad]), rate=0.1)
    assert abs(moved.parameters[0] - 3) < 1e-8


@pytest.mark.parametrize("name", EVERY_OPTIMIZER)
def test_a_rule_keeps_to_its_row(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule leaves the gradient alone, moves parameters that have one, and keeps the memory of its row, zeros at
    first."""
    add_rows(monkeypatch)
    config = TrainingConfig(hidden=(), optimizer=name)
    state = initial_state(config)
    assert state.optimizer_state == ((0.0,) * 3,) * OPTIMIZERS[name].memory
    gradient = np.array([1.0, -2.0, 0.0])
    moved = Descent(config, state)
    moved.update(gradient, rate=0.5)
    assert gradient.tolist() == [1.0, -2.0, 0.0]
    after = moved.state(1)
    assert [now == then for now, then in zip(state.parameters, after.parameters, strict=True)] == [
        False,
        False,
        True,
    ]
    assert [len(array) for array in after.optimizer_state] == [3] * OPTIMIZERS[name].memory
    assert Descent(config, after).state(1) == after
