"""Leaf sliders: dragged, nudged and typed."""

import math

import pytest
from PySide6.QtCore import QCoreApplication, QPoint, Qt
from PySide6.QtGui import QAction, QColor
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from micrograd_gui.graph.leaf_panel import LeafPanel
from micrograd_gui.model.leaf_range import increment_for
from micrograd_gui.model.theme import DARK, LIGHT, Theme
from tests.extremes import EXTREMES, FINITE
from tests.gui.canvas.canvas import count_color
from tests.gui.graph.leaves import NEURON, rate_field, rows, shown, snapshot

LEFT = Qt.MouseButton.LeftButton


def recorded(leaf_panel: LeafPanel) -> list[object]:
    """The panel's reports from now on: (id, data), or "finished"."""
    told: list[object] = []
    leaf_panel.leaf_changed.connect(lambda node, data: told.append((node, data)))
    leaf_panel.leaf_change_finished.connect(lambda: told.append("finished"))
    return told


def knob(leaf_panel: LeafPanel, row: int) -> QPoint:
    """Where the knob of a row is drawn, in the list's viewport."""
    view = rows(leaf_panel)
    rect = view.visualRect(view.leaves.index(row))
    return QPoint(round(view.delegate.knob_x(rect, view.leaves.rows[row])), rect.center().y())


def drag(qtbot: QtBot, leaf_panel: LeafPanel, row: int, distances: list[int]) -> None:
    """Take hold of a row's knob and move it through points so far from where it was; the button stays down."""
    start, port = knob(leaf_panel, row), rows(leaf_panel).viewport()
    qtbot.mousePress(port, LEFT, pos=start)
    for distance in distances:
        qtbot.mouseMove(port, start + QPoint(distance, 0))


def release(qtbot: QtBot, leaf_panel: LeafPanel) -> None:
    qtbot.mouseRelease(rows(leaf_panel).viewport(), LEFT, pos=QPoint(1, 1))


def test_dragging_reports_each_value_and_then_the_end(leaf_panel: LeafPanel, qtbot: QtBot) -> None:
    """Values while the knob moves, all of the leaf that is dragged; one end when it is let go."""
    told = recorded(leaf_panel)
    drag(qtbot, leaf_panel, 0, [10, 20, 30])
    assert [node for node, _data in told] == ["x1#0"] * 3
    values = [data for _node, data in told]
    assert values == sorted(values)
    assert values[0] > 2.0
    release(qtbot, leaf_panel)
    assert told[3:] == ["finished"]
    assert shown(leaf_panel)["x1"] == values[-1]


def test_taking_hold_of_a_knob_changes_nothing(leaf_panel: LeafPanel, qtbot: QtBot) -> None:
    """A press a few pixels beside its middle does not move it."""
    told = recorded(leaf_panel)
    qtbot.mousePress(rows(leaf_panel).viewport(), LEFT, pos=knob(leaf_panel, 2) + QPoint(4, 0))
    release(qtbot, leaf_panel)
    assert told == ["finished"]
    assert shown(leaf_panel) == NEURON


def test_pressing_the_groove_brings_the_knob(leaf_panel: LeafPanel, qtbot: QtBot) -> None:
    """A press beside the knob sets the value there."""
    target = knob(leaf_panel, 1) + QPoint(60, 0)
    qtbot.mousePress(rows(leaf_panel).viewport(), LEFT, pos=target)
    assert abs(knob(leaf_panel, 1).x() - target.x()) <= 1
    release(qtbot, leaf_panel)


def test_dragging_goes_on_outside_the_panel_and_ends_at_the_range(
    leaf_panel: LeafPanel, qtbot: QtBot
) -> None:
    """Far to the right is the greatest number of the slider, far to the left the least."""
    told = recorded(leaf_panel)
    drag(qtbot, leaf_panel, 0, [5000, -5000])
    release(qtbot, leaf_panel)
    assert told == [("x1#0", 5.0), ("x1#0", -5.0), "finished"]


def test_dragged_numbers_are_short(leaf_panel: LeafPanel, qtbot: QtBot) -> None:
    """A drag writes at most two decimals into the program here."""
    told = recorded(leaf_panel)
    drag(qtbot, leaf_panel, 2, list(range(1, 40)))
    release(qtbot, leaf_panel)
    values = [entry[1] for entry in told if isinstance(entry, tuple)]
    assert values
    assert all(len(f"{value!r}".partition(".")[2]) <= 2 for value in values)


