"""A table of gradients in the inspector, with its title and a sentence for when it has no rows."""

from collections.abc import Sequence

from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from micrograd_core.texts import tr, tr_count
from micrograd_gui.graph.ledger_model import Column
from micrograd_gui.graph.ledger_table import LedgerTable
from micrograd_gui.model.inspection import LedgerRow
from micrograd_gui.widgets.labels import make_label

_FIRST_ROWS = 12
"""Rows of a long table shown at first; more would push the slope out of sight."""


class LedgerSection(QWidget):
    """A table under a title. A long one shows its first rows, and the rest on demand."""

    def __init__(
        self, title: str, columns: Sequence[Column], name: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._rows: tuple[LedgerRow, ...] = ()
        self._all = False
        self.table = LedgerTable(columns)
        self.table.setObjectName(name)
        self.table.setAccessibleName(title)
        self._nothing = make_label("faint", name=f"{name}_nothing", wraps=True)
        self._more = QPushButton()
        self._more.setObjectName(f"{name}_more")
        self._more.setProperty("role", "plain")
        self._more.clicked.connect(self._toggle)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(make_label("section", title.upper(), f"{name}_title", wraps=True))
        layout.addWidget(self.table)
        layout.addWidget(self._nothing)
        layout.addWidget(self._more)

    def show_rows(self, rows: tuple[LedgerRow, ...], nothing: str) -> None:
        """Show the rows, or the sentence ``nothing`` if there are none."""
        self._rows = rows
        hidden = 0 if self._all else max(len(rows) - _FIRST_ROWS, 0)
        self.table.show_rows(rows[: len(rows) - hidden])
        self.table.setVisible(bool(rows))
        self._nothing.setText(nothing)
        self._nothing.setVisible(not rows)
        self._more.setVisible(len(rows) > _FIRST_ROWS)
        text = tr_count("… and {n:,} more", "… and {n:,} more", hidden) if hidden else tr("Show fewer")
        self._more.setText(text)
        self._more.setAccessibleName(text)
        self._more.setToolTip(
            tr_count("Show {n:,} row", "Show all {n:,} rows", len(rows))
            if hidden
            else tr_count("Show the first {n:,} row", "Show the first {n:,} rows", _FIRST_ROWS)
        )

    def show_fewer(self) -> None:
        self._all = False

    def _toggle(self) -> None:
        self._all = not self._all
        self.show_rows(self._rows, self._nothing.text())
