"""An operation is one row of micrograd_core/ops.py: with it there, everything else knows the operation."""

import os
import subprocess
import sys
from pathlib import Path

from tests.code_map import ROOT

USE = """
import math, os, sys
from pathlib import Path
import tests.one_row
from PySide6.QtGui import QImage
from micrograd_core.vectorize import vectorize
from micrograd_gui import cli
from micrograd_gui.model.arrays import derive_arrays
from micrograd_gui.model.document import Document
from micrograd_gui.model.inspection import inspect
from micrograd_gui.model.probe import probe
from micrograd_gui.model.resolve import resolve
from micrograd_gui.model.sentence import step_sentence
from micrograd_gui.model.timeline import moment_at
from micrograd_gui.model.words import FUNCTIONS, MEMBERS, completions

value, slope = math.log1p(math.exp(0.5)), 1 / (1 + math.exp(-0.5))

for source in ("x = 0.5\\ny = softplus(x)\\n", "x = Value(0.5)\\ny = x.softplus()\\n"):
    resolved = resolve(Document(source))
    assert resolved.problem is None, resolved.problem
    snapshot = resolved.snapshot
    x, y = snapshot.index["x#0"], snapshot.index["y#0"]
    assert math.isclose(snapshot.nodes[y].data, value)
    assert snapshot.nodes[y].chip == "softplus"
    last = moment_at(resolved.timeline, len(resolved.timeline))
    assert math.isclose(last.grads[x], slope)
    said = [step_sentence(snapshot, resolved.timeline, moment_at(resolved.timeline, i)).text for i in range(1, 5)]
    assert "ln(1 + e^0.5)" in said[0], said
    inspected = inspect(snapshot, resolved.timeline, last, x)
    assert math.isclose(inspected.grad, slope)
    assert "e^−" in inspected.receives[0].local_formula, inspected
    found = probe(snapshot, x)
    assert math.isclose(found.slope, slope)
    assert math.isclose(found.difference, slope, rel_tol=1e-5)
    (operation,) = derive_arrays(snapshot).operations
    assert "softplus(x)" in operation.formula, operation

assert "softplus" in FUNCTIONS and "softplus" in MEMBERS
assert [word.name for word in completions("x = 1.0\\ny = soft", 2, 9)] == ["softplus"]
assert [word.name for word in completions("x = Value(1.0)\\ny = x.soft", 2, 11)] == ["softplus"]

picture = Path(sys.argv[1])
assert cli.main(["render", "-c", "a = 0.5; b = a.softplus()", "-o", str(picture)]) == 0
assert "softplus" in picture.read_text(encoding="utf-8")
"""

LAWS = (
    "tests/core/test_ops.py",
    "tests/core/vectorize/test_rules.py",
    "tests/core/vectorize/test_random_programs.py",
    "tests/core/test_engine_laws.py",
)


def run(arguments: list[str]) -> str:
    environment = os.environ | {"PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"}
    ended = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def test_with_its_row_an_operation_can_be_used_everywhere(tmp_path: Path) -> None:
    """It is typed both ways, drawn, stepped, inspected, probed, vectorised, completed and rendered."""
    run(["-c", USE, str(tmp_path / "softplus.svg")])


def test_the_laws_of_the_table_hold_its_row(tmp_path: Path) -> None:
    """The tests of rows find it and hold it against mpmath and numpy."""
    told = run(
        ["-m", "pytest", "-p", "tests.one_row", "-p", "no:cacheprovider", "-q", "-k", "softplus", *LAWS[:2]]
    )
    assert "passed" in told
