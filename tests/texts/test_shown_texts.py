"""Nothing that the window says is missed by translators.

The window runs with a catalogue that puts ⟦brackets⟧ around every sentence: words without brackets were not looked up.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.code_map import ROOT


def test_the_window_shows_only_sentences_of_the_catalogue(tmp_path: Path) -> None:
    """In menus, tooltips, labels, names for screen readers, the palette and messages, through all that it can do."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.texts.bracketed", str(tmp_path)],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    shown = json.loads(done.stdout)
    assert len(shown["looked_up"]) > 150
    assert shown["missed"] == []
