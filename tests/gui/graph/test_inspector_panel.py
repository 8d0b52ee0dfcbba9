"""The inspector shows a card's numbers, leads along its edges, and never clips a number."""

import re
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from micrograd_gui.graph.inspector_panel import InspectorPanel, NumberTile
from micrograd_gui.graph.ledger_table import LedgerTable
from micrograd_gui.model.document import Document
from micrograd_gui.model.inspection import inspect
from micrograd_gui.model.probe import probe
from micrograd_gui.model.resolve import Resolved, resolve
from micrograd_gui.model.theme import DARK, LIGHT, Theme
from micrograd_gui.model.timeline import moment_at
from micrograd_gui.widgets.style import apply_theme, mono, sans

NEURON = "x1 = 2.0\nw1 = -3.0\nb = 6.88\nx1w1 = x1*w1\nn = x1w1 + b\no = n.tanh()\n"
SHARED = "a = -4.5\nb = a*a\no = b*a + a*1234.5678\n"
BIAS = "a = 1.0\no = a * 1\n" + "o = o + a * 2\n" * 99


@pytest.fixture
def panel(qtbot: QtBot) -> Iterator[InspectorPanel]:
    """A visible inspector of the usual width, without a style sheet left over for others."""
    apply_theme(DARK)
    widget = InspectorPanel()
    qtbot.addWidget(widget)
    widget.resize(306, 900)
    widget.show()
    yield widget
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    app.setStyleSheet("")


def show(panel: InspectorPanel, source: str, label: str, position: int | None = None) -> Resolved:
    """Let the panel show a node of a program at a position, with its probe."""
    resolved = resolve(Document(source))
    assert resolved.snapshot is not None
    node = next(i for i, record in enumerate(resolved.snapshot.nodes) if record.label == label)
    frame = moment_at(resolved.timeline, len(resolved.timeline) if position is None else position)
    panel.show_inspection(inspect(resolved.snapshot, resolved.timeline, frame, node))
    panel.show_probe(probe(resolved.snapshot, node))
    QApplication.processEvents()
    return resolved


def child(panel: QWidget, kind: type[QWidget], name: str) -> QWidget:
    found = panel.findChild(kind, name)
    assert isinstance(found, QWidget)
    return found


def text(panel: QWidget, name: str) -> str:
    label = child(panel, QLabel, name)
    assert isinstance(label, QLabel)
    return label.text()


def table(panel: InspectorPanel, name: str) -> LedgerTable:
    found = child(panel, LedgerTable, name)
    assert isinstance(found, LedgerTable)
    return found


def cells(of: LedgerTable) -> list[list[str]]:
    """The shown cells, row by row."""
    columns = [c for c in range(of.model().columnCount()) if not of.isColumnHidden(c)]
    return [[of.shown_text(row, c) for c in columns] for row in range(of.model().rowCount())]


