"""What the solving process does: it answers the newest request, and leaves off what a newer one has outdated."""

import _thread
import os
import pickle
import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from queue import SimpleQueue
from types import FrameType

from micrograd_gui.model.layout import load_libraries
from micrograd_gui.model.solve import Memory, Probed, Request, Solution, answers


@dataclass(frozen=True, slots=True)
class Begun:
    """The request of this number is being computed; 0 as soon as the process is ready for the first."""

    number: int


@dataclass(frozen=True, slots=True)
class Done:
    """Nothing more comes for the request of this number."""

    number: int


def serve(connection: Connection) -> None:
    """Answer the newest request, over and over. The process ends when its pipe closes, whatever it computes then."""
    inbox = _Inbox(connection)
    load_libraries()
    memory = Memory()
    connection.send(Begun(0))
    while True:
        request = inbox.newest()
        connection.send(Begun(request.number))
        computed = answers(request, memory)
        try:
            while data := inbox.compute(partial(_next_pickled, computed)):
                connection.send_bytes(data)
        except _Outdated:
            continue
        connection.send(Done(request.number))


def _next_pickled(computed: Iterator[Solution | Probed]) -> bytes:
    """b"" at the end."""
    answer = next(computed, None)
    return b"" if answer is None else pickle.dumps(answer)


class _Outdated(BaseException):
    """A newer request has come. No ``except Exception`` keeps it from ending the computation."""


class _Inbox:
    """What comes through the pipe is taken in by a thread, so that the computation can be ended where it is."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._requests: SimpleQueue[Request] = SimpleQueue()
        self._computing = False
        signal.signal(signal.SIGINT, self._interrupt)
        threading.Thread(target=self._receive, name="inbox", daemon=True).start()

    def newest(self) -> Request:
        """Wait for a request. Older ones that have come are dropped."""
        request = self._requests.get()
        while not self._requests.empty():
            request = self._requests.get()
        return request

    def compute(self, work: Callable[[], bytes]) -> bytes:
        """What ``work`` returns. Raises _Outdated in the midst of it when a newer request comes."""
        self._computing = True
        try:
            self._end_if_outdated()
            result = work()
            if not self._computing:  # The interruption came in a callback, where Python swallows it.
                raise _Outdated
            return result
        except Exception as error:
            # An interruption may come out as another error, as pickle's while it imports a module.
            if not self._computing:
                raise _Outdated from error
            raise
        finally:
            self._computing = False

    def _receive(self) -> None:
        while True:
            try:
                self._requests.put(self._connection.recv())
            except (EOFError, OSError):
                os._exit(0)
            # Python calls the handler of SIGINT in the main thread, between two instructions of what it computes.
            _thread.interrupt_main()

    def _interrupt(self, _signal: int, _frame: FrameType | None) -> None:
        """Also called at Ctrl+C in a terminal, which is the parent's to handle."""
        self._end_if_outdated()

    def _end_if_outdated(self) -> None:
        if self._computing and not self._requests.empty():
            self._computing = False
            raise _Outdated
