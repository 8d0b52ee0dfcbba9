"""The frame of the window, painted before the rest of the program is imported."""

from dataclasses import dataclass

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from micrograd_gui.model.resources import resource_path
from micrograd_gui.shell.frame import Frame
from micrograd_gui.shell.settings_store import SettingsStore
from micrograd_gui.startup import make_application
from micrograd_gui.widgets.style import load_fonts

_UNSEEN_MS = 1000
"""Milliseconds to wait for painting; a window that nobody sees, as on another desktop, is never painted."""


@dataclass(frozen=True, slots=True)
class FirstWindow:
    """The application, the frame and the settings once the frame is visible."""

    application: QApplication
    frame: Frame
    store: SettingsStore
    problem: str
    """A sentence that says why settings could not be read; "" if they could."""


def open_first_window() -> FirstWindow:
    """Show the frame with its last geometry, and return when it is painted."""
    application = make_application()
    application.setStyle("Fusion")  # the style sheet is made for it
    application.setApplicationName("micrograd-gui")
    application.setDesktopFileName("micrograd-gui")
    application.setWindowIcon(QIcon(str(resource_path("icons", "micrograd-gui.svg"))))
    load_fonts()
    store = SettingsStore()
    settings, problem = store.load()
    frame = Frame(settings)
    frame.show()
    painting = QEventLoop()
    frame.painted.connect(painting.quit)
    QTimer.singleShot(_UNSEEN_MS, painting.quit)
    painting.exec()
    return FirstWindow(application, frame, store, problem)
