"""Painting and signalling do not wear out the interpreter's own objects.

PySide6 6.12.0 takes a reference from ``None`` at every call of a painter and from ``True`` at every emit, and CPython
3.11 aborts when none is left. From CPython 3.12 on both are immortal: their counts say nothing (a library built for an
older CPython still moves them, and the interpreter puts them back), and these tests only see that nothing crashes.
"""

import sys

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage, QPainter
from pytestqt.qtbot import QtBot

from micrograd_gui.canvas.scene import GraphScene
from micrograd_gui.model.document import Document
from micrograd_gui.model.picture import Picture
from micrograd_gui.model.resolve import resolve
from tests.gui.canvas.canvas import shown

IMMORTAL = sys.version_info >= (3, 12)


class Emitter(QObject):
    changed = Signal(bool)


def test_a_hundred_thousand_signals_take_nothing_from_true(qtbot: QtBot) -> None:
    """The count of references to True is the same before and after."""
    emitter = Emitter()
    count = 0

    def receive(_value: bool) -> None:
        nonlocal count
        count += 1

    emitter.changed.connect(receive)
    before = sys.getrefcount(True)
    for _ in range(100_000):
        emitter.changed.emit(True)
    assert count == 100_000
    assert IMMORTAL or abs(sys.getrefcount(True) - before) < 100


def test_ten_thousand_repaints_of_a_graph_take_nothing_from_none(qtbot: QtBot) -> None:
    """The count of references to None is the same before and after painting a real card as often."""
    scene = GraphScene(cached=False)
    scene.show(Picture(shown=shown(resolve(Document("a = 2.0\n")))))
    image = QImage(240, 120, QImage.Format.Format_RGB32)

    def repaint(times: int) -> None:
        for _ in range(times):
            with QPainter(image) as painter:
                scene.render(painter)

    repaint(10)
    before = sys.getrefcount(None)
    repaint(10_000)
    assert IMMORTAL or abs(sys.getrefcount(None) - before) < 100
