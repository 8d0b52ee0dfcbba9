"""A stack of sufficient size, independent of the space left on the caller's own."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from micrograd_core.language.limits import Stopwatch

T = TypeVar("T")


def on_own_stack(work: Callable[[], T], size: int, stopwatch: Stopwatch) -> T:
    """Return ``work()``, run in a thread with ``size`` bytes of stack. Its exceptions are raised here."""

    def timed() -> T:
        stopwatch.start()
        try:
            return work()
        finally:
            stopwatch.stop()

    stopwatch.stop()
    try:
        usual = threading.stack_size(size)
        try:
            pool = ThreadPoolExecutor(1, thread_name_prefix="language")
            future = pool.submit(timed)
        finally:
            threading.stack_size(usual)
        with pool:
            return future.result()
    finally:
        stopwatch.start()
