"""The leaf panel: its rows, a step of gradient descent, and the way back."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from micrograd_gui.graph.leaf_panel import LeafPanel
from micrograd_gui.model.snapshot import GraphSnapshot
from micrograd_gui.model.theme import DARK
from micrograd_gui.widgets.style import apply_theme
from tests.gui.graph.leaves import NEURON, rate_field, rows, shown, snapshot

LEFT = Qt.MouseButton.LeftButton


def button(leaf_panel: LeafPanel, name: str) -> QPushButton:
    found = leaf_panel.findChild(QPushButton, name)
    assert isinstance(found, QPushButton)
    return found


def test_there_is_a_row_for_each_leaf_that_can_be_set(leaf_panel: LeafPanel) -> None:
    """Operations and constants that operators bring along have none."""
    graph = snapshot({"a": 1.0, "-1": -1.0})
    constant = replace(graph.nodes[1], adjustable=False)
    leaf_panel.show_leaves(GraphSnapshot((graph.nodes[0], constant, graph.nodes[2]), 2))
    assert shown(leaf_panel) == {"a": 1.0}


@pytest.fixture
def themed(qtbot: QtBot, qapp: QApplication) -> Iterator[LeafPanel]:
    """A panel in the window's style, within a window, so that it gets the width it is given, and no more."""
    apply_theme(DARK)
    window = QWidget()
    qtbot.addWidget(window)
    leaf_panel = LeafPanel(window)
    leaf_panel.resize(270, 320)
    leaf_panel.show_leaves(snapshot(NEURON))
    window.show()
    yield leaf_panel
    qapp.setStyleSheet("")


def test_descend_asks_for_a_step_of_that_size(themed: LeafPanel, qtbot: QtBot) -> None:
    """η is 0.05 at first and can be typed; Enter in its field descends as the button does."""
    rates: list[float] = []
    themed.descend_requested.connect(rates.append)
    assert button(themed, "descend_button").text() == "Descend o by η ="
    qtbot.mouseClick(button(themed, "descend_button"), LEFT)
    rate_field(themed).selectAll()
    qtbot.keyClicks(rate_field(themed), "0.5")
    qtbot.keyClick(rate_field(themed), Qt.Key.Key_Return)
    assert rates == [0.05, 0.5]


def test_a_rate_that_is_no_number_cannot_be_used(leaf_panel: LeafPanel, qtbot: QtBot) -> None:
    """The button is disabled and says what to type."""
    rate_field(leaf_panel).selectAll()
    qtbot.keyClicks(rate_field(leaf_panel), "fast")
    assert not button(leaf_panel, "descend_button").isEnabled()
    assert "Type a number" in button(leaf_panel, "descend_button").toolTip()


@pytest.mark.parametrize("graph", [None, snapshot({"2.0": 2.0}, trainable=False)], ids=["none", "unnamed"])
def test_nothing_to_descend_is_said(leaf_panel: LeafPanel, graph: GraphSnapshot | None) -> None:
    """Without a named leaf below the output the button is disabled, and its tooltip says why."""
    leaf_panel.show_leaves(graph)
    assert not button(leaf_panel, "descend_button").isEnabled()
    assert "Nothing to descend" in button(leaf_panel, "descend_button").toolTip()


def test_a_leaf_beside_the_output_cannot_be_descended(leaf_panel: LeafPanel) -> None:
    """Only what the differentiated card depends on counts."""
    graph = snapshot({"a": 1.0, "b": 2.0})
    alone = replace(graph.nodes[2], operands=(), adjustable=False)
    leaf_panel.show_leaves(GraphSnapshot((*graph.nodes[:2], alone), 2))
    assert not button(leaf_panel, "descend_button").isEnabled()


def test_reset_is_asked_for(leaf_panel: LeafPanel, qtbot: QtBot) -> None:
    """The panel only says so; who owns the document does it."""
    with qtbot.waitSignal(leaf_panel.reset_requested, timeout=1000):
        qtbot.mouseClick(button(leaf_panel, "reset_button"), LEFT)


def test_an_empty_panel_says_what_to_do(leaf_panel: LeafPanel) -> None:
    """Without leaves a sentence stands in place of the list."""
    empty = leaf_panel.findChild(QLabel, "leaf_empty")
    assert isinstance(empty, QLabel)
    assert not empty.isVisible()
    leaf_panel.show_leaves(None)
    assert empty.isVisible()
    assert not rows(leaf_panel).isVisible()


def named(name: str) -> GraphSnapshot:
    """A graph whose output is called so."""
    graph = snapshot({"a": 1.0})
    return GraphSnapshot((graph.nodes[0], replace(graph.nodes[1], label=name)), 1)


@pytest.mark.parametrize("width", [210, 230, 246, 270, 400])
@pytest.mark.parametrize("name", ["o", "loss", "precious", "a_name_of_many_letters_" * 5])
def test_the_row_of_descend_is_whole(themed: LeafPanel, name: str, width: int) -> None:
    """At any width and for any name each button has the room that its text needs, within the panel."""
    themed.resize(width, 320)
    themed.show_leaves(named(name))
    QApplication.processEvents()
    for part in (button(themed, "descend_button"), button(themed, "reset_button")):
        assert part.width() >= part.sizeHint().width()
        assert themed.rect().contains(part.geometry())
    assert themed.rect().contains(rate_field(themed).geometry())
    assert name in button(themed, "descend_button").accessibleName()
    assert name in button(themed, "descend_button").toolTip()


def test_the_name_is_shown_as_far_as_it_fits(themed: LeafPanel) -> None:
    """All of it in a wide panel, some of it in the usual one, nothing in a narrow one."""
    themed.show_leaves(named("precious_metal"))
    shown_texts = []
    for width in (400, 290, 210):
        themed.resize(width, 320)
        shown_texts.append(button(themed, "descend_button").text())
    assert shown_texts[0] == "Descend precious_metal by η ="
    assert "…" in shown_texts[1]
    assert shown_texts[2] == "Descend by η ="
