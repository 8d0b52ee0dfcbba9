"""The view "Scalars → arrays" in the window: with keys and mouse, while one goes on working."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QListView
from pytestqt.qtbot import QtBot

from micrograd_gui.canvas.group_item import GroupItem
from micrograd_gui.canvas.motion import GLIDE_SECONDS
from micrograd_gui.graph.array_grid import ArrayGridView
from micrograd_gui.model.document import Document, type_source
from micrograd_gui.model.settings import Settings
from micrograd_gui.shell.frame import Frame
from micrograd_gui.shell.window import MainWindow
from tests.gui.canvas.canvas import count_color
from tests.gui.export.test_render import render_graph, texts

MLP = "model = MLP(2, [4, 4, 1])\nx = 1.0\ny = -2.0\nscore = model([x, y])\n"


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    window = MainWindow(Frame(Settings(arrays=True)), tmp_path / "config")
    window.frame.resize(1440, 900)
    window.frame.show()
    window.session.open(type_source(Document(), MLP))
    window.frame.activateWindow()
    qtbot.waitExposed(window.frame)
    settle(qtbot, window)
    yield window
    window.session.editing.mark_saved()
    window.frame.close()
    window.frame.deleteLater()


def settle(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: not window.session.is_busy, timeout=30_000)
    window.graph_tab.scene.advance_motion(GLIDE_SECONDS)


def groups(window: MainWindow) -> list[str]:
    return sorted(i.look.name for i in window.graph_tab.scene.items() if isinstance(i, GroupItem))


def said(window: MainWindow, name: str) -> str:
    label = window.frame.findChild(QLabel, name)
    assert label is not None
    return label.text() if label.isVisible() else ""


def test_a_key_shows_and_leaves_it(qtbot: QtBot, window: MainWindow) -> None:
    """A in the graph takes groups and panel away and brings them back; the settings remember it."""
    assert groups(window) == ["h1", "h2", "h3"]
    assert window.graph_tab.arrays.isVisible()
    view = window.graph_tab.view
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_A)
    settle(qtbot, window)
    assert groups(window) == []
    assert not window.graph_tab.arrays.isVisible()
    assert not window.settings.arrays
    qtbot.keyClick(view, Qt.Key.Key_A)
    settle(qtbot, window)
    assert groups(window) == ["h1", "h2", "h3"]
    assert window.settings.arrays


def test_it_is_off_to_begin_with() -> None:
    """A newly opened program shows scalars."""
    assert not Settings().arrays


def test_a_group_and_a_line_choose_the_same(qtbot: QtBot, window: MainWindow) -> None:
    """A group's title by mouse, a line by keyboard: the operation takes the inspector's room until a card is chosen."""
    tab = window.graph_tab
    rect = tab.view.viewportTransform().mapRect(tab.scene.operation_rect("h2")).toRect()
    qtbot.mouseClick(tab.view.viewport(), Qt.MouseButton.LeftButton, pos=rect.topLeft() + QPoint(6, 1))
    assert window.session.selection.operation == "h2"
    assert said(window, "array_formula") == "h2 = relu(h1 @ W2.T + b2)"
    assert not tab.inspector.isVisible()
    program = window.frame.findChild(QListView, "array_program")
    program.setFocus()
    QTest.keyClick(program, Qt.Key.Key_Up)
    assert (window.session.selection.operation, window.session.selection.node) == ("h1", "")
    window.session.selection.select("model[1][3].w[2]#0")
    assert tab.inspector.isVisible()
    assert said(window, "array_formula") == "h2 = relu(h1 @ W2.T + b2)"
    assert said(window, "card_entry") == "W2[3, 2]: row 3, column 2 of W2 (4 × 4)"


def test_leaving_it_brings_the_inspector_back_at_once(qtbot: QtBot, window: MainWindow) -> None:
    """With an operation selected and the text wrong, so that no other graph comes, the right side is not empty."""
    window.session.selection.select_operation("h2")
    assert not window.graph_tab.inspector.isVisible()
    window.session.editing.type_source(f"{MLP}q = (1")
    settle(qtbot, window)
    window.frame.actions_by_id["arrays"].setChecked(False)
    assert window.graph_tab.inspector.isVisible()
    assert not window.graph_tab.arrays.isVisible()


def test_a_cell_selects_its_card(qtbot: QtBot, window: MainWindow) -> None:
    """Matrix and graph are two views of one thing."""
    window.session.selection.select_operation("h1")
    view = window.frame.findChild(ArrayGridView, "array_grid_1")
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=view.cell_rect(2, 1).center().toPoint())
    assert window.session.selection.node == "model[0][2].w[1]#0"
    assert window.session.selection.operation == "h1"


def test_numbers_follow_leaves_and_steps(qtbot: QtBot, window: MainWindow) -> None:
    """A leaf that is dragged changes the matrices; at the beginning of the passes an entry has no number."""
    window.session.selection.select_operation("h1")
    before = said(window, "array_scalar")
    window.session.set_leaf("x#0", -3.0)
    settle(qtbot, window)
    assert said(window, "array_scalar") != before
    assert groups(window) == ["h1", "h2", "h3"]
    window.session.player.jump(0)
    while window.session.player.playback.moving:
        window.session.player.advance(1.0)
    assert said(window, "array_scalar").endswith("b1[0])")
    window.session.editing.undo()
    window.session.player.jump_to_end()
    while window.session.player.playback.moving:
        window.session.player.advance(1.0)
    settle(qtbot, window)
    assert said(window, "array_scalar") == before


def test_an_error_keeps_the_frames_of_the_last_good_graph(qtbot: QtBot, window: MainWindow) -> None:
    """They are dimmed with it, and are there again when the text is right."""
    window.session.editing.type_source(MLP + "q = (")
    settle(qtbot, window)
    assert window.session.state.is_stale
    assert groups(window) == ["h1", "h2", "h3"]
    window.session.editing.type_source("a = 2.0; b = a * 3.0")
    settle(qtbot, window)
    assert groups(window) == []
    assert (
        said(window, "array_words")
        == "a varies per example: it is the column of x. Only numbers without a name are shared."
    )
    window.session.editing.type_source("")
    settle(qtbot, window)
    assert said(window, "array_words") == "Arrays appear with the next graph."


def test_what_belongs_to_an_older_text_is_dimmed(qtbot: QtBot, window: MainWindow) -> None:
    """No number of panel or inspector has its colour while the text is wrong; a cell can still be chosen."""
    window.session.selection.select("model[0][2].w[1]#0")
    assert all(bright(window))
    window.session.editing.type_source(MLP + "q = (")
    settle(qtbot, window)
    assert not any(bright(window))
    grid = window.frame.findChild(ArrayGridView, "array_grid_1")
    assert window.graph_tab.right.childAt(grid.mapTo(window.graph_tab.right, grid.rect().center())) is grid
    window.session.editing.type_source(MLP)
    settle(qtbot, window)
    assert all(bright(window))


def test_without_a_graph_nothing_is_dimmed(qtbot: QtBot, window: MainWindow) -> None:
    """A program that is wrong from the start: what the right side says of it is as legible as ever."""
    window.session.editing.mark_saved()
    window.session.open(type_source(Document(), "q = ("))
    settle(qtbot, window)
    assert window.session.state.is_stale
    picture = window.graph_tab.right.grab().toImage()
    assert count_color(picture, window.frame.theme.muted_text) > 0


def bright(window: MainWindow) -> list[bool]:
    """Say whether array panel and inspector show something in the full colour of data."""
    side = window.graph_tab.right
    picture = side.grab().toImage()
    parts = (window.graph_tab.arrays, window.graph_tab.inspector)
    return [count_color(picture.copy(part.geometry()), window.frame.theme.data) > 0 for part in parts]


@pytest.mark.parametrize("shown", [True, False])
def test_a_picture_has_the_frames_that_are_seen(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, shown: bool
) -> None:
    """In SVG the titles are text; without the view there are none."""
    window.graph_tab.show_arrays(shown)
    settle(qtbot, window)
    path = tmp_path / "graph.svg"
    render_graph(window.session.shown, None, window.frame.theme, path, arrays=window.session.arrays)
    assert ("h1 = relu(x @ W1.T + b1)" in texts(path)) is shown


def test_a_graph_of_thousands_of_cards_has_groups(qtbot: QtBot, window: MainWindow) -> None:
    """Its layers are groups that can be gone to, as in a small one."""
    window.session.editing.type_source("m = MLP(2, [24, 24, 1])\nx = [1.0, 2.0]\ns = m(x)")
    settle(qtbot, window)
    assert groups(window) == ["h1", "h2", "h3"]
    window.graph_tab.arrays.operation_chosen.emit("h2")
    assert said(window, "array_formula") == "h2 = relu(h1 @ W2.T + b2)"
    assert window.graph_tab.scene.operation_rect("h2").isValid()


def test_it_is_in_the_palette_and_the_header(window: MainWindow) -> None:
    """One row of the table of actions: menu, button, palette and key."""
    action = window.frame.actions_by_id["arrays"]
    assert action in window.frame.menus["View"].actions()
    assert any(button.defaultAction() is action for button in window.frame.header.buttons)
    assert action.isChecked()
    window.show_training_tab()
    assert not action.isEnabled()
