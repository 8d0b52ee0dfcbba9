"""The boxes of the Help menu: all keys, and a description of the program."""

from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from micrograd_core.texts import tr
from micrograd_gui.shell.actions import keys_table

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
    _show(window, tr("Keys"), f"<table cellpadding=1>{rows}</table>")


def show_about(window: QWidget) -> None:
    _show(window, tr("About micrograd"), "\n\n".join(_ABOUT))


def _show(window: QWidget, title: str, text: str) -> None:
    box = QMessageBox(window)
    box.setWindowTitle(title)
    box.setText(text)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.open()
