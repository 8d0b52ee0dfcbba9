"""The field over a leaf's card in which its value is typed."""

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from micrograd_core.texts import tr
from micrograd_gui.model.fit_text import shorten_end
from micrograd_gui.model.numbers import format_source, parse_number
from micrograd_gui.widgets.labels import make_label
from micrograd_gui.widgets.own_keys import OwnKeys, keep_own_key

_QUOTED_LENGTH = 20
"""Longest quotation of a text that is no number, in characters."""


class LeafEditor(QLineEdit):
    """A field over a card: Enter accepts, Esc cancels, and a text that is no number gets a sentence under the field.

    Losing the focus accepts a number, too, and cancels otherwise.
    """

    accepted = Signal(str, float)
    """node id and the number typed"""
    closed = Signal()
    own_keys = OwnKeys(every=True)
    """All keys: none is a shortcut of the window while a number is typed."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("leaf_editor")
        self.setToolTip(tr("Type a number. Enter sets it, Esc cancels."))
        self._node_id = ""
        self._before = ""
        self._sentence = make_label("", name="leaf_editor_sentence", parent=parent)
        self._sentence.hide()
        self.textEdited.connect(self._sentence.hide)
        self.hide()

    @property
    def node_id(self) -> str:
        """Id of the leaf being edited; "" while closed."""
        return self._node_id

    def open(self, node_id: str, label: str, data: float) -> None:
        self._node_id = node_id
        self._before = format_source(data)
        self.setAccessibleName(tr("Value of {leaf}", leaf=label))
        self.setText(self._before)
        self.selectAll()
        self.show()
        self.setFocus()

    def close_editor(self) -> None:
        if self._node_id:
            self._node_id = ""
            self._sentence.hide()
            self.hide()
            self.closed.emit()

    def place_over(self, card: QRect) -> None:
        """Cover the numbers of a card, given in the parent's coordinates."""
        self.setGeometry(
            QRect(QPoint(card.left(), card.bottom() - 30), card.bottomRight()).adjusted(0, 0, 0, 2)
        )
        self.resize(max(self.width(), 132), max(self.height(), 30))
        self._sentence.move(self.geometry().bottomLeft() + QPoint(0, 4))

    def event(self, event: QEvent) -> bool:
        return keep_own_key(self, event) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_editor()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._accept()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason and self._node_id:
            if parse_number(self.text()) is not None:
                self._accept()
            else:
                self.close_editor()

    def _accept(self) -> None:
        if self.text() == self._before:
            self.close_editor()
            return
        number = parse_number(self.text())
        if number is None:
            self._sentence.setText(refusal(self.text()))
            self._sentence.adjustSize()
            self._sentence.show()
            self._sentence.raise_()
            return
        node_id = self._node_id
        self.close_editor()
        self.accepted.emit(node_id, number)


def refusal(text: str) -> str:
    if not text.strip():
        return tr("Type a number, such as −2.5, or press Esc.")
    return tr(
        "“{text}” is not a number. Type one, such as −2.5, or press Esc.",
        text=shorten_end(text, _QUOTED_LENGTH),
    )
