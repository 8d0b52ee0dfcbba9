"""Fuzzy search of commands by some of their letters."""

_WORD_START = 8.0
"""Score of a letter at the start of a word; any other letter has 1."""
_ADJACENT = 8.0
"""Additional score of a letter right after the one before."""
_LATER = 0.05
"""Cost per character before a letter."""


def fuzzy_match(query: str, text: str) -> tuple[float, tuple[int, ...]] | None:
    """Find the letters of ``query`` in ``text`` in their order; return (score, indices), or None without a match.

    Letters that begin words or follow each other score more, so ``zi`` finds Zoom in before Resize. Case, and blanks
    in the query, are ignored.
    """
    wanted = [c for c in query.casefold() if not c.isspace()]
    letters = [c.casefold() for c in text]
    best: dict[int, tuple[float, tuple[int, ...]]] = {-1: (0.0, ())}
    for c in wanted:
        reached: dict[int, tuple[float, tuple[int, ...]]] = {}
        for place, letter in enumerate(letters):
            if letter != c:
                continue
            own = (_WORD_START if _starts_word(text, place) else 1.0) - _LATER * place
            candidates = [
                (score + own + (_ADJACENT if before == place - 1 and before >= 0 else 0.0), (*places, place))
                for before, (score, places) in best.items()
                if before < place
            ]
            if candidates:
                reached[place] = max(candidates)
        best = reached
    return max(best.values(), default=None)


def _starts_word(text: str, place: int) -> bool:
    return place == 0 or not text[place - 1].isalnum()
