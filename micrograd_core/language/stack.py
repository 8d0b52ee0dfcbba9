"""A stack that is large enough, however little the caller has left of its own."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from micrograd_core.language.limits import Stopwatch

T = TypeVar("T")


def on_own_stack(work: Callable[[], T], size: int, stopwatch: Stopwatch) -> T:
    """``work()``, done in a thread with ``size`` bytes of stack; what it raises is raised here."""

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
