"""The groove of a slider and the knob in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QImage, QPainter, QPen
from PySide6.QtWidgets import QApplication

from micrograd_gui.widgets.groove import Groove
from micrograd_gui.widgets.style import color


@given(start=st.floats(-50, 50), length=st.floats(1.0, 500.0), share=st.floats(-1.0, 2.0))
def test_a_share_of_the_way_and_its_pixel_belong_together(start: float, length: float, share: float) -> None:
    """Also beside the groove."""
    groove = Groove(start, length, 10.0)
    assert groove.share_at(groove.x_at(share)) == pytest.approx(share, abs=1e-9)
    assert (groove.x_at(0.0), groove.x_at(1.0)) == (start, pytest.approx(start + length))


@pytest.mark.parametrize("length", [0.0, -20.0])
def test_a_groove_without_room_divides_by_nothing(length: float) -> None:
    """As in a window that is too narrow."""
    assert Groove(5.0, length, 10.0).share_at(7.0) == 2.0


def test_bar_and_knob_are_drawn_on_the_line(qapp: QApplication) -> None:
    """The knob over the bar, in their colours."""
    image = QImage(100, 20, QImage.Format.Format_RGB32)
    image.fill(color("#000000"))
    groove = Groove(10.0, 80.0, 10.0)
    with QPainter(image) as painter:
        groove.paint_bar(painter, 0.0, 100.0, 4.0, color("#00ff00"))
        groove.paint_knob(painter, groove.x_at(0.5), 6.0, color("#ff0000"), QPen(color("#0000ff"), 2.0))
    colors = {x: image.pixelColor(x, 10).name() for x in (20, 50, 80)}
    assert colors == {20: "#00ff00", 50: "#ff0000", 80: "#00ff00"}
    assert {image.pixelColor(50, y).name() for y in (0, 19)} == {"#000000"}
    assert "#0000ff" in {image.pixelColor(x, 10).name() for x in range(42, 46)}
