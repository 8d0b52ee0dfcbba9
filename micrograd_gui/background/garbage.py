"""Garbage collection that runs on the window's thread alone."""

import gc
import time

from PySide6.QtCore import QObject, QTimer

_INTERVAL_MS = 1000
_SHARE = 0.02
"""Upper limit of the share of time for full collections; with a large graph one takes a good part of a second."""


class GarbageCollector(QObject):
    """Turns off Python's automatic garbage collection, and collects regularly on the thread that made it.

    Automatic collection runs in whichever thread allocates, such as one that reads a file or a pipe. If it frees a
    QObject there, Qt cannot stop the object's timers and crashes when the next one fires.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._next_full = 0.0
        timer = QTimer(self, interval=_INTERVAL_MS)
        timer.timeout.connect(self.collect)
        timer.start()

    def collect(self) -> None:
        """Collect the generations that are due, as the automatic collection would."""
        young, *_ = gc.get_threshold()
        if gc.get_count()[0] < young:
            return
        began = time.monotonic()
        if began < self._next_full:
            gc.collect(1)
            return
        gc.collect()
        ended = time.monotonic()
        self._next_full = ended + (ended - began) / _SHARE
