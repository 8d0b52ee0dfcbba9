"""Program files are written whole or not at all, and what was unsaved at a crash comes back."""

import os
from pathlib import Path

import pytest

from micrograd_gui.document_files import RecoveryFile, read_document, write_document
from micrograd_gui.files import FileError
from micrograd_gui.model.document import Document


def test_a_saved_document_reads_back_the_same(tmp_path: Path) -> None:
    """Text, changed weights and the chosen card survive the file."""
    weights = (("n.w[0]#0", 0.5),)
    document = Document("n = Neuron(2)\n", "n = Neuron(2)\n", weights, "n.b#0", weights)
    write_document(tmp_path / "a.py", document)
    assert read_document(tmp_path / "a.py") == document


def test_windows_line_ends_and_a_byte_order_mark_are_read(tmp_path: Path) -> None:
    """A file from Notepad is a program like any other."""
    (tmp_path / "a.py").write_bytes(b"\xef\xbb\xbfa = 1\r\nb = 2\r\n")
    assert read_document(tmp_path / "a.py").source == "a = 1\nb = 2\n"


@pytest.mark.parametrize(
    ("content", "words"), [(b"\xff\xfe\x00", "not a text file"), (b"#" * 2_000_001, "2 MB")]
)
def test_a_file_that_is_no_program_is_refused_in_a_sentence(
    tmp_path: Path, content: bytes, words: str
) -> None:
    """Binary files and giants say what they are."""
    (tmp_path / "a.py").write_bytes(content)
    with pytest.raises(FileError, match=words):
        read_document(tmp_path / "a.py")


def test_a_missing_file_says_its_name(tmp_path: Path) -> None:
    """The sentence names the file and the system's reason."""
    with pytest.raises(FileError, match=r"gone\.py could not be opened: No such file"):
        read_document(tmp_path / "gone.py")


def test_a_failed_save_leaves_the_old_file(tmp_path: Path) -> None:
    """Saving onto a folder is refused and destroys nothing."""
    (tmp_path / "folder").mkdir()
    with pytest.raises(FileError, match="it is not a file"):
        write_document(tmp_path / "folder", Document("a = 1"))
    assert (tmp_path / "folder").is_dir()


def test_a_device_is_never_replaced_by_a_file(tmp_path: Path) -> None:
    """Saving onto a pipe or a device is refused, also for an administrator, who could destroy it."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(FileError, match="it is not a file"):
        write_document(pipe, Document("a = 1"))
    assert pipe.is_fifo()


def test_what_a_killed_program_left_is_handed_out_once(tmp_path: Path) -> None:
    """The copy of a program whose lock is gone comes back to the next one started."""
    killed = RecoveryFile(tmp_path)
    killed.write(Document("a = 1\n"))
    next(tmp_path.glob("*.lock")).unlink()
    started = RecoveryFile(tmp_path)
    orphan = started.take_orphan()
    assert orphan is not None
    assert orphan.source == "a = 1\n"
    assert started.take_orphan() is None


def test_the_copy_of_a_program_still_running_is_left_alone(tmp_path: Path) -> None:
    """Two windows of the program do not take each other's work."""
    running = RecoveryFile(tmp_path)
    running.write(Document("a = 1\n"))
    assert RecoveryFile(tmp_path).take_orphan() is None
    running.remove()
    assert list(tmp_path.glob("*.py")) == []
