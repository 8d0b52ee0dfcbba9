"""The geometry of an array's grid: the cells, and whether they have room for numbers."""

import math
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRectF

_MARGIN = 2.0
"""Margin around the cells, in pixels."""
_ROW_HEIGHT = 20.0
_NUMBER_WIDTH = 48.0
"""Least width of a cell with a number, in pixels."""
_MOST_NUMBER_ROWS = 24
_LARGEST, _SMALLEST = 15.0, 3.0
"""Largest and smallest side of a coloured cell, in pixels."""


@dataclass(frozen=True, slots=True)
class GridCells:
    """The cells of a grid in a widget of ``width`` pixels; ``lengths`` are the numbers of cells in each row."""

    lengths: tuple[int, ...]
    width: int

    @property
    def _room(self) -> float:
        return self.width - 2 * _MARGIN

    @property
    def show_numbers(self) -> bool:
        """True if the cells show numbers; otherwise each is a coloured square."""
        return len(self.lengths) <= _MOST_NUMBER_ROWS and self._columns * _NUMBER_WIDTH <= self._room

    @property
    def height(self) -> int:
        """The height of all rows, in pixels."""
        return math.ceil(self._size()[1] * len(self.lengths) + 2 * _MARGIN)

    def rect(self, row: int, column: int) -> QRectF:
        width, height = self._size()
        return QRectF(_MARGIN + column * width, _MARGIN + row * height, width, height)

    def at(self, point: QPoint) -> tuple[int, int] | None:
        """Return row and column of the cell at a point; None outside of the cells."""
        width, height = self._size()
        row, column = math.floor((point.y() - _MARGIN) / height), math.floor((point.x() - _MARGIN) / width)
        return (row, column) if 0 <= row < len(self.lengths) and 0 <= column < self.lengths[row] else None

    @property
    def _columns(self) -> int:
        return max(self.lengths, default=0)

    def _size(self) -> tuple[float, float]:
        """Return width and height of a cell."""
        width = self._room / max(self._columns, 1)
        if self.show_numbers:
            return min(width, 1.6 * _NUMBER_WIDTH), _ROW_HEIGHT
        side = min(max(width, _SMALLEST), _LARGEST)
        return side, side
