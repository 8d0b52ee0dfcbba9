"""The middle of the training tab: the plane with its legend, and the selected point."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from micrograd_core.texts import tr
from micrograd_core.training.points import Points
from micrograd_gui.model.numbers import format_number
from micrograd_gui.model.plane import PlanePoint, data_point, score_at
from micrograd_gui.model.point_program import point_document
from micrograd_gui.model.theme import Theme
from micrograd_gui.model.training_view import TrainingView
from micrograd_gui.training.boundary_legend import BoundaryLegend, SelectionLabel
from micrograd_gui.training.boundary_plot import BoundaryPlot


class BoundaryPanel(QWidget):
    """Selects a point when it is clicked, and requests its graph."""

    graph_requested = Signal(object)
    """A ``Document``: the scalar graph of the selected point."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plot = BoundaryPlot()
        self.legend = BoundaryLegend()
        self.selection = SelectionLabel()
        self.open_button = QPushButton(tr("Open graph of selected point"))
        self.open_button.setObjectName("open_graph_button")
        self.open_button.setToolTip(tr("Show the computation of the selected point as a graph"))
        self.open_button.clicked.connect(self.open_graph)
        self._view: TrainingView | None = None
        below = QHBoxLayout()
        below.setSpacing(12)
        below.addWidget(self.selection, 1)
        below.addWidget(self.open_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self.plot, 1)
        column.addWidget(self.legend)
        column.addLayout(below)
        self.plot.point_chosen.connect(self._choose_point)
        self.plot.plane_chosen.connect(self._choose_position)
        self._show_selected()

    def show_points(self, points: Points) -> None:
        """Show the points of a run. The selection stays if it is not a point of the data that has gone."""
        self.plot.show_points(points)
        selected = self.plot.selected
        if selected is not None and selected.index is not None:
            count = len(points.test_labels if selected.is_test else points.train_labels)
            if selected.index >= count or data_point(points, selected.index, selected.is_test) != selected:
                self._select(None)

    def show_view(self, view: TrainingView) -> None:
        self._view = view
        self.plot.show_view(view)
        self._show_selected()

    def show_theme(self, theme: Theme) -> None:
        for part in (self.plot, self.legend, self.selection):
            part.show_theme(theme)

    def open_graph(self) -> None:
        """Request the graph of the selected point, with the parameters of the step that is shown."""
        point, view = self.plot.selected, self._view
        if point is not None and view is not None:
            document = point_document(view.config, view.state, point.x, point.y, point.label)
            self.graph_requested.emit(document)

    def _choose_point(self, index: int, is_test: bool) -> None:
        if self.plot.points is not None:
            self._select(data_point(self.plot.points, index, is_test))
            self.open_graph()

    def _choose_position(self, x: float, y: float) -> None:
        self._select(PlanePoint(x, y))
        self.open_graph()

    def _select(self, point: PlanePoint | None) -> None:
        self.plot.show_selected(point)
        self._show_selected()

    def _show_selected(self) -> None:
        point, view = self.plot.selected, self._view
        self.open_button.setEnabled(point is not None and view is not None)
        if point is None or view is None:
            self.selection.show_selected("")
            return
        score = score_at(view.config, view.state.parameters, point.x, point.y)
        numbers = zip(("x", "y", "score"), (point.x, point.y, score), strict=True)
        fields = {name: format_number(number, 2) for name, number in numbers}
        if point.index is None:
            self.selection.show_selected(tr("position ({x}, {y}), score {score}", **fields))
        else:
            self.selection.show_selected(tr("point ({x}, {y}), score {score}", **fields))
