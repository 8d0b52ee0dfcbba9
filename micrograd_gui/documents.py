"""New, open, save, recent files and recovery: what happens to the open document as a file."""

from enum import Enum
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from micrograd_gui.document_files import RecoveryFile, read_document, write_document
from micrograd_gui.files import FileError
from micrograd_gui.model.document import Document, to_text
from micrograd_gui.session import Session

FILTER = "Programs (*.py);;All files (*)"
_RECOVERY_MS = 300
"""So much typing is lost at most when the program is killed."""


class Unsaved(Enum):
    """What to do with unsaved changes."""

    SAVE = QMessageBox.StandardButton.Save
    DISCARD = QMessageBox.StandardButton.Discard
    CANCEL = QMessageBox.StandardButton.Cancel


class Documents(QObject):
    """The session's document as a file on disk. Every method that may lose something asks first."""

    title_changed = Signal(str, bool)
    """file name and whether something is unsaved"""
    recent_added = Signal(str)
    reported = Signal(str, str)
    """("problem" or "info", sentence)"""
    succeeded = Signal()
    """A file was opened or saved: earlier problems with files are over."""

    def __init__(self, session: Session, recovery_folder: Path, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._window = window
        self._recovery = RecoveryFile(recovery_folder)
        self._known_text = ""
        """What the open file held when it was last read or written."""
        self._recovery_timer = QTimer(self, interval=_RECOVERY_MS, singleShot=True)
        self._recovery_timer.timeout.connect(self._write_recovery)
        session.history_changed.connect(self._show_title)
        session.document_changed.connect(self._schedule_recovery)

    @property
    def unsaved(self) -> bool:
        return not self._session.is_saved

    def recover(self, asked_for: Path | None = None) -> bool:
        """Open what an earlier run that was killed left unsaved; True if there was something.

        It comes before the file that was ``asked_for``, which is not opened then; the message says so.
        """
        orphan = self._recovery.take_orphan()
        if orphan is None:
            return False
        self._open(Document(), None)
        self._session.edit(orphan, "Recover")
        self._write_recovery()
        sentence = "The program was not closed properly; its unsaved text is back."
        if asked_for is not None:
            sentence += f" {asked_for.name} was not opened: File, Open does it."
        self.reported.emit("info", sentence)
        return True

    def new(self) -> None:
        if self.may_lose_changes():
            self._open(Document(), None)

    def open(self) -> None:
        if self.may_lose_changes():
            path = self.ask_open_path(self._window)
            if path is not None:
                self.open_path(path)

    def open_path(self, path: Path) -> None:
        """Open a file; unsaved changes are the caller's to ask about."""
        try:
            document = read_document(path)
        except FileError as error:
            self.reported.emit("problem", str(error))
            return
        self._open(document, path)
        self._known_text = to_text(document)
        self.recent_added.emit(str(path.resolve()))
        self.succeeded.emit()

    def open_untitled(self, document: Document) -> None:
        """Open a document that has no file, as an example."""
        if self.may_lose_changes():
            self._open(document, None)

    def save(self) -> bool:
        path = self._session.path
        if path is None:
            return self.save_as()
        changed = self._changed_by_others(path)
        return self._save_to(path) if not changed or self.ask_overwrite(self._window, path.name) else False

    def save_as(self) -> bool:
        path = self.ask_save_path(self._window)
        return path is not None and self._save_to(path)

    def may_lose_changes(self) -> bool:
        """Ask about unsaved changes; True if it is fine to go on."""
        if not self.unsaved:
            return True
        answer = self.ask_unsaved(self._window, self._name())
        if answer is Unsaved.SAVE:
            return self.save()
        return answer is Unsaved.DISCARD

    def close(self) -> None:
        """The window closes and everything is saved or given up."""
        self._session.history_changed.disconnect(self._show_title)
        self._recovery_timer.stop()
        self._recovery.remove()

    @classmethod
    def ask_open_path(cls, window: QWidget) -> Path | None:
        name, _ = QFileDialog.getOpenFileName(window, "Open a program", "", FILTER)
        return Path(name) if name else None

    @classmethod
    def ask_save_path(cls, window: QWidget) -> Path | None:
        name, _ = QFileDialog.getSaveFileName(window, "Save the program", "program.py", FILTER)
        return Path(name) if name else None

    @classmethod
    def ask_overwrite(cls, window: QWidget, name: str) -> bool:
        buttons = QMessageBox.StandardButton
        answer = QMessageBox.warning(
            window,
            "File changed",
            f"{name} was changed by another program since it was opened. Overwrite those changes?",
            buttons.Save | buttons.Cancel,
            buttons.Cancel,
        )
        return answer == buttons.Save

    @classmethod
    def ask_unsaved(cls, window: QWidget, name: str) -> Unsaved:
        box = QMessageBox(window)
        box.setIcon(QMessageBox.Icon.Warning)
        box.setText(f"Save the changes to {name}?")
        box.setInformativeText("Changes that are not saved are lost.")
        box.setStandardButtons(Unsaved.SAVE.value | Unsaved.DISCARD.value | Unsaved.CANCEL.value)
        box.setDefaultButton(Unsaved.SAVE.value)
        answer = Unsaved(QMessageBox.StandardButton(box.exec()))
        box.deleteLater()
        return answer

    def _open(self, document: Document, path: Path | None) -> None:
        self._session.open(document, path)
        self._show_title()

    def _changed_by_others(self, path: Path) -> bool:
        try:
            return to_text(read_document(path)) != self._known_text
        except FileError:
            # It is gone or no program any more; writing it anew loses nothing of ours.
            return path.exists()

    def _save_to(self, path: Path) -> bool:
        try:
            write_document(path, self._session.document)
        except FileError as error:
            self.reported.emit("problem", str(error))
            return False
        self._known_text = to_text(self._session.document)
        self.succeeded.emit()
        self._session.path = path
        self._session.mark_saved()
        self._show_title()
        self.recent_added.emit(str(path.resolve()))
        self._write_recovery()
        return True

    def _name(self) -> str:
        return self._session.path.name if self._session.path else "the untitled program"

    def _show_title(self) -> None:
        name = self._session.path.name if self._session.path else "untitled"
        self.title_changed.emit(name, self.unsaved)

    def _schedule_recovery(self) -> None:
        if not self._recovery_timer.isActive():
            self._recovery_timer.start()

    def _write_recovery(self) -> None:
        if not self.unsaved:
            self._recovery.remove()
            return
        try:
            self._recovery.write(self._session.document)
        except FileError as error:
            self.reported.emit("problem", str(error))