def test_the_range_does_not_move_under_the_hand(leaf_panel: LeafPanel, qtbot: QtBot) -> None:
    """While dragging, the same pixel is the same number, whatever is shown meanwhile."""
    drag(qtbot, leaf_panel, 0, [20])
    value = shown(leaf_panel)["x1"]
    leaf_panel.show_leaves(snapshot(NEURON | {"x1": 4.9e5}))
    assert shown(leaf_panel)["x1"] == value
    drag_back = knob(leaf_panel, 0)
    qtbot.mouseMove(rows(leaf_panel).viewport(), drag_back + QPoint(10, 0))
    qtbot.mouseMove(rows(leaf_panel).viewport(), drag_back)
    assert shown(leaf_panel)["x1"] == pytest.approx(value, abs=0.05)
    release(qtbot, leaf_panel)


def test_a_drag_survives_that_its_leaf_is_called_differently(leaf_panel: LeafPanel, qtbot: QtBot) -> None:
    """A number without a name may get another id as it changes: the row stays, and so does the hand on it."""
    told = recorded(leaf_panel)
    drag(qtbot, leaf_panel, 1, [10])
    leaf_panel.show_leaves(snapshot({"x1": 2.0, "other": -2.5, "b": 6.8813735870195432}))
    start = knob(leaf_panel, 1)
    qtbot.mouseMove(rows(leaf_panel).viewport(), start + QPoint(30, 0))
    release(qtbot, leaf_panel)
    nodes = [entry[0] for entry in told if isinstance(entry, tuple)]
    assert nodes == ["w1#0", "other#0"]


def test_a_drag_ends_when_its_leaf_goes(leaf_panel: LeafPanel, qtbot: QtBot) -> None:
    """With fewer rows nothing is dragged by mistake."""
    drag(qtbot, leaf_panel, 1, [10])
    told = recorded(leaf_panel)
    leaf_panel.show_leaves(snapshot({"x1": 2.0}))
    qtbot.mouseMove(rows(leaf_panel).viewport(), QPoint(120, 10))
    release(qtbot, leaf_panel)
    assert [entry for entry in told if isinstance(entry, tuple)] == []


def test_a_value_that_leaves_the_range_widens_it(leaf_panel: LeafPanel) -> None:
    """The knob stays inside, and a smaller value later does not narrow the slider again."""
    assert rows(leaf_panel).leaves.rows[0].extent == 5.0
    leaf_panel.show_leaves(snapshot(NEURON | {"x1": 80.0}))
    assert rows(leaf_panel).leaves.rows[0].extent == 200.0
    leaf_panel.show_leaves(snapshot(NEURON))
    assert rows(leaf_panel).leaves.rows[0].extent == 200.0


@pytest.mark.parametrize(
    ("key", "modifier", "value"),
    [
        (Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier, 2.01),
        (Qt.Key.Key_Left, Qt.KeyboardModifier.NoModifier, 1.99),
        (Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier, 2.1),
        (Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier, 1.9),
    ],
)
def test_arrow_keys_nudge(
    leaf_panel: LeafPanel, qtbot: QtBot, key: Qt.Key, modifier: Qt.KeyboardModifier, value: float
) -> None:
    """One step, with Shift ten; the change ends when the key comes up."""
    rows(leaf_panel).setFocus()
    told = recorded(leaf_panel)
    qtbot.keyClick(rows(leaf_panel), key, modifier)
    assert told == [("x1#0", value), "finished"]


def test_a_held_arrow_key_is_one_change(leaf_panel: LeafPanel, qtbot: QtBot) -> None:
    """Repeats add up though late results of earlier ones are shown in between."""
    rows(leaf_panel).setFocus()
    told = recorded(leaf_panel)
    for _ in range(3):
        qtbot.keyPress(rows(leaf_panel), Qt.Key.Key_Right)
        leaf_panel.show_leaves(snapshot(NEURON | {"x1": 2.01}))
    qtbot.keyRelease(rows(leaf_panel), Qt.Key.Key_Right)
    assert told == [("x1#0", 2.01), ("x1#0", 2.02), ("x1#0", 2.03), "finished"]


def test_up_and_down_choose_the_row(leaf_panel: LeafPanel, qtbot: QtBot) -> None:
    """The keyboard reaches every leaf."""
    rows(leaf_panel).setFocus()
    told = recorded(leaf_panel)
    qtbot.keyClick(rows(leaf_panel), Qt.Key.Key_Down)
    qtbot.keyClick(rows(leaf_panel), Qt.Key.Key_Right)
    assert told[0] == ("w1#0", -2.99)


