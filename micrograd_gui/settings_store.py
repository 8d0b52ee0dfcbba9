"""The settings file: read at the start, written at the end, in the user's configuration folder."""

import os
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtGui import QGuiApplication

from micrograd_gui.files import FileError, write_whole
from micrograd_gui.model.settings import Geometry, Settings, clamp_geometry, from_json, to_json

FOLDER_VARIABLE = "MICROGRAD_GUI_CONFIG"
"""Environment variable that names another configuration folder."""
_FILE = "settings.json"
_MOST_BYTES = 1_000_000
SMALLEST_WINDOW = (1000, 640)
"""Pixels; below it the panels would not be whole."""


def config_folder() -> Path:
    """Where settings lie: the folder the environment names, else the platform's."""
    named = os.environ.get(FOLDER_VARIABLE)
    if named:
        return Path(named)
    return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppConfigLocation))


class SettingsStore:
    """Settings in a file. Nothing here raises: what went wrong is returned as a sentence, "" if nothing did."""

    def __init__(self, folder: Path | None = None) -> None:
        self.path = (folder or config_folder()) / _FILE

    def load(self) -> tuple[Settings, str]:
        """The settings with a geometry that fits the screens of now, and what went wrong.

        No file is the first run, not a mistake.
        """
        try:
            with self.path.open("rb") as file:
                text = file.read(_MOST_BYTES).decode("utf-8", errors="replace")
        except FileNotFoundError:
            return Settings(), ""
        except OSError as error:
            return Settings(), f"The settings could not be read from {self.path}: {_reason(error)}."
        settings = from_json(text)
        if settings.geometry is not None:
            geometry = clamp_geometry(settings.geometry, available_screens(), SMALLEST_WINDOW)
            settings = replace(settings, geometry=geometry)
        return settings, ""

    def save(self, settings: Settings) -> str:
        """Write the settings, all or nothing: a crash or a full disk leaves the earlier file whole."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            return f"The settings could not be saved in {self.path.parent}: {_reason(error)}."
        try:
            write_whole(self.path, to_json(settings).encode("utf-8", errors="replace"))
        except FileError as error:
            return f"The settings could not be saved: {error}"
        return ""


def available_screens() -> list[Geometry]:
    """The areas of the screens that windows may cover, the primary one first."""
    primary = QGuiApplication.primaryScreen()
    screens = sorted(QGuiApplication.screens(), key=lambda screen: screen is not primary)
    areas = [screen.availableGeometry() for screen in screens]
    return [Geometry(area.x(), area.y(), area.width(), area.height()) for area in areas]


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
