"""The open document as a file: what may be lost is asked about, what was lost comes back, and nothing is claimed."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QMessageBox, QPlainTextEdit
from pytestqt.qtbot import QtBot

from micrograd_gui.model.document import Document
from micrograd_gui.model.settings import Settings
from micrograd_gui.shell.document_files import Draft, RecoveryFolder
from micrograd_gui.shell.documents import Documents, Unsaved
from micrograd_gui.shell.frame import Frame
from micrograd_gui.shell.settings_store import SettingsStore
from micrograd_gui.shell.window import MainWindow

posix = pytest.mark.skipif(sys.platform == "win32", reason="pipes and signals of POSIX")


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    window = MainWindow(Frame(Settings()), tmp_path / "config")
    yield window
    window.session.editing.mark_saved()
    window.frame.close()
    window.frame.deleteLater()


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "program.py"
    path.write_text("a = 1.0\n")
    return path


def test_saving_over_another_programs_changes_asks_first(
    window: MainWindow, program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cancel keeps the other's text on disk and ours in the window; agreeing writes ours."""
    answers = [False, True]
    asked: list[str] = []

    def ask(_window: object, name: str) -> bool:
        asked.append(name)
        return answers[len(asked) - 1]

    monkeypatch.setattr(Documents, "ask_overwrite", staticmethod(ask))
    window.documents.open_path(program)
    window.session.editing.type_source("a = 2.0\n")
    program.write_text("external = 1.0\n")
    assert not window.documents.save()
    assert program.read_text() == "external = 1.0\n"
    assert window.documents.save()
    assert program.read_text() == "a = 2.0\n"
    assert asked == ["program.py", "program.py"]


