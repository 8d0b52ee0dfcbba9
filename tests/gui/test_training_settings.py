from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from micrograd_gui.model.training import TrainingConfig
from micrograd_gui.panels.training_settings import TrainingSettings


class Shown:
    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.panel = TrainingSettings()
        qtbot.addWidget(self.panel)
        self.panel.resize(270, 700)
        self.panel.show()
        self.edited: list[TrainingConfig] = []
        self.panel.config_edited.connect(self.edited.append)

    def field(self, name: str) -> QLineEdit:
        found = self.panel.findChild(QLineEdit, f"{name}_field")
        assert found is not None
        return found

    def problem(self, name: str) -> QLabel:
        found = self.panel.findChild(QLabel, f"{name}_problem")
        assert found is not None
        return found

    def type_into(self, name: str, text: str) -> None:
        field = self.field(name)
        field.setFocus()
        field.selectAll()
        self.qtbot.keyClick(field, Qt.Key.Key_Delete)
        self.qtbot.keyClicks(field, text)


@pytest.fixture(name="shown")
def make_shown(qtbot: QtBot) -> Shown:
    return Shown(qtbot)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("samples", "64", 64),
        ("noise", "0.25", 0.25),
        ("test_share", "40 %", 0.4),
        ("seed", "7", 7),
        ("hidden", "8, 4", (8, 4)),
        ("learning_rate", "0.3", 0.3),
        ("decay", "0.5", 0.5),
        ("l2", "0.01", 0.01),
        ("batch_size", "16", 16),
    ],
)
def test_what_is_typed_comes_as_a_config(shown: Shown, name: str, text: str, value: object) -> None:
    """Each knob's last config has the typed value and is otherwise the default."""
    shown.type_into(name, text)
    assert shown.edited[-1] == replace(TrainingConfig(), **{name: value})
    assert shown.panel.config == shown.edited[-1]


def test_what_cannot_be_read_is_named_beside_its_field(shown: Shown) -> None:
    """After Enter the sentence stands under the field; the config and the text stay; a valid text takes it away."""
    shown.type_into("hidden", "16, x")
    before = shown.panel.config
    shown.edited.clear()
    shown.qtbot.keyClick(shown.field("hidden"), Qt.Key.Key_Return)
    assert shown.problem("hidden").isVisible()
    assert "whole numbers" in shown.problem("hidden").text()
    assert shown.field("hidden").text() == "16, x"
    assert shown.field("hidden").property("invalid") is True
    assert shown.panel.config == before
    assert shown.edited == []
    shown.type_into("hidden", "8")
    assert not shown.problem("hidden").isVisible()
    assert shown.panel.config.hidden == (8,)


def test_an_error_waits_for_a_pause_in_typing(shown: Shown) -> None:
    """While a number is being typed there is no complaint; it comes by itself when the keys rest."""
    shown.type_into("samples", "1")
    assert not shown.problem("samples").isVisible()
    shown.qtbot.waitUntil(lambda: shown.problem("samples").isVisible(), timeout=5000)
    assert "from 2 to 2000" in shown.problem("samples").text()


def test_arrow_keys_change_a_number(shown: Shown) -> None:
    """Up adds a step, PageDown takes ten away, and the field shows the new number."""
    field = shown.field("noise")
    shown.qtbot.keyClick(field, Qt.Key.Key_Up)
    assert shown.edited[-1].noise == 0.11
    assert field.text() == "0.11"
    shown.qtbot.keyClick(field, Qt.Key.Key_PageDown)
    assert shown.edited[-1].noise == 0.01


def test_the_activation_is_chosen_by_key(shown: Shown) -> None:
    """Down in the box chooses the next activation."""
    box = shown.panel.findChild(QComboBox, "activation_box")
    assert box is not None
    shown.qtbot.keyClick(box, Qt.Key.Key_Down)
    assert shown.edited == [replace(TrainingConfig(), activation="tanh")]


def test_the_number_of_parameters_follows_the_layers(shown: Shown) -> None:
    """337 for the blog's network, 3 for a linear one."""
    label = shown.panel.findChild(QLabel, "parameters_label")
    assert label is not None
    assert label.text() == "337"
    shown.type_into("hidden", "")
    assert label.text() == "3"


def test_showing_a_config_says_nothing(shown: Shown) -> None:
    """All fields show it, and no signal comes."""
    config = TrainingConfig(64, 0.2, 0.5, (3,), "sigmoid", 0.1, 0.0, 0.0, 8, 42)
    shown.panel.show_config(config)
    texts = [shown.field(name).text() for name in ("samples", "noise", "test_share", "hidden", "batch_size")]
    assert texts == ["64", "0.2", "50 %", "3", "8"]
    assert shown.panel.config == config
    assert shown.edited == []


def test_every_field_has_a_name_and_says_its_range(shown: Shown) -> None:
    """For those who hear the window, and for those who hover."""
    for field in shown.panel.findChildren(QLineEdit):
        assert field.accessibleName()
        assert " to " in field.toolTip()


def test_a_value_on_the_way_is_taken_back(shown: Shown) -> None:
    """When the text becomes invalid, what held before typing holds again; the text and its sentence stay."""
    default = TrainingConfig()
    shown.type_into("hidden", "8, 10")
    assert shown.panel.config.hidden == (8, 10)
    shown.qtbot.keyClicks(shown.field("hidden"), "00")
    assert shown.edited[-1] == shown.panel.config == default
    shown.field("noise").setFocus()
    assert shown.field("hidden").text() == "8, 1000"
    assert shown.field("hidden").property("invalid") is True
    assert shown.problem("hidden").isVisible()


@pytest.mark.parametrize("confirm", ["enter", "leave", "nudge"])
def test_a_confirmed_value_is_what_typing_falls_back_to(shown: Shown, confirm: str) -> None:
    """After Enter, after leaving the field and after a nudge, a later invalid text leads back to that value."""
    field = shown.field("samples")
    shown.type_into("samples", "64")
    if confirm == "enter":
        shown.qtbot.keyClick(field, Qt.Key.Key_Return)
    elif confirm == "leave":
        shown.field("noise").setFocus()
    else:
        shown.qtbot.keyClick(field, Qt.Key.Key_Up)
    confirmed = shown.panel.config.samples
    shown.type_into("samples", "123456")
    assert shown.panel.config.samples == confirmed
