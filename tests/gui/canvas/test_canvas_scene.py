"""The scene's items for pictures."""

import gc
import math
import weakref
from time import process_time

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from micrograd_gui.canvas.bead_item import BeadItem
from micrograd_gui.canvas.group_item import GroupItem, title_area
from micrograd_gui.canvas.motion import GLIDE_SECONDS
from micrograd_gui.model.arrays import derive_arrays
from micrograd_gui.model.group_layout import GROUP_MARGIN
from micrograd_gui.model.layout import EdgePath, Placement, lay_out
from micrograd_gui.model.picture import NOTHING
from micrograd_gui.model.snapshot import GraphSnapshot, NodeRecord
from micrograd_gui.model.steps import BackwardStep, ForwardStep
from micrograd_gui.model.theme import DARK, LIGHT, Theme
from tests.gui.canvas.canvas import NEURON, Canvas, LooksMade, background_at, before_all_steps, make_canvas


@pytest.fixture
def neuron(qtbot: QtBot) -> Canvas:
    return make_canvas(qtbot, NEURON)


def bead(canvas: Canvas) -> BeadItem:
    return next(item for item in canvas.scene.items() if isinstance(item, BeadItem))


def bead_text(canvas: Canvas) -> str:
    look = bead(canvas).look
    return "" if look is None else look.text


def tooltip_at(canvas: Canvas, at: QPoint) -> str:
    viewport = canvas.view.viewport()
    QApplication.sendEvent(viewport, QHelpEvent(QEvent.Type.ToolTip, at, viewport.mapToGlobal(at)))
    return QToolTip.text() if QToolTip.isVisible() else ""


def step_of(canvas: Canvas, operand: str, node: str) -> int:
    """Position after the step by which ``node`` passes its gradient to ``operand``."""
    index = canvas.snapshot.index
    for position, step in enumerate(canvas.resolved.timeline.steps_of(0).steps, 1):
        if isinstance(step, BackwardStep) and (step.operand, step.node) == (
            index[canvas.full(operand)],
            index[canvas.full(node)],
        ):
            return position
    raise AssertionError


def test_every_value_has_its_card_where_it_was_placed(neuron: Canvas) -> None:
    """Cards stand at the placement's centres, as large as the layout counted on."""
    placement = lay_out(neuron.snapshot)
    assert len(neuron.cards()) == len(neuron.snapshot.nodes) == 10
    for record, center in zip(neuron.snapshot.nodes, placement.centers, strict=True):
        assert neuron.card(record.id).pos() == QPointF(*center)


def test_every_operand_has_its_edge(qtbot: QtBot) -> None:
    """``a * a`` has two edges."""
    canvas = make_canvas(qtbot, "a = 3.0; b = a * a")
    assert len(canvas.edges()) == 2
    assert canvas.edge("a", "b", 0).points != canvas.edge("a", "b", 1).points


def test_numbers_appear_as_they_are_computed(neuron: Canvas) -> None:
    """At the start leaves alone have data; at the end all have data and gradients."""
    neuron.move_to(0)
    looks = {card.node_id: card.look for card in neuron.cards()}
    assert {name for name, look in looks.items() if look.data is not None} == {
        f"{leaf}#0" for leaf in ("x1", "x2", "w1", "w2", "b")
    }
    assert all(look.grad is None for look in looks.values())
    neuron.move_to(1000)
    assert neuron.card("o").look.data == pytest.approx(math.sqrt(0.5))
    assert neuron.card("x1").look.grad == pytest.approx(-1.5)
    assert all(None not in (card.look.data, card.look.grad) for card in neuron.cards())


def test_a_forward_step_lights_its_card_and_its_edges(neuron: Canvas) -> None:
    """While a card is computed it and its incoming edges are active in the forward pass; nothing else is."""
    position = next(
        i
        for i, step in enumerate(neuron.resolved.timeline.steps_of(0).steps)
        if isinstance(step, ForwardStep) and neuron.snapshot.nodes[step.node].label == "x1*w1"
    )
    neuron.move_to(position + 0.5)
    assert [(c.node_id, c.look.active) for c in neuron.cards() if c.look.active] == [("x1*w1#0", "data")]
    assert neuron.card("x1*w1").look.pulse == pytest.approx(1.0)
    assert neuron.card("x1*w1").look.data is None
    active = [edge for edge in neuron.edges() if edge.look.active == "data"]
    assert set(active) == {neuron.edge("x1", "x1*w1", 0), neuron.edge("w1", "x1*w1", 1)}


