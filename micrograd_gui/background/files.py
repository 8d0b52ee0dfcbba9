"""Reading and writing files: only what is a file, whole or not at all, and without stopping the window."""

import errno
import os
import stat
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from pathlib import Path
from threading import Event, Thread, current_thread, main_thread
from typing import Any, TypeVar

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QMessageBox

from micrograd_core.errors import MicrogradError
from micrograd_gui.model.file_names import shown_name

_UNNOTICED_S = 0.25
"""So long the window may stand still; a file that takes longer is waited for in a dialog."""
CLOSING_S = 1.0
"""So long what closes waits for a slow disk."""
_LOOK_MS = 30
_PIECE = 1 << 20
_AT_ONCE = os.O_RDONLY | sum(
    getattr(os, flag, 0) for flag in ("O_NONBLOCK", "O_NOCTTY", "O_BINARY", "O_CLOEXEC")
)
"""Flags for open(): a pipe without a writer does not block."""
_REASONS = {
    errno.ENOSPC: "the disk is full",
    errno.EFBIG: "it would be larger than a file may be here",
    errno.EROFS: "the disk is read-only",
    errno.EIO: "the disk reports an error",
    errno.EISDIR: "it is a folder",
    errno.ENOTDIR: "a part of its path is not a folder",
    errno.ENAMETOOLONG: "its name is too long",
    errno.EMFILE: "too many files are open",
    errno.ENFILE: "too many files are open",
}
if hasattr(errno, "EDQUOT"):
    _REASONS[errno.EDQUOT] = "your share of the disk is used up"
_NO_FILE = "it is not a file"

Result = TypeVar("Result")


class FileError(MicrogradError):
    """A file could not be read or written; the message is a sentence for the user."""


class MissingFileError(FileError):
    """There is no such file."""


class TooLargeError(FileError):
    """The file is larger than what is read."""


def reason(error: OSError | ValueError) -> str:
    """Why the system refused, in words, as a clause."""
    if isinstance(error, ValueError):
        return "no file can have this name"
    return _REASONS.get(error.errno or 0) or error.strerror or str(error)


def read_whole(path: Path, most: int) -> bytes:
    """The bytes of a file of at most ``most``. Raises FileError, also for what is not a file, as a pipe.

    In the window it can be given up while the disk does not answer.
    """
    return patiently(lambda _given_up: _read(path, most), path)


def write_whole(path: Path, data: bytes) -> None:
    """Write the whole file or leave the old one as it was. Raises FileError.

    In the window it can be given up as reading can; the old file stays then.
    """
    try:
        patiently(lambda given_up: _write(Path(os.path.realpath(path)), data, given_up), path)
    except (OSError, ValueError) as error:
        raise FileError(
            f"{shown_name(str(path))} could not be written: {_why_not_written(path, error)}."
        ) from error


def patiently(work: Callable[[Event], Result], path: Path) -> Result:
    """What ``work`` on a file returns or raises. On the window's thread it does not stop the window.

    While it takes long, a dialog lets the user give it up, which sets the event for ``work`` and raises FileError.
    """
    given_up = Event()
    if not isinstance(QApplication.instance(), QApplication) or current_thread() is not main_thread():
        return work(given_up)
    answer = in_thread(lambda: work(given_up))
    wait([answer], timeout=_UNNOTICED_S)
    if not answer.done():
        _wait_in_dialog(answer, shown_name(path.name))
    if not answer.done():
        given_up.set()
        raise FileError(f"{shown_name(path.name)} was given up: the disk it is on does not answer.")
    return answer.result()


def in_thread(work: Callable[[], Result], after: Future[Any] | None = None) -> Future[Result]:
    """What ``work`` will return or raise, begun when ``after`` is done. The program can end before: disks may hang."""
    answer: Future[Result] = Future()
    Thread(target=_fulfil, args=(answer, work, after), name="file", daemon=True).start()
    return answer


def _fulfil(answer: Future[Result], work: Callable[[], Result], after: Future[Any] | None) -> None:
    if after is not None:
        wait([after])
    try:
        answer.set_result(work())
    except BaseException as error:  # noqa: BLE001 - it is not swallowed: it goes to who waits
        answer.set_exception(error)


def _wait_in_dialog(answer: Future[Result], name: str) -> None:
    """Until the answer is there or the user has had enough."""
    box = QMessageBox(QApplication.activeWindow())
    box.setWindowTitle("Waiting")
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(f"Waiting for {name}…")
    box.setInformativeText("The disk it is on does not answer yet.")
    box.setStandardButtons(QMessageBox.StandardButton.Cancel)
    timer = QTimer(box, interval=_LOOK_MS)
    timer.timeout.connect(lambda: box.accept() if answer.done() else None)
    timer.start()
    # The window may be gone when this returns, and the box with it.
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.exec()


def _read(path: Path, most: int) -> bytes:
    name = shown_name(str(path))
    try:
        file = os.open(path, _AT_ONCE)
        try:
            if not stat.S_ISREG(os.fstat(file).st_mode):
                raise FileError(f"{name} could not be opened: {_NO_FILE}.")
            data = b"".join(_pieces(file, most + 1))
        finally:
            os.close(file)
    except (FileNotFoundError, ValueError) as error:
        raise MissingFileError(f"{name} could not be opened: {reason(error)}.") from error
    except OSError as error:
        raise FileError(f"{name} could not be opened: {reason(error)}.") from error
    if len(data) > most:
        raise TooLargeError(f"{name} is larger than {most // 1_000_000} MB, too large to be opened here.")
    return data


def _pieces(file: int, most: int) -> Iterator[bytes]:
    while most > 0 and (piece := os.read(file, min(most, _PIECE))):
        yield piece
        most -= len(piece)


def _write(path: Path, data: bytes, given_up: Event) -> None:
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        mode = None
    if mode is not None and not stat.S_ISREG(mode):
        # Replacing a device or a folder would destroy it.
        raise OSError(errno.EINVAL, _NO_FILE)
    if mode is not None and not os.access(path, os.W_OK):
        raise OSError(errno.EPERM, "it is read-only")
    beside = path.with_name(f".{uuid.uuid4().hex}.tmp")
    try:
        with beside.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if mode is not None:
            beside.chmod(stat.S_IMODE(mode))
        if given_up.is_set():
            # The user may have written it anew since.
            raise InterruptedError
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def _why_not_written(path: Path, error: OSError | ValueError) -> str:
    folder = shown_name(str(path.parent))
    if isinstance(error, FileNotFoundError):
        return f"there is no folder {folder}"
    if isinstance(error, PermissionError) and error.filename and not error.filename2:
        return f"the folder {folder} is read-only"
    return reason(error)
