"""Undo and redo go back and forth through the documents, and know which one is in the file."""

import random

import pytest

from micrograd_gui.model.document import Document
from micrograd_gui.model.history import (
    MOST_STEPS,
    Entry,
    History,
    changed,
    marked_saved,
    opened,
    redone,
    undone,
)
from tests.seeds import seeds


def edited(history: History, source: str, merge: str = "") -> History:
    return changed(history, Entry(Document(source), merge))


def test_what_was_just_opened_is_saved_and_has_nothing_to_undo() -> None:
    """Undo and redo leave it as it is."""
    history = opened(Document("a = 1"))
    assert (history.can_undo, history.can_redo, history.is_saved) == (False, False, True)
    assert undone(history) is history
    assert redone(history) is history


def test_changes_of_the_same_kind_in_a_row_are_one_step() -> None:
    """Another kind, or one without a kind, begins another step."""
    history = opened(Document())
    for source, merge in (("a", "line 1"), ("ab", "line 1"), ("ab\nc", "line 2"), ("x", ""), ("y", "")):
        history = edited(history, source, merge)
    assert [entry.document.source for entry in history.entries] == ["", "ab", "ab\nc", "x", "y"]


def test_a_change_after_undo_takes_the_place_of_what_was_undone() -> None:
    """A change after undo drops the undone steps, and the document in the file with them."""
    history = marked_saved(edited(edited(opened(Document()), "a"), "b"))
    history = edited(undone(history), "c")
    assert [entry.document.source for entry in history.entries] == ["", "a", "c"]
    assert not history.is_saved
    assert not undone(history).is_saved
    assert not undone(undone(history)).is_saved


def test_typing_on_after_saving_is_a_step_of_its_own() -> None:
    """Undo leads back to the document in the file."""
    history = marked_saved(edited(opened(Document()), "a", "line 1"))
    history = edited(history, "ab", "line 1")
    assert not history.is_saved
    history = undone(history)
    assert history.document.source == "a"
    assert history.is_saved


def test_a_document_that_is_the_files_again_is_saved() -> None:
    """An equal document counts as saved whichever step led to it, unless the saved step is dropped."""
    history = edited(edited(marked_saved(edited(opened(Document()), "a")), "b"), "a")
    assert history.is_saved
    assert not edited(history, "c").is_saved
    assert edited(edited(history, "c"), "a").is_saved
    forgotten = edited(undone(undone(undone(history))), "x")
    assert not edited(forgotten, "a").is_saved


def test_only_the_newest_steps_are_kept() -> None:
    """The document in the file is dropped with its step, and no other is taken for it."""
    history = opened(Document())
    for number in range(MOST_STEPS + 10):
        history = edited(history, str(number))
    assert len(history.entries) == MOST_STEPS + 1
    while history.can_undo:
        history = undone(history)
        assert not history.is_saved
    assert history.document.source == "9"


@pytest.mark.parametrize("seed", seeds(few=20))
def test_undo_and_redo_are_what_two_lists_make_of_them(seed: int) -> None:
    """Random changes, undos, redos and saves, held against the plain way of doing it."""
    stream = random.Random(seed)
    history = opened(Document("start"))
    done, redo, in_file = [("start", "")], list[tuple[str, str]](), "start"
    for number in range(300):
        kind = stream.choice(("change", "change", "undo", "redo", "save"))
        if kind == "change":
            merge = stream.choice(("", "x", "y"))
            history = edited(history, str(number), merge)
            if merge and done[-1][1] == merge and done[-1][0] != in_file:
                done.pop()
            done, redo = [*done, (str(number), merge)], []
        elif kind == "undo":
            history = undone(history)
            if len(done) > 1:
                redo.append(done.pop())
        elif kind == "redo":
            history = redone(history)
            if redo:
                done.append(redo.pop())
        else:
            history, in_file = marked_saved(history), done[-1][0]
        assert history.document.source == done[-1][0]
        assert (history.can_undo, history.can_redo) == (len(done) > 1, bool(redo))
        assert history.is_saved == (done[-1][0] == in_file)
