"""The dialog for faults of the program itself."""

from collections import Counter

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from micrograd_core.texts import tr, tr_count
from micrograd_gui.widgets.labels import make_label
from micrograd_gui.widgets.style import mono

_ADVICE = tr(
    "This is a fault of the program, not yours. You can continue, but save your work first. "
    "To report the fault, copy the details below."
)
_MOST_OFTEN = 3
"""Upper limit for showing the same bug: one at every repaint must not keep the user from saving."""
_LENGTH = 200_000
"""Upper limit for the characters of details."""


class BugDialog(QDialog):
    """One dialog for all bugs; those that occur while it is open are added to it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: Counter[str] = Counter()
        self._first, self._count = "", 0
        self.setObjectName("bug_dialog")
        self.setWindowTitle(tr("Something went wrong"))
        self.setModal(True)
        self.resize(640, 420)
        title = make_label("title", tr("Something went wrong in the program"))
        self._sentence = make_label("", name="bug_sentence", wraps=True)
        advice = make_label("muted", _ADVICE, wraps=True)
        self._details = QPlainTextEdit()
        self._details.setObjectName("bug_details")
        self._details.setAccessibleName(tr("Details"))
        self._details.setReadOnly(True)
        self._details.setTabChangesFocus(True)
        self._details.setFont(mono(12))
        self._details.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        copy = QPushButton(tr("Copy details"))
        copy.setObjectName("bug_copy")
        copy.setAccessibleName(tr("Copy details"))
        copy.setToolTip(tr("Copy the details to the clipboard"))
        copy.setAutoDefault(False)
        copy.clicked.connect(self._copy)
        go_on = QPushButton(tr("Continue"))
        go_on.setObjectName("bug_continue")
        go_on.setAccessibleName(tr("Continue"))
        go_on.setToolTip(tr("Close and continue (Enter)"))
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
        """Show a bug with its traceback as ``details``. The same bug is shown three times at most."""
        if self._shown[details] == _MOST_OFTEN:
            return
        self._shown[details] += 1
        if not self.isVisible():
            self._first, self._count = sentence, 0
            self._details.clear()
        self._count += 1
        self._sentence.setText(_with_count(self._first, self._count - 1))
        if len(self._details.toPlainText()) < _LENGTH:
            self._details.appendPlainText(details[:_LENGTH])
        self.open()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._details.toPlainText())


def _with_count(first: str, more: int) -> str:
    """Return the text of the first bug, and how many followed it."""
    if not more:
        return first
    return tr_count("{bug} (and {n:,} more since)", "{bug} (and {n:,} more since)", more, bug=first)
