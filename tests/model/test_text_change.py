"""The difference between two texts."""

import random

import pytest

from micrograd_gui.model.text_change import changed_range


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        ("a = 2.0", "a = 2.5", (6, 7, "5")),
        ("a = 2.0\nb", "a = -13.25\nb", (4, 7, "-13.25")),
        ("", "abc", (0, 0, "abc")),
        ("abc", "", (0, 3, "")),
        ("aaa", "aaaa", (3, 3, "a")),
        ("same", "same", (4, 4, "")),
    ],
)
def test_only_what_differs_is_replaced(before: str, after: str, change: tuple[int, int, str]) -> None:
    """The beginning and the end that both texts share stay."""
    assert changed_range(before, after) == change


def test_the_change_makes_the_one_text_of_the_other() -> None:
    """Over random texts of few letters, where much repeats."""
    for _ in range(2000):
        before, after = ("".join(random.choices("ab\n🎉", k=random.randrange(12))) for _ in range(2))
        start, end, text = changed_range(before, after)
        assert before[:start] + text + before[end:] == after


def test_a_megabyte_is_compared_at_once() -> None:
    """One changed character in the middle of a million is found by halving, not by walking."""
    before = "x" * 500_000 + "1" + "y" * 500_000
    assert changed_range(before, before.replace("1", "2")) == (500_000, 500_001, "2")