def test_the_sliders_keys_are_not_the_windows(qtbot: QtBot) -> None:
    """An action of the window on the same key does not take it from the slider; Space goes to the window."""
    window = QWidget()
    qtbot.addWidget(window)
    leaf_panel = LeafPanel(window)
    leaf_panel.show_leaves(snapshot(NEURON))
    taken = []
    for key in ("Right", "Home", "Space"):
        action = QAction(key, window)
        action.setShortcut(key)
        action.triggered.connect(lambda _checked=False, key=key: taken.append(key))
        window.addAction(action)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    rows(leaf_panel).setFocus()
    told = recorded(leaf_panel)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_Space):
        qtbot.keyClick(rows(leaf_panel), key)
    assert told == [("x1#0", 2.01), "finished"]
    assert taken == ["Space"]


def editor(leaf_panel: LeafPanel) -> QLineEdit:
    found = leaf_panel.findChild(QLineEdit, "leaf_editor")
    assert isinstance(found, QLineEdit)
    return found


def open_by_double_click(qtbot: QtBot, leaf_panel: LeafPanel, row: int) -> QLineEdit:
    view = rows(leaf_panel)
    number = view.delegate.number_rect(view.visualRect(view.leaves.index(row))).center()
    qtbot.mouseClick(view.viewport(), LEFT, pos=number)
    qtbot.mouseDClick(view.viewport(), LEFT, pos=number)
    return editor(leaf_panel)


def test_a_double_click_on_the_number_types_an_exact_one(leaf_panel: LeafPanel, qtbot: QtBot) -> None:
    """The field begins with all digits, selected; Enter sets what was typed, not rounded."""
    field = open_by_double_click(qtbot, leaf_panel, 2)
    assert field.text() == "6.881373587019543"
    told = recorded(leaf_panel)
    qtbot.keyClicks(field, "-0.123456789")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: told == [("b#0", -0.123456789), "finished"])
    assert shown(leaf_panel)["b"] == -0.123456789


def test_enter_opens_the_field_too(leaf_panel: LeafPanel, qtbot: QtBot) -> None:
    """Without a mouse an exact number can be typed as well."""
    rows(leaf_panel).setFocus()
    qtbot.keyClick(rows(leaf_panel), Qt.Key.Key_Return)
    told = recorded(leaf_panel)
    qtbot.keyClicks(editor(leaf_panel), "1e3")
    qtbot.keyClick(editor(leaf_panel), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: told == [("x1#0", 1000.0), "finished"])
    assert rows(leaf_panel).leaves.rows[0].extent == 2000.0


def test_escape_leaves_the_number(leaf_panel: LeafPanel, qtbot: QtBot) -> None:
    """Typing that is given up changes nothing."""
    field = open_by_double_click(qtbot, leaf_panel, 0)
    told = recorded(leaf_panel)
    qtbot.keyClicks(field, "77")
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert told == []
    assert shown(leaf_panel) == NEURON


@pytest.mark.parametrize("text", ["", "-", "1,5", "abc", "nan", "1e999"])
def test_what_is_no_number_is_not_taken(leaf_panel: LeafPanel, qtbot: QtBot, text: str) -> None:
    """Enter keeps the field open and marks it; nothing is reported."""
    field = open_by_double_click(qtbot, leaf_panel, 0)
    told = recorded(leaf_panel)
    qtbot.keyClick(field, Qt.Key.Key_Delete)
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    QCoreApplication.processEvents()
    assert field.isVisible()
    assert field.property("invalid") is True
    assert told == []
    qtbot.keyClick(field, Qt.Key.Key_Escape)


def test_showing_does_not_disturb_typing(leaf_panel: LeafPanel, qtbot: QtBot) -> None:
    """A result that arrives while a number is typed leaves what is typed."""
    field = open_by_double_click(qtbot, leaf_panel, 0)
    qtbot.keyClicks(field, "4.5")
    leaf_panel.show_leaves(snapshot(NEURON | {"x1": 3.0, "b": 1.0}))
    assert editor(leaf_panel).text() == "4.5"
    qtbot.keyClick(field, Qt.Key.Key_Escape)


def test_showing_reports_nothing(leaf_panel: LeafPanel) -> None:
    """Signals say what the user did."""
    told = recorded(leaf_panel)
    leaf_panel.show_leaves(snapshot({"x1": 5.0, "w1": -3.0}))
    leaf_panel.show_leaves(None)
    leaf_panel.show_leaves(snapshot({"q": 1.0}))
    leaf_panel.show_theme(LIGHT)
    assert told == []


