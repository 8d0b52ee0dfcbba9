"""What the random user's window says of itself: operations, faults and memory, a line of JSON each."""

import ctypes
import gc
import json
import multiprocessing
import os
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QMessageLogContext, QTimer, QtMsgType, qInstallMessageHandler, qWarning

_OFFSCREEN = "This plugin does not support"
"""What Qt's platform without a screen says of windows that are raised or given limits."""


def say(**what: object) -> None:
    """Tell the process that watches; without it there is nothing to do."""
    try:
        sys.stdout.write(json.dumps(what) + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        os._exit(1)


def fault(kind: str, text: str) -> None:
    say(fault=kind, text=text)


def listen() -> None:
    """Exceptions that nobody caught, from wherever, and Qt's warnings are faults."""
    sys.excepthook = partial(_caught, "exception")
    threading.excepthook = lambda args: _caught("thread", args.exc_type, args.exc_value, args.exc_traceback)
    sys.unraisablehook = lambda args: _caught("unraisable", args.exc_type, args.exc_value, args.exc_traceback)
    qInstallMessageHandler(_said_by_qt)


def _caught(
    name: str, kind: type[BaseException], error: BaseException | None, trace: TracebackType | None
) -> None:
    fault(name, "".join(traceback.format_exception(kind, error, trace)))


def _said_by_qt(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    if kind not in (QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg) and not message.startswith(_OFFSCREEN):
        where = "".join(traceback.format_stack(limit=12)[:-1])
        fault("warning", f"{context.category}: {message}\n{where}")


def say_memory(trainer: int | None, trains: bool) -> None:
    """Resident memory in MB of the window, of the processes that solve, and of the one that trains if it has begun.

    Only where there is /proc.
    """
    gc.collect()
    solvers = [child.pid for child in multiprocessing.active_children() if child.pid != trainer]
    groups = {"window": ["self"], "solver": solvers, "trainer": [trainer] if trains else []}
    if Path("/proc/self/statm").exists():
        say(memory={name: sum(map(_resident, group)) for name, group in groups.items() if group})


def _resident(process: object) -> float:
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return pages * 4096 / 1e6


_leaked: list[bytes] = []


class _Unraisable:
    def __del__(self) -> None:
        raise ValueError("planted")


def _raise() -> None:
    raise ValueError("planted")


def _freeze() -> None:
    time.sleep(1000.0)


def _leave_behind() -> None:
    subprocess.Popen(["sleep", "1000"])


PLANTS: dict[str, Callable[[], object]] = {
    "exception": lambda: QTimer.singleShot(0, _raise),
    "thread": lambda: threading.Thread(target=_raise).start(),
    "unraisable": lambda: _Unraisable() and None,
    "warning": lambda: qWarning("planted"),
    "leak": lambda: _leaked.append(b"x" * 10_000_000),
    "freeze": _freeze,
    "crash": lambda: ctypes.string_at(0),
    "left behind": _leave_behind,
}
"""Faults made on purpose, to see that they are found: each is done before every operation."""
