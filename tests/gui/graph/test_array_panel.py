"""The array program beside the cards: its lines, one entry written out, and the arrays in numbers."""

from dataclasses import dataclass, field

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QLineEdit,
    QListView,
    QToolTip,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from micrograd_core.vectorize import UNIT
from micrograd_gui.graph.array_grid import ArrayGridView
from micrograd_gui.graph.array_panel import ArrayPanel
from micrograd_gui.model.arrays import CardEntry, derive_arrays
from micrograd_gui.model.document import Document
from micrograd_gui.model.resolve import resolve
from micrograd_gui.model.snapshot import GraphSnapshot
from micrograd_gui.model.theme import DARK, LIGHT, Theme
from micrograd_gui.widgets.style import apply_theme
from tests.gui.canvas.canvas import count_color

MLP = "model = MLP(2, [4, 4, 1])\nx = Value(1.0)\ny = Value(-2.0)\nscore = model([x, y])\n"


@dataclass
class Shown:
    """A panel, and what it says that its user did."""

    window: QWidget
    panel: ArrayPanel
    snapshot: GraphSnapshot
    operations: list[str] = field(default_factory=list)
    nodes: list[int] = field(default_factory=list)

    def text(self, name: str) -> str:
        label = self.panel.findChild(QLabel, name)
        assert label is not None
        return label.text() if label.isVisible() else ""

    def view(self, i: int) -> ArrayGridView:
        view = self.panel.findChild(ArrayGridView, f"array_grid_{i}")
        assert view is not None
        return view

    def place(self, label: str) -> CardEntry:
        return derive_arrays(self.snapshot).card_entries[self.snapshot.index[f"{label}#0"]]

    def click(self, qtbot: QtBot, view: ArrayGridView, row: int, column: int) -> None:
        point = view.cell_rect(row, column).center().toPoint()
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=point)


def show(qtbot: QtBot, source: str = MLP, operation: str = "", label: str = "") -> Shown:
    snapshot = resolve(Document(source)).snapshot
    assert snapshot is not None
    window, before, panel = QWidget(), QLineEdit(), ArrayPanel()
    qtbot.addWidget(window)
    window.resize(310, 840)
    column = QVBoxLayout(window)
    column.setSizeConstraint(QVBoxLayout.SizeConstraint.SetNoConstraint)
    column.addWidget(before)
    column.addWidget(panel)
    before.setFocus()
    shown = Shown(window, panel, snapshot)
    panel.operation_chosen.connect(shown.operations.append)
    panel.node_chosen.connect(shown.nodes.append)
    panel.show_arrays(derive_arrays(snapshot))
    panel.show_numbers(tuple(record.data for record in snapshot.nodes))
    panel.show_operation(operation, shown.place(label) if label else None)
    with qtbot.waitExposed(window):
        window.show()
    return shown


def test_it_begins_with_the_program_and_what_varies(qtbot: QtBot) -> None:
    """Three lines for a network of three layers, and a sentence on its leaves; no details of none."""
    shown = show(qtbot)
    program = shown.panel.findChild(QListView, "array_program")
    model = program.model()
    assert [model.index(i, 0).data() for i in range(model.rowCount())] == [
        "h1 = relu(x @ W1.T + b1)",
        "h2 = relu(h1 @ W2.T + b2)",
        "h3 = h2 @ W3.T + b3",
    ]
    assert program.currentIndex().row() == -1
    said = "x, y vary per example: they are the columns of x. 37 parameters are shared."
    assert shown.text("array_words") == said
    assert shown.text("array_formula") == ""


