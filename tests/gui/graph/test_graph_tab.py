"""The graph tab in the window: how playback, keys and what is seen of the graph go together."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractSlider, QWidget
from pytestqt.qtbot import QtBot

from micrograd_gui.editor.code_editor import CodeEditor
from micrograd_gui.model.document import Document, type_source
from micrograd_gui.model.settings import Settings
from micrograd_gui.shell.frame import Frame
from micrograd_gui.shell.window import MainWindow
from tests.gui.canvas.canvas import LooksMade

MLP = "model = MLP(2, [4, 4, 1])\nx = 1.0\ny = -2.0\nscore = model([x, y])\n"
LEFT, RIGHT = Qt.Key.Key_Left, Qt.Key.Key_Right


@pytest.fixture(params=["off", "on"], ids=["gliding", "at once"])
def window(request: pytest.FixtureRequest, qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    window = MainWindow(Frame(Settings(reduced_motion=request.param)), tmp_path / "config")
    window.frame.resize(1440, 900)
    window.frame.show()
    window.session.open(type_source(Document(), MLP))
    window.frame.activateWindow()
    qtbot.waitExposed(window.frame)
    qtbot.waitUntil(lambda: not window.session.is_busy, timeout=30_000)
    window.session.player.set_speed(8.0)
    window.graph_tab.view.setFocus()
    yield window
    window.session.editing.mark_saved()
    window.frame.close()
    window.frame.deleteLater()


def seen(window: MainWindow) -> QRectF:
    """The part of the scene in the view."""
    view = window.graph_tab.view
    inverse, _ = view.viewportTransform().inverted()
    return inverse.mapRect(QRectF(view.viewport().rect()))


def show_step(window: MainWindow) -> None:
    """Look at the card of the present step, at 100 %."""
    camera = window.graph_tab.view.camera
    camera.zoom_to(1.0)
    scene = window.graph_tab.scene
    camera.center_on_node(scene.hit(scene.step_rect.center()).card)


def press(qtbot: QtBot, window: MainWindow, key: Qt.Key) -> None:
    """One step, until everything rests."""
    QTest.keyClick(window.graph_tab.view, key)
    qtbot.waitUntil(lambda: not window.graph_tab.clock.is_ticking)


def test_the_view_follows_the_steps(qtbot: QtBot, window: MainWindow) -> None:
    """Backwards the card of each step is seen whole, at the zoom one has chosen, and often without moving."""
    show_step(window)
    moved = 0
    for _ in range(24):
        before = seen(window)
        press(qtbot, window, LEFT)
        assert seen(window).contains(window.graph_tab.scene.step_rect)
        moved += seen(window) != before
    assert window.graph_tab.view.camera.zoom == 1.0
    assert 2 < moved < 20


def test_it_follows_while_playing(qtbot: QtBot, window: MainWindow) -> None:
    """From where it rests on to the end, the last card is in sight."""
    window.session.player.jump(window.session.player.last - 12)
    show_step(window)
    start = seen(window)
    QTest.keyClick(window.graph_tab.view, Qt.Key.Key_Space)
    qtbot.waitUntil(
        lambda: window.session.player.playback.position == window.session.player.last, timeout=10_000
    )
    qtbot.waitUntil(lambda: not window.graph_tab.clock.is_ticking)
    assert seen(window) != start
    assert seen(window).contains(window.graph_tab.scene.step_rect)


def test_who_has_panned_away_is_left_alone(qtbot: QtBot, window: MainWindow) -> None:
    """Until he has the card of a step in sight again."""
    show_step(window)
    view = window.graph_tab.view
    middle = view.viewport().rect().center()
    for _ in range(3):
        drag(window, middle, middle + QPoint(380, 260))
    assert not seen(window).intersects(window.graph_tab.scene.step_rect)
    before = seen(window)
    for key in (LEFT, LEFT, RIGHT):
        press(qtbot, window, key)
        assert seen(window) == before
    show_step(window)
    for _ in range(12):
        press(qtbot, window, LEFT)
    assert seen(window).contains(window.graph_tab.scene.step_rect)


def test_who_starts_to_play_sees_it(qtbot: QtBot, window: MainWindow) -> None:
    """Wherever one has panned to, playing leads to the steps; panning away while it plays ends that."""
    show_step(window)
    view, session = window.graph_tab.view, window.session
    middle = view.viewport().rect().center()
    for _ in range(3):
        drag(window, middle, middle + QPoint(380, 260))
    session.player.jump(session.player.last - 12)
    qtbot.waitUntil(lambda: not window.graph_tab.clock.is_ticking)
    assert not seen(window).intersects(window.graph_tab.scene.step_rect)
    QTest.keyClick(view, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: seen(window).contains(window.graph_tab.scene.step_rect), timeout=10_000)
    for _ in range(3):
        drag(window, middle, middle + QPoint(380, 260))
    before = seen(window)
    qtbot.waitUntil(lambda: session.player.playback.position == session.player.last, timeout=10_000)
    qtbot.waitUntil(lambda: not window.graph_tab.clock.is_ticking)
    assert seen(window) == before


def drag(window: MainWindow, start: QPoint, end: QPoint) -> None:
    viewport = window.graph_tab.view.viewport()
    QTest.mousePress(viewport, Qt.MouseButton.MiddleButton, pos=start)
    QTest.mouseMove(viewport, (start + end) / 2)
    QTest.mouseMove(viewport, end)
    QTest.mouseRelease(viewport, Qt.MouseButton.MiddleButton, pos=end)


def test_the_mark_in_the_text_goes_with_the_selected_card(qtbot: QtBot, window: MainWindow) -> None:
    """Where the text has changed, it is where the card now stands in it."""
    session = window.session

    def marked() -> list[str]:
        marks = editor.extraSelections()
        texts = [mark.cursor.selectedText() for mark in marks if mark.cursor.hasSelection()]
        return [text for text in texts if len(text) > 1]  # Brackets at the caret are marked, too.

    editor = window.frame.findChild(CodeEditor, "editor")
    assert editor is not None
    assert session.shown.snapshot is not None
    score = session.shown.snapshot.nodes[-1]
    session.selection.select(score.id)
    assert marked() == ["model([x, y])"]
    session.editing.type_source("# more\n" + MLP.replace("model([x, y])", "model([y, x])"))
    qtbot.waitUntil(lambda: not session.is_busy, timeout=30_000)
    assert session.selection.node == score.id
    assert marked() == ["model([y, x])"]


def test_nothing_moves_where_all_is_seen(qtbot: QtBot, window: MainWindow) -> None:
    """The fitted graph stays where it is."""
    before = seen(window)
    for _ in range(12):
        press(qtbot, window, LEFT)
        assert seen(window) == before


def test_scrubbing_does_not_run_after_the_steps(qtbot: QtBot, window: MainWindow) -> None:
    """Dragged to and fro the graph stays; with the next step of playback the view is where its card is."""
    show_step(window)
    before = seen(window)
    scrubber = window.frame.findChild(QAbstractSlider, "scrubber")
    assert scrubber is not None
    end = QPointF(scrubber.width() - 10.0, scrubber.height() / 2).toPoint()
    QTest.mousePress(scrubber, Qt.MouseButton.LeftButton, pos=end)
    for x in range(end.x(), 20, -3):
        QTest.mouseMove(scrubber, QPoint(x, end.y()))
    QTest.mouseRelease(scrubber, Qt.MouseButton.LeftButton, pos=QPoint(20, end.y()))
    qtbot.waitUntil(lambda: not window.graph_tab.clock.is_ticking)
    assert not seen(window).contains(window.graph_tab.scene.step_rect)
    assert seen(window) == before
    window.graph_tab.view.setFocus()
    press(qtbot, window, RIGHT)
    assert seen(window).contains(window.graph_tab.scene.step_rect)


def sentence(window: MainWindow) -> str:
    label = window.frame.findChild(QWidget, "sentence")
    assert label is not None
    return label.accessibleName()


def test_no_step_of_the_old_program_is_told_while_a_large_one_is_computed(
    qtbot: QtBot, window: MainWindow
) -> None:
    """After half a second the bar says what is going on and how far it is, also at another step.

    Then it tells a step again.
    """
    before = sentence(window)
    assert before.startswith("Backward")
    window.session.editing.type_source("i = 0\nwhile i >= 0:\n    i = i + 1\n")
    computing = re.compile(r"The new program is being computed(…|: round (.+ )?[\d,]+, \d+\.\d s\.)")
    qtbot.waitUntil(lambda: computing.fullmatch(sentence(window)) is not None, timeout=20_000)
    told = sentence(window)
    window.session.player.jump(3)
    assert sentence(window) == told
    window.session.player.jump_to_end()
    assert sentence(window) == told
    qtbot.waitUntil(lambda: sentence(window) != told, timeout=20_000)
    assert computing.fullmatch(sentence(window))
    window.session.editing.undo()
    qtbot.waitUntil(lambda: sentence(window) == before, timeout=20_000)


def test_without_a_graph_the_bar_says_why(qtbot: QtBot, window: MainWindow) -> None:
    """A text that is computed, one with an error and an empty one are told apart, as on the canvas."""
    for source, said in (
        ("a = (", "No graph: the text has an error."),
        ("", "Type an expression to see its graph."),
    ):
        window.session.open(type_source(Document(), source))
        assert sentence(window) == ("The graph is being computed…" if source else said)
        qtbot.waitUntil(lambda: not window.session.is_busy, timeout=30_000)
        assert sentence(window) == said


def test_a_keystroke_makes_each_look_once(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The canvas is given a new graph together with its moment; a step afterwards costs what it touches."""
    made = LooksMade(monkeypatch)
    window.session.editing.type_source(f"{MLP}twice = score * 2.0\n")
    qtbot.waitUntil(lambda: not window.session.is_busy, timeout=30_000)
    snapshot = window.session.shown.snapshot
    assert snapshot is not None
    nodes, edges, _ = made.take()
    assert (nodes, edges) == (len(snapshot.nodes), len(snapshot.edges))
    qtbot.waitUntil(lambda: not window.graph_tab.clock.is_ticking)
    window.session.player.jump(window.session.player.last - 1)
    nodes, edges, given = made.take()
    assert 1 <= nodes <= 4
    assert 1 <= edges <= 4
    assert given == nodes + edges
