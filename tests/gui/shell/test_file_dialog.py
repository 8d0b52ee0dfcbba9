"""Choosing a file in Qt's own dialog: it is legible, opens no file, and asks before replacing one."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QFileInfo, Qt, QTimer
from PySide6.QtGui import QColor, QIcon
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QFileSystemModel,
    QLineEdit,
    QMessageBox,
    QToolButton,
    QTreeView,
    QWidget,
)
from pytestqt.qtbot import QtBot

from micrograd_gui.model.theme import THEMES
from micrograd_gui.shell.file_dialog import For, choose_file
from micrograd_gui.widgets.style import apply_theme

FILTERS = {"PNG picture (*.png)": ".png", "All files (*)": ""}
Chosen = Callable[..., Path | None]
Step = Callable[[QWidget], bool | None]
"""An action in the dialog in front; it returns False as long as another dialog is in front."""


@pytest.fixture(name="chosen")
def choose_by_keys(qtbot: QtBot, tmp_path: Path) -> Chosen:
    """Return a function that shows the dialog in the test's folder, takes the steps in it and returns its result."""
    window = QWidget()
    qtbot.addWidget(window)

    def go_there(dialog: QWidget) -> bool | None:
        if not isinstance(dialog, QFileDialog):
            return False
        dialog.setDirectory(str(tmp_path))
        return None

    def chosen(purpose: For, *steps: Step, filters: dict[str, str] = FILTERS) -> Path | None:
        left = [go_there, *steps]

        def go_on() -> None:
            box = QApplication.activeModalWidget()
            if box is not None and left and left[0](box) is not False:
                left.pop(0)

        clock = QTimer(interval=5)
        clock.timeout.connect(go_on)
        clock.start()
        path = choose_file(window, purpose, "Choose", filters)
        clock.stop()
        assert not left
        return path

    return chosen


def typed(name: str) -> Step:
    """The name is typed, then Enter."""

    def step(dialog: QWidget) -> bool | None:
        field = dialog.findChild(QLineEdit, "fileNameEdit")
        if field is None:
            return False
        field.setText(name)
        QTest.keyClick(field, Qt.Key.Key_Return)
        return None

    return step


def asked(text: str, button: QMessageBox.StandardButton) -> Step:
    """This is asked, in plain text, and answered."""

    def step(box: QWidget) -> bool | None:
        if not isinstance(box, QMessageBox):
            return False
        assert (box.text(), box.textFormat()) == (text, Qt.TextFormat.PlainText)
        box.button(button).click()
        return None

    return step


def left(dialog: QWidget) -> bool | None:
    if not isinstance(dialog, QFileDialog):
        return False
    dialog.reject()
    return None


YES, NO, OK = (QMessageBox.StandardButton[name] for name in ("Yes", "No", "Ok"))


@pytest.mark.parametrize("name", ["a.png", "<b>x<u>y.png", "&amp; %1.png"])
def test_what_would_be_replaced_is_asked_about(chosen: Chosen, tmp_path: Path, name: str) -> None:
    """No leads back to the dialog; the file is named as it is."""
    (tmp_path / name).touch()
    question = f"{name} already exists. Replace it?"
    path = chosen(For.SAVING, typed(name), asked(question, NO), typed(name), asked(question, YES))
    assert path == tmp_path / name


def test_a_name_without_a_suffix_gets_that_of_the_filter(chosen: Chosen, tmp_path: Path) -> None:
    """The question is about the name with the suffix; a name with a suffix keeps it."""
    (tmp_path / "a.png").touch()
    question = "a.png already exists. Replace it?"
    assert chosen(For.SAVING, typed("a"), asked(question, YES)) == tmp_path / "a.png"
    assert chosen(For.SAVING, typed("b")) == tmp_path / "b.png"
    assert chosen(For.SAVING, typed("b.svg")) == tmp_path / "b.svg"


@pytest.mark.parametrize("named", ["", "PNG picture"])
def test_a_platform_that_names_filters_otherwise(
    chosen: Chosen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    """If the platform returns another filter or none, the name is taken as typed."""
    monkeypatch.setattr(QFileDialog, "selectedNameFilter", lambda _dialog: named)
    assert chosen(For.SAVING, typed("b")) == tmp_path / "b"


def test_only_what_is_there_can_be_opened(chosen: Chosen, tmp_path: Path) -> None:
    """A name that is not there is told, as it is, and one can choose again or leave."""
    (tmp_path / "a").touch()
    everything = {"All files (*)": ""}
    steps = (typed("<b>no"), asked("There is no file <b>no.", OK), typed("a"))
    assert chosen(For.OPENING, *steps, filters=everything) == tmp_path / "a"
    assert chosen(For.OPENING, left) is None


def test_no_file_is_looked_into(chosen: Chosen, tmp_path: Path) -> None:
    """A file is shown by its name, not by what it holds: in some nothing ever comes."""
    (tmp_path / "picture").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    (tmp_path / "folder").mkdir()
    kinds: list[object] = []

    def look(dialog: QWidget) -> bool | None:
        model = dialog.findChild(QFileSystemModel)
        root = model.index(str(tmp_path)) if model else None
        if model is None or root is None or model.rowCount(root) < 2:
            return False
        kinds.extend(model.index(row, 2, root).data() for row in range(2))
        return None

    chosen(For.OPENING, look, left, filters={"All files (*)": ""})
    assert sorted(map(str, kinds)) == ["File", "Folder"]


@pytest.mark.parametrize("theme", list(THEMES.values()), ids=list(THEMES))
def test_its_icons_are_drawn_in_the_colour_of_the_text(
    chosen: Chosen, tmp_path: Path, theme: object, themed: None
) -> None:
    """Icons of buttons, files, folders and places have that colour in both themes."""
    assert isinstance(theme, type(THEMES["dark"]))
    apply_theme(theme)
    icons: list[QIcon] = []

    def look(dialog: QWidget) -> bool | None:
        if not isinstance(dialog, QFileDialog):
            return False
        icons.extend(
            button.icon() for button in dialog.findChildren(QToolButton) if not button.icon().isNull()
        )
        provider = dialog.iconProvider()
        icons.extend(provider.icon(QFileInfo(str(path))) for path in (tmp_path, Path(__file__)))
        icons.extend(provider.icon(place) for place in type(provider).IconType)
        assert dialog.findChild(QTreeView) is not None
        return None

    chosen(For.OPENING, look, left)
    assert len(icons) >= 6 + 2 + 7
    for drawn in icons:
        image = drawn.pixmap(16, 16).toImage()
        pixels = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
        strongest = max(pixels, key=QColor.alpha)
        assert strongest.alpha() > 100
        for channel, wanted in zip(strongest.getRgb()[:3], QColor(theme.text).getRgb()[:3], strict=True):
            assert abs(channel - wanted) < 8


def test_it_begins_in_the_folder_that_is_given(qtbot: QtBot, tmp_path: Path) -> None:
    """The dialog begins there wherever the program was started."""
    window = QWidget()
    qtbot.addWidget(window)
    folders: list[str] = []

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QFileDialog)
        folders.append(dialog.directory().absolutePath())
        dialog.reject()

    QTimer.singleShot(0, look)
    assert choose_file(window, For.OPENING, "Choose", FILTERS, folder=tmp_path) is None
    assert folders == [str(tmp_path)]
