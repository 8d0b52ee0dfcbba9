"""What the commands say about a program: where it is wrong, and its warnings."""

from collections.abc import Iterable, Iterator

from micrograd_core.texts import tr
from micrograd_gui.model.resolve import Problem, ProgramWarning

CODE = "<code>"
"""Name of the program in messages if it was given with -c."""


def problem_text(problem: Problem, name: str) -> str:
    """The error of a program, with its place and its hint."""
    hint = f"{problem.hint}\n" if problem.hint else ""
    return f"{name}:{problem.line}:{problem.column}: {problem.message}\n{hint}"


def warning_texts(warnings: Iterable[ProgramWarning], name: str) -> Iterator[str]:
    """Yield each warning with its place."""
    for warning in warnings:
        said = tr("warning: {message}", message=warning.message)
        yield f"{name}:{warning.line}:{warning.column}: {said}\n"
