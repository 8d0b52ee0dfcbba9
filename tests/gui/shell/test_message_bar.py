"""The message bar: news and problems that block nothing."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from micrograd_gui.shell.message_bar import MessageBar


@pytest.fixture
def bar(qtbot: QtBot) -> MessageBar:
    widget = MessageBar()
    qtbot.addWidget(widget)
    widget.resize(800, 60)
    return widget


def button(bar: MessageBar, kind: type[QWidget], name: str) -> QWidget:
    found = bar.findChild(kind, name)
    assert isinstance(found, QWidget)
    return found


def text(bar: MessageBar) -> str:
    label = bar.findChild(QLabel, "message_text")
    assert isinstance(label, QLabel)
    return label.text()


def close(bar: MessageBar, qtbot: QtBot) -> None:
    qtbot.mouseClick(button(bar, QToolButton, "message_close"), Qt.MouseButton.LeftButton)


def test_it_is_there_only_with_a_message(bar: MessageBar, qtbot: QtBot) -> None:
    """Hidden at first, shown with a message, hidden again when that is closed."""
    assert not bar.isVisible()
    bar.show_message("info", "Saved.")
    assert bar.isVisible()
    close(bar, qtbot)
    assert not bar.isVisible()


def test_a_message_is_plain_text(bar: MessageBar) -> None:
    """Tags in a file name are shown as they are."""
    bar.show_message("problem", "<b>x</b>.py could not be read.")
    label = bar.findChild(QLabel, "message_text")
    assert isinstance(label, QLabel)
    assert label.textFormat() == Qt.TextFormat.PlainText
    assert text(bar) == "<b>x</b>.py could not be read."
    assert label.accessibleName().startswith("Problem: ")


def test_details_unfold(bar: MessageBar, qtbot: QtBot) -> None:
    """The button belongs to messages with details, which are folded at first."""
    bar.show_message("problem", "It failed.", "Traceback: 1/0")
    details = button(bar, QPlainTextEdit, "message_details")
    assert isinstance(details, QPlainTextEdit)
    assert not details.isVisible()
    qtbot.mouseClick(button(bar, QPushButton, "message_details_button"), Qt.MouseButton.LeftButton)
    assert details.isVisible()
    assert details.toPlainText() == "Traceback: 1/0"
    bar.show_message("problem", "Something else failed.")
    assert not details.isVisible()
    assert not button(bar, QPushButton, "message_details_button").isVisible()


def test_news_do_not_hide_a_problem_for_good(bar: MessageBar, qtbot: QtBot) -> None:
    """When the news are closed, the problem that they covered is there again; old news are not."""
    bar.show_message("info", "Old news.")
    bar.show_message("problem", "It failed.")
    bar.show_message("info", "Saved.")
    assert text(bar) == "Saved."
    close(bar, qtbot)
    assert text(bar) == "It failed."
    close(bar, qtbot)
    assert not bar.isVisible()


def test_the_same_problem_is_shown_once(bar: MessageBar, qtbot: QtBot) -> None:
    """A problem that repeats every second is closed with one click."""
    for _ in range(30):
        bar.show_message("problem", "The disk is full.")
    close(bar, qtbot)
    assert not bar.isVisible()
