"""What ends a computation in the solving process."""

import pickle
import signal
from collections.abc import Iterator
from queue import SimpleQueue

import pytest

from micrograd_gui.model.document import Document
from micrograd_gui.model.solve import Request
from micrograd_gui.solving import _Inbox, _Outdated


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
