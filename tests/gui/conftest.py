"""What several tests of widgets are given."""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from micrograd_gui.model.theme import DARK
from micrograd_gui.widgets.style import apply_theme


@pytest.fixture
def themed(qapp: QApplication) -> Iterator[None]:
    """The window's style, which gives buttons wide borders; others get no style sheet from it."""
    apply_theme(DARK)
    yield
    qapp.setStyleSheet("")


@pytest.fixture
def box(qtbot: QtBot, themed: None) -> QWidget:
    """A window around a bar, which alone would not become narrower than it likes."""
    window = QWidget()
    qtbot.addWidget(window)
    return window
