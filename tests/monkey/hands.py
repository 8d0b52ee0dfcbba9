"""The random user's hands: one real window, and operations drawn from a seeded stream until the time is over."""

import argparse
import gc
import multiprocessing
import os
import random
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QKeySequence, QWheelEvent
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSlider,
    QApplication,
    QComboBox,
    QFileDialog,
    QLineEdit,
    QMenu,
    QMessageBox,
    QPushButton,
    QWidget,
)

from micrograd_core.training.config import TrainingConfig
from micrograd_gui.shell.actions import ACTIONS
from micrograd_gui.shell.frame import Frame
from micrograd_gui.shell.settings_store import SettingsStore, config_folder
from micrograd_gui.shell.window import MainWindow
from micrograd_gui.startup import make_application
from micrograd_gui.widgets.style import load_fonts
from tests.monkey.faults import PLANTS, fault, listen, say, say_memory
from tests.monkey.options import OPTIONS
from tests.monkey.programs import piece, program

_PAUSES = (0, 0, 0, 0, 1, 5, 20, 100)
"""Milliseconds between operations."""
_FILE_NAMES = (
    "a.py",
    "b.py",
    "c.py",
    "x[*]y.py",
    "<b>x<u>.py",
    "é 🎉.py",
    "&x.py",
    "folder",
    "folder/d.py",
    "no/such.py",
)
_MOST_ANSWERS = 5
"""A dialog that has not closed by then is left by Escape."""
_MOST_CHILDREN = 3
"""One that trains, one that solves, and a spare for that."""
_WINDOW_SIZES = ((1000, 640), (1440, 900), (1100, 1000), (1900, 700), (1280, 720))
_FIELD_TEXTS = (
    "0",
    "1",
    "-1",
    "0.5",
    "2.5e-3",
    "64",
    "4, 4",
    "16, 16",
    "",
    "x",
    "1e308",
    "nan",
    "-",
    "1337",
    "4 4",
    "²",
)
_LEFT, _RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
_NONE, _SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
_CONTROL = Qt.KeyboardModifier.ControlModifier


def _keys(names: str) -> list[Qt.Key]:
    return [Qt.Key[f"Key_{name}"] for name in names.split()]


_ANY_KEYS = _keys("Left Right Up Down Home End PageUp Space Return Tab Backtab Escape F2 T")
_POPUP_KEYS = _keys("Down Down Up Return Return Escape")
_EDITOR_KEYS = {
    _NONE: _keys("Backspace Delete Return Tab Escape Up Down Home End PageDown"),
    _SHIFT: _keys("Left Up End Backtab"),
    _CONTROL: _keys("Space Slash A C X V Z Y Backspace Left End"),
}

Shown = TypeVar("Shown", bound=QWidget)


