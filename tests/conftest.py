"""What every test gets: no display, settings of its own, the bundled fonts, and a look at what it left behind.

pytest-randomly seeds the random streams before each test and prints the seed, which ``--randomly-seed=N`` repeats.
"""

import gc
import multiprocessing
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QStandardPaths, QThread
from PySide6.QtWidgets import QApplication

from micrograd_gui.widgets.style import load_fonts

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
for variable in ("QT_SCALE_FACTOR", "QT_FONT_DPI", "QT_SCREEN_SCALE_FACTORS"):
    os.environ.pop(variable, None)
QStandardPaths.setTestModeEnabled(True)

_MUCH_GARBAGE = 50_000
"""Objects made since the last collection, less those that were freed."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--collect-garbage",
        action="store_true",
        help="run the garbage collector after each test, so that what it crashes on is found where it was made",
    )


@pytest.fixture(scope="session", autouse=True)
def garbage_is_collected_here() -> Iterator[None]:
    """As in the program, no thread but the window's frees what only the garbage collector can."""
    gc.disable()
    yield
    gc.enable()


@pytest.fixture(scope="session")
def qapp(qapp: QApplication) -> QApplication:
    """The one application object, which knows the bundled fonts."""
    load_fonts()
    return qapp


@pytest.fixture(autouse=True)
def own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings and recovery files lie in the test's own folder."""
    monkeypatch.setenv("MICROGRAD_GUI_CONFIG", str(tmp_path / "config"))


@pytest.fixture(autouse=True)
def nothing_left_behind(pytestconfig: pytest.Config) -> Iterator[None]:
    """A test ends what it began: windows, child processes, Qt threads. It is set up first, so it looks last."""
    before = _alive()
    yield
    if pytestconfig.getoption("collect_garbage") or gc.get_count()[0] > _MUCH_GARBAGE or _alive() - before:
        # What only the garbage collector can free is freed late, but it is not a leak.
        gc.collect()
    left = _alive() - before
    assert not left, f"the test left behind {', '.join(sorted(map(repr, left)))}"


def _alive() -> set[object]:
    """Top-level widgets, child processes and running threads."""
    found: set[object] = set(multiprocessing.active_children())
    if QApplication.instance() is None:
        return found
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    # Qt keeps the last tooltip for the next one.
    found.update(w for w in QApplication.topLevelWidgets() if w.metaObject().className() != "QTipLabel")
    found.update(
        wrapper
        for wrapper in shiboken6.getAllValidWrappers()
        if isinstance(wrapper, QThread) and wrapper.isRunning()
    )
    return found
