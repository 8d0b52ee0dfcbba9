"""Every picture, drawn for numbers at the ends of the range: nothing raises or warns, and what is drawn is sensible.

Exceptions while painting, warnings of Qt and warnings of numpy fail a test by themselves.
"""

import math
import random
import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from micrograd_core.ops import OPS
from micrograd_core.training.config import TrainingConfig
from micrograd_core.training.run import Run
from micrograd_gui.export.options import Options
from micrograd_gui.export.training_picture import TrainingSubject, draw_png
from micrograd_gui.graph.array_panel import ArrayPanel
from micrograd_gui.graph.inspector_panel import InspectorPanel
from micrograd_gui.graph.leaf_panel import LeafPanel
from micrograd_gui.graph.playback_bar import PlaybackBar
from micrograd_gui.graph.slope_plot import SlopePlot
from micrograd_gui.model.arrays import derive_arrays
from micrograd_gui.model.descriptions import describe
from micrograd_gui.model.document import Document
from micrograd_gui.model.heat_map import heat_colors, paint_grid
from micrograd_gui.model.inspection import inspect
from micrograd_gui.model.numbers import format_number
from micrograd_gui.model.plane import look_at_plane
from micrograd_gui.model.probe import Probe, probe, value_range
from micrograd_gui.model.resolve import Resolved, descend, resolve
from micrograd_gui.model.sentence import step_sentence
from micrograd_gui.model.snapshot import GraphSnapshot
from micrograd_gui.model.theme import DARK, LIGHT
from micrograd_gui.model.timeline import moment_at
from micrograd_gui.model.training_view import TrainingView
from micrograd_gui.training.boundary_plot import BoundaryPlot
from micrograd_gui.training.messages import SetSpeed, Train
from micrograd_gui.training.metric_plot import MetricPlot, Series
from micrograd_gui.training.network_view import NetworkView, lay_out_neurons
from micrograd_gui.training.tab import TrainingTab
from micrograd_gui.training.trainer import Trainer
from tests.extremes import EXTREMES, FINITE, latin_triples
from tests.gui.canvas.canvas import make_canvas
from tests.gui.export.test_render import render_graph
from tests.gui.training.training_views import view_after

NETWORK = "m = MLP(2, [3, 1])\ny = m([x1, x2])\nloss = (y - 1.0) ** 2\n"


def written(number: float) -> str:
    """A number as the typed language has it."""
    return "(1e999 - 1e999)" if math.isnan(number) else repr(number).replace("inf", "1e999")


def programs(symbol: str) -> list[str]:
    """An operation applied to every extreme, each beside another one, with more above it."""
    operands = [(one, EXTREMES[(i * 5 + 3) % len(EXTREMES)]) for i, one in enumerate(EXTREMES)]
    templates = {"**n": "a ** {b}", "**": "a ** b"}
    template = templates.get(symbol, f"a {symbol} b" if symbol in "+*%" else f"a.{symbol}() * b")
    return [
        f"a = Value({written(one)}); b = Value({written(other)})\nc = {template.format(b=written(other))}\nd = c + a"
        for one, other in operands
    ]


def graph(source: str) -> tuple[Resolved, GraphSnapshot]:
    resolved = resolve(Document(source))
    assert resolved.snapshot is not None, resolved.problem
    return resolved, resolved.snapshot


def pixels(widget: QWidget, tint: str, tolerance: int = 12) -> NDArray[np.intp]:
    """(n, 2): x and y of the pixels that have nearly this colour."""
    return pixels_of(widget.grab().toImage(), tint, tolerance)


def pixels_of(image: QImage, tint: str, tolerance: int = 12) -> NDArray[np.intp]:
    image = image.convertToFormat(QImage.Format.Format_RGBA8888)
    bits = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    channels = bits[:, : image.width() * 4].reshape(image.height(), image.width(), 4)[:, :, :3]
    distance = np.abs(channels.astype(int) - QColor(tint).getRgb()[:3]).max(axis=2)
    return np.argwhere(distance <= tolerance)[:, ::-1]


# The slope


def steepness(probe: Probe) -> Fraction:
    """By how many of its heights the tangent climbs over the width of the plot."""
    low, high = map(Fraction, value_range(probe.ys, probe.y))
    return Fraction(probe.slope) * (Fraction(probe.xs[-1]) - Fraction(probe.xs[0])) / (high - low)


@pytest.fixture(name="plot")
def make_plot(qtbot: QtBot) -> SlopePlot:
    plot = SlopePlot()
    qtbot.addWidget(plot)
    plot.resize(300, 150)
    return plot


