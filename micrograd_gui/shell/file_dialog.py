"""The dialog that chooses a file: the platform's, or else Qt's with legible icons and plain text."""

from collections.abc import Mapping
from enum import Enum
from pathlib import Path

from PySide6.QtCore import QFileInfo, Qt
from PySide6.QtGui import QAbstractFileIconProvider, QIcon
from PySide6.QtWidgets import QFileDialog, QMessageBox, QToolButton, QWidget

from micrograd_core.texts import tr
from micrograd_gui.model.file_names import shown_name
from micrograd_gui.model.theme import Theme
from micrograd_gui.widgets.style import icon, theme_in_force

_BUTTONS = {
    "backButton": "arrow-left",
    "forwardButton": "arrow-right",
    "toParentButton": "arrow-up",
    "newFolderButton": "folder-plus",
    "listModeButton": "list",
    "detailModeButton": "table-properties",
}
"""Icons by Qt's names of the buttons, whose own icons are dark in every theme."""
_PLACES = {
    QAbstractFileIconProvider.IconType.Computer: "monitor",
    QAbstractFileIconProvider.IconType.File: "file",
}


class For(Enum):
    """The purpose of choosing a file."""

    OPENING = QFileDialog.AcceptMode.AcceptOpen
    SAVING = QFileDialog.AcceptMode.AcceptSave


def choose_file(
    window: QWidget,
    purpose: For,
    title: str,
    filters: Mapping[str, str],
    suggested: str = "",
    folder: Path | None = None,
) -> Path | None:
    """Let the user choose a file; return None if the user cancels. Replacing a file needs a confirmation.

    ``filters`` maps Qt's name filters to the suffix that a name without one gets. The dialog begins in ``folder``, by
    default where the last dialog ended.
    """
    dialog = QFileDialog(window, title, str(folder or ""), ";;".join(filters))
    dialog.setAcceptMode(purpose.value)
    dialog.setFileMode(QFileDialog.FileMode.AnyFile)
    dialog.selectFile(suggested)
    is_qt_dialog = dialog.findChild(QToolButton) is not None
    theme = theme_in_force()
    icons = _Icons(theme)
    if is_qt_dialog:
        dialog.setIconProvider(icons)
        # Qt would show the name as rich text.
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)
        for name, sign in _BUTTONS.items():
            button = dialog.findChild(QToolButton, name)
            if button is not None:
                button.setIcon(icon(sign, theme))
    path = None
    while path is None and dialog.exec():
        path = typed = Path(dialog.selectedFiles()[0])
        # A platform's dialog may return another text for the filter, or none.
        suffix = filters.get(dialog.selectedNameFilter(), "")
        if not path.suffix:
            path = path.with_suffix(suffix)
        if (is_qt_dialog or path != typed) and not _is_confirmed(dialog, purpose, path):
            path = None
    dialog.deleteLater()
    return path


def _is_confirmed(dialog: QWidget, purpose: For, path: Path) -> bool:
    """Return whether the file can be opened, or replaces none, or the user confirms that it does."""
    exists = QFileInfo(str(path)).exists()
    if exists == (purpose is For.OPENING):
        return True
    box = QMessageBox(dialog)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setWindowTitle(dialog.windowTitle())
    box.setTextFormat(Qt.TextFormat.PlainText)
    name = shown_name(path.name)
    buttons = QMessageBox.StandardButton
    if purpose is For.OPENING:
        box.setText(tr("There is no file {file}.", file=name))
    else:
        box.setText(tr("{file} already exists. Replace it?", file=name))
        box.setStandardButtons(buttons.Yes | buttons.No)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return box.exec() == buttons.Yes


class _Icons(QAbstractFileIconProvider):
    """Icons of files and folders. Unlike Qt's own it opens no file: some in /proc never answer, some disks are slow."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme

    def icon(self, of: QAbstractFileIconProvider.IconType | QFileInfo) -> QIcon:
        name = (
            ("folder" if of.isDir() else "file") if isinstance(of, QFileInfo) else _PLACES.get(of, "folder")
        )
        return icon(name, self._theme)

    def type(self, info: QFileInfo) -> str:
        return tr("Folder") if info.isDir() else tr("File")
