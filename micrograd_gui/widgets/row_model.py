"""Rows of frozen data for a list, all replaced at once. There are no item objects, which both Qt and Python free."""

from collections.abc import Callable, Mapping, Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

Row = TypeVar("Row")
Index = QModelIndex | QPersistentModelIndex


class RowModel(QAbstractListModel, Generic[Row]):
    """A model of rows that are all replaced at once; ``texts`` has a function from row to text by Qt role."""

    def __init__(self, texts: Mapping[int, Callable[[Row], str]], parent: QObject) -> None:
        super().__init__(parent)
        self._texts = texts
        self.rows: tuple[Row, ...] = ()

    def show_rows(self, rows: Sequence[Row]) -> None:
        self.beginResetModel()
        self.rows = tuple(rows)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 # Qt's own default
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> str | None:
        text = self._texts.get(role)
        return None if text is None or not index.isValid() else text(self.rows[index.row()])
