"""A package that is missing or broken: what the window and the commands say and still do, in processes of their own."""

import ast
import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

pytestmark = pytest.mark.skipif(os.name == "nt", reason="folders of links stand for environments")

ROOT = Path(__file__).parents[2]
ASKED_FOR = [
    Requirement(text)
    for text in tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
        "dependencies"
    ]
]
IMPORTED_AS = {"PySide6-Essentials": "PySide6", "scikit-learn": "sklearn"}

FAULTS = {
    "missing": {},
    "damaged library": {"__init__.py": "from {package}._core import Thing", "_core.so": "damaged"},
    "wrong version": {"__init__.py": "import sys; sys.what_a_later_version_has"},
    "damaged file": {"__init__.py": "def"},
    "emptied": {"left/over.txt": ""},
}
"""The files of a package that has it; a package with files is listed as installed, as a broken one is."""


def environment(folder: Path, name: str, fault: str) -> dict[str, str]:
    """Variables with which Python, started with -S, has the packages of the tests but one, which has the fault."""
    own = distribution(name)
    parts = {file.parts[0] for file in own.files or ()}
    packages = Path(str(own.locate_file("")))
    for entry in packages.iterdir():
        is_listed = entry.name.endswith(".dist-info") and FAULTS[fault]
        if entry.name != "micrograd_gui" and (entry.name not in parts or is_listed):
            (folder / entry.name).symlink_to(entry)
    package = IMPORTED_AS.get(name, name)
    for path, text in FAULTS[fault].items():
        file = folder / package / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text.replace("{package}", package), encoding="utf-8")
    hidden = ("DISPLAY", "WAYLAND_DISPLAY")
    rest = {variable: value for variable, value in os.environ.items() if variable not in hidden}
    return rest | {
        "PYTHONPATH": f"{folder}{os.pathsep}{ROOT}",
        "QT_QPA_PLATFORM": "offscreen",
        "MICROGRAD_GUI_CONFIG": str(folder / "config"),
    }


def check_sentence(said: str, name: str, fault: str) -> None:
    """Check that a sentence names the package, and the command that installs the required version for this Python."""
    found = re.search(
        rf"{re.escape(name)} (is not installed\. Install it|cannot be used: .* Reinstall it) with: (.*)", said
    )
    assert found, said
    assert (found[1] == "is not installed. Install it") == (fault == "missing"), said
    *command, requirement = shlex.split(found[2])
    options = [] if fault == "missing" else ["--force-reinstall"]
    assert command == [sys.executable, "-m", "pip", "install", *options]
    told = Requirement(requirement)
    wanted = next(known for known in ASKED_FOR if known.name == name)
    assert (canonicalize_name(told.name), told.specifier) == (canonicalize_name(name), wanted.specifier)


COMMANDS: dict[str, tuple[str, ...]] = {
    "window": (),
    "render": ("render", "-c", "a = 2.0; b = a * a", "-o", "graph.svg"),
    "train": ("train", "--steps", "3", "-o", "boundary.png"),
}


