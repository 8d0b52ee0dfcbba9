"""Packages that are imported beside the window."""

import sys
from pathlib import Path

import pytest

from micrograd_gui.background.imports import import_beside


def test_what_can_be_imported_is_there_afterwards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is broken or missing is told by whoever needs it, and keeps none from those after it."""
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "beside_broken.py").write_text("1 / 0\n")
    (tmp_path / "beside_whole.py").write_text("found = True\n")
    import_beside("beside_missing", "beside_broken", "beside_whole").join(20)
    assert sys.modules.pop("beside_whole").found
    assert "beside_broken" not in sys.modules
