"""The inspector: the selected card's numbers, the sources of its gradient, and a check of it."""

import math

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QToolButton, QVBoxLayout, QWidget

from micrograd_core.texts import tr
from micrograd_gui.graph.gradient_check import GradientCheck
from micrograd_gui.graph.ledger_model import RECEIVES, SENDS
from micrograd_gui.graph.ledger_section import LedgerSection
from micrograd_gui.graph.number_tile import NumberTile
from micrograd_gui.graph.slope_plot import SlopePlot
from micrograd_gui.graph.title_line import TitleLine
from micrograd_gui.model.formula import write_derivative
from micrograd_gui.model.inspection import Inspection
from micrograd_gui.model.numbers import format_short
from micrograd_gui.model.probe import Probe
from micrograd_gui.model.theme import DARK, Theme
from micrograd_gui.widgets.labels import make_label, tooltip
from micrograd_gui.widgets.style import icon

_EMPTY = tr(
    "Select a card to inspect it: click it, or press Ctrl+↓ in the graph and walk with Ctrl and the arrow keys."
)


class InspectorPanel(QScrollArea):
    """Shows the selected card in numbers, tables and a curve."""

    node_chosen = Signal(str)
    """id of a card that a row leads to"""
    target_requested = Signal(str)
    """id of the card to differentiate"""
    position_requested = Signal(int)
    """position of the timeline at which a row's step is done"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._inspection: Inspection | None = None
        self.setObjectName("inspector_panel")
        self.setAccessibleName(tr("Inspector"))
        self.setProperty("role", "panel")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumWidth(220)
        self._title = TitleLine()
        self._target_button = QToolButton()
        self._target_button.setObjectName("target_button")
        self._target_button.setProperty("role", "plain")
        self._target_button.setStyleSheet("padding: 4px;")
        self._target_button.setAccessibleName(tr("Differentiate this card"))
        self._target_button.clicked.connect(self._request_target)
        self._entry = make_label("muted", name="card_entry", wraps=True)
        self._data = NumberTile("data", "data_tile")
        self._grad = NumberTile("grad", "grad_tile")
        self._state = make_label("muted", name="number_state", wraps=True)
        self._receives = LedgerSection(tr("Where its gradient comes from"), RECEIVES, "receives_table")
        self._sends = LedgerSection(tr("What it sends on"), SENDS, "sends_table")
        self._note = make_label("faint", name="operation_note", wraps=True)
        self._plot = SlopePlot()
        self._caption = make_label("faint", name="slope_caption", wraps=True)
        self._check = GradientCheck()
        self._empty = make_label("muted", _EMPTY, "empty_state", wraps=True)
        self._content = self._lay_out()
        for section in (self._receives, self._sends):
            section.table.node_chosen.connect(self.node_chosen)
            section.table.position_requested.connect(self.position_requested)
        self.show_theme(DARK)
        self.show_inspection(None)
        self.show_card_entry("")

    def _lay_out(self) -> QWidget:
        heading = QHBoxLayout()
        heading.setSpacing(8)
        heading.addWidget(self._title, 1)
        heading.addWidget(self._target_button, 0, Qt.AlignmentFlag.AlignTop)
        tiles = QHBoxLayout()
        tiles.setSpacing(8)
        tiles.addWidget(self._data, 1)
        tiles.addWidget(self._grad, 1)
        content = QWidget()
        content.setObjectName("inspector_content")
        layout = QVBoxLayout(content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(heading)
        layout.addWidget(self._entry)
        layout.addSpacing(8)
        layout.addLayout(tiles)
        layout.addSpacing(6)
        layout.addWidget(self._state)
        layout.addSpacing(18)
        layout.addWidget(self._receives)
        layout.addSpacing(18)
        layout.addWidget(self._sends)
        layout.addWidget(self._note)
        layout.addSpacing(18)
        layout.addWidget(make_label("section", tr("SLOPE"), "slope_title"))
        layout.addSpacing(8)
        layout.addWidget(self._plot)
        layout.addSpacing(4)
        layout.addWidget(self._caption)
        layout.addSpacing(18)
        layout.addWidget(self._check)
        layout.addStretch(1)
        page = QWidget()
        page.setProperty("role", "panel")
        outer = QVBoxLayout(page)
        outer.setContentsMargins(14, 14, 14, 14)
        outer.setSpacing(10)
        outer.addWidget(make_label("section", tr("INSPECTOR"), "inspector_title"))
        outer.addWidget(self._empty)
        outer.addWidget(content)
        outer.addStretch(1)
        self.setWidget(page)
        return content

    def show_inspection(self, inspection: Inspection | None) -> None:
        before = self._inspection
        self._inspection = inspection
        self._empty.setVisible(inspection is None)
        self._content.setVisible(inspection is not None)
        if inspection is None or before is None or before.node.id != inspection.node.id:
            self.show_probe(None)
            self._receives.show_fewer()
            self._sends.show_fewer()
        if inspection is None:
            return
        node, target = inspection.node, inspection.target_label
        self._title.show_title(node.label, inspection.expression)
        self._target_button.setEnabled(not inspection.is_target)
        self._target_button.setToolTip(
            tooltip(
                tr("{card} is differentiated already", card=node.label)
                if inspection.is_target
                else tr("Differentiate {card} instead of {target} (T)", card=node.label, target=target)
            )
        )
        self._data.show_number("data", inspection.data)
        self._grad.show_number(f"grad {write_derivative(target, node.label)}", inspection.grad)
        self._state.setText(inspection.state)
        self._state.setVisible(bool(inspection.state))
        self._receives.show_rows(inspection.receives, _no_source(inspection))
        self._sends.show_rows(inspection.sends, _no_sink(inspection))
        self._note.setText(inspection.note)
        self._note.setVisible(bool(inspection.note))

    def show_card_entry(self, sentence: str) -> None:
        """Say where the inspected card lies in an array; "" if in none."""
        self._entry.setText(sentence)
        self._entry.setVisible(bool(sentence))

    def show_probe(self, probe: Probe | None) -> None:
        """Show the curve of the inspected node; None while it is computed. A late one of another node is ignored."""
        if probe is not None and (self._inspection is None or probe.node != self._inspection.node.id):
            return
        self._plot.show_probe(probe)
        self._check.show_probe(probe)
        data = None if self._inspection is None else self._inspection.data
        self._caption.setText(" " if probe is None else _caption(probe, data))

    def show_theme(self, theme: Theme) -> None:
        for part in (
            self._title,
            self._data,
            self._grad,
            self._receives.table,
            self._sends.table,
            self._plot,
            self._check,
        ):
            part.show_theme(theme)
        self._target_button.setIcon(icon("crosshair", theme))
        self._target_button.setIconSize(QSize(16, 16))

    def sizeHint(self) -> QSize:
        return QSize(306, 600)

    def _request_target(self) -> None:
        if self._inspection is not None:
            self.target_requested.emit(self._inspection.node.id)


def _caption(probe: Probe, data: float | None) -> str:
    if not probe.xs:
        return tr("{label} is {x}, so there is no curve", label=probe.label, x=format_short(probe.x))
    if data is not None and data != probe.x and math.isfinite(probe.y):
        return tr(
            "{target} as a function of {label}, slope {slope} at {label} = {x}, as in the forward pass",
            target=probe.target_label,
            label=probe.label,
            slope=format_short(probe.slope),
            x=format_short(probe.x),
        )
    if math.isfinite(probe.y):
        return tr(
            "{target} as a function of {label}, slope {slope}",
            target=probe.target_label,
            label=probe.label,
            slope=format_short(probe.slope),
        )
    return tr(
        "{target} as a function of {label}; {target} is {y} here, so there is no point",
        target=probe.target_label,
        label=probe.label,
        y=format_short(probe.y),
    )


def _no_source(inspection: Inspection) -> str:
    node, target = inspection.node.label, inspection.target_label
    if inspection.is_target:
        return tr(
            "The backward pass begins here: {formula}.", formula=f"{write_derivative(target, target)} = 1"
        )
    if inspection.final_grad is None:
        return tr(
            "{target} does not depend on {node}, so {formula}.",
            target=target,
            node=node,
            formula=f"{write_derivative(target, node)} = 0",
        )
    return tr("A backward pass began at {node}, with gradient 1.", node=node)


def _no_sink(inspection: Inspection) -> str:
    if inspection.node.is_leaf:
        return tr("This is a leaf: it has no operands to pass a gradient to.")
    return tr("No gradient reaches {node}, so it has none to pass on.", node=inspection.node.label)
