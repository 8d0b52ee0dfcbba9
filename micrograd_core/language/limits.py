"""How much a typed program may use."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Crossing one raises a ``LanguageError`` at the place where it happens."""

    characters: int = 1_000_000
    """Length of the source."""
    tokens: int = 50_000
    """Words, numbers and signs in the source."""
    depth: int = 100
    """Brackets in brackets, signs in front of signs, blocks in blocks, lists in lists."""
    nodes: int = 200_000
    """Values made, leaves included."""
    items: int = 1_000_000
    """Elements of all lists and characters of all texts made, together."""
    output: int = 64 * 1024
    """Characters printed, and the longest text."""
    seconds: float = 2.0
    """Time from the first character read to the last statement run."""
