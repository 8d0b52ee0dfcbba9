"""The playback bar: what one presses, drags and reads on it."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QLabel, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from micrograd_gui.graph.playback_bar import PlaybackBar
from micrograd_gui.graph.sentence_label import SentenceLabel
from micrograd_gui.model.document import Document
from micrograd_gui.model.playback import SPEEDS, Playback
from micrograd_gui.model.resolve import resolve
from micrograd_gui.model.theme import DARK, LIGHT, Theme
from micrograd_gui.model.timeline import EMPTY_TIMELINE, Timeline
from micrograd_gui.widgets.scrubber import Scrubber
from tests.gui.graph.sentences import STEP

LEFT = Qt.MouseButton.LeftButton
NEURON = "x1=2.0; x2=0.0; w1=-3.0; w2=1.0; b=6.88; o=(x1*w1+x2*w2+b).tanh()"
SMALL = "a = 0.5\nb = a.tanh().exp()"
LARGE = "a = 0.5\nfor i in range(99998):\n    a = a.tanh()\nb = a * a\n"


def timeline(source: str, forward_count: int, count: int) -> Timeline:
    """A program's timeline, which is one section with this many forward steps, and steps in all."""
    found = resolve(Document(source)).timeline
    assert len(found.sections) == 1
    assert (found.steps_of(0).forward_count, len(found)) == (forward_count, count)
    return found


@pytest.fixture(scope="module")
def long_timeline() -> Timeline:
    """Two hundred thousand steps."""
    return timeline(LARGE, 99_999, 200_000)


@pytest.fixture
def bar(qtbot: QtBot) -> PlaybackBar:
    """A bar 800 wide, over 5 forward and 10 backward steps, at position 3."""
    bar = PlaybackBar()
    qtbot.addWidget(bar)
    bar.resize(800, bar.sizeHint().height())
    bar.show()
    bar.show_section(timeline(NEURON, 5, 15), 0)
    bar.show_playback(Playback(3.0, 3))
    return bar


def button(bar: PlaybackBar, name: str) -> QToolButton:
    found = bar.findChild(QToolButton, name)
    assert isinstance(found, QToolButton)
    return found


def scrubber(bar: PlaybackBar) -> Scrubber:
    found = bar.findChild(Scrubber, "scrubber")
    assert isinstance(found, Scrubber)
    return found


def sentence(bar: PlaybackBar) -> SentenceLabel:
    found = bar.findChild(SentenceLabel, "sentence")
    assert isinstance(found, SentenceLabel)
    return found


def step_count(bar: PlaybackBar) -> QLabel:
    found = bar.findChild(QLabel, "step_count")
    assert isinstance(found, QLabel)
    return found


def recorded(bar: PlaybackBar) -> list[tuple[str, object]]:
    """The bar's reports from now on."""
    told: list[tuple[str, object]] = []

    def keep(name: str) -> Callable[[object], None]:
        return lambda value: told.append((name, value))

    bar.play_toggled.connect(lambda: told.append(("play", None)))
    bar.step_requested.connect(keep("step"))
    bar.position_requested.connect(keep("position"))
    bar.end_requested.connect(lambda: told.append(("end", None)))
    bar.speed_requested.connect(keep("speed"))
    return told


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("first_button", ("position", 0)),
        ("back_button", ("step", -1)),
        ("play_button", ("play", None)),
        ("forward_button", ("step", 1)),
        ("last_button", ("end", None)),
    ],
)
def test_a_button_asks_for_its_step(
    bar: PlaybackBar, qtbot: QtBot, name: str, told: tuple[str, object]
) -> None:
    """The mouse toggles it, and Space does if it has the focus."""
    found = recorded(bar)
    qtbot.mouseClick(button(bar, name), LEFT)
    button(bar, name).setFocus()
    qtbot.keyClick(button(bar, name), Qt.Key.Key_Space)
    assert found == [told, told]


def test_showing_reports_nothing(bar: PlaybackBar) -> None:
    """Signals say what the user did, never what the program showed."""
    found = recorded(bar)
    bar.show_section(timeline(SMALL, 2, 5), 0)
    bar.show_playback(Playback(4.5, 5, True, 4.0))
    bar.show_sentence(STEP)
    bar.show_theme(LIGHT)
    bar.show_section(EMPTY_TIMELINE, 0)
    assert found == []


