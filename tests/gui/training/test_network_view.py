import re
from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from micrograd_core.training.config import TrainingConfig
from micrograd_gui.model.numbers import format_number
from micrograd_gui.model.theme import DARK, LIGHT
from micrograd_gui.model.training_view import weight_matrices
from micrograd_gui.training.network_view import NetworkView, lay_out_neurons
from tests.gui.training.training_views import SMALL, view_after


@pytest.fixture(name="network")
def make_network(qtbot: QtBot) -> NetworkView:
    network = NetworkView()
    qtbot.addWidget(network)
    network.resize(320, 340)
    network.show_view(view_after(60))
    network.show()
    qtbot.waitExposed(network)
    network.grab()
    return network


def test_hovering_a_neuron_tells_its_bias(network: NetworkView, qtbot: QtBot) -> None:
    """Every neuron but the inputs answers with its name in the graph and its number."""
    layout = lay_out_neurons(SMALL.widths, network.width(), network.height())
    weights = weight_matrices(SMALL, view_after(60).state.parameters)
    for layer, rows in enumerate(weights):
        for neuron, row in enumerate(rows.tolist()):
            qtbot.mouseMove(network, layout.box(layer + 1, neuron).center().toPoint())
            assert network.hovered_text == f"model[{layer}][{neuron}].b = {format_number(row[-1])}"
    qtbot.mouseMove(network, layout.box(0, 0).center().toPoint())
    assert network.hovered_text == ""


def test_hovering_a_line_tells_its_weight(network: NetworkView, qtbot: QtBot) -> None:
    """A line has the weight of its neuron and input at both ends, and is highlighted."""
    layout = lay_out_neurons(SMALL.widths, network.width(), network.height())
    weights = weight_matrices(SMALL, view_after(60).state.parameters)
    before = network.grab().toImage()
    box = layout.box(3, 0)
    qtbot.mouseMove(network, QPoint(round(layout.xs[2] + layout.size / 2) + 2, round(float(layout.ys[2][1]))))
    assert network.hovered_text == f"model[2][0].w[1] = {format_number(float(weights[2][0, 1]))}"
    assert network.grab().toImage() != before
    qtbot.mouseMove(network, QPoint(round(box.left()) - 2, round(box.center().y())))
    assert re.fullmatch(r"model\[2\]\[0\]\.w\[\d\] = .*", network.hovered_text)


def test_positive_weights_are_blue_and_negative_ones_orange(qtbot: QtBot) -> None:
    """The pixels of each line of a single neuron lean to the colour of its weight's sign."""
    config = TrainingConfig(samples=10, hidden=(), seed=1)
    view = view_after(0, config)
    network = NetworkView()
    qtbot.addWidget(network)
    network.resize(320, 200)
    network.show_view(view)
    image = network.grab().toImage()
    layout = lay_out_neurons((2, 1), 320, 200)
    (row,) = weight_matrices(config, view.state.parameters)[0].tolist()
    for source, weight in enumerate(row[:2]):
        y = round(float(layout.ys[0][source]))
        start = round(layout.xs[0] + layout.size / 2) + 2
        pixels = [QColor(image.pixel(x, y + dy)) for x in range(start, start + 30) for dy in (-1, 0, 1)]
        leaning = max((pixel.blue() - pixel.red() for pixel in pixels), key=abs)
        assert (leaning > 0) == (weight > 0)


@pytest.mark.parametrize("hidden", [(), (1,), (8, 8), (32, 32, 32, 32), (64,) * 6], ids=str)
def test_any_network_fits(qtbot: QtBot, hidden: tuple[int, ...]) -> None:
    """Neurons lie within the widget, apart from each other, in both themes, small and large."""
    config = TrainingConfig(samples=4, hidden=hidden)
    network = NetworkView()
    qtbot.addWidget(network)
    for width, height, theme in ((250, 160, DARK), (500, 500, LIGHT)):
        network.resize(width, height)
        network.show_theme(theme)
        network.show_view(view_after(0, config))
        network.grab()
        layout = lay_out_neurons(config.widths, width, height)
        for layer, ys in enumerate(layout.ys):
            boxes = [layout.box(layer, neuron) for neuron in range(len(ys))]
            assert all(network.rect().toRectF().contains(box) for box in boxes)
            assert all(one.top() < other.top() for one, other in pairwise(boxes))


def test_the_drawing_follows_training(network: NetworkView, qtbot: QtBot) -> None:
    """The picture changes by itself some time after another view."""
    before = network.grab().toImage()
    network.show_view(view_after(1))
    qtbot.waitUntil(lambda: network.grab().toImage() != before)


def test_without_a_view_it_says_what_will_come(qtbot: QtBot) -> None:
    """A drawing without a network shows a sentence."""
    network = NetworkView()
    qtbot.addWidget(network)
    network.resize(300, 200)
    image = network.grab().toImage()
    assert len({image.pixel(x, y) for x in range(0, 300, 2) for y in range(80, 120)}) > 1
