"""Garbage collection runs on the window's thread alone, whatever other threads allocate."""

import subprocess
import sys

import pytest

PROGRAM = """
import gc, sys, threading
from PySide6.QtCore import QCoreApplication, QEventLoop, QObject, QTimer
from micrograd_gui.background.garbage import GarbageCollector

app = QCoreApplication([])
threads = set()

class Cycle(QObject):
    def __init__(self):
        super().__init__()
        self.myself = self
        self.timer = QTimer(self, interval=1)
        self.timer.timeout.connect(self.tick)
        self.timer.start()

    def tick(self):
        pass

    def __del__(self):
        threads.add(threading.current_thread())

collector = GarbageCollector(app) if sys.argv[1] == "ours" else None
for _ in range(1500):
    Cycle()

def allocate():
    kept = [[i] for i in range(200_000)]

other = threading.Thread(target=allocate)
other.start()
other.join()
QTimer.singleShot(1500, app.quit)
app.exec()
print(threads == {threading.main_thread()}, any(isinstance(x, Cycle) for x in gc.get_objects()))
"""


def run(collector: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", PROGRAM, collector]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_garbage_is_freed_on_the_thread_of_the_window() -> None:
    """Timers in it end with it, and nothing of it is left."""
    done = run("ours")
    assert (done.returncode, done.stdout, done.stderr) == (0, "True False\n", "")


@pytest.mark.skipif(sys.platform == "win32", reason="crashes are told otherwise there")
def test_it_would_crash_otherwise() -> None:
    """The automatic collection frees timers in the thread that allocates, which Qt does not survive."""
    done = run("automatic")
    assert "Timers cannot be stopped from another thread" in done.stderr
    assert done.returncode < 0
