"""The dialog for faults of the program itself."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from micrograd_gui.shell.bug_dialog import BugDialog

TRACE = "Traceback (most recent call last):\nValueError: <b>bold</b>"


@pytest.fixture
def dialog(qtbot: QtBot) -> BugDialog:
    widget = BugDialog()
    qtbot.addWidget(widget)
    return widget


def details(dialog: BugDialog) -> str:
    edit = dialog.findChild(QPlainTextEdit, "bug_details")
    assert isinstance(edit, QPlainTextEdit)
    return edit.toPlainText()


def sentence(dialog: BugDialog) -> str:
    label = dialog.findChild(QLabel, "bug_sentence")
    assert isinstance(label, QLabel)
    assert label.textFormat() == Qt.TextFormat.PlainText
    return label.text()


def press(dialog: BugDialog, qtbot: QtBot, name: str) -> None:
    button = dialog.findChild(QPushButton, name)
    assert isinstance(button, QPushButton)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_a_bug_is_shown_as_it_is(dialog: BugDialog) -> None:
    """Sentence and traceback are plain text."""
    dialog.show_bug("ValueError: <b>bold</b>", TRACE)
    assert dialog.isVisible()
    assert sentence(dialog) == "ValueError: <b>bold</b>"
    assert details(dialog) == TRACE


def test_copy_puts_the_details_on_the_clipboard(dialog: BugDialog, qtbot: QtBot) -> None:
    """The whole traceback can be sent to someone."""
    dialog.show_bug("ValueError", TRACE)
    press(dialog, qtbot, "bug_copy")
    assert QGuiApplication.clipboard().text() == TRACE
    assert dialog.isVisible()


def test_continue_and_enter_close(dialog: BugDialog, qtbot: QtBot) -> None:
    """The program goes on."""
    dialog.show_bug("ValueError", TRACE)
    press(dialog, qtbot, "bug_continue")
    assert not dialog.isVisible()
    dialog.show_bug("KeyError", "another")
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert not dialog.isVisible()


def test_later_bugs_join_the_open_dialog(dialog: BugDialog, qtbot: QtBot) -> None:
    """The open dialog counts further bugs and collects their tracebacks until it is closed."""
    dialog.show_bug("First", "trace one")
    dialog.show_bug("Second", "trace two")
    dialog.show_bug("Third", "trace three")
    assert sentence(dialog) == "First (and 2 more since)"
    assert details(dialog).splitlines() == ["trace one", "trace two", "trace three"]
    press(dialog, qtbot, "bug_continue")
    dialog.show_bug("Fourth", "trace four")
    assert sentence(dialog) == "Fourth"
    assert details(dialog) == "trace four"


def test_a_bug_at_every_repaint_does_not_lock_the_window(dialog: BugDialog, qtbot: QtBot) -> None:
    """The same bug is shown three times at most; another one is shown."""
    for _ in range(3):
        dialog.show_bug("Again", TRACE)
        assert dialog.isVisible()
        press(dialog, qtbot, "bug_continue")
    dialog.show_bug("Again", TRACE)
    assert not dialog.isVisible()
    dialog.show_bug("Another", "another trace")
    assert dialog.isVisible()
