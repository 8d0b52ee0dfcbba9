"""The documents that undo and redo lead to, as frozen data."""

from dataclasses import dataclass, replace

from micrograd_gui.model.document import Document, is_same

MOST_STEPS = 1_000
"""Older ones are forgotten, so that hours of typing stay small."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A document and the change that made it."""

    document: Document
    change: str = ""
    """What undo takes back, as "Typing"; "" for the first."""
    merge: str = ""
    """Changes in a row with the same key are one step; "" for a step of its own."""


@dataclass(frozen=True, slots=True)
class History:
    """What was undone stands after ``cursor``, until another change takes its place."""

    entries: tuple[Entry, ...] = (Entry(Document()),)
    cursor: int = 0
    """Index of the present document."""
    saved: int | None = 0
    """Index of the document that is in the file; None when no step leads to it."""

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
        """Whether the present document is that of the file, whichever step led to it."""
        if self.saved is None or self.cursor == self.saved:
            return self.saved is not None
        saved = self.entries[self.saved].document
        return self.document.source == saved.source and is_same(self.document, saved)


def opened(document: Document) -> History:
    """With nothing to undo and nothing unsaved."""
    return History((Entry(document),))


def changed(history: History, entry: Entry) -> History:
    """One step on, or the last step made longer; what is in the file stays a step that undo leads to."""
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
    """One step back, if there is one."""
    return replace(history, cursor=history.cursor - 1) if history.can_undo else history


def redone(history: History) -> History:
    """One step forth, if there is one."""
    return replace(history, cursor=history.cursor + 1) if history.can_redo else history


def marked_saved(history: History) -> History:
    """The present document is in the file."""
    return replace(history, saved=history.cursor)
