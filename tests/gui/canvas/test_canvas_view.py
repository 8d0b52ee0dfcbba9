"""Zooming, panning, choosing, walking and typing on the canvas, with mouse and keys."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QFocusEvent, QHelpEvent, QKeySequence, QShortcut, QWheelEvent
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QToolTip,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from micrograd_gui.canvas.camera import LARGEST_ZOOM, SMALLEST_ZOOM
from micrograd_gui.canvas.leaf_editor import refusal
from micrograd_gui.model.numbers import parse_number
from micrograd_gui.model.picture import NOTHING
from micrograd_gui.model.theme import DARK, LIGHT
from micrograd_gui.widgets.style import apply_theme
from tests.gui.canvas.canvas import NEURON, Canvas, background_at, make_canvas, open_menu

CONTROL = Qt.KeyboardModifier.ControlModifier
LONG = "a = 0.5\n" + "a = a.tanh()\n" * 40


@pytest.fixture
def neuron(qtbot: QtBot) -> Canvas:
    canvas = make_canvas(qtbot, NEURON)
    canvas.scene.node_activated.connect(canvas.select)
    return canvas


def seen(canvas: Canvas) -> QRectF:
    return QRectF(canvas.view.viewport().rect())


def on_screen(canvas: Canvas) -> QRectF:
    """Where the whole graph lies in the viewport."""
    return canvas.view.viewportTransform().mapRect(canvas.scene.content)


LARGEST_TURN = (2**31 - 1) / 120
"""Notches, as many as one event of Qt holds."""


def turn_wheel(canvas: Canvas, at: QPoint, notches: float) -> None:
    point = QPointF(at)
    event = QWheelEvent(
        point,
        canvas.view.viewport().mapToGlobal(point),
        QPoint(),
        QPoint(0, round(120 * notches)),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(canvas.view.viewport(), event)


def drag(
    canvas: Canvas,
    qtbot: QtBot,
    start: QPoint,
    by: QPoint,
    button: Qt.MouseButton = Qt.MouseButton.LeftButton,
) -> None:
    viewport = canvas.view.viewport()
    qtbot.mousePress(viewport, button, pos=start)
    for part in range(1, 5):
        qtbot.mouseMove(viewport, start + by * part / 4)
    qtbot.mouseRelease(viewport, button, pos=start + by)


def editor_of(canvas: Canvas) -> QLineEdit:
    editor = canvas.view.findChild(QLineEdit, "leaf_editor")
    assert editor is not None
    return editor


class TestFitting:
    def test_a_graph_appears_whole(self, qtbot: QtBot) -> None:
        """A graph larger than the view is fitted into it, in the middle."""
        canvas = make_canvas(qtbot, LONG)
        assert canvas.view.camera.zoom < 0.5
        assert seen(canvas).contains(on_screen(canvas))
        assert (on_screen(canvas).center() - seen(canvas).center()).manhattanLength() < 3

    def test_a_small_graph_is_not_blown_up(self, qtbot: QtBot) -> None:
        """Fitting never goes beyond 100 %."""
        canvas = make_canvas(qtbot, "a = 1.0")
        assert canvas.view.camera.zoom == 1.0
        assert (on_screen(canvas).center() - seen(canvas).center()).manhattanLength() < 3

    def test_a_graph_that_grows_out_of_sight_is_fitted_again(self, qtbot: QtBot) -> None:
        """As long as the user has not zoomed or panned, the whole graph stays in sight."""
        canvas = make_canvas(qtbot, "a = 0.5")
        canvas.show(LONG)
        assert seen(canvas).contains(on_screen(canvas))

    def test_a_chain_of_thousands_is_fitted(self, qtbot: QtBot) -> None:
        """Below the wheel's smallest zoom, too; the wheel then goes on from there and jumps nowhere."""
        canvas = make_canvas(qtbot, "a = 0.5\nfor i in range(2500): a = a + 1")
        assert canvas.view.camera.zoom < SMALLEST_ZOOM
        assert seen(canvas).contains(on_screen(canvas))
        fitted = canvas.view.camera.zoom
        turn_wheel(canvas, QPoint(400, 300), 1)
        assert fitted < canvas.view.camera.zoom < 1.3 * fitted

    def test_after_zooming_the_view_stays_put(self, qtbot: QtBot) -> None:
        """A growing graph does not take the view away from what the user looks at; ``fit`` gives it back."""
        canvas = make_canvas(qtbot, "a = 0.5")
        canvas.view.camera.zoom_to(1.5)
        canvas.show(LONG)
        assert canvas.view.camera.zoom == 1.5
        canvas.view.camera.fit()
        assert seen(canvas).contains(on_screen(canvas))
        canvas.show(LONG + "a = a.tanh()\n" * 20)
        assert seen(canvas).contains(on_screen(canvas))

    def test_after_panning_the_view_stays_put(self, neuron: Canvas, qtbot: QtBot) -> None:
        """Panning, too, says that the user has chosen where to look."""
        drag(neuron, qtbot, background_at(neuron), QPoint(-300, -200))
        zoom, at = neuron.view.camera.zoom, neuron.at("o")
        neuron.show(NEURON + "\nl = (o*2.0 + 1.0)*o\n")
        assert (neuron.view.camera.zoom, neuron.at("o")) == (zoom, at)

    def test_a_resized_view_shows_the_whole_graph(self, neuron: Canvas, qtbot: QtBot) -> None:
        """Making the window smaller refits the graph."""
        neuron.view.resize(420, 300)
        qtbot.waitUntil(lambda: neuron.view.width() == 420)
        assert seen(neuron).contains(on_screen(neuron))

    def test_a_new_graph_after_an_empty_canvas_is_fitted(self, qtbot: QtBot) -> None:
        """Emptying the canvas forgets where the user had looked."""
        canvas = make_canvas(qtbot, "a = 0.5")
        canvas.view.camera.zoom_to(3.0)
        canvas.change(shown=NOTHING)
        canvas.show(LONG)
        assert seen(canvas).contains(on_screen(canvas))


