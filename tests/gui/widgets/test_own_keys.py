"""A focused control keeps its own keys, and no others, from the window's shortcuts."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSlider,
    QApplication,
    QComboBox,
    QLineEdit,
    QTabBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from micrograd_gui.canvas.leaf_editor import LeafEditor
from micrograd_gui.canvas.view import GraphView
from micrograd_gui.editor.code_editor import CodeEditor
from micrograd_gui.graph.array_grid import ArrayGridView
from micrograd_gui.graph.leaf_list import LeafList
from micrograd_gui.model.document import Document, type_source
from micrograd_gui.model.settings import Settings
from micrograd_gui.shell.actions import ACTIONS, key_sequences
from micrograd_gui.shell.frame import Frame
from micrograd_gui.shell.window import MainWindow
from micrograd_gui.widgets.own_keys import KeepsKeys, OwnKeys, own_keys
from tests.code_map import ROOT

NONE = Qt.KeyboardModifier.NoModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
CONTROL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier
META = Qt.KeyboardModifier.MetaModifier
KEYPAD = Qt.KeyboardModifier.KeypadModifier
Key = Qt.Key

SOURCE = "model = MLP(2, [4, 4, 1])\nx = 1.0\na = 2.0\nprint(a)\nscore = model([x, a])"
SHORTCUTS = ("Space", "Left", "Right", "Home", "End", "PgUp", "PgDown", "A", "F", "T", "[", "]", "F1", "F2")
"""The window's shortcuts of one key without modifiers."""
PAGES = {"PgUp", "PgDown"}
BUTTON = {"Space", "Left", "Right", "Home", "End"}
TYPED = {*BUTTON, "A", "F", "T", "[", "]"}
KEPT: tuple[tuple[type[QWidget], set[str]], ...] = (
    (LeafEditor, set(SHORTCUTS)),
    (QLineEdit, TYPED),
    (CodeEditor, TYPED | PAGES),
    (LeafList, {"Left", "Right", "Home", "End", "F2"} | PAGES),
    (GraphView, {"T"}),
    (ArrayGridView, {"Left", "Right"}),
    (QTabBar, {"Left", "Right"}),
    (QAbstractButton, BUTTON),
    (QAbstractItemView, BUTTON | PAGES),
    (QAbstractScrollArea, PAGES),
    (QAbstractSlider, BUTTON),
    (QComboBox, BUTTON | PAGES),
    (QWidget, set()),
)
"""The keys that each kind of control keeps; the first matching kind counts."""


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    """A window that shows a graph and its arrays."""
    window = MainWindow(Frame(Settings(arrays=True)), tmp_path / "config")
    window.frame.resize(1400, 900)
    window.frame.show()
    window.frame.activateWindow()
    window.session.open(type_source(Document(), SOURCE))
    qtbot.waitUntil(lambda: window.frame.isActiveWindow() and not window.session.is_busy, timeout=30_000)
    yield window
    window.session.editing.mark_saved()
    window.frame.close()
    window.frame.deleteLater()


def select(window: MainWindow, label: str) -> None:
    snapshot = window.session.shown.snapshot
    assert snapshot is not None
    window.session.selection.select(next(node.id for node in snapshot.nodes if node.label == label))


def press(key: Key, modifiers: Qt.KeyboardModifier = NONE, text: str = "") -> QKeyEvent:
    """The event that Qt sends to the focused control before it looks for a shortcut."""
    event = QKeyEvent(QEvent.Type.ShortcutOverride, key, modifiers, text)
    event.ignore()
    return event


def keeps(control: QWidget, key: Key, modifiers: Qt.KeyboardModifier = NONE) -> bool:
    """Return whether a control keeps a key from the window's shortcuts."""
    event = press(key, modifiers)
    QApplication.sendEvent(control, event)
    return event.isAccepted()


def kept(control: QWidget) -> set[str]:
    """The shortcuts that remain keys of a control while it has the keyboard."""
    found = set()
    shortcuts = {sequence.toString(): sequence[0].key() for row in ACTIONS for sequence in key_sequences(row)}
    for name in SHORTCUTS:
        event = press(shortcuts[name], text=" " if name == "Space" else name if len(name) == 1 else "")
        QApplication.sendEvent(control, event)
        if event.isAccepted():
            found.add(name)
    return found


def focusable(window: MainWindow) -> Iterator[QWidget]:
    """Every control that can have the keyboard, each while it has it and a card is selected."""
    select(window, "score")
    for control in window.frame.findChildren(QWidget):
        if control.isVisible() and control.isEnabled() and control.focusPolicy() != Qt.FocusPolicy.NoFocus:
            control.setFocus()
            select(window, "score")  # The list of array operations has selected one.
            if QApplication.focusWidget() is control:
                yield control


