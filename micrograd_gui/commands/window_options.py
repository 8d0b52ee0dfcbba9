"""The options with which the window is opened."""

import os
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from micrograd_gui.commands.options import Parser
from micrograd_gui.model.examples import examples
from micrograd_gui.model.resources import resource_path
from micrograd_gui.shell.document_files import read_document


class Opened(NamedTuple):
    """What is to be opened first; None for neither."""

    path: Path | None
    """Absolute."""
    example: str | None


def read_options(arguments: list[str]) -> Opened:
    """What was asked for. Raises FileError for a file that cannot be read, and SystemExit for --help and --version."""
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
        return Opened(None, options.example)
    read_document(options.file)
    # Unlike resolve() this keeps a link's own name.
    return Opened(Path(os.path.abspath(options.file)), None)  # noqa: PTH100
