"""The words that the editor colours and completes, read from the language's own tables."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from micrograd_core.language.builtins import ATTRIBUTES, NAMES
from micrograd_core.language.values import Builtin, Namespace


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
_MEMBERS_OF = {name: _words(row.members.items()) for name, row in NAMES.items() if isinstance(row, Namespace)}
"""By module: what may stand after ``math.``."""
_MEMBERS_OF_VALUES = _words(item for rows in ATTRIBUTES.values() for item in rows.items())
MEMBERS = {
    name: word for words in (*_MEMBERS_OF.values(), _MEMBERS_OF_VALUES) for name, word in words.items()
}
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


def prefix_at(line: str) -> tuple[str, str | None]:
    """The word that is being typed at the end of ``line``, and what it belongs to.

    That is the text before the point that the word follows, or None where there is no such point.
    """
    typed = re.search(r"(?:[^\W\d]\w*)?$", line)
    prefix = typed[0] if typed else ""
    before = line[: len(line) - len(prefix)]
    if before.endswith("."):
        owner = re.search(r"(\w+|[)\]])\.$", before)
        # The point of 2. is no attribute's.
        return prefix, None if owner is None or owner[1][0].isdigit() else owner[1]
    if before[-1:].isalnum() or before[-1:] == "_":
        return "", None
    return prefix, None


def completions(source: str, prefix: str, owner: str | None) -> list[Word]:
    """The words that begin with ``prefix``: the program's own first, then the language's.

    ``source`` is the program without the word being typed; for ``owner`` see ``prefix_at``.
    """
    if owner is not None:
        return _starting(_MEMBERS_OF.get(owner, _MEMBERS_OF_VALUES).values(), prefix)
    known = FUNCTIONS | KEYWORDS
    own: dict[str, Word] = {}
    if len(source) <= _MOST_CHARACTERS:
        names = _NAME.findall(_COMMENT.sub("", source))
        own = {name: Word(name, "", "of this program") for name in names if name not in known}
    return [word for words in (own, FUNCTIONS, KEYWORDS) for word in _starting(words.values(), prefix)]


def _starting(words: Iterable[Word], prefix: str) -> list[Word]:
    folded = prefix.casefold()
    return sorted(
        (word for word in words if word.name.casefold().startswith(folded)),
        key=lambda word: word.name.casefold(),
    )
