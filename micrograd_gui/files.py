"""Writing files so that neither a crash nor a full disk leaves half of one."""

from pathlib import Path

from PySide6.QtCore import QIODevice, QSaveFile

from micrograd_core.errors import MicrogradError


class FileError(MicrogradError):
    """A file could not be read or written; the message is a sentence for the user."""


def write_whole(path: Path, data: bytes) -> None:
    """Write the whole file or leave the old one as it was. Raises FileError."""
    if path.exists() and not path.is_file():
        # Replacing a device or a folder would destroy it.
        raise FileError(f"{path} could not be written: it is not a file.")
    file = QSaveFile(str(path))
    if not (file.open(QIODevice.OpenModeFlag.WriteOnly) and file.write(data) == len(data) and file.commit()):
        raise FileError(f"{path} could not be written: {file.errorString().rstrip('.')}.")
