"""A field in which a finite number is typed."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from micrograd_gui.widgets.number_field import make_number_field, mark_invalid


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    """The parent of the field, which goes with it."""
    window = QWidget()
    qtbot.addWidget(window)
    return window


@pytest.fixture
def field(window: QWidget) -> QLineEdit:
    field = make_number_field("0.05", "some_field", window)
    window.show()
    return field


@pytest.mark.parametrize(
    ("text", "invalid"),
    [("2", False), ("-1.5", False), ("1e-3", False), ("a", True), ("inf", True), ("1e999", True)],
)
def test_what_is_no_number_is_marked_and_not_entered(
    field: QLineEdit, qtbot: QtBot, text: str, invalid: bool
) -> None:
    """As soon as it is typed; the mark goes with the mistake."""
    entered: list[str] = []
    field.returnPressed.connect(lambda: entered.append(field.text()))
    field.selectAll()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert bool(field.property("invalid")) == invalid
    assert entered == ([] if invalid else [text])
    field.setText("3")
    mark_invalid(field)
    assert not field.property("invalid")