def test_the_tangent_points_where_the_slope_does(plot: SlopePlot) -> None:
    """For every two of place, value and slope: it rises, falls, lies or stands as exact arithmetic has it."""
    drawn = 0
    places = {repr(x): probe(graph(f"a = Value({written(x)})")[1], 0, 21).xs for x in EXTREMES}
    for x, y, slope in latin_triples():
        xs = places[repr(x)]
        ys = tuple(y if i % 2 else slope for i in range(len(xs)))
        shown = Probe("a#0", xs, ys, x, y, slope, slope, "o", "a", "agree", "")
        plot.show_probe(shown)
        tangent = pixels(plot, DARK.grad)
        if not xs or not math.isfinite(y) or math.isnan(slope):
            assert not len(tangent)
            continue
        drawn += 1
        climb = math.inf if math.isinf(slope) else abs(steepness(shown))
        left, right = tangent[tangent[:, 0].argmin()], tangent[tangent[:, 0].argmax()]
        across, down = right[0] - left[0], np.ptp(tangent[:, 1])
        if climb > 50:
            assert down > 3 * across
        elif climb < 1 / 50:
            assert across > 3 * down
        elif 1 / 10 < climb < 10:
            assert (left[1] > right[1]) == (slope > 0)
    assert drawn > 80


@pytest.mark.parametrize("symbol", OPS)
def test_the_inspector_shows_every_operation_at_the_ends(qtbot: QtBot, symbol: str) -> None:
    """Numbers, ledger, slope and check are drawn for each card, and each of them says something."""
    panel = InspectorPanel()
    qtbot.addWidget(panel)
    panel.resize(306, 800)
    for source in programs(symbol):
        resolved, snapshot = graph(source)
        frame = moment_at(resolved.timeline, len(resolved.timeline))
        for node in (0, snapshot.target):
            found = probe(snapshot, node)
            panel.show_inspection(inspect(snapshot, resolved.timeline, frame, node))
            panel.show_probe(found)
            panel.grab()
            texts = {
                name: panel.findChild(QLabel, name).text() for name in ("slope_caption", "check_verdict")
            }
            assert all(len(text) > 5 for text in texts.values())
            if not math.isfinite(found.y):
                assert re.search("no curve|no point", texts["slope_caption"])


# Cards, bead, sentence, leaves and arrays


@pytest.mark.parametrize("symbol", OPS)
def test_the_canvas_shows_every_operation_at_the_ends(qtbot: QtBot, symbol: str) -> None:
    """Cards, bead, sentence and sliders are drawn at every step; the last card says its number."""
    canvas = make_canvas(qtbot)
    canvas.view.resize(420, 260)
    bar, leaves = PlaybackBar(), LeafPanel()
    for widget, width in ((bar, 700), (leaves, 270)):
        qtbot.addWidget(widget)
        widget.resize(width, 120)
    for source in programs(symbol):
        canvas.show(source)
        leaves.show_leaves(canvas.snapshot)
        leaves.grab()
        timeline = canvas.resolved.timeline
        for position in (0.0, timeline.steps_of(0).forward_count + 1.5, float(len(timeline))):
            canvas.move_to(position)
            canvas.picture()
            bar.show_sentence(step_sentence(canvas.snapshot, timeline, moment_at(timeline, position)))
            bar.grab()
        canvas.change(selected=canvas.snapshot.nodes[-1].id)
        assert f"data {format_number(canvas.snapshot.nodes[-1].data)}" in describe(canvas.scene.picture)


def test_arrays_are_shown_with_any_numbers(qtbot: QtBot) -> None:
    """Grids in numbers and in colours; infinity is the fullest colour of its sign, nan none."""
    document = Document(f"x1 = 1.0; x2 = 2.0\n{NETWORK}")
    panel = ArrayPanel()
    qtbot.addWidget(panel)
    for width in (310, 100):
        panel.resize(width, 700)
        for _ in range(12):
            snapshot = resolve(document).snapshot
            assert snapshot is not None
            numbers = tuple(random.choice(EXTREMES) for _ in snapshot.nodes)
            arrays = derive_arrays(snapshot)
            panel.show_arrays(arrays)
            panel.show_numbers(numbers)
            for operation in arrays.operations:
                panel.show_operation(operation.name, None)
                panel.grab()


def test_pictures_of_graphs_hold_any_numbers(qapp: object, tmp_path: Path) -> None:
    """As PNG and as SVG, whose attributes are all finite and whose texts are the cards' numbers."""
    for one, other in zip(EXTREMES, reversed(EXTREMES), strict=True):
        resolved, snapshot = graph(f"a = Value({written(one)}); b = Value({written(other)}); c = a * b")
        render_graph(resolved, None, DARK, tmp_path / "graph.png")
        render_graph(resolved, None, LIGHT, tmp_path / "graph.svg")
        assert not QImage(str(tmp_path / "graph.png")).isNull()
        text = (tmp_path / "graph.svg").read_text(encoding="utf-8")
        assert not re.search(r'="[^"]*\b(nan|inf)\b', text)
        for node in snapshot.nodes:
            assert any(format_number(node.data, decimals) in text for decimals in (4, 3, 2, 1))


