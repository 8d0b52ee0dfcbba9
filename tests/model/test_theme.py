"""Every text and meaning can be read on every surface it is used on."""

import pytest

from micrograd_gui.model.theme import THEMES, Theme

SURFACES = ("window", "panel", "canvas", "field", "card", "raised", "hover", "selected")
TEXTS = (
    "text", "muted_text", "faint_text", "data", "grad", "positive", "negative", "problem", "warning", "good",
    "syntax_number", "syntax_function", "syntax_keyword", "syntax_comment", "syntax_string",
)  # fmt: skip


def luminance(color: str) -> float:
    """Relative luminance after WCAG 2.2."""
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio after WCAG 2.2, from 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_the_measure_of_contrast_is_the_standard_one() -> None:
    """Black on white is 21, and #767676 on white is the known grey just above 4.5."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("text", TEXTS)
def test_text_has_contrast(theme: Theme, text: str, surface: str) -> None:
    """The contrast is at least 4.5 : 1 in both themes."""
    assert contrast(getattr(theme, text), getattr(theme, surface)) >= 4.5


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
def test_white_is_readable_on_filled_controls(theme: Theme) -> None:
    """The play button's icon is white on the gradient's colour."""
    assert contrast("#ffffff", theme.grad_fill) >= 4.5


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
@pytest.mark.parametrize("surface", SURFACES)
def test_focus_is_visible(theme: Theme, surface: str) -> None:
    """The focus ring differs from what it lies on by 3 : 1, as WCAG asks of controls."""
    assert contrast(theme.focus, getattr(theme, surface)) >= 3.0
