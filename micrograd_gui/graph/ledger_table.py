"""A table of ``grad +=`` steps, one contribution a row."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
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

from micrograd_core.texts import tr
from micrograd_gui.graph.ledger_model import FORMATS, PADDING, Column, Format, LedgerModel, cell_font
from micrograd_gui.model.fit_text import first_that_fits
from micrograd_gui.model.inspection import LedgerRow
from micrograd_gui.model.theme import DARK, Theme
from micrograd_gui.widgets.measure import elided
from micrograd_gui.widgets.row_model import Index
from micrograd_gui.widgets.style import color

_ROW_HEIGHT = 27
_HEADER_HEIGHT = 27


class LedgerTable(QTableView):
    """A table as high as its rows; the panel scrolls it. Columns show fewer digits rather than clip any."""

    node_chosen = Signal(str)
    position_requested = Signal(int)

    def __init__(self, columns: Sequence[Column], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = LedgerModel(columns, self)
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
            self._join_start_amounts()
            self._fit_columns()
        if before != len(rows):
            self.updateGeometry()

    def _join_start_amounts(self) -> None:
        """Give the words of a start amount the room of the columns that it has no number for."""
        self.clearSpans()
        amount = next(i for i, column in enumerate(self._model.columns) if column.step_link)
        for index, row in enumerate(self._model.rows):
            if not row.node and row.local is None:
                self.setSpan(index, 0, 1, amount)

    def show_theme(self, theme: Theme) -> None:
        self._delegate.theme = theme
        self.viewport().update()

    def shown_text(self, row: int, column: int) -> str:
        """Return the text of a cell as drawn, except that drawn names may be shortened."""
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
                self._go_to(row)
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

    def _open_menu(self, row: LedgerRow, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if row.node:
            go = menu.addAction(tr("Go to {card}", card=row.through).replace("&", "&&"))
            go.triggered.connect(lambda _checked=False, node=row.node: self.node_chosen.emit(node))
        show = menu.addAction(tr("Show this step"))
        show.triggered.connect(lambda _checked=False, step=row.position: self.position_requested.emit(step))
        menu.popup(at)

    def _choose(self, index: QModelIndex) -> None:
        row = self._model.rows[index.row()]
        if self._model.columns[index.column()].step_link:
            self.position_requested.emit(row.position)
        else:
            self._go_to(row)

    def _go_to(self, row: LedgerRow) -> None:
        """Go to a row's card, or to the step of a row without one."""
        if row.node:
            self.node_chosen.emit(row.node)
        else:
            self.position_requested.emit(row.position)

    def _fit_columns(self) -> None:
        """Choose as many digits as there is room for, and divide the rest between the columns of words."""
        room = float(self.viewport().width())
        plans = ((*plan, self._model.widths(*plan)) for plan in self._plans())
        form, shown, widths = first_that_fits(plans, lambda plan: sum(plan[2]), room)
        self._model.show_format(form)
        words = [i for i, column in enumerate(self._model.columns) if column.text and i in shown]
        wanted = [
            max(need - widths[i], 0.0) for i, need in zip(words, self._model.word_widths(words), strict=True)
        ]
        for i, share in zip(words, _shares(room - sum(widths), wanted), strict=True):
            widths[i] += share
        for i, width in enumerate(widths):
            self.setColumnHidden(i, i not in shown)
            self.setColumnWidth(i, int(width))

    def _plans(self) -> list[tuple[Format, frozenset[int]]]:
        """Return formats and columns to try, from all down to the fewest. One row needs no running sum."""
        columns = frozenset(range(len(self._model.columns)))
        without_sum = frozenset(i for i in columns if not self._model.columns[i].is_sum)
        sets = (
            [without_sum] if self._model.rowCount() < 2 or columns == without_sum else [columns, without_sum]
        )
        return [(form, shown) for shown in sets for form in (FORMATS[:2] if shown != sets[-1] else FORMATS)]


def _shares(room: float, wanted: Sequence[float]) -> list[float]:
    """Return the extra pixels of one or two columns of words.

    The first gets what it wants, but at most half where the last wants as much.
    """
    room = max(room, 0.0)
    if len(wanted) == 1:
        return [room]
    first = min(wanted[0], max(room - wanted[-1], room / 2))
    return [first, room - first]


class _LedgerDelegate(QStyledItemDelegate):
    """Draws a cell: its text in the column's colour above a line, underlined if it is a link under the pointer."""

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
        font = cell_font(column, index.column())
        link = index.column() == 0 or column.step_link
        font.setUnderline(hovered and link and bool(row.node or column.step_link))
        font.setStrikeOut(row.cleared)
        painter.setFont(font)
        painter.setPen(color(_tint(theme, column) if row.done and not row.cleared else theme.faint_text))
        text = str(model.data(index))
        box = rect.adjusted(PADDING, 0.0, -PADDING, 0.0)
        if column.number is None:
            mode = Qt.TextElideMode.ElideMiddle if index.column() == 0 else Qt.TextElideMode.ElideLeft
            text = elided(text, font, box.width() + 0.5, mode)
        side = Qt.AlignmentFlag.AlignLeft if index.column() == 0 else Qt.AlignmentFlag.AlignRight
        painter.drawText(box, side | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, text)
        painter.restore()


def _tint(theme: Theme, column: Column) -> str:
    return theme.grad if column.meaning == "grad" else theme.text
