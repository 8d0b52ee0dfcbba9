"""What is shown when the program itself is wrong."""

from collections import Counter

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from micrograd_gui.widgets.labels import make_label
from micrograd_gui.widgets.style import mono

_ADVICE = (
    "This is a mistake in the program, not in what you did. You can go on; save your work to be on the safe side. "
    "Copy the details below if you want to report it."
)
_MOST_OFTEN = 3
"""How often the same bug is shown: one that happens at every repaint must not keep the user from saving."""
_LENGTH = 200_000


class BugDialog(QDialog):
    """One dialog for all bugs: those that come while it is open are added to it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: Counter[str] = Counter()
        self._count = 0
        self.setObjectName("bug_dialog")
        self.setWindowTitle("Something went wrong")
        self.setModal(True)
        self.resize(640, 420)
        title = make_label("title", "Something went wrong in the program")
        self._sentence = make_label("", name="bug_sentence", wraps=True)
        advice = make_label("muted", _ADVICE, wraps=True)
        self._details = QPlainTextEdit()
        self._details.setObjectName("bug_details")
        self._details.setAccessibleName("Details")
        self._details.setReadOnly(True)
        self._details.setTabChangesFocus(True)
        self._details.setFont(mono(12))
        self._details.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        copy = QPushButton("Copy details")
        copy.setObjectName("bug_copy")
        copy.setAccessibleName("Copy details")
        copy.setToolTip("Put the details on the clipboard")
        copy.setAutoDefault(False)
        copy.clicked.connect(self._copy)
        go_on = QPushButton("Continue")
        go_on.setObjectName("bug_continue")
        go_on.setAccessibleName("Continue")
        go_on.setToolTip("Close this and go on (Enter)")
        go_on.setDefault(True)
        go_on.clicked.connect(self.accept)
        buttons = QHBoxLayout()
        buttons.addWidget(copy)
        buttons.addStretch(1)
        buttons.addWidget(go_on)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(10)
        for widget in (title, self._sentence, advice, self._details):
            layout.addWidget(widget)
        layout.addLayout(buttons)
        go_on.setFocus()

    def show_bug(self, sentence: str, details: str) -> None:
        """``details`` is the traceback. The same bug is shown three times and then no more."""
        if self._shown[details] == _MOST_OFTEN:
            return
        self._shown[details] += 1
        if not self.isVisible():
            self._count = 0
            self._details.clear()
        self._count += 1
        more = f" (and {self._count - 1} more since)" if self._count > 1 else ""
        if self._count == 1:
            self._sentence.setText(sentence)
        self._sentence.setText(self._sentence.text().partition(" (and ")[0] + more)
        if len(self._details.toPlainText()) < _LENGTH:
            self._details.appendPlainText(details[:_LENGTH])
        self.open()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._details.toPlainText())