def test_the_steps_done_are_counted(bar: PlaybackBar) -> None:
    """A step counts when it is done."""
    assert step_count(bar).text() == "step 3 of 15"
    bar.show_playback(Playback(4.9, 15, True))
    assert step_count(bar).text() == "step 4 of 15"


def test_the_play_button_says_what_it_will_do(bar: PlaybackBar) -> None:
    """Pause while it plays, Play otherwise, with the key in the tooltip."""
    assert button(bar, "play_button").accessibleName() == "Play"
    bar.show_playback(Playback(3.0, 15, True))
    assert button(bar, "play_button").accessibleName() == "Pause"
    assert button(bar, "play_button").toolTip() == "Pause (Space)"


def test_without_steps_there_is_nothing_to_press(bar: PlaybackBar) -> None:
    """The controls are disabled while there is no timeline."""
    bar.show_section(EMPTY_TIMELINE, 0)
    assert not button(bar, "play_button").isEnabled()
    assert not scrubber(bar).isEnabled()
    bar.show_section(timeline(SMALL, 2, 5), 0)
    assert button(bar, "play_button").isEnabled()


def x_of(scrub: Scrubber, position: float) -> int:
    """The middle of the knob at ``position``, found by its white pixels."""
    scrub.show_position(position)
    image = scrub.grab().toImage()
    white = [x for x in range(image.width()) if image.pixelColor(x, image.height() // 2).name() == "#ffffff"]
    return (white[0] + white[-1]) // 2


def test_pressing_the_scrubber_goes_there(bar: PlaybackBar, qtbot: QtBot) -> None:
    """A press on the groove asks for the position under the pointer."""
    scrub = scrubber(bar)
    x = x_of(scrub, 10.0)
    scrub.show_position(3.0)
    found = recorded(bar)
    qtbot.mouseClick(scrub, LEFT, pos=QPoint(x, scrub.height() // 2))
    assert found == [("position", 10)]


def test_dragging_the_scrubber_asks_for_each_position(bar: PlaybackBar, qtbot: QtBot) -> None:
    """Positions follow the pointer, each asked for once, and stay within the ends."""
    scrub = scrubber(bar)
    start, end = x_of(scrub, 2.0), x_of(scrub, 5.0)
    scrub.show_position(3.0)
    found = recorded(bar)
    middle = scrub.height() // 2
    qtbot.mousePress(scrub, LEFT, pos=QPoint(start, middle))
    for x in (*range(start, end + 1), scrub.width() + 500):
        qtbot.mouseMove(scrub, QPoint(x, middle))
        # The owner shows what was asked for, as the window does.
        bar.show_playback(Playback(float(str(found[-1][1])), int(str(found[-1][1]))))
    qtbot.mouseRelease(scrub, LEFT, pos=QPoint(end, middle))
    assert found == [("position", position) for position in (2, 3, 4, 5, 15)]


@pytest.mark.parametrize(
    ("key", "position"),
    [
        (Qt.Key.Key_Right, 4),
        (Qt.Key.Key_Left, 2),
        (Qt.Key.Key_Home, 0),
        (Qt.Key.Key_End, 15),
        (Qt.Key.Key_PageUp, 4),
    ],
)
def test_keys_move_the_scrubber(bar: PlaybackBar, qtbot: QtBot, key: Qt.Key, position: int) -> None:
    """As any slider, it can be moved by keys."""
    found = recorded(bar)
    scrubber(bar).setFocus()
    qtbot.keyClick(scrubber(bar), key)
    assert found == [("position", position)]


def test_the_knob_glides_between_steps(bar: PlaybackBar) -> None:
    """Half a step is half the way."""
    scrub = scrubber(bar)
    assert x_of(scrub, 4.5) == pytest.approx((x_of(scrub, 4.0) + x_of(scrub, 5.0)) / 2, abs=1)


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_both_passes_have_their_colours(bar: PlaybackBar, theme: Theme) -> None:
    """The finished part of the forward pass is cyan, of the backward pass pink; the rest is neither in full."""
    scrub = scrubber(bar)
    switch, knob = x_of(scrub, 5.0), x_of(scrub, 12.0)
    bar.show_theme(theme)
    image = scrub.grab().toImage()
    middle = image.height() // 2
    forward = QColor(image.pixelColor(switch // 2, middle))
    backward = QColor(image.pixelColor((switch + knob - 10) // 2, middle))
    ahead = QColor(image.pixelColor(knob + 20, middle))
    data, grad = QColor(theme.data), QColor(theme.grad)
    assert abs(forward.hue() - data.hue()) <= 12
    assert abs(backward.hue() - grad.hue()) <= 12
    assert ahead.saturation() < backward.saturation()


def test_the_speed_menu_asks_for_notches(bar: PlaybackBar) -> None:
    """Choosing 4× at 1× asks for two notches up, 0.25× for two down, 1× for nothing."""
    found = recorded(bar)
    actions = button(bar, "speed_button").menu().actions()
    assert [action.text() for action in actions] == ["0.25×", "0.5×", "1.0×", "2.0×", "4.0×", "8.0×"]
    for speed in (4.0, 0.25, 1.0):
        actions[SPEEDS.index(speed)].trigger()
    assert found == [("speed", 2), ("speed", -2)]


def test_the_speed_is_shown(bar: PlaybackBar) -> None:
    """On the button, and as a mark in its menu."""
    bar.show_playback(Playback(speed=0.25))
    assert button(bar, "speed_button").text() == "0.25×"
    marked = [action.text() for action in button(bar, "speed_button").menu().actions() if action.isChecked()]
    assert marked == ["0.25×"]


def test_a_long_sentence_keeps_its_numbers_and_its_height(bar: PlaybackBar) -> None:
    """Names are shortened in the middle, numbers are not; the tooltip has all of it, the bar stays as high."""
    height = bar.sizeHint().height()
    bar.show_sentence(STEP)
    assert sentence(bar).toolTip() == ""
    name = "∂o/∂(" + " + ".join(f"x{i}" for i in range(60)) + ")"
    bar.show_sentence(replace(STEP, formula=((name, "grad"), *STEP.formula[1:])))
    _words, formula = sentence(bar).shown_lines()
    assert formula[1:] == list(STEP.formula[1:])
    assert "…" in formula[0][0]
    assert name in sentence(bar).toolTip()
    assert bar.sizeHint().height() == height


def test_a_narrow_bar_gives_up_the_step_count_first(bar: PlaybackBar) -> None:
    """The scrubber keeps a usable width."""
    bar.resize(bar.minimumSizeHint())
    assert not step_count(bar).isVisible()
    assert scrubber(bar).width() >= 60
    bar.resize(800, bar.height())
    assert step_count(bar).isVisible()


@pytest.mark.parametrize("width", [480, 521, 600, 900])
def test_the_bar_is_whole_at_its_width(box: QWidget, long_timeline: Timeline, width: int) -> None:
    """However many steps there are: nothing touches an edge, the scrubber can be aimed with, its tooltip counts."""
    bar = PlaybackBar(box)
    bar.show_section(long_timeline, 0)
    bar.show_playback(Playback(3.0, 3))
    bar.setGeometry(0, 0, width, 112)
    box.show()
    QApplication.processEvents()
    shown = [part for part in bar.findChildren(QWidget) if part.isVisible() and part.parent() is bar]
    assert scrubber(bar) in shown
    assert button(bar, "speed_button").width() >= button(bar, "speed_button").sizeHint().width()
    assert all(part.x() >= 16 and part.geometry().right() < width - 16 for part in shown)
    assert scrubber(bar).width() >= 80
    assert "step 3 of 200,000" in scrubber(bar).toolTip()
    assert step_count(bar).isVisible() == (width >= 600)


def test_every_control_has_a_name_and_a_tooltip(bar: PlaybackBar) -> None:
    """For screen readers and for those who hover."""
    for control in (*bar.findChildren(QToolButton), scrubber(bar)):
        assert control.accessibleName()
        assert control.toolTip()
        assert control.focusPolicy() & Qt.FocusPolicy.TabFocus
