import math
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QTabBar, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from micrograd_core.training.config import TrainingConfig
from micrograd_gui.background.child_process import ChildProcess
from micrograd_gui.model.document import Document
from micrograd_gui.model.plane import data_point, score_at
from micrograd_gui.model.resolve import resolve
from micrograd_gui.model.training_speed import DEFAULT_SPEED
from micrograd_gui.model.training_view import TrainingView
from micrograd_gui.training.messages import Order, Reset
from micrograd_gui.training.tab import TrainingTab

PATIENCE = 60_000


@pytest.fixture(name="tab")
def make_tab(qtbot: QtBot) -> Iterator[TrainingTab]:
    tab = TrainingTab()
    qtbot.addWidget(tab)
    tab.resize(1000, 560)
    tab.show()
    qtbot.waitUntil(lambda: tab.view is not None, timeout=PATIENCE)
    yield tab
    tab.close_run()


def shown(tab: TrainingTab) -> TrainingView:
    assert tab.view is not None
    return tab.view


def click(qtbot: QtBot, tab: TrainingTab, name: str) -> None:
    widget = tab.findChild(QToolButton, name) or tab.findChild(QPushButton, name)
    assert isinstance(widget, QWidget)
    qtbot.mouseClick(widget, Qt.MouseButton.LeftButton)


def choose_scalars(qtbot: QtBot, tab: TrainingTab) -> None:
    engines = tab.findChild(QTabBar, "engine_switch")
    assert engines is not None
    qtbot.mouseClick(engines, Qt.MouseButton.LeftButton, pos=engines.tabRect(1).center())


def field(tab: TrainingTab, name: str) -> QLineEdit:
    found = tab.findChild(QLineEdit, f"{name}_field")
    assert found is not None
    return found


def enter(qtbot: QtBot, field: QLineEdit, text: str) -> None:
    field.selectAll()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)


def test_it_trains_ten_steps_and_opens_the_graph_of_a_place(tab: TrainingTab, qtbot: QtBot) -> None:
    """Ten clicks on Step are ten steps; a click in the plane gives the graph with that score, and so does Open."""
    requested: list[Document] = []
    tab.graph_requested.connect(requested.append)
    button = tab.findChild(QPushButton, "open_graph_button")
    assert button is not None
    assert not button.isEnabled()
    for _ in range(10):
        click(qtbot, tab, "train_step_button")
    qtbot.waitUntil(lambda: shown(tab).state.step == 10, timeout=PATIENCE)
    plot = tab.boundary.plot
    qtbot.mouseClick(plot, Qt.MouseButton.LeftButton, pos=QPoint(plot.width() - 40, plot.height() - 60))
    point = plot.selected
    assert point is not None
    score = score_at(shown(tab).config, shown(tab).state.parameters, point.x, point.y)
    assert len(requested) == 1
    click(qtbot, tab, "open_graph_button")
    assert requested[1] == requested[0]
    resolved = resolve(requested[0])
    assert resolved.snapshot is not None
    assert resolved.snapshot.nodes[resolved.snapshot.target].data == pytest.approx(score, rel=1e-9)
    assert "after step 10" in requested[0].source


