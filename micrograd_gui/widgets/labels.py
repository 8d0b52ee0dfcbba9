"""Labels in the roles of the style sheet."""

from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

LabelRole = Literal[
    "brand", "section", "title", "muted", "faint", "mono", "data", "grad", "problem", "warning", "good", ""
]
"""What a label's text is; "" has the style of no role."""


def make_label(
    role: LabelRole, text: str = "", name: str = "", *, wraps: bool = False, parent: QWidget | None = None
) -> QLabel:
    """Return a label that shows its text as it is: nothing in it is read as markup."""
    label = QLabel(text, parent)
    label.setObjectName(name)
    label.setProperty("role", role)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(wraps)
    return label
