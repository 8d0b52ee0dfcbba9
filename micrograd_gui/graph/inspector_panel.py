"""Everything about the selected card: its numbers, where its gradient comes from, and whether it is right."""

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from micrograd_gui.graph.ledger_table import NOT_YET, RECEIVES, SENDS, Column, LedgerTable
from micrograd_gui.graph.slope_plot import SlopePlot
from micrograd_gui.model.formula import write_derivative
from micrograd_gui.model.inspection import Inspection, LedgerRow, Probe, Verdict
from micrograd_gui.model.numbers import format_number, format_short
from micrograd_gui.model.theme import DARK, Theme
from micrograd_gui.widgets.plain_text import tooltip
from micrograd_gui.widgets.style import color, icon, mono, restyle, sans

_FIRST_ROWS = 12
"""More would push the slope out of sight."""
_EMPTY = "Select a card to inspect it: click it, or press ↓ in the graph and walk with the arrow keys."
_VERDICTS: dict[Verdict, tuple[str, str]] = {
    "agree": ("good", "✓"),
    "differ": ("warning", "⚠"),
    "undefined": ("warning", "⚠"),
}
"""Style role and sign."""


class InspectorPanel(QScrollArea):
    """The selected card in numbers, tables and a curve."""

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
        self.setAccessibleName("Inspector")
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
        self._target_button.setAccessibleName("Differentiate this card")
        self._target_button.clicked.connect(self._request_target)
        self._place = _label("muted", "card_place")
        self._place.setWordWrap(True)
        self._data = NumberTile("data", "data_tile")
        self._grad = NumberTile("grad", "grad_tile")
        self._receives = LedgerSection("Where its gradient comes from", RECEIVES, "receives_table")
        self._sends = LedgerSection("What it sends on", SENDS, "sends_table")
        self._note = _label("faint", "operation_note")
        self._note.setWordWrap(True)
        self._plot = SlopePlot()
        self._caption = _label("faint", "slope_caption")
        self._caption.setWordWrap(True)
        self._check = GradientCheck()
        self._empty = _label("muted", "empty_state", _EMPTY)
        self._empty.setWordWrap(True)
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
        layout.addWidget(self._place)
        layout.addSpacing(8)
        layout.addLayout(tiles)
        layout.addSpacing(18)
        layout.addWidget(self._receives)
        layout.addSpacing(18)
        layout.addWidget(self._sends)
        layout.addWidget(self._note)
        layout.addSpacing(18)
        layout.addWidget(_label("section", "slope_title", "SLOPE"))
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
        outer.addWidget(_label("section", "inspector_title", "INSPECTOR"))
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
                f"{node.label} is what is differentiated"
                if inspection.is_target
                else f"Differentiate {node.label} instead of {target} (T)"
            )
        )
        self._data.show_number("data", inspection.data)
        self._grad.show_number(f"grad {write_derivative(target, node.label)}", inspection.grad)
        self._receives.show_rows(inspection.receives, _no_source(inspection))
        self._sends.show_rows(inspection.sends, _no_sink(inspection))
        self._note.setText(inspection.note)
        self._note.setVisible(bool(inspection.note))

    def show_card_entry(self, sentence: str) -> None:
        """Where the inspected card lies in an array; "" for nowhere."""
        self._place.setText(sentence)
        self._place.setVisible(bool(sentence))

    def show_probe(self, probe: Probe | None) -> None:
        """The curve of the inspected node, or None while it is computed; another node's comes late and is ignored."""
        if probe is not None and (self._inspection is None or probe.node != self._inspection.node.id):
            return
        self._plot.show_probe(probe)
        self._check.show_probe(probe)
        self._caption.setText(" " if probe is None else _caption(probe))

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