class TestZoom:
    @pytest.mark.parametrize("notches", [1, -1, 3, -4, 0.25])
    def test_the_wheel_zooms_at_the_pointer(self, neuron: Canvas, notches: float) -> None:
        """The point under the pointer stays under it."""
        pointer = neuron.at("w2") + QPoint(13, 7)
        inverse, _ = neuron.view.viewportTransform().inverted()
        under = inverse.map(QPointF(pointer))
        before = neuron.view.camera.zoom
        turn_wheel(neuron, pointer, notches)
        assert (neuron.view.camera.zoom > before) == (notches > 0)
        after = neuron.view.viewportTransform().map(under)
        assert (after - QPointF(pointer)).manhattanLength() < 2

    @pytest.mark.parametrize("most", [400, LARGEST_TURN])
    def test_zoom_has_limits(self, neuron: Canvas, most: float) -> None:
        """However long the wheel turns, the graph neither vanishes nor explodes."""
        for notches, limit in ((most, LARGEST_ZOOM), (-most, SMALLEST_ZOOM)):
            turn_wheel(neuron, QPoint(400, 300), notches)
            assert neuron.view.camera.zoom == pytest.approx(limit)

    def test_zoom_is_reported_and_exact(self, neuron: Canvas, qtbot: QtBot) -> None:
        """100 % is 1; the same zoom again is not news."""
        with qtbot.waitSignal(neuron.view.camera.zoom_changed) as heard:
            neuron.view.camera.zoom_to(1.25)
        assert heard.args == [1.25]
        with qtbot.assertNotEmitted(neuron.view.camera.zoom_changed):
            neuron.view.camera.zoom_to(1.25)
        with qtbot.waitSignal(neuron.view.camera.zoom_changed) as heard:
            neuron.view.camera.zoom_by(2.0)
        assert heard.args == [2.5]

    def test_zooming_keeps_the_middle(self, neuron: Canvas) -> None:
        """Zooming by key goes towards the middle of the view."""
        neuron.view.camera.center_on_node("n#0")
        neuron.view.camera.zoom_to(2.0)
        assert (neuron.at("n") - neuron.view.viewport().rect().center()).manhattanLength() < 4