class Monkey:
    """Does one operation after the other, also in the event loops of dialogs and menus."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._options = options
        self._end = time.monotonic() + options.minutes * 60.0
        self._number = 0
        self._looked = 0
        """Number of the operation before the last look at the memory."""
        self._chance = random.Random(options.seed)
        self._depth = 0
        self._answers: tuple[int, int] = (0, 0)
        """id of the dialog that is open and how often it was answered"""
        self._giving_up = False
        """Whether questions are answered so that nothing is saved."""
        self._store = SettingsStore()
        self.window = self._open_window()
        say(waits=0)
        self._script: Iterator[None] | None = iter(()) if options.plant else self._warm_up()
        self._step()

    # One operation after the other

    def _step(self) -> None:
        # First of all: where the operation opens an event loop of its own, the next one comes from within.
        QTimer.singleShot(self._chance.choice(_PAUSES) if self._script is None else 10, self._step)
        self._depth += 1
        try:
            modal, popup = QApplication.activeModalWidget(), QApplication.activePopupWidget()
            if popup is not None:
                self._begin()
                self._use_popup(popup)
            elif modal is not None:
                self._begin()
                self._answer(modal)
            elif self._depth > 1:
                # A text is being dragged, and waits for its release.
                QTest.keyClick(self.window.frame, Qt.Key.Key_Escape)
            elif self._script is not None:
                if next(self._script, self) is self:
                    self._script = None
            elif not self.window.frame.isVisible():
                self._script = self._reopen()
            elif time.monotonic() > self._end or self._number >= self._options.operations:
                self._script = self._finish()
            elif self._number >= self._looked + self._options.every:
                self._script = self._look_at_memory()
            else:
                self._begin()
                for plant in self._options.plant:
                    PLANTS[plant]()
                (operation,) = self._chance.choices(list(_OPERATIONS), list(_OPERATIONS.values()))
                operation(self)
        finally:
            self._depth -= 1

    def _begin(self) -> None:
        """Each operation has a stream of its own: what one draws does not change the others."""
        self._number += 1
        self._chance = random.Random(f"{self._options.seed} {self._number}")

    def _note(self, text: str) -> None:
        """Say what will be done; it may be the last thing that is."""
        say(operation=self._number, does=text)

    def _wait(self, seconds: float, until: Callable[[], bool] = lambda: False) -> Iterator[None]:
        end = time.monotonic() + seconds
        while time.monotonic() < end and not until():
            say(waits=self._number)
            yield

    # The window

    def _open_window(self) -> MainWindow:
        settings, _problem = self._store.load()
        window = MainWindow(Frame(settings), config_folder())
        window.frame.show()
        window.session.start()
        window.session.failed.connect(_report_failure)
        window.training_tab.failed.connect(_report_failure)
        window.documents.recover()
        window.frame.activateWindow()
        return window

    def _warm_up(self) -> Iterator[None]:
        """Use once what is loaded late, so that it is in the memory from the beginning."""
        self.window.show_training_tab()
        yield from self._wait(20.0, lambda: self.window.training_tab.view is not None)
        self._trigger("train_step")
        yield from self._wait(1.0)
        self.window.show_graph_tab()
        self.window.frame.menus["Examples"].actions()[-1].trigger()
        yield from self._wait(10.0, lambda: not self.window.session.is_busy)
        self._giving_up = True
        for action in [
            "arrays",
            "theme_light",
            "theme_dark",
            "find",
            "palette",
            "keys",
            "open",
            "export",
            "arrays",
        ]:
            self._trigger(action)
            yield from self._wait(0.3)
        self._giving_up = False
        self._end = time.monotonic() + self._options.minutes * 60.0

    def _reopen(self) -> Iterator[None]:
        """What the program does at its end and at its start."""
        self._count_children(0)
        problem = self._store.save(self.window.settings)
        if problem:
            fault("settings", problem)
        self.window.frame.deleteLater()
        yield from self._wait(0.1)
        self.window = self._open_window()
        yield from self._wait(0.2)

    def _count_children(self, most: int) -> None:
        children = multiprocessing.active_children()
        if len(children) > most:
            fault("left behind", f"the window should have no more than {most} children, but has {children}")

    def _look_at_memory(self) -> Iterator[None]:
        """What stays when nothing is open any more and the blog's training begins anew."""
        self._giving_up = True
        training = self.window.training_tab.training_run
        views = QSignalSpy(training.view_changed)
        self._trigger("new")
        self.window.training_tab.settings_panel.show_config(TrainingConfig())
        self._trigger("train_reset")
        yield from self._wait(30.0, lambda: views.count() > 0 and not self.window.session.is_busy)
        yield from self._wait(0.2)
        self._giving_up = False
        self._count_children(_MOST_CHILDREN)
        say_memory(training.pid, trains=views.count() > 0)
        self._looked = self._number

    def _finish(self) -> Iterator[None]:
        self._giving_up = True
        self.window.frame.close()
        QApplication.exit(0)
        yield

    def _trigger(self, action: str) -> None:
        self._note(f"trigger {action}")
        self.window.frame.actions_by_id[action].trigger()

    # Dialogs and menus

    def _answer(self, dialog: QWidget) -> None:
        known, count = self._answers
        count = count + 1 if known == id(dialog) else 1
        self._answers = id(dialog), count
        name = type(dialog).__name__
        if count > _MOST_ANSWERS or (self._giving_up and not isinstance(dialog, QMessageBox)):
            self._note(f"reject {name}")
            dialog.close()
        elif isinstance(dialog, QMessageBox):
            self._answer_box(dialog)
        elif isinstance(dialog, QFileDialog) and self._chance.random() < 0.7:
            path = self._path()
            self._note(f"type {str(path)!r} into {name} {dialog.windowTitle()!r}")
            field = dialog.findChild(QLineEdit, "fileNameEdit")
            assert isinstance(field, QLineEdit)
            field.setText(str(path))
            QTest.keyClick(field, Qt.Key.Key_Return)
        elif self._chance.random() < 0.5:
            self._note(f"Escape in {name}")
            QTest.keyClick(dialog, Qt.Key.Key_Escape)
        else:
            buttons = [
                button
                for button in dialog.findChildren(QPushButton)
                if button.isVisible() and button.isEnabled()
            ]
            if buttons:
                button = self._chance.choice(buttons)
                self._note(f"click {button.text()!r} in {name}")
                QTest.mouseClick(button, _LEFT)

    def _answer_box(self, box: QMessageBox) -> None:
        known = QMessageBox.StandardButton
        buttons = box.buttons()
        chosen = self._chance.choice(buttons)
        if self._giving_up:
            wanted = (known.Discard, known.Cancel, known.No, known.Ok)
            chosen = next(found for found in map(box.button, wanted) if found is not None)
        self._note(f"click {chosen.text()!r} in the box {box.text()[:60]!r}")
        QTest.mouseClick(chosen, _LEFT)

    def _use_popup(self, popup: QWidget) -> None:
        if self._giving_up:
            self._note(f"close {_name(popup)}")
            popup.close()
        elif isinstance(popup, QMenu) and popup.actions() and self._chance.random() < 0.4:
            action = self._chance.choice(popup.actions())
            self._note(f"click {action.text()!r} in a menu")
            QTest.mouseClick(popup, _LEFT, pos=popup.actionGeometry(action).center())
        elif popup is self.window.palette and self._chance.random() < 0.5:
            letters = self._chance.choice(ACTIONS).plain_text[: self._chance.randint(0, 4)]
            self._note(f"type {letters!r} into the palette")
            QTest.keyClicks(popup.focusWidget() or popup, letters)
        else:
            key = self._chance.choice(_POPUP_KEYS)
            self._note(f"press {key.name} in {_name(popup)}")
            QTest.keyClick(popup.focusWidget() or popup, key)

    # Typing

    def _editor(self) -> QWidget:
        editor = self.window.frame.findChild(QWidget, "editor")
        assert editor is not None
        return editor

    def _type_piece(self) -> None:
        text = piece(self._chance)
        self._note(f"type {text!r}")
        self._write(self._editor(), text)

    def _type_word(self) -> None:
        word = self._chance.choice(("ta", "Val", "b.", "re", "MLP", "x.b", "si"))
        keys = self._chance.choices(_POPUP_KEYS, k=self._chance.randint(0, 3))
        self._note(f"type {word!r}, then {[key.name for key in keys]}")
        editor = self._editor()
        QTest.keyClicks(editor, word)
        for key in keys:
            QTest.keyClick(editor, key)

    def _click_completion(self) -> None:
        self._type_word()
        popup = self.window.frame.findChild(QAbstractItemView, "completion_popup")
        if popup is not None and popup.isVisible():
            height = popup.viewport().height()
            self._note("click in the list of completions")
            QTest.mouseClick(popup.viewport(), _LEFT, pos=QPoint(40, self._chance.randrange(max(height, 1))))

    def _paste_program(self) -> None:
        text = program(self._chance)
        self._note(f"paste {text!r}")
        editor = self._editor()
        editor.setFocus()
        QTest.keyClick(editor, Qt.Key.Key_A, _CONTROL)
        self._write(editor, text, pasted=True)

    def _write(self, widget: QWidget, text: str, pasted: bool = False) -> None:
        widget.setFocus()
        if text.isascii() and text.isprintable() and not pasted:
            QTest.keyClicks(widget, text)
        else:
            QGuiApplication.clipboard().setText(
                text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
            )
            QTest.keyClick(widget, Qt.Key.Key_V, _CONTROL)

    def _press_in_editor(self) -> None:
        modifier = self._chance.choice((_NONE, _NONE, _SHIFT, _CONTROL))
        key = self._chance.choice(_EDITOR_KEYS[modifier])
        self._note(f"press {modifier.name} {key.name} in the editor")
        self._editor().setFocus()
        QTest.keyClick(self._editor(), key, modifier)

    def _press_anywhere(self) -> None:
        key = self._chance.choice(_ANY_KEYS)
        modifier = self._chance.choice((_NONE, _NONE, _NONE, _SHIFT))
        widget = QApplication.focusWidget() or self.window.frame
        self._note(f"press {modifier.name} {key.name} in {_name(widget)}")
        QTest.keyClick(widget, key, modifier)

    def _fill_field(self) -> None:
        fields = [field for field in self._shown(QLineEdit) if not field.isReadOnly()]
        if fields:
            field, text = self._chance.choice(fields), self._chance.choice(_FIELD_TEXTS)
            key = self._chance.choice((Qt.Key.Key_Return, Qt.Key.Key_Tab, Qt.Key.Key_Escape, Qt.Key.Key_Up))
            self._note(f"type {text!r} and {key.name} into {_name(field)}")
            field.setFocus()
            field.selectAll()
            self._write(field, text)
            QTest.keyClick(field, key)

    # Commands

    def _trigger_any(self) -> None:
        row = self._chance.choice(ACTIONS)
        if row.id in self.window.frame.actions_by_id and self.window.frame.actions_by_id[row.id].isEnabled():
            self._trigger(row.id)

    def _press_shortcut(self) -> None:
        row = self._chance.choice([row for row in ACTIONS if row.keys])
        keys = self.window.frame.actions_by_id[row.id].shortcut()
        if not keys.isEmpty():
            self._note(f"press {keys.toString(QKeySequence.SequenceFormat.PortableText)} for {row.id}")
            QTest.keySequence(QApplication.focusWidget() or self.window.frame, keys)

    def _undo_and_redo(self) -> None:
        actions = self._chance.choices(("undo", "undo", "redo"), k=self._chance.randint(1, 12))
        self._note(f"{actions}")
        for action in actions:
            self.window.frame.actions_by_id[action].trigger()

    def _open_menu(self) -> None:
        bar = self.window.frame.menuBar()
        action = self._chance.choice(bar.actions())
        self._note(f"open the menu {action.text()}")
        QTest.mouseClick(bar, _LEFT, pos=bar.actionGeometry(action).center())

    def _open_example_or_recent(self) -> None:
        menu = self._chance.choice((self.window.frame.menus["Examples"], self.window.frame.menus["recent"]))
        if menu.actions():
            action = self._chance.choice(menu.actions())
            self._note(f"trigger {action.text()!r} in {menu.title()}")
            action.trigger()

    # The mouse

    def _shown(self, kind: type[Shown]) -> list[Shown]:
        return [
            widget
            for widget in self.window.frame.findChildren(kind)
            if widget.isVisible() and widget.isEnabled()
        ]

    def _spot(self) -> tuple[QWidget, QPoint]:
        """A widget and a place in it: anywhere in the window, or in something that is meant for the mouse."""
        kinds = (QAbstractButton, QAbstractSlider, QAbstractScrollArea, QComboBox)
        found = self._shown(self._chance.choice(kinds)) if self._chance.random() < 0.5 else []
        if found:
            widget = self._chance.choice(found)
            widget = widget.viewport() if isinstance(widget, QAbstractScrollArea) else widget
        else:
            size = self.window.frame.size()
            place = QPoint(self._chance.randrange(size.width()), self._chance.randrange(size.height()))
            widget = self.window.frame.childAt(place) or self.window.frame
        inside = QPoint(
            self._chance.randrange(max(widget.width(), 1)), self._chance.randrange(max(widget.height(), 1))
        )
        return widget, inside

    def _click(self) -> None:
        widget, place = self._spot()
        button = self._chance.choice((_LEFT, _LEFT, _LEFT, _RIGHT, Qt.MouseButton.MiddleButton))
        modifier = self._chance.choice((_NONE, _NONE, _NONE, _SHIFT, _CONTROL))
        self._note(f"click {button.name} {modifier.name} on {_name(widget)} at {place.toTuple()}")
        QTest.mouseClick(widget, button, modifier, place)

    def _double_click(self) -> None:
        widget, place = self._spot()
        self._note(f"double click on {_name(widget)} at {place.toTuple()}")
        QTest.mouseClick(widget, _LEFT, _NONE, place)
        QTest.mouseDClick(widget, _LEFT, _NONE, place)

    def _drag(self) -> None:
        widget, start = self._spot()
        end = self._chance.choice(
            (QPoint(self._chance.randint(-90, 90), self._chance.randint(-9, 9)), self._spot()[1])
        )
        self._note(f"drag on {_name(widget)} from {start.toTuple()} by {end.toTuple()}")
        QTest.mousePress(widget, _LEFT, _NONE, start)
        for part in range(1, 5):
            QTest.mouseMove(widget, start + end * (part / 4.0))
        QTest.mouseRelease(widget, _LEFT, _NONE, start + end)

    def _wheel(self) -> None:
        widget, place = self._spot()
        notches = QPoint(0, 120 * self._chance.choice((-3, -1, 1, 3)))
        modifier = self._chance.choice((_NONE, _NONE, _CONTROL))
        self._note(f"wheel {modifier.name} {notches.y()} on {_name(widget)} at {place.toTuple()}")
        at, phase = QPointF(place), Qt.ScrollPhase.NoScrollPhase
        event = QWheelEvent(
            at,
            QPointF(widget.mapToGlobal(place)),
            QPoint(),
            notches,
            Qt.MouseButton.NoButton,
            modifier,
            phase,
            False,
        )
        QApplication.sendEvent(widget, event)

    def _hover(self) -> None:
        widget, place = self._spot()
        self._note(f"move to {_name(widget)} {place.toTuple()}")
        QTest.mouseMove(widget, place)

    def _ask_for_menu(self) -> None:
        widget, place = self._spot()
        reason = self._chance.choice((QContextMenuEvent.Reason.Mouse, QContextMenuEvent.Reason.Keyboard))
        self._note(f"context menu by {reason.name} on {_name(widget)} at {place.toTuple()}")
        QApplication.sendEvent(widget, QContextMenuEvent(reason, place, widget.mapToGlobal(place), _NONE))

    def _click_card(self) -> None:
        snapshot, tab = self.window.session.shown.snapshot, self.window.graph_tab
        if snapshot is None or not snapshot.nodes or not tab.isVisible():
            self._click()
            return
        node = self._chance.choice(snapshot.nodes)
        place = tab.view.mapFromScene(tab.scene.card_rect(node.id).center())
        self._note(f"click the card {node.id}")
        if tab.view.viewport().rect().contains(place):
            QTest.mouseClick(tab.view.viewport(), _LEFT, _NONE, place)
        else:
            self.window.session.selection.select(node.id)

    # Files, and the world around

    def _path(self) -> Path:
        return Path.cwd() / self._chance.choice(_FILE_NAMES)

    def _change_file(self) -> None:
        path, text = self._path(), program(self._chance)
        ways: dict[str, Callable[[], object]] = {
            "write": lambda: path.write_text(text, encoding="utf-8", errors="replace"),
            "break": lambda: path.write_bytes(b"\xff\xfe\x00a = 1"),
            "settings": lambda: path.write_text(
                text + '\n#! micrograd {"leaf_values": {"a": NaN}}', errors="replace"
            ),
            "remove": lambda: path.unlink(),
            "protect": lambda: path.chmod(0o400),
            "pipe": lambda: (path.unlink(missing_ok=True), os.mkfifo(path)),
        }
        way = self._chance.choice(list(ways))
        self._note(f"{way} {path.name}, from outside")
        try:
            # Writing into one would wait for somebody who reads.
            if path.is_fifo():
                path.unlink()
            ways[way]()
        except OSError as error:
            self._note(f"which cannot be: {error.strerror}")

    def _resize(self) -> None:
        state = self._chance.choice(
            (self.window.frame.showNormal, self.window.frame.showNormal, self.window.frame.showMaximized)
        )
        size = self._chance.choice(_WINDOW_SIZES)
        self._note(f"{state.__name__}, resize to {size}")
        state()
        self.window.frame.resize(*size)

    def _close_window(self) -> None:
        self._note("close the window")
        self.window.frame.close()

    def _collect(self) -> None:
        generation = self._chance.choice((0, 0, 1, 2))
        self._note(f"collect garbage of generation {generation}")
        gc.collect(generation)

    def _kill_child(self) -> None:
        children = multiprocessing.active_children()
        if children:
            child = self._chance.choice(children)
            self._note(f"kill {child.name}")
            os.kill(child.pid, signal.SIGKILL)


