"""The history of a document for undo and redo, as frozen data."""

from dataclasses import dataclass, replace

from micrograd_gui.model.document import Document, is_same

MOST_STEPS = 1_000
"""Upper limit of steps; older ones are dropped, so that hours of typing stay small."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A document, and which changes it may be one step with."""

    document: Document
    merge: str = ""
    """Key of changes that are one step if they follow each other; "" for a step of its own."""


@dataclass(frozen=True, slots=True)
class History:
    """Documents in order. Undone ones stand after ``cursor`` until another change replaces them."""

    entries: tuple[Entry, ...] = (Entry(Document()),)
    cursor: int = 0
    """Index of the present document."""
    saved: int | None = 0
    """Index of the document in the file; None when no step leads to it."""

    @property
    def document(self) -> Document:
        return self.entries[self.cursor].document

    @property
    def can_undo(self) -> bool:
        return self.cursor > 0

    @property
    def can_redo(self) -> bool:
        return self.cursor < len(self.entries) - 1

    @property
    def is_saved(self) -> bool:
        """True if the present document is that of the file, whichever step led to it."""
        if self.saved is None or self.cursor == self.saved:
            return self.saved is not None
        saved = self.entries[self.saved].document
        return self.document.source == saved.source and is_same(self.document, saved)


def opened(document: Document) -> History:
    """Return the history of a document that was just opened."""
    return History((Entry(document),))


def changed(history: History, entry: Entry) -> History:
    """Return the history with a new step, or a longer last step. The document in the file stays a step of its own."""
    saved = history.saved
    if saved is not None and saved > history.cursor:
        saved = None
    present = history.entries[history.cursor]
    merged = bool(entry.merge) and entry.merge == present.merge and history.cursor != saved
    kept = history.entries[: history.cursor + (not merged)]
    forgotten = max(len(kept) - MOST_STEPS, 0)
    entries = (*kept[forgotten:], entry)
    if saved is not None:
        saved = saved - forgotten if saved >= forgotten else None
    return History(entries, len(entries) - 1, saved)


def undone(history: History) -> History:
    """Return the history one step back, if there is one."""
    return replace(history, cursor=history.cursor - 1) if history.can_undo else history


def redone(history: History) -> History:
    """Return the history one step forward, if there is one."""
    return replace(history, cursor=history.cursor + 1) if history.can_redo else history


def marked_saved(history: History) -> History:
    """Return the history with the present document as that of the file."""
    return replace(history, saved=history.cursor)