def test_dialogs_begin_in_the_folder_of_the_file(
    window: MainWindow, program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Open, save as and export, wherever the program was started; an untitled program has no folder."""
    folders: list[Path | None] = []
    for module in ("documents", "export_commands"):
        monkeypatch.setattr(
            f"micrograd_gui.shell.{module}.choose_file", lambda *_what, folder=None: folders.append(folder)
        )
    for path in (None, program):
        if path is not None:
            window.documents.open_path(path)
        for name in ("open", "save_as", "export"):
            window.frame.actions_by_id[name].trigger()
    assert folders == [None] * 3 + [program.parent] * 3


def test_saving_ones_own_file_again_asks_nothing(window: MainWindow, program: Path) -> None:
    """Open, change, save, change, save: no question, and the file follows."""
    window.documents.open_path(program)
    for source in ("a = 2.0\n", "a = 3.0\n"):
        window.session.editing.type_source(source)
        assert window.documents.save()
        assert program.read_text() == source


def test_a_problem_with_a_file_is_withdrawn_when_a_file_works(window: MainWindow, program: Path) -> None:
    """The message bar says what is so now."""
    window.documents.open_path(program.with_name("gone.py"))
    assert not window.frame.message_bar.isHidden()
    window.documents.open_path(program)
    assert window.frame.message_bar.isHidden()


def test_what_was_unsaved_comes_before_the_file_asked_for_and_says_so(
    qtbot: QtBot, window: MainWindow, program: Path, tmp_path: Path
) -> None:
    """The recovered text is unsaved still, kept again at once, and the message names the file that was not opened."""
    folder = tmp_path / "config" / "recovery"
    folder.mkdir(parents=True)
    (folder / "0.py").write_text("lost = 1.0\n")
    with qtbot.waitSignal(window.documents.reported) as reported:
        assert window.documents.recover(asked_for=program)
    assert reported.args is not None
    assert "program.py was not opened" in reported.args[1]
    assert window.session.editing.document.source == "lost = 1.0\n"
    assert window.documents.unsaved
    assert [path.read_text() for path in folder.glob("*.py")] == ["lost = 1.0\n"]


def test_closing_with_discarded_changes_raises_nothing_afterwards(qtbot: QtBot, tmp_path: Path) -> None:
    """The history goes with the window; nobody asks it anything any more."""
    window = MainWindow(Frame(Settings()), tmp_path / "other")
    window.session.editing.type_source("a = 1.0")
    window.documents.recovery.close()
    window.session.close()
    with qtbot.captureExceptions() as raised:
        window.session.editing.mark_saved()
        window.frame.deleteLater()
        qtbot.wait(0)
    assert raised == []


def said(window: MainWindow) -> str:
    """Return the text of the message bar; "" if it is hidden."""
    label = window.frame.message_bar.findChild(QLabel, "message_text")
    assert label is not None
    return "" if window.frame.message_bar.isHidden() else label.text()


def shown(menu: QMenu) -> list[QAction]:
    return [action for action in menu.actions() if action.isVisible()]


@pytest.mark.parametrize("answer", list(Unsaved))
def test_what_was_chosen_happens_whatever_was_asked_before(
    window: MainWindow,
    program: Path,
    answer: Unsaved,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Recent files, each of them in turn, and examples: opened after saving and giving up, left after Cancel."""
    others = [program.with_name(f"{i}.py") for i in range(3)]
    for i, other in enumerate(others):
        other.write_text(f"b = {i}.0\n")
        window.documents.open_path(other)
    monkeypatch.setattr(Documents, "ask_unsaved", staticmethod(lambda _window, _name: answer))
    with qtbot.captureExceptions() as raised:
        for menu in (window.frame.menus["recent"], window.frame.menus["Examples"]):
            for place in range(len(shown(menu))):
                window.documents.open_path(program)
                window.session.editing.type_source("a = 2.0\n")
                action = shown(menu)[place]
                text, source, before = action.text(), action.data(), window.session.editing.document.source
                action.trigger()
                if answer is Unsaved.CANCEL:
                    assert window.session.editing.document.source == before
                elif menu is window.frame.menus["recent"]:
                    assert str(window.session.editing.path) == text
                    assert window.session.editing.document.source == Path(text).read_text()
                else:
                    assert window.session.editing.document.source == source
                assert program.read_text() == ("a = 2.0\n" if answer is Unsaved.SAVE else "a = 1.0\n")
                window.session.editing.mark_saved()
                program.write_text("a = 1.0\n")
    assert raised == []


@posix
def test_a_pipe_is_not_waited_for(window: MainWindow, program: Path) -> None:
    """Opening a pipe and saving onto one fail instead of blocking, and the text is kept."""
    window.documents.open_path(program)
    window.session.editing.type_source("a = 2.0\n")
    program.unlink()
    os.mkfifo(program)
    assert not window.documents.save()
    assert "It is not a file" in said(window)
    assert program.is_fifo()
    assert window.documents.unsaved
    window.documents.open_path(program)
    assert "It is not a file" in said(window)
    assert window.session.editing.document.source == "a = 2.0\n"


def edit(window: MainWindow) -> QPlainTextEdit:
    editor = window.frame.findChild(QPlainTextEdit, "editor")
    assert editor is not None
    return editor


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_typing_changes_the_line_that_is_typed_in(
    window: MainWindow, program: Path, end: bytes, mark: bytes
) -> None:
    """Byte order mark, line ends, separators and controls of the other lines are in the file as they were."""
    rest = end.join(
        [b"# \xe2\x80\xa8 \xe2\x80\xa9 \xef\xb7\x90 \x0c \x0b \x00 \xc2\x85 \xc2\xa0", b"", b"b = 2", b""]
    )
    program.write_bytes(mark + b"a = 1" + end + rest)
    window.documents.open_path(program)
    assert edit(window).document().blockCount() == 5
    assert window.documents.save()
    assert program.read_bytes() == mark + b"a = 1" + end + rest
    QTest.keyClick(edit(window), Qt.Key.Key_Home, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(edit(window), Qt.Key.Key_End)
    QTest.keyClicks(edit(window), "0")
    assert window.documents.save()
    assert program.read_bytes() == mark + b"a = 10" + end + rest
    QTest.keyClick(edit(window), Qt.Key.Key_Return)
    assert window.documents.save()
    assert program.read_bytes() == mark + b"a = 10" + end + end + rest


def test_other_line_ends_are_anothers_change(
    window: MainWindow, program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other line ends are a change by another program, which is not overwritten unasked."""
    asked: list[str] = []
    monkeypatch.setattr(Documents, "ask_overwrite", staticmethod(lambda _window, name: asked.append(name)))
    window.documents.open_path(program)
    window.session.editing.type_source("a = 2.0\n")
    program.write_bytes(b"a = 1.0\r\n")
    assert not window.documents.save()
    assert asked == ["program.py"]


HOSTILE = [
    "<b>x<u>y.py",
    "<img src=x>.py",
    "&lt;b&gt; a & b && c.py",
    "x[*]y[*][*].py",
    "%1 {0} %s.py",
    "a\tb\nc.py",
    "\u202egnp.py",
    "🎉 ä.py",
]


@posix
@pytest.mark.parametrize("name", HOSTILE)
def test_file_names_are_shown_as_they_are(
    window: MainWindow, tmp_path: Path, name: str, qtbot: QtBot
) -> None:
    """Title, menu of recent files, messages and questions show names as they are, invisible characters marked."""
    plain = "".join("\ufffd" if letter in "\t\n\u202e" else letter for letter in name)
    path = tmp_path / name
    path.write_text("a = 1.0\n")
    window.frame.show()
    window.documents.open_path(path)
    qtbot.waitUntil(lambda: window.frame.windowHandle().title() == f"{plain} — micrograd")
    window.session.editing.type_source("a = 2.0\n")
    assert window.frame.windowHandle().title() == f"{plain}* — micrograd"
    (recent,) = shown(window.frame.menus["recent"])
    assert recent.text().replace("&&", "&") == f"{tmp_path}/{plain}"
    assert recent.text().count("&") == 2 * name.count("&")
    questions: list[tuple[str, Qt.TextFormat]] = []

    def cancel() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        questions.append((box.text(), box.textFormat()))
        box.button(QMessageBox.StandardButton.Cancel).click()

    for ask in (window.documents.ask_unsaved, window.documents.ask_overwrite):
        QTimer.singleShot(0, cancel)
        ask(window.frame, name)
    plain_text = Qt.TextFormat.PlainText
    assert questions == [
        (f"Save the changes to {plain}?", plain_text),
        (f"Another program changed {plain} since it was opened.", plain_text),
    ]
    path.unlink()
    path.mkdir()
    window.documents.open_path(path)
    assert said(window) == f"{tmp_path}/{plain} could not be opened. It is not a file."


@posix
def test_that_no_copy_is_kept_is_told_once_and_until_one_is(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    """However much is typed: closed once, it does not come back; it goes by itself when copies are kept again."""
    folder = tmp_path / "config"
    folder.write_text("")  # in the place of the folder
    told: list[str] = []
    window.documents.recovery.failed.connect(told.append)
    for i in range(3):
        window.session.editing.type_source(f"a = {i}.0")
        qtbot.waitUntil(lambda: not window.documents.recovery.timer.isActive())
    assert [("No recovery copy is kept" in problem) for problem in told] == [True]
    assert said(window) == told[0]
    folder.unlink()
    window.session.editing.type_source("a = 4.0")
    qtbot.waitUntil(lambda: len(told) == 2)
    assert said(window) == told[1] == ""
    assert len(list((folder / "recovery").glob("*.py"))) == 1


TYPE_AND_BE_KILLED = """
import os, signal, sys
from pathlib import Path
from PySide6.QtCore import QTimer
from micrograd_gui import app
from micrograd_gui.first_window import open_first_window
from micrograd_gui.shell.settings_store import SettingsStore, config_folder

def begin(window, *what):
    open_first(window, *what)
    window.session.editing.type_source(sys.argv[1])
    window.frame.actions_by_id["theme_light"].trigger()
    window.show_training_tab()
    clock = QTimer(window, interval=20)
    clock.timeout.connect(end)
    clock.start()

def end():
    copies = (config_folder() / "recovery").glob("*.py")
    if any(sys.argv[1] in copy.read_text() for copy in copies) and SettingsStore().load()[0].tab == 1:
        os.kill(os.getpid(), signal.SIGKILL)

open_first, app.open_first = app.open_first, begin
app.run(open_first_window(), Path(sys.argv[2]) if sys.argv[2:] else None)
"""
"""The program, in which a text is typed and a theme and a tab are chosen; killed as soon as all is on disk."""


def run_and_kill(source: str, *path: Path) -> None:
    command = [sys.executable, "-c", TYPE_AND_BE_KILLED, source, *map(str, path)]
    assert subprocess.run(command, timeout=60).returncode == -signal.SIGKILL


@posix
def test_a_killed_program_comes_back_as_the_unsaved_text_of_its_file(
    qtbot: QtBot, window: MainWindow, program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Text, its file, that file's line ends and the settings are restored; Ctrl+S asks nothing."""
    program.write_bytes(b"a = 1.0\r\n")
    run_and_kill("a = 2.0\n", program)
    assert SettingsStore().load()[0].theme == "light"
    assert SettingsStore().load()[0].recent_files == (str(program),)
    assert window.documents.recover(asked_for=program)
    assert said(window) == "The program was not closed properly. Its unsaved text is restored."
    assert window.session.editing.document.source == "a = 2.0\n"
    assert window.session.editing.path == program
    assert window.documents.unsaved
    assert window.documents.save()
    assert program.read_bytes() == b"a = 2.0\r\n"
    window.session.editing.undo()
    assert window.session.editing.document.source == "a = 1.0\n"


def leave_copy(tmp_path: Path, source: str, path: Path | None, known: bytes = b"") -> None:
    """Leave a recovery copy, as a killed program does."""
    draft = Draft(Document(source, source), path, sha256(known).hexdigest())
    RecoveryFolder(tmp_path / "config" / "recovery").keeping(draft)()


def test_all_that_killed_programs_left_can_be_opened(
    qtbot: QtBot, window: MainWindow, program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The newest at once, the others by the menu until they are; each keeps its copy as long as it is unsaved."""
    leave_copy(tmp_path, "b = 1.0\n", program)
    leave_copy(tmp_path, "b = 2.0\n", program.with_name("gone.py"))
    leave_copy(tmp_path, "b = 3.0\n", None)
    monkeypatch.setattr(Documents, "ask_unsaved", staticmethod(lambda _window, _name: Unsaved.DISCARD))
    asked: list[str] = []
    monkeypatch.setattr(Documents, "ask_overwrite", staticmethod(lambda _window, name: asked.append(name)))
    folder = tmp_path / "config" / "recovery"
    assert window.frame.menus["recovered"].menuAction().isVisible() is False
    assert window.documents.recover()
    assert "2 more texts are in File > Recovered." in said(window)
    seen = [(window.session.editing.document.source, window.session.editing.path)]
    texts = []
    while shown(window.frame.menus["recovered"]):
        texts.append([action.text() for action in shown(window.frame.menus["recovered"])])
        shown(window.frame.menus["recovered"])[0].trigger()
        seen.append((window.session.editing.document.source, window.session.editing.path))
        qtbot.waitUntil(lambda: len(list(folder.glob("*.py"))) == 3 - len(texts))
    assert seen == [("b = 3.0\n", None), ("b = 2.0\n", None), ("b = 1.0\n", program)]
    assert [len(entries) for entries in texts] == [2, 1]
    assert texts[1] == [f"{program}: b = 1.0"]
    assert window.frame.menus["recovered"].menuAction().isVisible() is False
    assert not window.documents.save()
    assert asked == ["program.py"], "the file is not what it was to the program that was killed"
    assert program.read_text() == "a = 1.0\n"


def test_of_what_was_left_the_text_of_the_file_asked_for_comes_first(
    window: MainWindow, program: Path, tmp_path: Path
) -> None:
    """Then nothing has to be said about it."""
    leave_copy(tmp_path, "b = 1.0\n", program, program.read_bytes())
    leave_copy(tmp_path, "b = 2.0\n", None)
    assert window.documents.recover(asked_for=program)
    assert (window.session.editing.document.source, window.session.editing.path) == ("b = 1.0\n", program)
    assert "not opened" not in said(window)
    assert window.documents.save()
    assert program.read_text() == "b = 1.0\n"


def test_of_what_was_left_the_newest_comes_first(window: MainWindow, program: Path, tmp_path: Path) -> None:
    """The newest draft is opened if no file was asked for, whichever file it belongs to."""
    leave_copy(tmp_path, "b = 1.0\n", None)
    leave_copy(tmp_path, "b = 2.0\n", program)
    assert window.documents.recover()
    assert (window.session.editing.document.source, window.session.editing.path) == ("b = 2.0\n", program)


Meanwhile = Callable[[str, Callable[[], None]], None]


@pytest.fixture(name="meanwhile")
def slow_disk(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Meanwhile]:
    """Lets the disk be slow with one kind of call until this was done in the dialog that waits."""
    clock, called = QTimer(interval=5), threading.Event()

    def meanwhile(name: str, work: Callable[[], None]) -> None:
        answer, real = threading.Event(), getattr(os, name)

        def wait(*arguments: object) -> object:
            called.set()
            answer.wait(20)
            return real(*arguments)

        def go_on() -> None:
            if isinstance(QApplication.activeModalWidget(), QMessageBox) and not answer.is_set():
                work()
                monkeypatch.setattr(os, name, real)
                answer.set()

        monkeypatch.setattr(os, name, wait)
        clock.timeout.connect(go_on)
        clock.start()

    yield meanwhile
    assert called.is_set()


def test_what_changed_while_the_disk_was_waited_for_is_not_lost(
    window: MainWindow, program: Path, meanwhile: Meanwhile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is written as it was, the change is unsaved, and the window that was to close stays."""
    monkeypatch.setattr(Documents, "ask_unsaved", staticmethod(lambda _window, _name: Unsaved.SAVE))
    window.documents.open_path(program)
    window.session.editing.type_source("a = 2.0\n")
    meanwhile("fsync", lambda: window.session.editing.type_source("a = 3.0\n"))
    assert not window.documents.may_lose_changes()
    assert program.read_text() == "a = 2.0\n"
    assert window.documents.unsaved
    assert window.documents.may_lose_changes()
    assert program.read_text() == "a = 3.0\n"


def test_a_draft_is_kept_while_its_file_is_waited_for(
    window: MainWindow,
    program: Path,
    tmp_path: Path,
    meanwhile: Meanwhile,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The open document is copied meanwhile, but not over the only copy of the draft."""
    leave_copy(tmp_path, "b = 1.0\n", program, program.read_bytes())
    folder, kept = tmp_path / "config" / "recovery", list[bool]()
    (copy,) = folder.glob("*.py")
    window.session.editing.type_source("before = 1.0\n")
    monkeypatch.setattr(Documents, "ask_unsaved", staticmethod(lambda _window, _name: Unsaved.DISCARD))

    def wait() -> None:
        qtbot.waitUntil(lambda: not window.documents.recovery.timer.isActive())
        kept.append("b = 1.0" in copy.read_text())

    window.documents.recovery.look()
    meanwhile("read", wait)
    window.documents.open_draft(next(iter(window.documents.recovery.drafts)))
    assert kept == [True]
    assert window.session.editing.document.source == "b = 1.0\n"
    assert "b = 1.0" in copy.read_text()


@posix
def test_a_draft_is_opened_where_the_copy_of_another_cannot_be_removed(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    """The message bar says which; what is opened has its copy."""
    for i in range(2):
        leave_copy(tmp_path, f"b = {i}.0\n", None)
    assert window.documents.recover()
    qtbot.waitUntil(lambda: not window.documents.recovery.timer.isActive())
    (copy,) = (path for path in (tmp_path / "config" / "recovery").glob("*.py") if "1.0" in path.read_text())
    copy.unlink()
    copy.mkdir()  # in the place of the copy
    window.session.editing.mark_saved()
    shown(window.frame.menus["recovered"])[0].trigger()
    assert window.session.editing.document.source == "b = 0.0\n"
    qtbot.waitUntil(lambda: "could not be removed" in said(window))
    copy.rmdir()


def test_a_slow_disk_does_not_hold_up_who_types(
    window: MainWindow, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A copy is written beside the window, without a dialog; of what is typed meanwhile the newest text is next."""
    folder, answer, begun = tmp_path / "config" / "recovery", threading.Event(), list[str]()
    sync = os.fsync

    def slow(file: int) -> None:
        begun.append(threading.current_thread().name)
        answer.wait(20)
        sync(file)

    monkeypatch.setattr(os, "fsync", slow)
    for i in range(3):
        window.session.editing.type_source(f"a = {i}.0\n")
        with qtbot.waitSignal(window.documents.recovery.timer.timeout):
            pass
    assert QApplication.activeModalWidget() is None
    assert begun == ["file"]
    answer.set()
    qtbot.waitUntil(lambda: [path.read_text() for path in folder.glob("*.py")] == ["a = 2.0\n"])
    assert begun == ["file"] * 2


def test_closing_removes_a_copy_that_is_being_written(
    window: MainWindow, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The writing comes first; what was given up does not come back. A disk that never answers is not waited for."""
    folder, answer, begun = tmp_path / "config" / "recovery", threading.Event(), threading.Event()
    sync = os.fsync

    def slow(file: int) -> None:
        begun.set()
        answer.wait(20)
        sync(file)

    monkeypatch.setattr(os, "fsync", slow)
    window.session.editing.type_source("a = 1.0\n")
    qtbot.waitUntil(begun.is_set)
    window.documents.recovery.close()
    answer.set()
    qtbot.waitUntil(lambda: all(thread.name != "file" for thread in threading.enumerate()))
    assert not list(folder.iterdir())


CLOSE_WHILE_DISK_HANGS = """
import os, threading
from PySide6.QtCore import QTimer
from micrograd_gui import app
from micrograd_gui.first_window import open_first_window
from micrograd_gui.shell.documents import Documents, Unsaved

begun = threading.Event()
os.fsync = lambda file: (begun.set(), threading.Event().wait())
Documents.ask_unsaved = classmethod(lambda *what: Unsaved.DISCARD)

def begin(window, *what):
    window.session.editing.type_source("a = 1.0")
    clock = QTimer(window, interval=20)
    clock.timeout.connect(lambda: begun.is_set() and window.frame.close())
    clock.start()

app.open_first = begin
raise SystemExit(app.run(open_first_window(), None))
"""
"""The program, closed while a copy is written to a disk that never answers."""


def test_the_program_ends_on_a_disk_that_never_answers() -> None:
    """A sentence says that the settings could not be saved."""
    command = [sys.executable, "-c", CLOSE_WHILE_DISK_HANGS]
    done = subprocess.run(command, timeout=60, capture_output=True, text=True)
    problem = "The settings could not be saved. Their disk does not answer."
    assert (done.returncode, done.stderr.splitlines()[-1]) == (0, f"micrograd-gui: {problem}")
