"""Python's garbage collector may run at any moment, and frees things in any order: nothing crashes, nothing stays.

Qt keeps plain pointers to much that Python owns. Each test is a process of its own, for a mistake ends it.
"""

import subprocess
import sys
import weakref
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from micrograd_gui.canvas.scene import GraphScene
from micrograd_gui.canvas.view import GraphView
from micrograd_gui.model.document import Document
from micrograd_gui.model.picture import Picture
from micrograd_gui.model.resolve import resolve
from tests.gui.canvas.canvas import shown

_SESSIONS = """
import weakref
from micrograd_gui.model.document import Document
from micrograd_gui.graph.session import Session

def live(_round):
    session = Session()
    for source in ("a", "ab", "abc"):
        session.editing.edit(Document(source), "line 1")
        gc.collect(0)
    session.editing.edit(Document("d"))
    session.editing.undo()
    gc.collect(0)
    session.editing.redo()
    session.editing.edit(Document("e"))
    session.close()
    return [weakref.ref(session)]
"""

_CANVASES = """
import weakref
from micrograd_gui.canvas.scene import GraphScene
from micrograd_gui.canvas.view import GraphView
from micrograd_gui.model.document import Document
from micrograd_gui.model.layout import lay_out
from micrograd_gui.model.picture import Picture, Shown
from micrograd_gui.model.resolve import resolve
from micrograd_gui.model.scene_graph import one_card_each
from micrograd_gui.model.timeline import moment_at

sources = ("a = 2.0; b = a * 3", "n = MLP(2, [3, 1])\\no = n([1.0, 2.0])", "x = 1.0\\ny = x.tanh() + x")
programs = [resolve(Document(source)) for source in sources]

def live(round):
    scene = GraphScene()
    view = GraphView(scene)
    view.show()
    for program in programs[round % 3:] + programs[: round % 3]:
        graph, placement = one_card_each(program.snapshot), lay_out(program.snapshot)
        scene.show(Picture(shown=Shown(graph, placement, moment_at(program.timeline, 0.0))))
        gc.collect(0)
        half = moment_at(program.timeline, len(program.timeline) / 2 + 0.5)
        scene.show(Picture(shown=Shown(graph, placement, half)))
        gc.collect(round % 3)
        view.grab()
    scene.show(Picture())
    gc.collect(0)
    # Now one goes first, now the other.
    if round % 2:
        del view
        gc.collect(0)
    return [weakref.ref(scene)]
"""

_ROUNDS = """
import faulthandler, gc, sys
faulthandler.enable()
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

{live}

if __name__ == "__main__":
    app = QApplication([])
    left = []
    for round in range({rounds}):
        left += live(round)
        gc.collect()
        app.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    print(sum(reference() is not None for reference in left), "left")
"""


@pytest.mark.parametrize(("live", "rounds"), [(_SESSIONS, 200), (_CANVASES, 20)], ids=["session", "canvas"])
def test_what_is_dropped_is_freed_in_any_order(live: str, rounds: int, tmp_path: Path) -> None:
    """The youngest objects are collected in the midst of the work, and all the rest when their owner is gone."""
    script = tmp_path / "rounds.py"
    script.write_text(_ROUNDS.format(live=live, rounds=rounds), encoding="utf-8")
    ended = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=300, check=False)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout == "0 left\n"
    assert ended.stderr == ""


@pytest.mark.parametrize("with_view", [False, True], ids=["scene", "view"])
def test_a_canvas_is_freed_when_it_is_dropped(qapp: QApplication, with_view: bool) -> None:
    """Nothing of it waits for the garbage collector, which the tests leave off."""
    resolved = resolve(Document("m = MLP(2, [3, 1])\nx = [1.0, -2.0]\no = m(x)"))
    scene = GraphScene()
    view = GraphView(scene) if with_view else None
    for position in (0.0, len(resolved.timeline) - 0.5):
        scene.show(Picture(shown=shown(resolved, position, grouped=True), selected="o#0", zoom=0.3))
    if view is not None:
        view.camera.zoom_to(1.0)
        view.grab()
    left = [weakref.ref(scene), *([] if view is None else [weakref.ref(view), weakref.ref(view.camera)])]
    del scene, view
    assert [reference() for reference in left] == [None] * len(left)
