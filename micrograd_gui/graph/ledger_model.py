"""The model of a table of gradients, and the columns of both tables."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

from PySide6.QtCore import QAbstractTableModel, QModelIndex, Qt
from PySide6.QtGui import QFont, QFontMetricsF
from PySide6.QtWidgets import QWidget

from micrograd_core.texts import tr
from micrograd_gui.model.inspection import LedgerRow
from micrograd_gui.model.numbers import MINUS, NOT_YET, format_number, format_short
from micrograd_gui.widgets.labels import tooltip
from micrograd_gui.widgets.measure import measured_width
from micrograd_gui.widgets.row_model import Index
from micrograd_gui.widgets.style import mono, sans

PADDING = 4
"""Pixels beside a cell's text."""
_NAME_WIDTH = 48.0
"""The least width of a column of names, in pixels."""
_MEASURED_ROWS = 500
"""Most rows to measure; the columns of a longer table have room for any number."""
_MEASURED_NAMES = 10
"""Most names to measure, the longest ones."""
_WIDEST = f"{MINUS}1.234e-308"

Format = Callable[[float], str]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of numbers, with a function ``number`` of a row, or of words, with a function ``text``."""

    header: str
    short_header: str = ""
    """Header for narrow tables; "" for the same."""
    number: Callable[[LedgerRow], float | None] | None = None
    text: Callable[[LedgerRow], str] | None = None
    meaning: Literal["text", "grad"] = "text"
    step_link: bool = False
    """True if a click goes to the row's step instead of its node."""
    is_sum: bool = False
    """True for the running sum, the first column to be left out."""


RECEIVES = (
    Column(tr("through"), text=lambda row: row.through),
    Column(tr("local"), number=lambda row: row.local),
    Column(tr("× upstream"), tr("× up"), number=lambda row: row.upstream, meaning="grad"),
    Column("=", number=lambda row: row.contribution, meaning="grad", step_link=True),
    Column(tr("sum"), number=lambda row: row.total, meaning="grad", is_sum=True),
)
SENDS = (
    Column(tr("to"), text=lambda row: row.through),
    Column(tr("local"), text=lambda row: row.local_formula),
    Column(tr("sends"), number=lambda row: row.contribution, meaning="grad", step_link=True),
)


FORMATS: tuple[Format, ...] = (format_number, format_short, partial(format_short, digits=3))
"""Formats of numbers, from the widest to the narrowest."""


class LedgerModel(QAbstractTableModel):
    """The rows of a ledger, with numbers in the chosen format."""

    def __init__(self, columns: Sequence[Column], parent: QWidget) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self.rows: tuple[LedgerRow, ...] = ()
        self._format: Format = format_number

    def show_rows(self, rows: Sequence[LedgerRow]) -> bool:
        """Take the rows and say whether anything changed. Rows that stay keep their selection."""
        rows = tuple(rows)
        if rows == self.rows:
            return False
        before, after = len(self.rows), len(rows)
        if before < after:
            self.beginInsertRows(QModelIndex(), before, after - 1)
            self.rows += rows[before:]
            self.endInsertRows()
        elif after < before:
            self.beginRemoveRows(QModelIndex(), after, before - 1)
            self.rows = self.rows[:after]
            self.endRemoveRows()
        self.rows = rows
        self._all_changed()
        return True

    def show_format(self, form: Format) -> None:
        if form is not self._format:
            self._format = form
            self._all_changed()
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self.columns) - 1)

    def widths(self, form: Format, shown: frozenset[int]) -> list[float]:
        """Return the width that each column needs, in pixels: that of its longest number, or a name's least width."""
        digit = measured_width("0", mono(12))
        result: list[float] = []
        for i, column in enumerate(self.columns):
            width = measured_width(_header(column, form), sans(12)) + 2 * PADDING if i in shown else 0.0
            if i in shown and column.number:
                width = max(width, self._longest(form, column.number) * digit + 2 * PADDING)
            elif i in shown:
                width = max(width, min(self.word_widths([i])[0], _NAME_WIDTH))
            result.append(math.ceil(width))
        return result

    def _longest(self, form: Format, number: Callable[[LedgerRow], float | None]) -> int:
        if len(self.rows) > _MEASURED_ROWS:
            return len(_WIDEST)
        return max((len(_text(number(row), form)) for row in self.rows), default=1)

    def word_widths(self, columns: Sequence[int]) -> list[float]:
        """Return the width of the longest text of each of these columns, in pixels."""
        result = []
        for i in columns:
            text = self.columns[i].text
            assert text is not None
            metrics = QFontMetricsF(cell_font(self.columns[i], i))
            texts = sorted({text(row) for row in self.rows[:_MEASURED_ROWS]}, key=len)[-_MEASURED_NAMES:]
            longest = max(map(metrics.horizontalAdvance, texts), default=0.0)
            result.append(longest + 2 * PADDING + 2)
        return result

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 # Qt's own default
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return _header(self.columns[section], self._format)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignLeft if section == 0 else Qt.AlignmentFlag.AlignRight
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        row, column = self.rows[index.row()], self.columns[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            if index.column() == 0 and column.text:
                return column.text(row)
            if not row.done:
                return NOT_YET
            if column.number:
                return _text(column.number(row), self._format)
            return column.text(row) if column.text else ""
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip(_explain(row, column))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            if row.done or index.column() == 0:
                return f"{column.header} {self.data(index)}"
            return tr("{column} not yet", column=column.header)
        return None

    def _all_changed(self) -> None:
        if self.rows:
            last = self.index(len(self.rows) - 1, len(self.columns) - 1)
            self.dataChanged.emit(self.index(0, 0), last)


def _text(number: float | None, form: Format) -> str:
    return "" if number is None else form(number)


def _explain(row: LedgerRow, column: Column) -> str:
    if not row.node:
        words = tr("{source}, cleared since", source=row.through) if row.cleared else row.through
        return f"{words}: {format_short(row.total)}"
    if column.step_link:
        return tr(
            "{formula} in step {step:,}. Click to go to this step.",
            formula="grad += local × upstream",
            step=row.position,
        )
    if not row.done:
        return tr("{card}. Click to go to this card, press Ctrl+Enter to go to the step.", card=row.through)
    return tr(
        "{card}: local derivative {local}, running sum {total}. "
        "Click to go to this card, press Ctrl+Enter to go to the step.",
        card=row.through,
        local=row.local_formula,
        total=format_short(row.total),
    )


def _header(column: Column, form: Format) -> str:
    return column.header if form is format_number else column.short_header or column.header


def cell_font(column: Column, position: int) -> QFont:
    return sans(12) if position == 0 and column.text else mono(12)