class TestPan:
    @pytest.mark.parametrize("button", [Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton])
    def test_dragging_the_background_pans(self, neuron: Canvas, qtbot: QtBot, button: Qt.MouseButton) -> None:
        """The graph follows the hand pixel by pixel, and nothing is deselected."""
        neuron.change(selected="o#0")
        before = neuron.at("o")
        drag(neuron, qtbot, background_at(neuron), QPoint(-120, -80), button)
        assert neuron.at("o") == before + QPoint(-120, -80)
        assert neuron.selected == "o#0"

    def test_the_middle_button_pans_on_cards_too(self, neuron: Canvas, qtbot: QtBot) -> None:
        """Where the graph fills the view there is no background to take hold of."""
        before = neuron.at("o")
        drag(neuron, qtbot, before, QPoint(60, 40), Qt.MouseButton.MiddleButton)
        assert neuron.at("o") == before + QPoint(60, 40)
        assert neuron.selected == ""

    def test_one_can_pan_beyond_the_graph_but_not_lose_it_far_away(
        self, neuron: Canvas, qtbot: QtBot
    ) -> None:
        """The graph can be pushed to the border of the view and no further than just out of sight."""
        for _ in range(12):
            drag(neuron, qtbot, QPoint(400, 580), QPoint(350, 0))
        assert abs(on_screen(neuron).left() - seen(neuron).right()) < 5

    def test_centering_brings_a_card_to_the_middle_and_makes_it_legible(self, qtbot: QtBot) -> None:
        """Going to a card of a large graph shows it large enough to be read."""
        canvas = make_canvas(qtbot, LONG)
        canvas.view.camera.center_on_node("a#3")
        assert (canvas.at("a#3") - canvas.view.viewport().rect().center()).manhattanLength() < 4
        assert canvas.view.camera.zoom >= 0.6
        canvas.view.camera.center_on_node("no such card")


