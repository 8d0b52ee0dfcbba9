"""The typed language: programs in Python's syntax that make graphs of Values.

A program is parsed with ``ast`` and run by the walker in ``interpret.py``; nothing is ever compiled, evaluated
or looked up in Python itself. All there is stands in the tables of ``builtins.py``.
"""

from micrograd_core.errors import LanguageError
from micrograd_core.language.limits import Limits
from micrograd_core.language.program import Program, run
from micrograd_core.language.record import Printed, ProgramWarning
from micrograd_core.language.source import Span

__all__ = ["LanguageError", "Limits", "Printed", "Program", "ProgramWarning", "Span", "run"]
