"""The tokens of a line of a program: numbers, names, strings, comments, signs."""

import re
from collections.abc import Callable
from typing import Literal, NamedTuple

from micrograd_gui.model.words import FUNCTIONS, KEYWORDS, MEMBERS

Kind = Literal["number", "function", "keyword", "comment", "string", "name", "sign"]

LONGEST_LINE = 5_000
"""Longest line in which brackets are matched and words offered; a longer one would delay each keystroke."""

_TOKEN = re.compile(
    r"""(?P<comment>\#.*)
    |(?P<string>[fFrRbBuU]{0,2}(?:'''|\"{3}|'(?:\\.|[^'\\])*'?|"(?:\\.|[^"\\])*"?))
    |(?P<number>(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?)
    |(?P<name>[^\W\d]\w*)
    |(?P<sign>\S)""",
    re.VERBOSE,
)
_QUOTES = ("", '"""', "'''")
"""States at the end of a line: outside of a long string, or within one that ends with these quotes."""


class Token(NamedTuple):
    start: int
    end: int
    kind: Kind


def tokenize(line: str, state: int = 0) -> tuple[list[Token], int]:
    """Return the tokens of a line and the state at its end, an index of ``_QUOTES``.

    ``state`` is the one at the end of the line before.
    """
    tokens: list[Token] = []
    position, after_dot = 0, False
    while position < len(line):
        if state:
            closing = line.find(_QUOTES[state], position)
            end = len(line) if closing < 0 else closing + 3
            tokens.append(Token(position, end, "string"))
            state = state if closing < 0 else 0
            position = end
            continue
        match = _TOKEN.search(line, position)
        if match is None:
            break
        text, kind = match[0], match.lastgroup
        if kind == "string" and text.endswith(_QUOTES[1:]) and text.lstrip("fFrRbBuU") in _QUOTES:
            state = _QUOTES.index(text[-3:])
            start, position = match.start(), match.end()
            closing = line.find(_QUOTES[state], position)
            position = len(line) if closing < 0 else closing + 3
            state = state if closing < 0 else 0
            tokens.append(Token(start, position, "string"))
        else:
            tokens.append(Token(match.start(), match.end(), _KINDS[kind or "sign"](text, after_dot)))
            position = match.end()
        after_dot = text == "."
    return tokens, state


def _kind_of_name(name: str, after_dot: bool) -> Kind:
    if after_dot:
        return "function" if name in MEMBERS else "name"
    if name in KEYWORDS:
        return "keyword"
    return "function" if name in FUNCTIONS else "name"


_KINDS: dict[str, Callable[[str, bool], Kind]] = {
    "comment": lambda _text, _after_dot: "comment",
    "string": lambda _text, _after_dot: "string",
    "number": lambda _text, _after_dot: "number",
    "sign": lambda _text, _after_dot: "sign",
    "name": _kind_of_name,
}
