import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from micrograd_core.training.config import TrainingConfig
from micrograd_gui.model.plane import PlanePoint, data_point
from micrograd_gui.model.theme import DARK, LIGHT, Theme
from micrograd_gui.training.boundary_figure import BOTTOM, LEFT, RIGHT, TOP
from micrograd_gui.training.boundary_plot import BoundaryPlot
from tests.gui.training.training_views import points_of, view_after

INSET = 6
"""The distance from the widget's edge to the canvas."""


@pytest.fixture(name="plot")
def make_plot(qtbot: QtBot) -> BoundaryPlot:
    plot = BoundaryPlot()
    qtbot.addWidget(plot)
    plot.resize(520, 420)
    plot.show_points(points_of())
    plot.show_view(view_after(60))
    plot.show()
    return plot


def spot_of(plot: BoundaryPlot, x: float, y: float) -> QPoint:
    """The widget's pixel at a place in the plane."""
    left, right, bottom, top = view_after(60).plane.extent
    across = plot.width() - 2 * INSET - LEFT - RIGHT
    up = plot.height() - 2 * INSET - TOP - BOTTOM
    return QPoint(
        round(INSET + LEFT + (x - left) / (right - left) * across),
        round(INSET + TOP + (top - y) / (top - bottom) * up),
    )


def picture(plot: BoundaryPlot) -> QImage:
    return plot.grab().toImage()


def share_of_change(one: QImage, other: QImage) -> float:
    """The share of sampled pixels that differ."""
    spots = [(x, y) for x in range(0, one.width(), 3) for y in range(0, one.height(), 3)]
    return sum(one.pixel(x, y) != other.pixel(x, y) for x, y in spots) / len(spots)


@pytest.mark.parametrize("is_test", [False, True])
def test_a_click_on_a_point_chooses_it(plot: BoundaryPlot, qtbot: QtBot, is_test: bool) -> None:
    """The signal carries the index in its own set, from a few pixels beside the point too."""
    points = points_of()
    inputs = points.test_inputs if is_test else points.train_inputs
    others = np.concatenate([points.train_inputs, points.test_inputs])
    distances = np.hypot(*(inputs[:, np.newaxis] - others[np.newaxis]).transpose(2, 0, 1))
    index = int(np.sort(distances, axis=1)[:, 1].argmax())  # the loneliest
    said: list[tuple[int, bool]] = []
    plot.point_chosen.connect(lambda *what: said.append(what))
    qtbot.mouseClick(
        plot, Qt.MouseButton.LeftButton, pos=spot_of(plot, *inputs[index].tolist()) + QPoint(4, -3)
    )
    assert said == [(index, is_test)]


def test_a_click_elsewhere_chooses_the_place(plot: BoundaryPlot, qtbot: QtBot) -> None:
    """The place in the plane comes to within a pixel; beside the axes nothing comes."""
    left, right, bottom, top = view_after(60).plane.extent
    said: list[tuple[float, float]] = []
    plot.plane_chosen.connect(lambda x, y: said.append((x, y)))
    x, y = left + 0.1, bottom + 0.1
    qtbot.mouseClick(plot, Qt.MouseButton.LeftButton, pos=spot_of(plot, x, y))
    assert said[0] == pytest.approx((x, y), abs=max(right - left, top - bottom) / 300)
    qtbot.mouseClick(plot, Qt.MouseButton.LeftButton, pos=QPoint(10, 10))
    assert len(said) == 1


def test_arrow_keys_and_enter_choose_a_place(plot: BoundaryPlot, qtbot: QtBot) -> None:
    """The crosshair starts in the middle and is seen; Enter chooses under it, Escape takes it away."""
    said: list[tuple[float, float]] = []
    plot.plane_chosen.connect(lambda x, y: said.append((x, y)))
    plot.point_chosen.connect(lambda index, is_test: said.append(coordinates(index, is_test)))
    plot.setFocus()
    bare = picture(plot)
    for _ in range(3):
        qtbot.keyClick(plot, Qt.Key.Key_Left)
    assert picture(plot) != bare
    qtbot.keyClick(plot, Qt.Key.Key_Return)
    for _ in range(8):
        qtbot.keyClick(plot, Qt.Key.Key_Left)
    qtbot.keyClick(plot, Qt.Key.Key_Return)
    assert len(said) == 2
    assert said[1][0] < said[0][0]
    qtbot.keyClick(plot, Qt.Key.Key_Escape)
    assert picture(plot) == bare