def test_a_backward_step_lights_the_operand_and_its_edge(neuron: Canvas) -> None:
    """While a gradient flows, the card it flows to and the edge are active in the backward pass."""
    neuron.move_to(step_of(neuron, "b", "n") - 0.5)
    assert [(c.node_id, c.look.active) for c in neuron.cards() if c.look.active] == [("b#0", "grad")]
    assert [edge for edge in neuron.edges() if edge.look.active] == [neuron.edge("b", "n", 1)]


def test_edges_remember_what_they_carried(neuron: Canvas) -> None:
    """Once a gradient has come along an edge, the edge shows it; stepping back takes it away again."""
    position = step_of(neuron, "b", "n")
    neuron.move_to(position - 1)
    assert not neuron.edge("b", "n", 1).look.carried
    neuron.move_to(position)
    assert neuron.edge("b", "n", 1).look.carried
    assert not neuron.edge("x1", "x1*w1", 0).look.carried
    neuron.move_to(position - 1)
    assert not neuron.edge("b", "n", 1).look.carried


def test_the_bead_runs_against_the_arrow(neuron: Canvas) -> None:
    """It starts at the result's port, and comes to rest shortly before the operand's, never on a card."""
    position = step_of(neuron, "b", "n")
    points = neuron.edge("b", "n", 1).points
    neuron.move_to(position - 0.999)
    assert (bead(neuron).pos() - QPointF(*points[-1])).manhattanLength() < 3
    xs = []
    for progress in (0.2, 0.5, 0.8):
        neuron.move_to(position - 1 + progress)
        xs.append(bead(neuron).x())
    assert xs == sorted(xs, reverse=True)
    neuron.move_to(position)
    assert 8 < bead(neuron).x() - points[0][0] < 20
    neuron.move_to(0)
    assert not bead(neuron).isVisible()


def test_the_bead_says_local_times_upstream(neuron: Canvas) -> None:
    """tanh's slope at 0.8814 is a half, and the output's own gradient is 1; minus signs are real ones."""
    neuron.move_to(step_of(neuron, "n", "o"))
    assert bead_text(neuron) == "0.5 × 1"
    neuron.move_to(step_of(neuron, "x1", "x1*w1"))
    assert bead_text(neuron) == "−3 × 0.5"


def test_the_pill_covers_no_card(neuron: Canvas) -> None:
    """Wherever the bead rests, its pill lies beside the cards."""
    for position, step in enumerate(neuron.resolved.timeline.steps_of(0).steps, 1):
        if isinstance(step, BackwardStep):
            neuron.move_to(position)
            pill = bead(neuron).pill.translated(bead(neuron).pos())
            covered = [c.node_id for c in neuron.cards() if pill.intersects(c.card.translated(c.pos()))]
            assert covered == []


@pytest.mark.parametrize("zoom", [4.0, 1.0, 0.9, 0.6, 0.44, 0.3, 0.1, 0.03])
def test_the_pill_stays_legible_from_afar(neuron: Canvas, zoom: float) -> None:
    """Its letters have 10 pixels or more, and 12 from 100 % on; of the cards of its step it covers none."""
    neuron.view.camera.zoom_to(zoom)
    for position, step in enumerate(neuron.resolved.timeline.steps_of(0).steps, 1):
        if isinstance(step, BackwardStep):
            neuron.move_to(position)
            pill = bead(neuron).pill.translated(bead(neuron).pos())
            letters = 12.0 * pill.height() / 22.0
            assert letters * zoom > 9.99
            assert letters == 12.0 or zoom < 1.0
            for node in (step.operand, step.node):
                assert not pill.intersects(neuron.scene.card_rect(neuron.snapshot.nodes[node].id))