def test_descending_goes_as_far_as_numbers_do(qtbot: QtBot) -> None:
    """Every number, gradient and rate: the leaf becomes what arithmetic says, as the text does, and is drawn; where
    that is nan, which no text says, it stays.
    """
    panel = LeafPanel()
    qtbot.addWidget(panel)
    panel.resize(270, 120)
    for data, slope, rate in latin_triples():
        if math.isnan(data) or not math.isfinite(rate):
            continue
        resolved, snapshot = graph(f"a = {written(data)}\no = a * {written(slope)}")
        grads = moment_at(resolved.timeline, len(resolved.timeline)).grads
        after = graph(descend(resolved.document, snapshot, grads, rate).source)[1]
        wanted = data - rate * slope
        found = after.nodes[after.index["a#0"]].data
        assert repr(found) == repr(data if math.isnan(wanted) or not slope else wanted)
        panel.show_leaves(after)
        panel.grab()


# Training


@pytest.mark.parametrize("logarithmic", [True, False], ids=["loss", "accuracy"])
def test_curves_have_gaps_where_numbers_have_no_place(qtbot: QtBot, logarithmic: bool) -> None:
    """Any numbers beside each other; what is infinite, or below the axis, leaves a gap in the line."""
    plot = MetricPlot("Loss", (Series("loss", "grad"),), logarithmic=logarithmic)
    qtbot.addWidget(plot)
    plot.resize(300, 150)
    for one in EXTREMES:
        for other in EXTREMES:
            curve = np.array([one, other, one])
            plot.show_curves(np.arange(3), (curve,), 2)
            plot.grab()
            plot.show_curves(np.arange(1), (curve[:1],), 0)
            plot.grab()
    for number in EXTREMES:
        curve = np.array([0.5] * 20 + [number] * 21 + [0.5] * 20)
        plot.show_curves(np.arange(61), (curve,), 60)
        found = pixels(plot, DARK.grad)
        middle = found[(found[:, 0] > 150) & (found[:, 0] < 190)]
        has_place = 0.0 < number < math.inf if logarithmic else 0.0 <= number <= 1.0
        assert bool(len(middle)) == has_place, number


def diverging(config: TrainingConfig, parameters: tuple[float, ...], loss: float) -> TrainingView:
    """A view of a network with these parameters."""
    view = view_after(0, config)
    return replace(
        view,
        state=replace(view.state, parameters=parameters),
        metrics=replace(view.metrics, loss=loss),
        plane=look_at_plane(config, parameters, view.plane.extent),
    )


@pytest.mark.parametrize("hidden", [(), (3,), (3, 2)], ids=str)
@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_networks_of_any_parameters_are_drawn(qtbot: QtBot, hidden: tuple[int, ...], activation: str) -> None:
    """The plane, in the window and as a file, and the network; lines lie in the plane."""
    config = TrainingConfig(samples=10, hidden=hidden, activation=activation)
    boundary, network = BoundaryPlot(), NetworkView()
    for widget in (boundary, network):
        qtbot.addWidget(widget)
        widget.resize(300, 260)
        widget.show()
    for number in range(12):
        parameters = tuple(random.choice(EXTREMES) for _ in range(config.parameter_count))
        view = diverging(config, parameters, random.choice(EXTREMES))
        boundary.show_view(view)
        network.show_theme((DARK, LIGHT)[number % 2])
        network.show_view(view)
        for widget in (boundary, network):
            widget.grab()
        left, right, bottom, top = view.plane.extent
        for line in (*view.plane.boundary, *view.plane.lower_margin, *view.plane.upper_margin):
            assert np.isfinite(line).all()
            # Interpolation rounds: a point of the border may lie one float beside it.
            for numbers, low, high in ((line[:, 0], left, right), (line[:, 1], bottom, top)):
                assert (
                    np.nextafter(low, -np.inf) <= numbers.min() <= numbers.max() <= np.nextafter(high, np.inf)
                )
    assert draw_png(TrainingSubject(Run(config), view.state.parameters), Options(DARK)).startswith(b"\x89PNG")


@pytest.mark.parametrize("weight", [1e-310, 1.0, 1e308, math.inf])
def test_the_boundary_is_drawn_however_steep_the_score_is(weight: float) -> None:
    """A score that changes its sign at x = 0.25 has its boundary there, to within a cell of the grid."""
    config = TrainingConfig(samples=10, hidden=())
    extent = (-1.0, 1.0, -1.0, 1.0)
    # Where the bias would be larger than any number the sign changes at 0.
    bias = -weight / 4 if math.isfinite(weight) else 0.0
    plane = look_at_plane(config, (weight, 0.0, bias), extent)
    assert len(plane.boundary) == 1
    assert abs(plane.boundary[0][:, 0] - (0.25 if bias else 0.0)).max() <= 2.0 / 99


