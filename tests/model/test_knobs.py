from dataclasses import fields, replace

import pytest

from micrograd_core.training.config import CHOICES, LIMITS, TrainingConfig
from micrograd_gui.model.knobs import (
    KNOBS,
    ChoiceKnob,
    TypedKnob,
    nudge_knob,
    read_knob,
    set_choice,
    write_number,
)
from tests.extremes import FINITE

TYPED = [knob for knob in KNOBS if isinstance(knob, TypedKnob)]
BY_NAME = {knob.name: knob for knob in TYPED}
DEFAULT = TrainingConfig()
OTHER = TrainingConfig(
    samples=7,
    noise=0.125,
    test_share=0.3,
    hidden=(),
    activation="tanh",
    learning_rate=0.003,
    decay=0.0,
    l2=1.5e-5,
    batch_size=3,
    seed=2**31 - 1,
)


@pytest.mark.parametrize("knob", TYPED, ids=lambda knob: knob.name)
@pytest.mark.parametrize(
    "config",
    [DEFAULT, OTHER],
    ids=["default", "other"],
)
def test_what_a_knob_writes_it_reads_back(knob: TypedKnob, config: TrainingConfig) -> None:
    """The text of any config's value gives that config again."""
    assert read_knob(config, knob, knob.write(getattr(config, knob.name))) == config


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("samples", " 64 ", 64),
        ("samples", "1e3", 1000),
        ("test_share", "25 %", 0.25),
        ("test_share", "30", 0.3),
        ("test_share", "0.4", 0.4),
        ("test_share", "0", 0.0),
        ("hidden", "8", (8,)),
        ("hidden", "8,4 , 2", (8, 4, 2)),
        ("hidden", "8 4", (8, 4)),
        ("hidden", "", ()),
        ("l2", "1e-4", 1e-4),
        ("batch_size", "all", None),
        ("batch_size", "ALL", None),
        ("batch_size", "", None),
        ("batch_size", "16", 16),
    ],
)
def test_texts_that_are_understood(name: str, text: str, value: object) -> None:
    """Spaces, percent signs, commas and words are read as meant."""
    assert getattr(read_knob(DEFAULT, BY_NAME[name], text), name) == value


@pytest.mark.parametrize(
    ("name", "text", "part"),
    [
        ("samples", "", "a whole number from 2 to 2000"),
        ("samples", "1", "a whole number from 2 to 2000"),
        ("samples", "12.5", "a whole number"),
        ("samples", "many", "Enter a whole number from 2 to 2000."),
        ("samples", "nan", "Enter a whole number from 2 to 2000."),
        ("samples", "inf", "Enter a whole number from 2 to 2000."),
        ("noise", "−0.1", "Enter a number from 0 to 1."),
        ("test_share", "95 %", "from 0 to 90 %"),
        ("test_share", "-1", "from 0 to 90 %"),
        ("hidden", "16, x", "whole numbers with commas"),
        ("hidden", "16.5", "whole numbers with commas"),
        ("hidden", "16, 0", "1 to 64 neurons, not 0"),
        ("hidden", "65", "1 to 64 neurons, not 65"),
        ("hidden", "9" * 5000, "1 to 64 neurons"),
        ("hidden", "²", "whole numbers with commas"),
        ("hidden", "1 1 1 1 1 1 1", "at most 6 hidden layers, not 7"),
        ("learning_rate", "11", "Enter a number from 0 to 10."),
        ("batch_size", "half", "or “all”"),
        ("batch_size", "0", "from 1 to 2000"),
    ],
)
def test_other_texts_get_a_sentence(name: str, text: str, part: str) -> None:
    """The ValueError is a sentence that says which values can be entered."""
    with pytest.raises(ValueError, match=r"\.$") as caught:
        read_knob(DEFAULT, BY_NAME[name], text)
    assert part in str(caught.value)


@pytest.mark.parametrize("knob", TYPED, ids=lambda knob: knob.name)
def test_nudging_stays_within_the_limits(knob: TypedKnob) -> None:
    """However often a knob is nudged either way, the config stays valid."""
    for direction in (-10, 10):
        config = DEFAULT
        for _ in range(300):
            config = nudge_knob(config, knob, direction)
        assert read_knob(DEFAULT, knob, knob.write(getattr(config, knob.name))) == config


def test_every_field_has_a_knob() -> None:
    """Each field of a config has one, typed where it has limits, and chosen where it has a table."""
    assert sorted(knob.name for knob in KNOBS) == sorted(field.name for field in fields(TrainingConfig))
    assert set(BY_NAME) == set(LIMITS)
    assert {knob.name: knob.table for knob in KNOBS if isinstance(knob, ChoiceKnob)} == CHOICES


@pytest.mark.parametrize(
    "knob", [knob for knob in KNOBS if isinstance(knob, ChoiceKnob)], ids=lambda k: k.name
)
def test_every_row_of_a_table_can_be_chosen(knob: ChoiceKnob) -> None:
    """Each has a title, and its name makes a valid config."""
    for name, row in knob.table.items():
        assert row.name == name
        assert row.title
        assert getattr(set_choice(DEFAULT, knob, name), knob.name) == name


def test_nudging_goes_by_the_knobs_steps() -> None:
    """A step up from a noise of 0.1 is 0.11, exactly; one down from all points is all but one, and up again is all."""
    assert nudge_knob(DEFAULT, BY_NAME["noise"], 1).noise == 0.1 + 0.01
    fewer = nudge_knob(DEFAULT, BY_NAME["batch_size"], -1)
    assert fewer.batch_size == DEFAULT.samples - 1
    assert nudge_knob(fewer, BY_NAME["batch_size"], 1).batch_size is None
    assert nudge_knob(replace(DEFAULT, seed=4), BY_NAME["seed"], -1).seed == 3


@pytest.mark.parametrize("value", [0.0, 1.0, 128.0, 0.1, 1e-4, 2.5e-7, 1 / 3, 1 / 3e5, 1234.5, *FINITE])
def test_numbers_are_written_so_that_they_read_back(value: float) -> None:
    """No digit is lost."""
    assert float(write_number(value)) == value


@pytest.mark.parametrize("text", ["1e-4", "2.5e-7", "5e-324", "1.2345678901234e-300", "0.001"])
def test_small_numbers_are_written_as_one_would_type_them(text: str) -> None:
    """Numbers have no digit that is not needed."""
    assert write_number(float(text)) == text
