"""Places in the source text."""

from __future__ import annotations

import ast
import re
from array import array
from bisect import bisect_right
from itertools import accumulate
from typing import NamedTuple

LABEL_LENGTH = 80
"""The longest label made from source text; a sum of 10,000 terms has 10,000 partial sums to be named."""

INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)
"""What no text contains: controls, halves of characters, and what makes a line look different from what it is."""
_READ_LENGTH = 1000
_LINE_END = re.compile(r"\r\n|\r|\n")
_WHITESPACE = re.compile(r"\s+")
_PADDED_BRACKET = re.compile(r"[(\[] | [)\]]")
_COMMENT = re.compile(r"#[^'\"\n]*$", re.MULTILINE)


class Span(NamedTuple):
    """A stretch of source text; lines and columns count from 1, columns in characters, the end is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


Located = ast.expr | ast.stmt | ast.keyword | ast.alias | ast.arg
"""The nodes of a syntax tree that have a place."""


class Source:
    """The text, with the places of syntax tree nodes in it.

    ``ast`` counts UTF-8 bytes where people and editors count characters. Inside an f-string, Python 3.11 gives
    no trustworthy places: there the place is the whole f-string.
    """

    def __init__(self, text: str) -> None:
        self.lines = _LINE_END.split(text)
        self._spans: dict[Located, Span] = {}
        self._texts: dict[Located, str] = {}
        self._inside: set[Located] = set()
        self._byte_ends: dict[int, array[int]] = {}
        """For a line with other than ASCII letters, where each of its characters ends in UTF-8."""

    def enter_text(self, joined: ast.JoinedStr) -> None:
        """Give all that stands in an f-string the place of the f-string."""
        if joined in self._inside:
            return
        span = self.span(joined)
        for node in ast.walk(joined):
            if isinstance(node, ast.expr):
                self._spans[node] = span
                self._inside.add(node)

    def span(self, node: Located) -> Span:
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
        """Whether the node stands inside an f-string, where it has no place of its own."""
        return node in self._inside

    def text(self, node: Located) -> str:
        """The node's source on one line, cut at ``LABEL_LENGTH``."""
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
    return text if len(text) <= length else text[: length - 1] + "…"