def test_every_control_keeps_its_own_keys(window: MainWindow) -> None:
    """In both tabs, with the find bar and the field over a card open: those of its kind and no others."""
    seen: set[type[QWidget]] = set()

    def check(control: QWidget) -> None:
        kind, keys = next((kind, keys) for kind, keys in KEPT if isinstance(control, kind))
        assert kept(control) == keys, f"{type(control).__name__} {control.objectName()}"
        seen.add(kind)

    window.graph_tab.open_find_bar()
    for control in focusable(window):
        check(control)
    select(window, "x")
    window.graph_tab.edit_selected_leaf()
    field = QApplication.focusWidget()
    assert isinstance(field, LeafEditor)
    check(field)
    window.show_training_tab()
    for control in focusable(window):
        check(control)
    assert seen == {kind for kind, _keys in KEPT}


def test_without_a_selected_card_the_graph_keeps_no_keys(window: MainWindow) -> None:
    """But for those that walk, which it keeps with one, too: arrows alone step through the run."""
    view = window.graph_tab.view
    view.setFocus()
    for label, plain in (("score", {"T"}), ("", set())):
        if label:
            select(window, label)
        else:
            window.session.selection.select("")
        assert kept(view) == plain
        assert keeps(view, Key.Key_Escape) == bool(label)
        for key in (Key.Key_Left, Key.Key_Right, Key.Key_Up, Key.Key_Down):
            assert keeps(view, key, CONTROL)
            assert not keeps(view, key)


def test_with_a_selected_card_arrows_step(window: MainWindow) -> None:
    """On the graph, as it says: the card stays selected, and the run goes a step back; with Ctrl one walks."""
    view, player = window.graph_tab.view, window.session.player
    select(window, "score")
    score = window.session.selection.node
    view.setFocus()
    QTest.keyClick(view, Key.Key_Left)
    assert player.playback.goal == player.last - 1
    assert window.session.selection.node == score
    QTest.keyClick(view, Key.Key_Left, CONTROL)
    assert player.playback.goal == player.last - 1
    assert window.session.selection.node not in ("", score)


def test_space_in_the_leaf_list_plays(window: MainWindow) -> None:
    """The list has no use for it, in the window as it is."""
    leaves = window.frame.findChild(LeafList, "leaf_list")
    assert leaves is not None
    leaves.setFocus()
    QTest.keyClick(leaves, Key.Key_Space)
    assert window.session.player.playback.playing


@pytest.mark.parametrize(
    ("key", "modifiers", "has"),
    [
        (Key.Key_Left, NONE, True),
        (Key.Key_Left, SHIFT, True),
        (Key.Key_Left, KEYPAD, True),
        (Key.Key_Left, CONTROL, False),
        (Key.Key_Left, ALT, False),
        (Key.Key_Left, META, False),
        (Key.Key_Slash, NONE, False),
        (Key.Key_Slash, CONTROL, True),
        (Key.Key_Slash, CONTROL | SHIFT, True),
        (Key.Key_Slash, CONTROL | ALT, False),
        (Key.Key_Up, NONE, False),
    ],
)
def test_control_alt_and_meta_make_another_key(key: Key, modifiers: Qt.KeyboardModifier, has: bool) -> None:
    """Shift and the keypad do not."""
    keys = OwnKeys(frozenset({Key.Key_Left}), with_control=frozenset({Key.Key_Slash}))
    assert keys.has(press(key, modifiers)) is has
    assert OwnKeys(every=True).has(press(key, modifiers))
    assert not OwnKeys().has(press(key, modifiers))


def test_what_a_control_says_comes_before_its_kind(qtbot: QtBot) -> None:
    """A list of leaves is a list, too; a control of no known kind, and none, keep nothing."""
    leaves = LeafList()
    qtbot.addWidget(leaves)
    assert isinstance(leaves, KeepsKeys)
    assert own_keys(leaves) is LeafList.own_keys
    assert own_keys(None) == OwnKeys()


def test_the_rule_stands_once() -> None:
    """Nothing else answers Qt's question, but for the editor, which gives undo to the window."""
    answering = [
        path.name
        for path in ROOT.glob("micrograd_gui/**/*.py")
        if "ShortcutOverride" in path.read_text("utf-8")
    ]
    assert sorted(answering) == ["code_editor.py", "own_keys.py"]