@pytest.mark.parametrize("zoom", [1.0, 0.3, 0.1])
def test_the_bead_leaves_no_trace(neuron: Canvas, qapp: QApplication, zoom: float) -> None:
    """After each part of its way the screen shows what would be painted anew, and the pill is filled with letters."""
    view = neuron.view
    view.camera.zoom_to(zoom)
    for position in range(9, 16):
        for done in (0.3, 0.7, 1.0):
            neuron.move_to(position - 1 + done)
            qapp.processEvents()
            on_screen, anew = view.screen().grabWindow(view.winId()).toImage(), view.grab().toImage()
            assert on_screen.convertToFormat(anew.format()) == anew
    pill = view.viewportTransform().mapRect(bead(neuron).pill.translated(bead(neuron).pos())).toRect()
    for end in (pill.adjusted(8, 4, 20 - pill.width(), -4), pill.adjusted(pill.width() - 20, 4, -8, -4)):
        assert neuron.has_color(end, DARK.grad, 60)


def test_what_the_output_does_not_need_is_dimmed(qtbot: QtBot) -> None:
    """No gradient flows to a card that is not an ancestor of the target."""
    canvas = make_canvas(qtbot, "a = 1.0; b = a.exp(); c = a.tanh()")
    assert canvas.card("b").look.dim
    assert canvas.edge("a", "b").look.dim
    assert not canvas.card("a").look.dim
    assert canvas.card("c").look.is_target
    canvas.show("a = 1.0; b = a.exp(); c = a.tanh()", target="b#0")
    assert canvas.card("b").look.is_target
    assert not canvas.card("b").look.dim
    assert canvas.card("c").look.dim


def test_kept_cards_glide_and_new_ones_fade_in(qtbot: QtBot) -> None:
    """After an edit the same card goes from the old to the new place in time; a new one appears in its own."""
    canvas = make_canvas(qtbot, "a = 1.0\nb = a.tanh()")
    kept = canvas.card("b")
    before = kept.pos()
    canvas.show("a = 1.0\nz = 2.0\nb = (a * z).tanh()")
    assert canvas.card("b") is kept
    assert kept.pos() == before
    assert canvas.card("z").opacity() == 0.0
    assert canvas.scene.advance_motion(GLIDE_SECONDS / 2)
    halfway = kept.pos()
    assert 0.0 < canvas.card("z").opacity() < 1.0
    assert not canvas.scene.advance_motion(GLIDE_SECONDS)
    end = canvas.scene.card_rect("b#0").center()
    assert kept.pos() == end != before
    assert (halfway - (before + end) / 2).manhattanLength() < 1
    assert canvas.card("z").opacity() == 1.0
    assert not canvas.scene.advance_motion(1.0)


def test_edges_bend_along_with_their_cards(qtbot: QtBot) -> None:
    """In the middle of a glide a kept edge still joins the gliding cards, and ends as it was placed."""
    canvas = make_canvas(qtbot, "a = 1.0\nb = 2.0\nc = a * b")
    edge = canvas.edge("b", "c", 1)
    canvas.show("a = 1.0\nb = 2.0\nd = b.tanh()\ne = d.exp()\nc = a * b\nf = c + e")
    canvas.scene.advance_motion(GLIDE_SECONDS / 3)
    assert canvas.edge("b", "c", 1) is edge
    for operand, index in (("a", 0), ("b", 1)):
        path = canvas.edge(operand, "c", index)
        card = canvas.card(operand)
        right = card.pos() + QPointF(card.card.right(), 0.0)
        assert (right - QPointF(*path.points[0])).manhattanLength() < 0.5
    canvas.scene.advance_motion(1.0)
    offset = canvas.scene.content.topLeft()
    index = canvas.snapshot.index
    placed = next(
        p
        for p in lay_out(canvas.snapshot).edges
        if (p.operand, p.node, p.operand_index) == (index["b#0"], index["c#0"], 1)
    )
    assert edge.points == tuple((x + offset.x(), y + offset.y()) for x, y in placed.points)


def test_most_cards_stay_where_they_are(qtbot: QtBot) -> None:
    """An operation put in on the left does not shift what is there to the right."""
    canvas = make_canvas(qtbot, NEURON)
    before = {card.node_id: card.pos() for card in canvas.cards()}
    canvas.show(NEURON.replace("x1=2.0", "z=2.0; x1=z.tanh()"))
    canvas.scene.advance_motion(1.0)
    moved = [name for name, place in before.items() if canvas.card(name).pos() != place]
    assert len(moved) <= 2


