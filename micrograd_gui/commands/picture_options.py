"""Options of commands that write a picture."""

import argparse
from pathlib import Path

from micrograd_core.texts import tr, tr_count
from micrograd_gui.export.formats import Needs, formats_of
from micrograd_gui.model.theme import THEMES


def add_theme(parser: argparse.ArgumentParser) -> None:
    """Add the option --theme."""
    parser.add_argument("--theme", choices=THEMES, default="dark", help=tr("colours (default: %(default)s)"))


def add_output(parser: argparse.ArgumentParser, needs: Needs, *, required: bool) -> None:
    """Add the option -o, for a file in one of the formats."""
    suffixes = formats_of(needs)

    def path(text: str) -> Path:
        found = Path(text)
        if found.suffix.lower() not in suffixes:
            raise argparse.ArgumentTypeError(
                tr_count(
                    "{text!r} should end in {suffixes}",
                    "{text!r} should end in one of {suffixes}",
                    len(suffixes),
                    text=text,
                    suffixes=", ".join(suffixes),
                )
            )
        return found

    parser.add_argument(
        "-o",
        dest="output",
        metavar="OUT",
        type=path,
        required=required,
        help=tr_count(
            "picture to write, ending in {suffixes}",
            "picture to write, ending in one of {suffixes}",
            len(suffixes),
            suffixes=", ".join(suffixes),
        ),
    )
