"""Cards, edges and the bead, pixel by pixel; painting them leaves no trace."""

import sys
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QRect, QRectF, QSize
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from micrograd_gui.canvas.edge_item import curve
from micrograd_gui.canvas.motion import with_segments
from micrograd_gui.canvas.node_item import elide, fit_numbers
from micrograd_gui.model.card_size import (
    CHIP_SIZE,
    LABEL_SIZE,
    MAX_CARD_WIDTH,
    MIN_CARD_WIDTH,
    card_size,
    text_width,
)
from micrograd_gui.model.snapshot import NodeRecord
from micrograd_gui.model.theme import DARK, LIGHT, Theme
from micrograd_gui.widgets.style import sans
from tests.gui.canvas.canvas import NEURON, Canvas, count_color, make_canvas

ROOM = MIN_CARD_WIDTH - 28


@pytest.fixture(params=[DARK, LIGHT], ids=["dark", "light"])
def theme(request: pytest.FixtureRequest) -> Theme:
    assert isinstance(request.param, Theme)
    return request.param


def left_half(card: QRect) -> QRect:
    return QRect(card.left() + 8, card.top() + 30, card.width() // 2 - 12, 22)


def right_half(card: QRect) -> QRect:
    return QRect(card.center().x() + 6, card.top() + 30, card.width() // 2 - 10, 22)


class TestCard:
    def test_data_is_cyan_and_gradient_pink(self, qtbot: QtBot, theme: Theme) -> None:
        """Each number stands in its half in its colour; before it is known there is but a dot."""
        canvas = make_canvas(qtbot, NEURON)
        canvas.change(theme=theme)
        number = {}
        for position in (1000, 0):
            canvas.move_to(position)
            picture, card = canvas.picture(), canvas.rect("n")
            number[position] = (
                count_color(picture.copy(left_half(card)), theme.data, 70),
                count_color(picture.copy(right_half(card)), theme.grad, 70),
            )
            assert count_color(picture.copy(left_half(card)), theme.grad, 40) == 0
        for known, unknown in zip(number[1000], number[0], strict=True):
            assert 0 < unknown <= 16 < known

    def test_leaves_have_a_mark_at_their_edge(self, qtbot: QtBot, theme: Theme) -> None:
        """A bar in the data's colour inside the left edge; computed cards have none."""
        canvas = make_canvas(qtbot, NEURON)
        canvas.change(theme=theme)
        canvas.move_to(0)

        def bar(label: str) -> int:
            card = canvas.rect(label)
            return count_color(canvas.picture().copy(card.left(), card.top() + 12, 6, 34), theme.data)

        assert bar("b") > 60
        assert bar("o") == 0

    def test_the_active_card_has_a_border_in_its_pass_s_colour(self, qtbot: QtBot, theme: Theme) -> None:
        """Cyan where data is computed, pink where a gradient arrives."""
        canvas = make_canvas(qtbot, NEURON)
        canvas.change(theme=theme)

        def border(label: str, ink: str) -> bool:
            card = canvas.rect(label)
            return canvas.has_color(QRect(card.left() + 20, card.bottom() - 3, 60, 5), ink)

        canvas.move_to(5)
        assert border("o", theme.data)
        assert not border("n", theme.data)
        canvas.move_to(7)
        assert border("n", theme.grad)
        assert not border("o", theme.grad)

    def test_the_selected_card_wears_a_ring(self, qtbot: QtBot, theme: Theme) -> None:
        """Around the card, in no colour that means something else."""
        canvas = make_canvas(qtbot, NEURON)
        canvas.change(theme=theme)
        card = canvas.rect("w2")
        below = QRect(card.left() + 20, card.bottom() + 1, 60, 6)
        assert not canvas.has_color(below, theme.text, 90)
        canvas.change(selected="w2#0")
        assert canvas.has_color(below, theme.text, 90)

    @pytest.mark.parametrize("zoom", [0.4, 0.2, 0.16])
    def test_the_ring_is_seen_from_afar(self, qtbot: QtBot, theme: Theme, zoom: float) -> None:
        """It keeps its width on the screen, and nothing of it stays behind when another card is selected."""
        canvas = make_canvas(qtbot, NEURON)
        canvas.change(theme=theme)
        canvas.view.camera.zoom_to(zoom)
        around = canvas.rect("n").adjusted(-4, -4, 4, 4)
        before = count_color(canvas.picture().copy(around), theme.text, 90)
        canvas.change(selected=canvas.full("n"))
        ring = count_color(canvas.picture().copy(around), theme.text, 90) - before
        assert ring > around.width()
        canvas.change(selected="")
        assert count_color(canvas.picture().copy(around), theme.text, 90) == before

    def test_inf_and_nan_are_marked(self, qtbot: QtBot, theme: Theme) -> None:
        """A number that is none stands in the warning colour with a sign beside it."""
        canvas = make_canvas(qtbot, "a = 1.0; z = 0.0; b = a / z; c = b + a")
        canvas.change(theme=theme)
        card = canvas.rect("b")
        assert canvas.has_color(left_half(card), theme.warning)
        assert not canvas.has_color(left_half(card), theme.data)
        assert canvas.has_color(left_half(canvas.rect("a")), theme.data, 40)
        assert not canvas.has_color(left_half(canvas.rect("a")), theme.warning)

    def test_the_output_is_told_in_words(self, qtbot: QtBot) -> None:
        """Its tag sticks out above the card, and moves when another card is differentiated."""
        canvas = make_canvas(qtbot, NEURON)
        canvas.change(reduced_motion=True)

        def tag(label: str) -> int:
            card = canvas.rect(label)
            return count_color(
                canvas.picture().copy(card.left() + 12, card.top() - 8, 40, 7), DARK.muted_text, 60
            )

        assert tag("o") > 10
        assert tag("x2*w2") == 0
        canvas.show(NEURON, target="x2*w2#0")
        assert tag("x2*w2") > 10
        assert tag("o") == 0

    def test_an_older_graph_is_dimmed(self, qtbot: QtBot, theme: Theme) -> None:
        """While the text has an error nothing has its full colour; mended, all is as before."""
        canvas = make_canvas(qtbot, NEURON)
        canvas.change(theme=theme)
        fresh = canvas.picture()
        assert count_color(fresh, theme.data) > 500
        canvas.change(stale=True)
        assert count_color(canvas.picture(), theme.data) == 0
        canvas.change(stale=False)
        assert canvas.picture() == fresh


class TestLevelsOfDetail:
    @pytest.mark.parametrize(("zoom", "blocks"), [(1.0, False), (0.5, False), (0.4, True), (0.2, True)])
    def test_small_cards_show_blocks(self, qtbot: QtBot, zoom: float, blocks: bool) -> None:
        """Where text could not be read a solid block in its colour stands for each number."""
        canvas = make_canvas(qtbot, NEURON)
        canvas.view.camera.zoom_to(zoom)
        card = canvas.scene.card_rect("o#0")
        inside = QRectF(card.left() + 16, card.bottom() - 20, 36, 5)
        area = canvas.view.viewportTransform().mapRect(inside).toRect()
        share = count_color(canvas.picture().copy(area), DARK.data, 40) / (area.width() * area.height())
        assert (share > 0.8) == blocks

    def test_tiny_cards_are_fills(self, qtbot: QtBot) -> None:
        """At a few pixels a card is one colour: that of its state."""
        canvas = make_canvas(qtbot, NEURON)
        canvas.view.camera.zoom_to(0.1)
        canvas.change(selected="o#0")
        card = canvas.rect("o").adjusted(1, 1, -1, -1)
        assert count_color(canvas.picture().copy(card), DARK.text) == card.width() * card.height()

    def test_tiny_cards_tell_what_is_computed(self, qtbot: QtBot) -> None:
        """From afar, too, one sees how far both passes have come."""
        canvas = make_canvas(qtbot, NEURON)
        canvas.view.camera.zoom_to(0.1)
        seen = []
        for position in (0, canvas.resolved.timeline.steps_of(0).forward_count, 1000):
            canvas.move_to(position)
            canvas.change(selected="")
            seen.append(canvas.picture().pixelColor(canvas.at("x1*w1")).name())
        assert len(set(seen)) == 3


@pytest.mark.usefixtures("qapp")
class TestTextFits:
    @pytest.mark.parametrize(
        ("data", "grad", "texts"),
        [
            (2.0, -1.5, ("2.0000", "−1.5000", 12)),
            (24.7041, 138.8338, ("24.7041", "138.8338", 12)),
            (-24.7041, -138.8338, ("−24.7041", "−138.8338", 11)),
            (None, 0.5, ("", "0.5000", 12)),
            (-99999.0, -99999.0, ("−99999.0", "−99999.0", 11)),
            (-1.2346e-08, 1.5, ("−1.235e-08", "1.5000", 11)),
            (float("inf"), float("nan"), ("inf", "nan", 12)),
        ],
    )
    def test_numbers_get_the_digits_there_is_room_for(
        self, data: float | None, grad: float | None, texts: tuple[str, str, int]
    ) -> None:
        """First a smaller size, then fewer digits, so that the two never meet."""
        assert fit_numbers(data, grad, ROOM) == texts

    @pytest.mark.parametrize("scale", [1e-300, 1e-8, 1e-3, 1.0, 1e3, 99999.4, 1e5, 1e300])
    def test_numbers_of_any_size_fit(self, scale: float) -> None:
        """The widest of them, both negative, leave a gap on the narrowest card."""
        data, grad, size = fit_numbers(-1.23456789 * scale, -9.87654321 * scale, ROOM)
        assert (len(data) + len(grad) + 1) * size * 0.6 <= ROOM

    @pytest.mark.parametrize("label", ["x1*w1 + x2*w2", "model[0][1].w[0]", "WWWW", "illicit", "o"])
    def test_labels_that_fit_are_not_shortened(self, label: str) -> None:
        """The layout's estimate of a label's width is from above."""
        width, _ = card_size(NodeRecord(label, label, "", (), 0.0))
        assert elide(label, width - 28) == label

    @pytest.mark.parametrize("size", [LABEL_SIZE, CHIP_SIZE])
    def test_the_layout_knows_the_face_of_labels_and_chips(self, size: int) -> None:
        """Its table of letters is an estimate from above, by less than a tenth."""
        letters = "".join(chr(code) for code in range(32, 127))
        width = QFontMetricsF(sans(size, bold=True)).horizontalAdvance(letters)
        assert 0.9 * text_width(letters, size) < width < text_width(letters, size)

    def test_long_labels_are_shortened_in_the_middle(self) -> None:
        """Their beginning and end stay: sums differ at the end."""
        label = " + ".join(f"w{i}*x{i}" for i in range(20))
        shown = elide(label, MAX_CARD_WIDTH - 28)
        assert shown.startswith("w0*x0")
        assert shown.endswith("x19")
        assert "…" in shown
        assert text_width(label) > MAX_CARD_WIDTH


def test_a_curve_in_more_segments_is_the_same_curve() -> None:
    """Splitting for a glide does not change what is drawn."""
    points = ((0.0, 0.0), (30.0, 0.0), (10.0, 50.0), (60.0, 50.0), (80.0, 50.0), (90.0, 20.0), (130.0, 20.0))
    split = with_segments(points, 5)
    assert len(split) == 16
    before, after = curve(points), curve(split)
    for x in range(0, 130, 7):
        probe = QRectF(x, -10.0, 0.5, 100.0)
        assert before.intersects(probe) == after.intersects(probe)
    assert before.length() == pytest.approx(after.length(), rel=1e-3)
    assert with_segments(points, 2) == points


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None is immortal: nothing can take its references")
def test_a_look_that_is_the_same_is_not_painted_again(qtbot: QtBot) -> None:
    """Setting an equal look costs no repaint; a different one costs one of that card alone."""
    canvas = make_canvas(qtbot, NEURON)
    card = canvas.card("o")
    canvas.picture()
    changed: list[list[QRectF]] = []
    canvas.scene.changed.connect(changed.append)
    QApplication.processEvents()
    changed.clear()
    card.set_look(replace(card.look))
    QApplication.processEvents()
    assert changed == []
    card.set_look(replace(card.look, hovered=True))
    qtbot.waitUntil(lambda: bool(changed))
    around = card.sceneBoundingRect().adjusted(-2, -2, 2, 2)
    assert all(around.contains(area) for areas in changed for area in areas)


def test_the_background_is_a_grid_of_dots(qtbot: QtBot, theme: Theme) -> None:
    """Dots at every zoom, neither crowding nor covering anything."""
    canvas: Canvas = make_canvas(qtbot)
    canvas.change(theme=theme)
    for zoom in (1.0, 0.3, 0.05, 3.0):
        canvas.view.camera.zoom_to(zoom)
        corner = QRect(QPoint(10, 10), QSize(280, 140))
        dots = count_color(canvas.picture().copy(corner), theme.canvas_dot, 8)
        assert 3 <= dots <= 280 * 140 / 14
