"""Settings on disk."""

import os
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from micrograd_gui import app
from micrograd_gui.model.settings import Geometry, Settings
from micrograd_gui.shell.frame import Frame
from micrograd_gui.shell.settings_store import SettingsStore, available_screens, config_folder
from micrograd_gui.shell.window import MainWindow


@pytest.fixture
def store(qapp: QApplication, tmp_path: Path) -> SettingsStore:
    return SettingsStore(tmp_path / "deep" / "folder")


def test_settings_are_there_again(store: SettingsStore) -> None:
    """Settings saved into a new folder are loaded again."""
    settings = Settings(theme="light", speed=4.0, recent_files=("/ä.py",), geometry=Geometry(0, 2, 800, 650))
    assert store.save(settings) == ""
    assert store.load() == (settings, "")


def test_the_first_run_is_no_mistake(store: SettingsStore) -> None:
    """A missing file gives defaults and no problem."""
    assert store.load() == (Settings(), "")


def test_the_environment_names_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """MICROGRAD_GUI_CONFIG is where settings lie; without it, the platform's folder."""
    monkeypatch.setenv("MICROGRAD_GUI_CONFIG", str(tmp_path))
    assert SettingsStore().path.parent == tmp_path == config_folder()
    monkeypatch.delenv("MICROGRAD_GUI_CONFIG")
    assert config_folder() != tmp_path


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"{", b"null", b'{"theme": "light", "tab": "x"}'])
def test_a_damaged_file_is_no_mistake_either(store: SettingsStore, content: bytes) -> None:
    """Readable fields are used, the others have their defaults."""
    store.path.parent.mkdir(parents=True)
    store.path.write_bytes(content)
    settings, problem = store.load()
    assert problem == ""
    assert settings == Settings(theme="light" if b"light" in content else "system")


def test_a_folder_in_the_files_place_is_told(store: SettingsStore) -> None:
    """Loading and saving return a sentence with the problem and the path instead of raising."""
    store.path.mkdir(parents=True)
    settings, problem = store.load()
    assert settings == Settings()
    assert str(store.path) in problem
    assert str(store.path) in store.save(Settings())


def test_a_file_in_the_folders_place_is_told(tmp_path: Path) -> None:
    """The settings cannot be saved below a file, and the sentence says so."""
    (tmp_path / "config").write_text("")
    store = SettingsStore(tmp_path / "config")
    assert store.load()[0] == Settings()
    assert "could not be saved" in store.save(Settings())


def test_a_failed_write_leaves_the_old_settings(store: SettingsStore) -> None:
    """If the disk is full, a sentence says so and the old file stays whole."""
    resource = pytest.importorskip("resource")
    assert store.save(Settings(theme="light")) == ""
    before = store.path.read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, limits[1]))
    try:
        problem = store.save(Settings(theme="dark"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert str(store.path) in problem
    assert store.path.read_bytes() == before
    assert [path.name for path in store.path.parent.iterdir()] == ["settings.json"]


def test_a_window_from_another_desktop_is_brought_here(store: SettingsStore) -> None:
    """A geometry beyond the screens is moved onto them when it is loaded."""
    assert store.save(Settings(geometry=Geometry(90_000, 90_000, 800, 600))) == ""
    geometry = store.load()[0].geometry
    screen = available_screens()[0]
    assert geometry is not None
    assert screen.x <= geometry.x <= screen.x + screen.width - geometry.width
    assert screen.y <= geometry.y <= screen.y + screen.height - geometry.height


def test_two_windows_keep_each_others_settings(tmp_path: Path, qapp: QApplication) -> None:
    """Each window's changes are kept, whichever closes last; recent files of all are merged, newest first."""
    SettingsStore(tmp_path).save(Settings(recent_files=("/old.py",)))
    stores = [SettingsStore(tmp_path) for _ in range(2)]
    first, second = (store.load()[0] for store in stores)
    first = replace(first, theme="light", recent_files=("/first.py", "/old.py"))
    assert stores[0].save(first) == ""
    second = replace(second, speed=2.0, recent_files=("/second.py", "/old.py"))
    assert stores[1].save(second) == ""
    first = replace(first, tab=1)
    assert stores[0].save(first) == ""
    both = Settings(theme="light", speed=2.0, tab=1, recent_files=("/second.py", "/first.py", "/old.py"))
    assert SettingsStore(tmp_path).load() == (both, "")


@pytest.mark.skipif(sys.platform == "win32", reason="pipes of POSIX")
def test_a_pipe_in_the_files_place_is_told(store: SettingsStore) -> None:
    """Nobody waits for someone at its other end."""
    store.path.parent.mkdir(parents=True)
    os.mkfifo(store.path)
    settings, problem = store.load()
    assert settings == Settings()
    assert f"{store.path} could not be opened. It is not a file" in problem
    assert f"{store.path} could not be opened. It is not a file" in store.save(Settings(theme="light"))


def test_settings_that_did_not_change_are_not_written_again(store: SettingsStore) -> None:
    """A file that another program writes is left alone."""
    assert store.save(Settings(theme="light")) == ""
    store.path.write_bytes(b"{}")
    assert store.save(Settings(theme="light")) == ""
    assert store.path.read_bytes() == b"{}"


def test_a_slow_disk_does_not_hold_up_the_window(
    store: SettingsStore, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Settings are written beside it, without a dialog; what changes meanwhile is written when the disk answers."""
    answer, begun, sync = threading.Event(), list[str](), os.fsync

    def slow(file: int) -> None:
        begun.append(threading.current_thread().name)
        answer.wait(20)
        sync(file)

    monkeypatch.setattr(os, "fsync", slow)
    monkeypatch.setattr(app, "_SETTINGS_MS", 20)
    window = MainWindow(Frame(Settings()), tmp_path / "config")
    app.keep_settings(store, window)
    window.frame.actions_by_id["theme_light"].trigger()
    qtbot.waitUntil(lambda: bool(begun))
    window.show_training_tab()
    qtbot.wait(100)
    assert QApplication.activeModalWidget() is None
    assert begun == ["file"]
    answer.set()
    qtbot.waitUntil(lambda: SettingsStore(store.path.parent).load()[0].tab == 1)
    assert SettingsStore(store.path.parent).load()[0].theme == "light"
    window.frame.close()
    window.frame.deleteLater()
