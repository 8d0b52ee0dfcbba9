"""Output to the terminal, which may be closed or full."""

import os
import sys

from micrograd_core.texts import tr
from micrograd_gui.background.files import FileError, reason

NO_OUTPUT = tr("Standard output is closed. Redirect it to a terminal, a file or a pipe.")


def fail(sentence: str) -> int:
    """Write why the command failed, and return its exit code."""
    tell(f"micrograd-gui: {sentence}\n")
    return 1


def tell(text: str) -> None:
    """Write to standard error, if it is open."""
    if sys.stderr is not None:
        sys.stderr.write(text)


def print_out(text: str) -> None:
    """Write to standard output at once. Raises FileError."""
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
        # What is still buffered is dropped; it would raise a second error at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise FileError(tr("Standard output could not be written. {reason}", reason=reason(error))) from error
