"""Which Python an environment is made with: tools/find_python.sh among Pythons that fit, and others that do not."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no make")

ROOT = Path(__file__).parents[1]
OLDEST, NEWEST = 11, 14


def python_of(folder: Path, name: str, version: str, *, has_venv: bool = True) -> Path:
    """A program in a folder that is this Python, and believes to be of another version."""
    folder.mkdir(parents=True, exist_ok=True)
    numbers = ", ".join(version.split("."))
    venv = "" if has_venv else "sys.modules['ensurepip'] = None; sys.base_prefix = sys.prefix"
    pretend = f"import sys; sys.version_info = ({numbers}); {venv}"
    path = folder / name
    path.write_text(
        f'#!/bin/sh\nshift\ncode=$1\nshift\nexec \'{sys.executable}\' -c "{pretend}\n$code" "$@"\n'
    )
    path.chmod(0o755)
    return path


def shim(folder: Path, name: str) -> None:
    """What pyenv leaves on the PATH for a Python that is not the chosen one: it fails."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\necho 'pyenv: {name}: command not found' >&2\nexit 127\n")
    (folder / name).chmod(0o755)


def find(tmp_path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The script, where there are no Pythons but those in the folders first, second and pyenv."""
    tools = tmp_path / "tools"
    if not tools.exists():
        tools.mkdir()
        for tool in ("sed", "dirname"):
            (tools / tool).symlink_to(shutil.which(tool) or tool)
    environment = {
        "PATH": os.pathsep.join(str(tmp_path / name) for name in ("first", "second", "tools")),
        "PYENV_ROOT": str(tmp_path / "pyenv"),
    }
    command = ["/bin/sh", str(ROOT / "tools" / "find_python.sh"), *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)


def test_the_newest_that_fits(tmp_path: Path) -> None:
    """Of several, the newest allowed is taken, wherever it lies; all are listed from the newest on, one of each."""
    python_of(tmp_path / "first", "python3", "3.11.2")
    twelve = python_of(tmp_path / "second", "python3.12", "3.12.4")
    python_of(tmp_path / "pyenv" / "versions" / "3.12.1" / "bin", "python", "3.12.1")
    thirteen = python_of(tmp_path / "pyenv" / "versions" / "3.13.0" / "bin", "python", "3.13.0")
    done = find(tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{thirteen}\n", "")
    found = find(tmp_path, "all").stdout.splitlines()
    assert found == [str(thirteen), str(twelve), str(tmp_path / "first" / "python3")]


def test_one_that_is_too_new_is_passed_over(tmp_path: Path) -> None:
    """Where python3 is newer than Qt knows, an older one serves, and a word says why."""
    python_of(tmp_path / "first", "python3", "3.15.0")
    python_of(tmp_path / "first", "python3.15", "3.15.0")
    older = python_of(tmp_path / "second", "python3.14", "3.14.1")
    done = find(tmp_path)
    assert (done.returncode, done.stdout) == (0, f"{older}\n")
    assert done.stderr == (
        f"python3 is Python 3.15.0, which Qt for Python does not support yet; {older} serves instead.\n"
    )


def test_shims_that_fail(tmp_path: Path) -> None:
    """A shim of pyenv that runs nothing is passed over for one of the same name further down the PATH."""
    for name in ("python3", "python3.14", "python3.12"):
        shim(tmp_path / "first", name)
    behind = python_of(tmp_path / "second", "python3.12", "3.12.7")
    done = find(tmp_path)
    assert (done.returncode, done.stdout) == (0, f"{behind}\n")


@pytest.mark.parametrize(
    ("version", "said"),
    [
        ("3.10.13", "too old"),
        ("2.7.18", "too old"),
        ("3.15.0", "does not support yet"),
        ("3.16.2", "support yet"),
    ],
)
def test_none_that_fits(version: str, said: str, tmp_path: Path) -> None:
    """Where none fits, one sentence says what there is and which to install."""
    python_of(tmp_path / "first", "python3", version)
    done = find(tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert re.fullmatch(rf"micrograd-gui needs Python 3.{OLDEST} to 3.{NEWEST}, .*\n", done.stderr)
    assert f"python3 is Python {version}, which" in done.stderr
    assert said in done.stderr
    assert f"install Python 3.{NEWEST}" in done.stderr


def test_no_python_at_all(tmp_path: Path) -> None:
    """On a machine without Python the sentence is the same."""
    done = find(tmp_path)
    assert done.returncode == 1
    assert f"none was found: install Python 3.{NEWEST}" in done.stderr


def test_venv_missing(tmp_path: Path) -> None:
    """Debian's python3 without its venv package does not fit, and the package is named."""
    python_of(tmp_path / "first", "python3", "3.11.2", has_venv=False)
    done = find(tmp_path)
    assert done.returncode == 1
    assert "sudo apt-get install python3.11-venv" in done.stderr


def test_one_that_is_named(tmp_path: Path) -> None:
    """A Python that is named is taken if it fits; if not, a sentence says why."""
    python_of(tmp_path / "first", "python3.12", "3.12.3")
    python_of(tmp_path / "first", "python3.9", "3.9.1")
    assert find(tmp_path, "python3.12").stdout == "python3.12\n"
    for name, said in (("python3.9", "is Python 3.9.1, which is too old"), ("nowhere", "cannot be run")):
        done = find(tmp_path, name)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr == f"{name} {said}; micrograd-gui needs Python 3.{OLDEST} to 3.{NEWEST}.\n"


def test_the_same_range_everywhere() -> None:
    """Metadata, classifiers, documentation and the script that looks for a Python allow the same versions."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["requires-python"] == f">=3.{OLDEST},<3.{NEWEST + 1}"
    versions = [text.rpartition(" :: ")[2] for text in project["classifiers"] if "Python :: 3." in text]
    assert versions == [f"3.{minor}" for minor in range(OLDEST, NEWEST + 1)]
    pages = {
        page: (ROOT / page).read_text(encoding="utf-8")
        for page in ("README.md", "docs/guide.md", "docs/checks.md")
    }
    assert f"You need Python 3.{OLDEST} to 3.{NEWEST}." in pages["README.md"]
    assert f"py -3.{NEWEST} -m venv .venv" in pages["README.md"]
    assert f"every other Python from 3.{OLDEST} to 3.{NEWEST}" in pages["docs/checks.md"]
    assert f"no Qt for Python 3.{NEWEST + 1} yet" in pages["docs/guide.md"]
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    assert tools["mypy"]["python_version"] == f"3.{OLDEST}"
    assert tools["ruff"]["target-version"] == f"py3{OLDEST}"
