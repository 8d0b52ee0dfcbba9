"""A card that stands for several nodes, on the canvas."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QMenu, QToolTip
from pytestqt.qtbot import QtBot

from micrograd_gui.canvas.bead_item import BeadItem
from micrograd_gui.canvas.motion import GLIDE_SECONDS
from micrograd_gui.model.steps import BackwardStep
from micrograd_gui.model.theme import DARK
from tests.gui.canvas.canvas import Canvas, make_canvas, open_menu
from tests.model.test_looks import INNER, picture_of
from tests.model.test_scene_graph import FOLDED

CONTROL = Qt.KeyboardModifier.ControlModifier
FOLD = "e#0"
"""The card of c, d and e has the id of the last of them."""


@pytest.fixture
def canvas(qtbot: QtBot) -> Canvas:
    canvas = make_canvas(qtbot)
    canvas.resolved, picture = picture_of(FOLDED, *INNER)
    canvas.change(shown=picture.shown)
    return canvas


def test_it_is_shown_with_its_edges(canvas: Canvas) -> None:
    """One card with its name and its output's number, and an edge from each card that it reads."""
    assert sorted(card.node_id for card in canvas.cards()) == ["a#0", "b#0", FOLD, "f#0"]
    assert sorted(edge.key for edge in canvas.edges()) == [
        ("a#0", FOLD, 0),
        ("b#0", FOLD, 1),
        ("b#0", "f#0", 1),
        (FOLD, "f#0", 0),
    ]
    look = canvas.card(FOLD).look
    assert (look.label, look.chip) == ("inner", "Σ")
    assert look.data == pytest.approx(1.0)
    assert canvas.has_color(canvas.rect(FOLD), DARK.data)
    for node_id in ("c#0", "d#0", FOLD):
        assert canvas.scene.card_rect(node_id).center() == canvas.card(FOLD).pos()


def test_it_is_hit_and_chosen(canvas: Canvas, qtbot: QtBot) -> None:
    """A click emits its id; it is selected by any of its nodes, and walked from to its neighbours."""
    assert canvas.scene.hit(canvas.scene.card_rect("c#0").center()).card == FOLD
    with qtbot.waitSignal(canvas.scene.node_activated) as heard:
        canvas.click(qtbot, FOLD)
    assert heard.args == [FOLD]
    canvas.scene.node_activated.connect(canvas.select)
    canvas.select("d#0")
    assert canvas.card(FOLD).look.selected
    assert canvas.view.accessibleDescription().startswith("inner = all of it; data 1.0000; gradient of f ")
    qtbot.keyClick(canvas.view, Qt.Key.Key_Right, CONTROL)
    assert canvas.selected == "f#0"
    qtbot.keyClick(canvas.view, Qt.Key.Key_Left, CONTROL)
    assert canvas.selected == FOLD
    qtbot.keyClick(canvas.view, Qt.Key.Key_Left, CONTROL)
    assert canvas.selected == "a#0"
    qtbot.mouseMove(canvas.view.viewport(), canvas.at(FOLD))
    qtbot.waitUntil(lambda: canvas.card(FOLD).look.hovered)


def test_it_cannot_be_typed_on(canvas: Canvas, qtbot: QtBot) -> None:
    """Its menu differentiates its output and does no more; its tooltip has its name and its output's number."""
    open_menu(canvas, canvas.at(FOLD))
    menu = canvas.view.findChild(QMenu, "card_menu")
    assert menu is not None
    assert len(menu.actions()) == 1
    with qtbot.waitSignal(canvas.scene.target_requested) as heard:
        qtbot.keyClick(menu, Qt.Key.Key_Down)
        qtbot.keyClick(menu, Qt.Key.Key_Return)
    assert heard.args == [FOLD]
    at = canvas.at(FOLD)
    viewport = canvas.view.viewport()
    QApplication.sendEvent(viewport, QHelpEvent(QEvent.Type.ToolTip, at, viewport.mapToGlobal(at)))
    assert QToolTip.text().startswith("<qt>inner<br>all of it<br>data 0.9999997")
    QToolTip.hideText()


def test_it_is_stepped(canvas: Canvas) -> None:
    """It lights up with any step of its nodes; the bead runs outside of it only, and the step is where it stands."""
    bead = next(item for item in canvas.scene.items() if isinstance(item, BeadItem))
    within = {canvas.snapshot.index[f"{label}#0"] for label in INNER}
    beads = 0
    for position, step in enumerate(canvas.resolved.timeline.steps_of(0).steps):
        canvas.move_to(position + 0.5)
        changed = step.operand if isinstance(step, BackwardStep) else step.node
        active = [card.node_id for card in canvas.cards() if card.look.active]
        assert active == [FOLD if changed in within else canvas.snapshot.nodes[changed].id]
        assert canvas.scene.step_rect == canvas.scene.card_rect(active[0])
        runs = isinstance(step, BackwardStep) and not {step.node, step.operand} <= within
        assert bead.isVisible() == runs
        beads += runs
    assert beads == 5


def test_it_comes_out_of_the_card_of_its_output(canvas: Canvas) -> None:
    """Unfolded, its card becomes that of its last node and glides there; folded again it is the same card."""
    card, folded = canvas.card(FOLD), canvas.scene.picture.shown
    canvas.show(FOLDED)
    assert canvas.card(FOLD) is card
    assert card.look.label == "e"
    assert len(canvas.cards()) == 6
    assert canvas.scene.advance_motion(GLIDE_SECONDS / 2)
    canvas.scene.advance_motion(GLIDE_SECONDS)
    canvas.scene.show(replace(canvas.scene.picture, shown=folded))
    assert canvas.card(FOLD) is card
    assert card.look.label == "inner"
    assert len(canvas.cards()) == 4
