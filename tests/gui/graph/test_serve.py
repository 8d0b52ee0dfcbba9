"""The end of a computation in the solving process."""

import pickle
import signal
from collections.abc import Iterator
from contextlib import suppress
from queue import SimpleQueue

import pytest

from micrograd_gui.graph.serve import _Inbox, _Outdated
from micrograd_gui.model.document import Document
from micrograd_gui.model.solve import Request


@pytest.fixture
def inbox() -> Iterator[_Inbox]:
    """An inbox without a pipe; SIGINT is what tells it that something has come."""
    inbox = _Inbox.__new__(_Inbox)
    inbox._requests = SimpleQueue()
    inbox._computing = False
    before = signal.signal(signal.SIGINT, inbox._interrupt)
    yield inbox
    signal.signal(signal.SIGINT, before)


def test_an_interruption_that_is_told_as_another_error_is_one(inbox: _Inbox) -> None:
    """As pickle tells it where it interrupts an import; an error of the computation itself stays what it is."""

    def interrupted() -> bytes:
        inbox._requests.put(Request(1, 1, Document(), "", False))
        try:
            signal.raise_signal(signal.SIGINT)
        except _Outdated:
            raise pickle.PicklingError("import failed") from None
        return b""

    def wrong() -> bytes:
        raise pickle.PicklingError("cannot be pickled")

    with pytest.raises(pickle.PicklingError, match="cannot be pickled"):
        inbox.compute(wrong)
    with pytest.raises(_Outdated):
        inbox.compute(interrupted)


def test_an_interruption_that_python_swallows_is_told_afterwards(inbox: _Inbox) -> None:
    """An exception in a callback is lost there; the outdated result is not sent all the same."""

    def interrupted() -> bytes:
        inbox._requests.put(Request(1, 1, Document(), "", False))
        with suppress(_Outdated):
            signal.raise_signal(signal.SIGINT)
        return b"outdated"

    with pytest.raises(_Outdated):
        inbox.compute(interrupted)


def test_an_interruption_after_an_error_is_none(inbox: _Inbox) -> None:
    """While the error is being told, nothing is computed that could be left off."""

    def wrong() -> bytes:
        raise ValueError("wrong")

    with pytest.raises(ValueError, match="wrong"):
        inbox.compute(wrong)
    inbox._requests.put(Request(1, 1, Document(), "", False))
    signal.raise_signal(signal.SIGINT)
