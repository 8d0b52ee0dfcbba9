"""The entry point. Child processes import this file again, so nothing heavy is imported at its top."""

import gc
import os
import signal
import sys

from micrograd_gui.model.dependencies import dependency_problem


def main() -> int:
    """Run the command line; return 0, 1 for a failure, 2 for wrong options, 130 for Ctrl+C."""
    # An interrupt in the midst of importing Qt would crash: until something runs, Ctrl+C just ends the process.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        # Until it has started, it makes no garbage.
        gc.disable()
        # Not at the top: it brings Qt, whose absence is to be told in a sentence.
        from micrograd_gui import cli

        return cli.main(sys.argv[1:])
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader of our output went away (`| head`). What is still buffered goes nowhere instead of into an error.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 1
    except Exception as error:
        sentence = dependency_problem(error)
        if not sentence:
            raise
        if sys.stderr is not None:
            sys.stderr.write(f"micrograd-gui: {sentence}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
