"""What can be asked of a random user, on the command line."""

import argparse
import sys

OPTIONS = argparse.ArgumentParser(
    prog="python -m tests.monkey",
    description="Let a random user loose on the window, and tell what broke. The exit code is 1 if anything did.",
    formatter_class=argparse.ArgumentDefaultsHelpFormatter,
)
OPTIONS.add_argument("--minutes", type=float, default=1.0, help="how long, after the window has started")
OPTIONS.add_argument("--operations", type=int, default=sys.maxsize, help="how many at most")
OPTIONS.add_argument("--seed", type=int, default=1, help="of the random stream")
OPTIONS.add_argument(
    "--every", type=int, default=30, help="so many operations between two looks at the memory"
)
OPTIONS.add_argument("--freeze", type=float, default=60.0, help="so many seconds an operation may take")
OPTIONS.add_argument(
    "--goodbye", type=float, default=30.0, help="seconds in which children end after the window"
)
OPTIONS.add_argument("--verbose", action="store_true", help="tell each operation and each look at the memory")
OPTIONS.add_argument("--json", action="store_true", help="tell the outcome as one line of JSON, too")
OPTIONS.add_argument(
    "--plant", nargs="*", default=[], help="faults made on purpose, to see that they are found"
)
