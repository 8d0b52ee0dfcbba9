"""A child process that computes while the window paints.

A thread would compete for the interpreter lock with every paint call. A process does not, it can be ended at once,
and its crash is a message instead of a lost window.
"""

import multiprocessing
import pickle
import signal
import threading
import traceback
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection

from PySide6.QtCore import QObject, Signal

from micrograd_core.texts import tr
from micrograd_gui.model.dependencies import dependency_problem

_PARENT_GONE = (EOFError, BrokenPipeError, ConnectionResetError)


@dataclass(frozen=True, slots=True)
class _Failure:
    sentence: str
    details: str


class ChildProcess(QObject):
    """Runs the module-level function ``serve(connection)`` in a child process."""

    received = Signal(object)
    """An object that the child sent, in order."""
    failed = Signal(str, str)
    """(sentence, details): the child ended without being asked to. ``start()`` begins a new one."""
    _arrived = Signal()
    """The box has an item. No Python object is passed, since Qt may drop it after Python has ended."""

    def __init__(self, serve: Callable[[Connection], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._serve = serve
        self._running: _Running | None = None
        self._arrived.connect(self._take)

    @property
    def pid(self) -> int | None:
        return self._running.process.pid if self._running else None

    def start(self) -> None:
        if self._running is None:
            self._running = _Running(self._serve, self._arrived.emit)

    def send(self, message: object) -> None:
        """Send to the child, and start it if necessary. A child that just died is reported by ``failed``."""
        self.start()
        assert self._running is not None
        with suppress(*_PARENT_GONE):
            self._running.connection.send(message)

    def close(self, *, wait: bool = True) -> None:
        """End the child at once; ``wait`` until its memory is given back to the system."""
        if self._running is not None:
            self._running.end()
            if wait:
                self._running.clean_up()
            else:
                threading.Thread(target=self._running.clean_up, name="child process cleaner").start()
            self._running = None

    def _take(self) -> None:
        # What an ended child sent was dropped with it.
        if self._running is None or self._running.is_empty:
            return
        item = self._running.take()
        if isinstance(item, _Failure):
            self.close()
            self.failed.emit(item.sentence, item.details)
        else:
            self.received.emit(item)


class _Running:
    """A running child, the pipe to it and the thread that reads the pipe."""

    def __init__(self, serve: Callable[[Connection], None], arrived: Callable[[], None]) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection, child_connection = context.Pipe()
        self.process = context.Process(target=_main, args=(serve, child_connection), daemon=True)
        self.process.start()
        child_connection.close()
        self._arrived = arrived
        self._box: deque[bytes] = deque()
        self._ending = False
        self._reader = threading.Thread(target=self._read, name="child process reader", daemon=True)
        self._reader.start()

    @property
    def is_empty(self) -> bool:
        return not self._box

    def take(self) -> object:
        return pickle.loads(self._box.popleft())

    def end(self) -> None:
        self._ending = True
        self.process.kill()

    def clean_up(self) -> None:
        """Wait for the child's end. Freeing a gigabyte takes a tenth of a second."""
        self._reader.join()
        self.process.join()
        self.connection.close()

    def _read(self) -> None:
        """Read bytes, and leave it to the window's thread to unpickle them.

        They may hold many objects; unpickling them here would hold up the window at any time.
        """
        data = pickle.dumps(None)
        while True:
            try:
                data = self.connection.recv_bytes()
            except (*_PARENT_GONE, OSError):
                if not self._ending and not isinstance(pickle.loads(data), _Failure):
                    self.process.join()
                    code = self.process.exitcode
                    failure = _Failure(tr("The computing process ended."), tr("exit code {code}", code=code))
                    self._put(pickle.dumps(failure))
                return
            self._put(data)

    def _put(self, data: bytes) -> None:
        self._box.append(data)
        self._arrived()


def _main(serve: Callable[[Connection], None], connection: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent handles Ctrl+C in the terminal
    with suppress(*_PARENT_GONE):
        try:
            serve(connection)
        except _PARENT_GONE:
            raise
        except Exception as error:  # noqa: BLE001 - the window reports it
            sentence = dependency_problem(error) or tr(
                "The computing process failed: {error}", error=f"{type(error).__name__}: {error}"
            )
            connection.send(_Failure(sentence, traceback.format_exc()))
