"""The solving process: it answers the newest request and cancels outdated ones."""

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
from micrograd_gui.model.solve import Probed, Request, ResolveCache, Solution, answers


@dataclass(frozen=True, slots=True)
class Ready:
    """The process has started, and reads requests from now on."""


@dataclass(frozen=True, slots=True)
class Begun:
    """The request of this number is being computed."""

    number: int
    revision: int


@dataclass(frozen=True, slots=True)
class Done:
    """The request of this number is answered completely."""

    number: int


def serve(connection: Connection) -> None:
    """Answer the newest request, over and over. The process ends when its pipe closes, whatever it computes then."""
    inbox = _Inbox(connection)
    load_libraries()
    cache = ResolveCache()
    connection.send(Ready())
    while True:
        request = inbox.newest()
        connection.send(Begun(request.number, request.revision))
        computed = answers(request, cache, connection.send)
        try:
            while data := inbox.compute(partial(_next_pickled, computed)):
                connection.send_bytes(data)
                cache.is_sent = True  # The first answer has what was resolved.
        except _Outdated:
            continue
        connection.send(Done(request.number))


def _next_pickled(computed: Iterator[Solution | Probed]) -> bytes:
    """The next answer, pickled; b"" after the last."""
    answer = next(computed, None)
    return b"" if answer is None else pickle.dumps(answer)


class _Outdated(BaseException):
    """Raised when a newer request has come. It passes any ``except Exception``."""


class _Inbox:
    """Receives requests in a thread, so that a newer one can interrupt the computation."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._requests: SimpleQueue[Request] = SimpleQueue()
        self._computing = False
        signal.signal(signal.SIGINT, self._interrupt)
        threading.Thread(target=self._receive, name="inbox", daemon=True).start()

    def newest(self) -> Request:
        """Wait for a request and return the newest; older ones are dropped."""
        request = self._requests.get()
        while not self._requests.empty():
            request = self._requests.get()
        return request

    def compute(self, work: Callable[[], bytes]) -> bytes:
        """Return the result of ``work``. Raise _Outdated as soon as a newer request comes."""
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
        """Handle SIGINT, which also comes from Ctrl+C in a terminal; that is left to the parent."""
        self._end_if_outdated()

    def _end_if_outdated(self) -> None:
        if self._computing and not self._requests.empty():
            self._computing = False
            raise _Outdated