def test_colours_tell_the_sign_of_any_number() -> None:
    """In every grid of two: larger than zero is towards the positive colour, smaller towards the negative, nan zero."""
    largest = float(np.finfo(np.float32).max)
    colors = heat_colors(DARK).astype(int)
    for one in (*EXTREMES, largest, -largest, 1e-45):
        for other in EXTREMES:
            with np.errstate(over="ignore"):
                grid = np.array([[one, other], [other, one]]).astype(np.float32)
            for shape in (None, (7, 5)):
                corner = paint_grid(grid, 2.5, DARK, shape)[0, 0].astype(int)
                place = int(np.abs(colors - corner).sum(axis=1).argmin())
                wanted = 0.0 if math.isnan(one) or abs(one) < 1e-3 else math.copysign(1.0, one)
                assert np.sign(place - 127) * (abs(place - 127) > 1) == wanted


def test_weights_that_are_nan_have_no_line(qtbot: QtBot) -> None:
    """The others have theirs, and the caption says so."""
    config = TrainingConfig(samples=10, hidden=())
    network = NetworkView()
    qtbot.addWidget(network)
    network.resize(320, 200)
    places = lay_out_neurons((2, 1), 320, 200)
    start = round(places.xs[0] + places.size / 2) + 3
    pictures = {}
    for weight in (math.nan, -math.inf, 1e308):
        network.show_theme(DARK)
        network.show_view(diverging(config, (weight, 1.0, 0.0), 0.0))
        picture = pictures[weight] = network.grab().toImage()
        tops = [round(float(y)) for y in places.ys[0]]
        inked = [
            len({picture.pixel(x, y + dy) for x in range(start, start + 30) for dy in (-1, 0, 1)}) > 1
            for y in tops
        ]
        assert inked == [not math.isnan(weight), True]
    below = [image.copy(0, 180, 320, 20) for image in pictures.values()]
    assert below[0] != below[1]
    assert below[1] == below[2]


@pytest.mark.parametrize("hidden", [(4,), (8, 8)], ids=str)
def test_a_run_that_diverges_says_so(qtbot: QtBot, hidden: tuple[int, ...]) -> None:
    """Every view on the way there is drawn; at the end the status says what to do, and the figure is not a number."""
    config = TrainingConfig(samples=20, hidden=hidden, learning_rate=10.0, decay=0.0, l2=1.0)
    trainer, tab = Trainer(config), TrainingTab()
    qtbot.addWidget(tab)
    tab.resize(1000, 560)
    said: list[str] = []
    tab.status_changed.connect(said.append)
    trainer.handle(SetSpeed(math.inf))
    trainer.handle(Train())
    while trainer.wait() is not None:
        trainer.advance()
        view = trainer.view()
        tab.training_run.view_changed.emit(view)
        for panel in (
            tab.metrics.loss_plot,
            tab.metrics.accuracy_plot,
            tab.metrics.network,
            tab.metrics.loss_tile,
        ):
            panel.grab()
    assert view.metrics.diverged
    assert "loss is inf or nan; try a lower learning rate" in said[-1]
    assert tab.metrics.loss_tile.value_label.text() in ("⚠ inf", "⚠ nan")


# Typing


@pytest.mark.parametrize("number", [*FINITE, math.inf, -math.inf])
def test_any_number_can_be_typed_on_its_card(qtbot: QtBot, number: float) -> None:
    """It comes as typed, also −0.0 in place of 0.0; and what the field then begins with is that number."""
    canvas = make_canvas(qtbot, "a = 0.5; b = a + 1")
    for text in (repr(number), "0.25"):
        canvas.view.edit_leaf("a#0")
        editor = canvas.view.findChild(QLineEdit, "leaf_editor")
        assert editor is not None
        qtbot.keyClicks(editor, text)
        with qtbot.waitSignal(canvas.scene.leaf_typed) as typed:
            qtbot.keyClick(editor, Qt.Key.Key_Return)
        assert repr(typed.args[1]) == repr(float(text))
        canvas.show(f"a = {written(number)}; b = a + 1")


def test_a_leaf_that_is_nan_can_be_looked_at(qtbot: QtBot) -> None:
    """Its field says nan; Enter without a change closes it and complains of nothing."""
    canvas = make_canvas(qtbot, "import math\na = Value(math.nan); b = a + 1")
    canvas.view.edit_leaf("a#0")
    editor = canvas.view.findChild(QLineEdit, "leaf_editor")
    assert editor is not None
    assert editor.text() == "nan"
    with qtbot.assertNotEmitted(canvas.scene.leaf_typed):
        qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert not editor.isVisible()