def test_rows_stay_with_their_leaves(leaf_panel: LeafPanel, qtbot: QtBot) -> None:
    """A leaf that comes before the chosen one moves the choice along."""
    rows(leaf_panel).setFocus()
    qtbot.keyClick(rows(leaf_panel), Qt.Key.Key_Down)
    leaf_panel.show_leaves(snapshot({"new": 0.0} | NEURON))
    told = recorded(leaf_panel)
    qtbot.keyClick(rows(leaf_panel), Qt.Key.Key_Right)
    assert told[0] == ("w1#0", -2.99)


def test_a_thousand_leaves_are_rows_not_widgets(leaf_panel: LeafPanel) -> None:
    """The number of widgets does not grow with the leaves; only what is in view is painted."""
    leaf_panel.show_leaves(snapshot({f"w{i}": float(i) for i in range(10)}))
    few = len(leaf_panel.findChildren(QWidget))
    leaf_panel.show_leaves(snapshot({f"w{i}": float(i) for i in range(1000)}))
    assert len(leaf_panel.findChildren(QWidget)) == few
    view = rows(leaf_panel)
    assert view.leaves.rowCount() == 1000
    view.scrollToBottom()
    last = view.visualRect(view.leaves.index(999))
    assert view.viewport().rect().contains(last)


@pytest.mark.parametrize("data", [math.nan, math.inf, -math.inf, 0.0, 1e-300, -1.7e308])
def test_any_number_can_be_shown_and_dragged(leaf_panel: LeafPanel, qtbot: QtBot, data: float) -> None:
    """The knob is in its slider, and dragging begins from a finite number."""
    leaf_panel.show_leaves(snapshot({"a": data}))
    leaf_panel.grab()
    view = rows(leaf_panel)
    slider = view.delegate.slider_rect(view.visualRect(view.leaves.index(0)))
    assert slider.left() <= knob(leaf_panel, 0).x() <= slider.right() + 1
    drag(qtbot, leaf_panel, 0, [-15, 15])
    release(qtbot, leaf_panel)
    assert math.isfinite(shown(leaf_panel)["a"])


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_the_knob_has_the_colour_of_data(leaf_panel: LeafPanel, theme: Theme) -> None:
    """A slider is something of the forward pass."""
    leaf_panel.show_theme(theme)
    image = rows(leaf_panel).viewport().grab().toImage()
    assert QColor(image.pixelColor(knob(leaf_panel, 1))).name() == theme.data


def test_disabled_sliders_look_it(leaf_panel: LeafPanel) -> None:
    """While the text has an error nothing can be dragged, and the rows are dimmed."""
    leaf_panel.setEnabled(False)
    image = rows(leaf_panel).viewport().grab().toImage()
    assert QColor(image.pixelColor(knob(leaf_panel, 1))).name() != DARK.data


def test_rows_are_read_out(leaf_panel: LeafPanel) -> None:
    """Screen readers get name, number and range."""
    index = rows(leaf_panel).leaves.index(1)
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "w1 = −3.0000"
    assert "−10.0000" in index.data(Qt.ItemDataRole.AccessibleDescriptionRole)


def test_a_label_is_never_markup(leaf_panel: LeafPanel) -> None:
    """A label with tags is text, in the tooltip too."""
    leaf_panel.show_leaves(snapshot({"<b>x</b>": 1.0}))
    assert "&lt;b&gt;" in rows(leaf_panel).leaves.index(0).data(Qt.ItemDataRole.ToolTipRole)


def test_a_long_label_leaves_room_for_the_slider(leaf_panel: LeafPanel) -> None:
    """Names take at most 42 % of the row, and less where the slider needs it."""
    leaf_panel.show_leaves(snapshot({"a_very_long_name_for_a_leaf" * 3: 1.0}))
    view = rows(leaf_panel)
    for width in (600, 270, 210):
        leaf_panel.resize(width, 320)
        rect = view.visualRect(view.leaves.index(0))
        label, slider = view.delegate.label_rect(rect), view.delegate.slider_rect(rect)
        assert slider.width() >= 40
        assert label.right() < slider.left()
        assert slider.right() <= view.delegate.number_rect(rect).left()
        assert label.width() <= 0.42 * rect.width()
    leaf_panel.resize(600, 320)
    assert view.delegate.label_width > 0.4 * view.viewport().width()


