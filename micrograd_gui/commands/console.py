"""What is said in a terminal, which may be closed or full."""

import os
import sys

from micrograd_gui.background.files import FileError, reason

NO_OUTPUT = "Standard output is closed; let it go to a terminal, a file or a pipe."


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
