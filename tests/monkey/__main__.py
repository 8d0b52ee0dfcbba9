"""Let a random user loose on the window, watch it from another process, and tell what broke.

It fails on an exception, a Qt warning, a crash, an event loop that does not answer, a child process left behind, and
memory that grows: what is resident after a new document, the median of the last third of the run against that of the
middle third. In a short run much is done for the first time, so that it may grow more.
"""

import argparse
import json
import os
import queue
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import PySide6

from tests.monkey.options import OPTIONS

ROOT = Path(__file__).parents[2]
MOST_GROWTH = 0.05
MOST_GROWTH_AT_FIRST = 0.2
"""In a run of less than ``_FIRST_MINUTES``."""
_FIRST_MINUTES = 5.0
_LAST = 50
"""So many operations before a fault are told."""
_FEWEST_LOOKS = 9
"""At the memory, for a verdict on it."""
_START = 60.0
"""Seconds that the window has to begin, before it must answer."""


@dataclass
class Run:
    """What was seen of one run."""

    seed: int
    minutes: float
    operations: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    """How often each came, by its kind and last line."""
    memory: dict[str, list[float]] = field(default_factory=dict)
    """Resident memory of window and children in MB, at each look."""

    def growth(self) -> dict[str, float]:
        return {name: growth(samples) for name, samples in self.memory.items()}


def growth(samples: Sequence[float]) -> float:
    """By how much the last third is above the middle one, as a share; 0.0 for fewer samples than can tell."""
    third = len(samples) // 3
    if len(samples) < _FEWEST_LOOKS:
        return 0.0
    return (
        statistics.median(samples[-third:]) / max(statistics.median(samples[-2 * third : -third]), 1.0) - 1.0
    )


def watch(run: Run, options: argparse.Namespace, arguments: Sequence[str]) -> None:
    """Start the window, and follow what it says until it is gone. ``run`` is filled meanwhile."""
    with tempfile.TemporaryDirectory() as folder:
        files = Path(folder) / "files"
        files.mkdir()
        environment = {
            "QT_QPA_PLATFORM": "offscreen",
            **os.environ,
            "MICROGRAD_GUI_CONFIG": f"{folder}/config",
            "XDG_CONFIG_HOME": f"{folder}/xdg",
            "PYTHONPATH": str(ROOT),
        }
        command = [sys.executable, "-X", "faulthandler", "-m", "tests.monkey.hands", *arguments]
        with subprocess.Popen(
            command, cwd=files, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True
        ) as process:
            recent: deque[str] = deque(maxlen=_LAST)
            frozen = _follow(process, run, options, recent)
            code = process.wait()
            if code and not frozen:
                _found(run, recent, "crash", f"the window ended with {code}")
            left = _wait_for_end(process.pid, options.goodbye)
            if left:
                _found(run, recent, "left behind", f"of the window's processes live on: {left}")
                os.killpg(process.pid, signal.SIGKILL)


def _follow(
    process: subprocess.Popen[str], run: Run, options: argparse.Namespace, recent: deque[str]
) -> bool:
    """Whether the window had to be ended, because it did not answer."""
    lines: queue.Queue[str] = queue.Queue()
    threading.Thread(target=_read, args=(process, lines), daemon=True).start()
    heard = time.monotonic() + _START
    minute = heard + 60.0
    while True:
        try:
            line = lines.get(timeout=min(options.freeze, 1.0))
        except queue.Empty:
            # A process that was left behind keeps the pipe open.
            if process.poll() is not None:
                return False
            if time.monotonic() < heard + options.freeze:
                continue
            _found(
                run, recent, "freeze", f"no operation for {options.freeze:g} s; where it stands is told below"
            )
            process.send_signal(signal.SIGABRT)
            return True
        if not line:
            return False
        heard = time.monotonic()
        said = json.loads(line)
        if options.verbose and "waits" not in said:
            tell(str(said))
        if "operation" in said:
            run.operations = said["operation"]
            recent.append(f"{said['operation']}: {said['does']}")
        elif "fault" in said:
            _found(run, recent, said["fault"], said["text"])
        elif "memory" in said:
            for name, megabytes in said["memory"].items():
                run.memory.setdefault(name, []).append(megabytes)
        if time.monotonic() > minute:
            minute += 60.0
            tell(_summary(run))


def _read(process: subprocess.Popen[str], lines: queue.Queue[str]) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        lines.put(line)
    lines.put("")


def _found(run: Run, recent: Sequence[str], kind: str, text: str) -> None:
    """Tell a fault when it comes for the first time, with what went before."""
    lines = text.strip().split("\n")
    name = f"{kind}: {lines[-1] if lines[0].startswith('Traceback') else lines[0]}"
    run.faults[name] += 1
    if run.faults[name] == 1:
        before = "\n".join(f"  {line}" for line in recent)
        tell(f"seed {run.seed}, after these operations:\n{before}\n{name}\n{text}")


def _wait_for_end(session: int, seconds: float) -> list[int]:
    """What is left of the processes of a session (where there is /proc)."""
    end = time.monotonic() + seconds
    while (left := _processes(session)) and time.monotonic() < end:
        time.sleep(0.05)
    return left


def _processes(session: int) -> list[int]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            state, _parent, _group, of = (folder / "stat").read_text().rpartition(")")[2].split()[:4]
        except OSError:
            continue
        if int(of) == session and state != "Z":
            found.append(int(folder.name))
    return found


def _summary(run: Run) -> str:
    grown = run.growth()
    memory = [f"{name} {samples[-1]:.0f} MB ({grown[name]:+.1%})" for name, samples in run.memory.items()]
    return ", ".join([f"{run.operations:,} operations", f"{run.faults.total()} faults", *memory])


def tell(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main(arguments: Sequence[str]) -> int:
    options = OPTIONS.parse_args(arguments)
    run = Run(options.seed, options.minutes)
    watch(run, options, arguments)
    allowed = MOST_GROWTH_AT_FIRST if options.minutes < _FIRST_MINUTES else MOST_GROWTH
    for name, grown in run.growth().items():
        if grown > allowed:
            samples = [round(sample) for sample in run.memory[name]]
            _found(run, (), "memory", f"that of the {name} grows by {grown:.1%}\n{samples}")
    versions = {"python": sys.version.split()[0], "pyside": PySide6.__version__}
    tell(f"seed {run.seed}, {run.minutes:g} min, {versions}: {_summary(run)}")
    for name, count in run.faults.most_common():
        tell(f"  {count} times {name}")
    if options.json:
        tell(json.dumps({**versions, **vars(run), "growth": run.growth()}))
    return 1 if run.faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
