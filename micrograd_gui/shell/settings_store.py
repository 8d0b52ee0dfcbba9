"""The settings file in the user's configuration folder, which several windows of the program share."""

import os
from dataclasses import replace
from pathlib import Path
from threading import Lock

from PySide6.QtCore import QLockFile, QStandardPaths
from PySide6.QtGui import QGuiApplication

from micrograd_core.texts import tr
from micrograd_gui.background.files import FileError, MissingFileError, read_whole, reason, write_whole
from micrograd_gui.model.file_names import shown_name
from micrograd_gui.model.settings import Geometry, Settings, clamp_geometry, from_json, merge, to_json

FOLDER_VARIABLE = "MICROGRAD_GUI_CONFIG"
"""Environment variable that names another configuration folder."""
_FILE = "settings.json"
_MOST_BYTES = 1_000_000
_LOCK_MS = 200
"""Milliseconds to wait while another window writes its settings."""
SMALLEST_WINDOW = (1000, 640)
"""Width and height in pixels at which no panel is cramped. On a smaller screen the window is smaller."""


def config_folder() -> Path:
    """Return the folder of the settings: the one that the environment names, else the platform's."""
    named = os.environ.get(FOLDER_VARIABLE)
    if named:
        return Path(named)
    return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppConfigLocation))


class SettingsStore:
    """Settings in a file. Methods raise nothing; they return a problem as a sentence, "" for none.

    ``save`` may run in any thread, one call at a time.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.path = (folder or config_folder()) / _FILE
        self._known: Settings | None = None
        """Settings when this window last read or wrote them; None as long as there is no file."""
        self._one_at_a_time = Lock()
        self._lock = QLockFile(str(self.path.with_suffix(".lock")))
        self._lock.setStaleLockTime(0)

    def load(self) -> tuple[Settings, str]:
        """Return the settings, with a geometry that fits the present screens, and the problem.

        A missing file is no problem: it is the first run.
        """
        try:
            settings = self._read()
        except MissingFileError:
            return Settings(), ""
        except FileError as error:
            return Settings(), tr("The settings could not be read. {reason}", reason=error)
        if settings.geometry is not None:
            geometry = clamp_geometry(settings.geometry, available_screens(), SMALLEST_WINDOW)
            settings = replace(settings, geometry=geometry)
        self._known = settings
        return settings, ""

    def save(self, settings: Settings) -> str:
        """Write what changed and return the problem. A crash or a full disk leaves the old file whole.

        Changes that another window wrote in the meantime are kept.
        """
        with self._one_at_a_time:
            return self._save(settings)

    def _save(self, settings: Settings) -> str:
        if settings == self._known:
            return ""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            return tr(
                "The settings could not be saved in {folder}. {reason}",
                folder=shown_name(str(self.path.parent)),
                reason=reason(error),
            )
        self._lock.tryLock(_LOCK_MS)
        try:
            merged = merge(self._known or Settings(), settings, self._read_again())
            write_whole(self.path, to_json(merged).encode("utf-8", errors="replace"))
        except FileError as error:
            return tr("The settings could not be saved. {reason}", reason=error)
        finally:
            self._lock.unlock()
        self._known = settings
        return ""

    def _read(self) -> Settings:
        """Return the settings of the file. Raises FileError."""
        return from_json(read_whole(self.path, _MOST_BYTES).decode("utf-8", errors="replace"))

    def _read_again(self) -> Settings:
        """Return the settings of the file, the default ones if there is none. Raises FileError."""
        try:
            return self._read()
        except MissingFileError:
            return Settings()


def available_screens() -> list[Geometry]:
    """Return the areas of the screens that windows may cover, the primary screen first."""
    primary = QGuiApplication.primaryScreen()
    screens = sorted(QGuiApplication.screens(), key=lambda screen: screen is not primary)
    areas = [screen.availableGeometry() for screen in screens]
    return [Geometry(area.x(), area.y(), area.width(), area.height()) for area in areas]
