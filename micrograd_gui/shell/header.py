"""The row under the menus: the two tabs, and buttons for the most frequent actions."""

from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QTabBar, QToolButton

from micrograd_core.texts import tr
from micrograd_gui.model.theme import Theme
from micrograd_gui.shell.menus import show_icons
from micrograd_gui.widgets.style import icon

_BUTTONS = {
    "arrays": tr("Arrays"),
    "find": tr("Find card"),
    "fit": tr("Fit"),
    "export": tr("Export"),
}
"""Labels of the buttons, by the id of their action."""


class Header(QFrame):
    """The tab bar, buttons of the graph tab and the button that switches the theme."""

    def __init__(self, actions: Mapping[str, QAction]) -> None:
        super().__init__()
        self.setProperty("role", "bar")
        self.tab_bar = QTabBar()
        self.tab_bar.setAccessibleName(tr("Tabs"))
        self.tab_bar.setUsesScrollButtons(False)
        self.tab_bar.setExpanding(False)
        self.tab_bar.addTab(tr("Graph"))
        self.tab_bar.addTab(tr("Training"))
        self._actions = {name: actions[name] for name in _BUTTONS}
        self.buttons = [_button(actions[name], text) for name, text in _BUTTONS.items()]
        self.theme_button = QToolButton()
        self.theme_button.setAccessibleName(tr("Switch between the light and the dark theme"))
        self.theme_button.setToolTip(tr("Switch between the light and the dark theme"))
        self.theme_button.setObjectName("theme_button")
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 6, 14, 6)
        row.setSpacing(8)
        row.addWidget(self.tab_bar)
        row.addStretch(1)
        for button in (*self.buttons, self.theme_button):
            row.addWidget(button)

    def show_tab(self, index: int) -> None:
        """Show the buttons that belong to the tab."""
        for button in self.buttons:
            button.setVisible(index == 0)

    def show_theme(self, theme: Theme) -> None:
        show_icons(self._actions, theme)
        self.theme_button.setIcon(icon("sun" if theme.name == "dark" else "moon", theme))


def _button(action: QAction, text: str) -> QToolButton:
    action.setIconText(text)
    button = QToolButton()
    button.setDefaultAction(action)
    button.setProperty("role", "header")
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    button.setIconSize(QSize(15, 15))
    return button
