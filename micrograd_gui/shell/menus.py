"""The window's actions and menus, made from the table of actions."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMainWindow, QMenu

from micrograd_core.texts import tr
from micrograd_gui.model.file_names import menu_text
from micrograd_gui.model.theme import Theme
from micrograd_gui.shell.actions import ACTIONS, key_sequences
from micrograd_gui.widgets.labels import make_label
from micrograd_gui.widgets.style import icon

MENUS = {
    "File": tr("&File"),
    "Edit": tr("&Edit"),
    "View": tr("&View"),
    "Run": tr("&Run"),
    "Examples": tr("E&xamples"),
    "Help": tr("&Help"),
}
"""The labels of the menus, by the names that the table of actions uses."""
THEMES_GROUP = ("theme_system", "theme_light", "theme_dark")
"""Ids of the actions of which exactly one is checked."""


def make_actions(window: QMainWindow) -> dict[str, QAction]:
    """Return the window's actions with their keys, by id."""
    actions = {}
    for row in ACTIONS:
        if row.is_command:
            action = actions[row.id] = QAction(row.text, window, checkable=row.checkable)
            action.setShortcuts(key_sequences(row))
            action.setObjectName(row.id)
            window.addAction(action)
    themes = QActionGroup(window)
    for theme in THEMES_GROUP:
        themes.addAction(actions[theme])
    return actions


def make_menus(window: QMainWindow, actions: Mapping[str, QAction]) -> dict[str, QMenu]:
    """Return the window's menus by name, and submenus by the id of their row."""
    bar = window.menuBar()
    bar.setCornerWidget(make_label("brand", "∂ micrograd", parent=window), Qt.Corner.TopLeftCorner)
    menus = {name: bar.addMenu(text) for name, text in MENUS.items()}
    for row in ACTIONS:
        menu = menus[row.menu]
        if row.id == "-":
            menu.addSeparator()
        elif row.submenu:
            menus[row.id] = QMenu(row.text, window)
            menu.addMenu(menus[row.id])
        else:
            menu.addAction(actions[row.id])
    return menus


def show_icons(actions: Mapping[str, QAction], theme: Theme) -> None:
    """Draw the icons of the actions in the theme's colour."""
    for row in ACTIONS:
        if row.icon and row.id in actions:
            actions[row.id].setIcon(icon(row.icon, theme))


def possible_commands(actions: Mapping[str, QAction]) -> list[tuple[str, str, str]]:
    """Return (id, label, key) of every enabled action, without the palette's own."""
    return [
        (row.id, row.plain_text, actions[row.id].shortcut().toString())
        for row in ACTIONS
        if row.is_command and row.id != "palette" and actions[row.id].isEnabled()
    ]


def show_choices(menu: QMenu, choices: Sequence[tuple[str, object]]) -> None:
    """Show an entry for each (text, data). Entries are reused, since the one that was chosen may still be running."""
    while len(menu.actions()) < len(choices):
        menu.addAction("")
    for place, action in enumerate(menu.actions()):
        text, data = choices[place] if place < len(choices) else ("", None)
        action.setText(menu_text(text))
        action.setData(data)
        action.setVisible(bool(text))
    menu.setEnabled(bool(choices))
