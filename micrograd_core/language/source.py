"""Positions in the source text."""

from __future__ import annotations

import ast
import re
from array import array
from bisect import bisect_right
from itertools import accumulate
from typing import NamedTuple

LABEL_LENGTH = 80
"""Upper limit for labels made from source text; a sum of 10,000 terms has 10,000 partial sums to label."""

INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)
"""Characters that a program must not contain: controls, surrogates, and marks that change how a line looks."""
_READ_LENGTH = 1000
_LINE_END = re.compile(r"\r\n|\r|\n")
_WHITESPACE = re.compile(r"\s+")
_PADDED_BRACKET = re.compile(r"[(\[] | [)\]]")
_COMMENT = re.compile(r"#[^'\"\n]*$", re.MULTILINE)


class Span(NamedTuple):
    """A range of source text; lines and columns count from 1, columns in characters, the end is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


class Lines:
    """Conversion between offsets in a text and lines and columns, which count from 1."""

    def __init__(self, text: str) -> None:
        self._length = len(text)
        self._starts = [0, *(match.end() for match in _LINE_END.finditer(text))]

    def span(self, start: int, end: int) -> Span:
        """Return the span from offset ``start`` to offset ``end``."""
        return Span(*self._position(start), *self._position(max(end, start)))

    def offset(self, line: int, column: int) -> int:
        """Return the offset of a line and column, at most the text's length."""
        return min(self._starts[min(line, len(self._starts)) - 1] + column - 1, self._length)

    def _position(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1


Located = ast.expr | ast.stmt | ast.keyword | ast.alias | ast.arg
"""Syntax tree nodes that have a position."""


class Source:
    """A program's text and the positions of syntax tree nodes in it.

    ``ast`` counts UTF-8 bytes where people and editors count characters. Python 3.11 gives no reliable positions
    inside an f-string: a node there has the position of the whole f-string.
    """

    def __init__(self, text: str) -> None:
        self.lines = _LINE_END.split(text)
        self._spans: dict[Located, Span] = {}
        self._texts: dict[Located, str] = {}
        self._inside: set[Located] = set()
        self._byte_ends: dict[int, array[int]] = {}
        """Offsets in UTF-8 at which the characters of a line end, for lines with characters other than ASCII."""

    def enter_text(self, joined: ast.JoinedStr) -> None:
        """Give all nodes inside an f-string the position of the f-string."""
        if joined in self._inside:
            return
        span = self.span(joined)
        for node in ast.walk(joined):
            if isinstance(node, ast.expr):
                self._spans[node] = span
                self._inside.add(node)

    def span(self, node: Located) -> Span:
        """Return the position of a node."""
        span = self._spans.get(node)
        if span is None:
            end_line, end_offset = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
            span = Span(
                node.lineno,
                self._column(node.lineno, node.col_offset),
                end_line,
                self._column(end_line, end_offset),
            )
            self._spans[node] = span
        return span

    def in_text(self, node: Located) -> bool:
        """Return True for a node inside an f-string, which has no position of its own."""
        return node in self._inside

    def text(self, node: Located) -> str:
        """Return the node's source on one line, cut at ``LABEL_LENGTH``."""
        text = self._texts.get(node)
        if text is None:
            text = self._texts[node] = self._read(self.span(node))
        return text

    def _read(self, span: Span) -> str:
        lines = []
        length = 0
        for line in range(span.line, span.end_line + 1):
            text = self.lines[line - 1]
            start = span.column - 1 if line == span.line else 0
            end = span.end_column - 1 if line == span.end_line else len(text)
            lines.append(text[start : min(end, start + _READ_LENGTH)])
            length += end - start + 1
            if length > _READ_LENGTH:
                break
        text = "\n".join(lines)
        if len(lines) > 1:
            text = _COMMENT.sub("", text)
        text = _WHITESPACE.sub(" ", text).strip()
        text = _PADDED_BRACKET.sub(lambda match: match[0].strip(), text)
        return shorten(text + "…" * (length > _READ_LENGTH), LABEL_LENGTH)

    def _column(self, line: int, offset: int) -> int:
        text = self.lines[line - 1]
        if text.isascii():
            return offset + 1
        ends = self._byte_ends.get(line)
        if ends is None:
            ends = self._byte_ends[line] = array("L", accumulate(len(letter.encode()) for letter in text))
        return bisect_right(ends, offset) + 1


def shorten(text: str, length: int) -> str:
    """Cut a text to ``length`` characters, the last of which is then an ellipsis."""
    return text if len(text) <= length else text[: length - 1] + "…"