class TitleLine(QWidget):
    """A card's label and its formula: beside each other where they fit, else the formula below."""

    _GAP = 6.0
    _LINE = 24

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label, self._expression = "", ""
        self._theme = DARK
        self.setObjectName("inspector_heading")
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_title(self, label: str, expression: str) -> None:
        if (label, expression) != (self._label, self._expression):
            self._label, self._expression = label, expression
            self.setAccessibleName(f"{label} {expression}".strip())
            self.setToolTip(tooltip(self.accessibleName()))
            self.updateGeometry()
            self.update()

    def show_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._LINE if not self._expression or self._fits(width) else 2 * self._LINE - 4

    def sizeHint(self) -> QSize:
        return QSize(200, self.heightForWidth(max(self.width(), 200)))

    def minimumSizeHint(self) -> QSize:
        return QSize(40, self._LINE)

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            width = float(self.width())
            title = QFontMetricsF(_title_font())
            label = title.elidedText(self._label, Qt.TextElideMode.ElideMiddle, width)
            painter.setFont(_title_font())
            painter.setPen(color(self._theme.text))
            painter.drawText(QPointF(0.0, 18.0), label)
            one_line = self._fits(self.width())
            start = title.horizontalAdvance(label) + self._GAP if one_line else 0.0
            painter.setFont(sans(13))
            painter.setPen(color(self._theme.muted_text))
            expression = QFontMetricsF(sans(13)).elidedText(
                self._expression, Qt.TextElideMode.ElideMiddle, width - start + 0.5
            )
            painter.drawText(QPointF(start, 18.0 if one_line else 38.0), expression)

    def _fits(self, width: int) -> bool:
        label = QFontMetricsF(_title_font()).horizontalAdvance(self._label)
        expression = QFontMetricsF(sans(13)).horizontalAdvance(self._expression)
        return label + self._GAP + expression <= width


def _title_font() -> QFont:
    return sans(16, bold=True)


