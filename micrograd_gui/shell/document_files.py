"""Reading and writing program files, and the copies that survive a crash."""

import json
import uuid
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QLockFile

from micrograd_core.texts import tr
from micrograd_gui.background.files import FileError, read_whole, reason, write_whole
from micrograd_gui.model.document import Document, from_text, to_text
from micrograd_gui.model.file_bytes import from_bytes, text_of, to_bytes
from micrograd_gui.model.file_names import shown_name

MAX_BYTES = 2_000_000
_MOST_RECOVERED = 100_000_000
"""Upper limit in bytes; all that the window can hold must be restored."""
_MARK = "#! unsaved text of "


def read_program(path: Path) -> tuple[bytes, Document]:
    """Return the bytes of a program file and its document. Raises FileError."""
    data = read_whole(path, MAX_BYTES)
    try:
        return data, from_bytes(data)
    except UnicodeDecodeError:
        raise FileError(
            tr("{file} is not a program: it is not a text file in UTF-8.", file=shown_name(str(path)))
        ) from None


def read_document(path: Path) -> Document:
    """Return the document of a program file. Raises FileError."""
    return read_program(path)[1]


def write_document(path: Path, document: Document, before: bytes = b"") -> bytes:
    """Write the whole file, or leave the old one as it was; return the bytes written. Raises FileError.

    ``before`` are the bytes that were read; what was not edited stays as it is there.
    """
    data = to_bytes(document, before)
    write_whole(path, data)
    return data


@dataclass(frozen=True, slots=True)
class Draft:
    """An unsaved document, and the file that it belongs to."""

    document: Document
    path: Path | None = None
    digest: str = ""
    """SHA-256 of the file when it was last read or written."""


class RecoveryCopy:
    """A file in the recovery folder. A program locks its own; one without a lock was left by a killed program."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = QLockFile(str(path.with_suffix(".lock")))
        self._lock.setStaleLockTime(0)

    def read(self) -> tuple[float, Draft] | None:
        """Return (time written, draft) and keep the lock; None if another program has it or it is unreadable."""
        if not self._lock.tryLock(0):
            return None
        with suppress(FileError, OSError, UnicodeDecodeError):
            data = read_whole(self._path, _MOST_RECOVERED)
            return self._path.stat().st_mtime, _from_copy(text_of(data))
        self._lock.unlock()
        return None

    def write(self, draft: Draft) -> None:
        """Write the draft and keep the lock. Raises FileError."""
        folder = self._path.parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise FileError(
                tr(
                    "The folder {folder} could not be created. {reason}",
                    folder=shown_name(str(folder)),
                    reason=reason(error),
                )
            ) from error
        locked = self._lock.isLocked() or self._lock.tryLock(0)
        # QLockFile gives no reason; writing fails for the same reason and names it.
        write_whole(self._path, _to_copy(draft).encode("utf-8", errors="replace"))
        if not locked:
            self._path.unlink()
            raise FileError(tr("{file} could not be locked.", file=shown_name(str(self._path))))

    def remove(self) -> None:
        """Remove the file and its lock, if this program has it. Raises FileError."""
        if self._lock.isLocked():
            try:
                self._path.unlink(missing_ok=True)
            except OSError as error:
                raise FileError(
                    tr(
                        "{file} could not be removed. {reason}",
                        file=shown_name(str(self._path)),
                        reason=reason(error),
                    )
                ) from error
            self._lock.unlock()

    def leave(self) -> None:
        """Leave the file to the program that starts next."""
        self._lock.unlock()


class RecoveryFolder:
    """Copies of unsaved documents, in case a program is killed. Each running program has one of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._own = RecoveryCopy(folder / f"{uuid.uuid4().hex}.py")
        self._over: tuple[RecoveryCopy, ...] = ()
        """Own copies of documents that were open before."""
        self.drafts: dict[RecoveryCopy, Draft] = {}
        """Drafts that killed programs left and that are not open yet, newest first."""

    def look(self) -> None:
        """Find the drafts that killed programs left."""
        copies = [RecoveryCopy(path) for path in self._folder.glob("*.py")]
        found = [(read, copy) for copy in copies if (read := copy.read()) is not None]
        found.sort(key=lambda pair: -pair[0][0])
        self.drafts = {copy: draft for (_written, draft), copy in found}

    def take(self, copy: RecoveryCopy) -> None:
        """Make a draft the open document. Its copy is kept until it is saved or discarded."""
        self._over = (*self._over, self._own)
        self._own = copy
        del self.drafts[copy]

    def keeping(self, draft: Draft | None) -> Callable[[], None]:
        """Return the work, for any thread, that writes the draft, or removes the copy if there is none.

        It belongs to the present own copy and must end before the next work begins. It raises FileError.
        """
        return partial(_keep, draft, self._own, self._over, ())

    def leaving(self) -> Callable[[], None]:
        """Return the work at the end: drafts that nobody opened stay for the next time. It raises FileError."""
        return partial(_keep, None, self._own, self._over, tuple(self.drafts))


def _keep(
    draft: Draft | None, own: RecoveryCopy, over: Iterable[RecoveryCopy], left: Iterable[RecoveryCopy]
) -> None:
    for copy in left:
        copy.leave()
    if draft is None:
        own.remove()
    else:
        try:
            own.write(draft)
        except FileError as error:
            raise FileError(tr("No recovery copy is kept. {reason}", reason=error)) from error
    for copy in over:
        copy.remove()


def _to_copy(draft: Draft) -> str:
    """Return the text, followed by a line with its file if it has one."""
    text = to_text(draft.document)
    if draft.path is None and _split(text) is None:
        return text
    file = {"path": str(draft.path or ""), "digest": draft.digest}
    return f"{text}\n{_MARK}{json.dumps(file)}\n"


def _from_copy(text: str) -> Draft:
    return _split(text) or Draft(from_text(text))


def _split(text: str) -> Draft | None:
    """Return the draft of a copy that ends with such a line; None for another one."""
    body, _, last = text.removesuffix("\n").rpartition("\n")
    if not last.startswith(_MARK):
        return None
    try:
        file = json.loads(last.removeprefix(_MARK))
        path, digest = str(file["path"]), str(file["digest"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return Draft(from_text(body), Path(path) if path else None, digest)
