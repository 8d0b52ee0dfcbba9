"""The recipes of docs/CONTRIBUTING.md: each is applied to a copy of the program, and its commands run there."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.code_map import ROOT

PAGE = (ROOT / "docs" / "CONTRIBUTING.md").read_text(encoding="utf-8")
RECIPES = re.findall(
    r"^## (.+?)\n.*?^```diff\n(.*?)^```\n.*?^```sh\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL
)
COPIED = ("micrograd_core", "micrograd_gui", "resources", "tests", "docs", "pyproject.toml", "README.md")


@pytest.mark.skipif(shutil.which("git") is None, reason="git applies the patches")
@pytest.mark.parametrize(
    ("patch", "commands"), [recipe[1:] for recipe in RECIPES], ids=[recipe[0] for recipe in RECIPES]
)
def test_the_recipe_works(patch: str, commands: str, tmp_path: Path) -> None:
    """The patch fits the program as it is now, and all its commands succeed."""
    for name in COPIED:
        source, copy = ROOT / name, tmp_path / name
        if source.is_dir():
            shutil.copytree(source, copy, ignore=shutil.ignore_patterns("__pycache__", "screenshots"))
        else:
            shutil.copy(source, copy)
    run(["git", "apply", "--whitespace=nowarn", "-"], tmp_path, patch)
    for command in commands.splitlines():
        program, *arguments = shlex.split(command)
        assert program == "python"
        run([sys.executable, *arguments, *["-p", "no:cacheprovider"] * ("pytest" in arguments)], tmp_path)


def run(command: list[str], folder: Path, given: str = "") -> None:
    # git would look for a repository around the folder, and take the patch as one of that.
    environment = os.environ | {
        "PYTHONPATH": str(folder),
        "QT_QPA_PLATFORM": "offscreen",
        "GIT_CEILING_DIRECTORIES": str(folder.parent),
    }
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        input=given,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, f"{shlex.join(command)}\n{done.stdout}{done.stderr}"


def test_every_kind_of_change_has_a_recipe() -> None:
    """An operation, an action, an example, a data set and an exporter; a row touches one file of the product."""
    found = {
        title: len(re.findall(r"^\+\+\+ b/micrograd_", patch, re.MULTILINE)) for title, patch, _ in RECIPES
    }
    assert found == {"An operation": 1, "An action": 2, "An example": 0, "A data set": 1, "An exporter": 2}
