import math
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QMessageBox, QTabBar, QToolButton
from pytestqt.qtbot import QtBot

from micrograd_gui.model.document import Document, type_source
from micrograd_gui.model.settings import Settings, from_json, to_json
from micrograd_gui.shell.frame import Frame
from micrograd_gui.shell.settings_store import SettingsStore
from micrograd_gui.shell.window import MainWindow

CONTROL = Qt.KeyboardModifier.ControlModifier

Opened = Callable[..., MainWindow]


@pytest.fixture(name="opened")
def open_windows(qtbot: QtBot, tmp_path: Path) -> Iterator[Opened]:
    """Windows with such settings, shown and active."""
    windows = []

    def opened(settings: Settings | None = None) -> MainWindow:
        window = MainWindow(Frame(settings or Settings()), tmp_path / "config")
        windows.append(window)
        window.frame.resize(1000, 640)
        window.frame.show()
        window.frame.activateWindow()
        qtbot.waitUntil(window.frame.isActiveWindow)
        return window

    yield opened
    for window in windows:
        window.frame.close()
        window.frame.deleteLater()


def focused(window: MainWindow) -> str:
    widget = QApplication.focusWidget()
    assert widget is not None
    assert window.frame.isAncestorOf(widget)
    return widget.objectName()


def training_speed(window: MainWindow) -> str:
    button = window.frame.findChild(QToolButton, "training_speed_button")
    assert button is not None
    return button.text()


def samples(window: MainWindow) -> QLineEdit:
    found = window.frame.findChild(QLineEdit, "samples_field")
    assert found is not None
    return found


def test_the_training_tab_begins_at_its_run_button(opened: Opened) -> None:
    """Ctrl+2, a click on the tab and a start in the training tab focus it, from the graph and from a field."""
    window = opened()
    QTest.keyClick(window.frame, Qt.Key.Key_2, CONTROL)
    assert focused(window) == "run_button"
    samples(window).setFocus()
    QTest.keyClick(samples(window), Qt.Key.Key_2, CONTROL)
    assert focused(window) == "run_button"
    samples(window).setFocus()
    QTest.keyClick(samples(window), Qt.Key.Key_1, CONTROL)
    tab: QPoint = window.frame.header.tab_bar.tabRect(1).center()
    QTest.mouseClick(window.frame.header.tab_bar, Qt.MouseButton.LeftButton, pos=tab)
    assert focused(window) == "run_button"
    assert focused(opened(Settings(tab=1))) == "run_button"


def test_who_has_the_keyboard_on_the_tabs_keeps_it_there(opened: Opened) -> None:
    """The tab bar keeps the focus while it switches tabs."""
    window = opened(Settings(tab=1))
    window.frame.header.tab_bar.setFocus()
    QTest.keyClick(window.frame.header.tab_bar, Qt.Key.Key_Left)
    assert window.frame.stack.currentWidget() is window.graph_tab
    QTest.mouseClick(
        window.frame.header.tab_bar,
        Qt.MouseButton.LeftButton,
        pos=window.frame.header.tab_bar.tabRect(1).center(),
    )
    assert window.frame.stack.currentWidget() is window.training_tab
    assert QApplication.focusWidget() is window.frame.header.tab_bar


def test_arrows_on_the_tabs_move_between_them(opened: Opened, qtbot: QtBot) -> None:
    """The tab bar keeps both arrow keys; playback has them elsewhere, and Home, End and Space on the tabs, too."""
    window = opened()
    window.session.open(type_source(Document(), "a = 2.0\nb = a * a"))
    qtbot.waitUntil(lambda: not window.session.is_busy, timeout=30_000)
    last = window.session.player.last
    window.frame.header.tab_bar.setFocus()
    for key, shown in ((Qt.Key.Key_Right, 1), (Qt.Key.Key_Left, 0)):
        QTest.keyClick(window.frame.header.tab_bar, key)
        assert window.frame.stack.currentIndex() == shown
        assert window.session.player.playback.goal == last
    QTest.keyClick(window.frame.header.tab_bar, Qt.Key.Key_Home)
    assert window.session.player.playback.goal == 0
    window.graph_tab.view.setFocus()
    QTest.keyClick(window.graph_tab.view, Qt.Key.Key_Right)
    assert window.session.player.playback.goal == 1


