"""The bar over the canvas that finds cards by name or operation."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QToolButton, QWidget

from micrograd_core.texts import tr
from micrograd_gui.model.theme import DARK, Theme
from micrograd_gui.widgets.labels import make_label
from micrograd_gui.widgets.style import icon, restyle

_MOVES = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}


class FindBar(QFrame):
    """Finds cards: Enter goes to the next match, Shift+Enter to the one before, Escape closes."""

    node_found = Signal(str)
    """id of the node to show"""
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._nodes: list[tuple[str, str]] = []
        self._matches: list[str] = []
        self._current = -1
        self.setObjectName("find_bar")
        self.setAccessibleName(tr("Find a card"))
        self.setProperty("role", "bar")
        self._input = _Input()
        self._input.setObjectName("find_input")
        self._input.setAccessibleName(tr("Find a card"))
        self._input.setToolTip(tr("Part of a card's name or operation"))
        self._input.setPlaceholderText(tr("Find a card by its name or operation"))
        self._input.setMaximumWidth(360)
        self._input.textEdited.connect(self._search)
        self._count = make_label("muted", name="find_count")
        self._count.setMinimumWidth(64)
        self._previous = self._button("find_previous", tr("Previous match"), "Shift+Enter", "↑")
        self._next = self._button("find_next", tr("Next match"), "Enter", "↓")
        self._close = self._button("find_close", tr("Close"), "Esc", "")
        self._previous.clicked.connect(lambda _checked=False: self._go(-1))
        self._next.clicked.connect(lambda _checked=False: self._go(1))
        self._close.clicked.connect(lambda _checked=False: self.closed.emit())
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 6, 8, 6)
        layout.setSpacing(6)
        layout.addWidget(self._input, 1)
        for widget in (self._count, self._previous, self._next):
            layout.addWidget(widget)
        layout.addStretch()
        layout.addWidget(self._close)
        self.setFocusProxy(self._input)
        self.show_theme(DARK)
        self._show_count()

    def show_nodes(self, nodes: Sequence[tuple[str, str]]) -> None:
        """Take (id, label) of all cards; the present match stays."""
        self._nodes = list(nodes)
        reached = self._matches[self._current] if self._current >= 0 else ""
        self._matches = self._find(self._input.text())
        self._current = self._matches.index(reached) if reached in self._matches else -1
        self._show_count()

    def begin_anew(self) -> None:
        """Go, and forget what was searched for: another program is shown."""
        self.hide()
        self._input.clear()
        self.show_nodes(())

    def show_theme(self, theme: Theme) -> None:
        self._close.setIcon(icon("x", theme))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._input.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take the keys that the line edit and the buttons ignore."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not self._close.hasFocus():
            self._go(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
        elif event.key() in _MOVES:
            self._go(_MOVES[Qt.Key(event.key())])
        elif event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def _button(self, name: str, text: str, key: str, sign: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName(name)
        button.setProperty("role", "plain")
        button.setAccessibleName(text)
        button.setToolTip(f"{text} ({key})")
        button.setText(sign)
        button.setIconSize(QSize(16, 16))
        button.setStyleSheet("padding: 4px; min-width: 16px;")
        return button

    def _search(self, query: str) -> None:
        """Go to the best match: a card of exactly this name, else one that starts with it, else the first."""
        self._matches = self._find(query)
        wanted = query.strip().casefold()
        labels = dict(self._nodes)

        def distance(match: int) -> tuple[bool, bool, int]:
            label = labels[self._matches[match]].casefold()
            return wanted not in label.split(), not label.startswith(wanted), match

        self._current = min(range(len(self._matches)), key=distance, default=-1)
        self._show_count()
        if self._current >= 0:
            self.node_found.emit(self._matches[self._current])

    def _find(self, query: str) -> list[str]:
        wanted = query.strip().casefold()
        return [node for node, label in self._nodes if wanted in label.casefold()] if wanted else []

    def _go(self, by: int) -> None:
        """Go to a later match, or an earlier one, and round from the last to the first."""
        if self._matches:
            start = self._current if self._current >= 0 or by > 0 else 0
            self._current = (start + by) % len(self._matches)
            self._show_count()
            self.node_found.emit(self._matches[self._current])

    def _show_count(self) -> None:
        count, typed = len(self._matches), bool(self._input.text().strip())
        if not typed:
            text = ""
        elif not count:
            text = tr("no match")
        elif self._current < 0:
            text = str(count)
        else:
            text = tr("{number} of {count}", number=self._current + 1, count=count)
        self._count.setText(text)
        self._previous.setEnabled(count > 0)
        self._next.setEnabled(count > 0)
        restyle(self._input, "invalid", typed and not count)


class _Input(QLineEdit):
    """The field of the bar. Its text is selected when the bar is opened again, so that typing replaces it."""

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() in (Qt.FocusReason.OtherFocusReason, Qt.FocusReason.ShortcutFocusReason):
            self.selectAll()
