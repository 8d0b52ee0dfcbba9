"""Finding cards by typing."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QToolButton
from pytestqt.qtbot import QtBot

from micrograd_gui.graph.find_bar import FindBar

NODES = [("x1#0", "x1"), ("x1w1#0", "x1w1 ×"), ("n#0", "n +"), ("x2#0", "X2"), ("o#0", "o tanh")]


@pytest.fixture
def bar(qtbot: QtBot) -> FindBar:
    widget = FindBar()
    qtbot.addWidget(widget)
    widget.show_nodes(NODES)
    widget.resize(600, 44)
    widget.show()
    widget.setFocus()
    return widget


@pytest.fixture
def found(bar: FindBar) -> list[str]:
    """The ids the bar has asked for."""
    ids: list[str] = []
    bar.node_found.connect(ids.append)
    return ids


def line(bar: FindBar) -> QLineEdit:
    edit = bar.findChild(QLineEdit, "find_input")
    assert isinstance(edit, QLineEdit)
    return edit


def count(bar: FindBar) -> str:
    label = bar.findChild(QLabel, "find_count")
    assert isinstance(label, QLabel)
    return label.text()


def test_typing_goes_to_the_best_match(bar: FindBar, found: list[str], qtbot: QtBot) -> None:
    """A card of just this name comes before one that only contains it; case does not matter."""
    qtbot.keyClicks(line(bar), "X2")
    assert found[-1] == "x2#0"
    line(bar).clear()
    qtbot.keyClicks(line(bar), "o")
    assert found[-1] == "o#0"
    bar.show_nodes([("on#0", "on ×"), ("o#1", "o +")])
    line(bar).clear()
    qtbot.keyClicks(line(bar), "o")
    assert found[-1] == "o#1"


def test_operations_are_found_too(bar: FindBar, found: list[str], qtbot: QtBot) -> None:
    """The name of an operation leads to its cards."""
    qtbot.keyClicks(line(bar), "tanh")
    assert found[-1] == "o#0"


def test_enter_goes_round(bar: FindBar, found: list[str], qtbot: QtBot) -> None:
    """Enter walks through the matches and begins again; Shift+Enter walks back."""
    qtbot.keyClicks(line(bar), "x1")
    assert count(bar) == "1 of 2"
    qtbot.keyClick(line(bar), Qt.Key.Key_Return)
    assert (found[-1], count(bar)) == ("x1w1#0", "2 of 2")
    qtbot.keyClick(line(bar), Qt.Key.Key_Return)
    assert (found[-1], count(bar)) == ("x1#0", "1 of 2")
    qtbot.keyClick(line(bar), Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert (found[-1], count(bar)) == ("x1w1#0", "2 of 2")


def test_buttons_do_what_the_keys_do(bar: FindBar, found: list[str], qtbot: QtBot) -> None:
    """Next and previous can be clicked."""
    qtbot.keyClicks(line(bar), "x1")
    for name, expected in (("find_next", "x1w1#0"), ("find_previous", "x1#0")):
        button = bar.findChild(QToolButton, name)
        assert isinstance(button, QToolButton)
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        assert found[-1] == expected


def test_no_match_says_so(bar: FindBar, found: list[str], qtbot: QtBot) -> None:
    """Nothing is asked for, the count says it in words and the field is marked."""
    qtbot.keyClicks(line(bar), "zz")
    qtbot.keyClick(line(bar), Qt.Key.Key_Return)
    assert found == []
    assert count(bar) == "no match"
    assert line(bar).property("invalid") is True
    line(bar).clear()
    qtbot.keyClicks(line(bar), "n")
    assert line(bar).property("invalid") is False


def test_escape_and_the_button_close(bar: FindBar, qtbot: QtBot) -> None:
    """Both ask to be closed."""
    with qtbot.waitSignal(bar.closed):
        qtbot.keyClick(line(bar), Qt.Key.Key_Escape)
    button = bar.findChild(QToolButton, "find_close")
    assert isinstance(button, QToolButton)
    with qtbot.waitSignal(bar.closed):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_a_changed_graph_keeps_the_place(bar: FindBar, found: list[str], qtbot: QtBot) -> None:
    """Where the card that was reached is still there, the next one is counted from it; nothing is emitted."""
    qtbot.keyClicks(line(bar), "x1")
    qtbot.keyClick(line(bar), Qt.Key.Key_Return)
    before = list(found)
    bar.show_nodes([("x1b#0", "x1b"), *NODES])
    assert found == before
    assert count(bar) == "3 of 3"


def test_opening_again_selects_what_was_typed(bar: FindBar, qtbot: QtBot) -> None:
    """So that typing replaces the last search."""
    qtbot.keyClicks(line(bar), "x1")
    bar.hide()
    bar.show()
    assert line(bar).selectedText() == "x1"
