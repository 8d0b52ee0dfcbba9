"""What can keep Qt from starting, told in a sentence instead of a core dump."""

import os
import re
import sys
from pathlib import Path

from PySide6.QtCore import (
    QLibraryInfo,
    QMessageLogContext,
    QtMsgType,
    qInstallMessageHandler,
)
from PySide6.QtWidgets import QApplication

from micrograd_gui.model.dependencies import missing_library_sentence


def make_application() -> QApplication:
    """The application object. Where Qt would abort for want of a display, it says so and exits with 1."""
    said: list[str] = []

    def listen(kind: QtMsgType, _context: QMessageLogContext, message: str) -> None:
        said.append(message)
        if kind == QtMsgType.QtFatalMsg:
            # Qt aborts when this returns.
            sys.stderr.write(f"micrograd-gui: {_no_platform_sentence(said)}\n")
            sys.stderr.flush()
            os._exit(1)

    before = qInstallMessageHandler(listen)
    application = QApplication(["micrograd-gui"])
    qInstallMessageHandler(before)
    for message in said:
        sys.stderr.write(f"{message}\n")
    return application


def _no_platform_sentence(said: list[str]) -> str:
    """Why Qt found no platform to run on, from what it ``said``, the fatal message last."""
    text = "\n".join(said)
    if "platform plugin" not in said[-1]:
        return text
    unknown = re.search(r'Could not find the Qt platform plugin "(.*?)"', text)
    if unknown:
        return f"QT_QPA_PLATFORM asks for {unknown[1]!r}, which Qt does not know. Unset it, or set it to offscreen."
    if "could not connect to display" not in text and "Failed to create wl_display" not in text:
        return _plugin_sentence() or text
    asked = [f"{name}={os.environ[name]}" for name in ("DISPLAY", "WAYLAND_DISPLAY") if os.environ.get(name)]
    found = f"{' and '.join(asked)} cannot be reached" if asked else "DISPLAY and WAYLAND_DISPLAY are not set"
    return (
        f"there is no display to open a window on: {found}. Start it in a graphical session, "
        "through ssh -X, or with xvfb-run. Without a display, 'micrograd-gui render' draws a graph "
        "and 'micrograd-gui train' trains."
    )


def _plugin_sentence() -> str:
    """Which library keeps the X11 plugin from being loaded; Qt blames libxcb-cursor0 whichever it is."""
    import ctypes

    plugins = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath))
    try:
        ctypes.CDLL(str(plugins / "platforms" / "libqxcb.so"))
    except OSError as error:
        return missing_library_sentence(error, "Qt")
    return ""
