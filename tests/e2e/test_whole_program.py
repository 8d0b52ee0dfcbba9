"""The whole program with keys and mouse only, as someone at the screen uses it."""

import random

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractSlider,
    QApplication,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPlainTextEdit,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from micrograd_gui.canvas.view import GraphView
from micrograd_gui.model.plane import data_point
from micrograd_gui.shell.documents import Documents, Unsaved
from micrograd_gui.shell.window import MainWindow
from micrograd_gui.training.boundary_plot import BoundaryPlot

NEURON = "x1 = 2.0\nw1 = -3.0\nx2 = 0.0\nw2 = 1.0\nb = 6.8813735870195432\no = (x1*w1 + x2*w2 + b).tanh()"
LEFT = Qt.MouseButton.LeftButton


def find(window: MainWindow, kind: type[QWidget], name: str) -> QWidget:
    found = window.frame.findChild(kind, name)
    assert isinstance(found, kind), name
    return found


def editor(window: MainWindow) -> QPlainTextEdit:
    found = find(window, QPlainTextEdit, "editor")
    assert isinstance(found, QPlainTextEdit)
    return found


def settle(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: not window.session.is_busy, timeout=30_000)


def type_program(qtbot: QtBot, window: MainWindow, source: str) -> None:
    widget = editor(window)
    widget.setFocus()
    QTest.keyClick(widget, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    for line_number, line in enumerate(source.split("\n")):
        if line_number:
            QTest.keyClick(widget, Qt.Key.Key_Return)
        QTest.keyClicks(widget, line)
        QTest.keyClick(widget, Qt.Key.Key_Escape)
    settle(qtbot, window)


def view(window: MainWindow) -> GraphView:
    return window.graph_tab.view


def click_card(window: MainWindow, node_id: str) -> None:
    center = window.graph_tab.scene.card_rect(node_id).center()
    QTest.mouseClick(view(window).viewport(), LEFT, pos=view(window).mapFromScene(center))


def label(window: MainWindow, name: str) -> str:
    found = find(window, QLabel, name)
    assert isinstance(found, QLabel)
    return found.text()


def test_the_three_things_it_exists_for(qtbot: QtBot, window: MainWindow) -> None:
    """Type, play both passes, scrub back, drag a leaf, check a gradient, train, click a point, step its graph."""
    session = window.session
    type_program(qtbot, window, NEURON)
    assert session.editing.document.source == NEURON
    snapshot = session.shown.snapshot
    assert snapshot is not None
    assert len(snapshot.nodes) == 10

    # play both passes from the beginning, as fast as it goes
    view(window).setFocus()
    QTest.keyClick(view(window), Qt.Key.Key_Home)
    qtbot.waitUntil(lambda: session.player.playback.position == 0)
    for _ in range(3):
        QTest.keyClick(view(window), Qt.Key.Key_BracketRight)
    assert session.player.playback.speed == 8.0
    seen: list[float] = []
    session.player.moment_changed.connect(lambda frame: seen.append(frame.position))
    QTest.keyClick(view(window), Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: session.player.playback.position == session.player.last == 15, timeout=10_000)
    assert len({int(position) for position in seen}) >= 10

    # scrub back into the forward pass: no gradient is known there
    scrubber = find(window, QAbstractSlider, "scrubber")
    QTest.mousePress(scrubber, LEFT, pos=QPoint(scrubber.width() - 8, scrubber.height() // 2))
    QTest.mouseMove(scrubber, QPoint(scrubber.width() // 6, scrubber.height() // 2))
    QTest.mouseRelease(scrubber, LEFT, pos=QPoint(scrubber.width() // 6, scrubber.height() // 2))
    forward_count = session.shown.timeline.steps_of(0).forward_count
    qtbot.waitUntil(lambda: 0 < session.player.playback.position < forward_count)
    view(window).setFocus()
    QTest.keyClick(view(window), Qt.Key.Key_End)
    qtbot.waitUntil(lambda: session.player.playback.position == session.player.last)

    # drag the first leaf to the right
    leaves = window.graph_tab.leaves.findChild(QAbstractItemView, "leaf_list")
    assert isinstance(leaves, QAbstractItemView)
    row = leaves.visualRect(leaves.model().index(0, 0))
    start = row.center()
    QTest.mousePress(leaves.viewport(), LEFT, pos=start)
    QTest.mouseMove(leaves.viewport(), start + QPoint(12, 0))
    QTest.mouseMove(leaves.viewport(), start + QPoint(16, 0))
    QTest.mouseRelease(leaves.viewport(), LEFT, pos=start + QPoint(16, 0))
    qtbot.waitUntil(lambda: not session.editing.document.source.startswith("x1 = 2.0\n"), timeout=10_000)
    settle(qtbot, window)
    QTest.keyClick(window.frame, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: session.editing.document.source == NEURON)
    settle(qtbot, window)

    # check a gradient
    click_card(window, "w1#0")
    assert session.selection.node == "w1#0"
    qtbot.waitUntil(lambda: "agree" in check_text(window), timeout=10_000)
    assert "1.000000" in check_text(window)

    # train ten steps
    QTest.keyClick(window.frame, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    training = window.training_tab
    qtbot.waitUntil(lambda: training.view is not None, timeout=30_000)
    for step in range(1, 11):
        QTest.keyClick(window.frame, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
        qtbot.waitUntil(lambda step=step: training.view.state.step == step, timeout=10_000)

    # click a point, which opens its graph
    plot = training.boundary.plot
    assert isinstance(plot, BoundaryPlot)
    qtbot.waitUntil(lambda: plot.points is not None, timeout=20_000)
    session.editing.mark_saved()
    QTest.mouseClick(plot, LEFT, pos=plot.pixel_of(data_point(plot.points, 3, is_test=False)))
    qtbot.waitUntil(lambda: window.frame.stack.currentWidget() is window.graph_tab, timeout=10_000)
    settle(qtbot, window)
    assert session.shown.snapshot is not None
    target = session.shown.snapshot.nodes[session.shown.snapshot.target]
    assert target.label == "loss"

    # step it
    view(window).setFocus()
    QTest.keyClick(view(window), Qt.Key.Key_Home)
    QTest.keyClick(view(window), Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: session.player.playback.position == 1, timeout=10_000)
    assert "Forward 1 of" in sentence(window)


def check_text(window: MainWindow) -> str:
    check = find(window, QWidget, "gradient_check")
    return " ".join(part.text() for part in check.findChildren(QLabel))


def sentence(window: MainWindow) -> str:
    return find(window, QWidget, "sentence").accessibleName()


def test_an_error_is_underlined_and_said_only_after_a_pause(qtbot: QtBot, window: MainWindow) -> None:
    """While one types nothing nags; after the pause a sentence stands under the editor; a correct text clears it."""
    type_program(qtbot, window, "a = 2.0\nb = a")
    shown: list[bool] = []
    window.session.resolved_changed.connect(lambda _resolved: shown.append("Line 2" in panel_text(window)))
    QTest.keyClicks(editor(window), " *")
    settle(qtbot, window)
    assert shown
    assert not shown[0], "the sentence came without a pause"
    qtbot.waitUntil(lambda: "Line 2" in panel_text(window), timeout=5_000)
    QTest.keyClicks(editor(window), " 3")
    settle(qtbot, window)
    assert "Line 2" not in panel_text(window)


def panel_text(window: MainWindow) -> str:
    panel = window.graph_tab.expression
    return " ".join(part.text() for part in panel.findChildren(QLabel) if part.isVisible())


def test_closing_while_it_trains_just_closes(qtbot: QtBot, window: MainWindow) -> None:
    """No question, no hanging, no process left, also with a number half typed."""
    QTest.keyClick(window.frame, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: window.training_tab.view is not None, timeout=30_000)
    QTest.keyClick(window.frame, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: window.training_tab.view.state.step > 2, timeout=20_000)
    find(window, QLineEdit, "seed_field").setFocus()
    QTest.keyClicks(find(window, QLineEdit, "seed_field"), "7")
    QTest.keyClick(window.frame, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
    assert not window.frame.isVisible()
    QApplication.processEvents()
    assert window.training_tab.training_run.pid is None


def test_unsaved_text_is_asked_about_before_it_goes(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cancelling keeps window and text; giving it up closes."""
    type_program(qtbot, window, "a = 1.0")
    asked: list[str] = []
    answers = [Unsaved.CANCEL, Unsaved.DISCARD]

    def ask(_parent: QWidget, name: str) -> Unsaved:
        asked.append(name)
        return answers[len(asked) - 1]

    monkeypatch.setattr(Documents, "ask_unsaved", staticmethod(ask))
    window.frame.close()
    assert window.frame.isVisible()
    assert editor(window).toPlainText() == "a = 1.0"
    window.frame.close()
    assert not window.frame.isVisible()
    assert len(asked) == 2


def test_a_minute_of_garbage_raises_nothing(qtbot: QtBot, window: MainWindow) -> None:
    """Random keys, code, pastes and undos in a seeded order: no exception, no dialog, and the program still works."""
    chance = random.Random(1337)
    widget = editor(window)
    widget.setFocus()
    pieces = [
        "a = ",
        "Value(",
        ")",
        "(",
        "[",
        "**",
        " + ",
        "tanh",
        ".",
        "3e308",
        "\n",
        "∂",
        "ｅｘｐ",
        "print(",
        "'",
        '"',
    ]
    pieces += [
        "for i in range(9):\n",
        "MLP(2,[2,1])",
        "\x00",
        "lambda x: x",
        "import os\n",
        "#",
        "_",
        "\t",
        "9**9**9",
    ]
    keys = [
        Qt.Key.Key_Backspace,
        Qt.Key.Key_Return,
        Qt.Key.Key_Tab,
        Qt.Key.Key_Home,
        Qt.Key.Key_End,
        Qt.Key.Key_Up,
    ]
    control = Qt.KeyboardModifier.ControlModifier
    for _ in range(600):
        if chance.random() < 0.7:
            piece = chance.choice(pieces)
            if piece.isascii() and piece.isprintable():
                QTest.keyClicks(widget, piece)
            else:
                QApplication.clipboard().setText(piece)
                QTest.keyClick(widget, Qt.Key.Key_V, control)
        else:
            key, modifier = chance.choice(
                [(key, Qt.KeyboardModifier.NoModifier) for key in keys]
                + [(Qt.Key.Key_Z, control), (Qt.Key.Key_A, control), (Qt.Key.Key_Slash, control)]
            )
            QTest.keyClick(widget, key, modifier)
        widget.setFocus()
    assert not window.frame.findChildren(QMessageBox)
    type_program(qtbot, window, NEURON)
    qtbot.waitUntil(lambda: not window.session.state.is_stale, timeout=20_000)
    assert window.session.shown.snapshot is not None
    assert window.session.editing.document.source == NEURON


def test_while_a_long_program_is_computed_nothing_is_told_of_the_one_before(
    qtbot: QtBot, window: MainWindow
) -> None:
    """After half a second its status says that it is computed; then comes what became of it, or cancelling, or undo."""
    type_program(qtbot, window, NEURON)
    status = find(window, QLabel, "status_label")
    assert isinstance(status, QLabel)
    before = status.text()
    assert before.startswith("✓ 10 nodes")
    hint = find(window, QLabel, "canvas_hint")
    assert isinstance(hint, QLabel)
    assert not hint.isVisible()
    cancel = find(window, QPushButton, "cancel_button")
    assert not cancel.isVisible()
    long = "i = 0\nwhile i < 250000:\n    i = i + 1\nno_name\n"
    window.session.editing.type_source(long)
    qtbot.waitUntil(lambda: status.text() == "◌ computing…", timeout=20_000)
    assert window.status.state_label.text() == "◌ working…"
    settle(qtbot, window)
    assert window.status.state_label.text() == "▲ the text has an error"
    assert status.text() == ""
    endless = long.replace("i < 250000", "i >= 0")
    window.session.editing.type_source(endless)
    qtbot.waitUntil(lambda: status.text() == "◌ computing…", timeout=20_000)
    QTest.mouseClick(cancel, LEFT)
    assert not window.session.is_busy
    assert not cancel.isVisible()
    assert window.status.state_label.text() == "▲ not computed"
    assert status.text() == ""
    window.session.editing.type_source(f"{endless}\n")
    qtbot.waitUntil(lambda: status.text() == "◌ computing…", timeout=20_000)
    while window.session.editing.can_undo:
        window.session.editing.undo()
    settle(qtbot, window)
    assert window.session.editing.document.source == ""
    assert hint.isVisible()
    assert "o = (x1*w1" in hint.text()
    assert status.text() == ""
    assert window.status.state_label.text() == "● ready"


def test_an_empty_canvas_says_why(qtbot: QtBot, window: MainWindow) -> None:
    """Nothing typed, a text with an error and one without a value are not the same."""
    hint = find(window, QLabel, "canvas_hint")
    assert isinstance(hint, QLabel)
    assert hint.text().startswith("Type an expression")
    for source, said in (
        ("a = (", "No graph: the text has an error."),
        ("# only words", "No graph: the program has no value yet."),
        ("a = 2,5", "No graph: the program has no value yet."),
    ):
        type_program(qtbot, window, source)
        assert hint.isVisible()
        assert hint.text() == said
    status = find(window, QLabel, "status_label")
    assert isinstance(status, QLabel)
    assert status.text() == "No value to draw yet. Write, for instance, a = 2.0."


@pytest.mark.parametrize("seen", [False, True])
def test_sizes_of_a_tab_that_was_never_seen_are_not_remembered(window: MainWindow, seen: bool) -> None:
    """They would squeeze it the first time that it is seen."""
    if seen:
        window.show_training_tab()
        QApplication.processEvents()
    window.session.editing.mark_saved()
    window.frame.close()
    assert len(window.settings.splitters["graph_splitter"]) == 3
    assert ("training_splitter" in window.settings.splitters) is seen
    if seen:
        left, center, right = window.settings.splitters["training_splitter"]
        assert center > left + right
