"""Reading and writing of regular files, whole or not at all, without stopping the window."""

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
from micrograd_core.texts import tr
from micrograd_gui.model.file_names import shown_name

_UNNOTICED_S = 0.25
"""Seconds that the window may stand still; a file that takes longer gets a dialog."""
CLOSING_S = 1.0
"""Seconds to wait for a slow disk at the end."""
_POLL_MS = 30
_PIECE = 1 << 20
_READ_FLAGS = os.O_RDONLY | sum(
    getattr(os, flag, 0) for flag in ("O_NONBLOCK", "O_NOCTTY", "O_BINARY", "O_CLOEXEC")
)
"""Flags of open() with which a pipe without a writer does not block."""
_REASONS = {
    errno.ENOENT: tr("There is no such file or folder."),
    errno.EACCES: tr("Permission is denied."),
    errno.EPERM: tr("Permission is denied."),
    errno.ENOSPC: tr("The disk is full."),
    errno.EFBIG: tr("It would exceed the largest size allowed for a file."),
    errno.EROFS: tr("The disk is read-only."),
    errno.EIO: tr("The disk reports an error."),
    errno.EISDIR: tr("It is a folder."),
    errno.ENOTDIR: tr("A part of its path is not a folder."),
    errno.ENAMETOOLONG: tr("Its name is too long."),
    errno.EMFILE: tr("Too many files are open."),
    errno.ENFILE: tr("Too many files are open."),
}
if hasattr(errno, "EDQUOT"):
    _REASONS[errno.EDQUOT] = tr("Your disk quota is used up.")

Result = TypeVar("Result")


class FileError(MicrogradError):
    """A file could not be read or written. The message is for the user."""


class MissingFileError(FileError):
    """The file does not exist."""


class TooLargeError(FileError):
    """The file is larger than the limit for reading."""


def reason(error: OSError | ValueError) -> str:
    """Return a sentence that says why the system refused."""
    if isinstance(error, ValueError):
        return tr("No file can have this name.")
    known = _REASONS.get(error.errno or 0)
    return known or tr("The system reports: {error}.", error=error.strerror or error)


def read_whole(path: Path, limit: int) -> bytes:
    """Return the bytes of a regular file, at most ``limit``. Raises FileError.

    In the window, the user can cancel it while the disk does not answer.
    """
    return patiently(lambda _cancelled: _read(path, limit), path)


def write_whole(path: Path, data: bytes) -> None:
    """Write the whole file, or leave the old one as it was. Raises FileError.

    In the window, the user can cancel it while the disk does not answer; the old file stays then.
    """
    name = shown_name(str(path))
    try:
        patiently(lambda cancelled: _write(Path(os.path.realpath(path)), name, data, cancelled), path)
    except (OSError, ValueError) as error:
        raise FileError(
            tr("{file} could not be written. {reason}", file=name, reason=_why_not_written(path, error))
        ) from error


def patiently(work: Callable[[Event], Result], path: Path) -> Result:
    """Return what ``work`` on a file returns; raise what it raises. On the window's thread the window is not stopped.

    If it takes long, a dialog lets the user cancel it, which sets the event for ``work`` and raises FileError.
    """
    cancelled = Event()
    if not isinstance(QApplication.instance(), QApplication) or current_thread() is not main_thread():
        return work(cancelled)
    answer = in_thread(lambda: work(cancelled))
    wait([answer], timeout=_UNNOTICED_S)
    if not answer.done():
        _wait_in_dialog(answer, shown_name(path.name))
    if not answer.done():
        cancelled.set()
        raise FileError(tr("Cancelled: the disk of {file} does not answer.", file=shown_name(path.name)))
    return answer.result()


def in_thread(work: Callable[[], Result], after: Future[Any] | None = None) -> Future[Result]:
    """Start ``work`` in a thread once ``after`` is done. The program can end before it, since disks may hang."""
    answer: Future[Result] = Future()
    Thread(target=_fulfil, args=(answer, work, after), name="file", daemon=True).start()
    return answer


def _fulfil(answer: Future[Result], work: Callable[[], Result], after: Future[Any] | None) -> None:
    if after is not None:
        wait([after])
    try:
        answer.set_result(work())
    except BaseException as error:  # noqa: BLE001 - the future raises it
        answer.set_exception(error)


def _wait_in_dialog(answer: Future[Result], name: str) -> None:
    """Show a dialog until the answer is there or the user cancels."""
    box = QMessageBox(QApplication.activeWindow())
    box.setWindowTitle(tr("Waiting"))
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(tr("Waiting for {file}…", file=name))
    box.setInformativeText(tr("Its disk does not answer yet."))
    box.setStandardButtons(QMessageBox.StandardButton.Cancel)
    timer = QTimer(box, interval=_POLL_MS)
    timer.timeout.connect(lambda: box.accept() if answer.done() else None)
    timer.start()
    # The window, and the box with it, may be gone when exec() returns.
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.exec()


def _read(path: Path, limit: int) -> bytes:
    name = shown_name(str(path))
    try:
        file = os.open(path, _READ_FLAGS)
        try:
            if not stat.S_ISREG(os.fstat(file).st_mode):
                raise FileError(tr("{file} could not be opened. It is not a file.", file=name))
            data = b"".join(_pieces(file, limit + 1))
        finally:
            os.close(file)
    except (FileNotFoundError, ValueError) as error:
        raise MissingFileError(_not_opened(name, error)) from error
    except OSError as error:
        raise FileError(_not_opened(name, error)) from error
    if len(data) > limit:
        raise TooLargeError(
            tr(
                "{file} is too large to be opened. The limit is {limit} MB.",
                file=name,
                limit=limit // 1_000_000,
            )
        )
    return data


def _not_opened(name: str, error: OSError | ValueError) -> str:
    return tr("{file} could not be opened. {reason}", file=name, reason=reason(error))


def _pieces(file: int, limit: int) -> Iterator[bytes]:
    while limit > 0 and (piece := os.read(file, min(limit, _PIECE))):
        yield piece
        limit -= len(piece)


def _write(path: Path, name: str, data: bytes, cancelled: Event) -> None:
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        mode = None
    if mode is not None and not stat.S_ISREG(mode):
        # Replacing a device or a folder would destroy it.
        raise FileError(tr("{file} could not be written. It is not a file.", file=name))
    if mode is not None and not os.access(path, os.W_OK):
        raise FileError(tr("{file} could not be written. It is read-only.", file=name))
    temporary = path.with_name(f".{uuid.uuid4().hex}.tmp")
    try:
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if mode is not None:
            temporary.chmod(stat.S_IMODE(mode))
        if cancelled.is_set():
            # The user may have written it again since.
            raise InterruptedError
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _why_not_written(path: Path, error: OSError | ValueError) -> str:
    folder = shown_name(str(path.parent))
    if isinstance(error, FileNotFoundError):
        return tr("There is no folder {folder}.", folder=folder)
    if isinstance(error, PermissionError) and error.filename and not error.filename2:
        return tr("The folder {folder} is read-only.", folder=folder)
    return reason(error)
