"""Missing or broken packages and libraries, with the command that installs them."""

import os
import re
import shlex
import sys
from pathlib import Path
from types import ModuleType, TracebackType

from micrograd_core.texts import tr

_PROGRAM = "micrograd-gui"
_OURS = {"micrograd_core", "micrograd_gui", "__main__", "__mp_main__"}
_DISTRIBUTIONS = {
    "PySide6": "PySide6-Essentials",
    "shiboken6": "PySide6-Essentials",
    "sklearn": "scikit-learn",
}
"""Names of distributions, by the packages whose names differ from theirs."""

QT_PACKAGES = "libglib2.0-0 libgl1 libegl1 libxkbcommon0 libfontconfig1 libdbus-1-3 libxrender1"
"""Debian packages of the libraries that Qt's modules and Graphviz load."""
X11_PACKAGES = "libxcb-cursor0 libxkbcommon-x11-0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0"
"""Debian packages of the further libraries that Qt loads for windows under X11."""
_BROUGHT_BY_PIP = re.compile(r"libQt6|libpyside6|libshiboken6|libicu|.*-[0-9a-f]{8}\b")
"""Libraries that pip installs with packages."""


def dependency_problem(error: BaseException) -> str:
    """Return which package could not be imported and how to install it; "" for another error."""
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
        return tr(
            "{package} is not installed. Install it with: {command}",
            package=distribution,
            command=_install(distribution),
        )
    return tr(
        "{package} cannot be used: {error}. Reinstall it with: {command}",
        package=distribution,
        error=_reason(error),
        command=_install(distribution, "--force-reinstall"),
    )


def missing_library_sentence(error: BaseException, needed_by: str) -> str:
    """Return which library of the system is missing and how to install it; "" for another error."""
    found = re.search(r"(lib[^/:\s]+\.so[.\d]*): (cannot open shared object file|file too short)", str(error))
    if not found or _BROUGHT_BY_PIP.match(found[1]):
        return ""
    return tr(
        "The system library {library}, which {package} needs, is missing. On Debian and Ubuntu: {command}",
        library=found[1],
        package=needed_by,
        command=f"sudo apt-get install {QT_PACKAGES} {X11_PACKAGES}",
    )


def _package_at_fault(error: BaseException) -> str:
    """Return Python's name of the package whose import raised ``error``; "" if none was being imported.

    A broken package may raise anything. The signs are an import in the traceback, or a module without an attribute.
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
    """Return the module that is imported at this point of the traceback; "" if there is none."""
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
    """Return the first cause in one line, without the page of advice that numpy adds."""
    while error.__cause__ is not None:
        error = error.__cause__
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__


def _install(distribution: str, *options: str) -> str:
    """Return the command that installs a fitting version of a distribution for this Python."""
    from importlib.metadata import PackageNotFoundError, requires

    try:
        asked_for = requires(_PROGRAM) or []
    except PackageNotFoundError:
        # The program runs from its checkout, which names its requirements.
        return _command("-e", str(Path(__file__).parents[2]))
    requirements = {
        _name(text): text.partition(";")[0].strip() for text in asked_for if "extra ==" not in text
    }
    return _command(*options, requirements.get(_name(distribution), distribution))


def _name(requirement: str) -> str:
    """Return the normalised name of the distribution that a requirement asks for."""
    return re.sub(r"[-_.]+", "-", re.split(r"[^\w.-]", requirement, maxsplit=1)[0]).lower()


def _command(*arguments: str) -> str:
    words = (sys.executable, "-m", "pip", "install", *arguments)
    if os.name == "nt":
        return " ".join(f'"{word}"' if re.search(r"[\s<>=!]", word) else word for word in words)
    return shlex.join(words)
