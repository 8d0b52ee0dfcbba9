import math
from itertools import combinations
from typing import Any

import pytest

from micrograd_core.training.config import LIMITS, TrainingConfig


def test_the_rate_is_the_blogs_up_to_step_one_hundred() -> None:
    """The rates are equal to the last bit."""
    assert [TrainingConfig().rate(k) for k in range(101)] == [1.0 - 0.9 * k / 100 for k in range(101)]


WRONG = {
    "noise must be between 0 and 1, not -0.1": {"noise": -0.1},
    "noise must be between 0 and 1, not nan": {"noise": math.nan},
    "noise must be a number, not 'much'": {"noise": "much"},
    "samples must be between 2 and 2000, not 1": {"samples": 1},
    "samples must be a whole number, not 12.5": {"samples": 12.5},
    "samples must be a number, not None": {"samples": None},
    "test_share must be between 0 and 0.9, not 1.0": {"test_share": 1.0},
    "each number in hidden must be between 1 and 64, not 0": {"hidden": (16, 0)},
    "each number in hidden must be a whole number, not 1.5": {"hidden": (1.5,)},
    "the number of layers in hidden must be between 0 and 6, not 7": {"hidden": (1,) * 7},
    "hidden must be a tuple of whole numbers, not [16]": {"hidden": [16]},
    "activation must be one of relu, tanh, sigmoid, none, not 'gelu'": {"activation": "gelu"},
    "learning_rate must be between 0 and 10, not -1": {"learning_rate": -1},
    "decay must be between 0 and 1, not 1.5": {"decay": 1.5},
    "l2 must be between 0 and 1, not inf": {"l2": math.inf},
    "batch_size must be between 1 and 2000, not 0": {"batch_size": 0},
    "seed must be between 0 and 2147483647, not -1": {"seed": -1},
    "seed must be a number, not True": {"seed": True},
}


@pytest.mark.parametrize(("sentence", "knobs"), WRONG.items())
def test_a_knob_out_of_range_is_an_error_that_names_it(sentence: str, knobs: dict[str, Any]) -> None:
    """The sentence names the field, its limits and the wrong value."""
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole sentence is compared below
        TrainingConfig(**knobs)
    assert str(caught.value) == sentence


NUMBERS = [name for name in LIMITS if name != "hidden"]


@pytest.mark.parametrize(("first", "second"), [*combinations(NUMBERS, 2)])
def test_of_two_knobs_out_of_range_the_tables_first_is_named(first: str, second: str) -> None:
    """The same field is named in every process, whatever its hash seed."""
    with pytest.raises(ValueError, match=f"^{first} must be"):
        TrainingConfig(**{second: -1, first: -1})