class TestChoosing:
    def test_a_click_selects_and_a_click_beside_deselects(self, neuron: Canvas, qtbot: QtBot) -> None:
        """The signal carries the card's id, or nothing for the background."""
        with qtbot.waitSignal(neuron.scene.node_activated) as heard:
            neuron.click(qtbot, "x2*w2")
        assert heard.args == ["x2*w2#0"]
        assert neuron.card("x2*w2").look.selected
        with qtbot.waitSignal(neuron.scene.node_activated) as heard:
            qtbot.mouseClick(neuron.view.viewport(), Qt.MouseButton.LeftButton, pos=background_at(neuron))
        assert heard.args == [""]
        assert not neuron.card("x2*w2").look.selected

    def test_the_card_under_the_pointer_lights_up(self, neuron: Canvas, qtbot: QtBot) -> None:
        """And only while the pointer is there."""
        qtbot.mouseMove(neuron.view.viewport(), neuron.at("n"))
        qtbot.waitUntil(lambda: neuron.card("n").look.hovered)
        assert neuron.view.viewport().cursor().shape() == Qt.CursorShape.PointingHandCursor
        qtbot.mouseMove(neuron.view.viewport(), background_at(neuron))
        qtbot.waitUntil(lambda: not neuron.card("n").look.hovered)
        assert neuron.view.viewport().cursor().shape() == Qt.CursorShape.ArrowCursor

    @pytest.mark.parametrize(
        ("start", "keys", "end"),
        [
            ("o", "L", "n"),
            ("o", "LL", "x1*w1 + x2*w2"),
            ("o", "LLLL", "x1"),
            ("x1", "D", "w1"),
            ("w1", "U", "x1"),
            ("x1", "DDD", "w2"),
            ("x1", "U", "x1"),
            ("w2", "R", "x2*w2"),
            ("x1", "RRRR", "o"),
            ("o", "R", "o"),
            ("b", "L", "b"),
            ("x1*w1", "D", "x2*w2"),
        ],
    )
    def test_arrow_keys_walk(self, neuron: Canvas, qtbot: QtBot, start: str, keys: str, end: str) -> None:
        """With Ctrl: left to the operands, right to what uses the card, up and down within the column."""
        arrows = {"L": Qt.Key.Key_Left, "R": Qt.Key.Key_Right, "U": Qt.Key.Key_Up, "D": Qt.Key.Key_Down}
        neuron.change(selected=f"{start}#0")
        for key in keys:
            qtbot.keyClick(neuron.view, arrows[key], CONTROL)
        assert neuron.selected == f"{end}#0"

    @pytest.mark.parametrize("key", [Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down])
    def test_walking_starts_at_the_output(self, neuron: Canvas, qtbot: QtBot, key: Qt.Key) -> None:
        """With nothing selected an arrow key goes to the card that is differentiated."""
        qtbot.keyClick(neuron.view, key, CONTROL)
        assert neuron.selected == "o#0"

    def test_a_card_walked_to_comes_into_sight(self, qtbot: QtBot) -> None:
        """The view follows the selection, as little as needed."""
        canvas = make_canvas(qtbot, LONG)
        canvas.scene.node_activated.connect(canvas.select)
        canvas.view.camera.zoom_to(1.0)
        canvas.view.camera.center_on_node("a#40")
        canvas.change(selected="a#40")
        for steps in range(1, 12):
            qtbot.keyClick(canvas.view, Qt.Key.Key_Left, CONTROL)
            assert canvas.selected == f"a#{40 - steps}"
            assert seen(canvas).contains(QRectF(canvas.rect(canvas.selected)))

    def test_other_keys_are_left_to_the_window(self, qtbot: QtBot) -> None:
        """Playback keys and shortcuts reach their owner while the canvas has the focus."""
        window = QWidget()
        qtbot.addWidget(window)
        canvas = make_canvas(qtbot, "", window)
        QVBoxLayout(window).addWidget(canvas.view)
        heard = []
        for key in ("Home", "End", "Space", "F", "[", "Left", "Esc", "Ctrl+Left", "Ctrl+Home"):
            shortcut = QShortcut(QKeySequence(key), window)
            shortcut.activated.connect(lambda key=key: heard.append(key))
        with qtbot.waitActive(window):
            window.show()
            window.activateWindow()
        canvas.show(NEURON)
        canvas.view.setFocus()
        for selected in ("", "o#0"):
            canvas.change(selected=selected)
            with qtbot.assertNotEmitted(canvas.scene.node_activated):
                for key in ("Home", "End", "Space", "F", "BracketLeft", "Left"):
                    qtbot.keyClick(canvas.view, getattr(Qt.Key, f"Key_{key}"))
                qtbot.keyClick(canvas.view, Qt.Key.Key_Home, CONTROL)
            assert heard == ["Home", "End", "Space", "F", "[", "Left", "Ctrl+Home"]
            heard.clear()
        with qtbot.waitSignal(canvas.scene.node_activated) as walked:
            qtbot.keyClick(canvas.view, Qt.Key.Key_Left, CONTROL)
        assert walked.args == ["n#0"]
        with qtbot.waitSignal(canvas.scene.node_activated) as deselected:
            qtbot.keyClick(canvas.view, Qt.Key.Key_Escape)
        assert deselected.args == [""]
        assert heard == []
        canvas.change(selected="")
        qtbot.keyClick(canvas.view, Qt.Key.Key_Escape)
        assert heard == ["Esc"]

    def test_tab_enters_and_leaves(self, qtbot: QtBot) -> None:
        """The canvas is one stop on the keyboard's way through the window."""
        window = QWidget()
        qtbot.addWidget(window)
        before = QPushButton("before", window)
        neuron = make_canvas(qtbot, NEURON, window)
        after = QPushButton("after", window)
        layout = QVBoxLayout(window)
        for widget in (before, neuron.view, after):
            layout.addWidget(widget)
        with qtbot.waitActive(window):
            window.show()
            window.activateWindow()
        before.setFocus()
        qtbot.keyClick(before, Qt.Key.Key_Tab)
        assert QApplication.focusWidget() is neuron.view
        qtbot.keyClick(neuron.view, Qt.Key.Key_Tab)
        assert QApplication.focusWidget() is after
        qtbot.keyClick(after, Qt.Key.Key_Tab, Qt.KeyboardModifier.ShiftModifier)
        assert QApplication.focusWidget() is neuron.view

    def test_t_differentiates_the_selected_card(self, neuron: Canvas, qtbot: QtBot) -> None:
        """With no card selected the key does nothing."""
        with qtbot.assertNotEmitted(neuron.scene.target_requested):
            qtbot.keyClick(neuron.view, Qt.Key.Key_T)
        neuron.change(selected="n#0")
        with qtbot.waitSignal(neuron.scene.target_requested) as heard:
            qtbot.keyClick(neuron.view, Qt.Key.Key_T)
        assert heard.args == ["n#0"]

    @pytest.mark.parametrize(("label", "entries"), [("n", 1), ("w1", 2)])
    def test_the_context_menu_differentiates(
        self, neuron: Canvas, qtbot: QtBot, label: str, entries: int
    ) -> None:
        """Every card offers it; a leaf can be given a value, too."""
        open_menu(neuron, neuron.at(label))
        menu = neuron.view.findChild(QMenu, "card_menu")
        assert menu is not None
        assert len(menu.actions()) == entries
        with qtbot.waitSignal(neuron.scene.target_requested) as heard:
            qtbot.keyClick(menu, Qt.Key.Key_Down)
            qtbot.keyClick(menu, Qt.Key.Key_Return)
        assert heard.args == [f"{label}#0"]

    def test_the_background_has_no_menu(self, neuron: Canvas) -> None:
        """Nothing can be done to nothing."""
        open_menu(neuron, background_at(neuron))
        assert neuron.view.findChild(QMenu, "card_menu") is None

    def test_the_tooltip_shows_a_label_as_it_is_typed(self, neuron: Canvas) -> None:
        """The user's text is not taken for HTML, and the number has all its digits."""
        neuron.change(reduced_motion=True)
        neuron.show("a = Value(0.1, label='<b>bold</b>')\nb = a + 0.2")
        at = neuron.at("<b>bold</b>")
        event = QHelpEvent(QEvent.Type.ToolTip, at, neuron.view.viewport().mapToGlobal(at))
        QApplication.sendEvent(neuron.view.viewport(), event)
        assert "&lt;b&gt;bold&lt;/b&gt;" in QToolTip.text()
        assert "data 0.1" in QToolTip.text()
        QToolTip.hideText()


