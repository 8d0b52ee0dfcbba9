"""The inspector's check of the gradient against a central difference."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from micrograd_core.texts import tr
from micrograd_gui.model.numbers import NOT_YET, format_number
from micrograd_gui.model.probe import Probe, Verdict
from micrograd_gui.model.theme import DARK, Theme
from micrograd_gui.widgets.labels import LabelRole, make_label
from micrograd_gui.widgets.style import color, mono, restyle

_VERDICTS: dict[Verdict, tuple[LabelRole, str]] = {
    "agree": ("good", "✓"),
    "differ": ("warning", "⚠"),
    "undefined": ("warning", "⚠"),
}
"""Style role and sign of each verdict."""


class GradientCheck(QWidget):
    """Shows the gradient from backward() beside a central difference, and whether they agree."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = DARK
        self.setObjectName("gradient_check")
        self.setAccessibleName(tr("Check"))
        self._slope = _number_label("check_backward")
        self._difference = _number_label("check_difference")
        self._verdict = make_label("good", name="check_verdict", wraps=True)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(0)
        grid.setColumnStretch(0, 1)
        grid.addWidget(make_label("section", tr("CHECK"), "check_title"), 0, 0, 1, 2)
        rows = ((tr("one backward()"), self._slope), (tr("central difference"), self._difference))
        for row, (text, number) in enumerate(rows, 1):
            grid.addWidget(make_label("muted", text, f"{number.objectName()}_name"), row, 0)
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


def _number_label(name: str) -> QLabel:
    label = make_label("mono", NOT_YET, name)
    label.setFont(mono(12))
    label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
