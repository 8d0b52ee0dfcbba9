import numpy as np
import pytest

from micrograd_gui.model.heat_map import heat_colors, paint_grid
from micrograd_gui.model.theme import DARK, LIGHT, Theme


def rgb(text: str) -> list[int]:
    return [int(text[i : i + 2], 16) for i in (1, 3, 5)]


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_zero_has_the_ground_colour_and_the_ends_lean_to_the_classes(theme: Theme) -> None:
    """Around the middle is the canvas; the first colour is nearer to the negative class, the last to the positive."""
    colors = heat_colors(theme).astype(int)
    assert np.abs(colors[127, :3] - rgb(theme.canvas)).max() <= 1
    for end, near, far in ((0, theme.negative, theme.positive), (255, theme.positive, theme.negative)):
        distance = [np.abs(colors[end, :3] - rgb(color)).sum() for color in (near, far)]
        assert distance[0] < distance[1]


def test_a_grid_is_enlarged_linearly_between_its_corners() -> None:
    """Corners keep their colours; half way between −1 and +1 is the colour of zero."""
    grid = np.array([[-1.0, 1.0], [-1.0, 1.0]], dtype=np.float32)
    pixels = paint_grid(grid, 1.0, DARK, (5, 101))
    colors = heat_colors(DARK)
    assert pixels.shape == (5, 101, 4)
    assert (pixels[:, 0] == colors[0]).all()
    assert (pixels[:, -1] == colors[255]).all()
    assert (pixels[:, 50] == colors[127]).all()


def test_what_is_no_number_or_too_large_has_a_colour() -> None:
    """nan is painted as zero, infinities as the ends, and nothing warns."""
    largest = np.finfo(np.float32).max
    grid = np.array([[np.nan, np.inf], [-np.inf, largest]], dtype=np.float32)
    colors = heat_colors(DARK)
    plain = paint_grid(grid, 0.5, DARK)
    assert (plain[0, 0] == colors[127]).all()
    assert (plain[0, 1] == colors[255]).all()
    assert (plain[1, 0] == colors[0]).all()
    assert paint_grid(grid, 0.5, DARK, (30, 30)).shape == (30, 30, 4)
