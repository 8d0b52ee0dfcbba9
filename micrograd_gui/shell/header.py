"""The row under the menus: the two tabs, and buttons for what is done most often."""

from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QTabBar, QToolButton

from micrograd_gui.model.theme import Theme
from micrograd_gui.shell.menus import show_icons
from micrograd_gui.widgets.style import icon

_BUTTONS = {"arrays": "Arrays", "find": "Find card", "fit": "Fit", "export": "Export"}
"""What the button of an action says."""


class Header(QFrame):
    """The buttons belong to the graph tab, but for the one that switches the theme."""

    def __init__(self, actions: Mapping[str, QAction]) -> None:
        super().__init__()
        self.setProperty("role", "bar")
        self.tab_bar = QTabBar()
        self.tab_bar.setAccessibleName("Tabs")
        self.tab_bar.setUsesScrollButtons(False)
        self.tab_bar.setExpanding(False)
        self.tab_bar.addTab("Graph")
        self.tab_bar.addTab("Training")
        self._actions = {name: actions[name] for name in _BUTTONS}
        self.buttons = [_button(actions[name], text) for name, text in _BUTTONS.items()]
        self.theme_button = QToolButton()
        self.theme_button.setAccessibleName("Switch between the light and the dark theme")
        self.theme_button.setToolTip("Switch between the light and the dark theme")
        self.theme_button.setObjectName("theme_button")
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 6, 14, 6)
        row.setSpacing(8)
        row.addWidget(self.tab_bar)
        row.addStretch(1)
        for button in (*self.buttons, self.theme_button):
            row.addWidget(button)

    def show_tab(self, index: int) -> None:
        """Offer what there is to do in the tab."""
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
