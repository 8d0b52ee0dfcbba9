"""A table of ``grad +=`` steps: who passed how much to whom."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QPointF,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QFont,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QMenu,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from micrograd_gui.model.inspection import LedgerRow
from micrograd_gui.model.numbers import MINUS, format_number, format_short
from micrograd_gui.model.theme import DARK, Theme
from micrograd_gui.widgets.plain_text import tooltip
from micrograd_gui.widgets.style import color, mono, sans

_ROW_HEIGHT = 27
_HEADER_HEIGHT = 27
_PADDING = 4
_NAME_WIDTH = 48.0
"""What a name keeps at least, in pixels."""
_MEASURED_ROWS = 500
"""Up to so many rows the columns are as wide as their numbers, beyond as wide as numbers can be."""
_MEASURED_NAMES = 10
"""Of so many of the longest names the widest counts."""
_WIDEST = f"{MINUS}1.234e-308"
NOT_YET = "·"

Index = QModelIndex | QPersistentModelIndex
Format = Callable[[float], str]


@dataclass(frozen=True, slots=True)
class Column:
    """``number`` is what a column of numbers shows of a row, ``text`` what a column of words does."""

    header: str
    short_header: str = ""
    """Where there is little room; "" is the header itself."""
    number: Callable[[LedgerRow], float] | None = None
    text: Callable[[LedgerRow], str] | None = None
    meaning: Literal["text", "grad"] = "text"
    step_link: bool = False
    """Whether a click asks for the row's step instead of its node."""


RECEIVES = (
    Column("through", text=lambda row: row.through),
    Column("local", number=lambda row: row.local),
    Column("× upstream", "× up", number=lambda row: row.upstream, meaning="grad"),
    Column("=", number=lambda row: row.contribution, meaning="grad", step_link=True),
    Column("sum", number=lambda row: row.total, meaning="grad"),
)
SENDS = (
    Column("to", text=lambda row: row.through),
    Column("local", text=lambda row: row.local_formula),
    Column("sends", number=lambda row: row.contribution, meaning="grad", step_link=True),
)


_FORMATS: tuple[Format, ...] = (format_number, format_short, partial(format_short, digits=3))
"""From much room to little."""