class TestTypingAValue:
    def open_editor(self, canvas: Canvas, qtbot: QtBot, label: str = "w1") -> QLineEdit:
        with qtbot.waitActive(canvas.view):
            canvas.view.activateWindow()
        qtbot.mouseDClick(canvas.view.viewport(), Qt.MouseButton.LeftButton, pos=canvas.at(label))
        editor = editor_of(canvas)
        qtbot.waitUntil(lambda: editor.isVisible() and editor.hasFocus())
        return editor

    def test_a_double_click_opens_a_field_over_the_leaf(self, neuron: Canvas, qtbot: QtBot) -> None:
        """It lies on the card, holds the present value and says whose it is."""
        editor = self.open_editor(neuron, qtbot)
        assert neuron.rect("w1").adjusted(-4, -4, 4, 8).contains(editor.geometry())
        assert editor.text() == editor.selectedText() == "-3.0"
        assert editor.accessibleName() == "Value of w1"

    @pytest.mark.parametrize(
        ("typed", "number"), [("4.25", 4.25), ("−2", -2.0), (" 1e-3 ", 1e-3), ("inf", float("inf"))]
    )
    def test_enter_sets_the_value(self, neuron: Canvas, qtbot: QtBot, typed: str, number: float) -> None:
        """Either minus sign will do; the canvas has the keyboard again afterwards."""
        editor = self.open_editor(neuron, qtbot)
        editor.clear()
        editor.insert(typed)
        with qtbot.waitSignal(neuron.scene.leaf_typed) as heard:
            qtbot.keyClick(editor, Qt.Key.Key_Return)
        assert heard.args == ["w1#0", number]
        assert not editor.isVisible()
        assert neuron.view.hasFocus()

    def test_escape_leaves_the_value(self, neuron: Canvas, qtbot: QtBot) -> None:
        """Nothing is emitted, the field goes."""
        editor = self.open_editor(neuron, qtbot)
        qtbot.keyClicks(editor, "77")
        with qtbot.assertNotEmitted(neuron.scene.leaf_typed):
            qtbot.keyClick(editor, Qt.Key.Key_Escape)
        assert not editor.isVisible()

    def test_enter_without_a_change_changes_nothing(self, neuron: Canvas, qtbot: QtBot) -> None:
        """Looking at a value is not an edit."""
        editor = self.open_editor(neuron, qtbot)
        with qtbot.assertNotEmitted(neuron.scene.leaf_typed):
            qtbot.keyClick(editor, Qt.Key.Key_Return)
        assert not editor.isVisible()

    def test_nonsense_is_refused_with_a_sentence(self, neuron: Canvas, qtbot: QtBot) -> None:
        """The field stays open, the sentence says what to type, and typing on takes it away."""
        editor = self.open_editor(neuron, qtbot)
        sentence = neuron.view.findChild(QLabel, "leaf_editor_sentence")
        assert sentence is not None
        qtbot.keyClicks(editor, "12 abc")
        with qtbot.assertNotEmitted(neuron.scene.leaf_typed):
            qtbot.keyClick(editor, Qt.Key.Key_Return)
        assert editor.isVisible()
        assert sentence.isVisible()
        assert sentence.text() == "“12 abc” is not a number. Type one, such as −2.5, or press Esc."
        qtbot.keyClick(editor, Qt.Key.Key_Backspace)
        assert not sentence.isVisible()

    @pytest.mark.parametrize("text", ["", "abc", "nan", "1,5", "1 2", "0x10", "--1"])
    def test_what_is_no_number_is_none(self, text: str) -> None:
        """Nor is nan: no program text can hold it."""
        assert parse_number(text) is None
        assert refusal(text).endswith("press Esc.")

    def test_going_elsewhere_keeps_what_was_typed(self, neuron: Canvas, qtbot: QtBot) -> None:
        """A click on another card accepts the number first."""
        editor = self.open_editor(neuron, qtbot)
        qtbot.keyClicks(editor, "5")
        with qtbot.waitSignal(neuron.scene.leaf_typed) as heard:
            QApplication.sendEvent(editor, QFocusEvent(QEvent.Type.FocusOut, Qt.FocusReason.MouseFocusReason))
        assert heard.args == ["w1#0", 5.0]

    def test_enter_opens_the_field_for_the_selected_leaf_alone(self, neuron: Canvas, qtbot: QtBot) -> None:
        """A computed value cannot be typed."""
        neuron.change(selected="n#0")
        qtbot.keyClick(neuron.view, Qt.Key.Key_Return)
        assert not editor_of(neuron).isVisible()
        qtbot.mouseDClick(neuron.view.viewport(), Qt.MouseButton.LeftButton, pos=neuron.at("n"))
        assert not editor_of(neuron).isVisible()
        neuron.change(selected="b#0")
        qtbot.keyClick(neuron.view, Qt.Key.Key_Return)
        assert editor_of(neuron).isVisible()
        assert editor_of(neuron).accessibleName() == "Value of b"
        assert editor_of(neuron).text() == "6.8813735870195432"[:17]

    def test_the_field_goes_along_when_the_view_moves(self, neuron: Canvas, qtbot: QtBot) -> None:
        """Panning and zooming keep it on its card."""
        editor = self.open_editor(neuron, qtbot)
        before = editor.pos()
        neuron.view.camera.zoom_to(1.4)
        assert editor.pos() != before
        assert neuron.rect("w1").adjusted(-4, -4, 4, 8).contains(editor.geometry())

    def test_the_field_goes_with_its_leaf(self, neuron: Canvas, qtbot: QtBot) -> None:
        """A program without the leaf leaves no field behind."""
        editor = self.open_editor(neuron, qtbot)
        neuron.show("a = 1.0")
        assert not editor.isVisible()