def test_of_the_programs_own_examples_each_is_a_row(qtbot: QtBot) -> None:
    """For one entry of a matrix its example's row, its neuron's weights and bias, and itself are lit up."""
    source = "n = Layer(2, 3)\nxs = [[1.0, 2.0], [3.0, 4.0]]\no = sum([sum(n(x)) for x in xs])\n"
    shown = show(qtbot, source, operation="h1")
    operation = derive_arrays(shown.snapshot).named("h1")
    assert operation is not None
    card = derive_arrays(shown.snapshot).card_entries[operation.entries[5]]
    shown.panel.show_operation("h1", card)
    assert shown.text("array_formula") == "h1 = relu(xs @ W1.T + b1)"
    assert shown.text("array_shapes") == "xs (2 × 2) · W1 (3 × 2) · b1 (3) → h1 (2 × 3)"
    assert shown.text("array_scalar").startswith(
        "h1[1, 2] = relu(xs[1, 0]·W1[2, 0] + xs[1, 1]·W1[2, 1] + b1[2])"
    )
    assert [lit(qtbot, shown.view(i)) for i in range(4)] == [
        [(1, 0), (1, 1)],
        [(2, 0), (2, 1)],
        [(0, 2)],
        [(1, 2)],
    ]


def lit(qtbot: QtBot, view: ArrayGridView) -> list[tuple[int, int]]:
    """Row and column of the cells on the ground of what an entry is made of."""
    qtbot.waitUntil(view.isVisible)
    picture = view.grab().toImage()
    cells = [(i, j) for i, row in enumerate(view.grid.rows) for j in range(len(row))]
    corners = [view.cell_rect(i, j).topLeft().toPoint() + QPoint(4, 4) for i, j in cells]
    return [
        cell
        for cell, corner in zip(cells, corners, strict=True)
        if picture.pixelColor(corner).name() == DARK.selected
    ]


def test_lines_are_chosen_with_the_keyboard(qtbot: QtBot) -> None:
    """Tab leads to the program, the arrow keys from line to line."""
    shown = show(qtbot)
    program = shown.panel.findChild(QListView, "array_program")
    shown.panel.window().activateWindow()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)
    # The first Tab leads to the panel, which scrolls.
    for key in (Qt.Key.Key_Tab, Qt.Key.Key_Tab, Qt.Key.Key_Down):
        qtbot.keyClick(QApplication.focusWidget(), key)
    assert shown.operations == ["h1", "h2"]
    assert program.accessibleName() == "Array program"


def test_an_operation_is_told_with_its_shapes_and_one_entry(qtbot: QtBot) -> None:
    """Formula, number of scalar nodes, the shape of each array, the first entry written out with its number."""
    shown = show(qtbot, operation="h1")
    assert shown.text("array_formula") == "h1 = relu(x @ W1.T + b1)"
    assert shown.text("array_count") == "20 scalar nodes, 1 array operation"
    assert shown.text("array_shapes") == "x (n × 2) · W1 (4 × 2) · b1 (4) → h1 (n × 4)"
    data = shown.snapshot.nodes[shown.snapshot.index["model[0][0](x)#0"]].data
    written = "h1[:, 0] = relu(x[:, 0]·W1[0, 0] + x[:, 1]·W1[0, 1] + b1[0])"
    assert shown.text("array_scalar") == f"{written} = {data:.4f}"


def test_the_selected_card_chooses_the_entry_and_is_marked(qtbot: QtBot) -> None:
    """A weight is marked in its matrix, a product where its weight is, an activation in the result."""
    shown = show(qtbot, operation="h1", label="model[0][3].w[1]")
    assert shown.text("array_scalar").startswith("h1[:, 3] = relu(x[:, 0]·W1[3, 0]")
    weight = shown.snapshot.nodes[shown.snapshot.index["model[0][3].w[1]#0"]].data
    assert shown.text("array_grid_1_name") == f"W1 (4 × 2)  ·  W1[3, 1] = {weight:.4g}".replace("-", "−")
    shown.panel.show_operation("h1", shown.place("model[0][2].w[0]*x"))
    assert "W1[2, 0]" in shown.text("array_grid_1_name")
    shown.panel.show_operation("h1", shown.place("model[0][2](x)"))
    assert "h1[:, 2]" in shown.text("array_grid_3_name")
    assert shown.view(1).caption() == ""