def test_cards_that_are_gone_are_gone(qtbot: QtBot) -> None:
    """Removed cards and edges leave the scene and memory."""
    canvas = make_canvas(qtbot, NEURON)
    gone = weakref.ref(canvas.card("w2"))
    canvas.show("x1 = 2.0; w1 = -3.0; o = (x1*w1).tanh()")
    assert {card.node_id for card in canvas.cards()} == {"x1#0", "w1#0", "x1*w1#0", "o#0"}
    assert len(canvas.edges()) == 3
    gc.collect()
    assert gone() is None


def test_an_empty_scene_shows_nothing_and_can_be_filled_again(neuron: Canvas) -> None:
    """Emptying takes everything away, the bead included; the next graph starts without gliding."""
    neuron.change(shown=NOTHING)
    assert neuron.cards() == []
    assert not [item for item in neuron.scene.items() if item.isVisible()]
    neuron.show("a = 1.0")
    assert not neuron.scene.advance_motion(0.0)
    assert neuron.card("a").opacity() == 1.0


def test_with_reduced_motion_things_move_at_once(qtbot: QtBot) -> None:
    """No glides, no fades, no pulse, and the bead does not travel."""
    canvas = make_canvas(qtbot, "a = 1.0\nb = a.tanh()")
    canvas.change(reduced_motion=True)
    canvas.show("a = 1.0\nz = 2.0\nb = (a * z).tanh()")
    assert canvas.card("b").pos() == canvas.scene.card_rect("b#0").center()
    assert canvas.card("z").opacity() == 1.0
    assert not canvas.scene.advance_motion(0.01)
    canvas.move_to(0.5)
    assert [c.look.pulse for c in canvas.cards() if c.look.active] == [0.0]
    canvas.move_to(3.2)
    early = bead(canvas).pos()
    canvas.move_to(3.9)
    assert bead(canvas).pos() == early


def test_turning_motion_off_ends_a_glide(qtbot: QtBot) -> None:
    """Items in motion arrive."""
    canvas = make_canvas(qtbot, "a = 1.0\nb = a.tanh()")
    canvas.show("a = 1.0\nz = 2.0\nb = (a * z).tanh()")
    canvas.change(reduced_motion=True)
    assert canvas.card("b").pos() == canvas.scene.card_rect("b#0").center()


def test_an_edit_in_the_middle_of_a_glide_goes_on_from_there(qtbot: QtBot) -> None:
    """Nothing jumps when the next keystroke comes before things have settled."""
    canvas = make_canvas(qtbot, "a = 1.0\nb = a.tanh()")
    canvas.show("a = 1.0\nz = 2.0\nb = (a * z).tanh()")
    canvas.scene.advance_motion(GLIDE_SECONDS / 2)
    before = canvas.card("b").pos()
    canvas.show("a = 1.0\nz = 2.0\nb = (a * z + 1.0).tanh()")
    assert canvas.card("b").pos() == before
    assert canvas.card("z").opacity() == 1.0


def test_dragging_a_leaf_changes_numbers_alone(neuron: Canvas) -> None:
    """Other data in the same graph: new looks on the same cards in the same places."""
    before = {card: card.pos() for card in neuron.cards()}
    neuron.show(NEURON.replace("-3.0", "-2.0"))
    assert {card: card.pos() for card in neuron.cards()} == before
    assert neuron.card("w1").look.data == -2.0
    assert neuron.card("x1*w1").look.data == -4.0
    assert not neuron.scene.advance_motion(0.0)


def test_another_operation_is_shown_on_the_same_card(qtbot: QtBot) -> None:
    """Where only the sign between two operands changed, the chip changes."""
    canvas = make_canvas(qtbot, "a = 1.0; b = 2.0; c = a + b")
    card = canvas.card("c")
    canvas.show("a = 1.0; b = 2.0; c = a * b")
    assert canvas.card("c") is card
    assert card.look.chip == "×"


