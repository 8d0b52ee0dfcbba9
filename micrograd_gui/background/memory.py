"""Return of freed memory to the system."""

import ctypes
import sys


def give_back_freed_memory() -> None:
    """Give the memory that the C library keeps for later back to the system; a gigabyte takes a tenth of a second.

    Only glibc keeps so much and has this call: after a graph of 80,000 nodes it would keep 800 MB.
    """
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)
