"""The start of Qt, which says in a sentence why it fails instead of dumping core."""

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

from micrograd_core.texts import tr
from micrograd_gui.model.dependencies import missing_library_sentence


def make_application() -> QApplication:
    """Return the application object. If Qt would abort, say why and exit with 1."""
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
    """Return why Qt found no platform, given its messages, of which the last is the fatal one."""
    text = "\n".join(said)
    if "platform plugin" not in said[-1]:
        return text
    unknown = re.search(r'Could not find the Qt platform plugin "(.*?)"', text)
    if unknown:
        return tr(
            "QT_QPA_PLATFORM is {platform!r}, which Qt does not know. Unset it, or set it to offscreen.",
            platform=unknown[1],
        )
    if "could not connect to display" not in text and "Failed to create wl_display" not in text:
        return _plugin_sentence() or text
    given = [f"{name}={os.environ[name]}" for name in ("DISPLAY", "WAYLAND_DISPLAY") if os.environ.get(name)]
    reason = (
        tr(
            "There is no display to open a window on: {displays} cannot be reached.",
            displays=", ".join(given),
        )
        if given
        else tr("There is no display to open a window on: DISPLAY and WAYLAND_DISPLAY are not set.")
    )
    remedy = tr(
        "Start the program in a graphical session, through ssh -X, or with xvfb-run. "
        "Without a display, 'micrograd-gui render' draws a graph and 'micrograd-gui train' trains a network."
    )
    return f"{reason} {remedy}"


def _plugin_sentence() -> str:
    """Return which library the X11 plugin lacks; Qt itself names libxcb-cursor0 whichever it is."""
    import ctypes

    plugins = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath))
    try:
        ctypes.CDLL(str(plugins / "platforms" / "libqxcb.so"))
    except OSError as error:
        return missing_library_sentence(error, "Qt")
    return ""
