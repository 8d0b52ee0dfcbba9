"""The command line as a terminal sees it: exit codes, output and files."""

import json
import os
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from micrograd_gui.cli import main
from micrograd_gui.model.theme import DARK, LIGHT, Theme

NEURON = "x1=2.0; x2=0.0; w1=-3.0; w2=1.0; b=6.8813735870195432; o=(x1*w1+x2*w2+b).tanh()"
COMMAND = (sys.executable, "-m", "micrograd_gui")


def call(*arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    """``micrograd-gui`` with these arguments, where there is no display."""
    hidden = ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY")
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    command = [*COMMAND, *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=60)


def test_render_draws_the_neuron(tmp_path: Path) -> None:
    """The picture of the last step has the neuron's data and all its gradients."""
    done = call("render", "-c", NEURON, "-o", "n.svg", "--step", "last", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    drawn = (tmp_path / "n.svg").read_text(encoding="utf-8")
    for number in ("0.7071", "\N{MINUS SIGN}1.5000", "1.0000", "0.5000", "0.0000"):
        assert number in drawn


SLOW_DISK = """
import os, sys, time
os.fsync = lambda _file: time.sleep(0.6)
from micrograd_gui import cli
sys.exit(cli.main(["render", "-c", "a = 2.0", "-o", "a.svg"]))
"""


def test_render_waits_for_a_slow_disk(tmp_path: Path) -> None:
    """Without a dialog, which without a window nobody sees."""
    command = [sys.executable, "-c", SLOW_DISK]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (tmp_path / "a.svg").exists()


def test_render_a_step(tmp_path: Path) -> None:
    """``--step`` draws that moment: before the first step no result is known, and no gradient."""
    call("render", "-c", NEURON, "-o", "first.svg", "--step", "0", cwd=tmp_path)
    drawn = (tmp_path / "first.svg").read_text(encoding="utf-8")
    assert "6.8814" in drawn
    assert "0.7071" not in drawn
    assert "1.5000" not in drawn


def test_render_arrays(tmp_path: Path) -> None:
    """``--arrays`` draws a frame, with its formula, around what numpy would compute in one operation."""
    layer = "n = Layer(2, 3)\nxs = [[1.0, 2.0], [3.0, 4.0]]\no = sum([sum(n(x)) for x in xs])\n"
    for name, options in (("cards.svg", ()), ("arrays.svg", ("--arrays",))):
        assert call("render", "-c", layer, "-o", name, *options, cwd=tmp_path).returncode == 0
    formula = "h1 = relu(xs @ W1.T + b1)"
    assert formula in (tmp_path / "arrays.svg").read_text(encoding="utf-8")
    assert formula not in (tmp_path / "cards.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize(("name", "theme"), [("light", LIGHT), ("dark", DARK)])
def test_render_in_a_theme(name: str, theme: Theme, tmp_path: Path) -> None:
    """A PNG picture has the ground of the theme that was asked for."""
    done = call("render", "-c", "a = 2.0; b = a * a", "-o", "a.png", "--theme", name, cwd=tmp_path)
    assert done.returncode == 0
    assert QImage(str(tmp_path / "a.png")).pixelColor(0, 0) == QColor(theme.canvas)


def test_render_prints_what_the_program_prints(tmp_path: Path) -> None:
    """A program's file is run, and its prints come out on standard output."""
    (tmp_path / "p.py").write_text(
        "a = Value(3.0)\nb = a * a\nb.backward()\nprint(a.grad)\n", encoding="utf-8"
    )
    done = call("render", "p.py", "-o", "p.png", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "6.0\n", "")


def test_render_warns_of_infinite_numbers(tmp_path: Path) -> None:
    """Standard error has a warning with the position where inf or nan begins; the picture is drawn all the same."""
    done = call("render", "-c", "a = 0.0\nb = 1 / a", "-o", "a.svg", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stderr.startswith("<code>:2:")
    assert ": warning: " in done.stderr
    assert (tmp_path / "a.svg").exists()


def test_render_of_a_faulty_program(tmp_path: Path) -> None:
    """An error in the program is told with file, line and column, then the hint; nothing is written."""
    (tmp_path / "bad.py").write_text("alpha = 2.0\nb = alpha * alfa\n", encoding="utf-8")
    done = call("render", "bad.py", "-o", "bad.png", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith("bad.py:2:13: ")
    assert "alpha" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "bad.png").exists()


def test_render_of_nothing(tmp_path: Path) -> None:
    """A program without a value has no picture, and the sentence says what to write."""
    done = call("render", "-c", "# nothing", "-o", "a.png", cwd=tmp_path)
    assert done.returncode == 1
    assert "no value to draw" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("missing.py",), "missing.py could not be opened. There is no such file"),
        (("render", "missing.py", "-o", "a.png"), "missing.py could not be opened. There is no such file"),
        (("render", "bytes.py", "-o", "a.png"), "not a text file"),
        (("render", "-c", "a = 1.0", "-o", "nowhere/a.png"), "nowhere/a.png"),
        (("train", "--steps", "1", "-o", "nowhere/a.png"), "nowhere/a.png"),
    ],
)
def test_files_that_cannot_be_used(arguments: tuple[str, ...], said: str, tmp_path: Path) -> None:
    """A file that cannot be read or written is named in one message, and the exit code is 1."""
    (tmp_path / "bytes.py").write_bytes(b"\xff\xfe\x00")
    done = call(*arguments, cwd=tmp_path)
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--colour",), "unrecognized arguments: --colour"),
        (("--example", "nothing"), "invalid choice: 'nothing'"),
        (("a.py", "--example", "neuron"), "not allowed with"),
        (("render",), "required: -o"),
        (("render", "-o", "a.png"), "one of the arguments FILE -c is required"),
        (("render", "a.py", "-c", "a = 1", "-o", "a.png"), "not allowed with"),
        (("render", "-c", "a = 1", "-o", "a.jpg"), "'a.jpg' should end in one of .png, .svg"),
        (("render", "-c", "a = 1", "-o", "a.png", "--step", "-1"), "'-1' is not a whole number"),
        (("render", "-c", "a = 1", "-o", "a.png", "--step", "two"), "'two' is not a whole number"),
        (("render", "-c", "b = 2 * 3", "-o", "a.png", "--step", "99"), "the program has 4 steps"),
        (("train", "--steps", "1.5"), "'1.5' is not a whole number"),
        (("train", "--seed", "99999999999"), "seed must be between"),
        (("train", "-o", "a.txt"), "'a.txt' should end in .png"),
    ],
)
def test_wrong_options(
    arguments: tuple[str, ...],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A wrong option is named, the exit code is 2, and nothing is written."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as left:
        main(list(arguments))
    assert left.value.code == 2
    assert said in capsys.readouterr().err
    assert not list(tmp_path.glob("a.*"))


def test_train(tmp_path: Path) -> None:
    """The blog's demo from the blog's seed ends where the blog ends; progress, numbers and picture come out."""
    done = call("train", "--steps", "32", "--seed", "1337", "-o", "b.png", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stdout == "step 32: loss 0.1063, train accuracy 97.7%, test accuracy 97.7%\n"
    assert "32/32" in done.stderr
    picture = QImage(str(tmp_path / "b.png"))
    seen = {picture.pixelColor(x, y).hue() // 10 for x in range(60, 880, 20) for y in range(20, 660, 20)}
    assert {QColor(DARK.negative).hue() // 10, QColor(DARK.positive).hue() // 10} <= seen


def test_train_no_step(tmp_path: Path) -> None:
    """The output of no step is that of the untrained network."""
    done = call("train", "--steps", "0", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stdout.startswith("step 0: loss ")


def test_interrupted(tmp_path: Path) -> None:
    """Ctrl+C ends training with 130 and without a traceback."""
    # Where the tests run in a shell's background Ctrl+C is ignored, and so it would be in the process.
    heeding = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler);"
    code = f"{heeding} from micrograd_gui.__main__ import main; raise SystemExit(main())"
    command = [sys.executable, "-c", code, "train", "--steps", "100000000"]
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        # The bar's first letters say that training has begun.
        said = process.stderr.read(8)
        process.send_signal(signal.SIGINT)
        try:
            said += process.communicate(timeout=30)[1]
        finally:
            process.kill()
    assert process.returncode == 130
    assert "Traceback" not in said


def test_interrupted_window(tmp_path: Path, qtbot: QtBot) -> None:
    """Ctrl+C in the terminal ends the window with 130, without a traceback, and leaves no process behind."""
    code = (
        "from PySide6.QtCore import QTimer; from micrograd_gui import app, first_window;"
        "first = first_window.open_first_window(); QTimer.singleShot(0, lambda: print('open', flush=True));"
        "raise SystemExit(app.run(first, None, 'neuron'))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout
    assert process.stdout.readline() == "open\n"
    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=30)[1]
    assert (process.returncode, said) == (130, "")
    qtbot.waitUntil(lambda: not _group_exists(process.pid))


def _group_exists(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def test_version_and_help(tmp_path: Path) -> None:
    """``--version`` and ``--help`` answer where there is no display."""
    assert call("--version", cwd=tmp_path).stdout.startswith("micrograd-gui 0.")
    said = call("--help", cwd=tmp_path).stdout
    assert "--example" in said
    assert "render" in said
    assert "train" in said


def test_no_display(tmp_path: Path) -> None:
    """The window says that there is no display and what works without one."""
    done = call(cwd=tmp_path)
    assert done.returncode == 1
    assert "There is no display" in done.stderr
    assert "Traceback" not in done.stderr


def call_with(redirection: str, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """The command as a shell starts it with this after it."""
    line = f"{shlex.join([*COMMAND, *arguments])} {redirection}"
    return subprocess.run(["sh", "-c", line], cwd=cwd, capture_output=True, text=True, timeout=60)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a shell and a device that is always full")
@pytest.mark.parametrize(
    ("redirection", "said"), [(">&-", "Standard output is closed"), (">/dev/full", "The disk is full")]
)
@pytest.mark.parametrize(
    "arguments", [("train", "--steps", "1"), ("render", "-c", "print(1)\na = 1.0", "-o", "a.svg")]
)
def test_output_that_cannot_be_written(
    arguments: tuple[str, ...], redirection: str, said: str, tmp_path: Path
) -> None:
    """One sentence and 1, no traceback, not at the end of Python either; without standard error only the 1."""
    done = call_with(redirection, *arguments, cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("micrograd-gui: Standard output")
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert call_with(f"{redirection} 2>&-", *arguments, cwd=tmp_path).returncode == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_version_that_cannot_be_written(tmp_path: Path) -> None:
    """``--version`` onto a full disk fails in a sentence."""
    done = call_with(">/dev/full", "--version", cwd=tmp_path)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "The disk is full" in done.stderr


def test_a_missing_folder_is_told_before_training(tmp_path: Path) -> None:
    """A million steps are not trained for a picture that cannot be written."""
    done = call("train", "--steps", "1000000", "-o", "nowhere/a.png", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr == "micrograd-gui: nowhere/a.png could not be written. There is no folder nowhere.\n"


def test_file_named_as_a_command(tmp_path: Path) -> None:
    """``./render`` is a file, ``render`` is the command."""
    (tmp_path / "render").write_text("a = 1.0\n", encoding="utf-8")
    done = call("./render", cwd=tmp_path)
    assert "There is no display" in done.stderr


def test_steps_prints_a_line_a_step(tmp_path: Path) -> None:
    """A file or code, with warnings and errors at their places on standard error."""
    (tmp_path / "p.py").write_text(
        "a = Value(2.0)\nb = a * a\nb.backward()\nprint(a.grad)\n", encoding="utf-8"
    )
    done = call("steps", "p.py", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == "    4  print     4.0"
    warned = call("steps", "-c", "a = 1 / Value(0.0)", cwd=tmp_path)
    assert (warned.returncode, warned.stderr[:22]) == (0, "<code>:1:5: warning: 1")
    wrong = call("steps", "-c", "a = (", cwd=tmp_path)
    assert (wrong.returncode, wrong.stdout) == (1, "")
    assert wrong.stderr.startswith("<code>:1:5: ")
    missing = call("steps", "no.py", cwd=tmp_path)
    assert (missing.returncode, missing.stdout) == (1, "")


def test_steps_prints_json(tmp_path: Path) -> None:
    """One document, which other tools read."""
    done = call("steps", "--json", "-c", "a = 2.0; b = a * a", cwd=tmp_path)
    found = json.loads(done.stdout)
    assert (done.returncode, done.stderr, found["version"]) == (0, "", 1)
    assert found["final"] == [{"node": 0, "data": 2.0, "grad": 4.0}, {"node": 1, "data": 4.0, "grad": 1.0}]