def click_cell(qtbot: QtBot, of: LedgerTable, row: int, column: int) -> None:
    place = of.visualRect(of.model().index(row, column)).center()
    qtbot.mouseClick(of.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_without_a_card_it_says_what_to_do(panel: InspectorPanel) -> None:
    """The empty panel tells how to select a card and shows nothing else."""
    assert child(panel, QLabel, "empty_state").isVisible()
    assert "Select a card" in text(panel, "empty_state")
    assert "press Ctrl+↓ in the graph" in text(panel, "empty_state")
    assert not table(panel, "receives_table").isVisible()


def test_a_card_is_shown_with_its_numbers(panel: InspectorPanel) -> None:
    """Title, formula, data, gradient and both tables are those of the card."""
    show(panel, NEURON, "x1w1")
    assert child(panel, QWidget, "inspector_heading").accessibleName() == "x1w1 = x1 × w1"
    assert child(panel, NumberTile, "data_tile").accessibleName() == "data: -6.0"
    assert child(panel, NumberTile, "grad_tile").accessibleName().startswith("grad ∂o/∂x1w1: 0.50")
    assert cells(table(panel, "receives_table")) == [["n (+)", "1.0000", "0.5010", "0.5010"]]
    assert cells(table(panel, "sends_table")) == [
        ["x1", "w1 = −3", "−1.5029"],
        ["w1", "x1 = 2", "1.0019"],
    ]
    assert not child(panel, QLabel, "empty_state").isVisible()


def test_several_contributions_have_a_running_sum(panel: InspectorPanel) -> None:
    """A value used more than once shows how its gradient gathers."""
    panel.resize(360, 900)
    show(panel, "a = 3.0\no = a*a + a", "a")
    assert [row[-1] for row in cells(table(panel, "receives_table"))] == ["1.0000", "4.0000", "7.0000"]


def test_what_playback_has_not_reached_is_a_dot(panel: InspectorPanel) -> None:
    """Before the backward pass the rows are there, but their numbers are dots, and so is the gradient."""
    show(panel, NEURON, "x1w1", position=1)
    assert cells(table(panel, "receives_table")) == [["n (+)", "·", "·", "·"]]
    assert "not computed yet" in child(panel, NumberTile, "grad_tile").accessibleName()
    assert child(panel, NumberTile, "data_tile").accessibleName() == "data: -6.0"


def test_a_row_leads_to_its_card(panel: InspectorPanel, qtbot: QtBot) -> None:
    """A click on a row asks for the card at the other end."""
    show(panel, NEURON, "x1w1")
    with qtbot.waitSignal(panel.node_chosen) as chosen:
        click_cell(qtbot, table(panel, "sends_table"), 1, 0)
    assert chosen.args == ["w1#0"]
    with qtbot.waitSignal(panel.node_chosen) as chosen:
        click_cell(qtbot, table(panel, "receives_table"), 0, 1)
    assert chosen.args == ["n#0"]


def test_a_contribution_leads_to_its_step(panel: InspectorPanel, qtbot: QtBot) -> None:
    """A click on what was added asks for the position at which it was added."""
    resolved = show(panel, NEURON, "x1w1")
    with qtbot.waitSignal(panel.position_requested) as asked:
        click_cell(qtbot, table(panel, "receives_table"), 0, 3)
    assert resolved.snapshot is not None
    position = asked.args[0]
    node = resolved.snapshot.index["x1w1#0"]
    assert moment_at(resolved.timeline, position - 1).grads[node] is None
    assert moment_at(resolved.timeline, position).grads[node] == pytest.approx(0.5010, abs=1e-4)


def test_rows_are_chosen_with_the_keyboard(panel: InspectorPanel, qtbot: QtBot) -> None:
    """Down and Enter go to a card, Ctrl+Enter to a step."""
    show(panel, NEURON, "x1w1")
    sends = table(panel, "sends_table")
    sends.setFocus()
    qtbot.keyClick(sends, Qt.Key.Key_Down)
    with qtbot.waitSignal(panel.node_chosen) as chosen:
        qtbot.keyClick(sends, Qt.Key.Key_Return)
    assert chosen.args == ["w1#0"]
    with qtbot.waitSignal(panel.position_requested) as asked:
        qtbot.keyClick(sends, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert asked.args[0] > 0


def test_any_card_can_be_made_the_one_to_differentiate(panel: InspectorPanel, qtbot: QtBot) -> None:
    """The button asks for the shown card; on the output itself there is nothing to ask."""
    button = child(panel, QToolButton, "target_button")
    show(panel, NEURON, "n")
    with qtbot.waitSignal(panel.target_requested) as asked:
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert asked.args == ["n#0"]
    show(panel, NEURON, "o")
    assert not button.isEnabled()


def test_the_check_agrees_in_words_and_sign(panel: InspectorPanel) -> None:
    """Both numbers are there with seven decimals, and a tick says that they agree."""
    show(panel, NEURON, "x1w1")
    assert text(panel, "check_backward") == text(panel, "check_difference")
    assert re.fullmatch(r"0\.\d{7}", text(panel, "check_backward"))
    assert re.fullmatch(r"✓ agree to (\d·)?10⁻[⁰¹²³⁴⁵⁶⁷⁸⁹]+", text(panel, "check_verdict"))
    assert text(panel, "slope_caption") == "o as a function of x1w1, slope 0.5010"


def test_the_check_warns_at_a_kink(panel: InspectorPanel) -> None:
    """Beside relu's kink the difference is another number, and the reason is told."""
    show(panel, "a = 0.0\no = a.relu()", "a")
    assert text(panel, "check_verdict").startswith("⚠ differ by 0.5: the slope jumps here")
    assert child(panel, QLabel, "check_verdict").property("role") == "warning"
    show(panel, NEURON, "n")
    assert child(panel, QLabel, "check_verdict").property("role") == "good"


def test_a_late_probe_of_another_card_is_ignored(panel: InspectorPanel) -> None:
    """The curve that belonged to the card selected before does not come back."""
    resolved = show(panel, NEURON, "n")
    caption = text(panel, "slope_caption")
    assert resolved.snapshot is not None
    panel.show_probe(probe(resolved.snapshot, resolved.snapshot.index["b#0"]))
    assert text(panel, "slope_caption") == caption


def test_another_card_clears_the_curve(panel: InspectorPanel) -> None:
    """Until the new card's probe is there, the old card's numbers are gone; the same card keeps them."""
    resolved = show(panel, NEURON, "n")
    assert resolved.snapshot is not None
    frame = moment_at(resolved.timeline, 3)
    panel.show_inspection(
        inspect(resolved.snapshot, resolved.timeline, frame, resolved.snapshot.index["n#0"])
    )
    assert text(panel, "check_backward") != "·"
    panel.show_inspection(
        inspect(resolved.snapshot, resolved.timeline, frame, resolved.snapshot.index["b#0"])
    )
    assert text(panel, "check_backward") == "·"


def test_hundreds_of_rows_start_folded(panel: InspectorPanel, qtbot: QtBot) -> None:
    """A bias used a hundred times shows the first rows; a button unfolds the rest and folds it again."""
    show(panel, BIAS, "a")
    rows = table(panel, "receives_table")
    more = child(panel, QPushButton, "receives_table_more")
    assert isinstance(more, QPushButton)
    folded = rows.model().rowCount()
    assert folded < 100
    assert more.text() == f"… and {100 - folded} more"
    qtbot.mouseClick(more, Qt.MouseButton.LeftButton)
    assert rows.model().rowCount() == 100
    qtbot.waitUntil(lambda: rows.height() > 100 * 20)
    qtbot.mouseClick(more, Qt.MouseButton.LeftButton)
    assert rows.model().rowCount() == folded


@pytest.mark.parametrize("width", [260, 300, 420])
@pytest.mark.parametrize("source", [SHARED, NEURON.replace("2.0", "1.23456e-7"), BIAS])
def test_no_number_is_clipped(panel: InspectorPanel, width: int, source: str) -> None:
    """At each width every number's column is as wide as the number."""
    panel.resize(width, 900)
    show(panel, source, "a" if "a =" in source else "x1w1")
    digits = QFontMetricsF(mono(12))
    for name in ("receives_table", "sends_table"):
        of = table(panel, name)
        shown = [c for c in range(of.model().columnCount()) if not of.isColumnHidden(c)]
        assert sum(of.columnWidth(c) for c in shown) <= of.viewport().width()
        for row in range(of.model().rowCount()):
            for column in shown[1:]:
                if "=" not in of.shown_text(row, column):
                    assert digits.horizontalAdvance(of.shown_text(row, column)) <= of.columnWidth(column)


@pytest.mark.parametrize("width", [260, 300, 420])
@pytest.mark.parametrize(("source", "label"), [("a = 3.0\nb = a + a", "b"), (SHARED, "b"), (NEURON, "n")])
def test_no_header_is_clipped(panel: InspectorPanel, width: int, source: str, label: str) -> None:
    """Short names do not make their column narrower than what stands above them."""
    panel.resize(width, 900)
    show(panel, source, label)
    letters = QFontMetricsF(sans(12))
    for name in ("receives_table", "sends_table"):
        of = table(panel, name)
        for column in range(of.model().columnCount()):
            if not of.isColumnHidden(column):
                header = str(of.model().headerData(column, Qt.Orientation.Horizontal))
                assert letters.horizontalAdvance(header) + 8 <= of.columnWidth(column), header


def test_nothing_lies_beyond_a_narrow_panel(panel: InspectorPanel, qtbot: QtBot) -> None:
    """As narrow as it can be made, beside its scroll bar, what it holds is no wider than what is seen."""
    show(panel, "x1 = 2.0; w1 = -3.0; x1w1 = x1*w1; n = x1w1 + 1.0; o = n.tanh()", "x1w1")
    panel.resize(panel.minimumWidth(), 300)
    content = panel.widget()
    qtbot.waitUntil(
        lambda: panel.verticalScrollBar().isVisible() and content.width() <= panel.viewport().width()
    )


def test_the_output_does_not_depend_on_it(panel: InspectorPanel) -> None:
    """A card beside the output's graph has the gradient 0, and the reason stands in the table's place."""
    show(panel, "a = 1.0\nq = a * 5\no = a + 2", "q")
    assert text(panel, "receives_table_nothing") == "o does not depend on q, so ∂o/∂q = 0."
    assert child(panel, NumberTile, "grad_tile").accessibleName().endswith(": 0.0")


def test_inf_and_nan_are_marked(panel: InspectorPanel) -> None:
    """A number that is none is written out in the colour of problems."""
    show(panel, "a = 0.0\no = a.log()", "o")
    tile = child(panel, NumberTile, "data_tile")
    assert tile.accessibleName() == "data: -inf"
    assert has_colour(tile.grab().toImage(), DARK.problem)
    show(panel, NEURON, "o")
    assert not has_colour(tile.grab().toImage(), DARK.problem)


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_data_and_gradient_have_their_colours(panel: InspectorPanel, theme: Theme) -> None:
    """In both themes the data tile is in the colour of data, the gradient tile in that of gradients."""
    apply_theme(theme)
    panel.show_theme(theme)
    show(panel, NEURON, "x1w1")
    for name, tint in (("data_tile", theme.data), ("grad_tile", theme.grad)):
        assert has_colour(child(panel, NumberTile, name).grab().toImage(), tint)


def test_text_of_the_user_is_not_read_as_markup(panel: InspectorPanel) -> None:
    """A label with tags is shown as typed, in tooltips too."""
    show(panel, 'a = Value(1.0, label="<b>a</b>")\no = a.tanh()', "<b>a</b>")
    assert "<b>a</b>" in text(panel, "slope_caption")
    assert child(panel, QLabel, "slope_caption").textFormat() == Qt.TextFormat.PlainText
    assert "<b>" not in child(panel, QWidget, "inspector_heading").toolTip()


def test_every_control_can_be_named(panel: InspectorPanel) -> None:
    """Buttons and tables have names for those who do not see them."""
    show(panel, BIAS, "a")
    for kind in (QToolButton, QPushButton, LedgerTable):
        for control in panel.findChildren(kind):
            if control.isVisible():
                assert control.accessibleName()
                assert control.objectName() or control.parentWidget() is not panel


def has_colour(image: QImage, tint: str) -> bool:
    wanted = QColor(tint).rgb()
    return any(
        image.pixel(QPoint(x, y)) == wanted for y in range(image.height()) for x in range(image.width())
    )


def test_a_derivative_is_written_with_brackets(panel: InspectorPanel) -> None:
    """A card without a name of its own is an expression, which stands in brackets as the playback bar has it."""
    show(panel, "x = 2.0\nw = 3.0\no = x*w + 1", "x*w")
    assert child(panel, NumberTile, "grad_tile").accessibleName() == "grad ∂o/∂(x*w): 1.0"
