import math
from typing import get_args

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QLabel, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from micrograd_core.training.engines import Engine
from micrograd_gui.model.theme import THEMES, Theme
from micrograd_gui.training.run_bar import RunBar
from micrograd_gui.widgets.run_buttons import Switch
from micrograd_gui.widgets.scrubber import Scrubber
from micrograd_gui.widgets.style import apply_theme


@pytest.fixture(name="bar")
def make_bar(qtbot: QtBot) -> RunBar:
    bar = RunBar()
    qtbot.addWidget(bar)
    bar.resize(780, 60)
    bar.show()
    return bar


def button(bar: RunBar, name: str) -> QToolButton:
    found = bar.findChild(QToolButton, name)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("name", "signal"),
    [
        ("reset_button", "reset_requested"),
        ("run_button", "run_toggled"),
        ("train_step_button", "step_requested"),
    ],
)
def test_buttons_say_what_is_asked_by_mouse_and_by_key(
    bar: RunBar, qtbot: QtBot, name: str, signal: str
) -> None:
    """A click and the space bar each give one signal."""
    said: list[int] = []
    getattr(bar, signal).connect(lambda: said.append(1))
    qtbot.mouseClick(button(bar, name), Qt.MouseButton.LeftButton)
    qtbot.keyClick(button(bar, name), Qt.Key.Key_Space)
    assert len(said) == 2


