"""Labels in the roles of the style sheet."""

from typing import get_args

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from micrograd_gui.widgets.labels import LabelRole, make_label


def test_a_label_shows_its_text_as_it_is(qtbot: QtBot) -> None:
    """Labels show any text as it is; their names are there for tests and styles."""
    label = make_label("muted", "<b>bold</b>", "some_label", wraps=True)
    qtbot.addWidget(label)
    assert label.textFormat() == Qt.TextFormat.PlainText
    assert (label.text(), label.objectName(), label.wordWrap()) == ("<b>bold</b>", "some_label", True)


@pytest.mark.parametrize("role", [role for role in get_args(LabelRole) if role])
def test_every_role_has_a_style(qapp: QApplication, themed: None, role: str) -> None:
    """A row of the style sheet is for labels of that role."""
    assert f'QLabel[role="{role}"]' in qapp.styleSheet()
