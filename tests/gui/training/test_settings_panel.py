from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from micrograd_core.training.config import TrainingConfig
from micrograd_core.training.datasets import DATASETS
from micrograd_core.training.losses import LOSSES
from micrograd_core.training.optimizers import OPTIMIZERS
from micrograd_gui.training.settings_panel import SettingsPanel
from tests.training_rows import add_rows


class Shown:
    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.panel = SettingsPanel()
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

    def enter(self, name: str, text: str, how: str = "enter") -> None:
        self.type_into(name, text)
        if how == "leave":
            self.field("noise").setFocus()
        else:
            self.qtbot.keyClick(self.field(name), Qt.Key.Key_Tab if how == "tab" else Qt.Key.Key_Return)


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
def test_what_is_entered_comes_as_a_config(shown: Shown, name: str, text: str, value: object) -> None:
    """Once, with that knob's value and otherwise the defaults."""
    shown.enter(name, text)
    assert shown.edited == [replace(TrainingConfig(), **{name: value})]
    assert shown.panel.config == shown.edited[-1]


@pytest.mark.parametrize("how", ["enter", "tab", "leave"])
def test_a_number_on_the_way_has_no_effect(shown: Shown, how: str) -> None:
    """Neither 1 nor 10 nor 100 is taken of 1000, only what is entered, by Enter, by Tab or by going elsewhere."""
    shown.type_into("samples", "1000")
    assert shown.edited == []
    assert shown.panel.config == TrainingConfig()
    shown.enter("samples", "1000", how)
    assert shown.edited == [TrainingConfig(samples=1000)]
    shown.field("seed").setFocus()
    shown.field("samples").setFocus()
    shown.qtbot.keyClick(shown.field("samples"), Qt.Key.Key_Return)
    assert len(shown.edited) == 1, "what is in force already is not taken again"


@pytest.mark.parametrize("how", ["enter", "tab", "leave"])
def test_what_is_refused_changes_nothing(shown: Shown, how: str) -> None:
    """The value before stays in force, the text and its sentence stand; Escape gives the value back, its text too."""
    shown.enter("samples", "64")
    shown.enter("samples", "100000", how)
    assert shown.edited == [TrainingConfig(samples=64)]
    assert shown.panel.config.samples == 64
    assert shown.field("samples").text() == "100000"
    assert shown.field("samples").property("invalid") is True
    assert "from 2 to 2000" in shown.problem("samples").text()
    assert shown.problem("samples").isVisible()
    shown.qtbot.keyClick(shown.field("samples"), Qt.Key.Key_Escape)
    assert shown.field("samples").text() == "64"
    assert not shown.problem("samples").isVisible()
    assert not shown.field("samples").property("invalid")


def test_escape_gives_back_the_value_in_force(shown: Shown) -> None:
    """Also where what was typed could be read: nothing is taken then when the field is left."""
    shown.type_into("hidden", "8, 8")
    shown.qtbot.keyClick(shown.field("hidden"), Qt.Key.Key_Escape)
    assert shown.field("hidden").text() == "16, 16"
    shown.field("noise").setFocus()
    assert shown.edited == []


def test_what_is_typed_waits_while_one_looks_elsewhere(shown: Shown) -> None:
    """A menu and another window are no leaving: the text stays as it is and is not taken."""
    field = shown.field("seed")
    shown.type_into("seed", "12")
    for reason in (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason):
        QApplication.sendEvent(field, QFocusEvent(QFocusEvent.Type.FocusOut, reason))
        assert field.text() == "12"
        assert shown.edited == []


def test_leaving_a_field_of_many_digits_takes_nothing(shown: Shown) -> None:
    """A value keeps its digits if the text in the field is rounded."""
    shown.enter("test_share", "0.1234567890123")
    assert shown.panel.config.test_share == 0.1234567890123
    for name in ("test_share", "noise", "test_share", "seed"):
        shown.field(name).setFocus()
    assert len(shown.edited) == 1


def test_what_cannot_be_read_is_named_beside_its_field(shown: Shown) -> None:
    """The error stands below the field after Enter; config and text stay; a valid text removes the error."""
    shown.type_into("hidden", "16, x")
    before = shown.panel.config
    shown.qtbot.keyClick(shown.field("hidden"), Qt.Key.Key_Return)
    assert shown.problem("hidden").isVisible()
    assert "whole numbers" in shown.problem("hidden").text()
    assert shown.field("hidden").text() == "16, x"
    assert shown.field("hidden").property("invalid") is True
    assert shown.panel.config == before
    assert shown.edited == []
    shown.type_into("hidden", "8")
    assert not shown.problem("hidden").isVisible()
    shown.qtbot.keyClick(shown.field("hidden"), Qt.Key.Key_Return)
    assert shown.panel.config.hidden == (8,)


