"""The program as others get it: a wheel, installed in an empty environment, away from the checkout."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NEURON = "x1=2.0; x2=0.0; w1=-3.0; w2=1.0; b=6.8813735870195432; o=(x1*w1+x2*w2+b).tanh()"

# Built and installed once, so all tests here run in the same worker.
pytestmark = pytest.mark.xdist_group("packaging")


def run(*command: object, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """The finished command, run without the checkout, its environment and a display in its way."""
    hidden = ("PYTHONPATH", "VIRTUAL_ENV", "QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY")
    rest = {name: value for name, value in os.environ.items() if name not in hidden}
    arguments = [str(part) for part in command]
    return subprocess.run(
        arguments, cwd=cwd, env=rest | environment, capture_output=True, text=True, timeout=600
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    done = run(sys.executable, "-m", "build", "--wheel", "--outdir", folder, ROOT, cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def programs(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the commands of an environment that has the wheel and what it asks for."""
    folder = tmp_path_factory.mktemp("installed")
    run(sys.executable, "-m", "venv", "environment", cwd=folder)
    commands = folder / "environment" / ("Scripts" if os.name == "nt" else "bin")
    pip = (commands / "python", "-m", "pip", "--disable-pip-version-check", "install", "--no-compile")
    done = run(*pip, wheel, cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return commands


def test_wheel_has_what_the_program_reads(wheel: Path) -> None:
    """Both packages, examples, fonts, icons, the desktop file, and the licences of what others made are in it."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    for room in ("examples", "fonts", "icons"):
        for path in (ROOT / "resources" / room).iterdir():
            assert f"micrograd_gui/resources/{room}/{path.name}" in names
    assert any(name.endswith(".data/data/share/applications/micrograd-gui.desktop") for name in names)
    assert "micrograd_core/engine.py" in names
    licences = [name for name in names if "/licenses/" in name]
    assert {Path(name).name for name in licences} >= {"LICENSE", "Inter-OFL.txt", "JetBrainsMono-OFL.txt"}
    assert any(name.endswith("icons/LICENSE") for name in licences)


def test_render_from_the_wheel(programs: Path, tmp_path: Path) -> None:
    """The installed command draws the lecture's neuron with its data and its gradients."""
    done = run(programs / "micrograd-gui", "render", "-c", NEURON, "-o", "n.svg", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    drawn = (tmp_path / "n.svg").read_text(encoding="utf-8")
    for number in ("0.7071", "\N{MINUS SIGN}1.5000", "1.0000", "0.5000", "0.0000"):
        assert number in drawn


def test_window_from_the_wheel(programs: Path, tmp_path: Path) -> None:
    """The window opens in the environment of the wheel, with icons, fonts and examples."""
    code = (
        "from PySide6.QtCore import QTimer; from PySide6.QtWidgets import QApplication;"
        "from micrograd_gui import app, first_window; first = first_window.open_first_window();"
        "QTimer.singleShot(500, QApplication.closeAllWindows);"
        "raise SystemExit(app.run(first, None, 'neuron'))"
    )
    environment = {"QT_QPA_PLATFORM": "offscreen", "MICROGRAD_GUI_CONFIG": str(tmp_path / "config")}
    done = run(programs / "python", "-c", code, cwd=tmp_path, **environment)
    assert (done.returncode, done.stderr) == (0, "")
