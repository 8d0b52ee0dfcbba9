"""The open document as a file: new, open, save, recent files and recovery."""

from enum import Enum
from hashlib import sha256
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QMessageBox, QWidget

from micrograd_core.texts import tr, tr_count
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

FILTERS = {tr("Programs (*.py)"): "", tr("All files (*)"): ""}
"""Suffixes for names without one, by the filters of the dialog."""


class Unsaved(Enum):
    """The answers to the question about unsaved changes."""

    SAVE = QMessageBox.StandardButton.Save
    DISCARD = QMessageBox.StandardButton.Discard
    CANCEL = QMessageBox.StandardButton.Cancel


class Documents(QObject):
    """The session's document as a file on disk. Every method that may lose something asks first.

    It is large because each thing that can be done with a file is a method, and so is each question.
    """

    title_changed = Signal(str, bool)
    """(file name, whether something is unsaved)"""
    recent_changed = Signal()
    """``recent`` changed."""
    reported = Signal(str, str)
    """("problem" or "info", sentence)"""
    succeeded = Signal()
    """A file was opened or saved, or a new text was begun. Earlier problems with files are over."""
    drafts_changed = Signal()
    """``recovery.drafts`` changed."""

    def __init__(
        self, session: Session, recent: tuple[str, ...], recovery_folder: Path, window: QWidget
    ) -> None:
        super().__init__(window)
        self.recent = recent
        """Paths of the files that were opened or saved last, newest first."""
        self._session = session
        self._editing = session.editing
        self._window = window
        self.recovery = Recovery(recovery_folder, self._draft, self)
        self._known = b""
        """Bytes of the open file when it was last read or written."""
        self._digest = ""
        """SHA-256 of the file when this program, or the killed one before it, last read or wrote it."""
        self._editing.history_changed.connect(self._show_title)
        self._editing.document_changed.connect(self.recovery.schedule)

    @property
    def unsaved(self) -> bool:
        return not self._editing.is_saved

    @property
    def folder(self) -> Path | None:
        """Folder of the open file; None for an untitled program."""
        return self._editing.path.absolute().parent if self._editing.path else None

    def recover(self, asked_for: Path | None = None) -> bool:
        """Open a draft that a killed program left; return False if there is none.

        The draft takes precedence over the file that was ``asked_for``; a message says if that was not opened. Of
        several drafts, the one of that file is opened, else the newest. The others stay in ``recovery.drafts``.
        """
        self.recovery.look()
        asked = asked_for and asked_for.absolute()
        drafts = self.recovery.drafts
        copy = min(drafts, key=lambda copy: asked is not None and drafts[copy].path != asked, default=None)
        if copy is None:
            return False
        draft = self._take(copy)
        sentences = [tr("The program was not closed properly. Its unsaved text is restored.")]
        if drafts:
            sentences.append(
                tr_count(
                    "{n:,} more text is in File > Recovered.",
                    "{n:,} more texts are in File > Recovered.",
                    len(drafts),
                )
            )
        if asked_for is not None and draft.path != asked:
            sentences.append(tr("{file} was not opened. Use File > Open.", file=shown_name(asked_for.name)))
        self.reported.emit("info", " ".join(sentences))
        return True

    def open_draft(self, copy: RecoveryCopy) -> None:
        """Open one of ``drafts``."""
        if self.may_lose_changes():
            self._take(copy)

    def new(self) -> bool:
        """Begin with an empty text; return False if the user kept the old one."""
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
        """Open a file. The caller has to ask about unsaved changes."""
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
        """Open a document without a file, such as an example."""
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
        """Ask about unsaved changes; return False if the user cancels or saving fails."""
        if not self.unsaved:
            return True
        answer = self.ask_unsaved(self._window, self._editing.path.name if self._editing.path else "")
        if answer is Unsaved.SAVE:
            return self.save()
        return answer is Unsaved.DISCARD

    @classmethod
    def ask_open_path(cls, window: QWidget, folder: Path | None) -> Path | None:
        return choose_file(window, For.OPENING, tr("Open a program"), FILTERS, folder=folder)

    @classmethod
    def ask_save_path(cls, window: QWidget, folder: Path | None) -> Path | None:
        title = tr("Save the program")
        return choose_file(window, For.SAVING, title, FILTERS, "program.py", folder=folder)

    @classmethod
    def ask_overwrite(cls, window: QWidget, name: str) -> bool:
        sentence = tr("Another program changed {file} since it was opened.", file=shown_name(name))
        buttons = QMessageBox.StandardButton
        answer = _ask(
            window, sentence, tr("Overwrite those changes?"), buttons.Save | buttons.Cancel, buttons.Cancel
        )
        return answer == buttons.Save

    @classmethod
    def ask_unsaved(cls, window: QWidget, name: str) -> Unsaved:
        """Ask about unsaved changes to the file of this name; "" is an untitled program."""
        buttons = Unsaved.SAVE.value | Unsaved.DISCARD.value | Unsaved.CANCEL.value
        sentence = (
            tr("Save the changes to {file}?", file=shown_name(name))
            if name
            else tr("Save the changes to the untitled program?")
        )
        answer = _ask(window, sentence, tr("Unsaved changes will be lost."), buttons, Unsaved.SAVE.value)
        # If the program ends while it asks, the answer is none of the buttons.
        return next((choice for choice in Unsaved if choice.value == answer), Unsaved.CANCEL)

    def _open(self, document: Document, path: Path | None, known: bytes = b"") -> None:
        self._remember(known)
        self._session.open(document, path)

    def _take(self, copy: RecoveryCopy) -> Draft:
        """Open a draft as the unsaved text of its file, if that still exists."""
        draft = self.recovery.drafts[copy]
        try:
            known, saved = read_program(draft.path) if draft.path else (b"", Document())
            path = draft.path
        except FileError as error:
            known, saved = b"", Document()
            path = None if isinstance(error, MissingFileError) else draft.path
        # Not earlier: while the file was read, what was open before may have been copied.
        self.recovery.take(copy)
        self._open(saved, path, known)
        self._digest = draft.digest
        self._editing.edit(draft.document)
        self.recovery.update()
        self.drafts_changed.emit()
        return draft

    def _remember_recent(self, path: Path) -> None:
        self.recent = add_recent(self.recent, str(path.absolute()))
        self.recent_changed.emit()

    def _remember(self, known: bytes) -> None:
        self._known, self._digest = known, sha256(known).hexdigest()

    def _changed_by_others(self, path: Path) -> bool:
        """Return whether the file is not as it was last read or written. Raises FileError."""
        try:
            return sha256(read_whole(path, MAX_BYTES)).hexdigest() != self._digest
        except MissingFileError:
            # Writing it again overwrites nothing.
            return False
        except TooLargeError:
            return True

    def _save_to(self, path: Path) -> bool:
        """Save; return False if that failed or the document changed while the disk was written."""
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

    def _show_title(self) -> None:
        name = self._editing.path.name if self._editing.path else tr("untitled")
        self.title_changed.emit(name, self.unsaved)

    def _draft(self) -> Draft | None:
        """Return the unsaved document; None if everything is saved."""
        path = self._editing.path and self._editing.path.absolute()
        return Draft(self._editing.document, path, self._digest) if self.unsaved else None


def _ask(
    window: QWidget,
    sentence: str,
    more: str,
    buttons: QMessageBox.StandardButton,
    default: QMessageBox.StandardButton,
) -> QMessageBox.StandardButton:
    """Ask a question in plain text, since file names may look like markup."""
    box = QMessageBox(window)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(sentence)
    box.setInformativeText(more)
    box.setStandardButtons(buttons)
    box.setDefaultButton(default)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return QMessageBox.StandardButton(box.exec())