def lit_cells(view: ArrayGridView) -> set[tuple[int, int]]:
    """Those on the ground of what the entry that is written out is made of."""
    picture = view.grab().toImage()
    return {
        (i, j)
        for i, row in enumerate(view.grid.rows)
        for j in range(len(row))
        if count_color(picture.copy(view.cell_rect(i, j).toRect()), DARK.selected) > 200
    }


@pytest.mark.parametrize(
    ("source", "operation", "label", "lit"),
    [
        pytest.param(MLP, "h1", "model[0][2](x)", [[0, 1], [(2, 0), (2, 1)], [2], [2]], id="a neuron"),
        pytest.param(MLP, "h3", "", [[0, 1, 2, 3], [0, 1, 2, 3], [0], [0]], id="the only neuron of a layer"),
        pytest.param("x = 1.0\ny = 2.0\no = x.sin() * x.exp()", "h3", "", [[0], [0], [0]], id="one product"),
        pytest.param(
            "x1 = 1.0\nx2 = 2.0\nw = 3.0\nu = x1 * w\nv = x2 * w\no = u * v",
            "h1",
            "v",
            [[1], [0], [1]],
            id="one of several products",
        ),
        pytest.param(
            "x = 1.0\nw = [1.0, 2.0, 3.0, 4.0]\no = x * sum(a*a for a in w)",
            "s1",
            "",
            [[0, 1, 2, 3], [0]],
            id="a dot product",
        ),
    ],
)
def test_what_the_entry_is_made_of_is_lit(
    qtbot: QtBot, source: str, operation: str, label: str, lit: list[list[int | tuple[int, int]]]
) -> None:
    """All operands and the weights of one row, both factors of a product, the terms of a sum; and the entry itself."""
    shown = show(qtbot, source, operation, label)
    expected = [{cell if isinstance(cell, tuple) else (0, cell) for cell in cells} for cells in lit]
    assert [lit_cells(shown.view(i)) for i in range(len(lit))] == expected


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
def test_the_mark_is_seen(qtbot: QtBot, theme: Theme) -> None:
    """The selected cell has a ring in the text's colour, the others have none."""
    apply_theme(theme)
    shown = show(qtbot, operation="h1", label="model[0][3].w[1]")
    shown.panel.show_theme(theme)
    view = shown.view(1)
    picture = view.grab().toImage()

    def ring(row: int, column: int) -> int:
        return count_color(picture.copy(view.cell_rect(row, column).toRect()), theme.text)

    assert ring(3, 1) > 40 > ring(0, 0)


def test_a_cell_leads_to_its_card(qtbot: QtBot) -> None:
    """A click and the arrow keys choose cells; the keys stay within the array."""
    shown = show(qtbot, operation="h1", label="model[0][0].w[0]")
    shown.click(qtbot, shown.view(1), 2, 1)
    shown.view(1).setFocus()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Up):
        qtbot.keyClick(shown.view(1), key)
    ids = [shown.snapshot.nodes[node].label for node in shown.nodes]
    assert ids == ["model[0][2].w[1]", "model[0][0].w[1]", "model[0][1].w[0]", "model[0][0].w[0]"]


def test_a_number_that_was_not_written_leads_nowhere(qtbot: QtBot) -> None:
    """A coefficient 1 has no card."""
    shown = show(qtbot, "a = 1.0\nb = 2.0\nc = 3.0\nd = 4.0\no = a + b + 2.0*c + d", operation="h1")
    grid = shown.view(1).grid
    assert UNIT in grid.rows[0]
    shown.click(qtbot, shown.view(1), 0, grid.rows[0].index(UNIT))
    assert shown.nodes == []


