"""The README's five minutes: each line is done with mouse and keys, and what it promises is read from the window."""

import re
from collections.abc import Iterable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QMessageBox, QTableView
from pytestqt.qtbot import QtBot

from micrograd_gui.canvas.node_item import NodeItem
from micrograd_gui.model.numbers import format_number
from micrograd_gui.model.plane import data_point
from micrograd_gui.shell.window import MainWindow
from tests.code_map import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
TIMES = {" three times": 3}
LEFT = Qt.MouseButton.LeftButton


def lines() -> list[tuple[str, str]]:
    """(what to do, what to see)"""
    table = README.split("## Five minutes")[1].split("\n## ")[0]
    return [(do, see) for do, see in re.findall(r"^\| \d+ \| (.*?) \| (.*?) \|$", table, re.MULTILINE)]


def press(window: MainWindow, keys: str) -> None:
    combination = QKeySequence(keys)[0]
    focused = window.frame.focusWidget() or window.frame
    QTest.keyClick(focused, combination.key(), combination.keyboardModifiers())


def type_lines(window: MainWindow, texts: Iterable[str]) -> None:
    editor = window.frame.focusWidget()
    assert editor is not None
    for number, text in enumerate(texts):
        if number:
            QTest.keyClick(editor, Qt.Key.Key_Return)
        QTest.keyClicks(editor, text)


def click_card(window: MainWindow, title: str) -> None:
    view = window.graph_tab.view
    (card,) = [item for item in cards(window) if item.look.label == title]
    QTest.mouseClick(view.viewport(), LEFT, pos=view.mapFromScene(card.sceneBoundingRect().center()))


def click_button(window: MainWindow, name: str) -> None:
    buttons = window.graph_tab.findChildren(QAbstractButton)
    (button,) = [button for button in buttons if button.accessibleName() == name]
    QTest.mouseClick(button, LEFT)


def click_point(qtbot: QtBot, window: MainWindow) -> None:
    """The question about unsaved changes, which then comes up, is answered by a click, too."""
    plot = window.training_tab.boundary.plot
    qtbot.waitUntil(lambda: plot.points is not None, timeout=30_000)
    point = data_point(plot.points, 3, is_test=False)
    qtbot.waitUntil(lambda: plot.pixel_of(point) is not None, timeout=30_000)
    QTimer.singleShot(0, discard)
    QTest.mouseClick(plot, LEFT, pos=plot.pixel_of(point))


def discard() -> None:
    question = QApplication.activeModalWidget()
    assert isinstance(question, QMessageBox)
    QTest.mouseClick(question.button(QMessageBox.StandardButton.Discard), LEFT)


def do(qtbot: QtBot, window: MainWindow, sentence: str) -> None:
    """One sentence of the README: what it tells to type, to press or to click."""
    if typed := re.fullmatch(r"Type ((?:`[^`]+` )+)as two lines\.", sentence):
        type_lines(window, re.findall(r"`([^`]+)`", typed[1]))
    elif pressed := re.fullmatch(r"Press `([^`]+)`( three times)?\.", sentence):
        for _ in range(TIMES.get(pressed[2], 1)):
            press(window, pressed[1])
    elif clicked := re.fullmatch(r"Click \*([^*]+)\*( below the graph| three times)?\.", sentence):
        for _ in range(TIMES.get(clicked[2], 1)):
            click_button(window, clicked[1])
    elif card := re.fullmatch(r"Click the card `([^`]+)`\.", sentence):
        click_card(window, card[1])
    elif sentence == "Click one of the data points.":
        click_point(qtbot, window)
    elif sentence == "Click *Discard*, since what you typed is not saved.":
        assert window.session.editing.is_saved, "the question was not asked, or not answered"
    else:
        assert sentence == "Look at the right side.", (
            f"the README tells to do what this test cannot: {sentence}"
        )


def cards(window: MainWindow) -> list[NodeItem]:
    return [item for item in window.graph_tab.scene.items() if isinstance(item, NodeItem)]


def seen(window: MainWindow) -> str:
    """All that is written on the window: labels, tables, and cards with value and gradient."""
    shown = [label.text() for label in window.frame.findChildren(QLabel) if label.isVisible()]
    for table in window.frame.findChildren(QTableView):
        model = table.model()
        if table.isVisible():
            cells = [model.index(i, j) for i in range(model.rowCount()) for j in range(model.columnCount())]
            shown += [str(cell.data()) for cell in cells]
    if window.graph_tab.isVisible():
        for card in cards(window):
            numbers = {"value": card.look.data, "gradient": card.look.grad}
            shown += [
                f"{card.look.label}'s {kind} {format_number(x)}"
                for kind, x in numbers.items()
                if x is not None
            ]
    return "\n".join(shown)


def promises(see: str) -> list[str]:
    """What must be written on the window: words between backticks, and whose the numbers are."""
    of_cards = {
        "value": re.findall(r"card is `(\w+)`, with the value `([-\d.]+)`", see),
        "gradient": re.findall(
            r"card `(\w+)` has the gradient `([-\d.]+)`|gradient of `(\w+)` is `([-\d.]+)`", see
        ),
    }
    named = [
        f"{name}'s {kind} {number}" for kind, found in of_cards.items() for name, number in map(paired, found)
    ]
    return [*re.findall(r"`([^`]+)`", see), *named]


def paired(groups: tuple[str, ...]) -> tuple[str, str]:
    name, number = filter(None, groups)
    return name, number


def sentences(text: str) -> list[str]:
    return re.findall(r"[A-Z](?:`[^`]*`|[^`.])*\.", text)


def test_five_minutes(qtbot: QtBot, window: MainWindow) -> None:
    """Every line is true, one after the other, from the window as it opens."""
    assert len(lines()) == 8
    for what, see in lines():
        assert " ".join(sentences(what)) == what
        for sentence in sentences(what):
            do(qtbot, window, sentence)
            qtbot.waitUntil(lambda: not window.session.is_busy, timeout=30_000)
        promised = promises(see)
        assert promised
        for promise in promised:
            qtbot.waitUntil(lambda promise=promise: promise in seen(window), timeout=30_000)


def test_it_is_short() -> None:
    """It has at most 120 lines, and its links lead to files."""
    assert len(README.splitlines()) <= 120
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert target.startswith("https://") or (ROOT / target).exists(), target
