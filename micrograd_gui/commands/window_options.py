"""Options of the command that opens the window."""

import os
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from micrograd_core.texts import tr
from micrograd_gui.commands.options import Parser
from micrograd_gui.model.examples import examples
from micrograd_gui.model.resources import resource_path
from micrograd_gui.shell.document_files import read_document


class Opened(NamedTuple):
    """The file or the example to open first; both are None if none was given."""

    path: Path | None
    """Absolute path."""
    example: str | None


def read_options(arguments: list[str]) -> Opened:
    """Parse the options. Raises FileError for a file that cannot be read, SystemExit for --help and --version."""
    names = [example.name for example in examples(resource_path("examples"))]
    parser = Parser(
        prog="micrograd-gui",
        description=tr(
            "See backpropagation happen: type an expression, step through its graph, train a network."
        ),
        epilog=tr(
            "Without a window: 'micrograd-gui render --help' and 'micrograd-gui train --help'. "
            "To open a file named render or train, write ./render or ./train."
        ),
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument("file", metavar="FILE", nargs="?", type=Path, help=tr("program to open"))
    what.add_argument(
        "--example",
        choices=names,
        metavar="NAME",
        help=tr("open an example: {names}", names=", ".join(names)),
    )
    parser.add_argument("--version", action="version", version=f"micrograd-gui {version('micrograd-gui')}")
    options = parser.parse_args(arguments)
    if options.file is None:
        return Opened(None, options.example)
    read_document(options.file)
    # Unlike resolve() this keeps the name of a link.
    return Opened(Path(os.path.abspath(options.file)), None)  # noqa: PTH100
