"""Where a pill is put beside its bead."""

import random

import pytest
from PySide6.QtCore import QPointF, QRectF

from micrograd_gui.canvas.bead_item import pill_area
from micrograd_gui.canvas.pill_place import pill_reach, place_pill

BEAD = QPointF(500.0, 300.0)


@pytest.mark.parametrize("scale", [1.0, 4.0])
def test_alone_it_hangs_over_its_bead(scale: float) -> None:
    """Nothing in the way: the nearest place, straight above."""
    pill = pill_area("0.5 × 1", scale)
    assert place_pill(pill, scale, BEAD, [], None) == QPointF(0.0, -26.0 * scale)


@pytest.mark.parametrize("scale", [1.0, 4.0])
def test_it_keeps_clear_of_obstacles(scale: float) -> None:
    """With everything above covered it goes below; with all covered it covers as little as it can, within its reach."""
    pill = pill_area("0.5 × 1", scale)
    above = QRectF(0.0, 0.0, 1000.0, 300.0)
    place = place_pill(pill, scale, BEAD, [above], None)
    assert place == QPointF(0.0, 26.0 * scale)
    everywhere = QRectF(-1000.0, -1000.0, 3000.0, 3000.0)
    hole = place_pill(pill, scale, BEAD, [everywhere, above], None)
    assert not pill.translated(BEAD + hole).intersects(above)
    for at in (place, hole):
        assert pill_reach(pill, scale).contains(pill.translated(at))


def test_it_stays_within_what_is_seen() -> None:
    """At the upper border it hangs below its bead."""
    pill = pill_area("0.5 × 1", 1.0)
    seen = QRectF(0.0, 290.0, 1000.0, 400.0)
    place = place_pill(pill, 1.0, BEAD, [], seen)
    assert seen.contains(pill.translated(BEAD + place))


def test_of_places_within_it_takes_the_nearest() -> None:
    """Wherever the bead is and however far one has zoomed out: how floats are rounded there does not matter."""
    for _ in range(200):
        scale, bead = random.uniform(1.0, 8.0), QPointF(random.uniform(3e3, 5e3), random.uniform(3e3, 5e3))
        pill = pill_area("0.5 × 1", scale)
        assert place_pill(pill, scale, bead, [], QRectF(0.0, 0.0, 1e4, 1e4)) == QPointF(0.0, -26.0 * scale)
