"""The window at the start: painted before the rest is imported, and whole on any screen.

Each test is a process of its own.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

START = """
import json, os, sys
from micrograd_gui.first_window import open_first_window
frame = open_first_window().frame
{look}
print(json.dumps(seen), flush=True)
os._exit(0)
"""
LOOK_AT_SIZE = """
screen, window = frame.screen().availableGeometry(), frame.frameGeometry()
seen = [size.toTuple() for size in (screen.size(), window.size(), frame.size(), frame.minimumSize())]
"""
LOOK_AT_KEYS = """
from PySide6.QtWidgets import QDialog, QPushButton, QScrollArea
from micrograd_gui.shell.help_boxes import show_keys
show_keys(frame)
box = frame.findChild(QDialog, "keys_box")
frame.grab(), box.grab()
area, button = box.findChild(QScrollArea), box.findChild(QPushButton)
bar = area.verticalScrollBar()
reached = area.viewport().height() + bar.maximum()
seen = [
    frame.screen().availableGeometry().height(), box.frameGeometry().height(), area.widget().height(), reached,
    box.rect().contains(button.geometry()), area.horizontalScrollBar().maximum(), bar.maximum(),
]
"""
LOOK_AT_MODULES = """
seen = sorted(sys.modules)
"""


def start(look: str, **environment: str) -> object:
    done = subprocess.run(
        [sys.executable, "-c", START.format(look=look)],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return json.loads(done.stdout)


def platform(folder: Path, width: int, height: int) -> str:
    """Qt's platform without a display, with a screen of this size."""
    dots = {"logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}
    screen = {"name": "screen", "x": 0, "y": 0, "width": width, "height": height, **dots}
    path = folder / "screens.json"
    path.write_text(json.dumps({"screens": [screen]}))
    return f"offscreen:configfile={path}"


@pytest.mark.parametrize(
    ("width", "height", "scale"),
    [
        (1024, 600, "1"),
        (1280, 720, "1"),
        (1366, 768, "1"),
        (1366, 768, "1.25"),
        (1280, 720, "1.5"),
        (1920, 1080, "1.75"),
    ],
)
def test_it_is_whole_on_a_small_screen(tmp_path: Path, width: int, height: int, scale: str) -> None:
    """Window and title bar fit on the screen, and the minimum size is no larger than the screen."""
    found = start(LOOK_AT_SIZE, QT_QPA_PLATFORM=platform(tmp_path, width, height), QT_SCALE_FACTOR=scale)
    assert isinstance(found, list)
    screen, window, inside, smallest = found
    assert inside[1] < window[1] <= screen[1]
    assert inside[0] < window[0] <= screen[0]
    assert window[1] > screen[1] - 50
    assert window[0] > screen[0] - 50
    assert smallest[0] <= inside[0]
    assert smallest[1] <= inside[1]


@pytest.mark.parametrize(("height", "scrolled"), [(600, True), (1080, False)])
def test_all_keys_can_be_read_on_a_small_screen(tmp_path: Path, height: int, scrolled: bool) -> None:
    """The box with its button fits on the screen, and what it has no room for is scrolled to."""
    found = start(LOOK_AT_KEYS, QT_QPA_PLATFORM=platform(tmp_path, 1024, height))
    assert isinstance(found, list)
    screen, box, table, reached, has_button, sideways, further = found
    assert box <= screen
    assert reached >= table
    assert has_button
    assert sideways == 0
    assert (further > 0) == scrolled


@pytest.mark.parametrize(("width", "height", "scale"), [(1920, 1080, "1"), (2560, 1440, "1.5")])
def test_it_has_its_own_size_where_there_is_room(tmp_path: Path, width: int, height: int, scale: str) -> None:
    """1440 × 900, as it is drawn in the README."""
    found = start(LOOK_AT_SIZE, QT_QPA_PLATFORM=platform(tmp_path, width, height), QT_SCALE_FACTOR=scale)
    assert isinstance(found, list)
    assert found[2:] == [[1440, 900], [1000, 640]]


def test_little_is_imported_before_it_is_painted() -> None:
    """Painting imports neither numpy, nor a tab, nor the solver or trainer, which take several times as long."""
    modules = start(LOOK_AT_MODULES)
    assert isinstance(modules, list)
    assert "micrograd_gui.shell.frame" in modules
    heavy = ("numpy", "matplotlib", "multiprocessing", "micrograd_core.language", "micrograd_core.vectorize")
    rooms = ("graph", "training", "canvas", "editor", "export")
    late = (*heavy, *(f"micrograd_gui.{room}" for room in rooms))
    assert [name for name in modules if name.startswith(late)] == []
