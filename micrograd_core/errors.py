"""The errors that are meant for people, all in one tree.

MicrogradError
 ├─ LanguageError     the typed program is wrong at a place: language/
 ├─ FileError         a file cannot be read or written: micrograd_gui/background/files.py
 └─ RenderError       a picture cannot be drawn: micrograd_gui/export/options.py

Wrong arguments to the library itself are Python's own ``TypeError`` and ``ValueError``.
"""


class MicrogradError(Exception):
    """Something to tell the user in a sentence; never a fault of this program."""


class LanguageError(MicrogradError):
    """What is wrong with a typed program, where, and what to write instead.

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
        return f"line {self.line}, column {self.column}: {self.message} {self.hint}".rstrip()
