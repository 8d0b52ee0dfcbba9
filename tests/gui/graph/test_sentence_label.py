"""The sentence of a step, as far as there is room for it."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from micrograd_gui.graph.sentence_label import SentenceLabel
from micrograd_gui.model.sentence import Sentence
from micrograd_gui.model.theme import DARK, LIGHT, Theme
from tests.gui.graph.sentences import STEP


@pytest.fixture
def label(qtbot: QtBot) -> SentenceLabel:
    """A wide label."""
    label = SentenceLabel()
    qtbot.addWidget(label)
    label.resize(768, label.sizeHint().height())
    label.show()
    return label


def colors_in(image: QImage, rows: range, columns: range) -> set[str]:
    return {QColor(image.pixelColor(x, y)).name() for y in rows for x in columns}


def test_the_sentence_is_read_out_whole(label: SentenceLabel) -> None:
    """Its text is there for screen readers, whatever is drawn of it."""
    label.show_sentence(STEP)
    assert label.text() == STEP.text
    assert label.accessibleName() == STEP.text


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_the_sentence_is_drawn_in_its_roles_colours(label: SentenceLabel, theme: Theme) -> None:
    """Words in the text's colour, data in cyan and gradients in pink, on a line each for words and formula."""
    label.show_theme(theme)
    label.show_sentence(STEP)
    image = label.grab().toImage()
    half, width = image.height() // 2, image.width()
    above = colors_in(image, range(half), range(width))
    below = colors_in(image, range(half, image.height()), range(width))
    assert theme.text in above
    assert theme.grad not in above
    assert {theme.grad, theme.data} <= below


def test_in_a_narrow_label_numbers_stay(label: SentenceLabel) -> None:
    """First the rule between result and numbers goes, and words end where the room does; nothing has a hole."""
    label.show_sentence(STEP)
    label.resize(230, label.height())
    words, formula = label.shown_lines()
    assert formula == list(STEP.shorter[0])
    assert words[0] == STEP.words[0]
    assert words[-1][0].endswith("…")
    assert "∂s/∂x1w1" in label.toolTip()


def test_a_label_is_never_markup(label: SentenceLabel) -> None:
    """Text with tags is shown as typed, in the tooltip too."""
    long = Sentence((("<b>bold</b> " * 40, "plain"),))
    label.show_sentence(long)
    assert label.textFormat() == Qt.TextFormat.PlainText
    assert "&lt;b&gt;" in label.toolTip()
