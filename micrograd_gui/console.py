"""What the commands say in a terminal, which may be closed or full, and the options that they share."""

import argparse
import os
import sys
from pathlib import Path
from typing import Any

from micrograd_gui.background.files import FileError, reason
from micrograd_gui.export.formats import Needs, formats_of
from micrograd_gui.model.theme import THEMES

NO_OUTPUT = "Standard output is closed; let it go to a terminal, a file or a pipe."


class Parser(argparse.ArgumentParser):
    """Tells when what --help and --version say cannot be written, which argparse keeps to itself."""

    def _print_message(self, message: str, file: Any = None) -> None:
        if file is sys.stdout:
            print_out(message)
        else:
            super()._print_message(message, file)


def cannot(sentence: str) -> int:
    """Say why, and return the exit code for that."""
    tell(f"micrograd-gui: {sentence}\n")
    return 1


def tell(text: str) -> None:
    """To standard error, which may have been closed."""
    if sys.stderr is not None:
        sys.stderr.write(text)


def print_out(text: str) -> None:
    """To standard output, at once. Raises FileError where that cannot take it."""
    if sys.stdout is None:
        if text:
            raise FileError(NO_OUTPUT)
        return
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        # What is still buffered goes nowhere instead of into a second error at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise FileError(f"Standard output could not be written: {reason(error)}.") from error


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


def count(text: str) -> int:
    """The type of an option that is a whole number from 0 up."""
    if not (text.isascii() and text.isdecimal()):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 up")
    return int(text)
