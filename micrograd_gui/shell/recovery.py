"""Copies of what is unsaved, kept while it changes, so that a program that is killed loses a moment at most."""

from collections.abc import Callable
from concurrent.futures import Future, wait
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from micrograd_gui.background.files import CLOSING_S, FileError, in_thread
from micrograd_gui.shell.document_files import Draft, RecoveryCopy, RecoveryFolder

_INTERVAL_MS = 300
"""So much typing is lost at most when the program is killed."""


class Recovery(QObject):
    """Writes copies in a thread, one after the other, each of what is unsaved then."""

    failed = Signal(str)
    """why no copy is kept, in a sentence; "" when one is again"""

    def __init__(self, folder: Path, unsaved: Callable[[], Draft | None], parent: QObject) -> None:
        """``unsaved`` says what is to be kept now; None where all is saved."""
        super().__init__(parent)
        self._unsaved = unsaved
        self._folder = RecoveryFolder(folder)
        self._problem = ""
        self._copying: Future[None] | None = None
        """The work on copies that is under way."""
        self._is_old = False
        self.timer = QTimer(self, interval=_INTERVAL_MS)
        """Runs as long as there is something to copy."""
        self.timer.timeout.connect(self._look_at_copy)

    @property
    def drafts(self) -> dict[RecoveryCopy, Draft]:
        """What killed programs left unsaved and is not open, the newest first."""
        return self._folder.drafts

    def look(self) -> None:
        """Find what killed programs left."""
        self._folder.look()

    def take(self, copy: RecoveryCopy) -> None:
        """One of ``drafts`` is open now, and its copy is the one that is kept from here on."""
        self._folder.take(copy)

    def schedule(self) -> None:
        """There is something else to keep; a copy of it follows soon."""
        self._is_old = True
        if not self.timer.isActive():
            self.timer.start()

    def update(self) -> None:
        """Keep what there is at once, unless the copy before is being written still."""
        self.schedule()
        self._look_at_copy()

    def close(self) -> None:
        """Remove the copy: everything is saved or given up.

        Where the disk does not answer, the copy stays and comes back the next time.
        """
        self.timer.stop()
        wait([in_thread(self._folder.leaving(), self._copying)], timeout=CLOSING_S)

    def _look_at_copy(self) -> None:
        """Begin the newest copy when the one before is done."""
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
        """That it fails is told once, and when it works again."""
        problem = ""
        try:
            done.result()
        except FileError as error:
            problem = str(error)
        if problem != self._problem:
            self._problem = problem
            self.failed.emit(problem)
