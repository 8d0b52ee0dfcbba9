"""The command line: open the window, or draw a graph and train a network without one.

What a command does not need is not imported, and for the window its frame is painted before the rest is.
"""

import gc
import io
import sys

from micrograd_core.errors import MicrogradError
from micrograd_gui.commands.console import cannot
from micrograd_gui.first_window import open_first_window


def main(arguments: list[str]) -> int:
    """The exit code: 0, or 1 for what could not be done. Wrong options leave through argparse, with 2."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    command = _COMMANDS.get(arguments[0]) if arguments else None
    try:
        return command(arguments[1:]) if command else _open(arguments)
    except MicrogradError as error:
        return cannot(str(error))


def _open(arguments: list[str]) -> int:
    path = example = None
    if arguments:
        from micrograd_gui.commands.window_options import read_options

        path, example = read_options(arguments)
    first = open_first_window()
    from micrograd_gui import app

    return app.run(first, path, example)


def _render(arguments: list[str]) -> int:
    gc.enable()
    from micrograd_gui.commands.render import render

    return render(arguments)


def _train(arguments: list[str]) -> int:
    gc.enable()
    from micrograd_gui.commands.train import train

    return train(arguments)


_COMMANDS = {"render": _render, "train": _train}
