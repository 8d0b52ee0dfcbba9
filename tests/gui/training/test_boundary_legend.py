import pytest
from PySide6.QtWidgets import QApplication, QWidget

from micrograd_gui.model.theme import THEMES, Theme
from micrograd_gui.training.boundary_legend import SelectionLabel
from micrograd_gui.widgets.style import apply_theme

AT_1000_PIXELS = 186
"""The label's width where the window is smallest."""


def ink(label: SelectionLabel, width: int) -> float:
    """The ink of the text at that width, in pixels as dark as its pen."""
    label.resize(width, label.minimumSizeHint().height())
    QApplication.processEvents()
    image = label.grab().toImage()
    ground = image.pixelColor(width - 1, 0).lightnessF()
    spots = [(x, y) for x in range(image.width()) for y in range(image.height())]
    return sum(abs(image.pixelColor(x, y).lightnessF() - ground) for x, y in spots)


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
@pytest.mark.parametrize(
    "text", ["", "position (−0.62, −0.41), score −12.34", "point (0.62, 0.41), score 1.34"]
)
def test_the_text_is_whole_in_the_smallest_window(box: QWidget, theme: Theme, text: str) -> None:
    """The label shows as much ink as in unlimited room, with and without a selection."""
    apply_theme(theme)
    label = SelectionLabel(box)
    label.show_theme(theme)
    label.show_selected(text)
    box.resize(600, 60)
    box.show()
    assert ink(label, AT_1000_PIXELS) == pytest.approx(ink(label, 500), rel=0.03)
