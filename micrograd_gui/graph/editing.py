"""The open document, its undo history, and whether it is saved."""

from itertools import zip_longest
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from micrograd_gui.model.document import Document, is_same, reset_leaves, type_source
from micrograd_gui.model.history import Entry, History, changed, marked_saved, opened, redone, undone
from micrograd_gui.model.new_weights import draw_new_weights


class Editing(QObject):
    """One document and its history. Every change is a step that can be undone."""

    document_changed = Signal(object)
    """Document"""
    history_changed = Signal()
    """``can_undo``, ``can_redo`` or ``is_saved`` may have changed"""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.path: Path | None = None
        self._history = History()

    @property
    def document(self) -> Document:
        return self._history.document

    @property
    def can_undo(self) -> bool:
        return self._history.can_undo

    @property
    def can_redo(self) -> bool:
        return self._history.can_redo

    @property
    def is_saved(self) -> bool:
        """True if the file holds the present document."""
        return self._history.is_saved

    def open(self, document: Document, path: Path | None = None) -> None:
        """Open another document, with nothing to undo and nothing unsaved."""
        self.path = path
        self._set_history(opened(document))

    def edit(self, document: Document, merge: str = "") -> None:
        """Change the document as one undo step; consecutive steps with the same ``merge`` key become one."""
        if not is_same(document, self.document):
            self._set_history(changed(self._history, Entry(document, merge)))

    def type_source(self, source: str) -> None:
        """Change the text. Consecutive edits of one line are one undo step."""
        line = first_changed_line(self.document.source, source)
        self.edit(type_source(self.document, source), f"typing in line {line}")

    def reset_leaves(self) -> None:
        """Restore the values of the source text."""
        self.edit(reset_leaves(self.document))

    def draw_new_weights(self) -> None:
        """Let the program draw other random numbers."""
        self.edit(draw_new_weights(self.document))

    def undo(self) -> None:
        self._set_history(undone(self._history))

    def redo(self) -> None:
        self._set_history(redone(self._history))

    def mark_saved(self) -> None:
        """Note that the file now holds the present document."""
        self._history = marked_saved(self._history)
        self.history_changed.emit()

    def _set_history(self, history: History) -> None:
        if history is not self._history:
            self._history = history
            self.document_changed.emit(history.document)
            self.history_changed.emit()


def first_changed_line(before: str, after: str) -> int:
    """Number of the first line (from 1) in which two texts differ; 0 where they are equal."""
    pairs = zip_longest(before.split("\n"), after.split("\n"))
    return next((i for i, (old, new) in enumerate(pairs, 1) if old != new), 0)
