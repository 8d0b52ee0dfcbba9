"""Places in the source text."""

from __future__ import annotations

import ast
import re
from typing import NamedTuple

LABEL_LENGTH = 80
"""The longest label made from source text; a sum of 10,000 terms has 10,000 partial sums to be named."""

_LINE_END = re.compile(r"\r\n|\r|\n")
_WHITESPACE = re.compile(r"\s+")
_PADDED_BRACKET = re.compile(r"[(\[] | [)\]]")
_COMMENT = re.compile(r"#[^'\"]*$", re.MULTILINE)


class Span(NamedTuple):
    """A stretch of source text; lines and columns count from 1, columns in characters, the end is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


Located = ast.expr | ast.stmt | ast.keyword | ast.alias
"""The nodes of a syntax tree that have a place."""


class Source:
    """The text, with the places of syntax tree nodes in it.

    ``ast`` counts UTF-8 bytes where people and editors count characters. Inside an f-string, Python 3.11 gives
    no trustworthy places: there the place is the whole f-string.
    """

    def __init__(self, text: str) -> None:
        self.lines = _LINE_END.split(text)
        self._spans: dict[Located, Span] = {}
        self._inside: set[Located] = set()

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
        line, column, end_line, end_column = self.span(node)
        if line == end_line:
            text = self.lines[line - 1][column - 1 : end_column - 1]
        else:
            first, *inner = self.lines[line - 1 : end_line - 1]
            last = self.lines[end_line - 1][: end_column - 1]
            text = _COMMENT.sub("", "\n".join([first[column - 1 :], *inner, last]))
        text = _WHITESPACE.sub(" ", text).strip()
        return shorten(_PADDED_BRACKET.sub(lambda match: match[0].strip(), text), LABEL_LENGTH)

    def _column(self, line: int, offset: int) -> int:
        text = self.lines[line - 1]
        if text.isascii():
            return offset + 1
        return len(text.encode()[:offset].decode(errors="ignore")) + 1


def shorten(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