def test_space_on_a_button_of_the_header_presses_it(opened: Opened, qtbot: QtBot) -> None:
    """Instead of starting the playback."""
    window = opened()
    window.session.open(type_source(Document(), "a = 2.0\nb = a * a"))
    qtbot.waitUntil(lambda: not window.session.is_busy, timeout=30_000)
    window.frame.header.theme_button.setFocus()
    before = window.frame.theme
    QTest.keyClick(window.frame.header.theme_button, Qt.Key.Key_Space)
    assert window.frame.theme is not before
    assert not window.session.player.playback.playing


def test_what_is_typed_after_new_is_the_new_text(opened: Opened) -> None:
    """The editor gets the focus from the canvas and the training tab; an old problem with a file is over."""
    window = opened()
    window.show_training_tab()
    window.documents.reported.emit("problem", "a.py could not be opened.")
    QTest.keyClick(window.frame, Qt.Key.Key_N, CONTROL)
    assert window.frame.stack.currentWidget() is window.graph_tab
    assert window.frame.message_bar.isHidden()
    QTest.keyClicks(QApplication.focusWidget(), "a = 2")
    assert window.session.editing.document.source == "a = 2"
    window.session.editing.mark_saved()


def test_brackets_change_the_speed_of_what_is_shown(opened: Opened) -> None:
    """The keys change the speed of training or playback, by tab, up to both ends; in a field they are typed."""
    window = opened()
    QTest.keyClick(window.frame, Qt.Key.Key_2, CONTROL)
    run = QApplication.focusWidget()
    assert run is not None
    shown = []
    for key in [Qt.Key.Key_BracketRight] * 3 + [Qt.Key.Key_BracketLeft] * 5:
        QTest.keyClick(run, key)
        shown.append(training_speed(window).removesuffix(" ▾"))
    fast, slow = "as fast as it goes", "1 step/s"
    assert shown == ["60 steps/s", fast, fast, "60 steps/s", "20 steps/s", "5 steps/s", slow, slow]
    assert window.session.player.playback.speed == 1.0
    samples(window).setFocus()
    QTest.keyClicks(samples(window), "]")
    assert samples(window).text() == "128]"
    assert training_speed(window).startswith(slow)
    QTest.keyClick(samples(window), Qt.Key.Key_Escape)
    QTest.keyClick(window.frame, Qt.Key.Key_1, CONTROL)
    window.graph_tab.view.setFocus()
    QTest.keyClick(window.graph_tab.view, Qt.Key.Key_BracketRight)
    assert window.session.player.playback.speed == 2.0
    assert training_speed(window).startswith(slow)


def test_a_window_at_the_top_of_the_screen_comes_back_with_its_title_bar(
    opened: Opened, tmp_path: Path
) -> None:
    """One too high for it, too: what of the frame is above the window is remembered when it closes."""
    first = opened()
    top = first.frame.screen().availableGeometry().top()
    first.frame.setGeometry(60, top, 1000, 5000)
    first.frame.close()
    store = SettingsStore(tmp_path)
    store.save(first.settings)
    second = MainWindow(Frame(store.load()[0]), tmp_path / "config")
    frame = first.frame.geometry().top() - first.frame.frameGeometry().top()
    assert second.frame.geometry().top() == top + frame > top
    assert second.frame.height() <= second.frame.screen().availableGeometry().height() - frame
    second.frame.close()
    second.frame.deleteLater()


def engines(window: MainWindow) -> QTabBar:
    found = window.frame.findChild(QTabBar, "engine_switch")
    assert found is not None
    return found


def test_engine_and_speed_of_training_are_those_of_the_last_time(opened: Opened, qtbot: QtBot) -> None:
    """The choices are in the settings when the window closes, and a new window begins and trains with them."""
    first = opened(Settings(tab=1))
    switch = engines(first)
    QTest.mouseClick(switch, Qt.MouseButton.LeftButton, pos=switch.tabRect(1).center())
    for _ in range(2):
        QTest.keyClick(switch, Qt.Key.Key_BracketRight)
    first.frame.close()
    window = opened(from_json(to_json(first.settings)))
    assert engines(window).currentIndex() == 1
    assert training_speed(window).startswith("as fast as it goes")
    training = window.training_tab
    qtbot.waitUntil(lambda: training.view is not None, timeout=20_000)
    assert training.view.engine == "values"
    assert (training.engine, training.speed) == ("values", math.inf)


