"""Documents as bytes of a file, in which unedited lines stay as they were.

A byte order mark stays, and so does the end of each unedited line, even if ends are mixed: a diff of the file shows the
edit and nothing else. New lines end as most lines of the file do.
"""

import codecs
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from micrograd_gui.model.document import Document, from_text, to_text

_LINE_END = re.compile(r"\r\n|\r|\n")
_MOST_PAIRS = 1_000_000
"""Upper limit for pairs of equal lines; with more, finding the unchanged lines would take seconds."""


def from_bytes(data: bytes) -> Document:
    """Return the document of a program file. Raises UnicodeDecodeError if it is not UTF-8."""
    return from_text(text_of(data))


def text_of(data: bytes) -> str:
    """Return the text with ``\\n`` between its lines. Raises UnicodeDecodeError if it is not UTF-8."""
    return _with_newlines(data.decode("utf-8-sig"))


def to_bytes(document: Document, before: bytes = b"") -> bytes:
    """Return the bytes of a document whose file held ``before``, which must be valid for ``from_bytes``."""
    mark = codecs.BOM_UTF8 if before.startswith(codecs.BOM_UTF8) else b""
    text = _like(before.decode("utf-8-sig"), to_text(document))
    return mark + text.encode("utf-8", errors="replace")


def _with_newlines(text: str) -> str:
    return _LINE_END.sub("\n", text)


def _like(before: str, text: str) -> str:
    """Return ``text`` with the line ends of ``before``, and its very lines where they are unchanged."""
    normal = _with_newlines(before)
    # As we would write it: our own last line may have been edited by hand.
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
    """Yield the indices (in ``old``, in ``new``) of unchanged lines."""
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
