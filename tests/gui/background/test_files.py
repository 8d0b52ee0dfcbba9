"""Reading and writing files: what is no file is refused, what fails says why, and the window goes on."""

import errno
import os
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from micrograd_gui.background.files import (
    FileError,
    MissingFileError,
    TooLargeError,
    patiently,
    read_whole,
    reason,
    write_whole,
)

posix = pytest.mark.skipif(sys.platform == "win32", reason="pipes and devices of POSIX")


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    path = tmp_path / "pipe.py"
    os.mkfifo(path)
    return path


def test_a_file_is_read_up_to_its_most(tmp_path: Path) -> None:
    """A file of the largest size is read; one more byte is refused."""
    path = tmp_path / "a"
    path.write_bytes(bytes(range(256)) * 8192)
    assert read_whole(path, 256 * 8192) == path.read_bytes()
    with pytest.raises(TooLargeError, match=r"a is too large to be opened\. The limit is 2 MB"):
        read_whole(path, 256 * 8192 - 1)


@posix
def test_what_is_no_file_is_neither_read_nor_replaced(pipe: Path, tmp_path: Path) -> None:
    """Pipes, folders, sockets, devices without end and links to them: a sentence, at once, and nothing is gone."""
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(tmp_path / "socket"))
    (tmp_path / "link").symlink_to(pipe)
    paths = [pipe, tmp_path, tmp_path / "socket", tmp_path / "link", Path("/dev/zero"), Path("/dev/tty")]
    before = [path.stat() for path in paths]
    for path in paths:
        with pytest.raises(FileError, match="could not be opened"):
            read_whole(path, 10)
        with pytest.raises(FileError, match=r"could not be written\. It is not a file"):
            write_whole(path, b"x")
    listening.close()
    assert [(path.stat().st_ino, path.stat().st_mode) for path in paths] == [
        (known.st_ino, known.st_mode) for known in before
    ]


@pytest.mark.parametrize("name", ["a\0b", "\ud800"])
def test_what_cannot_be_a_name(tmp_path: Path, name: str) -> None:
    """NUL and halves of characters, as in a list that was edited by hand: no such file is there, and none can be."""
    with pytest.raises(MissingFileError, match="No file can have this name"):
        read_whole(tmp_path / name, 10)
    with pytest.raises(FileError, match="No file can have this name"):
        write_whole(tmp_path / name, b"")


def test_what_is_not_there(tmp_path: Path) -> None:
    """A missing file has an error of its own."""
    with pytest.raises(MissingFileError, match=r"could not be opened\. There is no such file"):
        read_whole(tmp_path / "gone", 10)


@posix
def test_a_file_keeps_its_rights_and_a_link_stays_one(tmp_path: Path) -> None:
    """Writing replaces the file that the link leads to. A new file has the usual permissions."""
    path, link = tmp_path / "a", tmp_path / "link"
    path.write_bytes(b"old")
    path.chmod(0o640)
    link.symlink_to(path)
    write_whole(link, b"new")
    assert (path.read_bytes(), link.is_symlink(), path.stat().st_mode & 0o777) == (b"new", True, 0o640)
    write_whole(tmp_path / "b", b"")
    (tmp_path / "c").write_bytes(b"")
    assert (tmp_path / "b").stat().st_mode == (tmp_path / "c").stat().st_mode


@contextmanager
def small_files() -> Iterator[None]:
    """No file may be larger than ten bytes: only around what is tried, for pytest writes files, too."""
    resource = pytest.importorskip("resource")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("a.py", "It would exceed the largest size allowed for a file"),
        ("nowhere/a.py", "There is no folder "),
        ("n" * 300, "Its name is too long"),
        ("a.py/b.py", "A part of its path is not a folder"),
    ],
)
def test_why_a_file_is_not_written(tmp_path: Path, name: str, why: str) -> None:
    """A sentence gives the reason; the old file is whole and no temporary file is left."""
    (tmp_path / "a.py").write_bytes(b"old")
    with small_files(), pytest.raises(FileError, match=why):
        write_whole(tmp_path / name, b"x" * 100)
    assert (tmp_path / "a.py").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["a.py"]