class NumberTile(QFrame):
    """A number under its name, as large as fits."""

    _SIZES = (19, 17, 15, 13, 12, 11, 10)

    def __init__(self, meaning: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._meaning = meaning
        self._title, self._text, self._marked = "", NOT_YET, False
        self._theme = DARK
        self.setObjectName(name)
        self.setProperty("role", "tile")
        self.setFixedHeight(58)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_number(self, title: str, number: float | None) -> None:
        """A dot for a number that playback has not reached; inf and nan are marked."""
        text = NOT_YET if number is None else format_number(number)
        marked = number is not None and not math.isfinite(number)
        if (title, text, marked) == (self._title, self._text, self._marked):
            return
        self._title, self._text, self._marked = title, text, marked
        said = "not computed yet at this step" if number is None else repr(number)
        self.setAccessibleName(f"{title}: {said}")
        self.setToolTip(tooltip(f"{title} = {said}" if number is not None else f"{title}: {said}"))
        self.update()

    def show_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def minimumSizeHint(self) -> QSize:
        return QSize(80, 58)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        theme = self._theme
        with QPainter(self) as painter:
            room = self.width() - 20.0
            painter.setFont(sans(11))
            painter.setPen(color(theme.faint_text))
            metrics = QFontMetricsF(painter.font())
            title = metrics.elidedText(self._title, Qt.TextElideMode.ElideMiddle, room)
            painter.drawText(QPointF(10.0, 19.0), title)
            text = f"⚠ {self._text}" if self._marked else self._text
            fonts = [mono(size) for size in self._SIZES]
            font = next((f for f in fonts if QFontMetricsF(f).horizontalAdvance(text) <= room), fonts[-1])
            meaning = theme.grad if self._meaning == "grad" else theme.data
            painter.setFont(font)
            painter.setPen(color(theme.problem if self._marked else meaning))
            painter.drawText(QPointF(10.0, 44.0), text)


class LedgerSection(QWidget):
    """A titled table; of a long one the first rows, and the rest when asked for."""

    def __init__(
        self, title: str, columns: Sequence[Column], name: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._rows: tuple[LedgerRow, ...] = ()
        self._all = False
        self.table = LedgerTable(columns)
        self.table.setObjectName(name)
        self.table.setAccessibleName(title)
        self._nothing = _label("faint", f"{name}_nothing")
        self._nothing.setWordWrap(True)
        self._more = QPushButton()
        self._more.setObjectName(f"{name}_more")
        self._more.setProperty("role", "plain")
        self._more.clicked.connect(self._toggle)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        heading = _label("section", f"{name}_title", title.upper())
        heading.setWordWrap(True)
        layout.addWidget(heading)
        layout.addWidget(self.table)
        layout.addWidget(self._nothing)
        layout.addWidget(self._more)

    def show_rows(self, rows: tuple[LedgerRow, ...], nothing: str) -> None:
        """``nothing`` is said in place of the table where there are no rows."""
        self._rows = rows
        hidden = 0 if self._all else max(len(rows) - _FIRST_ROWS, 0)
        self.table.show_rows(rows[: len(rows) - hidden])
        self.table.setVisible(bool(rows))
        self._nothing.setText(nothing)
        self._nothing.setVisible(not rows)
        self._more.setVisible(len(rows) > _FIRST_ROWS)
        text = f"… and {hidden} more" if hidden else "Show fewer"
        self._more.setText(text)
        self._more.setAccessibleName(text)
        self._more.setToolTip(
            f"Show all {len(rows)} rows" if hidden else f"Show the first {_FIRST_ROWS} rows"
        )

    def show_fewer(self) -> None:
        self._all = False

    def _toggle(self) -> None:
        self._all = not self._all
        self.show_rows(self._rows, self._nothing.text())


class GradientCheck(QWidget):
    """The slope that backward() found beside the one that two evaluations find."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = DARK
        self.setObjectName("gradient_check")
        self.setAccessibleName("Check")
        self._slope = _number_label("check_backward")
        self._difference = _number_label("check_difference")
        self._verdict = _label("good", "check_verdict")
        self._verdict.setWordWrap(True)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(0)
        grid.setColumnStretch(0, 1)
        grid.addWidget(_label("section", "check_title", "CHECK"), 0, 0, 1, 2)
        rows = (("one backward()", self._slope), ("central difference", self._difference))
        for row, (text, number) in enumerate(rows, 1):
            grid.addWidget(_label("muted", f"{number.objectName()}_name", text), row, 0)
            grid.addWidget(number, row, 1)
            grid.setRowMinimumHeight(row, 27)
        grid.addWidget(self._verdict, 3, 0, 1, 2)
        grid.setRowMinimumHeight(3, 28)

    def show_probe(self, probe: Probe | None) -> None:
        if probe is None:
            for label in (self._slope, self._difference):
                label.setText(NOT_YET)
            self._verdict.setText(" ")
            return
        self._slope.setText(format_number(probe.slope, 7))
        self._difference.setText(format_number(probe.difference, 7))
        role, sign = _VERDICTS[probe.verdict]
        self._verdict.setText(f"{sign} {probe.comment}")
        restyle(self._verdict, "role", role)

    def show_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setPen(color(self._theme.border))
            for label in (self._slope, self._difference):
                bottom = label.geometry().bottom()
                painter.drawLine(0, bottom, self.width(), bottom)


def _caption(probe: Probe) -> str:
    if not probe.xs:
        return f"{probe.label} is {format_short(probe.x)}: there is no curve around it"
    here = (
        f"slope {format_short(probe.slope)}"
        if math.isfinite(probe.y)
        else f"which is {format_short(probe.y)} here: there is no point to draw"
    )
    return f"{probe.target_label} as a function of {probe.label}, {here}"


def _no_source(inspection: Inspection) -> str:
    node, target = inspection.node.label, inspection.target_label
    if inspection.is_target:
        return f"It is where the backward pass begins: {write_derivative(target, target)} = 1."
    if inspection.final_grad is None:
        return f"{target} does not depend on {node}, so its gradient is 0."
    return f"A backward pass began at {node}, with the gradient 1."


def _no_sink(inspection: Inspection) -> str:
    if inspection.node.is_leaf:
        return "It is a leaf: it was computed from nothing and passes nothing on."
    return f"No gradient reaches {inspection.node.label}, so it has none to pass on."


def _label(role: str, name: str, text: str = "") -> QLabel:
    label = QLabel(text)
    label.setObjectName(name)
    label.setProperty("role", role)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label


def _number_label(name: str) -> QLabel:
    label = _label("mono", name, NOT_YET)
    label.setFont(mono(12))
    label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
