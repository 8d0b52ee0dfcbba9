"""Uses the window under a catalogue of brackets, and prints which of the shown texts have none."""

import gettext
import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtCore import QAbstractTableModel, QElapsedTimer, QEventLoop, QModelIndex
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QTabBar,
    QWidget,
)

from micrograd_core import texts


class Brackets(gettext.NullTranslations):
    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"⟦{msgid1 if n == 1 else msgid2}⟧"


texts.catalogue = Brackets()

# Everything else is imported under the brackets: tables look their texts up once.
from micrograd_gui.model.document import Document, type_source  # noqa: E402
from micrograd_gui.model.examples import examples  # noqa: E402
from micrograd_gui.model.resources import resource_path  # noqa: E402
from micrograd_gui.model.settings import Settings  # noqa: E402
from micrograd_gui.shell.frame import Frame  # noqa: E402
from micrograd_gui.shell.window import MainWindow  # noqa: E402

PROGRAM = "a = 2.0\nb = Value(3.0)\nc = (a * b + a).tanh()\nprint(c)"
BROKEN = "a = 2.0\nb = a +\n"
SENTENCE = re.compile(r"⟦[^⟦⟧]*⟧")
NOT_WORDS = re.compile(
    r"</?qt>"
    r"|[-−+]?\d[\d.,e%×k+-]*(?:x|×)?|\b(?:inf|nan)\b"  # numbers
    r"|∂?\b(?:a|b|c|tanh|grad|data|micrograd|MLP|o)\b"  # names of the program and of its cards
    r"|Ctrl|Shift|Home|End|Esc|Space|Enter|Left|Right|Tab|F\d+|\+[A-Z]\b|\b[A-Z]\b"  # keys
)
OTHERS = {"Scroll Left", "Scroll Right", *(example.title for example in examples(resource_path("examples")))}
"""Texts of Qt, and titles of examples, which are programs."""


def without_sentences(text: str) -> str:
    """What is left of a text when all that was looked up is taken away, innermost first."""
    while (shorter := SENTENCE.sub("", text)) != text:
        text = shorter
    return NOT_WORDS.sub("", text)


def wait_until(is_so: Callable[[], bool]) -> None:
    """Let the window work until ``is_so``, at most for 30 s."""
    waiting, flags = QElapsedTimer(), QEventLoop.ProcessEventsFlag
    waiting.start()
    while not is_so():
        assert waiting.elapsed() < 30_000, "the window does not get ready"
        QApplication.processEvents(flags.AllEvents | flags.WaitForMoreEvents, 20)


def shown(window: QWidget) -> Iterator[str]:
    """Every text of the window's widgets and actions."""
    for widget in (window, *window.findChildren(QWidget)):
        yield from (
            widget.toolTip(),
            widget.statusTip(),
            widget.accessibleName(),
            widget.accessibleDescription(),
        )
        match widget:
            case QLabel() | QAbstractButton():
                yield widget.text()
            case QLineEdit():
                yield widget.placeholderText()
            case QComboBox():
                yield from (widget.itemText(i) for i in range(widget.count()))
            case QTabBar():
                yield from (widget.tabText(i) for i in range(widget.count()))
            case QAbstractItemView() if widget.model() is not None:
                model, root = widget.model(), QModelIndex()
                columns = model.columnCount(root) if isinstance(model, QAbstractTableModel) else 1
                yield from (
                    str(model.index(i, j, root).data() or "")
                    for i in range(min(model.rowCount(root), 200))
                    for j in range(columns)
                )
        for action in widget.actions():
            yield from (action.text(), action.toolTip(), action.statusTip())


def main(folder: Path) -> None:
    app = QApplication(sys.argv[:1])
    frame = Frame(Settings(reduced_motion="on"))
    frame.resize(1440, 900)
    frame.show()
    window = MainWindow(frame, folder)
    session = window.session
    session.start()
    found: set[str] = set()

    def settle() -> None:
        wait_until(lambda: not session.is_busy)
        for _ in range(5):
            app.processEvents()
        found.update(shown(frame))

    for source in (PROGRAM, BROKEN, "", "a = 1e308 * 10.0\nb = a * 0.0"):
        session.open(type_source(Document(), source))
        settle()
        for position in range(session.player.last + 1):
            session.player.jump(position)
            settle()
        snapshot = session.shown.snapshot
        for node in () if snapshot is None else snapshot.nodes:
            session.selection.select(node.id)
            settle()
    session.open(type_source(Document(), PROGRAM))
    settle()
    for row in ("arrays", "find", "palette"):
        frame.actions_by_id[row].trigger()
        settle()
    window.show_training_tab()
    wait_until(lambda: window.training_tab.view is not None)
    settle()
    window.training_tab.train_step()
    settle()
    session.editing.mark_saved()
    frame.close()
    missed = sorted(text for text in found - OTHERS if re.search(r"[A-Za-z]{2}", without_sentences(text)))
    looked_up = sorted(text for text in found if "⟦" in text)
    json.dump({"looked_up": looked_up, "missed": missed}, sys.stdout)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
