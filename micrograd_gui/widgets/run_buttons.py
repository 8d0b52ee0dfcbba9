"""Buttons to step, play and pause something, to choose its speed, and to choose among a few."""

from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QFont, QFontMetrics, QFontMetricsF, QWheelEvent
from PySide6.QtWidgets import QMenu, QTabBar, QToolButton, QWidget

from micrograd_core.texts import tr
from micrograd_gui.model.theme import DARK, Theme
from micrograd_gui.widgets.style import icon


class RoundButton(QToolButton):
    """A button called ``text``; its tooltip shows the key of the same command."""

    def __init__(
        self, name: str, text: str, key: str, icon_name: str, parent: QWidget, tint: str = ""
    ) -> None:
        """Make a button. ``tint`` is the icon's colour; "" for the theme's colour of text."""
        super().__init__(parent)
        self._icon_name = icon_name
        self._key = key
        self._tint = tint
        self.setObjectName(name)
        self.setProperty("role", "round")
        self.show_text(text)
        self.show_theme(DARK)

    def show_text(self, text: str) -> None:
        self.setAccessibleName(text)
        self.setToolTip(f"{text} ({self._key})")

    def show_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.setIcon(icon(self._icon_name, theme, self._tint))


class PlayButton(RoundButton):
    """The large button that starts and pauses: called ``text`` at rest, Pause while running."""

    def __init__(self, name: str, text: str, key: str, parent: QWidget) -> None:
        super().__init__(name, text, key, "play", parent, "#ffffff")
        self._start_text = text
        self.setProperty("role", "primary")
        self.setIconSize(QSize(18, 18))

    def show_running(self, running: bool) -> None:
        icon_name = "pause" if running else "play"
        if icon_name != self._icon_name:
            self._icon_name = icon_name
            self.show_text(tr("Pause") if running else self._start_text)
            self.show_theme(self._theme)


class SpeedButton(QToolButton):
    """A button with a menu of speeds. It shows the text of the present one, followed by ``sign``."""

    speed_chosen = Signal(float)

    def __init__(
        self, name: str, texts: Mapping[float, str], font: QFont, parent: QWidget, sign: str = ""
    ) -> None:
        super().__init__(parent)
        self._shown = {speed: f"{text}{sign}" for speed, text in texts.items()}
        self.setObjectName(name)
        self.setProperty("role", "plain")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setFont(font)
        widest = max(map(QFontMetricsF(font).horizontalAdvance, self._shown.values()))
        self.setMinimumWidth(round(widest) + 24)
        menu = QMenu(self)
        self._actions = QActionGroup(menu)
        for speed, text in texts.items():
            action = QAction(text, menu, checkable=True)
            action.setData(speed)
            menu.addAction(self._actions.addAction(action))
        self._actions.triggered.connect(self._choose)
        self.setMenu(menu)

    def show_speed(self, speed: float) -> None:
        self.setText(self._shown[speed])
        for action in self._actions.actions():
            action.setChecked(action.data() == speed)

    def _choose(self, action: QAction) -> None:
        self.speed_chosen.emit(action.data())


_AROUND = 22
"""Pixels beside a choice's text: padding, border and margin of the style sheet, and a reserve for rounding."""


class Switch(QTabBar):
    """A choice among a few, side by side. Each has a key, a text, and a changing detail behind the text."""

    choice_made = Signal(str)
    """key of the choice"""

    def __init__(self, name: str, texts: Mapping[str, str], parent: QWidget) -> None:
        super().__init__(parent)
        self._keys = list(texts)
        self._texts = list(texts.values())
        self._room_for = ""
        self.setObjectName(name)
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setUsesScrollButtons(False)
        self.setElideMode(Qt.TextElideMode.ElideNone)
        # Unlike the tabs of the window, it lies on a panel and is narrow.
        self.setStyleSheet(
            "QTabBar { background: transparent; } QTabBar::tab { padding: 5px 8px; margin-right: 2px; }"
        )
        for i, text in enumerate(self._texts):
            self.addTab(text)
            self.setAccessibleTabName(i, text)
        self.currentChanged.connect(lambda i: self.choice_made.emit(self._keys[i]))

    def show_choice(self, key: str) -> None:
        self.blockSignals(True)
        self.setCurrentIndex(self._keys.index(key))
        self.blockSignals(False)

    def show_details(self, details: Mapping[str, str], room_for: str) -> None:
        """Show a detail behind each text, with room for at least ``room_for``, so that widths stay."""
        self._room_for = room_for
        for i, key in enumerate(self._keys):
            if self.tabText(i) != self._texts[i] + details[key]:
                self.setTabText(i, self._texts[i] + details[key])

    def show_help(self, key: str, text: str, enabled: bool = True) -> None:
        """Set the tooltip of a choice, and whether it can be chosen."""
        i = self._keys.index(key)
        self.setTabToolTip(i, text)
        if self.isTabEnabled(i) != enabled:
            self.setTabEnabled(i, enabled)

    def width_for(self, detail: str) -> int:
        """Return the width with room for ``detail`` behind each text, in pixels."""
        return sum(self._width(text + detail) for text in self._texts)

    def tabSizeHint(self, index: int) -> QSize:
        # Measured from the text alone: Qt rounds its own width differently for every number.
        room = self._width(self._texts[index] + self._room_for)
        return QSize(max(room, self._width(self.tabText(index))), super().tabSizeHint(index).height())

    def wheelEvent(self, event: QWheelEvent) -> None:
        # Scrolling past must not change the choice.
        event.ignore()

    def _width(self, text: str) -> int:
        # The style sheet writes the present choice bold.
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold)
        return QFontMetrics(font).size(Qt.TextFlag.TextShowMnemonic, text).width() + _AROUND
