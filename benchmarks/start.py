"""The start's table: the program until its first window is painted, beside an empty window of Qt.

    python -m benchmarks.start [--quick]

Each start is a process of its own, without a display, whose processor time counts from its beginning.
"""

import os
import subprocess
import sys
from tempfile import TemporaryDirectory

from benchmarks.measure import Clock, Effort, Measurement, compare
from benchmarks.rows import Peer, Row

_END = """
def end():
    import os, time
    print(time.process_time(), flush=True)
    os._exit(0)
"""
BARE = f"""
{_END}
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow

class Window(QMainWindow):
    def paintEvent(self, event):
        super().paintEvent(event)
        QTimer.singleShot(0, end)

application = QApplication([])
window = Window()
window.resize(1440, 900)
window.show()
application.exec()
"""
OURS = f"""
{_END}
import gc
from micrograd_gui import __main__

gc.disable()  # as it does itself
from micrograd_gui import cli

open_first_window = cli.open_first_window
cli.open_first_window = lambda: (open_first_window(), end())
cli.main([])
"""
"""As the command does it, up to where the rest of the program is imported."""


def measure_start(effort: Effort) -> Measurement:
    """Both write nothing; ours finds no settings, as the first time."""
    with TemporaryDirectory() as folder:
        environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "MICROGRAD_GUI_CONFIG": folder}
        return compare(clock(OURS, environment), clock(BARE, environment), effort)


def clock(code: str, environment: dict[str, str]) -> Clock:
    """For a Python program in a process of its own."""
    command = [sys.executable, "-c", code]

    def run(times: int) -> float:
        said = (
            subprocess.run(command, env=environment, check=True, capture_output=True).stdout
            for _ in range(times)
        )
        return sum(map(float, said))

    return run


EMPTY_WINDOW = Peer("an empty `QMainWindow`", "")

ROWS: tuple[Row, ...] = (Row("the first window, until it is painted", EMPTY_WINDOW, 2.0, measure_start),)

if __name__ == "__main__":
    from benchmarks.__main__ import main

    main({"Start": ROWS})
