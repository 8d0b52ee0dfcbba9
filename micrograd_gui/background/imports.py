"""Importing large packages beside the window, so that nobody waits for them when they are needed."""

from contextlib import suppress
from importlib import import_module
from threading import Thread


def import_beside(*modules: str) -> Thread:
    """Import the modules in a thread, which ends with the program at the latest.

    What is wrong with one of them is told where it is needed.
    """
    thread = Thread(target=_import, args=(modules,), name="imports", daemon=True)
    thread.start()
    return thread


def _import(modules: tuple[str, ...]) -> None:
    for module in modules:
        with suppress(Exception):
            import_module(module)
