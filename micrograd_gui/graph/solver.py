"""The solver: requests go to a child process, answers to the newest one come back."""

from PySide6.QtCore import QObject, QTimer, Signal

from micrograd_core.language import Progress
from micrograd_gui.background.child_process import ChildProcess
from micrograd_gui.background.memory import give_back_freed_memory
from micrograd_gui.graph.serve import Begun, Done, Ready, serve
from micrograd_gui.model.document import Document
from micrograd_gui.model.resolve import SECONDS
from micrograd_gui.model.solve import Probed, Request, Solution

_OUTDATED_MS = 300
"""Milliseconds after which a process busy with an outdated request is replaced: Graphviz cannot be interrupted."""
_LARGE = 3_000
"""Number of nodes above which a graph's memory is given back once a smaller graph has taken its place."""


class Solver(QObject):
    """Answers the newest request; older ones are cancelled."""

    answered = Signal(object)
    """Solution or Probed"""
    progressed = Signal(object)
    """Progress of the program that runs"""
    failed = Signal(str, str)
    """(sentence, details): the process ended by itself; the next request starts another"""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._child = ChildProcess(serve, self)
        self._child.received.connect(self._take)
        self._child.failed.connect(self._fail)
        self._number = 0
        self._awaited: Request | None = None
        """The newest request, until it is answered."""
        self._is_ready = False
        self._nodes = 0
        """Nodes of the newest graph solved by the process."""
        self._most_nodes = 0
        """Nodes of the largest graph solved by the process."""
        self._outdated_timer = QTimer(self, interval=_OUTDATED_MS, singleShot=True)
        self._outdated_timer.timeout.connect(self._replace)

    @property
    def pid(self) -> int | None:
        """Process id; None without a process."""
        return self._child.pid

    def start(self) -> None:
        """Start the process before there is a request."""
        self._child.start()

    def close(self) -> None:
        """End the process at once, and leave nothing behind."""
        self._child.close()
        self._forget()

    def ask(
        self,
        revision: int,
        document: Document,
        selected: str,
        arrays: bool,
        section: int = -1,
        seconds: float = SECONDS,
    ) -> int:
        """Send a request and return its number, which the answers have, too."""
        self._number += 1
        self._awaited = Request(self._number, revision, document, selected, arrays, seconds, section)
        self._child.start()
        if self._is_ready:
            self._send()
        return self._number

    def cancel(self) -> None:
        """Give up the newest request; the next one starts another process."""
        self._awaited = None
        self._child.close(wait=False)
        self._forget()

    def _send(self) -> None:
        """Send the awaited request. The process must be ready to read: a full pipe would stop the window."""
        self._child.send(self._awaited)
        if not self._outdated_timer.isActive():
            self._outdated_timer.start()

    def _take(self, message: Ready | Begun | Solution | Probed | Progress | Done) -> None:
        match message:
            case Ready():
                self._is_ready = True
                if self._awaited is not None:
                    self._send()
            case Begun(_, revision):
                self._outdated_timer.stop()
                if self._awaited is not None and revision != self._awaited.revision:
                    self._outdated_timer.start()
            case Done(number):
                if self._awaited is not None and number == self._awaited.number:
                    self._awaited = None
                    if self._nodes <= _LARGE < self._most_nodes:
                        self._replace()
                        give_back_freed_memory()
            case Solution():
                if message.resolved is not None:
                    self._nodes = max((len(graph.nodes) for graph in message.resolved.graphs), default=0)
                self._most_nodes = max(self._most_nodes, self._nodes)
                self.answered.emit(message)
            case Probed():
                self.answered.emit(message)
            case Progress():
                self.progressed.emit(message)

    def _replace(self) -> None:
        """Replace the process, whose memory is freed, and send it the awaited request."""
        self._child.close(wait=False)
        self._forget()
        self._child.start()

    def _fail(self, sentence: str, details: str) -> None:
        self._forget()
        self._awaited = None
        self.failed.emit(sentence, details)

    def _forget(self) -> None:
        self._outdated_timer.stop()
        self._is_ready = False
        self._nodes = self._most_nodes = 0
