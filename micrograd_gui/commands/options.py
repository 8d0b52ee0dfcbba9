"""Reading the options of a command."""

import argparse
import sys
from typing import Any

from micrograd_gui.commands.console import print_out


class Parser(argparse.ArgumentParser):
    """Tells when what --help and --version say cannot be written, which argparse keeps to itself."""

    def _print_message(self, message: str, file: Any = None) -> None:
        if file is sys.stdout:
            print_out(message)
        else:
            super()._print_message(message, file)


def count(text: str) -> int:
    """The type of an option that is a whole number from 0 up."""
    if not (text.isascii() and text.isdecimal()):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 up")
    return int(text)
