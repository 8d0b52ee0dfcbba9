"""Freed memory goes back to the system."""

import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray

from micrograd_gui.background.memory import give_back_freed_memory


def resident() -> int:
    """Bytes of this process that are in memory."""
    pages = Path("/proc/self/statm").read_text().split()[1]
    return int(pages) * 4096


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the C library gives back memory by itself")
def test_freed_memory_is_given_back() -> None:
    """Memory is given back even if a few objects between are still used."""
    give_back_freed_memory()  # What earlier tests left would serve for this one.
    before = resident()
    things = [QByteArray(b"x" * 2_000) for _ in range(50_000)]
    kept = things[::500]
    grown = resident() - before
    assert grown > 50_000_000
    things.clear()
    give_back_freed_memory()
    assert resident() - before < grown / 4
    assert len(kept) == 100