@pytest.mark.parametrize(
    ("name", "fault", "stopped"),
    [
        ("PySide6-Essentials", "missing", {"window", "render", "train"}),
        ("PySide6-Essentials", "damaged library", {"window", "render", "train"}),
        ("numpy", "emptied", {"window", "render", "train"}),
        ("numpy", "damaged library", {"window", "render", "train"}),
        ("networkx", "wrong version", {"render"}),
        ("matplotlib", "damaged file", {"train"}),
        ("contourpy", "emptied", {"train"}),
        ("scikit-learn", "damaged library", {"train"}),
        ("tqdm", "missing", {"train"}),
        ("pygraphviz", "wrong version", set()),
    ],
)
def test_commands(name: str, fault: str, stopped: set[str], tmp_path: Path) -> None:
    """A command that needs the package says so in one line and exits with 1; another draws its picture."""
    variables = environment(tmp_path, name, fault)
    started = {
        command: subprocess.Popen(
            [sys.executable, "-S", "-m", "micrograd_gui", *arguments],
            cwd=tmp_path,
            env=variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for command, arguments in COMMANDS.items()
        if command != "window" or command in stopped  # a window that opens is another test
    }
    for command, process in started.items():
        _printed, said = process.communicate(timeout=60)
        assert process.returncode == (command in stopped), said
        assert "Traceback" not in said
        if command in stopped:
            assert said.count("\n") == 1
            check_sentence(said, name, fault)
    assert (tmp_path / "graph.svg").exists() == ("render" not in stopped)
    assert (tmp_path / "boundary.png").exists() == ("train" not in stopped)


def test_render_tells_of_the_simple_layout(tmp_path: Path) -> None:
    """A graph is drawn without pygraphviz, too, and one line says how to install it."""
    variables = environment(tmp_path, "pygraphviz", "missing")
    command = [sys.executable, "-S", "-m", "micrograd_gui", *COMMANDS["render"]]
    done = subprocess.run(command, cwd=tmp_path, env=variables, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0
    assert done.stderr.count("\n") == 1
    check_sentence(done.stderr, "pygraphviz", "missing")


WINDOW = """
import json, sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLabel
from micrograd_gui import app
from micrograd_gui.first_window import open_first_window

def main():
    begin = app.open_first

    def opened(window, path, example):
        begin(window, path, example)
        tab, told, seen = window.training_tab, window.frame.message_bar.findChild(QLabel, "message_text"), {}

        def when(ready, then):
            if ready():
                told.text() in seen.setdefault("told", []) or seen["told"].append(told.text())
                then()
            else:
                QTimer.singleShot(20, lambda: when(ready, then))

        def graph_is_settled():
            return not window.session.is_busy

        def training_is_settled():
            waiting = tab.boundary.findChild(QLabel)
            is_drawn = waiting.isHidden() or waiting.text() == "The points cannot be drawn."
            return tab.training_run.state == "failed" or (tab.view is not None and is_drawn)

        def train():
            seen["graph"] = not window.graph_tab.scene.content.isEmpty()
            seen["layout"] = window.status.layout_label.toolTip()
            window.show_training_tab()
            when(training_is_settled, end)

        def end():
            seen["training"] = tab.view is not None
            seen["boundary"] = tab.view is not None and tab.boundary.findChild(QLabel).isHidden()
            print(json.dumps(seen), flush=True)
            QApplication.closeAllWindows()

        when(graph_is_settled, train)

    app.open_first = opened
    return app.run(open_first_window(), None, "neuron")

if __name__ == "__main__":
    sys.exit(main())
"""


@pytest.mark.parametrize(
    ("name", "fault", "lacking"),
    [
        ("networkx", "damaged library", {"graph"}),
        ("scikit-learn", "missing", {"training", "boundary"}),
        ("contourpy", "wrong version", {"training", "boundary"}),
        ("threadpoolctl", "damaged file", {"training", "boundary"}),
        ("matplotlib", "missing", {"boundary"}),
        ("matplotlib", "wrong version", {"boundary"}),
        ("pygraphviz", "damaged library", set()),
        ("tqdm", "missing", set()),
    ],
)
def test_window(name: str, fault: str, lacking: set[str], tmp_path: Path) -> None:
    """The window opens, tells what does not work and how to mend it, does all else, and closes without a crash."""
    script = tmp_path / "window.py"
    script.write_text(WINDOW, encoding="utf-8")
    variables = environment(tmp_path, name, fault)
    command = [sys.executable, "-S", "-X", "faulthandler", script]
    done = subprocess.run(command, cwd=tmp_path, env=variables, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    seen = json.loads(done.stdout)
    assert {part for part in ("graph", "training", "boundary") if not seen[part]} == lacking
    told = "\n".join(seen["told"])
    if lacking:
        check_sentence(told, name, fault)
    else:
        assert not told
    if name == "pygraphviz":
        check_sentence(seen["layout"], name, fault)


def test_every_package_is_asked_for() -> None:
    """pyproject.toml names each package that the program imports, so that it has a range and is installed."""
    known = {IMPORTED_AS.get(wanted.name, wanted.name) for wanted in ASKED_FOR} | {
        "micrograd_core",
        "micrograd_gui",
    }
    imported = {
        name.partition(".")[0]
        for folder in ("micrograd_core", "micrograd_gui")
        for path in (ROOT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for name in imported_names(node)
    }
    assert imported - sys.stdlib_module_names <= known


def imported_names(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else []
