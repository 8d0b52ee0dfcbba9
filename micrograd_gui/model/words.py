"""The words that the editor colours and completes, read from the language's own tables."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from micrograd_core.language.builtins import ATTRIBUTES, MODULES, NAMES
from micrograd_core.language.values import Builtin


@dataclass(frozen=True, slots=True)
class Word:
    name: str
    signature: str = ""
    """How it is called; "" for what is not called."""
    help: str = ""


def _words(tables: Iterable[tuple[str, object]]) -> dict[str, Word]:
    found: dict[str, Word] = {}
    for name, row in tables:
        signature = row.signature if isinstance(row, Builtin) else ""
        found.setdefault(name, Word(name, signature, getattr(row, "help", "")))
    return found


FUNCTIONS = _words(NAMES.items())
MEMBERS = _words(
    item
    for members in (*ATTRIBUTES.values(), *(m.members for m in MODULES.values()))
    for item in members.items()
)
"""What may stand after a point."""
KEYWORDS = {
    name: Word(name)
    for name in (
        "and", "def", "elif", "else", "False", "for", "from", "if", "import", "in", "is", "lambda", "None", "not", "or",
        "pass", "return", "True", "while",
    )
}  # fmt: skip

_NAME = re.compile(r"[^\W\d]\w*")
_COMMENT = re.compile(r"#.*")
_MOST_CHARACTERS = 50_000
"""The names of larger programs are not looked for at each keystroke."""


def prefix_at(line: str) -> tuple[str, bool]:
    """What is being typed at the end of ``line``, and whether it follows a point."""
    typed = re.search(r"(?:[^\W\d]\w*)?$", line)
    prefix = typed[0] if typed else ""
    before = line[: len(line) - len(prefix)]
    if before.endswith("."):
        # The point of 2. is no attribute's.
        owner = re.search(r"(\w+|[)\]])\.$", before)
        return prefix, owner is not None and not owner[1][0].isdigit()
    if before[-1:].isalnum() or before[-1:] == "_":
        return "", False
    return prefix, False


def completions(source: str, prefix: str, after_point: bool) -> list[Word]:
    """The words that begin with ``prefix``: the program's own first, then the language's.

    ``source`` is the program without the word being typed.
    """
    if after_point:
        return _starting(MEMBERS.values(), prefix)
    known = FUNCTIONS | KEYWORDS
    own: dict[str, Word] = {}
    if len(source) <= _MOST_CHARACTERS:
        own = {
            name: Word(name, "", "of this program")
            for name in _NAME.findall(_COMMENT.sub("", source))
            if name not in known
        }
    return (
        _starting(own.values(), prefix)
        + _starting(FUNCTIONS.values(), prefix)
        + _starting(KEYWORDS.values(), prefix)
    )


def _starting(words: Iterable[Word], prefix: str) -> list[Word]:
    folded = prefix.casefold()
    return sorted(
        (word for word in words if word.name.casefold().startswith(folded)),
        key=lambda word: word.name.casefold(),
    )