def test_an_error_waits_for_a_pause_in_typing(shown: Shown) -> None:
    """While a number is being typed there is no complaint; it comes by itself when the keys rest."""
    shown.type_into("samples", "1")
    assert not shown.problem("samples").isVisible()
    shown.qtbot.waitUntil(lambda: shown.problem("samples").isVisible(), timeout=5000)
    assert "from 2 to 2000" in shown.problem("samples").text()


def test_arrow_keys_change_a_number(shown: Shown) -> None:
    """The field shows one step more after Up, ten less after PageDown."""
    field = shown.field("noise")
    shown.qtbot.keyClick(field, Qt.Key.Key_Up)
    assert shown.edited[-1].noise == 0.11
    assert field.text() == "0.11"
    shown.qtbot.keyClick(field, Qt.Key.Key_PageDown)
    assert shown.edited[-1].noise == 0.01


def test_arrow_keys_go_on_from_what_was_typed(shown: Shown) -> None:
    """A nudge starts from the value in force if the text has an error."""
    shown.type_into("samples", "64")
    shown.qtbot.keyClick(shown.field("samples"), Qt.Key.Key_Up)
    assert shown.edited == [TrainingConfig(samples=65)]
    shown.type_into("samples", "100000")
    shown.qtbot.keyClick(shown.field("samples"), Qt.Key.Key_Down)
    assert shown.edited[-1] == TrainingConfig(samples=64)
    assert shown.field("samples").text() == "64"
    assert not shown.problem("samples").isVisible()


def test_the_activation_is_chosen_by_key(shown: Shown) -> None:
    """Down in the box chooses the next activation."""
    box = shown.panel.findChild(QComboBox, "activation_box")
    assert box is not None
    shown.qtbot.keyClick(box, Qt.Key.Key_Down)
    assert shown.edited == [replace(TrainingConfig(), activation="tanh")]


def test_a_table_with_one_row_is_no_choice(shown: Shown) -> None:
    """Its title stands there, as that of the loss does."""
    tables = {"dataset": DATASETS, "loss": LOSSES, "optimizer": OPTIMIZERS}
    for name, table in tables.items():
        if len(table) == 1:
            assert label(shown, f"{name}_label").text() == next(iter(table.values())).title


def test_a_table_with_more_rows_is_a_choice(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each row of the table can be chosen by its title, and sets its name."""
    add_rows(monkeypatch)
    shown = Shown(qtbot)
    box = shown.panel.findChild(QComboBox, "optimizer_box")
    assert box is not None
    assert [box.itemText(i) for i in range(box.count())] == ["SGD", "Momentum", "Adam"]
    shown.qtbot.keyClick(box, Qt.Key.Key_Down)
    assert shown.edited == [TrainingConfig(optimizer="momentum")]
    shown.panel.show_config(TrainingConfig(optimizer="adam"))
    assert box.currentText() == "Adam"


def test_what_is_true_of_a_network_is_told_of_the_one_that_is_shown(shown: Shown) -> None:
    """Its parameters and its rate: typing and entering other layers changes neither before their network is there."""
    texts = [label(shown, name) for name in ("parameters_label", "rate_label")]
    assert [each.text() for each in texts] == ["337", "1.0000"]
    shown.enter("hidden", "")
    shown.enter("learning_rate", "0.5")
    assert [each.text() for each in texts] == ["337", "1.0000"]
    shown.panel.show_run(shown.panel.config, 0.25)
    assert [each.text() for each in texts] == ["3", "0.2500"]


def label(shown: Shown, name: str) -> QLabel:
    found = shown.panel.findChild(QLabel, name)
    assert found is not None
    return found


def test_showing_a_config_says_nothing(shown: Shown) -> None:
    """The fields show the config, and no signal comes."""
    config = TrainingConfig(
        samples=64,
        noise=0.2,
        test_share=0.5,
        hidden=(3,),
        activation="sigmoid",
        learning_rate=0.1,
        decay=0.0,
        l2=0.0,
        batch_size=8,
        seed=42,
    )
    shown.panel.show_config(config)
    texts = [shown.field(name).text() for name in ("samples", "noise", "test_share", "hidden", "batch_size")]
    assert texts == ["64", "0.2", "50 %", "3", "8"]
    assert shown.panel.config == config
    assert shown.edited == []


def test_every_field_has_a_name_and_says_its_range(shown: Shown) -> None:
    """Screen readers have a name, and the tooltip has the range."""
    for field in shown.panel.findChildren(QLineEdit):
        assert field.accessibleName()
        assert " to " in field.toolTip()
