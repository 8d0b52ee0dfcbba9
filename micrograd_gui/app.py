"""The running program: what the window opens first, saving of settings, reports of faults."""

import gc
import signal
import socket
import sys
import threading
import traceback
from concurrent.futures import Future, wait
from functools import partial
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QObject, QSocketNotifier, QTimer, Signal
from PySide6.QtWidgets import QApplication

from micrograd_core.texts import tr
from micrograd_gui.background.files import CLOSING_S, in_thread
from micrograd_gui.background.garbage import GarbageCollector
from micrograd_gui.background.imports import import_beside
from micrograd_gui.first_window import FirstWindow
from micrograd_gui.model.dependencies import dependency_problem
from micrograd_gui.model.document import Document, type_source
from micrograd_gui.model.examples import examples
from micrograd_gui.model.resources import resource_path
from micrograd_gui.shell.bug_dialog import BugDialog
from micrograd_gui.shell.settings_store import SettingsStore, config_folder
from micrograd_gui.shell.window import MainWindow

_SETTINGS_MS = 1000
_SOON_MS = 2000
_SOON = ("matplotlib.figure", "matplotlib.backends.backend_agg")
"""Packages of the training tab that take longest to import."""
_NOT_SAVED = tr("The settings could not be saved. Their disk does not answer.")


class BugReporter(QObject):
    """Reports uncaught exceptions of all threads; the program goes on."""

    caught = Signal(str, str)
    """(sentence, traceback) of a fault of the program."""
    package_failed = Signal(str, str)
    """(sentence, traceback) of a fault of a package that the program needs."""

    def install(self) -> None:
        sys.excepthook = self._report
        threading.excepthook = self._report_thread

    def _report_thread(self, caught: threading.ExceptHookArgs) -> None:
        self._report(caught.exc_type, caught.exc_value, caught.exc_traceback)

    def _report(
        self, kind: type[BaseException], error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.exit(130)
        details = "".join(traceback.format_exception(kind, error, trace))
        problem = dependency_problem(error) if error is not None else ""
        if problem:
            self.package_failed.emit(problem, details)
            return
        sys.stderr.write(details)
        self.caught.emit(f"{kind.__name__}: {error}", details)


def quit_on_interrupt(application: QApplication) -> None:
    """Let Ctrl+C in the terminal end the event loop, with 130."""

    def quit_soon(_number: int, _frame: object) -> None:
        # With a timer, since the event loop may not have begun.
        QTimer.singleShot(0, lambda: application.exit(130))

    # Python calls the handler only when it runs, which it does not while Qt waits; the notifier wakes it.
    reader, writer = socket.socketpair()
    reader.setblocking(False)
    writer.setblocking(False)
    notifier = QSocketNotifier(reader.fileno(), QSocketNotifier.Type.Read, application)
    notifier.activated.connect(lambda: reader.recv(1))
    signal.signal(signal.SIGINT, quit_soon)
    signal.set_wakeup_fd(writer.detach())


def run(first: FirstWindow, path: Path | None, example: str | None = None) -> int:
    """Fill the window, open a file (absolute path) or a named example, and run until the window is closed.

    Returns the exit code.
    """
    _collector = GarbageCollector(first.application)
    frame, store = first.frame, first.store
    quit_on_interrupt(first.application)
    window = MainWindow(frame, config_folder())
    window.session.start()
    reporter = BugReporter(frame)
    dialog = BugDialog(frame)
    reporter.caught.connect(dialog.show_bug)
    reporter.package_failed.connect(partial(frame.message_bar.show_message, "problem"))
    reporter.install()
    frame.message_bar.show_state_of("settings", first.problem)
    keep_settings(store, window)
    open_first(window, path, example)
    QTimer.singleShot(_SOON_MS, partial(import_beside, *_SOON))
    # What exists now lives as long as the program, so no collection needs to look at it.
    gc.freeze()
    # Closing the frame before it is filled ends the program.
    code = first.application.exec() if frame.isVisible() else 0
    # Ctrl+C ends the event loop without closing the window.
    window.end_processes()
    saving = in_thread(partial(store.save, window.settings))
    wait([saving], timeout=CLOSING_S)
    problem = saving.result() if saving.done() else _NOT_SAVED
    if problem:
        sys.stderr.write(f"micrograd-gui: {problem}\n")
    return code


def keep_settings(store: SettingsStore, window: MainWindow) -> None:
    """Write the settings soon after they change, so that a killed program loses a second of changes at most.

    Looking them up regularly is cheap and simpler than a signal of everything that can be moved or chosen. A thread
    writes them, since the disk may be slow.
    """
    tried, problem = window.settings, ""
    saving: Future[str] | None = None

    def keep() -> None:
        nonlocal tried, problem, saving
        settings = window.settings
        if saving is not None:
            if not saving.done():
                return
            before, problem, saving = problem, saving.result(), None
            if problem != before:
                window.frame.message_bar.show_state_of("settings", problem)
        if settings != tried:
            tried = settings
            saving = in_thread(partial(store.save, tried))

    timer = QTimer(window.frame, interval=_SETTINGS_MS)
    timer.timeout.connect(keep)
    timer.start()


def open_first(window: MainWindow, path: Path | None, example: str | None) -> None:
    """Open what was unsaved at a crash, else what was asked for, else an empty program."""
    sources = {known.name: known.source for known in examples(resource_path("examples"))}
    if window.documents.recover(asked_for=path):
        return
    if path is not None or example is not None:
        window.show_graph_tab()
    if path is not None:
        window.documents.open_path(path)
    else:
        source = sources.get(example or "", "")
        window.documents.open_untitled(type_source(Document(), source))
