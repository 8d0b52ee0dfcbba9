"""The array program of the graph: its lines, and details of the selected line."""

from collections.abc import Callable

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QLabel, QListView, QScrollArea, QVBoxLayout, QWidget

from micrograd_core.texts import tr, tr_count
from micrograd_gui.graph.array_grid import MOST_CELLS, ArrayGridView, Numbers
from micrograd_gui.model.array_texts import shape_text, tuple_text
from micrograd_gui.model.arrays import ArrayGrid, ArrayLine, Arrays, CardEntry
from micrograd_gui.model.input_split import RULE_TEXT
from micrograd_gui.model.numbers import format_number
from micrograd_gui.model.theme import DARK, Theme
from micrograd_gui.widgets.labels import make_label, tooltip
from micrograd_gui.widgets.row_model import RowModel
from micrograd_gui.widgets.style import mono

NO_GRAPH = tr("Arrays appear with the next graph.")
_REVEALED = 48
"""Pixels shown above and below the selected card's cell, so that the name of its array is visible, too."""
_ROWS = 10
"""Most lines of the array program visible at once."""
_TEXTS: dict[int, Callable[[ArrayLine], str]] = {
    Qt.ItemDataRole.DisplayRole: str,
    Qt.ItemDataRole.ToolTipRole: lambda operation: tooltip(f"{operation}, {tuple_text(operation.shape)}"),
}


