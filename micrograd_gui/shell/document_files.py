"""Reading and writing program files, and the copies that survive a crash."""

import json
import uuid
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QLockFile

from micrograd_gui.background.files import FileError, read_whole, reason, write_whole
from micrograd_gui.model.document import Document, from_text, to_text
from micrograd_gui.model.file_bytes import from_bytes, text_of, to_bytes
from micrograd_gui.model.file_names import shown_name

MAX_BYTES = 2_000_000
_MOST_RECOVERED = 100_000_000
"""Bytes: all that the window could hold must come back."""
_MARK = "#! unsaved text of "


def read_program(path: Path) -> tuple[bytes, Document]:
    """What is in a program file, and the document that it is. Raises FileError."""
    data = read_whole(path, MAX_BYTES)
    try:
        return data, from_bytes(data)
    except UnicodeDecodeError:
        raise FileError(
            f"{shown_name(str(path))} is not a text file (UTF-8), so it is not a program."
        ) from None


def read_document(path: Path) -> Document:
    """The document in a program file. Raises FileError."""
    return read_program(path)[1]


def write_document(path: Path, document: Document, before: bytes = b"") -> bytes:
    """Write the whole file or leave the old one as it was; what was written. Raises FileError.

    ``before`` is what the file was read as: what was not edited stays as it is there.
    """
    data = to_bytes(document, before)
    write_whole(path, data)
    return data


@dataclass(frozen=True, slots=True)
class Draft:
    """A document that is not saved, and the file of which it is the text."""

    document: Document
    path: Path | None = None
    digest: str = ""
    """Of what the file held when it was last read or written."""


class RecoveryCopy:
    """A file in the recovery folder, under a lock as long as a program has it open; without one, it was left behind."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = QLockFile(str(path.with_suffix(".lock")))
        self._lock.setStaleLockTime(0)

    def read(self) -> tuple[float, Draft] | None:
        """When it was written and what it holds, if it was left behind. The lock is kept."""
        if not self._lock.tryLock(0):
            return None
        with suppress(FileError, OSError, UnicodeDecodeError):
            data = read_whole(self._path, _MOST_RECOVERED)
            return self._path.stat().st_mtime, _from_copy(text_of(data))
        self._lock.unlock()
        return None

    def write(self, draft: Draft) -> None:
        """Raises FileError."""
        folder = self._path.parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise FileError(f"{shown_name(str(folder))} could not be made: {reason(error)}.") from error
        locked = self._lock.isLocked() or self._lock.tryLock(0)
        # QLockFile gives no reason. Writing fails for the same one and names it.
        write_whole(self._path, _to_copy(draft).encode("utf-8", errors="replace"))
        if not locked:
            self._path.unlink()
            raise FileError(f"{shown_name(str(self._path))} could not be locked.")

    def remove(self) -> None:
        """Raises FileError."""
        if self._lock.isLocked():
            try:
                self._path.unlink(missing_ok=True)
            except OSError as error:
                raise FileError(
                    f"{shown_name(str(self._path))} could not be removed: {reason(error)}."
                ) from error
            self._lock.unlock()

    def leave(self) -> None:
        """To whichever program starts next."""
        self._lock.unlock()


class RecoveryFolder:
    """Copies of unsaved documents, in case the program is killed. Each program has one of its own for what is open."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._own = RecoveryCopy(folder / f"{uuid.uuid4().hex}.py")
        self._over: tuple[RecoveryCopy, ...] = ()
        """Own ones of what was open before."""
        self.drafts: dict[RecoveryCopy, Draft] = {}
        """What killed programs left and nobody has opened yet, the newest first."""

    def look(self) -> None:
        """Find what killed programs left."""
        copies = [RecoveryCopy(path) for path in self._folder.glob("*.py")]
        found = [(read, copy) for copy in copies if (read := copy.read()) is not None]
        found.sort(key=lambda pair: -pair[0][0])
        self.drafts = {copy: draft for (_written, draft), copy in found}

    def take(self, copy: RecoveryCopy) -> None:
        """What was left is open now: its copy is kept until it is saved or given up."""
        self._over = (*self._over, self._own)
        self._own = copy
        del self.drafts[copy]

    def keeping(self, draft: Draft | None) -> Callable[[], None]:
        """The work, for any thread, that keeps what is open, None where it is saved or given up. It raises FileError.

        It writes the copy that is the own one now, and is done before the next work on copies begins.
        """
        return partial(_keep, draft, self._own, self._over, ())

    def leaving(self) -> Callable[[], None]:
        """The work at the end: what nobody opened is there for the next time. It raises FileError."""
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
            raise FileError(f"No copy for recovery is kept: {error}") from error
    for copy in over:
        copy.remove()


def _to_copy(draft: Draft) -> str:
    """The text, and below it a line that says whose it is."""
    text = to_text(draft.document)
    if draft.path is None and _split(text) is None:
        return text
    file = {"path": str(draft.path or ""), "digest": draft.digest}
    return f"{text}\n{_MARK}{json.dumps(file)}\n"


def _from_copy(text: str) -> Draft:
    return _split(text) or Draft(from_text(text))


def _split(text: str) -> Draft | None:
    """What a copy with such a line holds; None where the last line is not one."""
    body, _, last = text.removesuffix("\n").rpartition("\n")
    if not last.startswith(_MARK):
        return None
    try:
        file = json.loads(last.removeprefix(_MARK))
        path, digest = str(file["path"]), str(file["digest"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return Draft(from_text(body), Path(path) if path else None, digest)
