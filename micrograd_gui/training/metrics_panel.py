"""The right side of the training tab: the metrics, their curves and the drawing of the network."""

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from micrograd_core.texts import tr
from micrograd_gui.model.numbers import format_number
from micrograd_gui.model.theme import Theme
from micrograd_gui.model.training_view import TrainingView
from micrograd_gui.training.metric_plot import MetricPlot, Series
from micrograd_gui.training.network_view import NetworkView
from micrograd_gui.widgets.labels import LabelRole, make_label
from micrograd_gui.widgets.style import mono


class MetricTile(QFrame):
    """A tile with one number of the run in large type, below its title."""

    def __init__(self, name: str, title: str, role: LabelRole, parent: QWidget | None = None) -> None:
        """Make a tile without a number; ``role`` gives the number its colour in the style sheet."""
        super().__init__(parent)
        self.setObjectName(f"{name}_tile")
        self.setProperty("role", "tile")
        self._title = title
        self.value_label = make_label(role, "–", f"{name}_value", parent=self)
        self.value_label.setFont(mono(16, bold=True))
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 7, 8, 7)
        column.setSpacing(2)
        column.addWidget(make_label("faint", title, parent=self))
        column.addWidget(self.value_label)

    def show_value(self, text: str) -> None:
        self.value_label.setText(text)
        self.value_label.setAccessibleName(f"{self._title} {text}")


class MetricsPanel(QFrame):
    """Loss and accuracies of the step that is shown, their curves up to the latest step, and the network."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self.loss_tile = MetricTile("loss", tr("loss"), "grad")
        self.train_tile = MetricTile("train", tr("train"), "good")
        self.test_tile = MetricTile("test", tr("test"), "mono")
        self.loss_plot = MetricPlot(
            tr("Loss over the steps"), (Series(tr("loss"), "grad"),), logarithmic=True
        )
        self.loss_plot.setObjectName("loss_plot")
        self.accuracy_plot = MetricPlot(
            tr("Accuracy over the steps"),
            (Series(tr("train"), "good"), Series(tr("test"), "text", dashed=True)),
        )
        self.accuracy_plot.setObjectName("accuracy_plot")
        self.network = NetworkView()
        tiles = QHBoxLayout()
        tiles.setSpacing(8)
        for tile in (self.loss_tile, self.train_tile, self.test_tile):
            tiles.addWidget(tile, 1)
        title = make_label("section", tr("NETWORK — OUTPUT OF EACH NEURON"))
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 10)
        column.setSpacing(8)
        column.addLayout(tiles)
        column.addWidget(self.loss_plot, 4)
        column.addWidget(self.accuracy_plot, 4)
        column.addWidget(title)
        column.addWidget(self.network, 9)
        self.setMinimumWidth(250)

    def show_view(self, view: TrainingView) -> None:
        metrics, curves, step = view.metrics, view.curves, view.state.step
        self.loss_tile.show_value(f"{'⚠ ' if metrics.diverged else ''}{format_number(metrics.loss)}")
        self.train_tile.show_value(_percent(metrics.train_accuracy))
        self.test_tile.show_value(_percent(metrics.test_accuracy))
        self.loss_plot.show_curves(curves.steps, (curves.loss,), step)
        self.accuracy_plot.show_curves(curves.steps, (curves.train, curves.test), step)
        self.network.show_view(view)

    def show_theme(self, theme: Theme) -> None:
        for part in (self.loss_plot, self.accuracy_plot, self.network):
            part.show_theme(theme)


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100.0 * share:.1f}%"