def test_each_look_is_made_once(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    """A graph comes with its moment: a structure costs a look for each card and edge, a step those that it touches."""
    canvas = make_canvas(qtbot)
    made = LooksMade(monkeypatch)
    source = "m = MLP(2, [4, 4, 1])\nx = [1.0, 2.0]\ny = m(x)\n"
    canvas.show(source)
    assert made.take() == (103, 120, 0)
    canvas.show(f"{source}z = y * 2.0")
    assert made.take() == (105, 122, 103 + 120)
    for position in range(len(canvas.resolved.timeline)):
        canvas.move_to(position)
        nodes, edges, given = made.take()
        assert given == nodes + edges
        assert nodes <= 4 or position == 0
        assert edges <= 4 or position in (0, canvas.resolved.timeline.steps_of(0).forward_count + 1)
    canvas.select("y#0")
    assert made.take() == (1, 0, 1)
    canvas.select("z#0")
    assert made.take() == (2, 0, 2)
    canvas.change(zoom=0.3)
    assert made.take() == (0, 0, 0)


def test_a_drag_makes_no_look_twice(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    """A card with other data and another gradient gets both at once."""
    canvas = make_canvas(qtbot, NEURON)
    made = LooksMade(monkeypatch)
    canvas.show(NEURON.replace("-3.0", "-2.0"))
    nodes, edges, given = made.take()
    assert given == nodes + edges
    assert nodes <= 10
    assert edges <= 1


def test_a_step_touches_only_what_changes(qtbot: QtBot) -> None:
    """In a graph of hundreds of cards a step gives new looks to a handful."""
    canvas = make_canvas(qtbot, "m = MLP(2, [8, 8, 1])\no = m([1.0, 2.0])")
    position = len(canvas.resolved.timeline) - 50
    canvas.move_to(position)
    before = {card: card.look for card in canvas.cards()}
    edges = {edge: edge.look for edge in canvas.edges()}
    canvas.move_to(position + 1)
    assert 1 <= sum(card.look is not before[card] for card in canvas.cards()) <= 4
    assert 1 <= sum(edge.look is not edges[edge] for edge in canvas.edges()) <= 4


def test_a_moment_looks_the_same_however_one_got_there(neuron: Canvas) -> None:
    """Scrubbing back and forth leaves no trace: looks depend on the position alone."""
    last = len(neuron.resolved.timeline)
    positions = [k / 2 for k in range(2 * last + 1)]
    forwards = []
    for position in positions:
        neuron.move_to(position)
        forwards.append([card.look for card in neuron.cards()] + [edge.look for edge in neuron.edges()])
    for position, looks in reversed(list(zip(positions, forwards, strict=True))):
        neuron.move_to(position)
        assert [c.look for c in neuron.cards()] + [e.look for e in neuron.edges()] == looks


def test_the_selected_card_is_described(neuron: Canvas) -> None:
    """A screen reader hears label, formula, data and gradient, as far as they are known."""
    assert neuron.view.accessibleName() == "Computation graph"
    assert neuron.view.accessibleDescription() == "10 cards; none is selected."
    neuron.change(selected="x1*w1#0")
    assert neuron.view.accessibleDescription() == "x1*w1 = x1 × w1; data −6.0000; gradient of o 0.5000"
    neuron.move_to(0)
    assert neuron.view.accessibleDescription() == "x1*w1 = x1 × w1; data not computed yet; no gradient yet"
    neuron.change(shown=NOTHING)
    assert neuron.view.accessibleDescription() == "No graph: type an expression."


def test_setters_do_not_emit(neuron: Canvas, qtbot: QtBot) -> None:
    """Showing something is not a gesture."""
    scene = neuron.scene
    signals = [scene.node_activated, scene.leaf_typed, scene.target_requested]
    heard: list[object] = []
    for signal in signals:
        signal.connect(lambda *what: heard.append(what))
    neuron.select("o#0")
    neuron.show("a = 1.0; b = a * a")
    neuron.move_to(1)
    neuron.change(stale=True)
    neuron.change(shown=NOTHING)
    assert heard == []


LECTURE = (
    "n = MLP(3, [4, 4, 1])\n"
    "xs = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]]\n"
    "ys = [1.0, -1.0, -1.0, 1.0]\n"
    "loss = sum([(n(x) - y)**2 for x, y in zip(xs, ys)])\n"
)


class TestGroups:
    MLP = "m = MLP(2, [3, 1])\nx = [1.0, -2.0]\no = m(x)"

    def canvas(self, qtbot: QtBot, source: str = MLP) -> Canvas:
        canvas = make_canvas(qtbot)
        canvas.show(source, grouped=True)
        canvas.scene.advance_motion(1.0)
        return canvas

    def groups(self, canvas: Canvas) -> dict[str, GroupItem]:
        return {item.look.name: item for item in canvas.scene.items() if isinstance(item, GroupItem)}

    def test_enclose_the_cards_of_one_operation(self, qtbot: QtBot) -> None:
        """Each has its formula and shape as a title, and exactly its own cards within."""
        canvas = self.canvas(qtbot)
        groups = self.groups(canvas)
        assert {(f.look.title, f.look.shape) for f in groups.values()} == {
            ("h1 = relu(x @ W1.T + b1)", "(n, 3)"),
            ("h2 = h1 @ W2.T + b2", "(n, 1)"),
        }
        arrays = derive_arrays(canvas.snapshot)
        for operation in arrays.operations:
            box = groups[operation.name].box
            inside = {
                node
                for node, record in enumerate(canvas.snapshot.nodes)
                if box.intersects(canvas.scene.card_rect(record.id))
            }
            assert inside == set(operation.cards)

    @pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
    def test_are_clicked_at_title_and_border_only(self, qtbot: QtBot, theme: Theme) -> None:
        """Their ground is for panning and their cards are cards; a selected group is drawn in the text's colour."""
        canvas = self.canvas(qtbot)
        canvas.change(theme=theme)
        chosen: list[str] = []
        canvas.scene.operation_activated.connect(chosen.append)
        canvas.scene.node_activated.connect(chosen.append)
        group = self.groups(canvas)["h1"]
        box = canvas.view.viewportTransform().mapRect(group.box).toRect()
        clicks = (
            box.topLeft() + QPoint(12, 8),
            QPoint(box.center().x(), box.bottom()),
            canvas.at("m[0][0].b"),
        )
        for at in clicks:
            qtbot.mouseClick(canvas.view.viewport(), Qt.MouseButton.LeftButton, pos=at)
        assert chosen == ["h1", "h1", "m[0][0].b#0"]
        border = QRect(box.left() + 30, box.bottom() - 2, 60, 5)
        assert not canvas.has_color(border, theme.text, 40)
        canvas.change(operation="h1")
        assert canvas.has_color(border, theme.text, 40)

    def test_titles_stay_legible_from_afar(self, qtbot: QtBot) -> None:
        """Zoomed out, a title keeps its size on the screen, and covers none of its group's cards."""
        canvas = self.canvas(qtbot)
        group = self.groups(canvas)["h1"]
        heights = [title_area(group.look, zoom).height() * zoom for zoom in (1.0, 0.5, 0.25)]
        assert min(heights) > 15
        for zoom in (1.0, 0.5, 0.1):
            title = title_area(group.look, zoom)
            assert group.box.left() == title.left()
            assert group.box.top() < title.bottom() < group.box.top() + GROUP_MARGIN

    SOFTMAX = (
        "n = Layer(2, 3)\nx = [1.0, 2.0]\ne = [a.exp() for a in n(x)]\ns = sum(e)\n"
        "p = [a / s for a in e]\nloss = -p[0].log()"
    )

    @pytest.mark.parametrize(
        "source", [MLP, LECTURE, f"{LECTURE}b = MLP(2, [3, 1])\nother = b([xs[0][0], 1.0])", SOFTMAX]
    )
    def test_titles_keep_clear_of_other_groups(self, qtbot: QtBot, source: str) -> None:
        """However far one zooms out, no title lies on another one, in another group or on a single card."""
        canvas = self.canvas(qtbot, source)
        groups = self.groups(canvas)
        cards = [canvas.scene.card_rect(record.id) for record in canvas.snapshot.nodes]
        outside = [card for card in cards if not any(group.box.contains(card) for group in groups.values())]
        for zoom in (1.0, 0.5, 0.3, 0.2, 0.13, 0.1, 0.05, 0.02):
            titles = {name: title_area(group.look, zoom) for name, group in groups.items()}
            for name, title in titles.items():
                for other, group in groups.items():
                    assert name == other or not title.intersects(group.box), (zoom, name, other)
                    assert name == other or not title.intersects(titles[other]), (zoom, name, other)
                assert not any(map(title.intersects, outside)), (zoom, name)

    def test_titles_go_beyond_their_groups_where_there_is_room(self, qtbot: QtBot) -> None:
        """From afar the first layer's formula is wider than its group, and stands there all the same."""
        canvas = self.canvas(qtbot, LECTURE)
        group = self.groups(canvas)["h1"]
        title = title_area(group.look, 0.13)
        assert title.width() > group.box.width()
        beyond = QRectF(group.box.right(), title.top(), title.right() - group.box.right(), title.height())
        canvas.view.camera.zoom_to(0.13)
        canvas.view.centerOn(beyond.center())
        on_screen = canvas.view.viewportTransform().mapRect(beyond).toRect()
        letters = on_screen.adjusted(0, 5, -8, -5)
        assert any(canvas.has_color(letters, ink, 60) for ink in (DARK.text, DARK.muted_text))

    def test_the_pill_stays_in_sight_of_the_whole_graph(self, qtbot: QtBot) -> None:
        """With all cards in view the pill, large beside them, is not cut by the view's edge at any step."""
        canvas = self.canvas(qtbot, LECTURE)
        canvas.view.camera.zoom_to(0.13)
        content = canvas.scene.content
        for position in range(
            canvas.resolved.timeline.steps_of(0).forward_count + 1, len(canvas.resolved.timeline) + 1, 23
        ):
            canvas.move_to(float(position))
            pill = bead(canvas).pill.translated(bead(canvas).pos())
            assert not bead(canvas).isVisible() or content.contains(pill), position

    def test_no_title_is_cut(self, qtbot: QtBot) -> None:
        """Where not even the name fits there is none; a selected group has its name all the same."""
        canvas = self.canvas(qtbot)
        group = self.groups(canvas)["h2"]
        assert title_area(group.look, 0.2).width() > 0.0
        assert title_area(group.look, 0.01).isEmpty()
        canvas.change(operation="h2")
        assert title_area(group.look, 0.01).width() > group.box.width()

    def test_titles_are_as_wide_as_what_they_say(self, qtbot: QtBot) -> None:
        """At every zoom the letters reach nearly to the end of the plate: what it was made wide for is written."""
        canvas = self.canvas(qtbot)
        canvas.change(operation="h1")
        group = self.groups(canvas)["h1"]
        for zoom in (0.9, 0.5, 0.35, 0.25, 0.2):
            canvas.view.camera.zoom_to(zoom)
            canvas.view.camera.show_operation("h1")
            plate = canvas.view.viewportTransform().mapRect(title_area(group.look, zoom)).toRect()
            if plate.width() < 40:
                continue
            end = plate.adjusted(plate.width() - 26, 5, -4, -5)
            assert canvas.has_color(end, DARK.canvas, 60), zoom

    def test_what_a_title_has_no_room_for_is_in_a_tooltip(self, qtbot: QtBot) -> None:
        """Title and border tell formula and shape at any zoom; a card tells of itself, the background of nothing."""
        canvas = self.canvas(qtbot)
        canvas.view.camera.zoom_to(0.2)
        group, of_view = self.groups(canvas)["h2"], canvas.view.viewportTransform()
        title = of_view.mapRect(title_area(group.look, 0.2)).center().toPoint()
        border = of_view.mapRect(group.box).toRect().bottomLeft() + QPoint(20, 0)
        assert tooltip_at(canvas, background_at(canvas)) == ""
        for at in (title, border):
            text = tooltip_at(canvas, at).replace("\N{NO-BREAK SPACE}", " ")
            assert text == "<qt>h2 = h1 @ W2.T + b2  (n, 1)</qt>"
        assert tooltip_at(canvas, canvas.at("m[0][0].b")).startswith("<qt>m[0][0].b<br>")
        QToolTip.hideText()

    def test_come_and_go_with_the_view(self, qtbot: QtBot) -> None:
        """Shown without arrays the same graph has no group, and nothing of them stays behind."""
        canvas = self.canvas(qtbot)
        count = len(canvas.scene.items())
        canvas.show(self.MLP)
        assert self.groups(canvas) == {}
        assert len(canvas.scene.items()) == count - 4
        canvas.change(shown=NOTHING)
        assert len(canvas.scene.items()) == 1

    def test_follow_what_the_formula_says(self, qtbot: QtBot) -> None:
        """A constant that is dragged is another number in the title; no card moves."""
        source = "x = [1.0, 2.0]\na = x[0] * 2.0\nb = x[1] * 2.0\no = a * b"
        canvas = self.canvas(qtbot, source)
        before = self.groups(canvas)["h1"]
        canvas.show(source.replace("* 2.0\n", "* 3.0\n"), grouped=True)
        assert self.groups(canvas)["h1"] is before
        assert "3.0" in before.look.title

    def test_are_told_in_words(self, qtbot: QtBot) -> None:
        """With an operation selected and no card, the view's description is the operation's."""
        canvas = self.canvas(qtbot)
        canvas.change(operation="h2")
        assert canvas.view.accessibleDescription() == "array operation h2 = h1 @ W2.T + b2, 6 scalar nodes"

    def test_are_dimmed_with_the_rest(self, qtbot: QtBot) -> None:
        """While the text has an error the groups of the last good graph fade like its cards."""
        canvas = self.canvas(qtbot)
        canvas.change(operation="h1")
        box = canvas.view.viewportTransform().mapRect(self.groups(canvas)["h1"].box).toRect()
        border = QRect(box.left() + 30, box.bottom() - 2, 60, 5)
        assert canvas.has_color(border, DARK.text, 40)
        canvas.change(stale=True)
        assert not canvas.has_color(border, DARK.text, 40)


def test_a_large_graph_is_left_sooner_than_shown(qtbot: QtBot) -> None:
    """All its cards go at once; the graph that comes then has its own cards, edges and bead, and nothing else."""
    canvas = make_canvas(qtbot, NEURON)
    count = 40_000
    chain = [NodeRecord(f"n{i}", f"n{i}", "+", (i - 1, i - 1) if i else (), 1.0) for i in range(count)]
    edges = [
        EdgePath(i - 1, i, k, tuple((200.0 * i - x, 9.0 * k) for x in (60.0, 50.0, 50.0, 40.0)))
        for i in range(1, count)
        for k in range(2)
    ]
    centers = tuple((200.0 * i, 0.0) for i in range(count))
    large = GraphSnapshot(tuple(chain), count - 1)
    placement = Placement(centers, tuple(edges), 200.0 * count, 62.0, "networkx")
    start = process_time()
    canvas.change(shown=before_all_steps(large, placement))
    shown = process_time() - start
    canvas.view.grab()
    start = process_time()
    canvas.show(NEURON)
    left = process_time() - start
    assert left < shown / 2
    assert len(canvas.cards()) == 10
    assert len(canvas.edges()) == 9
    canvas.move_to(step_of(canvas, "n", "o"))
    assert bead_text(canvas) == "0.5 × 1"
    assert bead(canvas).isVisible()


def test_ten_times_the_graph_takes_no_more_than_its_share_to_leave(qtbot: QtBot) -> None:
    """Edges from one leaf all along a chain lie in every part of Qt's index, out of which each is taken slowly."""
    canvas = make_canvas(qtbot)

    def seconds(length: int) -> float:
        leaf = NodeRecord("x", "x", "", (), 1.0)
        chain = [NodeRecord(f"n{i}", f"n{i}", "+", (i, 0), 1.0) for i in range(length)]
        snapshot = GraphSnapshot((leaf, *chain), length)
        placement, found = lay_out(snapshot), []
        for _ in range(3):
            canvas.change(shown=before_all_steps(snapshot, placement))
            canvas.view.grab()
            start = process_time()
            canvas.change(shown=NOTHING)
            found.append(process_time() - start)
        return min(found)

    assert seconds(4000) < 25 * seconds(400)
