"""The heading of the inspector: a card's label and its formula."""

from PySide6.QtCore import QPointF, QSize
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from micrograd_gui.model.theme import DARK, Theme
from micrograd_gui.widgets.labels import tooltip
from micrograd_gui.widgets.measure import elided, measured_width
from micrograd_gui.widgets.style import color, sans


class TitleLine(QWidget):
    """Shows a card's label and its formula: beside each other where they fit, else the formula below."""

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
            label = elided(self._label, _title_font(), width)
            painter.setFont(_title_font())
            painter.setPen(color(self._theme.text))
            painter.drawText(QPointF(0.0, 18.0), label)
            one_line = self._fits(self.width())
            start = measured_width(label, _title_font()) + self._GAP if one_line else 0.0
            painter.setFont(sans(13))
            painter.setPen(color(self._theme.muted_text))
            # Half a pixel more, since the widths of one line are sums that are rounded.
            expression = elided(self._expression, sans(13), width - start + 0.5)
            painter.drawText(QPointF(start, 18.0 if one_line else 38.0), expression)

    def _fits(self, width: int) -> bool:
        label = measured_width(self._label, _title_font())
        expression = measured_width(self._expression, sans(13))
        return label + self._GAP + expression <= width


def _title_font() -> QFont:
    return sans(16, bold=True)
