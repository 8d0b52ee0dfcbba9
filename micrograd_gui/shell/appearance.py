"""Theme and motion: the user's choice, the system's setting, and the result of both."""

import sys

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from micrograd_gui.model.settings import ReducedMotion
from micrograd_gui.model.theme import THEMES, Theme, ThemeName
from micrograd_gui.widgets.style import apply_theme


class Appearance(QObject):
    """Applies the theme to the whole application, and tells whether motion is reduced."""

    theme_changed = Signal(object)
    """Theme"""
    motion_changed = Signal(bool)
    """True when motion is reduced."""

    def __init__(self, theme: ThemeName, motion: ReducedMotion) -> None:
        super().__init__()
        self.theme_choice = theme
        self.motion_choice = motion
        hints = QGuiApplication.styleHints()
        hints.colorSchemeChanged.connect(self._show_theme)
        apply_theme(self.theme)

    @property
    def theme(self) -> Theme:
        """The theme in force."""
        name = self.theme_choice
        if name == "system":
            scheme = QGuiApplication.styleHints().colorScheme()
            name = "light" if scheme == Qt.ColorScheme.Light else "dark"
        return THEMES[name]

    @property
    def is_motion_reduced(self) -> bool:
        """True if the user chose so, or else the system does."""
        if self.motion_choice == "system":
            # Qt knows this setting on Windows alone.
            return sys.platform == "win32" and not QApplication.isEffectEnabled(Qt.UIEffect.UI_General)
        return self.motion_choice == "on"

    def choose_theme(self, name: ThemeName) -> None:
        self.theme_choice = name
        self._show_theme()

    def choose_reduced_motion(self, reduced: bool) -> None:
        self.motion_choice = "on" if reduced else "off"
        self.motion_changed.emit(reduced)

    def _show_theme(self) -> None:
        apply_theme(self.theme)
        self.theme_changed.emit(self.theme)