class TestEmptyCanvas:
    def test_it_says_what_to_do(self, qtbot: QtBot) -> None:
        """An empty canvas gives an example; a graph takes the hint away."""
        canvas = make_canvas(qtbot)
        hint = canvas.view.findChild(QLabel, "canvas_hint")
        assert hint is not None
        assert hint.isVisible()
        assert "o = (x1*w1 + x2*w2 + b).tanh()" in hint.text()
        canvas.show("a = 1.0")
        assert not hint.isVisible()
        canvas.change(shown=NOTHING)
        assert hint.isVisible()

    def test_gestures_on_nothing_do_nothing(self, qtbot: QtBot) -> None:
        """Fitting, zooming and walking an empty canvas is harmless."""
        canvas = make_canvas(qtbot)
        canvas.view.camera.fit()
        turn_wheel(canvas, QPoint(100, 100), 2)
        canvas.view.camera.center_on_node("a#0")
        with qtbot.assertNotEmitted(canvas.scene.target_requested):
            for key in (Qt.Key.Key_Left, Qt.Key.Key_Return, Qt.Key.Key_T):
                qtbot.keyClick(canvas.view, key)


def test_focus_can_be_seen(neuron: Canvas, qtbot: QtBot, qapp: QApplication) -> None:
    """The focused canvas has a border in the focus colour, in either theme."""
    for theme in (DARK, LIGHT):
        apply_theme(theme)
        neuron.change(theme=theme)
        with qtbot.waitActive(neuron.view):
            neuron.view.activateWindow()
        neuron.view.setFocus()
        qtbot.waitUntil(lambda: border_color(neuron) == theme.focus)  # noqa: B023
        neuron.view.clearFocus()
        qtbot.waitUntil(lambda: border_color(neuron) == theme.canvas)  # noqa: B023
    qapp.setStyleSheet("")