class LedgerTable(QTableView):
    """As high as its rows: it scrolls with the panel, not by itself. Columns give up digits before they clip any."""

    node_chosen = Signal(str)
    position_requested = Signal(int)

    def __init__(self, columns: Sequence[Column], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = _LedgerModel(columns, self)
        self._delegate = _LedgerDelegate(self)
        self.setModel(self._model)
        self.setItemDelegate(self._delegate)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setMinimumSectionSize(1)
        header.setFixedHeight(_HEADER_HEIGHT)
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(_ROW_HEIGHT)
        rows.setMinimumSectionSize(_ROW_HEIGHT)
        self.clicked.connect(self._choose)

    def show_rows(self, rows: Sequence[LedgerRow]) -> None:
        before = self._model.rowCount()
        if self._model.show_rows(rows):
            self._fit_columns()
        if before != len(rows):
            self.updateGeometry()

    def show_theme(self, theme: Theme) -> None:
        self._delegate.theme = theme
        self.viewport().update()

    def shown_text(self, row: int, column: int) -> str:
        """A cell as it is drawn, but for names that are shortened to the room there is."""
        return str(self._model.data(self._model.index(row, column)))

    def sizeHint(self) -> QSize:
        return QSize(200, _HEADER_HEIGHT + self._model.rowCount() * _ROW_HEIGHT + 1)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_columns()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if not self.currentIndex().isValid() and self._model.rowCount():
            self.setCurrentIndex(self._model.index(0, 0))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.currentIndex()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and index.isValid():
            row = self._model.rows[index.row()]
            if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self.position_requested.emit(row.position)
            else:
                self.node_chosen.emit(row.node)
        else:
            super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        over_row = self.indexAt(event.position().toPoint()).isValid()
        self.viewport().setCursor(
            Qt.CursorShape.PointingHandCursor if over_row else Qt.CursorShape.ArrowCursor
        )

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        index = self.indexAt(self.viewport().mapFromGlobal(event.globalPos()))
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            index = self.currentIndex()
        if index.isValid():
            self._open_menu(self._model.rows[index.row()], event.globalPos())

    def _open_menu(self, row: LedgerRow, place: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        go = menu.addAction(f"Go to {row.through}".replace("&", "&&"))
        go.triggered.connect(lambda _checked=False, node=row.node: self.node_chosen.emit(node))
        show = menu.addAction("Show this step")
        show.triggered.connect(lambda _checked=False, at=row.position: self.position_requested.emit(at))
        menu.popup(place)

    def _choose(self, index: QModelIndex) -> None:
        row = self._model.rows[index.row()]
        if self._model.columns[index.column()].step_link:
            self.position_requested.emit(row.position)
        else:
            self.node_chosen.emit(row.node)

    def _fit_columns(self) -> None:
        """Choose how many digits there is room for, and share what is left between the columns of words."""
        room = float(self.viewport().width())
        for plan in self._plans():
            widths = self._model.widths(*plan)
            if sum(widths) <= room:
                break
        self._model.show_format(plan[0])
        words = [i for i, column in enumerate(self._model.columns) if column.text and i in plan[1]]
        wanted = [
            max(need - widths[i], 0.0) for i, need in zip(words, self._model.word_widths(words), strict=True)
        ]
        for i, share in zip(words, _shares(room - sum(widths), wanted), strict=True):
            widths[i] += share
        for i, width in enumerate(widths):
            self.setColumnHidden(i, i not in plan[1])
            self.setColumnWidth(i, int(width))

    def _plans(self) -> list[tuple[Format, frozenset[int]]]:
        """From all columns with all digits down to the fewest: a running sum of one row says nothing."""
        columns = frozenset(range(len(self._model.columns)))
        without_sum = frozenset(i for i in columns if self._model.columns[i].header != "sum")
        sets = (
            [without_sum] if self._model.rowCount() < 2 or columns == without_sum else [columns, without_sum]
        )
        return [(form, shown) for shown in sets for form in (_FORMATS[:2] if shown != sets[-1] else _FORMATS)]


def _shares(room: float, wanted: Sequence[float]) -> list[float]:
    """Pixels for the columns of words: the first as many as it wants, but half at most where the last wants them."""
    room = max(room, 0.0)
    if len(wanted) == 1:
        return [room]
    first = min(wanted[0], max(room - wanted[-1], room / 2))
    return [first, room - first]


class _LedgerModel(QAbstractTableModel):
    def __init__(self, columns: Sequence[Column], parent: QWidget) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self.rows: tuple[LedgerRow, ...] = ()
        self._format: Format = format_number

    def show_rows(self, rows: Sequence[LedgerRow]) -> bool:
        """Whether anything changed. Rows that stay keep their selection."""
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
        """Pixels that each column needs: a number's column its longest number, a name's the least it can have."""
        digit = QFontMetricsF(mono(12)).horizontalAdvance("0")
        header = QFontMetricsF(sans(12))
        result: list[float] = []
        for i, column in enumerate(self.columns):
            width = header.horizontalAdvance(_header(column, form)) + 2 * _PADDING if i in shown else 0.0
            if i in shown and column.number:
                width = max(width, self._longest(form, column.number) * digit + 2 * _PADDING)
            elif i in shown:
                width = max(width, min(self.word_widths([i])[0], _NAME_WIDTH))
            result.append(math.ceil(width))
        return result

    def _longest(self, form: Format, number: Callable[[LedgerRow], float]) -> int:
        if len(self.rows) > _MEASURED_ROWS:
            return len(_WIDEST)
        return max((len(form(number(row))) for row in self.rows), default=1)

    def word_widths(self, columns: Sequence[int]) -> list[float]:
        result = []
        for i in columns:
            text = self.columns[i].text
            assert text is not None
            metrics = QFontMetricsF(_font(self.columns[i], i))
            texts = sorted({text(row) for row in self.rows[:_MEASURED_ROWS]}, key=len)[-_MEASURED_NAMES:]
            longest = max(map(metrics.horizontalAdvance, texts), default=0.0)
            result.append(longest + 2 * _PADDING + 2)
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
            return (
                self._format(column.number(row)) if column.number else column.text(row) if column.text else ""
            )
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip(_explain(row, column))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{column.header} {self.data(index) if row.done or index.column() == 0 else 'not yet'}"
        return None

    def _all_changed(self) -> None:
        if self.rows:
            last = self.index(len(self.rows) - 1, len(self.columns) - 1)
            self.dataChanged.emit(self.index(0, 0), last)


def _explain(row: LedgerRow, column: Column) -> str:
    if column.step_link:
        return f"grad += local × upstream, step {row.position}: click to go to this step"
    numbers = (
        f": local derivative {row.local_formula}, running sum {format_short(row.total)}" if row.done else ""
    )
    return f"{row.through}{numbers}. Click to go to this card, Ctrl+Enter to go to the step"


class _LedgerDelegate(QStyledItemDelegate):
    def __init__(self, table: LedgerTable) -> None:
        super().__init__(table)
        self.theme = DARK
        self._table = table

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme = self.theme
        model = self._table._model
        row, column = model.rows[index.row()], model.columns[index.column()]
        rect = QRectF(option.rect)
        state = option.state
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        painter.save()
        if bool(state & QStyle.StateFlag.State_Selected) and self._table.hasFocus():
            painter.fillRect(rect, color(theme.selected))
        painter.setPen(QPen(color(theme.border), 1.0))
        painter.drawLine(rect.bottomLeft() + QPointF(0.0, -0.5), rect.bottomRight() + QPointF(0.0, -0.5))
        font = _font(column, index.column())
        link = index.column() == 0 or column.step_link
        font.setUnderline(hovered and link)
        painter.setFont(font)
        painter.setPen(color(theme.faint_text if not row.done else _tint(theme, column)))
        text = str(model.data(index))
        box = rect.adjusted(_PADDING, 0.0, -_PADDING, 0.0)
        if column.number is None:
            mode = Qt.TextElideMode.ElideMiddle if index.column() == 0 else Qt.TextElideMode.ElideLeft
            text = QFontMetricsF(font).elidedText(text, mode, box.width() + 0.5)
        side = Qt.AlignmentFlag.AlignLeft if index.column() == 0 else Qt.AlignmentFlag.AlignRight
        painter.drawText(box, side | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, text)
        painter.restore()


def _header(column: Column, form: Format) -> str:
    return column.header if form is format_number else column.short_header or column.header


def _font(column: Column, place: int) -> QFont:
    return sans(12) if place == 0 and column.text else mono(12)


def _tint(theme: Theme, column: Column) -> str:
    return theme.grad if column.meaning == "grad" else theme.text
