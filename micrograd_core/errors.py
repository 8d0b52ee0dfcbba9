"""Errors meant for people, in one tree.

MicrogradError
 ├─ LanguageError     a typed program is wrong at some position: language/
 ├─ FileError         a file cannot be read or written: micrograd_gui/background/files.py
 └─ RenderError       a picture cannot be drawn: micrograd_gui/export/options.py

Wrong arguments to the library itself raise Python's own ``TypeError`` and ``ValueError``.
"""

from micrograd_core.texts import tr


class MicrogradError(Exception):
    """An error whose text is a sentence for the user; never a fault of this program."""


class LanguageError(MicrogradError):
    """A mistake in a typed program: its position, the reason and the remedy.

    Lines and columns count from 1, columns in characters; the end is exclusive. ``hint`` may be empty.
    """

    def __init__(
        self, message: str, hint: str, line: int, column: int, end_line: int, end_column: int
    ) -> None:
        super().__init__(message, hint, line, column, end_line, end_column)
        self.message = message
        self.hint = hint
        self.line = line
        self.column = column
        self.end_line = end_line
        self.end_column = end_column

    def __str__(self) -> str:
        explanation = f"{self.message} {self.hint}".rstrip()
        return tr(
            "line {line}, column {column}: {explanation}",
            line=self.line,
            column=self.column,
            explanation=explanation,
        )


class TimeLimitError(LanguageError):
    """A typed program that ran longer than it may."""
