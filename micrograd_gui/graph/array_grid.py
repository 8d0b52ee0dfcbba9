"""A grid of an array's present numbers, in which cells can be chosen. Large arrays are drawn in colours."""

import math
from collections.abc import Sequence
from functools import reduce

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from micrograd_core.texts import tr
from micrograd_core.vectorize import HIDDEN, UNIT, index_text, is_accessed
from micrograd_gui.graph.grid_cells import GridCells
from micrograd_gui.model.array_texts import shape_text
from micrograd_gui.model.arrays import ArrayGrid
from micrograd_gui.model.fit_text import first_that_fits, mono_width
from micrograd_gui.model.numbers import NOT_YET, format_number, format_short
from micrograd_gui.model.theme import DARK, Theme
from micrograd_gui.widgets.labels import tooltip
from micrograd_gui.widgets.own_keys import OwnKeys, keep_own_key
from micrograd_gui.widgets.style import color, mix, mono

MOST_CELLS = 4096
"""Larger arrays have no grid, only a line with their size."""
_FONT_SIZE = 11
_STRENGTH = 0.85
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_WALKS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}

Numbers = Sequence[float | None]
"""Data by node; None before playback has reached it."""


class ArrayGridView(QWidget):
    """Shows one ``ArrayGrid``: a number in each cell, or a colour where cells are too narrow for numbers."""

    cell_chosen = Signal(int)
    """node of the cell that was clicked or reached with the arrow keys"""
    own_keys = OwnKeys(frozenset(_WALKS))

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = DARK
        self._grid = ArrayGrid("", (), (), "all")
        self._numbers: Numbers = ()
        self._entry = (-1, -1)
        self._mark = -1
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    @property
    def grid(self) -> ArrayGrid:
        return self._grid

    def show_grid(self, grid: ArrayGrid, numbers: Numbers, entry: tuple[int, int], mark: int) -> None:
        """Show an array. ``entry`` is row and column of the entry written out, ``mark`` the selected node or −1."""
        if grid != self._grid:
            self.updateGeometry()
        self._grid, self._numbers, self._entry, self._mark = grid, numbers, entry, mark
        self.setAccessibleName(f"{grid.name}, {shape_text(grid.shape)}")
        self.setAccessibleDescription(self.caption())
        self.update()

    def show_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def caption(self) -> str:
        """Return the marked cell in words, as ``W1[3, 1] = −0.52``; "" without one."""
        cell = self._marked()
        return "" if cell is None else self._cell_text(*cell)

    def marked_rect(self) -> QRectF:
        """Return the rectangle of the marked cell; empty without one."""
        cell = self._marked()
        return QRectF() if cell is None else self.cell_rect(*cell)

    def _marked(self) -> tuple[int, int] | None:
        rows = self._grid.rows if self._mark >= 0 else ()
        return next(
            ((i, j) for i, row in enumerate(rows) for j, n in enumerate(row) if n == self._mark), None
        )

    def _cell_text(self, row: int, column: int) -> str:
        number = self._number(row, column)
        entry = f"{self._grid.name}[{index_text(self._grid.shape, row, column)}]"
        if number is not None:
            return f"{entry} = {format_short(number)}"
        if self._grid.rows[row][column] == HIDDEN:
            return tr("{entry} is part of a sum and has no card", entry=entry)
        return tr("{entry} is not computed yet", entry=entry)

    def _number(self, row: int, column: int) -> float | None:
        node = self._grid.rows[row][column]
        if node == UNIT:
            return 1.0
        return self._numbers[node] if 0 <= node < len(self._numbers) else None

    # Geometry

    def _cells(self, width: int) -> GridCells:
        return GridCells(tuple(map(len, self._grid.rows)), width)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._cells(width).height

    def sizeHint(self) -> QSize:
        return QSize(200, self.heightForWidth(max(self.width(), 200)))

    def minimumSizeHint(self) -> QSize:
        return QSize(60, self.heightForWidth(max(self.width(), 60)))

    def cell_rect(self, row: int, column: int) -> QRectF:
        return self._cells(self.width()).rect(row, column)

    # Gestures

    def mousePressEvent(self, event: QMouseEvent) -> None:
        cell = self._cells(self.width()).at(event.position().toPoint())
        if cell is not None and event.button() == Qt.MouseButton.LeftButton:
            self._choose(*cell)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move from cell to cell; all other keys are the window's."""
        move = _WALKS.get(Qt.Key(event.key()))
        if move is None or not self._grid.rows:
            event.ignore()
            return
        cell = self._marked()
        row, column = (0, 0) if cell is None else (cell[0] + move[0], cell[1] + move[1])
        row = min(max(row, 0), len(self._grid.rows) - 1)
        self._choose(row, min(max(column, 0), len(self._grid.rows[row]) - 1))

    def _choose(self, row: int, column: int) -> None:
        node = self._grid.rows[row][column]
        if node >= 0:
            self.cell_chosen.emit(node)

    def event(self, event: QEvent) -> bool:
        """Show the number under the pointer as a tooltip."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            cell = self._cells(self.width()).at(event.pos())
            text = "" if cell is None else self._cell_text(*cell)
            QToolTip.showText(event.globalPos(), tooltip(text), self)
            return True
        return keep_own_key(self, event) or super().event(event)

    # Painting

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = self._theme
        cells, largest = self._cells(self.width()), self._largest()
        with QPainter(self) as painter:
            painter.setFont(mono(_FONT_SIZE))
            for i, row in enumerate(self._grid.rows):
                for j in range(len(row)):
                    cell, number = cells.rect(i, j), self._number(i, j)
                    if cells.show_numbers:
                        self._paint_number(painter, cell, number, self._is_entry(i, j))
                    else:
                        inner = cell.adjusted(0.5, 0.5, -0.5, -0.5)
                        painter.fillRect(inner, _tint(theme, number, largest))
            marked = self._marked()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            if not cells.show_numbers:
                painter.setPen(QPen(color(theme.muted_text), 1.0))
                painter.drawRect(self._entry_rect())
            if marked is not None:
                painter.setPen(QPen(color(theme.text), 2.0))
                painter.drawRoundedRect(cells.rect(*marked), 3, 3)
            if self.hasFocus():
                painter.setPen(QPen(color(theme.focus), 1.0))
                painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))

    def _largest(self) -> float:
        numbers = [self._number(i, j) for i, row in enumerate(self._grid.rows) for j in range(len(row))]
        return max((abs(n) for n in numbers if n is not None and math.isfinite(n)), default=0.0) or 1.0

    def _is_entry(self, row: int, column: int) -> bool:
        """Say whether the entry written out reads this cell, or is it."""
        return is_accessed(self._grid.access, (row, column), self._entry)

    def _entry_rect(self) -> QRectF:
        cells = [
            self.cell_rect(i, j)
            for i, row in enumerate(self._grid.rows)
            for j in range(len(row))
            if self._is_entry(i, j)
        ]
        return reduce(QRectF.united, cells, QRectF())

    def _paint_number(self, painter: QPainter, cell: QRectF, number: float | None, is_entry: bool) -> None:
        theme = self._theme
        painter.fillRect(cell.adjusted(1, 1, 0, 0), color(theme.selected if is_entry else theme.card))
        text = NOT_YET if number is None else _fit(number, cell.width() - 6.0)
        finite = number is None or math.isfinite(number)
        painter.setPen(color(theme.data if finite else theme.warning))
        painter.drawText(cell.adjusted(2, 0, -4, 0), _RIGHT, text)


def _fit(number: float, room: float) -> str:
    """Return the number with as many decimals as ``room`` pixels hold."""
    texts = (format_number(number, decimals) for decimals in (3, 2, 1))
    return first_that_fits(texts, lambda text: mono_width(len(text), _FONT_SIZE), room)


def _tint(theme: Theme, number: float | None, largest: float) -> QColor:
    """Return orange for negative numbers, blue for positive ones, the ground's colour for zero.

    The tooltip says the sign, too.
    """
    if number is None or math.isnan(number):
        return color(theme.card)
    share = min(abs(number) / largest, 1.0) * _STRENGTH
    return mix(theme.card, theme.negative if number < 0.0 else theme.positive, share)
