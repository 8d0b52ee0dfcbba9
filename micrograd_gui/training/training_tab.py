"""The training tab: settings on the left, the run and the boundary, the curves and the network on the right."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSplitter, QVBoxLayout, QWidget

from micrograd_gui.model.numbers import format_number
from micrograd_gui.model.theme import Theme
from micrograd_gui.model.training import (
    DEFAULT_SPEED,
    Engine,
    TrainingConfig,
    TrainingView,
    example_document,
    neighbouring_speed,
    obstacle_to_scalars,
    score_at,
)
from micrograd_gui.training.boundary_figure import Place
from micrograd_gui.training.boundary_legend import BoundaryLegend, SelectionLabel
from micrograd_gui.training.boundary_plot import BoundaryPlot, place_of_point
from micrograd_gui.training.metric_plot import MetricPlot, Series
from micrograd_gui.training.metric_tile import MetricTile
from micrograd_gui.training.network_view import NetworkView
from micrograd_gui.training.run_bar import RunBar
from micrograd_gui.training.training_run import VIEWS_PER_SECOND, TrainingRun
from micrograd_gui.training.training_settings import TrainingSettings
from micrograd_gui.widgets.labels import make_label

CALM_VIEWS_PER_SECOND = 4.0
"""With reduced motion the pictures change no more often."""

_STATUS = {"idle": "ready", "running": "training", "paused": "paused", "failed": "stopped by an error"}


class TrainingTab(QWidget):
    """Nothing runs until it is first shown."""

    graph_requested = Signal(object)
    """A ``Document``: the scalar graph of the selected example."""
    status_changed = Signal(str)
    failed = Signal(str, str)
    """(one sentence, details)"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.training_run = TrainingRun(self)
        self.settings_panel = TrainingSettings()
        self.run_bar = RunBar()
        self.boundary = BoundaryPlot()
        self.legend = BoundaryLegend()
        self.selection = SelectionLabel()
        self.open_button = QPushButton("Open graph of selected point")
        self.loss_tile = MetricTile("loss", "grad")
        self.train_tile = MetricTile("train", "good")
        self.test_tile = MetricTile("test", "mono")
        self.loss_plot = MetricPlot("Loss", (Series("loss", "grad"),), logarithmic=True)
        self.accuracy_plot = MetricPlot(
            "Accuracy", (Series("train", "good"), Series("test", "text", dashed=True))
        )
        self.network = NetworkView()
        self._view: TrainingView | None = None
        self._engine: Engine = "arrays"
        self._speed = DEFAULT_SPEED
        self._started = False
        self._lay_out()
        self.setFocusProxy(self.run_bar)
        self._connect_run()
        self._connect_boundary()
        self._show_selected()

    @property
    def is_running(self) -> bool:
        return self.training_run.state == "running"

    @property
    def view(self) -> TrainingView | None:
        """What is shown at present."""
        return self._view

    @property
    def engine(self) -> Engine:
        """The one that was chosen, also where it cannot train."""
        return self._engine

    @property
    def speed(self) -> float:
        """Steps a second, one of ``SPEEDS``."""
        return self._speed

    def toggle_run(self) -> None:
        """Train, or pause."""
        self._start()
        if self.is_running:
            self.training_run.pause()
        else:
            self.training_run.run()

    def train_step(self) -> None:
        self._start()
        self.training_run.step()

    def reset(self) -> None:
        """Back to the initial weights; after an error, a new beginning."""
        self._begin(self.settings_panel.config)

    def set_engine(self, engine: Engine) -> None:
        """Compute with it, from the step that is shown."""
        self._engine = engine
        self.training_run.set_engine(self._show_engine(self.settings_panel.config))

    def set_speed(self, steps_per_second: float) -> None:
        """Train at one of ``SPEEDS``."""
        self._speed = steps_per_second
        self.run_bar.show_speed(steps_per_second)
        self.training_run.set_speed(steps_per_second)

    def change_speed(self, notches: int) -> None:
        self.set_speed(neighbouring_speed(self._speed, notches))

    def open_graph(self) -> None:
        """Ask for the graph of the selected example, with the parameters that are shown."""
        place, view = self.boundary.selected, self._view
        if place is not None and view is not None:
            document = example_document(view.config, view.frame, place.x, place.y, place.label)
            self.graph_requested.emit(document)

    def close_run(self) -> None:
        """End the child process at once; ``reset`` starts a new one."""
        self.training_run.close()

    def show_theme(self, theme: Theme) -> None:
        for panel in (
            self.run_bar,
            self.boundary,
            self.legend,
            self.selection,
            self.loss_plot,
            self.accuracy_plot,
            self.network,
        ):
            panel.show_theme(theme)

    def set_reduced_motion(self, reduced: bool) -> None:
        self.training_run.set_view_rate(CALM_VIEWS_PER_SECOND if reduced else VIEWS_PER_SECOND)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._start()

    def _lay_out(self) -> None:
        self.loss_plot.setObjectName("loss_plot")
        self.accuracy_plot.setObjectName("accuracy_plot")
        self.open_button.setObjectName("open_graph_button")
        self.open_button.setToolTip("Show the computation of the selected point as a graph")
        center = QWidget()
        column = QVBoxLayout(center)
        column.setContentsMargins(16, 14, 16, 12)
        column.setSpacing(10)
        column.addWidget(self.run_bar)
        column.addWidget(self.boundary, 1)
        column.addWidget(self.legend)
        below = QHBoxLayout()
        below.setSpacing(12)
        below.addWidget(self.selection, 1)
        below.addWidget(self.open_button)
        column.addLayout(below)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setObjectName("training_splitter")
        for widget, stretch in ((self.settings_panel, 0), (center, 1), (self._lay_out_right(), 0)):
            self.splitter.addWidget(widget)
            self.splitter.setStretchFactor(self.splitter.count() - 1, stretch)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setSizes([262, 850, 328])
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.splitter)

    def _lay_out_right(self) -> QWidget:
        right = QFrame()
        right.setProperty("role", "panel")
        tiles = QHBoxLayout()
        tiles.setSpacing(8)
        for tile in (self.loss_tile, self.train_tile, self.test_tile):
            tiles.addWidget(tile, 1)
        title = make_label("section", "NETWORK — WHAT EACH NEURON SEES")
        column = QVBoxLayout(right)
        column.setContentsMargins(14, 12, 14, 10)
        column.setSpacing(8)
        column.addLayout(tiles)
        column.addWidget(self.loss_plot, 4)
        column.addWidget(self.accuracy_plot, 4)
        column.addWidget(title)
        column.addWidget(self.network, 9)
        right.setMinimumWidth(250)
        return right

    def _connect_run(self) -> None:
        run = self.training_run
        self.settings_panel.config_edited.connect(self._restart)
        self.run_bar.reset_requested.connect(self.reset)
        self.run_bar.run_toggled.connect(self.toggle_run)
        self.run_bar.step_requested.connect(self.train_step)
        self.run_bar.position_requested.connect(run.show_step)
        self.run_bar.speed_requested.connect(self.set_speed)
        self.run_bar.engine_requested.connect(self.set_engine)
        run.view_changed.connect(self._show_view)
        run.state_changed.connect(self.run_bar.show_state)
        run.state_changed.connect(self._show_status)
        run.late_changed.connect(self._show_status)
        run.failed.connect(self.failed)

    def _connect_boundary(self) -> None:
        self.boundary.point_chosen.connect(self._choose_point)
        self.boundary.plane_chosen.connect(self._choose_place)
        self.open_button.clicked.connect(self.open_graph)

    def _start(self) -> None:
        if not self._started:
            self.reset()

    def _restart(self, config: TrainingConfig) -> None:
        """What was training goes on doing so, from the beginning."""
        running = self.is_running
        self._begin(config)
        if running:
            self.training_run.run()

    def _begin(self, config: TrainingConfig) -> None:
        self._started = True
        self.training_run.reset(config, self._show_engine(config))

    def _show_engine(self, config: TrainingConfig) -> Engine:
        """The engine to compute with: the one that was chosen, or where it would need too many Values the arrays."""
        obstacle = obstacle_to_scalars(config)
        self.run_bar.show_engine(self._engine, obstacle)
        return "arrays" if obstacle else self._engine

    def _show_view(self, view: TrainingView) -> None:
        new_points = view.dataset is not None and self._view is not None
        self._view = view
        if new_points:
            self._reselect(view)
        frame, curves = view.frame, view.curves
        self.run_bar.show_progress(frame.step, view.latest_step)
        self.run_bar.show_paces(view.paces)
        self.settings_panel.show_run(view.config, frame.learning_rate)
        self.loss_tile.show_value(f"{'⚠ ' if frame.diverged else ''}{format_number(frame.loss)}")
        self.train_tile.show_value(_percent(frame.train_accuracy))
        self.test_tile.show_value(_percent(frame.test_accuracy))
        self.loss_plot.show_curves(curves.steps, (curves.loss,), frame.step)
        self.accuracy_plot.show_curves(curves.steps, (curves.train, curves.test), frame.step)
        self.network.show_view(view)
        self.boundary.show_view(view)
        self._show_selected()
        self._show_status()

    def _choose_point(self, index: int, is_test: bool) -> None:
        if self.boundary.dataset is not None:
            self._select(place_of_point(self.boundary.dataset, index, is_test))
            self.open_graph()

    def _choose_place(self, x: float, y: float) -> None:
        self._select(Place(x, y))
        self.open_graph()

    def _select(self, place: Place | None) -> None:
        self.boundary.show_selected(place)
        self._show_selected()

    def _reselect(self, view: TrainingView) -> None:
        """Another run may have other points: a selected one stays only if it is still there."""
        place, dataset = self.boundary.selected, view.dataset
        if place is None or place.index is None or dataset is None:
            return
        count = len(dataset.test_labels if place.is_test else dataset.train_labels)
        if place.index >= count or place_of_point(dataset, place.index, place.is_test) != place:
            self._select(None)

    def _show_selected(self) -> None:
        place, view = self.boundary.selected, self._view
        self.open_button.setEnabled(place is not None and view is not None)
        if place is None or view is None:
            self.selection.show_selected("")
            return
        kind = "place" if place.index is None else "point"
        where = f"({format_number(place.x, 2)}, {format_number(place.y, 2)})"
        score = score_at(view.config, view.frame, place.x, place.y)
        self.selection.show_selected(f"{kind} {where}, score {format_number(score, 2)}")

    def _show_status(self, _state: str = "") -> None:
        late_step = self.training_run.late_step
        self.run_bar.show_computing(bool(late_step))
        if late_step is not None:
            self.status_changed.emit(f"computing step {late_step:,}…")
            return
        parts = [_STATUS[self.training_run.state]]
        view = self._view
        if view is not None:
            parts.append(f"step {view.frame.step:,}")
            if view.frame.diverged:
                parts.append("the loss has left the finite numbers: lower the learning rate")
        obstacle = obstacle_to_scalars(self.settings_panel.config)
        if obstacle and self._engine == "values":
            parts.append(f"arrays in place of scalars, for {obstacle}")
        self.status_changed.emit(" · ".join(parts))


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100.0 * share:.1f}%"