def border_color(canvas: Canvas) -> str:
    return canvas.view.grab().toImage().pixelColor(0, 300).name()


def test_groups_that_come_or_go_are_fitted(qtbot: QtBot) -> None:
    """The arrangement is another one then, whatever part of the one before was looked at."""
    source = "m = MLP(2, [4, 4, 1])\nx = [1.0, -2.0]\no = m(x)"
    canvas = make_canvas(qtbot, source)
    canvas.view.camera.zoom_to(3.0)
    canvas.show(source, grouped=True)
    assert seen(canvas).contains(on_screen(canvas))
    canvas.view.camera.zoom_to(3.0)
    assert not seen(canvas).contains(on_screen(canvas))
    canvas.show(source)
    assert seen(canvas).contains(on_screen(canvas))


def test_a_graph_that_has_shrunk_is_fitted(qtbot: QtBot) -> None:
    """Where hundreds of cards stood, two would be a speck; but who has zoomed is left where he is."""
    canvas = make_canvas(qtbot, LONG)
    assert canvas.view.camera.zoom < 0.5
    canvas.show("a = 2.0; b = a * a")
    assert canvas.view.camera.zoom == 1.0
    canvas.show(LONG)
    canvas.view.camera.zoom_to(0.2)
    canvas.show("a = 2.0; b = a * a")
    assert canvas.view.camera.zoom == pytest.approx(0.2)


def test_keys_zoom_around_the_selected_card(qtbot: QtBot) -> None:
    """It stays where it is; where it is out of sight the middle does."""
    canvas = make_canvas(qtbot, LONG)
    canvas.change(selected=canvas.full("a"))
    before = canvas.at("a")
    canvas.view.camera.zoom_to(1.0)
    assert canvas.view.camera.zoom == 1.0
    assert (canvas.at("a") - before).manhattanLength() <= 2
    canvas.view.camera.center_on_node(canvas.snapshot.nodes[-1].id)
    middle = canvas.view.mapToScene(canvas.view.viewport().rect().center())
    canvas.view.camera.zoom_to(0.5)
    after = canvas.view.mapToScene(canvas.view.viewport().rect().center())
    assert (after - middle).manhattanLength() < 5
