"""Reading and writing program files, and the copy that survives a crash."""

import uuid
from pathlib import Path

from PySide6.QtCore import QLockFile

from micrograd_gui.files import FileError, write_whole
from micrograd_gui.model.document import Document, from_text, to_text

MAX_BYTES = 2_000_000


def read_document(path: Path) -> Document:
    """The document in a program file. Raises FileError."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise FileError(f"{path.name} could not be opened: {error.strerror}.") from error
    if len(data) > MAX_BYTES:
        raise FileError(
            f"{path.name} is larger than {MAX_BYTES // 1_000_000} MB, too large for a typed program."
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FileError(f"{path.name} is not a text file (UTF-8), so it is not a program.") from None
    return from_text(text.replace("\r\n", "\n").replace("\r", "\n"))


def write_document(path: Path, document: Document) -> None:
    """Write the whole file or leave the old one as it was. Raises FileError."""
    write_whole(path, to_text(document).encode("utf-8", errors="replace"))


class RecoveryFile:
    """A copy of the open document for the case that the program is killed before it is saved.

    Each running program has a file of its own under a lock; a file whose lock nobody holds was left by a crash.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / f"{uuid.uuid4().hex}.py"
        self._lock = _lock(self._path)

    def take_orphan(self) -> Document | None:
        """What a program that was killed left behind, if any; it is handed out once."""
        for path in sorted(self._folder.glob("*.py")):
            lock = _lock(path)
            if path == self._path or not lock.tryLock(0):
                continue
            try:
                document = read_document(path)
                path.unlink()
            except (FileError, OSError):
                continue
            finally:
                lock.unlock()
            return document
        return None

    def write(self, document: Document) -> None:
        """Keep this document. Raises FileError."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise FileError(f"No copy for recovery could be kept: {error.strerror}.") from error
        if self._lock.isLocked() or self._lock.tryLock(0):
            write_document(self._path, document)

    def remove(self) -> None:
        """Nothing is unsaved any more."""
        self._path.unlink(missing_ok=True)
        self._lock.unlock()


def _lock(path: Path) -> QLockFile:
    lock = QLockFile(str(path.with_suffix(".lock")))
    lock.setStaleLockTime(0)
    return lock
