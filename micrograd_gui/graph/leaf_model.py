"""The model of the leaf list: the leaves whose data can be set, one a row."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, Qt, Signal

from micrograd_core.texts import tr
from micrograd_gui.model.leaf_range import extent_for
from micrograd_gui.model.numbers import format_number, parse_finite, same_number
from micrograd_gui.widgets.labels import tooltip
from micrograd_gui.widgets.row_model import Index


@dataclass(frozen=True, slots=True)
class LeafRow:
    """A leaf with its slider."""

    id: str
    label: str
    data: float
    extent: float
    """The slider goes from −extent to extent."""
    changed: bool = False
    """True if the data is not the text's."""


Leaf: TypeAlias = tuple[str, str, float, bool]
"""Id, label, data, and whether the data is not the text's."""


class LeafModel(QAbstractListModel):
    """The rows. While one is dragged or nudged, updates from the graph do not overwrite it."""

    data_typed = Signal(int, float)
    """(row, number)"""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: list[LeafRow] = []
        self.held = -1
        """Index of the row being dragged or nudged; −1 for none."""

    def show_rows(self, leaves: list[Leaf]) -> None:
        """Show each leaf; leaves that stay keep their rows."""
        old, count = self.rows, len(leaves)
        start = 0
        while start < min(len(old), count) and old[start].id == leaves[start][0]:
            start += 1
        tail = 0
        while tail < min(len(old), count) - start and old[-1 - tail].id == leaves[-1 - tail][0]:
            tail += 1
        if len(old) != count:
            self._replace(start, len(old) - tail, leaves[start : count - tail])
        first = last = -1
        for i, (node, label, data, changed) in enumerate(leaves):
            row = self.rows[i]
            shown = row.data if i == self.held else data
            extent = row.extent if i == self.held else extent_for(shown, row.extent)
            new = LeafRow(node, label, shown, extent, changed)
            if new != row or not same_number(new.data, row.data):
                self.rows[i] = new
                first, last = (i if first < 0 else first), i
        if first >= 0:
            self.dataChanged.emit(self.index(first), self.index(last))

    def _replace(self, start: int, end: int, leaves: list[Leaf]) -> None:
        if end > start:
            self.beginRemoveRows(QModelIndex(), start, end - 1)
            del self.rows[start:end]
            self.endRemoveRows()
        if leaves:
            self.beginInsertRows(QModelIndex(), start, start + len(leaves) - 1)
            self.rows[start:start] = [
                LeafRow(node, label, data, extent_for(data), changed) for node, label, data, changed in leaves
            ]
            self.endInsertRows()
        if self.held >= start:
            self.held = -1

    def set_row(self, row: int, data: float) -> None:
        """Show at once the data that the user sets."""
        self.rows[row] = replace(self.rows[row], data=data, extent=extent_for(data, self.rows[row].extent))
        self.dataChanged.emit(self.index(row), self.index(row))

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        found = _TEXTS.get(role)
        return None if found is None or not index.isValid() else found(self.rows[index.row()])

    def setData(self, index: Index, value: object, _role: int = Qt.ItemDataRole.EditRole) -> bool:
        data = parse_finite(str(value))
        if data is None:
            return False
        self.data_typed.emit(index.row(), data)
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEditable


_CHANGED = tr("It is not the text's number: it was changed here. Reset brings the text's back.")
_TEXTS: dict[int, Callable[[LeafRow], str]] = {
    Qt.ItemDataRole.DisplayRole: lambda row: row.label,
    Qt.ItemDataRole.EditRole: lambda row: repr(row.data),
    Qt.ItemDataRole.AccessibleTextRole: lambda row: f"{row.label} = {format_number(row.data)}",
    Qt.ItemDataRole.AccessibleDescriptionRole: lambda row: " ".join(
        (
            tr(
                "slider from {low} to {high}; left and right arrows change it",
                low=format_number(-row.extent),
                high=format_number(row.extent),
            ),
            _CHANGED if row.changed else "",
        )
    ).strip(),
    Qt.ItemDataRole.ToolTipRole: lambda row: tooltip(
        tr(
            "{formula}. Drag it, press ← or → (ten times as far with Shift), or double-click to type a number.",
            formula=f"{row.label} = {row.data!r}",
        )
        + (f" {_CHANGED}" if row.changed else "")
    ),
}
"""Text of a row by Qt role."""
