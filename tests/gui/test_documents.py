"""The open document as a file: what may be lost is asked about, what was lost comes back, and nothing is claimed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from micrograd_gui.documents import Documents
from micrograd_gui.model.settings import Settings
from micrograd_gui.window import MainWindow


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    window = MainWindow(Settings(), tmp_path / "config")
    yield window
    window.session.mark_saved()
    window.close()
    window.deleteLater()


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
    window.session.type_source("a = 2.0\n")
    program.write_text("external = 1.0\n")
    assert not window.documents.save()
    assert program.read_text() == "external = 1.0\n"
    assert window.documents.save()
    assert program.read_text() == "a = 2.0\n"
    assert asked == ["program.py", "program.py"]


def test_saving_ones_own_file_again_asks_nothing(window: MainWindow, program: Path) -> None:
    """Open, change, save, change, save: no question, and the file follows."""
    window.documents.open_path(program)
    for source in ("a = 2.0\n", "a = 3.0\n"):
        window.session.type_source(source)
        assert window.documents.save()
        assert program.read_text() == source


def test_a_problem_with_a_file_is_withdrawn_when_a_file_works(window: MainWindow, program: Path) -> None:
    """The message bar says what is so now."""
    window.documents.open_path(program.with_name("gone.py"))
    assert not window.message_bar.isHidden()
    window.documents.open_path(program)
    assert window.message_bar.isHidden()


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
    assert window.session.document.source == "lost = 1.0\n"
    assert window.documents.unsaved
    assert [path.read_text() for path in folder.glob("*.py")] == ["lost = 1.0\n"]


def test_closing_with_discarded_changes_raises_nothing_afterwards(qtbot: QtBot, tmp_path: Path) -> None:
    """The history goes with the window; nobody asks it anything any more."""
    window = MainWindow(Settings(), tmp_path / "other")
    window.session.type_source("a = 1.0")
    window.documents.close()
    window.session.close()
    with qtbot.captureExceptions() as raised:
        window.session.mark_saved()
        window.deleteLater()
        qtbot.wait(0)
    assert raised == []
