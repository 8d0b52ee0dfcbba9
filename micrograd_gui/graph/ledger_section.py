"""A table of gradients in the inspector, with its title and what is said where it has no rows."""

from collections.abc import Sequence

from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from micrograd_gui.graph.ledger_model import Column
from micrograd_gui.graph.ledger_table import LedgerTable
from micrograd_gui.model.inspection import LedgerRow
from micrograd_gui.widgets.labels import make_label

_FIRST_ROWS = 12
"""Rows shown of a long table; more would push the slope out of sight."""


class LedgerSection(QWidget):
    """A table under a title. Of a long one it shows the first rows, and the rest when asked for."""

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
        """Show the rows, or where there are none the sentence ``nothing``."""
        self._rows = rows
        hidden = 0 if self._all else max(len(rows) - _FIRST_ROWS, 0)
        self.table.show_rows(rows[: len(rows) - hidden])
        self.table.setVisible(bool(rows))
        self._nothing.setText(nothing)
        self._nothing.setVisible(not rows)
        self._more.setVisible(len(rows) > _FIRST_ROWS)
        text = f"… and {hidden} more" if hidden else "Show fewer"
        self._more.setText(text)
        self._more.setAccessibleName(text)
        self._more.setToolTip(
            f"Show all {len(rows)} rows" if hidden else f"Show the first {_FIRST_ROWS} rows"
        )

    def show_fewer(self) -> None:
        self._all = False

    def _toggle(self) -> None:
        self._all = not self._all
        self.show_rows(self._rows, self._nothing.text())
