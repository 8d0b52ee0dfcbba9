"""The editor's commands on lines: indentation, comments, new lines."""

from collections.abc import Callable

INDENT = "    "


def indent(lines: str) -> str:
    """Return the lines one indentation further in; empty ones stay empty."""
    return _each(lines, lambda line: INDENT + line if line.strip() else line)


def dedent(lines: str) -> str:
    """Return the lines one indentation further out, or as far as they are indented."""
    return _each(lines, lambda line: line[min(_indentation(line, " "), len(INDENT)) :])


def toggle_comments(lines: str) -> str:
    """Return the lines as comments at the smallest indentation, or as code if all of them are comments."""
    filled = [line for line in lines.split("\n") if line.strip()]
    if all(line.lstrip().startswith("#") for line in filled):
        return _each(lines, _uncomment)
    start = min(map(_indentation, filled), default=0)
    return _each(lines, lambda line: f"{line[:start]}# {line[start:]}" if line.strip() else line)


def blanks_to_stop(column: int) -> str:
    """Return the blanks from a column, counted from 0, to the next stop of the indentation."""
    return " " * (len(INDENT) - column % len(INDENT))


def new_line(before: str) -> str:
    """Return the text that Enter inserts: a new line indented like the present one, or further after a colon.

    ``before`` is the line up to the caret.
    """
    start = before[: _indentation(before, " ")]
    return f"\n{start}{INDENT if before.rstrip().endswith(':') else ''}"


def blanks_to_remove(before: str) -> int:
    """Return the number of blanks that Backspace removes, back to the last stop; 0 if other characters are before the
    caret.
    """
    return 0 if before.strip(" ") or not before else (len(before) - 1) % len(INDENT) + 1


def _each(lines: str, change: Callable[[str], str]) -> str:
    return "\n".join(map(change, lines.split("\n")))


def _indentation(line: str, blanks: str | None = None) -> int:
    """Return the number of leading ``blanks``; None for whitespace of any kind."""
    return len(line) - len(line.lstrip(blanks))


def _uncomment(line: str) -> str:
    start, code = line[: _indentation(line)], line.lstrip()
    return start + code.removeprefix("#").removeprefix(" ") if code.startswith("#") else line