def test_a_command_begins_when_its_key_is_over(opened: Opened, qtbot: QtBot) -> None:
    """A command runs after the key event in the palette has ended."""
    window = opened()
    window.frame.actions_by_id["palette"].trigger()
    field = window.frame.findChild(QLineEdit, "palette_input")
    assert field is not None
    qtbot.keyClicks(field, "about")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert not window.frame.findChildren(QMessageBox)
    qtbot.waitUntil(lambda: len(window.frame.findChildren(QMessageBox)) == 1)
    window.frame.findChildren(QMessageBox)[0].close()


def test_escape_closes_the_message(opened: Opened) -> None:
    """Escape closes the newest message, unless the focused widget uses the key, as the editor and the find bar do."""
    window = opened()
    messages = window.frame.message_bar
    messages.show_message("problem", "one")
    messages.show_message("problem", "two")
    assert focused(window) == "editor"
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert not messages.isHidden()
    window.frame.actions_by_id["find"].trigger()
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert window.graph_tab.find_bar.isHidden()
    assert not messages.isHidden()
    QTest.keyClick(window.graph_tab.view, Qt.Key.Key_Escape)
    assert messages.isHidden()
    QTest.keyClick(window.graph_tab.view, Qt.Key.Key_Escape)


def test_no_button_takes_the_keyboard_by_mouse(opened: Opened) -> None:
    """Space after a click means what it did before the click; Tab leads to every button."""
    window = opened()
    window.frame.message_bar.show_message("problem", "one", "details")
    window.show_training_tab()
    window.show_graph_tab()
    policies = {
        button.objectName() or button.text(): button.focusPolicy()
        for button in window.frame.findChildren(QAbstractButton)
        if not button.objectName().startswith("qt_")
    }
    assert {"descend_button", "play_button", "speed_button", "theme_button", "find_close"} <= set(policies)
    assert {name: policy for name, policy in policies.items() if policy != Qt.FocusPolicy.TabFocus} == {}


def test_space_after_a_click_plays(opened: Opened, qtbot: QtBot) -> None:
    """Space plays after a click on a button of the graph tab, and does not click it again."""
    window = opened()
    window.session.open(type_source(Document(), "a = 2.0\nb = a * a"))
    qtbot.waitUntil(lambda: not window.session.is_busy, timeout=30_000)
    window.graph_tab.view.setFocus()
    descend = window.frame.findChild(QAbstractButton, "descend_button")
    assert descend is not None
    QTest.mouseClick(descend, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not window.session.is_busy, timeout=30_000)
    source = window.session.editing.document.source
    assert source != "a = 2.0\nb = a * a"
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Space)
    assert window.session.player.playback.playing
    assert window.session.editing.document.source == source
    window.session.editing.mark_saved()


def test_a_key_draws_new_weights(opened: Opened, qtbot: QtBot) -> None:
    """From the editor, too; it is one undo step, and there is nothing to draw without a network or in the other tab."""
    window = opened()
    session, action = window.session, window.frame.actions_by_id["draw_weights"]
    assert not action.isEnabled()
    source = "# A neuron\nn = Neuron(2)\ny = n([1.0, 2.0])\n"
    window.documents.open_untitled(type_source(Document(), source))
    qtbot.waitUntil(lambda: session.shown.snapshot is not None)
    first = {node.id: node.data for node in session.shown.snapshot.nodes}
    shift = CONTROL | Qt.KeyboardModifier.ShiftModifier
    window.graph_tab.expression.focus_editor()
    drawn = []
    for _ in range(2):
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_D, shift)
        drawn.append(session.editing.document.source)
    assert len({source, *drawn}) == 3
    for text in drawn:
        assert re.fullmatch(
            r"# A neuron\nrandom\.seed\(\d+\)\nn = Neuron\(2\)\ny = n\(\[1\.0, 2\.0\]\)\n", text
        )
    qtbot.waitUntil(lambda: not session.is_busy)
    assert {node.id: node.data for node in session.shown.snapshot.nodes} != first
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Z, CONTROL)
    assert session.editing.document.source == drawn[0]
    window.show_training_tab()
    assert not action.isEnabled()
    window.show_graph_tab()
    assert action.isEnabled()
    session.editing.mark_saved()
