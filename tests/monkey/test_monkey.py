"""The random user finds what it is there to find: faults that are made on purpose."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.monkey.__main__ import growth
from tests.monkey.programs import program

linux = pytest.mark.skipif(sys.platform != "linux", reason="sees memory and processes in /proc")

ROOT = Path(__file__).parents[2]


def run(*options: str) -> tuple[int, dict[str, int], str]:
    """Exit code, how often each fault was found, and all that was said."""
    command = [sys.executable, "-m", "tests.monkey", "--json", *options]
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=ROOT, env={**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    )
    said = done.stdout.strip().split("\n")
    return done.returncode, json.loads(said[-1])["faults"], done.stdout + done.stderr


@linux
def test_faults_are_found() -> None:
    """Exceptions from everywhere, Qt's warnings, memory that grows and processes that outlive the window."""
    plants = ("exception", "thread", "unraisable", "warning", "leak", "left behind")
    code, faults, said = run("--operations", "24", "--every", "1", "--goodbye", "1", "--plant", *plants)
    assert code == 1
    for name in (*(f"{kind}: ValueError: planted" for kind in plants[:3]), "warning: default: planted"):
        assert faults.get(name, 0) > 10, said
    kinds = {name.partition(":")[0] for name in faults}
    assert {"memory", "left behind"} <= kinds, said
    assert "seed 1, after these operations" in said


@linux
@pytest.mark.parametrize(
    ("plant", "freeze", "told"), [("freeze", "4", "in _freeze"), ("crash", "60", "in string_at")]
)
def test_the_end_of_the_window_is_told_with_its_place(plant: str, freeze: str, told: str) -> None:
    """A window that does not answer, and one that crashes: where it stood, and that nothing of it lives on."""
    code, faults, said = run("--operations", "3", "--freeze", freeze, "--plant", plant)
    assert code == 1
    assert [name.partition(":")[0] for name in faults] == [plant], said
    assert told in said


@pytest.mark.parametrize(
    ("samples", "expected"),
    [
        ([100.0] * 8 + [500.0], 0.0),
        ([100.0] * 3 + [200.0] * 6, 0.0),
        ([100.0] * 6 + [110.0] * 3, 0.1),
        ([100.0, 110.0, 120.0, 130.0, 140.0, 150.0, 160.0, 170.0, 180.0], 170 / 140 - 1),
        ([100.0] * 4, 0.0),
    ],
)
def test_growth_is_that_of_the_last_third(samples: list[float], expected: float) -> None:
    """What is loaded at the beginning does not count, nor does a single peak; few samples tell nothing."""
    assert growth(samples) == pytest.approx(expected)


def test_programs_come_from_the_seed() -> None:
    """The same seed types the same, another seed something else."""
    import random

    first, again, other = (
        [program(chance) for _ in range(20)]
        for chance in (random.Random(1), random.Random(1), random.Random(2))
    )
    assert first == again != other
