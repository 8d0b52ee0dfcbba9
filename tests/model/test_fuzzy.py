"""Commands are found by some of their letters."""

import pytest

from micrograd_gui.model.fuzzy import fuzzy_match


def best(query: str, *texts: str) -> str:
    """The text that matches best."""
    scored = [(match[0], text) for text in texts if (match := fuzzy_match(query, text)) is not None]
    return max(scored)[1]


def test_letters_must_come_in_order() -> None:
    """A match has all letters in their order; case and blanks are ignored."""
    assert fuzzy_match("zin", "Zoom in") is not None
    assert fuzzy_match("Z IN", "Zoom in") is not None
    assert fuzzy_match("niz", "Zoom in") is None
    assert fuzzy_match("zoom in again", "Zoom in") is None


def test_an_empty_query_matches_everything() -> None:
    """An empty query matches every text and marks no letter."""
    assert fuzzy_match("", "Save") == (0.0, ())


@pytest.mark.parametrize(
    ("query", "expected"),
    [("zi", "Zoom in"), ("save", "Save"), ("sa", "Save as"), ("un", "Undo"), ("fit", "Fit the graph")],
)
def test_beginnings_of_words_and_runs_count_more(query: str, expected: str) -> None:
    """Two letters find the intended command first."""
    others = {"Resize image", "Last value", "Run next", "Find it there", "Save", "Sort by name"} - {expected}
    if query == "sa":
        others -= {"Save"}
    assert best(query, expected, *others) == expected


def test_the_matched_letters_are_told() -> None:
    """The places are those of the best match, not of the first letters that come by."""
    assert fuzzy_match("in", "Fit in") == (pytest.approx(8.0 - 0.2 + 1.0 - 0.25 + 8.0), (4, 5))
