"""A tile with one number of the run in large type."""

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from micrograd_gui.widgets.labels import LabelRole, make_label
from micrograd_gui.widgets.style import mono


class MetricTile(QFrame):
    """A title and, below it, the number."""

    def __init__(self, name: str, title: str, role: LabelRole, parent: QWidget | None = None) -> None:
        """Make a tile without a number; ``role`` gives the number its colour in the style sheet."""
        super().__init__(parent)
        self.setObjectName(f"{name}_tile")
        self.setProperty("role", "tile")
        self._title = title
        self.value_label = make_label(role, "–", f"{name}_value", parent=self)
        self.value_label.setFont(mono(16, bold=True))
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 7, 8, 7)
        column.setSpacing(2)
        column.addWidget(make_label("faint", title, parent=self))
        column.addWidget(self.value_label)

    def show_value(self, text: str) -> None:
        self.value_label.setText(text)
        self.value_label.setAccessibleName(f"{self._title} {text}")
