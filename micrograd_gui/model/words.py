"""The words that the editor colours and completes, read from the language's own tables."""

import re

from micrograd_core.language import Word as Word
from micrograd_core.language import names, names_at

FUNCTIONS = names.FUNCTIONS
KEYWORDS = names.KEYWORDS
MEMBERS = {name: word for words in names.MEMBERS.values() for name, word in words.items()}
"""What may stand after a point."""


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


def completions(source: str, line: int, column: int) -> list[Word]:
    """The words that what ends at ``line`` and ``column`` (from 1) may become, the program's own first."""
    return names_at(source, line, column)
