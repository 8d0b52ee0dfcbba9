"""The frame around the tabs: menus, header and messages. It needs few imports, so that it is painted at once."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QPaintEvent, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QMainWindow,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from micrograd_gui.model.file_names import title_text
from micrograd_gui.model.settings import Settings, fitting_size
from micrograd_gui.model.theme import Theme
from micrograd_gui.shell.appearance import Appearance
from micrograd_gui.shell.header import Header
from micrograd_gui.shell.menus import make_actions, make_menus
from micrograd_gui.shell.message_bar import MessageBar
from micrograd_gui.shell.settings_store import SMALLEST_WINDOW, available_screens
from micrograd_gui.widgets.own_keys import keep_own_key

_FIRST_SIZE = (1440, 900)


class Frame(QMainWindow):
    """The main window without its tabs."""

    shown = Signal()
    painted = Signal()
    """The frame was painted for the first time."""

    def __init__(self, settings: Settings) -> None:
        # Before any widget: a new style sheet restyles those that exist.
        appearance = Appearance(settings.theme, settings.reduced_motion)
        super().__init__()
        appearance.setParent(self)
        self.appearance = appearance
        self.settings = settings
        """The settings at the start."""
        self.may_close: Callable[[], bool] = lambda: True
        """Called when the window is to be closed; False keeps it open."""
        self._is_painted = False
        self.setObjectName("main_window")
        self.actions_by_id = make_actions(self)
        self.menus = make_menus(self, self.actions_by_id)
        self.header = Header(self.actions_by_id)
        self.header.tab_bar.setCurrentIndex(settings.tab)
        self.header.show_tab(settings.tab)
        self.message_bar = MessageBar()
        self.stack = QStackedWidget()
        central = QWidget()
        column = QVBoxLayout(central)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self.message_bar)
        column.addWidget(self.stack, 1)
        self.setCentralWidget(central)
        self.header.theme_button.clicked.connect(self._switch_theme)
        self.appearance.theme_changed.connect(self._show_theme)
        self._show_theme(self.theme)
        self._place()

    @property
    def theme(self) -> Theme:
        return self.appearance.theme

    def show_title(self, name: str, unsaved: bool) -> None:
        """The name of the open file, and whether something in it is unsaved."""
        self.setWindowTitle(f"{title_text(name)}[*] — micrograd")
        self.setWindowModified(unsaved)

    def event(self, event: QEvent) -> bool:
        """Let a focused control keep its own keys, which are shortcuts everywhere else."""
        return keep_own_key(QApplication.focusWidget(), event) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close a message at Escape if nothing else uses that key."""
        if event.key() == Qt.Key.Key_Escape:
            self.message_bar.close_newest()
        else:
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.shown.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._is_painted:
            self._is_painted = True
            self.painted.emit()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.may_close():
            super().closeEvent(event)
        else:
            event.ignore()

    def _place(self) -> None:
        """Restore the geometry; the first time the window is as large as the screen allows."""
        geometry, screens = self.settings.geometry, available_screens()
        self.setMinimumSize(*fitting_size(*SMALLEST_WINDOW, screens))
        if geometry is None:
            self.resize(*fitting_size(*_FIRST_SIZE, screens[:1]))
        else:
            self.setGeometry(geometry.x, geometry.y, geometry.width, geometry.height)
            if geometry.maximized:
                self.setWindowState(Qt.WindowState.WindowMaximized)

    def _switch_theme(self) -> None:
        other = "light" if self.theme.name == "dark" else "dark"
        self.actions_by_id[f"theme_{other}"].trigger()

    def _show_theme(self, theme: Theme) -> None:
        self.header.show_theme(theme)
        self.message_bar.show_theme(theme)