def test_leaving_the_list_ends_a_change(leaf_panel: LeafPanel, qtbot: QtBot) -> None:
    """A key that comes up elsewhere does not leave the change open."""
    rows(leaf_panel).setFocus()
    told = recorded(leaf_panel)
    qtbot.keyPress(rows(leaf_panel), Qt.Key.Key_Right)
    rate_field(leaf_panel).setFocus()
    assert told == [("x1#0", 2.01), "finished"]


def test_labels_with_the_same_end_can_be_told_apart(leaf_panel: LeafPanel) -> None:
    """The end of a long label is shown: it says which neuron's weight it is."""
    leaf_panel.show_leaves(snapshot({f"network.layers[0].neurons[{i}].w[0]": 1.0 for i in (0, 3)}))
    view = rows(leaf_panel)
    pictures = []
    for row in (0, 1):
        rect = view.delegate.label_rect(view.visualRect(view.leaves.index(row)))
        pictures.append(view.viewport().grab(rect).toImage())
    assert pictures[0] != pictures[1]


@pytest.mark.parametrize("data", EXTREMES)
def test_a_slider_holds_numbers_at_the_ends_of_the_range(
    leaf_panel: LeafPanel, qtbot: QtBot, data: float
) -> None:
    """The knob lies on its track. Dragged away and back, as far as any hand goes, a finite number comes back to
    within what a pixel is worth, and all on the way are finite.
    """
    leaf_panel.show_leaves(snapshot({"a": data}))
    view, told = rows(leaf_panel), recorded(leaf_panel)
    track = view.delegate.slider_rect(view.visualRect(view.leaves.index(0)))
    assert track.left() <= knob(leaf_panel, 0).x() - 7
    assert knob(leaf_panel, 0).x() + 7 <= track.right() + 1
    drag(qtbot, leaf_panel, 0, [30, -30, 5000, -5000, 0])
    values = [entry[1] for entry in told if isinstance(entry, tuple)]
    assert len(values) >= 3
    assert all(map(math.isfinite, values))
    extent = view.leaves.rows[0].extent
    if math.isfinite(data):
        pixel = extent / (track.width() - 14) * 2
        assert abs(values[-1] / 4 - data / 4) <= pixel / 4 + increment_for(extent)
    release(qtbot, leaf_panel)
    leaf_panel.grab()


@pytest.mark.parametrize("data", EXTREMES)
@pytest.mark.parametrize("key", [Qt.Key.Key_Left, Qt.Key.Key_Right])
def test_arrow_keys_stay_within_the_numbers(
    leaf_panel: LeafPanel, qtbot: QtBot, data: float, key: Qt.Key
) -> None:
    """However often they are pressed, with Shift and without, every number is finite and no further back."""
    leaf_panel.show_leaves(snapshot({"a": data}))
    rows(leaf_panel).setFocus()
    told = recorded(leaf_panel)
    for modifier in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier) * 4:
        qtbot.keyClick(rows(leaf_panel), key, modifier)
    values = [entry[1] for entry in told if isinstance(entry, tuple)]
    assert values
    assert all(map(math.isfinite, values))
    assert values == sorted(values, reverse=key == Qt.Key.Key_Left)
    leaf_panel.grab()


@pytest.mark.parametrize("data", FINITE)
def test_numbers_at_the_ends_of_the_range_can_be_typed(
    leaf_panel: LeafPanel, qtbot: QtBot, data: float
) -> None:
    """They come as typed, −0.0 in place of 0.0 as well; the field that is opened next begins with them."""
    leaf_panel.show_leaves(snapshot({"a": -data}))
    field = open_by_double_click(qtbot, leaf_panel, 0)
    assert field.text() == repr(-data)
    told = recorded(leaf_panel)
    qtbot.keyClicks(field, repr(data))
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(told))
    assert repr(told) == repr([("a#0", data), "finished"])
    leaf_panel.show_leaves(snapshot({"a": -data}))
    assert repr(shown(leaf_panel)) == repr({"a": -data})


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
def test_a_number_without_a_place_is_marked(leaf_panel: LeafPanel, theme: Theme) -> None:
    """The knob of inf and nan, and what the row says, have the colour of warnings; others have not."""
    leaf_panel.show_theme(theme)
    for data in EXTREMES:
        leaf_panel.show_leaves(snapshot({"a": data}))
        marked = count_color(leaf_panel.grab().toImage(), theme.warning) > 100
        assert marked == (not math.isfinite(data))
        assert (count_color(leaf_panel.grab().toImage(), theme.data) > 100) != marked
