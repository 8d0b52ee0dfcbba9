"""What the status bar says: of the graph what it is and whether it is ready, of training how far it is."""

from PySide6.QtWidgets import QLabel, QStatusBar

from micrograd_gui.model.layout import Placement
from micrograd_gui.model.snapshot import GraphSnapshot
from micrograd_gui.model.solve_state import SolveState
from micrograd_gui.widgets.style import restyle


class StatusBar(QStatusBar):
    """Each tab has its own texts."""

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
        text, role = (f"▲ {state.reason}", "problem") if state.reason else ("● ready", "good")
        if state.is_working:
            text, role = "◌ working…", "muted"
        self.state_label.setText(text)
        restyle(self.state_label, "role", role)

    def show_graph(self, snapshot: GraphSnapshot | None, placement: Placement | None) -> None:
        """The size of the graph, and why its layout is a plain one, if it is."""
        if snapshot is None or placement is None:
            self.graph_label.setText("no graph yet")
            self.layout_label.setText("")
            return
        nodes, edges = _count(len(snapshot.nodes), "node"), _count(len(snapshot.edges), "edge")
        self.graph_label.setText(f"{nodes} · {edges} · depth {snapshot.depth():,}")
        note, what_to_do = _layout_note(placement)
        self.layout_label.setText(note)
        self.layout_label.setToolTip(what_to_do)

    def show_zoom(self, factor: float) -> None:
        """1 is 100 %."""
        self.zoom_label.setText("zoom < 1 %" if factor < 0.01 else f"zoom {factor:.0%}".replace("%", " %"))

    def show_training(self, text: str) -> None:
        self.training_label.setText(text)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'s' * (number != 1)}"


def _layout_note(placement: Placement) -> tuple[str, str]:
    """Why the layout is a plain one, if it is, and what helps."""
    if placement.engine == "graphviz":
        return "", ""
    problem = placement.graphviz_problem
    why = "pygraphviz cannot be imported" if problem else "the graph is too large for Graphviz"
    return f"simple layout: {why}", problem
