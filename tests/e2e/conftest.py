"""Fixtures of the tests that use the whole program."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from micrograd_gui.model.settings import Settings
from micrograd_gui.shell.frame import Frame
from micrograd_gui.shell.window import MainWindow


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    """The window as it opens the first time."""
    window = MainWindow(Frame(Settings()), tmp_path / "config")
    window.frame.resize(1440, 900)
    window.frame.show()
    window.session.start()
    window.frame.activateWindow()
    qtbot.waitExposed(window.frame)
    yield window
    window.session.editing.mark_saved()
    window.frame.close()
    window.frame.deleteLater()
