"""Another program in the same window: nothing is left of the one before."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QListView, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from micrograd_gui.canvas.motion import GLIDE_SECONDS
from micrograd_gui.model.document import Document, type_source
from micrograd_gui.model.settings import Settings
from micrograd_gui.shell.frame import Frame
from micrograd_gui.shell.window import MainWindow

LONG = "\n".join(f"a{i} = {i}.5  # {'one of very many ' * 9}" for i in range(40))
FIRST = f"{LONG}\nb = a1 * a2 + a3\nc = b * b\nprint(c)"
SECOND = f"{LONG}\nd = a4.tanh() + a1\nfor a in [a1, a2]:\n    d = d * a"


def find(window: MainWindow, kind: type[QWidget], name: str) -> Any:
    found = window.frame.findChild(kind, name)
    assert isinstance(found, kind)
    return found


def edit(window: MainWindow) -> QPlainTextEdit:
    editor: QPlainTextEdit = find(window, QPlainTextEdit, "editor")
    return editor


def type_into(window: MainWindow, name: str, text: str) -> None:
    field = find(window, QLineEdit, name)
    field.selectAll()
    QTest.keyClicks(field, text)


Look = Callable[[MainWindow], object]
FIELDS: dict[str, tuple[Look, Look]] = {
    "undo": (
        lambda w: w.session.editing.type_source(f"{FIRST}\ne = c + 1"),
        lambda w: w.session.editing.can_undo,
    ),
    "redo": (lambda w: w.session.editing.undo(), lambda w: w.session.editing.can_redo),
    "caret": (
        lambda w: edit(w).moveCursor(QTextCursor.MoveOperation.End),
        lambda w: (edit(w).textCursor().position(), edit(w).textCursor().anchor()),
    ),
    "scrolled sideways": (
        lambda w: edit(w).horizontalScrollBar().setValue(50),
        lambda w: edit(w).horizontalScrollBar().value(),
    ),
    "scrolled down": (
        lambda w: edit(w).verticalScrollBar().setValue(9),
        lambda w: edit(w).verticalScrollBar().value(),
    ),
    "learning rate": (
        lambda w: type_into(w, "rate_field", "0.25"),
        lambda w: find(w, QLineEdit, "rate_field").text(),
    ),
    "leaf": (
        lambda w: find(w, QListView, "leaf_list").setCurrentIndex(
            find(w, QListView, "leaf_list").model().index(20, 0)
        ),
        lambda w: find(w, QListView, "leaf_list").currentIndex().row(),
    ),
    "leaves scrolled": (
        lambda w: find(w, QListView, "leaf_list").scrollToBottom(),
        lambda w: find(w, QListView, "leaf_list").verticalScrollBar().value(),
    ),
    "find bar": (
        lambda w: w.frame.actions_by_id["find"].trigger(),
        lambda w: w.graph_tab.find_bar.isVisible(),
    ),
    "search": (
        lambda w: type_into(w, "find_input", "c"),
        lambda w: (find(w, QLineEdit, "find_input").text(), find(w, QLabel, "find_count").text()),
    ),
    "operation": (lambda w: w.session.selection.select("b#0"), lambda w: w.session.selection.operation),
    "card": (lambda w: w.session.selection.select("a2#0"), lambda w: w.session.selection.node),
    "inspector": (
        lambda w: w.graph_tab.inspector.verticalScrollBar().setValue(40),
        lambda w: w.graph_tab.inspector.verticalScrollBar().value(),
    ),
    "zoom": (lambda w: w.graph_tab.view.camera.zoom_to(3.0), lambda w: w.graph_tab.view.camera.zoom),
    "place": (
        lambda w: w.graph_tab.view.camera.center_on_node("b#0"),
        lambda w: w.graph_tab.view.viewportTransform(),
    ),
    "field over a card": (
        lambda w: w.graph_tab.view.edit_leaf("a1#0"),
        lambda w: find(w, QLineEdit, "leaf_editor").isVisible(),
    ),
    "position": (lambda w: w.session.player.jump(2), lambda w: w.session.player.playback.position),
    "playing": (lambda w: w.session.player.toggle_play(), lambda w: w.session.player.playback.playing),
}
"""Of what belongs to a program: how it is changed, and how it is seen."""


@pytest.fixture
def windows(tmp_path: Path) -> Iterator[list[MainWindow]]:
    opened = [MainWindow(Frame(Settings(arrays=True)), tmp_path / name) for name in ("used", "new")]
    for window in opened:
        window.frame.resize(1100, 700)
        window.frame.show()
    yield opened
    for window in opened:
        window.session.editing.mark_saved()
        window.frame.close()
        window.frame.deleteLater()


def open_program(qtbot: QtBot, window: MainWindow, source: str) -> None:
    window.session.open(type_source(Document(), source))
    qtbot.waitUntil(lambda: not window.session.is_busy, timeout=30_000)
    window.graph_tab.scene.advance_motion(GLIDE_SECONDS)


def test_it_begins_as_in_a_new_window(qtbot: QtBot, windows: list[MainWindow]) -> None:
    """No field keeps anything of the program before: each was changed, and is as where none was opened before."""
    used, new = windows
    open_program(qtbot, used, FIRST)
    for name, (change, look) in FIELDS.items():
        before = look(used)
        change(used)
        qtbot.waitUntil(lambda: not used.session.is_busy, timeout=30_000)
        assert look(used) != before, f"{name} was not changed"
    for window in (used, new):
        open_program(qtbot, window, SECOND)
    for name, (_change, look) in FIELDS.items():
        assert look(used) == look(new), f"{name} is still the first program's"
