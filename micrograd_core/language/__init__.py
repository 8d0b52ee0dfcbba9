"""The typed language: programs in Python's syntax that make graphs of Values.

A program is parsed with ``ast`` and interpreted by tables of statements and expressions; nothing is ever compiled,
evaluated or looked up in Python itself. Those tables and the ones of ``builtins.py`` hold the whole language.
"""

from micrograd_core.errors import LanguageError
from micrograd_core.language.limits import Limits, Progress, Report, Stopwatch
from micrograd_core.language.names import Word, help_line, names_at, signature
from micrograd_core.language.program import Program, record_pass, run
from micrograd_core.language.recorder import Printed, ProgramWarning
from micrograd_core.language.recording import Recording
from micrograd_core.language.source import Span
from micrograd_core.language.values import Round

__all__ = [
    "LanguageError",
    "Limits",
    "Printed",
    "Program",
    "ProgramWarning",
    "Progress",
    "Recording",
    "Report",
    "Round",
    "Span",
    "Stopwatch",
    "Word",
    "help_line",
    "names_at",
    "record_pass",
    "run",
    "signature",
]
