"""Messages of the program if Qt cannot start, instead of a traceback or a core dump."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from micrograd_gui.model.dependencies import QT_PACKAGES, X11_PACKAGES

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="display servers and .so files are Linux's")

START = "from micrograd_gui.startup import make_application; make_application(); print('started')"
HIDDEN = ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY", "XDG_SESSION_TYPE")


def start(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The finished program, started on a machine that has nothing of a display but what is given."""
    rest = {name: value for name, value in os.environ.items() if name not in HIDDEN}
    return subprocess.run(
        [sys.executable, *command], env=rest | environment, capture_output=True, text=True, timeout=60
    )


def broken_library(folder: Path, name: str) -> str:
    """A folder for LD_LIBRARY_PATH in which a library cannot be loaded, as if it were not installed."""
    (folder / name).touch()
    return str(folder)


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({}, "DISPLAY and WAYLAND_DISPLAY are not set"),
        ({"DISPLAY": ":7654"}, "DISPLAY=:7654 cannot be reached"),
        ({"DISPLAY": "nonsense"}, "DISPLAY=nonsense cannot be reached"),
        ({"WAYLAND_DISPLAY": "none", "XDG_RUNTIME_DIR": "/tmp"}, "WAYLAND_DISPLAY=none cannot be reached"),
    ],
)
def test_no_display(environment: dict[str, str], said: str) -> None:
    """A missing display is reported in one line, with the commands that work without one."""
    done = start("-c", START, **environment)
    assert done.returncode == 1
    assert done.stdout == ""
    assert said in done.stderr
    assert "'micrograd-gui render'" in done.stderr
    assert "'micrograd-gui train'" in done.stderr
    assert done.stderr.count("\n") == 1


def test_unknown_platform() -> None:
    """A QT_QPA_PLATFORM that Qt does not know is named."""
    done = start("-c", START, QT_QPA_PLATFORM="nowhere")
    assert done.returncode == 1
    assert "QT_QPA_PLATFORM is 'nowhere'" in done.stderr


def test_starts_on_a_platform_that_works() -> None:
    """Nothing is written if Qt can start."""
    done = start("-c", START, QT_QPA_PLATFORM="offscreen")
    assert (done.returncode, done.stdout, done.stderr) == (0, "started\n", "")


@pytest.mark.parametrize("library", ["libxcb-cursor.so.0", "libxcb-icccm.so.4", "libxkbcommon-x11.so.0"])
def test_library_of_the_display_missing(library: str, tmp_path: Path) -> None:
    """The missing library among those of X11 is named, with the packages to install."""
    done = start("-c", START, DISPLAY=":7654", LD_LIBRARY_PATH=broken_library(tmp_path, library))
    assert done.returncode == 1
    assert library in done.stderr
    assert f"apt-get install {QT_PACKAGES} {X11_PACKAGES}" in done.stderr


@pytest.mark.parametrize("library", ["libEGL.so.1", "libxkbcommon.so.0"])
def test_library_of_qt_missing(library: str, tmp_path: Path) -> None:
    """A library without which Qt cannot even be imported is named, without a traceback."""
    done = start("-m", "micrograd_gui", "--version", LD_LIBRARY_PATH=broken_library(tmp_path, library))
    assert done.returncode == 1
    assert library in done.stderr
    assert f"apt-get install {QT_PACKAGES} {X11_PACKAGES}" in done.stderr
    assert "Traceback" not in done.stderr


def test_library_of_graphviz_missing(tmp_path: Path) -> None:
    """A graph has the simple layout if Graphviz lacks a library, and one line names that library."""
    library, picture = "libXrender.so.1", tmp_path / "graph.svg"
    broken = broken_library(tmp_path, library)
    done = start("-m", "micrograd_gui", "render", "-c", "a = 2.0", "-o", str(picture), LD_LIBRARY_PATH=broken)
    assert (done.returncode, picture.exists()) == (0, True)
    assert f"{library}, which pygraphviz needs, is missing" in done.stderr
    assert f"apt-get install {QT_PACKAGES} {X11_PACKAGES}" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("file", [".ci/run", "README.md"])
def test_the_same_packages_everywhere(file: str) -> None:
    """The packages of the sentence are those of the README and of the continuous check."""
    text = (Path(__file__).parents[2] / file).read_text(encoding="utf-8")
    assert set(f"{QT_PACKAGES} {X11_PACKAGES}".split()) <= set(
        text.replace("(", " ").replace(")", " ").split()
    )


@pytest.mark.skipif(sys.platform == "win32", reason="signals are other ones there")
@pytest.mark.parametrize("after", [0.05, 0.12, 0.2, 0.3, 0.45])
def test_an_interrupt_while_it_starts_just_ends_it(after: float, tmp_path: Path) -> None:
    """Whatever is being imported then: no crash, no traceback, and no word of packages that are all right."""
    environment = os.environ | {
        "QT_QPA_PLATFORM": "offscreen",
        "MICROGRAD_GUI_CONFIG": str(tmp_path / "config"),
    }
    started = subprocess.Popen(
        [sys.executable, "-m", "micrograd_gui", "--example", "neuron"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        with suppress(subprocess.TimeoutExpired):
            started.wait(after)
        started.send_signal(signal.SIGINT)
        _, errors = started.communicate(timeout=30)
    finally:
        started.kill()
    assert started.returncode in (-signal.SIGINT, 130)
    assert "micrograd-gui:" not in errors
    assert "override" not in errors
    assert "Fatal" not in errors