def test_it_runs_pauses_and_goes_back(tab: TrainingTab, qtbot: QtBot) -> None:
    """Run and Pause by the button; the status tells; a press at the scrubber's left end shows step 0 again."""
    said: list[str] = []
    tab.status_changed.connect(said.append)
    first = shown(tab).state
    click(qtbot, tab, "run_button")
    assert tab.is_running
    qtbot.waitUntil(lambda: shown(tab).state.step > 2, timeout=PATIENCE)
    assert said[-1].startswith("training · step ")
    click(qtbot, tab, "run_button")
    assert not tab.is_running
    assert said[-1].startswith("paused")
    scrubber = tab.run_bar.findChild(QWidget, "step_scrubber")
    assert scrubber is not None
    qtbot.mouseClick(scrubber, Qt.MouseButton.LeftButton, pos=QPoint(0, scrubber.height() // 2))
    qtbot.waitUntil(lambda: shown(tab).state.step == 0, timeout=PATIENCE)
    assert shown(tab).state == first


def test_an_edited_setting_restarts_what_runs(tab: TrainingTab, qtbot: QtBot) -> None:
    """A new seed typed while it trains begins again with other weights, and goes on training."""
    click(qtbot, tab, "run_button")
    qtbot.waitUntil(lambda: shown(tab).state.step > 0, timeout=PATIENCE)
    field = tab.findChild(QLineEdit, "seed_field")
    assert field is not None
    qtbot.keyClick(field, Qt.Key.Key_Up)
    qtbot.waitUntil(lambda: shown(tab).config.seed == 1 and shown(tab).state.step > 0, timeout=PATIENCE)
    assert tab.is_running


def test_a_restart_is_all_that_the_old_run_is_told(
    tab: TrainingTab, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The new run begins with the engine that was chosen; nothing is asked of the one that is thrown away."""
    engines, field = tab.findChild(QTabBar, "engine_switch"), tab.findChild(QLineEdit, "seed_field")
    assert engines is not None
    assert field is not None
    qtbot.mouseClick(engines, Qt.MouseButton.LeftButton, pos=engines.tabRect(1).center())
    sent: list[object] = []
    send = ChildProcess.send
    monkeypatch.setattr(
        ChildProcess, "send", lambda child, message: (sent.append(message), send(child, message))
    )
    qtbot.keyClick(field, Qt.Key.Key_Up)
    assert [order.message for order in sent if isinstance(order, Order)] == [
        Reset(tab.settings_panel.config, "values", DEFAULT_SPEED)
    ]
    qtbot.waitUntil(lambda: shown(tab).engine == "values" and shown(tab).config.seed == 1, timeout=PATIENCE)


def test_the_status_tells_that_training_has_diverged(tab: TrainingTab, qtbot: QtBot) -> None:
    """The status has the remedy."""
    said: list[str] = []
    tab.status_changed.connect(said.append)
    tab.settings_panel.config_edited.emit(
        TrainingConfig(samples=20, hidden=(4,), learning_rate=10.0, decay=0.0, l2=1.0)
    )
    tab.run_bar.speed_requested.emit(math.inf)
    click(qtbot, tab, "run_button")
    qtbot.waitUntil(lambda: shown(tab).metrics.diverged, timeout=PATIENCE)
    assert said[-1].endswith(" · loss is inf or nan; try a lower learning rate")


def test_the_middle_of_the_tab_tells_that_training_has_diverged(tab: TrainingTab, qtbot: QtBot) -> None:
    """A sentence above the plane has the remedy, until the user goes back to an earlier step or begins anew."""
    told = tab.findChild(QLabel, "diverged_label")
    assert told is not None
    assert not told.isVisible()
    tab.settings_panel.config_edited.emit(
        TrainingConfig(samples=20, hidden=(4,), learning_rate=10.0, decay=0.0, l2=1.0)
    )
    tab.run_bar.speed_requested.emit(math.inf)
    click(qtbot, tab, "run_button")
    qtbot.waitUntil(lambda: shown(tab).metrics.diverged, timeout=PATIENCE)
    assert told.isVisible()
    assert told.text().startswith(f"Training has diverged: at step {shown(tab).state.step} the loss is ")
    assert "lower learning rate" in told.text()
    middle = told.mapTo(tab, told.rect().center())
    assert tab.width() / 4 < middle.x() < 3 * tab.width() / 4
    tab.training_run.show_step(0)
    qtbot.waitUntil(lambda: shown(tab).state.step == 0, timeout=PATIENCE)
    assert not told.isVisible()
    click(qtbot, tab, "run_button")
    qtbot.waitUntil(told.isVisible, timeout=PATIENCE)
    click(qtbot, tab, "reset_button")
    qtbot.waitUntil(lambda: shown(tab).state.step == 0, timeout=PATIENCE)
    assert not told.isVisible()


def test_scalars_take_over_and_give_back(tab: TrainingTab, qtbot: QtBot) -> None:
    """Chosen in the midst of a run they go on with it, and a step of theirs has its pace; so do the arrays again."""
    click(qtbot, tab, "train_step_button")
    click(qtbot, tab, "run_button")
    qtbot.waitUntil(lambda: shown(tab).state.step > 2, timeout=PATIENCE)
    engines = tab.findChild(QTabBar, "engine_switch")
    assert engines is not None
    qtbot.mouseClick(engines, Qt.MouseButton.LeftButton, pos=engines.tabRect(1).center())
    qtbot.waitUntil(lambda: "values" in shown(tab).paces, timeout=PATIENCE)
    assert shown(tab).engine == "values"
    assert shown(tab).paces["values"] < shown(tab).paces["arrays"]
    assert "/s" in engines.tabText(1)
    assert tab.is_running
    qtbot.keyClick(engines, Qt.Key.Key_Left)
    step = shown(tab).state.step
    qtbot.waitUntil(lambda: shown(tab).engine == "arrays" and shown(tab).state.step > step, timeout=PATIENCE)


def test_scalars_are_not_offered_where_they_would_take_minutes(tab: TrainingTab, qtbot: QtBot) -> None:
    """A network too large for them trains with arrays, and the status says why; when it is small again, the scalars
    that were chosen train.
    """
    said: list[str] = []
    tab.status_changed.connect(said.append)
    engines, hidden = tab.findChild(QTabBar, "engine_switch"), tab.findChild(QLineEdit, "hidden_field")
    assert engines is not None
    assert hidden is not None
    qtbot.mouseClick(engines, Qt.MouseButton.LeftButton, pos=engines.tabRect(1).center())
    for text, engine in (("64, 64", "arrays"), ("4", "values")):
        enter(qtbot, hidden, text)
        config = tab.settings_panel.config
        qtbot.waitUntil(
            lambda config=config, engine=engine: (shown(tab).config, shown(tab).engine) == (config, engine),
            timeout=PATIENCE,
        )
        assert engines.currentIndex() == ("arrays", "values").index(engine)
        assert engines.isTabEnabled(1) == (engine == "values")
        reason = "arrays instead of scalars: a step would need 1,114,240 Values, more than 1,000,000"
        assert (reason in said[-1]) == (engine == "arrays")


def test_a_selection_lasts_only_while_its_point_is_there(tab: TrainingTab, qtbot: QtBot) -> None:
    """Another learning rate leaves the point selected, other points do not."""
    plot, selection = tab.boundary.plot, tab.boundary.selection
    assert plot.points is not None
    spot = plot.pixel_of(data_point(plot.points, 3, is_test=False))
    assert spot is not None
    qtbot.mouseClick(plot, Qt.MouseButton.LeftButton, pos=spot)
    assert selection.text.startswith("point (")
    for name, text in (("learning_rate_field", "0.5"), ("noise_field", "0.3")):
        assert plot.selected is not None
        field = tab.findChild(QLineEdit, name)
        assert field is not None
        enter(qtbot, field, text)
        config = tab.settings_panel.config
        qtbot.waitUntil(lambda config=config: shown(tab).config == config, timeout=PATIENCE)
    assert plot.selected is None
    assert selection.text == ""


def test_closing_in_the_midst_of_training_leaves_no_process(tab: TrainingTab, qtbot: QtBot) -> None:
    """close_run() ends the child at once."""
    click(qtbot, tab, "run_button")
    qtbot.waitUntil(lambda: shown(tab).state.step > 0, timeout=PATIENCE)
    pid = tab.training_run.pid
    assert pid is not None
    tab.close_run()
    assert not Path(f"/proc/{pid}").exists()


def test_nothing_runs_before_it_is_shown(qtbot: QtBot) -> None:
    """A tab that was never looked at has started no process."""
    tab = TrainingTab()
    qtbot.addWidget(tab)
    assert tab.training_run.pid is None


def test_it_fits_into_a_small_window(tab: TrainingTab, qtbot: QtBot) -> None:
    """No panel needs more room than it has at 1000 × 560, the size in a window of 1000 × 640."""
    minimum = tab.minimumSizeHint()
    assert minimum.width() <= 1000
    assert minimum.height() <= 530


def test_the_status_says_what_is_computed(tab: TrainingTab, qtbot: QtBot) -> None:
    """A step of the scalars that lets one wait is told of, and so is its end; a new beginning does not wait for one."""
    said: list[str] = []
    tab.status_changed.connect(said.append)
    tab.settings_panel.config_edited.emit(TrainingConfig(samples=500))
    choose_scalars(qtbot, tab)
    click(qtbot, tab, "train_step_button")
    engines = tab.findChild(QTabBar, "engine_switch")
    assert engines is not None
    qtbot.waitUntil(lambda: said[-1] == "computing step 1…", timeout=PATIENCE)
    assert engines.tabText(1).endswith("…")
    qtbot.waitUntil(lambda: shown(tab).state.step == 1, timeout=PATIENCE)
    assert said[-1] == "paused · step 1"
    click(qtbot, tab, "train_step_button")
    qtbot.waitUntil(lambda: said[-1] == "computing step 2…", timeout=PATIENCE)
    click(qtbot, tab, "reset_button")
    qtbot.waitUntil(lambda: shown(tab).state.step == 0, timeout=PATIENCE)
    assert said[-1] == "ready · step 0"
    assert "paused · step 2" not in said


def test_typing_leaves_the_run_as_it_is(tab: TrainingTab, qtbot: QtBot) -> None:
    """Neither what is on the way nor what is refused costs a step; the parameters are those of the network shown."""
    parameters = tab.findChild(QLabel, "parameters_label")
    assert parameters is not None
    click(qtbot, tab, "train_step_button")
    qtbot.waitUntil(lambda: shown(tab).state.step == 1, timeout=PATIENCE)
    counts: list[tuple[str, int]] = []
    tab.training_run.view_changed.connect(
        lambda view: counts.append((parameters.text(), view.config.parameter_count))
    )
    for name, text in (("samples", "100000"), ("hidden", "8, 8")):
        field(tab, name).setFocus()
        field(tab, name).selectAll()
        qtbot.keyClicks(field(tab, name), text)
    tab.train_step()
    qtbot.waitUntil(lambda: shown(tab).state.step == 2, timeout=PATIENCE)
    assert parameters.text() == "337"
    assert shown(tab).config == TrainingConfig()
    qtbot.keyClick(field(tab, "hidden"), Qt.Key.Key_Return)
    assert parameters.text() == "337"
    qtbot.waitUntil(lambda: shown(tab).state.step == 0, timeout=PATIENCE)
    assert shown(tab).config == TrainingConfig(hidden=(8, 8))
    assert {count for count in counts if count[0] != f"{count[1]:,}"} == set()


def test_closing_with_a_half_typed_number_starts_nothing(tab: TrainingTab, qtbot: QtBot) -> None:
    """The child that was ended is not followed by another."""
    tab.activateWindow()
    field(tab, "seed").setFocus()
    qtbot.keyClicks(field(tab, "seed"), "7")
    tab.close_run()
    tab.close()
    QApplication.processEvents()
    assert tab.training_run.pid is None


@pytest.mark.parametrize("name", ["reset_button", "run_button", "train_step_button", "open_graph_button"])
def test_space_after_a_click_trains_or_pauses(tab: TrainingTab, qtbot: QtBot, name: str) -> None:
    """Space does not press the clicked button again, Tab still reaches it, and text typed elsewhere is entered."""
    qtbot.mouseClick(tab.boundary.plot, Qt.MouseButton.LeftButton, pos=QPoint(200, 100))
    tab.activateWindow()
    field(tab, "seed").setFocus()
    field(tab, "seed").selectAll()
    qtbot.keyClicks(field(tab, "seed"), "7")
    button = tab.findChild(QToolButton, name) or tab.findChild(QPushButton, name)
    assert isinstance(button, QWidget)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert tab.settings_panel.config.seed == 7
    assert button.focusPolicy() & Qt.FocusPolicy.TabFocus
    was_running, pressed = tab.is_running, []
    button.clicked.connect(lambda: pressed.append(name))
    focused = QApplication.focusWidget()
    assert focused is not None
    qtbot.keyClick(focused, Qt.Key.Key_Space)
    assert tab.is_running is not was_running
    assert pressed == [name] * (name == "run_button")
