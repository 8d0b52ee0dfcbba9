"""The curve, its tangent and its gaps, looked at as pixels."""

import math

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from micrograd_gui.graph.slope_plot import SlopePlot, curve_pieces, nice_ticks
from micrograd_gui.model.document import Document
from micrograd_gui.model.probe import Probe, probe
from micrograd_gui.model.resolve import resolve
from micrograd_gui.model.theme import DARK, LIGHT


@pytest.fixture
def plot(qtbot: QtBot) -> SlopePlot:
    widget = SlopePlot()
    qtbot.addWidget(widget)
    widget.resize(300, 150)
    widget.show()
    return widget


def probe_of(source: str, label: str) -> Probe:
    snapshot = resolve(Document(source)).snapshot
    assert snapshot is not None
    node = next(i for i, record in enumerate(snapshot.nodes) if record.label == label)
    return probe(snapshot, node)


def places(image: QImage, tint: str) -> list[QPoint]:
    """Where the picture has just this colour."""
    wanted = QColor(tint).rgb()
    return [
        QPoint(x, y)
        for y in range(image.height())
        for x in range(image.width())
        if image.pixel(x, y) == wanted
    ]


def test_curve_tangent_and_point_are_drawn(plot: SlopePlot) -> None:
    """The curve is in the colour of data, the tangent in that of gradients, the point stands out."""
    plot.show_probe(probe_of("a = 0.5\no = a.tanh()", "a"))
    image = plot.grab().toImage()
    assert places(image, DARK.data)
    assert places(image, DARK.grad)
    assert places(image, DARK.text)


def test_the_curve_rises_where_the_function_does(plot: SlopePlot) -> None:
    """The right end of tanh lies above its left end, on the screen too."""
    plot.show_probe(probe_of("a = 0.0\no = a.tanh()", "a"))
    points = places(plot.grab().toImage(), DARK.data)
    left = min(points, key=lambda point: point.x())
    right = max(points, key=lambda point: point.x())
    assert left.y() > right.y() + 50


def test_the_tangent_has_the_sign_of_the_slope(plot: SlopePlot) -> None:
    """With a negative slope the dashed line falls."""
    plot.show_probe(probe_of("a = 0.5\no = (-a).tanh()", "a"))
    points = places(plot.grab().toImage(), DARK.grad)
    left = min(points, key=lambda point: point.x())
    right = max(points, key=lambda point: point.x())
    assert left.y() < right.y()


def test_where_the_output_is_not_a_number_nothing_is_drawn(plot: SlopePlot) -> None:
    """Left of 0 a logarithm has no curve."""
    plot.show_probe(probe_of("a = 1.0\no = a.log()", "a"))
    points = places(plot.grab().toImage(), DARK.data)
    assert min(point.x() for point in points) > 80


def test_without_a_probe_the_plot_is_empty(plot: SlopePlot) -> None:
    """Neither curve nor tangent, and no description of what is not there."""
    plot.show_probe(probe_of("a = 0.5\no = a.tanh()", "a"))
    plot.show_probe(None)
    image = plot.grab().toImage()
    assert not places(image, DARK.data)
    assert not places(image, DARK.grad)
    assert plot.accessibleDescription() == ""


def test_the_curve_is_described_in_words(plot: SlopePlot) -> None:
    """The accessible description tells the slope."""
    plot.show_probe(probe_of("a = 0.0\no = a.tanh()", "a"))
    assert "with slope 1" in plot.accessibleDescription()


def test_the_theme_changes_the_colours(plot: SlopePlot) -> None:
    """Light has its own cyan and pink."""
    plot.show_probe(probe_of("a = 0.5\no = a.tanh()", "a"))
    plot.show_theme(LIGHT)
    image = plot.grab().toImage()
    assert places(image, LIGHT.data)
    assert not places(image, DARK.data)


@pytest.mark.parametrize(
    "source",
    [
        "a = 0.0\no = 1 / a",
        "a = 0.0\no = a.sqrt()",
        "a = 1e308\no = a * 10",
        "a = 1e-320\no = a * 1",
        "a = 700.0\no = a.exp()",
        "a = -1.0\no = a.log()",
        "a = 1e999\no = a.tanh()",
        "a = 1e15\no = a.sin()",
        "a = 3.0\no = a * 1e-300",
        "a = 1.0\no = a * 1e308 - 1e308",
    ],
)
def test_no_number_breaks_the_plot(plot: SlopePlot, source: str) -> None:
    """Poles, infinities, overflow and subnormal numbers are drawn without an error, in any size."""
    plot.show_probe(probe_of(source, "a"))
    for width, height in ((300, 150), (120, 150), (1200, 400)):
        plot.resize(width, height)
        assert not plot.grab().isNull()


def test_a_pole_is_a_gap() -> None:
    """Where 1/x leaves the range below and comes back above, the points are not joined."""
    ys = (-1.0, -50.0, 50.0, 1.0, math.nan, 1.0, math.inf, 2.0)
    assert list(curve_pieces(ys, -10.0, 10.0)) == [[0, 1], [2, 3], [5], [7]]


def test_a_steep_curve_is_not_a_pole() -> None:
    """A curve that stays in the range is one piece, however steep."""
    assert list(curve_pieces((-1.0, -0.9, 0.9, 1.0), -1.1, 1.1)) == [[0, 1, 2, 3]]


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (-1.1, 1.1, [-1.0, 0.0, 1.0]),
        (0.0, 7.0, [0.0, 5.0]),
        (-3.2e4, 1e3, [-20000.0, 0.0]),
        (1e-9, 4e-9, [1e-9, 2e-9, 3e-9, 4e-9]),
    ],
)
def test_ticks_are_round_numbers(low: float, high: float, ticks: list[float]) -> None:
    """1, 2 or 5 times a power of ten, within the range."""
    assert nice_ticks(low, high, 3) == pytest.approx(ticks)


@pytest.mark.parametrize(("low", "high"), [(1.0, 1.0), (math.nan, 1.0), (-1e308, 1.7e308), (0.0, 5e-324)])
def test_ticks_of_strange_ranges_are_few_and_finite(low: float, high: float) -> None:
    """There is always at least one tick and never thousands."""
    ticks = nice_ticks(low, high, 3)
    assert 1 <= len(ticks) <= 12