def coordinates(index: int, is_test: bool) -> tuple[float, float]:
    found = data_point(points_of(), index, is_test)
    return found.x, found.y


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_the_plane_has_the_colours_of_its_scores(plot: BoundaryPlot, theme: Theme) -> None:
    """Pixels of high scores are more blue than red, those of low scores more red than blue, in both themes."""
    plot.show_theme(theme)
    image = picture(plot)
    plane = view_after(60).plane
    left, right, bottom, top = plane.extent
    for found in (plane.scores.argmax(), plane.scores.argmin()):
        row, column = np.unravel_index(found, plane.scores.shape)
        x = left + (right - left) * min(max(column / 99, 0.02), 0.98)
        y = bottom + (top - bottom) * min(max(row / 99, 0.02), 0.98)
        pixel = QColor(image.pixel(spot_of(plot, x, y)))
        assert (pixel.blue() > pixel.red()) == (plane.scores[row, column] > 0)


def test_the_boundary_is_a_line_in_the_colour_of_text(plot: BoundaryPlot) -> None:
    """Half way along the boundary the pixel is as bright as the theme's text."""
    image = picture(plot)
    line = max(view_after(60).plane.boundary, key=len)
    x, y = line[len(line) // 2].tolist()
    pixel = QColor(image.pixel(spot_of(plot, x, y)))
    assert pixel.lightness() > 180


def test_another_view_is_another_picture(plot: BoundaryPlot) -> None:
    """Showing another step changes the plane, and showing the first again brings back its very pixels."""
    before = picture(plot)
    plot.show_view(view_after(1))
    assert share_of_change(before, picture(plot)) > 0.2
    plot.show_view(view_after(60))
    assert picture(plot) == before


def test_other_points_are_drawn_with_their_own_plane(plot: BoundaryPlot) -> None:
    """The picture stays from the points of another run to its first view, with any selection in between."""
    before = picture(plot)
    other = TrainingConfig(samples=30, noise=0.4, hidden=(2,), seed=7)
    plot.show_points(points_of(other))
    plot.show_selected(PlanePoint(0.0, 0.0))
    assert picture(plot) == before
    plot.show_view(view_after(3, other))
    assert share_of_change(before, picture(plot)) > 0.2


def test_the_selected_place_is_ringed(plot: BoundaryPlot) -> None:
    """Around it, not on it, the picture changes; without a selection it is as before."""
    before = picture(plot)
    left, _right, bottom, _top = view_after(60).plane.extent
    selected = PlanePoint(left + 0.3, bottom + 0.3)
    plot.show_selected(selected)
    ringed = picture(plot)
    spot = spot_of(plot, selected.x, selected.y)
    assert ringed.pixel(spot) == before.pixel(spot)
    around = [spot + QPoint(dx, 0) for dx in range(8, 15)]
    assert any(ringed.pixel(near) != before.pixel(near) for near in around)
    plot.show_selected(None)
    assert picture(plot) == before


def test_it_follows_its_size(plot: BoundaryPlot, qtbot: QtBot) -> None:
    """A click after a resize finds its position, and the plane fills the axes."""
    plot.resize(760, 300)
    said: list[tuple[float, float]] = []
    plot.plane_chosen.connect(lambda x, y: said.append((x, y)))
    _left, right, bottom, _top = view_after(60).plane.extent
    picture(plot)
    qtbot.mouseClick(plot, Qt.MouseButton.LeftButton, pos=spot_of(plot, right - 0.1, bottom + 0.1))
    assert said[0] == pytest.approx((right - 0.1, bottom + 0.1), abs=0.02)