def _report_failure(sentence: str, details: str) -> None:
    if details != f"exit code {-signal.SIGKILL}":
        fault("child", f"{sentence}\n{details}")


def _name(widget: QWidget) -> str:
    """A widget's class and the nearest name."""
    named = widget
    while named is not None and not named.objectName():
        named = named.parentWidget()
    return f"{widget.metaObject().className()} of {named.objectName() if named else 'nothing'}"


_OPERATIONS: dict[Callable[[Monkey], None], int] = {
    Monkey._type_piece: 14,
    Monkey._type_word: 6,
    Monkey._click_completion: 4,
    Monkey._press_in_editor: 12,
    Monkey._paste_program: 5,
    Monkey._press_anywhere: 8,
    Monkey._fill_field: 5,
    Monkey._trigger_any: 10,
    Monkey._press_shortcut: 6,
    Monkey._undo_and_redo: 3,
    Monkey._open_menu: 2,
    Monkey._open_example_or_recent: 3,
    Monkey._click: 12,
    Monkey._double_click: 3,
    Monkey._drag: 8,
    Monkey._wheel: 5,
    Monkey._hover: 4,
    Monkey._ask_for_menu: 3,
    Monkey._click_card: 6,
    Monkey._change_file: 3,
    Monkey._resize: 1,
    Monkey._close_window: 1,
    Monkey._collect: 4,
    Monkey._kill_child: 1,
}
"""With how often each is done."""


def main() -> int:
    app = make_application()
    app.setStyle("Fusion")
    app.setQuitOnLastWindowClosed(False)
    load_fonts()
    listen()
    (Path.cwd() / "folder").mkdir()
    monkey = Monkey(OPTIONS.parse_args())
    code = app.exec()
    del monkey
    return code


if __name__ == "__main__":
    sys.exit(main())