@pytest.mark.parametrize(
    ("number", "why"),
    [
        (errno.ENOSPC, "The disk is full."),
        (errno.EROFS, "The disk is read-only."),
        (errno.EIO, "The disk reports an error."),
        (errno.ELOOP, f"The system reports: {os.strerror(errno.ELOOP)}."),
    ],
)
def test_reasons_of_the_system(number: int, why: str) -> None:
    """Frequent reasons have plain sentences; others are quoted from the system."""
    assert reason(OSError(number, os.strerror(number))) == why


@posix
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_and_a_file_that_may_not_be_written(tmp_path: Path) -> None:
    """The sentence names the folder or the file that is read-only."""
    (tmp_path / "a").write_bytes(b"old")
    (tmp_path / "a").chmod(0o400)
    with pytest.raises(FileError, match="It is read-only"):
        write_whole(tmp_path / "a", b"new")
    tmp_path.chmod(0o500)
    with pytest.raises(FileError, match=r"The folder .* is read-only"):
        write_whole(tmp_path / "b", b"new")
    tmp_path.chmod(0o700)


def test_the_window_lives_while_a_disk_does_not_answer(qtbot: QtBot, qapp: QApplication) -> None:
    """A dialog says what is waited for and goes when the answer comes; meanwhile timers run."""
    answer = threading.Event()
    said: list[str] = []

    def look() -> None:
        box = QApplication.activeModalWidget()
        if isinstance(box, QMessageBox):
            said.append(box.text())
            if len(said) == 5:
                answer.set()

    clock = QTimer(interval=5)
    clock.timeout.connect(look)
    clock.start()
    assert (
        patiently(lambda _: answer.wait(20) and threading.current_thread().name, Path("/far/<b>a.py"))
        == "file"
    )
    clock.stop()
    assert len(said) >= 5
    assert set(said) == {"Waiting for <b>a.py…"}


def test_a_disk_that_never_answers_can_be_given_up(qtbot: QtBot, qapp: QApplication) -> None:
    """Cancel ends the waiting with a sentence; what comes later is nobody's."""
    answer = threading.Event()

    def cancel() -> None:
        box = QApplication.activeModalWidget()
        if isinstance(box, QMessageBox):
            box.button(QMessageBox.StandardButton.Cancel).click()

    clock = QTimer(interval=5)
    clock.timeout.connect(cancel)
    clock.start()
    with pytest.raises(FileError, match=r"Cancelled: the disk of a\.py does not answer"):
        patiently(lambda _: answer.wait(20), Path("/far/a.py"))
    answer.set()


def test_a_write_that_was_given_up_does_not_undo_a_later_one(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk answers at last, after the same file was written anew: the newer text stays, with nothing beside it."""
    path, answer, sync = tmp_path / "a.py", threading.Event(), os.fsync

    def cancel() -> None:
        box = QApplication.activeModalWidget()
        if isinstance(box, QMessageBox):
            box.button(QMessageBox.StandardButton.Cancel).click()

    monkeypatch.setattr(os, "fsync", lambda _file: answer.wait(20))
    clock = QTimer(interval=5)
    clock.timeout.connect(cancel)
    clock.start()
    with pytest.raises(FileError, match=r"Cancelled: the disk of a\.py does not answer"):
        write_whole(path, b"older")
    (waiting,) = (thread for thread in threading.enumerate() if thread.name == "file")
    monkeypatch.setattr(os, "fsync", sync)
    write_whole(path, b"newer")
    answer.set()
    waiting.join(20)
    assert path.read_bytes() == b"newer"
    assert list(tmp_path.iterdir()) == [path]


def test_what_goes_wrong_in_the_thread_goes_wrong_here(qapp: QApplication) -> None:
    """An error of any kind comes to who asked."""
    with pytest.raises(ZeroDivisionError):
        patiently(lambda _: 1 // 0, Path("a"))


def test_a_window_that_goes_while_it_waits_takes_only_the_dialog_along(
    qtbot: QtBot, qapp: QApplication
) -> None:
    """The caller gets the same error as after Cancel, and no deleted object is used."""
    window, answer = QWidget(), threading.Event()
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    clock = QTimer(interval=5)

    def close_all() -> None:
        if QApplication.activeModalWidget() is not None:
            clock.stop()
            shiboken6.delete(window)

    clock.timeout.connect(close_all)
    clock.start()
    with pytest.raises(FileError, match="Cancelled: the disk of"):
        patiently(lambda _: answer.wait(20), Path("/far/a.py"))
    answer.set()
