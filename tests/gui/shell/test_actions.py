"""All commands are rows of one table: none is without a handler, and none is missing from it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QListView
from pytestqt.qtbot import QtBot

from micrograd_gui.model.settings import Settings
from micrograd_gui.shell.actions import ACTIONS, ActionRow, key_sequences
from micrograd_gui.shell.frame import Frame
from micrograd_gui.shell.window import MainWindow
from tests.code_map import ROOT

COMMANDS = [row for row in ACTIONS if row.is_command]
KEYS_OF_PLACES = {"Tab", "Esc", "Enter", "Ctrl+Left"}
"""Keys that belong to the editor or the graph and are no commands of the window."""
SIGNS = {"→": "Right", "←": "Left", "PgDn": "PgDown", "Ctrl+arrows": "Ctrl+Left"}
"""What the guide calls keys, and what Qt does; of all arrows one."""


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    window = MainWindow(Frame(Settings()), tmp_path / "config")
    yield window
    window.frame.close()
    window.frame.deleteLater()


def test_every_command_has_a_handler(window: MainWindow) -> None:
    """Each command has exactly one handler, and each handler a row."""
    assert sorted([*window.commands(), *window.switches()]) == sorted(row.id for row in COMMANDS)


def test_every_row_is_in_its_menu(window: MainWindow) -> None:
    """Menus have the order of the table; only the examples menu has other entries."""
    for name, menu in window.frame.menus.items():
        shown = [action.text() for action in menu.actions() if not action.isSeparator()]
        rows = [row.text for row in ACTIONS if row.menu == name and row.id != "-"]
        assert shown == rows or (name == "Examples" and not rows)
    assert {row.menu for row in ACTIONS} <= set(window.frame.menus)
    for row in ACTIONS:
        if row.submenu:
            assert [
                action.menu()
                for action in window.frame.menus[row.menu].actions()
                if action.text() == row.text
            ]


def test_the_palette_offers_every_command(window: MainWindow) -> None:
    """Every enabled command is offered, except the palette itself."""
    window.frame.actions_by_id["palette"].trigger()
    possible = {
        row.plain_text
        for row in COMMANDS
        if row.id != "palette" and window.frame.actions_by_id[row.id].isEnabled()
    }
    palette = window.palette.findChild(QListView, "palette_list")
    assert palette is not None
    model = palette.model()
    assert {model.index(row, 0).data() for row in range(model.rowCount())} == possible
    window.palette.close()


@pytest.mark.usefixtures("qapp")  # QKeySequence asks it for the platform's keys
def test_no_key_has_two_meanings() -> None:
    """All keys differ, alternative ones included."""
    keys = [sequence.toString() for row in COMMANDS for sequence in set(key_sequences(row))]
    assert sorted(keys) == sorted(set(keys))


@pytest.mark.usefixtures("qapp")
def test_the_guide_names_every_key() -> None:
    """Its table of keys has the first key of each command, and no key without a command."""
    table = (ROOT / "docs" / "guide.md").read_text(encoding="utf-8").split("## Keys")[1].split("\n## ")[0]
    cells = re.findall(r"^\| (.+?) \|", table, re.MULTILINE)[1:]
    words = [SIGNS.get(word, word) for cell in cells for word in re.findall(r"[^\s,;:()`|]+", cell)]
    named = {QKeySequence(word).toString() for word in words if is_key(word)}
    first = {row.id: QKeySequence(row.keys[0]).toString() for row in COMMANDS if row.keys}
    assert set(first.values()) - named == set()
    known = {sequence.toString() for row in COMMANDS for sequence in key_sequences(row)}
    assert named - known - KEYS_OF_PLACES == set()


def is_key(word: str) -> bool:
    """Return whether a word of the table is a key; other words are in lower case."""
    return word[:1].isupper() or len(word) == 1


@pytest.mark.parametrize("row", [row for row in COMMANDS if row.checkable], ids=lambda row: row.id)
def test_a_menu_shows_what_is_checked(window: MainWindow, row: ActionRow) -> None:
    """Beside an icon, too, which stands where the check mark would."""
    menu, action = window.frame.menus[row.menu], window.frame.actions_by_id[row.id]
    menu.ensurePolished()
    menu.resize(menu.sizeHint())
    group = action.actionGroup()
    if group is not None:
        group.setExclusive(False)
    looks = []
    for checked in (True, False):
        action.setChecked(checked)
        looks.append(menu.grab(menu.actionGeometry(action)).toImage())
    assert looks[0] != looks[1]
