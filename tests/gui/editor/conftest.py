"""Fixtures of several editor tests."""

import pytest
from pytestqt.qtbot import QtBot

from micrograd_gui.editor.code_editor import CodeEditor


@pytest.fixture
def editor(qtbot: QtBot) -> CodeEditor:
    """An empty editor with the focus."""
    editor = CodeEditor()
    qtbot.addWidget(editor)
    editor.resize(400, 300)
    editor.show()
    editor.activateWindow()
    qtbot.waitUntil(editor.isActiveWindow)
    editor.setFocus()
    qtbot.waitUntil(editor.hasFocus)
    return editor