def test_numbers_that_playback_has_not_reached_are_dots(qtbot: QtBot) -> None:
    """Before the forward pass only the leaves have numbers."""
    shown = show(qtbot, operation="h1", label="model[0][2](x)")
    leaves = tuple(record.data if record.is_leaf else None for record in shown.snapshot.nodes)
    shown.panel.show_numbers(leaves)
    assert shown.view(3).caption() == "h1[:, 2] is not computed yet"
    assert shown.text("array_scalar").endswith("b1[2])")


def test_wide_arrays_are_shown_in_colours(qtbot: QtBot) -> None:
    """Sixteen columns have no room for numbers: blue and orange cells, with the number in a tooltip."""
    shown = show(qtbot, "model = MLP(2, [16, 16, 1])\nx = 1.0\ny = -2.0\ns = model([x, y])", operation="h2")
    view = shown.view(1)
    assert len(view.grid.rows) == len(view.grid.rows[0]) == 16
    picture = view.grab().toImage()
    weights = [shown.snapshot.nodes[node].data for row in view.grid.rows for node in row if node >= 0]
    for extreme, more in ((max(weights), 2), (min(weights), 0)):
        row, column = divmod(weights.index(extreme), 16)
        pixel = picture.pixelColor(view.cell_rect(row, column).center().toPoint())
        channels = [pixel.red(), pixel.green(), pixel.blue()]
        assert channels[more] == max(channels)
    point = view.cell_rect(2, 5).center().toPoint()
    QApplication.sendEvent(view, QHelpEvent(QEvent.Type.ToolTip, point, view.mapToGlobal(point)))
    qtbot.waitUntil(lambda: "W2[2, 5] = " in QToolTip.text())
    QToolTip.hideText()


def test_huge_arrays_are_only_spoken_of(qtbot: QtBot) -> None:
    """A grid of thousands of cells would be a carpet; the others of its operation are there."""
    shown = show(qtbot, "model = MLP(1, [65, 64, 1])\nx = 1.0\ns = model([x])", operation="h2")
    assert shown.text("array_grid_1_name") == "W2 (64 × 65): 4,160 numbers, too many to show"
    assert [shown.view(i).isVisible() for i in range(4)] == [True, False, True, True]
    shown.panel.show_operation("h3", None)
    assert shown.text("array_grid_1_name") == "W3 (1 × 64)"
    assert shown.view(1).isVisible()


def test_without_a_graph_it_says_so(qtbot: QtBot) -> None:
    """An empty program has no arrays."""
    shown = show(qtbot, operation="h1")
    shown.panel.show_arrays(None)
    assert shown.text("array_words") == "Arrays appear with the next graph."
    assert shown.text("array_formula") == ""


def test_every_grid_has_a_name_to_be_read_aloud(qtbot: QtBot) -> None:
    """Accessible name and description say array, shape and marked cell."""
    shown = show(qtbot, operation="h1", label="model[0][3].w[1]")
    assert shown.view(1).accessibleName() == "W1, 4 × 2"
    assert shown.view(1).accessibleDescription().startswith("W1[3, 1] = ")
    assert shown.view(1).cell_rect(0, 0).contains(QPoint(10, 10))


@pytest.mark.parametrize("label", ["model[0][3].b", "model[1][2](x)", "model[1][3].w[3]"])
def test_the_selected_cards_cell_is_scrolled_to(qtbot: QtBot, label: str) -> None:
    """In a panel that is too low for all arrays of an operation."""
    shown = show(qtbot)
    shown.window.resize(310, 360)
    place = shown.place(label)
    shown.panel.show_operation(derive_arrays(shown.snapshot).operations[place.operation].name, place)
    marked = [view for _, view in shown.panel._views if not view.marked_rect().isEmpty()]

    def is_seen() -> bool:
        viewport = shown.panel.viewport()
        return any(
            viewport.rect().contains(view.mapTo(viewport, view.marked_rect().center().toPoint()))
            for view in marked
        )

    assert marked
    qtbot.waitUntil(is_seen)