def test_the_scrubber_goes_back_to_past_steps(bar: RunBar, qtbot: QtBot) -> None:
    """A press in the middle asks for about half the steps, a drag to the left end for step 0; showing asks nothing."""
    asked: list[int] = []
    bar.position_requested.connect(asked.append)
    bar.show_progress(64, 64)
    assert asked == []
    scrubber = bar.findChild(Scrubber)
    assert scrubber is not None
    middle = QPoint(scrubber.width() // 2, scrubber.height() // 2)
    qtbot.mousePress(scrubber, Qt.MouseButton.LeftButton, pos=middle)
    assert asked[-1] == pytest.approx(32, abs=1)
    qtbot.mouseMove(scrubber, QPoint(0, middle.y()))
    held = scrubber.grab().toImage()
    bar.show_progress(40, 64)
    assert scrubber.grab().toImage() == held, "under the hand the knob stays where the hand is"
    qtbot.mouseRelease(scrubber, Qt.MouseButton.LeftButton, pos=QPoint(0, middle.y()))
    assert asked[-1] == 0


def test_arrow_keys_go_back_a_step(bar: RunBar, qtbot: QtBot) -> None:
    """Left on the scrubber asks for the step before."""
    asked: list[int] = []
    bar.position_requested.connect(asked.append)
    bar.show_progress(64, 64)
    scrubber = bar.findChild(Scrubber)
    assert scrubber is not None
    qtbot.keyClick(scrubber, Qt.Key.Key_Left)
    assert asked == [63]


def switch(bar: RunBar) -> Switch:
    found = bar.findChild(Switch, "engine_switch")
    assert found is not None
    return found


def choices(bar: RunBar) -> list[str]:
    return [switch(bar).tabText(i) for i in range(2)]


def test_it_says_the_step(bar: RunBar) -> None:
    """The label has separators of thousands; the hint says that one can go back."""
    bar.show_progress(12345, 12345)
    texts = [label.text() for label in bar.findChildren(QLabel) if label.isVisible()]
    assert texts == ["step 12,345", "drag to rewind"]


@pytest.mark.parametrize(
    ("steps_per_second", "text"),
    [(6832.0, "6,800"), (997.0, "1,000"), (42.4, "42"), (9.96, "10"), (3.94, "3.9"), (0.25, "0.25")],
)
def test_it_tells_what_each_engine_makes_a_second(bar: RunBar, steps_per_second: float, text: str) -> None:
    """Paces have two digits, also slow ones; an engine without a pace says so."""
    assert choices(bar) == ["Arrays  not tried yet", "Scalars  not tried yet"]
    bar.show_paces({"values": steps_per_second})
    assert choices(bar) == ["Arrays  not tried yet", f"Scalars  {text} steps/s"]


def test_an_engine_is_chosen_by_mouse_and_by_key(bar: RunBar, qtbot: QtBot) -> None:
    """A click on Scalars asks for them, Left for the arrays again; the wheel and showing ask for nothing."""
    asked: list[str] = []
    bar.engine_requested.connect(asked.append)
    engines = switch(bar)
    scalars = engines.tabRect(1).center()
    qtbot.mouseClick(engines, Qt.MouseButton.LeftButton, pos=scalars)
    assert asked == ["values"]
    qtbot.keyClick(engines, Qt.Key.Key_Left)
    assert asked == ["values", "arrays"]
    bar.show_engine("values")
    assert engines.currentIndex() == 1
    wheel = QWheelEvent(
        QPointF(scalars),
        QPointF(engines.mapToGlobal(scalars)),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(engines, wheel)
    assert engines.currentIndex() == 1
    assert asked == ["values", "arrays"]


def test_an_engine_that_cannot_train_says_why(bar: RunBar, qtbot: QtBot) -> None:
    """A click on scalars does nothing if the network is too large; the text says so, and the tooltip says why.

    A pace of a smaller network is not shown.
    """
    asked: list[str] = []
    bar.engine_requested.connect(asked.append)
    bar.show_paces({"values": 3.9})
    bar.show_engine("arrays", "A step would need 9,000,000 Values.")
    assert choices(bar) == ["Arrays  not tried yet", "Scalars  too large"]
    engines = switch(bar)
    assert "9,000,000" not in engines.tabToolTip(0)
    qtbot.mouseClick(engines, Qt.MouseButton.LeftButton, pos=engines.tabRect(1).center())
    assert asked == []
    assert "9,000,000 Values" in engines.tabToolTip(1)
    bar.show_engine("arrays")
    assert choices(bar)[1] == "Scalars  3.9 steps/s"
    qtbot.mouseClick(engines, Qt.MouseButton.LeftButton, pos=engines.tabRect(1).center())
    assert asked == ["values"]


def test_an_engine_in_its_first_step_is_not_called_untried(bar: RunBar) -> None:
    """The text says that it computes, unless the engine has a pace."""
    bar.show_engine("values")
    bar.show_computing(True)
    assert choices(bar) == ["Arrays  not tried yet", "Scalars  computing…"]
    bar.show_paces({"values": 0.25})
    assert choices(bar) == ["Arrays  not tried yet", "Scalars  0.25 steps/s"]
    bar.show_paces({})
    bar.show_computing(False)
    assert choices(bar) == ["Arrays  not tried yet", "Scalars  not tried yet"]


def test_arrays_say_why_they_train_though_scalars_were_chosen(bar: RunBar) -> None:
    """The tooltip of the arrays says why; the switch shows the engine in use, and scalars again once they can train."""
    bar.show_engine("values", "A step would need 9,000,000 Values.")
    engines = switch(bar)
    assert engines.currentIndex() == 0
    assert (
        "Used instead of scalars, which you chose. A step would need 9,000,000 Values."
        in engines.tabToolTip(0)
    )
    bar.show_engine("values")
    assert engines.currentIndex() == 1
    assert "9,000,000" not in engines.tabToolTip(0) + engines.tabToolTip(1)


@pytest.mark.parametrize("width", [400, 440, 480, 640])
def test_that_it_is_too_large_is_seen_at_every_width(box: QWidget, width: int) -> None:
    """The text "too large" is seen at every width."""
    bar = RunBar(box)
    bar.show_speed(math.inf)
    bar.show_paces({"arrays": 43_000.0})
    bar.show_engine("values", "A step would need 9,000,000 Values.")
    bar.setGeometry(0, 0, width, 100)
    box.show()
    QApplication.processEvents()
    engines, speed = switch(bar), button(bar, "training_speed_button")
    assert engines.tabText(1).endswith(" too large")
    assert engines.width() >= engines.sizeHint().width()
    assert engines.geometry().right() < speed.geometry().left()


def test_a_new_pace_moves_nothing(bar: RunBar) -> None:
    """Both choices stay where they are for any pace."""
    places = set()
    for pace in (0.1, 3.9, 42.0, 870.0, 6800.0, 43000.0):
        bar.show_paces({"arrays": pace, "values": pace})
        QApplication.processEvents()
        places.add(switch(bar).tabRect(1).getRect())
    assert len(places) == 1


def test_the_run_button_tells_what_it_will_do(bar: RunBar) -> None:
    """Train at rest, Pause while it runs; after an error only Reset can be pressed."""
    run = button(bar, "run_button")
    assert run.accessibleName() == "Train"
    bar.show_state("running")
    assert run.accessibleName() == "Pause"
    bar.show_state("failed")
    assert not run.isEnabled()
    assert not button(bar, "train_step_button").isEnabled()
    assert button(bar, "reset_button").isEnabled()


def test_a_speed_is_chosen_from_the_menu(bar: RunBar) -> None:
    """The last entry is as fast as it goes; the button shows what was chosen."""
    asked: list[float] = []
    bar.speed_requested.connect(asked.append)
    speed = button(bar, "training_speed_button")
    assert speed.text().startswith("20 steps/s")
    speed.menu().actions()[-1].trigger()
    assert asked == [math.inf]
    assert speed.text().startswith("as fast as it goes")


@pytest.mark.parametrize("width", [400, 440, 480, 640])
def test_the_bar_is_whole_at_its_width(box: QWidget, width: int) -> None:
    """The speed is written out and the scrubber can be aimed with; the step gives way, and words around the paces."""
    bar = RunBar(box)
    bar.show_speed(math.inf)
    bar.show_progress(12_340, 12_345)
    bar.show_paces({"arrays": 43_000.0, "values": 3.9})
    bar.setGeometry(0, 0, width, 100)
    box.show()
    QApplication.processEvents()
    speed, scrubber = button(bar, "training_speed_button"), bar.findChild(Scrubber)
    assert scrubber is not None
    assert speed.width() >= speed.sizeHint().width()
    assert speed.geometry().right() < width - 8
    engines = switch(bar)
    assert engines.width() >= engines.sizeHint().width()
    assert engines.geometry().right() < speed.geometry().left()
    assert "43,000 steps/s" in engines.tabToolTip(0)
    assert ("43,000" if width >= 440 else "43k") in engines.tabText(0)
    assert scrubber.width() >= 80
    assert "step 12,340 of 12,345" in scrubber.toolTip()


def ink(engines: Switch, choice: int) -> int:
    """The columns of pixels of a choice's text, from the first to the last."""
    image = engines.grab(engines.tabRect(choice)).toImage()
    rows, columns = range(8, image.height() - 8), range(4, image.width() - 6)
    ground = image.pixelColor(4, image.height() // 2)
    touched = [x for x in columns if any(image.pixelColor(x, y) != ground for y in rows)]
    return touched[-1] - touched[0]


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
@pytest.mark.parametrize("pace", [20_000.0, 23_000.0, 44_000.0, 100_000.0])
@pytest.mark.parametrize("width", [442, 690, 780])
def test_a_pace_of_five_digits_is_whole(box: QWidget, theme: Theme, pace: float, width: int) -> None:
    """The chosen engine is written bold: no more of its text is seen when it has all the room one could want."""
    apply_theme(theme)
    bar = RunBar(box)
    bar.setGeometry(0, 0, width, 100)
    box.show()
    bar.show_paces({"arrays": pace, "values": pace})
    engines = switch(bar)
    for i, engine in enumerate(get_args(Engine)):
        bar.show_engine(engine)
        QApplication.processEvents()
        shown = ink(engines, i)
        assert engines.tabText(i).count("0") >= 3
        texts = {key: engines.tabText(k).split(" ", 1)[1] for k, key in enumerate(get_args(Engine))}
        roomy = Switch("roomy", {"arrays": "Arrays ", "values": "Scalars "}, box)
        roomy.setFont(engines.font())
        roomy.show_details(texts, "8" * 40)
        roomy.show_choice(engine)
        roomy.show()
        roomy.adjustSize()
        QApplication.processEvents()
        assert shown == pytest.approx(ink(roomy, i), abs=2), "smoothing, which depends on where it stands"
        roomy.deleteLater()


def test_a_click_brings_the_keyboard_to_a_button_that_can_be_pressed(bar: RunBar, qtbot: QtBot) -> None:
    """The focus goes to Train, or after an error to the clicked button, and leaves the field."""
    bar.activateWindow()
    for state, focused in (("paused", "run_button"), ("failed", "reset_button")):
        button(bar, "training_speed_button").setFocus()
        bar.show_state(state)
        qtbot.mouseClick(button(bar, "reset_button"), Qt.MouseButton.LeftButton)
        assert QApplication.focusWidget() is button(bar, focused)
