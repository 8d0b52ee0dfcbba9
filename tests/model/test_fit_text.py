"""Texts made to fit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from micrograd_gui.model.fit_text import common_limit, first_that_fits, mono_width, shorten, shorten_end


def test_long_names_keep_both_ends() -> None:
    """The middle is what is left out."""
    assert shorten("abcdefghijkl", 7) == "abc…jkl"
    assert shorten("abcdefghijkl", 8) == "abcd…jkl"
    assert shorten("abc", 7) == "abc"


def test_long_texts_keep_their_beginning() -> None:
    """Where the end tells less."""
    assert shorten_end("abcdefghijkl", 7) == "abcdef…"
    assert shorten_end("abcdefg", 7) == "abcdefg"


@given(text=st.text(), length=st.integers(1, 30))
def test_a_shortened_text_has_that_length(text: str, length: int) -> None:
    """Or the text is short enough; then it stays as it is."""
    for short in (shorten(text, length), shorten_end(text, length)):
        assert len(short) == min(len(text), length)
        assert short == text or "…" in short


@pytest.mark.parametrize(
    ("room", "found"), [(9.0, "long"), (4.0, "long"), (3.9, "mid"), (2.0, "s"), (0.0, "s")]
)
def test_the_first_form_that_fits_is_taken(room: float, found: str) -> None:
    """Where none fits, it is the last; those after the one that fits are not made."""
    made = []

    def forms():
        for form in ("long", "mid", "s"):
            made.append(form)
            yield form

    assert first_that_fits(forms(), len, room) == found
    assert made[-1] == found


def test_characters_of_the_monospaced_face_are_equally_wide() -> None:
    """Six tenths of the size."""
    assert mono_width(10, 12) == 72.0


@given(widths=st.lists(st.floats(0.0, 1000.0)), room=st.floats(0.0, 3000.0))
def test_widths_under_a_common_limit_fit(widths: list[float], room: float) -> None:
    """The limit is as large as may be: either nothing has to shrink, or all of the room is used."""
    limit = common_limit(widths, room)
    used = sum(min(width, limit) for width in widths)
    assert used <= room * (1 + 1e-12)
    assert used == pytest.approx(min(room, sum(widths)))
