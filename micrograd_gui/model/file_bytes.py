"""Documents as the bytes of a file: what was not edited is written back as it was.

A byte order mark stays, and so does the end of each line that was not edited, also where ends are mixed: comparing the
file before and after shows the edit and nothing else. New lines end as most lines of the file do.
"""

import codecs
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from micrograd_gui.model.document import Document, from_text, to_text

_LINE_END = re.compile(r"\r\n|\r|\n")
_MOST_PAIRS = 1_000_000
"""Of equal lines before and after; beyond it, looking for the lines that stayed would take seconds."""


def from_bytes(data: bytes) -> Document:
    """The document of a program file. Raises UnicodeDecodeError where it is not UTF-8."""
    return from_text(text_of(data))


def text_of(data: bytes) -> str:
    """The text with ``\\n`` between its lines. Raises UnicodeDecodeError."""
    return _with_newlines(data.decode("utf-8-sig"))


def to_bytes(document: Document, before: bytes = b"") -> bytes:
    """The document as a file that held ``before``, which ``from_bytes`` can read, the last time that it was known."""
    mark = codecs.BOM_UTF8 if before.startswith(codecs.BOM_UTF8) else b""
    text = _like(before.decode("utf-8-sig"), to_text(document))
    return mark + text.encode("utf-8", errors="replace")


def _with_newlines(text: str) -> str:
    return _LINE_END.sub("\n", text)


def _like(before: str, text: str) -> str:
    """``text`` with the lines of ``before`` where they are the same, and with its line ends."""
    normal = _with_newlines(before)
    # As it would be written anew: our own last line can have been edited by hand.
    anew = to_text(from_text(normal))
    if text == anew:
        return before
    ends = _LINE_END.findall(before)
    usual = max(Counter(ends).items(), key=lambda item: item[1], default=("\n", 0))[0]
    if anew == normal and len(set(ends)) <= 1:
        return text.replace("\n", usual)
    texts = _LINE_END.split(before)
    old, new = anew.split("\n"), text.split("\n")
    written = [line + usual for line in new[:-1]] + new[-1:]
    for i, j in _unchanged(old, new):
        if i < len(old) - 1 and j < len(new) - 1:
            written[j] = texts[i] + (ends[i] if i < len(ends) else usual)
    for j in range(1, len(written)):
        if written[j] == "\n" and written[j - 1].endswith("\r"):
            # Two lines must not become one.
            written[j] = "\r\n"
    return "".join(written)


def _unchanged(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Places of the lines that stayed, (in ``old``, in ``new``)."""
    shorter = min(len(old), len(new))
    first = next((i for i in range(shorter) if old[i] != new[i]), shorter)
    tail = next((i for i in range(shorter - first) if old[-1 - i] != new[-1 - i]), shorter - first)
    yield from ((i, i) for i in range(first))
    yield from ((len(old) - i, len(new) - i) for i in range(1, tail + 1))
    between, now = old[first : len(old) - tail], new[first : len(new) - tail]
    counts = Counter(between)
    if sum(counts[line] for line in now) <= _MOST_PAIRS:
        for block in SequenceMatcher(None, between, now, autojunk=False).get_matching_blocks():
            yield from ((first + block.a + i, first + block.b + i) for i in range(block.size))
