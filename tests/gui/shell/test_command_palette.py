"""Running commands by typing some of their letters."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QListView, QWidget
from pytestqt.qtbot import QtBot

from micrograd_gui.shell.command_palette import CommandPalette

COMMANDS = [("open", "Open", "Ctrl+O"), ("zoom_in", "Zoom in", "Ctrl++"), ("fit", "Fit the graph", "F")]


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.resize(900, 600)
    widget.show()
    return widget


@pytest.fixture
def palette(window: QWidget) -> CommandPalette:
    dialog = CommandPalette(window)
    dialog.show_commands(COMMANDS)
    return dialog


def line(palette: CommandPalette) -> QLineEdit:
    edit = palette.findChild(QLineEdit, "palette_input")
    assert isinstance(edit, QLineEdit)
    return edit


def shown(palette: CommandPalette) -> list[str]:
    view = palette.findChild(QListView, "palette_list")
    assert isinstance(view, QListView)
    model = view.model()
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def test_all_commands_are_there_at_first(palette: CommandPalette) -> None:
    """The list is complete and in its own order before a letter is typed."""
    assert palette.isVisible()
    assert shown(palette) == ["Open", "Zoom in", "Fit the graph"]


def test_typing_narrows_and_enter_runs(palette: CommandPalette, qtbot: QtBot) -> None:
    """Two letters and Enter run a command, after the palette has closed."""
    qtbot.keyClicks(line(palette), "zi")
    assert shown(palette) == ["Zoom in"]
    visible: list[bool] = []
    palette.command_chosen.connect(lambda _id: visible.append(palette.isVisible()))
    with qtbot.waitSignal(palette.command_chosen) as chosen:
        qtbot.keyClick(line(palette), Qt.Key.Key_Return)
    assert chosen.args == ["zoom_in"]
    assert visible == [False]


def test_arrows_choose(palette: CommandPalette, qtbot: QtBot) -> None:
    """Down and Up move through the list, round its end."""
    qtbot.keyClick(line(palette), Qt.Key.Key_Down)
    qtbot.keyClick(line(palette), Qt.Key.Key_Up)
    qtbot.keyClick(line(palette), Qt.Key.Key_Up)
    with qtbot.waitSignal(palette.command_chosen) as chosen:
        qtbot.keyClick(line(palette), Qt.Key.Key_Return)
    assert chosen.args == ["fit"]


def test_a_click_runs(palette: CommandPalette, qtbot: QtBot) -> None:
    """A click chooses a command."""
    view = palette.findChild(QListView, "palette_list")
    assert isinstance(view, QListView)
    place = view.visualRect(view.model().index(2, 0)).center()
    with qtbot.waitSignal(palette.command_chosen) as chosen:
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert chosen.args == ["fit"]


def test_escape_runs_nothing(palette: CommandPalette, qtbot: QtBot) -> None:
    """Escape closes the palette and runs no command."""
    with qtbot.assertNotEmitted(palette.command_chosen):
        qtbot.keyClick(line(palette), Qt.Key.Key_Escape)
    assert not palette.isVisible()


def test_no_match_says_so(palette: CommandPalette, qtbot: QtBot) -> None:
    """A sentence takes the list's place, and Enter does nothing."""
    qtbot.keyClicks(line(palette), "qq")
    nothing = palette.findChild(QLabel, "palette_nothing")
    assert isinstance(nothing, QLabel)
    assert nothing.isVisible()
    with qtbot.assertNotEmitted(palette.command_chosen):
        qtbot.keyClick(line(palette), Qt.Key.Key_Return)
    assert palette.isVisible()


def test_it_opens_afresh(palette: CommandPalette, qtbot: QtBot) -> None:
    """The letters that were typed the last time are gone."""
    qtbot.keyClicks(line(palette), "zi")
    qtbot.keyClick(line(palette), Qt.Key.Key_Escape)
    palette.show_commands(COMMANDS[:2])
    assert line(palette).text() == ""
    assert shown(palette) == ["Open", "Zoom in"]
