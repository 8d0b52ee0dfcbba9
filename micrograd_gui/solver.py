"""Solving in child processes, as the session sees it: requests go in, answers to the newest ones come out."""

from PySide6.QtCore import QObject, QTimer, Signal

from micrograd_gui.child_process import ChildProcess
from micrograd_gui.model.document import Document
from micrograd_gui.model.solve import Begun, Done, Probed, Request, Solution, serve

_SLOW_MS = 100
"""A computation that takes longer is ended when a newer request comes; others are over soon anyway."""
_LARGE = 5_000
"""Nodes; what a larger graph took of memory Python does not give back to the system."""


class _Worker(ChildProcess):
    """A child process that solves, and how far it is."""

    answered = Signal(object)
    """Solution or Probed"""
    progressed = Signal()
    """``is_ready`` or ``is_computing`` has changed"""

    def __init__(self, parent: QObject) -> None:
        super().__init__(serve, parent)
        self.is_ready = False
        self.begun = 0
        """Number of the newest request that it began to compute."""
        self.done = 0
        """Number of the newest request that it has answered."""
        self.nodes = 0
        """Of the newest graph that it solved."""
        self.most_nodes = 0
        """Of all graphs that it solved."""
        self.received.connect(self._note)

    @property
    def is_computing(self) -> bool:
        return self.begun != self.done

    def _note(self, message: Begun | Solution | Probed | Done) -> None:
        match message:
            case Begun(number):
                self.is_ready, self.begun = True, number
                self.progressed.emit()
            case Done(number):
                self.done = number
                self.progressed.emit()
            case Solution() | Probed():
                if isinstance(message, Solution):
                    snapshot = message.resolved.snapshot
                    self.nodes = 0 if snapshot is None else len(snapshot.nodes)
                    self.most_nodes = max(self.most_nodes, self.nodes)
                self.answered.emit(message)


class Solver(QObject):
    """Answers the newest request. One that takes long does not keep a newer one waiting.

    When a computation turns out to be slow, a spare process starts up. As soon as what the other computes is of no use
    any more, it is ended and the spare takes its place: a process can be ended whatever it does, and its memory goes
    with it.
    """

    answered = Signal(object)
    """Solution or Probed"""
    failed = Signal(str, str)
    """(sentence, details): the process ended by itself; the next request starts another"""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._newest: Request | None = None
        self._number = 0
        self._worker = self._make_worker()
        self._spare: _Worker | None = None
        self._patience = QTimer(self, interval=_SLOW_MS, singleShot=True)
        self._patience.timeout.connect(self._replace_if_useless)

    def start(self) -> None:
        """Let the process start up before there is a request."""
        self._worker.start()

    def close(self) -> None:
        """End the processes at once, and leave nothing behind."""
        self._patience.stop()
        for worker in (self._worker, self._spare):
            if worker is not None:
                worker.close()

    def ask(self, revision: int, document: Document, selected: str, arrays: bool) -> int:
        """Ask for what follows from this. The answers have the number that is returned."""
        self._number += 1
        self._newest = Request(self._number, revision, document, selected, arrays)
        self._worker.send(self._newest)
        self._replace_if_useless()
        return self._number

    def _make_worker(self) -> _Worker:
        worker = _Worker(self)
        worker.answered.connect(self.answered)
        worker.progressed.connect(self._note_progress)
        worker.failed.connect(self._note_failure)
        return worker

    def _note_progress(self) -> None:
        if self.sender() is self._worker and self._worker.is_computing:
            self._patience.start()
        self._replace_if_useless()

    def _replace_if_useless(self) -> None:
        """Put the spare in place of the worker whose computation is slow and outdated, or whose memory is too large.

        Where that may become of use there is a spare from now on.
        """
        worker, newest = self._worker, self._newest
        if newest is None:
            return
        is_slow = worker.is_computing and not self._patience.isActive()
        is_outdated = is_slow and worker.begun != newest.number
        is_outgrown = worker.done == newest.number and worker.nodes <= _LARGE < worker.most_nodes
        if not is_slow and not is_outgrown:
            return
        if self._spare is None:
            self._spare = self._make_worker()
            self._spare.start()
        elif self._spare.is_ready and (is_outdated or is_outgrown):
            self._worker, self._spare = self._spare, None
            worker.close()
            worker.deleteLater()
            if is_outdated:
                self._worker.send(newest)

    def _note_failure(self, sentence: str, details: str) -> None:
        failed = self.sender()
        assert isinstance(failed, _Worker)
        failed.deleteLater()
        if failed is self._spare:
            self._spare = None
        else:
            self._worker = self._make_worker()
            self.failed.emit(sentence, details)
