import numpy as np
import pytest
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from micrograd_gui.model.theme import DARK
from micrograd_gui.training.metric_plot import MetricPlot, Series, decade_ticks, percent_ticks, step_ticks

STEPS = np.arange(65, dtype=np.int64)


def count_near(plot: MetricPlot, tint: str, columns: slice = slice(None)) -> list[tuple[int, int]]:
    """(x, y) of the pixels that are nearly of that colour, inside the axes' upper left part."""
    image = plot.grab().toImage()
    want = QColor(tint)
    found = []
    for x in range(image.width())[columns]:
        for y in range(image.height()):
            pixel = QColor(image.pixel(x, y))
            if sum(abs(a - b) for a, b in zip(pixel.getRgb()[:3], want.getRgb()[:3], strict=True)) < 60:
                found.append((x, y))
    return found


@pytest.fixture(name="plot")
def make_plot(qtbot: QtBot) -> MetricPlot:
    plot = MetricPlot("Loss", (Series("loss", "grad"),), logarithmic=True)
    qtbot.addWidget(plot)
    plot.resize(300, 150)
    return plot


def test_a_falling_loss_falls_on_the_screen(plot: MetricPlot) -> None:
    """The curve's pixels at the left are higher up than those at the right."""
    plot.show_curves(STEPS, (np.geomspace(1.0, 0.01, 65),), 64)
    left = [y for _x, y in count_near(plot, DARK.grad, slice(50, 80))]
    right = [y for x, y in count_near(plot, DARK.grad, slice(260, 290)) if y > 30]
    assert left
    assert right
    assert np.mean(left) + 40 < np.mean(right)


@pytest.mark.parametrize(
    "values",
    [
        np.full(65, np.nan),
        np.zeros(65),
        np.full(65, np.inf),
        np.where(STEPS % 2, np.nan, 0.5),
        np.full(65, 0.3),
        np.geomspace(1e-300, 1e300, 65),
    ],
    ids=["nan", "zero", "inf", "gaps", "constant", "wide"],
)
@pytest.mark.parametrize("logarithmic", [True, False])
def test_any_numbers_can_be_shown(qtbot: QtBot, values: np.ndarray, logarithmic: bool) -> None:
    """Gaps, zeros and infinities neither raise nor warn, and an empty plot is a plot."""
    plot = MetricPlot("Loss", (Series("loss", "grad"),), logarithmic=logarithmic)
    qtbot.addWidget(plot)
    plot.grab()
    plot.show_curves(STEPS, (values,), 64)
    plot.grab()
    plot.show_curves(STEPS[:1], (values[:1],), 0)
    plot.grab()


def test_a_rewound_step_is_marked(plot: MetricPlot) -> None:
    """The picture of a past step has a line that the picture of the latest does not have."""
    values = (np.geomspace(1.0, 0.01, 65),)
    plot.show_curves(STEPS, values, 64)
    latest = plot.grab().toImage()
    plot.show_curves(STEPS, values, 20)
    assert plot.grab().toImage() != latest


@pytest.mark.parametrize("last", [1.0, 10.0, 64.0, 999.0, 12345.0, 3.2e6])
@pytest.mark.parametrize("count", [2, 5, 9])
def test_step_ticks_are_few_and_whole(last: float, count: int) -> None:
    """The ticks begin at 0, end within the range, and are about as many as fit."""
    ticks = step_ticks(last, count)
    assert ticks[0].text == "0"
    assert ticks[-1].value <= last
    assert 1 <= len(ticks) <= count + 1
    assert all(tick.value == int(tick.value) for tick in ticks)


def test_decades_are_written_as_powers() -> None:
    """The ticks are powers of ten over two decades, plain numbers within one, and few over hundreds."""
    assert [tick.text for tick in decade_ticks(-1.2, 0.3, 5)] == ["10⁻¹", "10⁰"]
    assert [tick.text for tick in decade_ticks(-0.8, -0.2, 5)] == ["0.2", "0.5"]
    assert len(decade_ticks(-300.0, 300.0, 5)) <= 6


def test_percent_ticks_end_at_a_hundred() -> None:
    """The ticks go down from 100 % by a round number."""
    assert [tick.text for tick in percent_ticks(38.0, 4)] == ["100 %", "80 %", "60 %", "40 %"]
