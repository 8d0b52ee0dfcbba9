"""A package or a library that is missing or broken, told in a sentence that says how to install it."""

import os
import re
import shlex
import sys
from pathlib import Path
from types import ModuleType, TracebackType

_PROGRAM = "micrograd-gui"
_OURS = {"micrograd_core", "micrograd_gui", "__main__", "__mp_main__"}
_DISTRIBUTIONS = {
    "PySide6": "PySide6-Essentials",
    "shiboken6": "PySide6-Essentials",
    "sklearn": "scikit-learn",
}
"""What pip calls those packages that Python calls otherwise."""

QT_PACKAGES = "libglib2.0-0 libgl1 libegl1 libxkbcommon0 libfontconfig1 libdbus-1-3 libxrender1"
"""Debian's names of the libraries that Qt's modules and Graphviz load."""
X11_PACKAGES = "libxcb-cursor0 libxkbcommon-x11-0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0"
"""Those that Qt loads besides to open a window under X11."""
_BROUGHT_BY_PIP = re.compile(r"libQt6|libpyside6|libshiboken6|libicu|.*-[0-9a-f]{8}\b")
"""Libraries that lie in the folders of packages."""


def dependency_problem(error: BaseException) -> str:
    """What could not be imported and how to install it; "" when the error is about something else."""
    from importlib.metadata import PackageNotFoundError, version

    package = _package_at_fault(error)
    if not package:
        return ""
    distribution = _DISTRIBUTIONS.get(package, package)
    library = missing_library_sentence(error, "Qt" if distribution.startswith("PySide6") else package)
    if library:
        return library
    try:
        version(distribution)
    except PackageNotFoundError:
        return f"{distribution} is not installed. Install it with: {_install(distribution)}"
    command = _install(distribution, "--force-reinstall")
    return f"{distribution} cannot be used: {_reason(error)}. Install it anew with: {command}"


def missing_library_sentence(error: BaseException, needed_by: str) -> str:
    """Which library of the system is missing and how to install it; "" when the error is another one."""
    found = re.search(r"(lib[^/:\s]+\.so[.\d]*): (cannot open shared object file|file too short)", str(error))
    if not found or _BROUGHT_BY_PIP.match(found[1]):
        return ""
    return (
        f"The system library {found[1]}, which {needed_by} needs, is missing. "
        f"On Debian and Ubuntu: sudo apt-get install {QT_PACKAGES} {X11_PACKAGES}"
    )


def _package_at_fault(error: BaseException) -> str:
    """The package whose import by us ended in ``error``, as Python calls it; "" when it was no import that failed.

    A broken package may raise anything. What tells is that an import was under way, or that a module is incomplete.
    """
    names: list[str] = []
    importing = False
    trace = error.__traceback__
    while trace is not None:
        imported = _imported_at(trace)
        here = [
            name for name in (trace.tb_frame.f_globals.get("__name__", ""), imported) if _is_foreign(name)
        ]
        names += here
        importing |= bool(imported and here)
        trace = trace.tb_next
    if isinstance(error, ImportError):
        names.append(error.name or "")
        importing = True
    elif isinstance(error, AttributeError) and isinstance(error.obj, ModuleType):
        names.append(error.obj.__name__)
        importing = True
    return next((_top(name) for name in names if importing and _is_foreign(name)), "")


def _imported_at(trace: TracebackType) -> str:
    """What the import statement at this point of the traceback imports; "" where there is none."""
    import dis

    for instruction in dis.get_instructions(trace.tb_frame.f_code):
        if instruction.offset == trace.tb_lasti and instruction.opname == "IMPORT_NAME":
            return str(instruction.argval)
    return ""


def _is_foreign(name: str) -> bool:
    return bool(name) and _top(name) not in _OURS | sys.stdlib_module_names


def _top(name: str) -> str:
    return name.partition(".")[0]


def _reason(error: BaseException) -> str:
    """In one line what went wrong first, without the page of advice that numpy puts around it."""
    while error.__cause__ is not None:
        error = error.__cause__
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__


def _install(distribution: str, *options: str) -> str:
    """The command that installs it for this very Python, in a version that the program works with."""
    from importlib.metadata import PackageNotFoundError, requires

    try:
        asked_for = requires(_PROGRAM) or []
    except PackageNotFoundError:
        # Then the program is run from its folder, which says what else is needed.
        return _command("-e", str(Path(__file__).parents[2]))
    requirements = {
        _name(text): text.partition(";")[0].strip() for text in asked_for if "extra ==" not in text
    }
    return _command(*options, requirements.get(_name(distribution), distribution))


def _name(requirement: str) -> str:
    """What a requirement is about, in one of the many spellings that pip takes for the same."""
    return re.sub(r"[-_.]+", "-", re.split(r"[^\w.-]", requirement, maxsplit=1)[0]).lower()


def _command(*arguments: str) -> str:
    words = (sys.executable, "-m", "pip", "install", *arguments)
    if os.name == "nt":
        return " ".join(f'"{word}"' if re.search(r"[\s<>=!]", word) else word for word in words)
    return shlex.join(words)
