"""Matching of brackets in a program."""

import re
from collections.abc import Callable

from micrograd_gui.editor.tokens import tokenize

Position = tuple[int, int]
"""Line and column of a character, from 0, the column in UTF-16 units."""
Code = Callable[[int], str | None]
"""Function from a line number to ``code_only`` of that line; None beyond the text."""

_PAIRS = {"(": ")", "[": "]", "{": "}"}
_PARTNERS = _PAIRS | {closing: opening for opening, closing in _PAIRS.items()}
_OPAQUE = re.compile("['\"#]")
"""The characters that may start a string or a comment."""
_FARTHEST = 500
"""Most lines to search for a partner."""


def code_only(line: str, state: int) -> str:
    """Return a line with blanks in place of strings and comments, and two for a character of two UTF-16 units.

    ``state`` is that of the tokens before the line.
    """
    if not line.isascii():
        line = "".join(character if character <= "\uffff" else "  " for character in line)
    if not state and _OPAQUE.search(line) is None:
        return line
    pieces = list(line)
    for start, end, kind in tokenize(line, state)[0]:
        if kind in ("string", "comment"):
            pieces[start:end] = " " * (end - start)
    return "".join(pieces)


def matching_brackets(code: Code, caret: Position) -> tuple[Position, Position] | None:
    """Return the bracket before the caret, or else the one after it, with its partner; None without one nearby."""
    line, column = caret
    text = code(line) or ""
    for position in (column - 1, column):
        if 0 <= position < len(text) and text[position] in _PARTNERS:
            partner = _find_partner(code, (line, position), text[position])
            return None if partner is None else ((line, position), partner)
    return None


def _find_partner(code: Code, start: Position, bracket: str) -> Position | None:
    """Return the position of the partner of the bracket at ``start``."""
    wanted, depth = _PARTNERS[bracket], 0
    way = 1 if bracket in _PAIRS else -1
    line, column = start
    for number in range(line, line + way * _FARTHEST, way):
        text = code(number) if number >= 0 else None
        if text is None:
            return None
        if number != line:
            column = 0 if way > 0 else len(text) - 1
        for i in range(column, len(text) if way > 0 else -1, way):
            if text[i] == bracket:
                depth += 1
            elif text[i] == wanted:
                depth -= 1
                if depth == 0:
                    return number, i
    return None
