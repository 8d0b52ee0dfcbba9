"""Where the cells of an array's grid are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint

from micrograd_gui.graph.grid_cells import GridCells


@given(lengths=st.lists(st.integers(1, 40), min_size=1, max_size=60).map(tuple), width=st.integers(60, 900))
def test_each_cell_is_found_where_it_is(lengths: tuple[int, ...], width: int) -> None:
    """Cells lie in rows and columns without gaps; beside them there is none, and all are within the height."""
    cells = GridCells(lengths, width)
    for row, length in enumerate(lengths):
        for column in range(length):
            rect = cells.rect(row, column)
            assert cells.at(rect.center().toPoint()) == (row, column)
            assert rect.bottom() <= cells.height
            if column:
                assert rect.left() == pytest.approx(cells.rect(row, column - 1).right())
        assert cells.at(QPoint(round(cells.rect(row, length).center().x()), round(rect.center().y()))) is None
    assert cells.at(QPoint(0, 0)) is None
    assert cells.at(QPoint(10, cells.height)) is None


@pytest.mark.parametrize(
    ("rows", "columns", "width", "numbers"),
    [(2, 3, 148, True), (2, 3, 147, False), (24, 1, 60, True), (25, 1, 60, False), (0, 0, 60, True)],
)
def test_cells_show_numbers_where_there_is_room(rows: int, columns: int, width: int, numbers: bool) -> None:
    """Each needs 48 pixels, and more than 24 rows would be too many."""
    assert GridCells((columns,) * rows, width).show_numbers == numbers
