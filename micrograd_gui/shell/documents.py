"""New, open, save, recent files and recovery: what happens to the open document as a file."""

from enum import Enum
from hashlib import sha256
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QMessageBox, QWidget

from micrograd_gui.background.files import (
    FileError,
    MissingFileError,
    TooLargeError,
    read_whole,
)
from micrograd_gui.graph.session import Session
from micrograd_gui.model.document import Document
from micrograd_gui.model.file_names import shown_name
from micrograd_gui.model.settings import add_recent
from micrograd_gui.shell.document_files import (
    MAX_BYTES,
    Draft,
    RecoveryCopy,
    read_program,
    write_document,
)
from micrograd_gui.shell.file_dialog import For, choose_file
from micrograd_gui.shell.recovery import Recovery

FILTERS = {"Programs (*.py)": "", "All files (*)": ""}


class Unsaved(Enum):
    """What to do with unsaved changes."""

    SAVE = QMessageBox.StandardButton.Save
    DISCARD = QMessageBox.StandardButton.Discard
    CANCEL = QMessageBox.StandardButton.Cancel


class Documents(QObject):
    """The session's document as a file on disk. Every method that may lose something asks first.

    It is large because each thing that can be done with a file is a method, and so is each question.
    """

    title_changed = Signal(str, bool)
    """file name and whether something is unsaved"""
    recent_changed = Signal()
    """what ``recent`` says"""
    reported = Signal(str, str)
    """("problem" or "info", sentence)"""
    succeeded = Signal()
    """A file was opened or saved, or a new text begun: earlier problems with files are over."""
    drafts_changed = Signal()
    """what ``recovery.drafts`` says"""

    def __init__(
        self, session: Session, recent: tuple[str, ...], recovery_folder: Path, window: QWidget
    ) -> None:
        super().__init__(window)
        self.recent = recent
        """Paths of the files opened and saved last, the newest first."""
        self._session = session
        self._editing = session.editing
        self._window = window
        self.recovery = Recovery(recovery_folder, self._draft, self)
        self._known = b""
        """What the open file held when it was last read or written."""
        self._digest = ""
        """Of that, or of what it held when a killed program last read or wrote it."""
        self._editing.history_changed.connect(self._show_title)
        self._editing.document_changed.connect(self.recovery.schedule)

    @property
    def unsaved(self) -> bool:
        return not self._editing.is_saved

    @property
    def folder(self) -> Path | None:
        """Where the open file lies; None for an untitled program."""
        return self._editing.path.absolute().parent if self._editing.path else None

    def recover(self, asked_for: Path | None = None) -> bool:
        """Open what an earlier run that was killed left unsaved; True if there was something.

        It comes before the file that was ``asked_for``, which is not opened then; the message says so. Of several, that
        of the file asked for is opened, else the newest; the others stay ``recovery.drafts``.
        """
        self.recovery.look()
        asked = asked_for and asked_for.absolute()
        drafts = self.recovery.drafts
        copy = min(drafts, key=lambda copy: asked is not None and drafts[copy].path != asked, default=None)
        if copy is None:
            return False
        draft = self._take(copy)
        sentences = ["The program was not closed properly; its unsaved text is back."]
        if count := len(drafts):
            sentences.append(f"{count} more wait{'s' * (count == 1)} in File, Recovered.")
        if asked_for is not None and draft.path != asked:
            sentences.append(f"{shown_name(asked_for.name)} was not opened: File, Open does it.")
        self.reported.emit("info", " ".join(sentences))
        return True

    def open_draft(self, copy: RecoveryCopy) -> None:
        """Open something else that a killed program left."""
        if self.may_lose_changes():
            self._take(copy)

    def new(self) -> bool:
        """Begin with an empty text; whether one did."""
        if not self.may_lose_changes():
            return False
        self._open(Document(), None)
        self.succeeded.emit()
        return True

    def open(self) -> None:
        if self.may_lose_changes():
            path = self.ask_open_path(self._window, self.folder)
            if path is not None:
                self.open_path(path)

    def open_path(self, path: Path) -> None:
        """Open a file; unsaved changes are the caller's to ask about."""
        try:
            known, document = read_program(path)
        except FileError as error:
            self.reported.emit("problem", str(error))
            return
        self._open(document, path, known)
        self._remember_recent(path)
        self.succeeded.emit()

    def open_recent(self, path: str) -> None:
        """Open one of ``recent``."""
        if self.may_lose_changes():
            self.open_path(Path(path))

    def open_untitled(self, document: Document) -> None:
        """Open a document that has no file, as an example."""
        if self.may_lose_changes():
            self._open(document, None)

    def save(self) -> bool:
        path = self._editing.path
        if path is None:
            return self.save_as()
        try:
            changed = self._changed_by_others(path)
        except FileError as error:
            self.reported.emit("problem", str(error))
            return False
        return self._save_to(path) if not changed or self.ask_overwrite(self._window, path.name) else False

    def save_as(self) -> bool:
        path = self.ask_save_path(self._window, self.folder)
        return path is not None and self._save_to(path)

    def may_lose_changes(self) -> bool:
        """Ask about unsaved changes; True if it is fine to go on."""
        if not self.unsaved:
            return True
        answer = self.ask_unsaved(self._window, self._name())
        if answer is Unsaved.SAVE:
            return self.save()
        return answer is Unsaved.DISCARD

    @classmethod
    def ask_open_path(cls, window: QWidget, folder: Path | None) -> Path | None:
        return choose_file(window, For.OPENING, "Open a program", FILTERS, folder=folder)

    @classmethod
    def ask_save_path(cls, window: QWidget, folder: Path | None) -> Path | None:
        return choose_file(window, For.SAVING, "Save the program", FILTERS, "program.py", folder=folder)

    @classmethod
    def ask_overwrite(cls, window: QWidget, name: str) -> bool:
        sentence = f"{shown_name(name)} was changed by another program since it was opened."
        buttons = QMessageBox.StandardButton
        answer = _ask(
            window, sentence, "Overwrite those changes?", buttons.Save | buttons.Cancel, buttons.Cancel
        )
        return answer == buttons.Save

    @classmethod
    def ask_unsaved(cls, window: QWidget, name: str) -> Unsaved:
        buttons = Unsaved.SAVE.value | Unsaved.DISCARD.value | Unsaved.CANCEL.value
        sentence = f"Save the changes to {shown_name(name)}?"
        answer = _ask(window, sentence, "Changes that are not saved are lost.", buttons, Unsaved.SAVE.value)
        # None of them where the program is ended while it asks.
        return next((choice for choice in Unsaved if choice.value == answer), Unsaved.CANCEL)

    def _open(self, document: Document, path: Path | None, known: bytes = b"") -> None:
        self._remember(known)
        self._session.open(document, path)

    def _take(self, copy: RecoveryCopy) -> Draft:
        """The draft becomes the unsaved text of its file, if that is still there."""
        draft = self.recovery.drafts[copy]
        try:
            known, saved = read_program(draft.path) if draft.path else (b"", Document())
            path = draft.path
        except FileError as error:
            known, saved = b"", Document()
            path = None if isinstance(error, MissingFileError) else draft.path
        # Only now: while the file was waited for, what was open before may have been copied.
        self.recovery.take(copy)
        self._open(saved, path, known)
        self._digest = draft.digest
        self._editing.edit(draft.document, "Recover")
        self.recovery.update()
        self.drafts_changed.emit()
        return draft

    def _remember_recent(self, path: Path) -> None:
        self.recent = add_recent(self.recent, str(path.absolute()))
        self.recent_changed.emit()

    def _remember(self, known: bytes) -> None:
        self._known, self._digest = known, sha256(known).hexdigest()

    def _changed_by_others(self, path: Path) -> bool:
        """Raises FileError where it cannot be told."""
        try:
            return sha256(read_whole(path, MAX_BYTES)).hexdigest() != self._digest
        except MissingFileError:
            # Writing it anew loses nothing of anyone's.
            return False
        except TooLargeError:
            return True

    def _save_to(self, path: Path) -> bool:
        """Whether all is saved: while the disk was waited for, the document may have changed."""
        document, known = self._editing.document, self._known
        try:
            self._remember(write_document(path, document, known))
        except FileError as error:
            self.reported.emit("problem", str(error))
            return False
        self.succeeded.emit()
        self._editing.path = path
        if self._editing.document is document:
            self._editing.mark_saved()
        self._show_title()
        self._remember_recent(path)
        self.recovery.update()
        return not self.unsaved

    def _name(self) -> str:
        return self._editing.path.name if self._editing.path else "the untitled program"

    def _show_title(self) -> None:
        name = self._editing.path.name if self._editing.path else "untitled"
        self.title_changed.emit(name, self.unsaved)

    def _draft(self) -> Draft | None:
        """What is unsaved, if anything is."""
        path = self._editing.path and self._editing.path.absolute()
        return Draft(self._editing.document, path, self._digest) if self.unsaved else None


def _ask(
    window: QWidget,
    sentence: str,
    more: str,
    buttons: QMessageBox.StandardButton,
    default: QMessageBox.StandardButton,
) -> QMessageBox.StandardButton:
    """A question about a file, whose name is shown as it is."""
    box = QMessageBox(window)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(sentence)
    box.setInformativeText(more)
    box.setStandardButtons(buttons)
    box.setDefaultButton(default)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return QMessageBox.StandardButton(box.exec())
