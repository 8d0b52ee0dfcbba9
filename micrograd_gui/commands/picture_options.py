"""The options of a command that writes a picture."""

import argparse
from pathlib import Path

from micrograd_gui.export.formats import Needs, formats_of
from micrograd_gui.model.theme import THEMES


def add_theme(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--theme", choices=THEMES, default="dark", help="colours (default: %(default)s)")


def add_output(parser: argparse.ArgumentParser, needs: Needs, *, required: bool) -> None:
    """The option -o, for a file in one of the formats."""
    suffixes = formats_of(needs)

    def path(text: str) -> Path:
        found = Path(text)
        if found.suffix.lower() not in suffixes:
            raise argparse.ArgumentTypeError(f"{text!r} should end in {' or '.join(suffixes)}")
        return found

    parser.add_argument(
        "-o",
        dest="output",
        metavar="OUT",
        type=path,
        required=required,
        help=f"picture to write, ending in {' or '.join(suffixes)}",
    )
