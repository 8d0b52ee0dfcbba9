"""The status bar: size and state of the graph, progress of the training."""

from PySide6.QtWidgets import QLabel, QStatusBar

from micrograd_core.texts import tr, tr_count
from micrograd_gui.model.layout import Placement
from micrograd_gui.model.snapshot import GraphSnapshot
from micrograd_gui.model.solve_state import REASON_LABELS, SolveState
from micrograd_gui.widgets.style import restyle


class StatusBar(QStatusBar):
    """Shows the labels of the current tab alone."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizeGripEnabled(False)
        self.state_label, self.graph_label, self.training_label = QLabel(), QLabel(), QLabel()
        self.layout_label, self.zoom_label = QLabel(), QLabel()
        for label in (self.state_label, self.graph_label, self.training_label):
            self.addWidget(label)
        for label in (self.layout_label, self.zoom_label):
            self.addPermanentWidget(label)

    def show_tab(self, index: int) -> None:
        for label in (self.state_label, self.graph_label, self.layout_label, self.zoom_label):
            label.setVisible(index == 0)
        self.training_label.setVisible(index == 1)

    def show_state(self, state: SolveState) -> None:
        text, role = tr("● ready"), "good"
        if state.reason:
            text, role = f"▲ {REASON_LABELS[state.reason]}", "problem"
        if state.late:
            text, role = tr("◌ working…"), "muted"
        self.state_label.setText(text)
        restyle(self.state_label, "role", role)

    def show_graph(self, snapshot: GraphSnapshot | None, placement: Placement | None) -> None:
        """Show the size of the graph, and the reason if its layout is the simple one."""
        if snapshot is None or placement is None:
            self.graph_label.setText(tr("no graph yet"))
            self.layout_label.setText("")
            return
        sizes = (
            tr_count("{n:,} node", "{n:,} nodes", len(snapshot.nodes)),
            tr_count("{n:,} edge", "{n:,} edges", len(snapshot.edges)),
            tr("depth {depth:,}", depth=snapshot.depth()),
        )
        self.graph_label.setText(" · ".join(sizes))
        note, remedy = _layout_note(placement)
        self.layout_label.setText(note)
        self.layout_label.setToolTip(remedy)

    def show_zoom(self, factor: float) -> None:
        """Show the zoom, as a factor: 1 is 100 %."""
        percent = 100.0 * factor
        self.zoom_label.setText(
            tr("zoom < 1 %") if factor < 0.01 else tr("zoom {percent:.0f} %", percent=percent)
        )

    def show_training(self, text: str) -> None:
        self.training_label.setText(text)


def _layout_note(placement: Placement) -> tuple[str, str]:
    """Return why the layout is the simple one, and the remedy; "" where there is none."""
    if placement.engine == "graphviz":
        return "", ""
    if placement.graphviz_problem:
        return tr("simple layout: pygraphviz cannot be imported"), placement.graphviz_problem
    return tr("simple layout: the graph is too large for Graphviz"), ""
