"""The command line: open the window, or draw a graph and train a network without one.

Each command imports only what it needs. The frame of the window is painted before the rest is imported.
"""

import gc
import io
import signal
import sys

from micrograd_core.errors import MicrogradError
from micrograd_gui.commands.console import fail
from micrograd_gui.first_window import open_first_window


def main(arguments: list[str]) -> int:
    """Run a command; return 0, or 1 for a failure. Wrong options exit with 2 through argparse."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    command = _COMMANDS.get(arguments[0]) if arguments else None
    try:
        return command(arguments[1:]) if command else _open(arguments)
    except MicrogradError as error:
        return fail(str(error))


def _open(arguments: list[str]) -> int:
    path = example = None
    if arguments:
        from micrograd_gui.commands.window_options import read_options

        path, example = read_options(arguments)
    first = open_first_window()
    from micrograd_gui import app

    return app.run(first, path, example)


def _work_as_usual() -> None:
    """Take back what start-up has turned off: garbage collection, and Ctrl+C as an exception."""
    gc.enable()
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _render(arguments: list[str]) -> int:
    _work_as_usual()
    from micrograd_gui.commands.render import render

    return render(arguments)


def _train(arguments: list[str]) -> int:
    _work_as_usual()
    from micrograd_gui.commands.train import train

    return train(arguments)


def _steps(arguments: list[str]) -> int:
    _work_as_usual()
    from micrograd_gui.commands.steps import steps

    return steps(arguments)


_COMMANDS = {"render": _render, "steps": _steps, "train": _train}
