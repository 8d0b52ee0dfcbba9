"""The command line: open the window, or draw a graph and train a network without one."""

import io
import os
import sys
from importlib.metadata import version
from pathlib import Path

from micrograd_core.errors import MicrogradError
from micrograd_gui import app
from micrograd_gui.console import Parser, cannot
from micrograd_gui.model.examples import examples
from micrograd_gui.model.resources import resource_path
from micrograd_gui.render_command import render
from micrograd_gui.shell.document_files import read_document
from micrograd_gui.train_command import train


def main(arguments: list[str]) -> int:
    """The exit code: 0, or 1 for what could not be done. Wrong options leave through argparse, with 2."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    command = _COMMANDS.get(arguments[0]) if arguments else None
    try:
        return command(arguments[1:]) if command else _open(arguments)
    except MicrogradError as error:
        return cannot(str(error))


_COMMANDS = {"render": render, "train": train}


def _open(arguments: list[str]) -> int:
    names = [example.name for example in examples(resource_path("examples"))]
    parser = Parser(
        prog="micrograd-gui",
        description="See backpropagation happen: type an expression, step through its graph, train a network.",
        epilog="Without a window: 'micrograd-gui render --help' and 'micrograd-gui train --help'. "
        "A file of the name render or train is opened as ./render or ./train.",
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument("file", metavar="FILE", nargs="?", type=Path, help="program to open")
    what.add_argument("--example", choices=names, metavar="NAME", help=f"open an example: {', '.join(names)}")
    parser.add_argument("--version", action="version", version=f"micrograd-gui {version('micrograd-gui')}")
    options = parser.parse_args(arguments)
    if options.file is None:
        return app.run(None, options.example)
    read_document(options.file)
    # Unlike resolve() this keeps a link's own name.
    return app.run(Path(os.path.abspath(options.file)))  # noqa: PTH100
