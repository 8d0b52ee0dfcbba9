"""Labels in the roles of the style sheet, and tooltips, all of plain text."""

import html
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

LabelRole = Literal[
    "brand", "section", "title", "muted", "faint", "mono", "data", "grad", "problem", "warning", "good", ""
]
"""Style role of a label; "" for none."""


def make_label(
    role: LabelRole, text: str = "", name: str = "", *, wraps: bool = False, parent: QWidget | None = None
) -> QLabel:
    """Return a label with plain text: nothing in it is read as markup."""
    label = QLabel(text, parent)
    label.setObjectName(name)
    label.setProperty("role", role)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(wraps)
    return label


def tooltip(text: str) -> str:
    """Return a tooltip with ``text`` as plain text and long lines broken; Qt would read tags in a bare string."""
    return f"<qt>{html.escape(text)}</qt>" if text else ""
