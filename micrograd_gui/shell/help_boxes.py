"""The boxes of the Help menu: all keys, and a description of the program."""

from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QMessageBox,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from micrograd_core.texts import tr
from micrograd_gui.model.settings import fitting_size
from micrograd_gui.shell.actions import keys_table
from micrograd_gui.shell.settings_store import available_screens

_ABOUT = (
    "∂ micrograd",
    tr("Type an expression, step through its graph forward and backward, and watch a network learn."),
    tr('After the blog post "More Autograd" and Andrej Karpathy\'s micrograd. MIT licence.'),
)


def show_keys(window: QWidget) -> None:
    """Show a table of the keys of all commands."""
    rows = "".join(
        f"<tr><td align=right><b>{escape(keys)}</b></td><td width=16></td><td>{escape(text)}</td></tr>"
        for keys, text in keys_table()
    )
    table = QLabel(f"<table cellpadding=1>{rows}</table>")
    area = QScrollArea()
    area.setWidget(table)
    area.setAccessibleName(tr("Keys"))
    box = QDialog(window)
    box.setObjectName("keys_box")
    box.setWindowTitle(tr("Keys"))
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok)
    buttons.accepted.connect(box.accept)
    column = QVBoxLayout(box)
    column.addWidget(area)
    column.addWidget(buttons)
    # As large as the table, or as the screen allows: then it can be scrolled.
    around = box.sizeHint() - area.sizeHint()
    width = table.sizeHint().width() + area.verticalScrollBar().sizeHint().width() + around.width()
    height = table.sizeHint().height() + around.height()
    box.resize(*fitting_size(width, height, available_screens()))
    box.open()


def show_about(window: QWidget) -> None:
    box = QMessageBox(window)
    box.setWindowTitle(tr("About micrograd"))
    box.setText("\n\n".join(_ABOUT))
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.open()
