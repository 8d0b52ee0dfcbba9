"""Recovery copies of the unsaved document, written while it changes."""

from collections.abc import Callable
from concurrent.futures import Future, wait
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from micrograd_gui.background.files import CLOSING_S, FileError, in_thread
from micrograd_gui.shell.document_files import Draft, RecoveryCopy, RecoveryFolder

_INTERVAL_MS = 300
"""Milliseconds of typing that are lost at most when the program is killed."""


class Recovery(QObject):
    """Writes copies of the unsaved document in a thread, one after the other."""

    failed = Signal(str)
    """A sentence that says why no recovery copy is kept; "" when one is kept again."""

    def __init__(self, folder: Path, unsaved: Callable[[], Draft | None], parent: QObject) -> None:
        """``unsaved`` returns the document to keep; None if everything is saved."""
        super().__init__(parent)
        self._unsaved = unsaved
        self._folder = RecoveryFolder(folder)
        self._problem = ""
        self._copying: Future[None] | None = None
        """The running work on recovery copies."""
        self._is_old = False
        self.timer = QTimer(self, interval=_INTERVAL_MS)
        """Runs while there is something to copy."""
        self.timer.timeout.connect(self._look_at_copy)

    @property
    def drafts(self) -> dict[RecoveryCopy, Draft]:
        """Unsaved documents that killed programs left and that are not open, newest first."""
        return self._folder.drafts

    def look(self) -> None:
        """Find what killed programs left."""
        self._folder.look()

    def take(self, copy: RecoveryCopy) -> None:
        """Keep the copy of a draft that was opened from now on."""
        self._folder.take(copy)

    def schedule(self) -> None:
        """Write a copy soon."""
        self._is_old = True
        if not self.timer.isActive():
            self.timer.start()

    def update(self) -> None:
        """Write a copy at once, unless one is still being written."""
        self.schedule()
        self._look_at_copy()

    def close(self) -> None:
        """Remove the recovery copy: everything is saved or discarded.

        If the disk does not answer, the copy stays and is restored the next time.
        """
        self.timer.stop()
        wait([in_thread(self._folder.leaving(), self._copying)], timeout=CLOSING_S)

    def _look_at_copy(self) -> None:
        """Start the newest copy once the one before is written."""
        if self._copying is not None:
            if not self._copying.done():
                return
            done, self._copying = self._copying, None
            self._tell(done)
        if not self._is_old:
            self.timer.stop()
            return
        self._is_old = False
        self._copying = in_thread(self._folder.keeping(self._unsaved()))

    def _tell(self, done: Future[None]) -> None:
        """Report a failure once, and that it is over."""
        problem = ""
        try:
            done.result()
        except FileError as error:
            problem = str(error)
        if problem != self._problem:
            self._problem = problem
            self.failed.emit(problem)
