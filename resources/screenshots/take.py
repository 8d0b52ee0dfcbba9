"""Takes the README's screenshots from the real window: ``python resources/screenshots/take.py``."""

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop
from PySide6.QtWidgets import QApplication

from micrograd_gui.model.document import Document, type_source
from micrograd_gui.model.settings import Settings
from micrograd_gui.shell.frame import Frame
from micrograd_gui.shell.window import MainWindow
from micrograd_gui.widgets.style import load_fonts

FOLDER = Path(__file__).parent
NEURON = """\
x1 = 2.0
w1 = -3.0
x2 = 0.0
w2 = 1.0
b = 6.8813735870195432
x1w1 = x1*w1
x2w2 = x2*w2
n = x1w1 + x2w2 + b
o = n.tanh()
"""
NETWORK = """\
random.seed(1)
model = MLP(2, [2, 1], "tanh")
x = Value(1.0)
y = Value(-0.5)
score = model([x, y])
score.backward()
"""
EXAMPLES = """\
random.seed(1)
n = MLP(2, [2, 1], "tanh")
xs = [[1.0, -0.5], [0.3, 2.0], [-1.2, 0.4]]
ys = [1.0, -1.0, 1.0]
ypred = [n(x) for x in xs]
losses = [(yout - ygt)**2
          for ygt, yout in zip(ys, ypred)]
loss = sum(losses)
"""


LOOP = """\
w = Value(-0.5)
b = Value(1.0)

for k in range(8):
    pred = w*3.0 + b
    loss = (pred - 2.0)**2
    for p in [w, b]:
        p.grad = 0.0
    loss.backward()
    for p in [w, b]:
        p.data -= 0.02 * p.grad
    print(k, f"{loss.data:.4f}")
"""


def wait_until(done: Callable[[], bool]) -> None:
    while not done():
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)


def graph_mid_backward(window: MainWindow) -> None:
    """The neuron while the gradient of its sum is passed on."""
    session = window.session
    session.open(type_source(Document(), NEURON))
    wait_until(lambda: not session.is_busy)
    session.selection.select("x1w1#0")
    wait_until(lambda: not session.is_busy)
    session.player.jump(session.shown.timeline.steps_of(0).forward_count + 1 + 4)


def loop_mid_update(window: MainWindow) -> None:
    """A training loop in its fourth round, after the first of its two updates."""
    session = window.session
    session.open(type_source(Document(), LOOP))
    wait_until(lambda: not session.is_busy)
    session.selection.select("w#0")
    wait_until(lambda: not session.is_busy)
    session.player.jump(session.player.timeline.starts[4] - 1)
    wait_until(lambda: not session.is_busy)


def scalars_to_arrays(window: MainWindow) -> None:
    """A network's graph with the groups of its array operations, a weight selected."""
    session = window.session
    session.open(type_source(Document(), NETWORK))
    wait_until(lambda: not session.is_busy)
    window.frame.actions_by_id["arrays"].setChecked(True)
    session.selection.select("model[0][1].w[0]#0")
    wait_until(lambda: not session.is_busy and session.arrays is not None)
    session.player.jump(len(session.shown.timeline))
    window.frame.actions_by_id["fit"].trigger()


def examples_as_rows(window: MainWindow) -> None:
    """A network on three examples of its program, the first layer selected."""
    session = window.session
    session.open(type_source(Document(), EXAMPLES))
    wait_until(lambda: not session.is_busy)
    window.frame.actions_by_id["arrays"].setChecked(True)
    wait_until(lambda: not session.is_busy and session.arrays is not None)
    session.selection.select_operation("h1")
    session.player.jump(len(session.shown.timeline))
    window.frame.actions_by_id["fit"].trigger()


def training_mid_run(window: MainWindow) -> None:
    """The moons after 64 steps, with a point selected."""
    window.show_training_tab()
    tab = window.training_tab
    wait_until(lambda: tab.view is not None)
    tab.training_run.step(64)
    wait_until(lambda: tab.view is not None and tab.view.state.step == 64)
    tab.boundary.plot.point_chosen.emit(5, False)
    window.show_training_tab()


def main() -> int:
    app = QApplication(sys.argv)
    app.setStyle("Fusion")
    load_fonts()
    with tempfile.TemporaryDirectory() as config:
        for name, prepare, theme in (
            ("graph", graph_mid_backward, "dark"),
            ("graph-light", graph_mid_backward, "light"),
            ("loop", loop_mid_update, "dark"),
            ("arrays", scalars_to_arrays, "dark"),
            ("examples", examples_as_rows, "dark"),
            ("training", training_mid_run, "dark"),
            ("training-light", training_mid_run, "light"),
        ):
            window = MainWindow(Frame(Settings(theme=theme, reduced_motion="on")), Path(config))
            window.frame.resize(1440, 900)
            window.frame.show()
            prepare(window)
            for _ in range(20):
                app.processEvents()
            window.frame.grab().save(str(FOLDER / f"{name}.png"))
            window.session.editing.mark_saved()
            window.frame.close()
            window.frame.deleteLater()
    return 0


if __name__ == "__main__":
    sys.exit(main())
