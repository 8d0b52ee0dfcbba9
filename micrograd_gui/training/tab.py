"""The training tab: settings on the left, the run and the boundary, the curves and the network on the right."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from micrograd_core.texts import tr
from micrograd_core.training.config import TrainingConfig
from micrograd_core.training.engines import Engine
from micrograd_gui.model.numbers import format_number
from micrograd_gui.model.scalar_limit import MOST_VALUES, values_per_step, why_not_scalars
from micrograd_gui.model.theme import Theme
from micrograd_gui.model.training_speed import neighbouring_speed
from micrograd_gui.model.training_view import TrainingView
from micrograd_gui.training.boundary_panel import BoundaryPanel
from micrograd_gui.training.focus import give_focus_on_click
from micrograd_gui.training.metrics_panel import MetricsPanel
from micrograd_gui.training.run import TrainingRun
from micrograd_gui.training.run_bar import RunBar
from micrograd_gui.training.serve import VIEWS_PER_SECOND
from micrograd_gui.training.settings_panel import SettingsPanel
from micrograd_gui.widgets.labels import make_label

CALM_VIEWS_PER_SECOND = 4.0
"""Upper limit of views per second with reduced motion."""

_STATUS = {
    "idle": tr("ready"),
    "running": tr("training"),
    "paused": tr("paused"),
    "failed": tr("stopped by an error"),
}
"""The word for each ``State`` of the run in the status bar."""


class TrainingTab(QWidget):
    """The tab as a whole; its run begins, at step 0, when it is first shown."""

    graph_requested = Signal(object)
    """A ``Document``: the scalar graph of the selected point."""
    status_changed = Signal(str)
    failed = Signal(str, str)
    """(one sentence, details)"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.training_run = TrainingRun(self)
        self.settings_panel = SettingsPanel()
        self.run_bar = RunBar()
        self.boundary = BoundaryPanel()
        self.metrics = MetricsPanel()
        self._diverged = make_label("problem", name="diverged_label", wraps=True, parent=self)
        self._view: TrainingView | None = None
        self._engine: Engine = "arrays"
        self._started = False
        self._lay_out()
        self.setFocusProxy(self.run_bar)
        give_focus_on_click(self.boundary.open_button, self.run_bar.run_button)
        self._connect()

    @property
    def is_running(self) -> bool:
        return self.training_run.state == "running"

    @property
    def view(self) -> TrainingView | None:
        """The view that is shown; None before the first one."""
        return self._view

    @property
    def engine(self) -> Engine:
        """The engine that was chosen, even if the network is too large for it."""
        return self._engine

    @property
    def speed(self) -> float:
        """Steps per second, one of ``SPEEDS``."""
        return self.training_run.steps_per_second

    def toggle_run(self) -> None:
        """Train, or pause training."""
        self._start()
        if self.is_running:
            self.training_run.pause()
        else:
            self.training_run.run()

    def train_step(self) -> None:
        self._start()
        self.training_run.step()

    def reset(self) -> None:
        """Go back to the initial weights; after an error, begin anew."""
        self._begin(self.settings_panel.config)

    def set_engine(self, engine: Engine) -> None:
        """Compute with ``engine``, from the step that is shown."""
        self._engine = engine
        self.training_run.set_engine(self._show_engine(self.settings_panel.config))

    def set_speed(self, steps_per_second: float) -> None:
        """Train at one of ``SPEEDS``."""
        self.run_bar.show_speed(steps_per_second)
        self.training_run.set_speed(steps_per_second)

    def change_speed(self, notches: int) -> None:
        self.set_speed(neighbouring_speed(self.speed, notches))

    def close_run(self) -> None:
        """End the child process at once; ``reset`` starts a new one."""
        self.training_run.close()

    def show_theme(self, theme: Theme) -> None:
        for panel in (self.run_bar, self.boundary, self.metrics):
            panel.show_theme(theme)

    def set_reduced_motion(self, reduced: bool) -> None:
        self.training_run.set_view_rate(CALM_VIEWS_PER_SECOND if reduced else VIEWS_PER_SECOND)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._start()

    def _lay_out(self) -> None:
        self._diverged.hide()
        center = QWidget()
        column = QVBoxLayout(center)
        column.setContentsMargins(16, 14, 16, 12)
        column.setSpacing(10)
        column.addWidget(self.run_bar)
        column.addWidget(self._diverged)
        column.addWidget(self.boundary, 1)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setObjectName("training_splitter")
        for widget, stretch in ((self.settings_panel, 0), (center, 1), (self.metrics, 0)):
            self.splitter.addWidget(widget)
            self.splitter.setStretchFactor(self.splitter.count() - 1, stretch)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setSizes([262, 850, 328])
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.splitter)

    def _connect(self) -> None:
        run, bar = self.training_run, self.run_bar
        self.settings_panel.config_edited.connect(self._restart)
        bar.reset_requested.connect(self.reset)
        bar.run_toggled.connect(self.toggle_run)
        bar.step_requested.connect(self.train_step)
        bar.position_requested.connect(run.show_step)
        bar.speed_requested.connect(self.set_speed)
        bar.engine_requested.connect(self.set_engine)
        self.boundary.graph_requested.connect(self.graph_requested)
        run.begun.connect(self.boundary.show_points)
        run.view_changed.connect(self._show_view)
        run.state_changed.connect(bar.show_state)
        run.state_changed.connect(self._show_status)
        run.late_changed.connect(self._show_status)
        run.failed.connect(self.failed)

    def _start(self) -> None:
        if not self._started:
            self.reset()

    def _restart(self, config: TrainingConfig) -> None:
        """Begin a run of ``config``, and train if the run before did."""
        running = self.is_running
        self._begin(config)
        if running:
            self.training_run.run()

    def _begin(self, config: TrainingConfig) -> None:
        self._started = True
        self.training_run.reset(config, self._show_engine(config))

    def _show_engine(self, config: TrainingConfig) -> Engine:
        """Return and show the engine to compute with: the chosen one, or arrays if scalars need too many Values."""
        why_not = why_not_scalars(config)
        self.run_bar.show_engine(self._engine, why_not)
        return "arrays" if why_not else self._engine

    def _show_view(self, view: TrainingView) -> None:
        self._view = view
        self.run_bar.show_progress(view.state.step, view.latest_step)
        self.run_bar.show_paces(view.paces)
        self.settings_panel.show_run(view.config, view.metrics.learning_rate)
        self.metrics.show_view(view)
        self.boundary.show_view(view)
        self._diverged.setText(_divergence(view))
        self._diverged.setVisible(view.metrics.diverged)
        self._show_status()

    def _show_status(self, _state: str = "") -> None:
        late_step = self.training_run.late_step
        self.run_bar.show_computing(bool(late_step))
        if late_step is not None:
            self.status_changed.emit(tr("computing step {step:,}…", step=late_step))
            return
        parts = [_STATUS[self.training_run.state]]
        view = self._view
        if view is not None:
            parts.append(tr("step {step:,}", step=view.state.step))
            if view.metrics.diverged:
                parts.append(tr("loss is inf or nan; try a lower learning rate"))
        config = self.settings_panel.config
        if self._engine == "values" and why_not_scalars(config):
            parts.append(
                tr(
                    "arrays instead of scalars: a step would need {values:,} Values, more than {most:,}",
                    values=values_per_step(config),
                    most=MOST_VALUES,
                )
            )
        self.status_changed.emit(" · ".join(parts))


def _divergence(view: TrainingView) -> str:
    """Return the sentences that say that training has diverged, and the remedy; "" if it has not."""
    if not view.metrics.diverged:
        return ""
    return tr(
        "Training has diverged: at step {step:,} the loss is {loss}. "
        "Try a lower learning rate, or go back to an earlier step.",
        step=view.state.step,
        loss=format_number(view.metrics.loss),
    )
