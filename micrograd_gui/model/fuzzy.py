"""Finding commands by some of their letters."""

_WORD_START = 8.0
_ADJACENT = 8.0
_LATER = 0.05
"""What each character before a match costs."""


def fuzzy_match(query: str, text: str) -> tuple[float, tuple[int, ...]] | None:
    """How well the letters of ``query`` are found in ``text`` in their order, and where; None if they are not.

    Letters that begin words or follow each other count more, so ``zi`` finds Zoom in before Resize. Case and
    blanks in the query do not matter.
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
