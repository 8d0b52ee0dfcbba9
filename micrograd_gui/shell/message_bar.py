"""The bar of messages that something failed or is done; it blocks nothing."""

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from micrograd_core.texts import tr
from micrograd_gui.model.theme import DARK, Theme
from micrograd_gui.widgets.labels import make_label
from micrograd_gui.widgets.style import icon, mono

Kind = Literal["problem", "info"]
_KEPT = 20
_DETAILS_LENGTH = 100_000


@dataclass(frozen=True, slots=True)
class Message:
    kind: Kind
    text: str
    """A sentence or two."""
    details: str = ""
    """Traceback or exit code, for developers."""
    topic: str = ""
    """Key with which the message is withdrawn once the problem is over; "" for none."""


class MessageBar(QFrame):
    """Shows the newest message. Problems stay until they are closed, the newest on top."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._messages: list[Message] = []
        self._theme = DARK
        self.setObjectName("message_bar")
        self.setAccessibleName(tr("Message"))
        self.setProperty("role", "bar")
        self._sign = QLabel()
        self._sign.setFixedSize(18, 18)
        self._text = make_label("", name="message_text", wraps=True)
        self._text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._details_button = QPushButton(tr("Details"))
        self._details_button.setObjectName("message_details_button")
        self._details_button.setAccessibleName(tr("Details"))
        self._details_button.setToolTip(tr("Show the full error text"))
        self._details_button.setCheckable(True)
        self._close = QToolButton()
        self._close.setObjectName("message_close")
        self._close.setProperty("role", "plain")
        self._close.setAccessibleName(tr("Close the message"))
        self._close.setToolTip(tr("Close the message"))
        self._close.setIconSize(QSize(16, 16))
        self._close.setStyleSheet("padding: 4px;")
        self._close.clicked.connect(self.close_newest)
        self._details = QPlainTextEdit()
        self._details.setObjectName("message_details")
        self._details.setAccessibleName(tr("Details of the message"))
        self._details.setReadOnly(True)
        self._details.setFont(mono(12))
        self._details.setTabChangesFocus(True)
        self._details.setFixedHeight(150)
        self._details_button.toggled.connect(self._details.setVisible)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._sign)
        row.addWidget(self._text, 1)
        for button in (self._details_button, self._close):
            row.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 6, 10, 6)
        layout.addLayout(row)
        layout.addWidget(self._details)
        self._show_newest()

    def show_message(self, kind: Kind, text: str, details: str = "", topic: str = "") -> None:
        """Show a message instead of earlier news. An earlier problem comes back when this one is closed."""
        message = Message(kind, text, details[:_DETAILS_LENGTH], topic)
        kept = [known for known in self._messages if known.kind == "problem" and known.text != text]
        self._messages = [*kept, message][-_KEPT:]
        self._show_newest()

    def withdraw(self, topic: str) -> None:
        """Remove all messages of a topic."""
        kept = [message for message in self._messages if message.topic != topic]
        if len(kept) < len(self._messages):
            self._messages = kept
            self._show_newest()

    def show_state_of(self, topic: str, problem: str, details: str = "") -> None:
        """Show the present problem of a topic; "" for none."""
        self.withdraw(topic)
        if problem:
            self.show_message("problem", problem, details, topic)

    def close_newest(self) -> None:
        """Remove the message that is shown, if any; the one below it comes back."""
        if self._messages:
            self._messages.pop()
            self._show_newest()

    def show_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._close.setIcon(icon("x", theme))
        self._show_sign()

    def _show_newest(self) -> None:
        self._details_button.setChecked(False)
        self._details.hide()
        self.setVisible(bool(self._messages))
        if not self._messages:
            return
        message = self._messages[-1]
        self._text.setText(message.text)
        self._text.setAccessibleName(
            tr("Problem: {text}", text=message.text)
            if message.kind == "problem"
            else tr("Info: {text}", text=message.text)
        )
        self._details_button.setVisible(bool(message.details))
        self._details.setPlainText(message.details)
        self._show_sign()

    def _show_sign(self) -> None:
        if self._messages:
            problem = self._messages[-1].kind == "problem"
            tint = self._theme.problem if problem else self._theme.data
            sign = icon("circle-alert" if problem else "info", self._theme, tint)
            self._sign.setPixmap(sign.pixmap(QSize(16, 16), self.devicePixelRatioF()))
