"""Parsing of the options of a command."""

import argparse
import sys
from typing import Any

from micrograd_core.texts import tr
from micrograd_gui.commands.console import print_out


class Parser(argparse.ArgumentParser):
    """A parser that raises FileError if --help or --version cannot be written, which argparse ignores."""

    def _print_message(self, message: str, file: Any = None) -> None:
        if file is sys.stdout:
            print_out(message)
        else:
            super()._print_message(message, file)


def count(text: str) -> int:
    """Parse an option that is a whole number from 0 up."""
    if not (text.isascii() and text.isdecimal()):
        raise argparse.ArgumentTypeError(tr("{text!r} is not a whole number from 0 up", text=text))
    return int(text)
