"""The words offered while one types, and how one is chosen."""

import gc
from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from micrograd_gui.editor.code_editor import CodeEditor
from tests.gui.editor.editors import offered, popup, put_caret, recorded

CONTROL = Qt.KeyboardModifier.ControlModifier
Key = Qt.Key


def test_typing_offers_words(editor: CodeEditor, qtbot: QtBot) -> None:
    """From two letters on: names of the program first, then the language's."""
    editor.show_source("table = 1.0\n")
    put_caret(editor, 12)
    qtbot.keyClicks(editor, "t")
    assert offered(editor) == []
    qtbot.keyClicks(editor, "a")
    assert offered(editor) == ["table", "tanh"]


def test_tab_takes_the_first_word(editor: CodeEditor, qtbot: QtBot) -> None:
    """The typed prefix is replaced."""
    qtbot.keyClicks(editor, "b = ta")
    qtbot.keyClick(editor, Key.Key_Tab)
    assert editor.source == "b = tanh"
    assert offered(editor) == []


def test_enter_takes_a_word_only_if_it_was_chosen(editor: CodeEditor, qtbot: QtBot) -> None:
    """A line that ends in the beginning of a function's name is left as typed."""
    qtbot.keyClicks(editor, "b = si")
    qtbot.keyClick(editor, Key.Key_Return)
    assert editor.source == "b = si\n"
    qtbot.keyClicks(editor, "b = si")
    qtbot.keyClick(editor, Key.Key_Down)
    qtbot.keyClick(editor, Key.Key_Return)
    assert editor.source == "b = si\nb = sin"


def test_a_point_offers_members(editor: CodeEditor, qtbot: QtBot) -> None:
    """After a name, not after a number."""
    qtbot.keyClicks(editor, "2.")
    assert offered(editor) == []
    qtbot.keyClicks(editor, "0*a.")
    assert {"tanh", "backward", "grad"} <= set(offered(editor))
    assert "Neuron" not in offered(editor)


@pytest.mark.parametrize("text", ["# ta", "print('ta", "x = 2ta", "tanh"])
def test_nothing_is_offered_where_nothing_helps(editor: CodeEditor, qtbot: QtBot, text: str) -> None:
    """In comments and texts, in numbers, and when the word is complete."""
    qtbot.keyClicks(editor, text)
    assert offered(editor) == []


def test_control_space_asks_for_words(editor: CodeEditor, qtbot: QtBot) -> None:
    """Without a letter typed, everything there is."""
    qtbot.keyClick(editor, Key.Key_Space, CONTROL)
    assert {"MLP", "tanh"} <= set(offered(editor))


@pytest.mark.parametrize("way", ["escape", "space", "click", "focus"])
def test_the_list_goes_away(editor: CodeEditor, qtbot: QtBot, way: str) -> None:
    """Escape, going on, a click and losing the focus hide it."""
    qtbot.keyClicks(editor, "ta")
    assert offered(editor)
    ways: dict[str, Callable[[], object]] = {
        "escape": lambda: qtbot.keyClick(editor, Key.Key_Escape),
        "space": lambda: qtbot.keyClick(editor, Key.Key_Space),
        "click": lambda: qtbot.mouseClick(editor.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(50, 100)),
        "focus": editor.clearFocus,
    }
    ways[way]()
    assert offered(editor) == []
    assert editor.source.strip() == "ta"


def test_a_word_can_be_clicked(editor: CodeEditor, qtbot: QtBot) -> None:
    """The mouse takes a word too."""
    qtbot.keyClicks(editor, "si")
    found = popup(editor)
    row = offered(editor).index("sin")
    place = found.visualRect(found.model().index(row, 0)).center()
    qtbot.mouseClick(found.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.waitUntil(lambda: editor.source == "sin")


def test_a_click_is_over_before_its_word_is_written(editor: CodeEditor, qtbot: QtBot) -> None:
    """Consequences of the word, as other words in the list, do not happen while the list handles its click."""
    qtbot.keyClicks(editor, "si")
    found = popup(editor)
    written = recorded(editor)
    chosen: list[tuple[str, int]] = []
    found.word_chosen.connect(lambda word: chosen.append((word, len(written))))
    found.clicked.connect(lambda _index: (found.words.show_rows(found.words.rows[:1]), gc.collect()))
    place = found.visualRect(found.model().index(offered(editor).index("sin"), 0)).center()
    qtbot.mouseClick(found.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert (chosen, written) == ([("sin", 0)], [])
    qtbot.waitUntil(lambda: written == ["sin"])


def test_a_popup_in_a_small_window_stays_inside(qtbot: QtBot) -> None:
    """Near the bottom the words are listed above the line."""
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(420, 260)
    editor = CodeEditor(window)
    editor.resize(420, 260)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    editor.setFocus()
    editor.show_source("\n" * 13)
    put_caret(editor, 13)
    qtbot.keyClicks(editor, "ta")
    assert offered(editor)
    assert window.rect().contains(popup(editor).geometry())
