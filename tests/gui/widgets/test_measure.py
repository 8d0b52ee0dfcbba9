"""Texts measured in a font, and cut to a width."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from micrograd_gui.model.fit_text import mono_width
from micrograd_gui.widgets.measure import elided, measured_width
from micrograd_gui.widgets.style import mono, sans

Mode = Qt.TextElideMode
TEXT = "some_long_name + another"


@pytest.mark.parametrize("size", [10, 11, 12, 13, 14])
def test_the_monospaced_face_is_as_wide_as_is_reckoned(qapp: QApplication, size: int) -> None:
    """The model knows its widths without the font."""
    for text in ("0", "−1.234e-308", "a" * 50):
        assert measured_width(text, mono(size)) == pytest.approx(
            mono_width(len(text), size), abs=len(text) / 32
        )


@pytest.mark.parametrize(
    "mode", [Qt.TextElideMode.ElideLeft, Qt.TextElideMode.ElideMiddle, Qt.TextElideMode.ElideRight]
)
def test_a_cut_text_fits(qapp: QApplication, mode: Qt.TextElideMode) -> None:
    """At every width; one that fits stays whole, and where there is no room nothing is left."""
    whole = measured_width(TEXT, sans(13))
    for room in range(0, 400):
        cut = elided(TEXT, sans(13), room, mode)
        assert measured_width(cut, sans(13)) <= room
        assert (cut == TEXT) == (whole <= room)
