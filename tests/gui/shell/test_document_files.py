"""Program files are written whole or not at all, and what was unsaved at a crash comes back."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from micrograd_gui.background.files import FileError
from micrograd_gui.model.document import Document
from micrograd_gui.shell.document_files import Draft, RecoveryFolder, read_document, write_document

posix = pytest.mark.skipif(sys.platform == "win32", reason="pipes and signals of POSIX")


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
    with pytest.raises(FileError, match=r"gone\.py could not be opened\. There is no such file"):
        read_document(tmp_path / "gone.py")


def test_a_failed_save_leaves_the_old_file(tmp_path: Path) -> None:
    """Saving onto a folder is refused and destroys nothing."""
    (tmp_path / "folder").mkdir()
    with pytest.raises(FileError, match="It is not a file"):
        write_document(tmp_path / "folder", Document("a = 1"))
    assert (tmp_path / "folder").is_dir()


@posix
def test_a_device_is_never_replaced_by_a_file(tmp_path: Path) -> None:
    """Saving onto a pipe or a device is refused, also for an administrator, who could destroy it."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(FileError, match="It is not a file"):
        write_document(pipe, Document("a = 1"))
    assert pipe.is_fifo()


KILLED = """
import os, signal, sys
from pathlib import Path
from micrograd_gui.shell.document_files import Draft, RecoveryFolder
from micrograd_gui.model.document import Document
folder = RecoveryFolder(Path(sys.argv[1]))
folder.keeping(Draft(Document(sys.argv[2]), Path(sys.argv[3]) if sys.argv[3] else None, sys.argv[4]))()
os.kill(os.getpid(), signal.SIGKILL)
"""
"""A program that keeps a copy and is killed."""
TAKEN_OVER = """
import os, signal, sys
from pathlib import Path
from micrograd_gui.shell.document_files import RecoveryFolder
folder = RecoveryFolder(Path(sys.argv[1]))
folder.look()
folder.take(next(iter(folder.drafts)))
os.kill(os.getpid(), signal.SIGKILL)
"""
"""One that opens what another left, and is killed as well."""

Killed = Callable[..., Draft]


@pytest.fixture(name="killed")
def kill_programs(tmp_path: Path) -> Killed:
    """Lets a program be killed while this is unsaved in it."""

    def killed(source: str, path: Path | None = None, digest: str = "") -> Draft:
        done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path), source, str(path or ""), digest])
        assert done.returncode == -9
        return Draft(Document(source, source), path, digest)

    return killed


def opened(folder: RecoveryFolder) -> Draft | None:
    """The newest of what was left, which is then open."""
    folder.look()
    for copy, draft in folder.drafts.items():
        folder.take(copy)
        return draft
    return None


@posix
def test_what_a_killed_program_left_is_handed_out_once(tmp_path: Path, killed: Killed) -> None:
    """The copy of a program that is gone comes back to the next one started, and to that one alone."""
    left = killed("a = 1\n")
    started = RecoveryFolder(tmp_path)
    assert opened(started) == left
    assert opened(started) is None
    assert opened(RecoveryFolder(tmp_path)) is None


@posix
def test_all_that_killed_programs_left_is_there_and_what_is_not_opened_stays(
    tmp_path: Path, killed: Killed
) -> None:
    """The newest first. What one program did not open is there for the next."""
    drafts = [killed(f"a = {i}\n", Path(f"/{i}.py"), "f" * 64) for i in range(3)]
    started = RecoveryFolder(tmp_path)
    started.look()
    assert list(started.drafts.values()) == drafts[::-1]
    assert opened(RecoveryFolder(tmp_path)) is None
    started.take(next(iter(started.drafts)))
    started.leaving()()
    after = RecoveryFolder(tmp_path)
    after.look()
    assert list(after.drafts.values()) == drafts[1::-1]


@posix
def test_a_program_killed_right_after_it_took_over_loses_nothing(tmp_path: Path, killed: Killed) -> None:
    """The copy stays where it is until its text is saved or given up."""
    left = killed("a = 1\n")
    done = subprocess.run([sys.executable, "-c", TAKEN_OVER, str(tmp_path)])
    assert done.returncode == -9
    assert opened(RecoveryFolder(tmp_path)) == left


@pytest.mark.parametrize("path", ["", "/home/ä <b>.py", "C:\\x\\y.py", "/\udcff\n.py"])
@pytest.mark.parametrize(
    "source",
    [
        "",
        "a = 1",
        "a = 1\n\n",
        "#! unsaved text of x",
        '#! unsaved text of {"path": "/x.py", "digest": ""}',
        '#! unsaved text of {"path": "/x.py", "digest": ""}\n',
        '#! micrograd {"target": 3}\n',
        "\u2028\x0c\x85\n\x1c",
    ],
)
def test_a_copy_holds_the_text_and_its_file(tmp_path: Path, source: str, path: str) -> None:
    """A copy restores any ending of the text and any name of its file."""
    draft = Draft(Document(source, source), Path(path) if path else None, "0" * 64 if path else "")
    RecoveryFolder(tmp_path).keeping(draft)()
    started = RecoveryFolder(tmp_path)
    assert opened(started) == draft


@posix
def test_what_is_no_copy_is_left_alone(tmp_path: Path) -> None:
    """A pipe, a folder or bytes in the recovery folder neither stop the program nor go away."""
    os.mkfifo(tmp_path / "pipe.py")
    (tmp_path / "folder.py").mkdir()
    (tmp_path / "bytes.py").write_bytes(b"\xff\xfe")
    before = sorted(tmp_path.iterdir())
    assert opened(RecoveryFolder(tmp_path)) is None
    assert sorted(tmp_path.iterdir()) == before


def test_the_copy_of_a_program_still_running_is_left_alone(tmp_path: Path) -> None:
    """Two windows of the program do not take each other's work."""
    running = RecoveryFolder(tmp_path)
    running.keeping(Draft(Document("a = 1\n")))()
    assert opened(RecoveryFolder(tmp_path)) is None
    running.keeping(None)()
    assert list(tmp_path.glob("*.py")) == []
