"""The words of the language that the editor colours and completes, from the language's own tables."""

import re

from micrograd_core.language import Word as Word
from micrograd_core.language import names, names_at

FUNCTIONS = names.FUNCTIONS
KEYWORDS = names.KEYWORDS
MEMBERS = {name: word for words in names.MEMBERS.values() for name, word in words.items()}
"""The words that may follow a dot."""


def prefix_at(line: str) -> tuple[str, str | None]:
    """The prefix typed at the end of ``line``, and its owner.

    The owner is the text before the dot that the prefix follows; None without a dot.
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
    """The completions at ``line`` and ``column`` (from 1), the program's own words first."""
    return names_at(source, line, column)