class ArrayPanel(QScrollArea):
    """Shows the array program beside the scalar cards."""

    operation_chosen = Signal(str)
    node_chosen = Signal(int)
    """node of a grid's cell"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = DARK
        self._arrays: Arrays | None = None
        self._numbers: Numbers = ()
        self._operation = ""
        self._entry: CardEntry | None = None
        self.setObjectName("array_panel")
        self.setAccessibleName(tr("Arrays"))
        self.setProperty("role", "panel")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumWidth(220)
        self._words = make_label("muted", name="array_words", wraps=True)
        self._words.setToolTip(tooltip(RULE_TEXT))
        self._operations = RowModel[ArrayLine](_TEXTS, self)
        self._program = QListView()
        self._program.setModel(self._operations)
        self._program.setObjectName("array_program")
        self._program.setAccessibleName(tr("Array program"))
        self._program.setFont(mono(12))
        self._program.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._program.setTextElideMode(Qt.TextElideMode.ElideRight)
        self._program.setUniformItemSizes(True)
        self._program.selectionModel().currentChanged.connect(self._choose)
        self._formula = make_label("mono", name="array_formula", wraps=True)
        self._formula.setFont(mono(13, bold=True))
        self._count = make_label("muted", name="array_count", wraps=True)
        self._shapes = make_label("faint", name="array_shapes", wraps=True)
        self._entry_title = make_label("section", name="array_entry_title", wraps=True)
        self._scalar = make_label("mono", name="array_scalar", wraps=True)
        self._scalar.setFont(mono(12))
        self._grids = QVBoxLayout()
        self._grids.setSpacing(4)
        self._views: list[tuple[QLabel, ArrayGridView]] = []
        self._laid_out = QTimer(self, interval=0, singleShot=True)
        self._laid_out.timeout.connect(self._reveal_mark)
        self._details = self._lay_out()
        self.show_arrays(None)

    def _lay_out(self) -> QWidget:
        details = QWidget()
        layout = QVBoxLayout(details)
        layout.setContentsMargins(0, 8, 0, 0)
        layout.setSpacing(6)
        for label in (self._formula, self._count, self._shapes):
            layout.addWidget(label)
        layout.addSpacing(8)
        layout.addWidget(self._entry_title)
        layout.addWidget(self._scalar)
        layout.addSpacing(8)
        layout.addLayout(self._grids)
        page = QWidget()
        page.setProperty("role", "panel")
        outer = QVBoxLayout(page)
        outer.setContentsMargins(14, 14, 14, 14)
        outer.setSpacing(8)
        outer.addWidget(make_label("section", tr("SCALARS → ARRAYS"), "array_title", wraps=True))
        for widget in (self._words, self._program, details):
            outer.addWidget(widget)
        outer.addStretch(1)
        self.setWidget(page)
        return details

    def show_arrays(self, arrays: Arrays | None) -> None:
        """Show the lines of a program; None is no graph."""
        self._arrays = arrays
        self._words.setText(NO_GRAPH if arrays is None else arrays.words)
        operations = () if arrays is None else arrays.operations
        if operations != self._operations.rows:
            self._operations.show_rows(operations)
        height = self._program.sizeHintForRow(0) if operations else 0
        self._program.setFixedHeight(height * min(len(operations), _ROWS) + 2 * self._program.frameWidth())
        self._program.setVisible(bool(operations))
        self._show_operation()

    def show_numbers(self, numbers: Numbers) -> None:
        """Show the data of every node, None where playback has not got there."""
        if tuple(numbers) != tuple(self._numbers):
            self._numbers = numbers
            self._show_operation()

    def show_operation(self, name: str, entry: CardEntry | None) -> None:
        """Show the selected operation, and in it the entry of the selected card; "" and None for none."""
        if (name, entry) != (self._operation, self._entry):
            self._operation, self._entry = name, entry
            self._show_operation()
            self._laid_out.start()

    def show_theme(self, theme: Theme) -> None:
        self._theme = theme
        for _, view in self._views:
            view.show_theme(theme)

    def sizeHint(self) -> QSize:
        return QSize(306, 420)

    def _choose(self, index: QModelIndex) -> None:
        name = self._operations.rows[index.row()].name if index.isValid() else ""
        if name not in ("", self._operation):
            self.operation_chosen.emit(name)

    def _show_operation(self) -> None:
        operation = None if self._arrays is None else self._arrays.named(self._operation)
        self._details.setVisible(operation is not None)
        row = -1 if operation is None else self._operations.rows.index(operation)
        # By the selection model: once the list itself was told "no row", Tab would no longer go to the first one.
        select = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self._program.selectionModel().setCurrentIndex(self._operations.index(row), select)
        if operation is not None:
            self._show_details(operation, self._entry or CardEntry())

    def _show_details(self, operation: ArrayLine, card: CardEntry) -> None:
        self._formula.setText(str(operation))
        self._count.setText(
            tr_count(
                "{n:,} scalar node, 1 array operation",
                "{n:,} scalar nodes, 1 array operation",
                operation.replaced,
            )
        )
        shapes = [f"{grid.name} ({shape_text(grid.shape)})" for grid in operation.grids]
        self._shapes.setText(f"{' · '.join(shapes[:-1])} → {shapes[-1]}")
        entry = card.entry if card.entry < len(operation.entries) else 0
        count = len(operation.entries)
        self._entry_title.setText(
            tr("ONE ENTRY") if count == 1 else tr("ONE ENTRY OF {count:,}", count=count)
        )
        number = self._number(operation.entries[entry])
        result = "" if number is None else f" = {format_number(number)}"
        self._scalar.setText(operation.scalars[entry] + result)
        for i, grid in enumerate(operation.grids):
            self._show_grid(i, grid, operation.cell(entry), card.mark)
        for label, view in self._views[len(operation.grids) :]:
            label.hide()
            view.hide()

    def _reveal_mark(self) -> None:
        """Scroll to the cell of the selected card."""
        page = self.widget()
        for _, view in self._views:
            cell = view.marked_rect()
            if page is not None and view.isVisible() and not cell.isEmpty():
                point = view.mapTo(page, cell.center().toPoint())
                self.ensureVisible(point.x(), point.y(), 0, _REVEALED)

    def _show_grid(self, i: int, grid: ArrayGrid, entry: tuple[int, int], mark: int) -> None:
        if i == len(self._views):
            self._add_view()
        label, view = self._views[i]
        cells = sum(map(len, grid.rows))
        large = cells > MOST_CELLS
        view.show_grid(grid, self._numbers, entry, mark)
        name = f"{grid.name} ({shape_text(grid.shape)})"
        if large:
            name = tr_count(
                "{array}: {n:,} number, too many to show",
                "{array}: {n:,} numbers, too many to show",
                cells,
                array=name,
            )
        elif view.caption():
            name = f"{name}  ·  {view.caption()}"
        label.setText(name)
        label.show()
        view.setVisible(not large)

    def _add_view(self) -> None:
        label = make_label("faint", name=f"array_grid_{len(self._views)}_name", wraps=True)
        view = ArrayGridView()
        view.setObjectName(f"array_grid_{len(self._views)}")
        view.show_theme(self._theme)
        view.cell_chosen.connect(self.node_chosen)
        self._views.append((label, view))
        self._grids.addWidget(label)
        self._grids.addWidget(view)

    def _number(self, node: int) -> float | None:
        return self._numbers[node] if 0 <= node < len(self._numbers) else None
