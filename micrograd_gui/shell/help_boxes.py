"""What the Help menu shows: all keys, and what the program is."""

from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from micrograd_gui.shell.actions import keys_table

_ABOUT = """∂ micrograd

Type an expression, step through its graph forward and backward, and watch a network learn.

After the blog post "More Autograd" and Andrej Karpathy's micrograd. MIT licence."""


def show_keys(window: QWidget) -> None:
    """A table of every key of the window's commands."""
    rows = "".join(
        f"<tr><td align=right><b>{escape(keys)}</b></td><td width=16></td><td>{escape(text)}</td></tr>"
        for keys, text in keys_table()
    )
    _show(window, "Keys", f"<table cellpadding=1>{rows}</table>")


def show_about(window: QWidget) -> None:
    _show(window, "About micrograd", _ABOUT)


def _show(window: QWidget, title: str, text: str) -> None:
    box = QMessageBox(window)
    box.setWindowTitle(title)
    box.setText(text)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.open()
