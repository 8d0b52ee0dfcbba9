"""The field in which a leaf's value is typed, over its card."""

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from micrograd_gui.model.fit_text import shorten_end
from micrograd_gui.model.numbers import format_source, parse_number
from micrograd_gui.widgets.labels import make_label
from micrograd_gui.widgets.own_keys import OwnKeys, keep_own_key

_QUOTED_LENGTH = 20
"""Letters that are quoted of what is no number."""


class LeafEditor(QLineEdit):
    """Enter accepts, Esc cancels, nonsense is refused with a sentence under the field.

    Going elsewhere accepts too, so that nothing typed is lost, unless it is nonsense.
    """

    accepted = Signal(str, float)
    """node id and the number typed"""
    closed = Signal()
    own_keys = OwnKeys(every=True)
    """While a number is typed no key is a shortcut of the window."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("leaf_editor")
        self.setToolTip("Type a number. Enter sets it, Esc leaves it as it was.")
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
        self.setAccessibleName(f"Value of {label}")
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
        return "Type a number, such as −2.5, or press Esc."
    return f"“{shorten_end(text, _QUOTED_LENGTH)}” is not a number; type one such as −2.5, or press Esc."
