"""A plain text editor with line numbers, and the conversion of text for it."""

import re

from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from micrograd_gui.editor.text_commands import INDENT
from micrograd_gui.model.theme import DARK, Theme
from micrograd_gui.widgets.measure import measured_width
from micrograd_gui.widgets.style import color, mono

_UNWANTED = re.compile("[\r\ud800-\udfff\ufdd0\ufdd1\u2028\u2029]")
"""Surrogates, characters that Qt reserves, and line separators other than newline."""


def clean_text(text: str) -> str:
    """Return ``text`` as the editor can hold it: newlines between lines, no halves of characters."""
    return shown_text(text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2029", "\n"))


def shown_text(source: str) -> str:
    """Return ``source`` with a replacement character for each that the editor cannot hold; its length stays."""
    return _UNWANTED.sub("\N{REPLACEMENT CHARACTER}", source)


class NumberedTextEdit(QPlainTextEdit):
    """A plain text editor with a label before each line, by default its number."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = DARK
        self._line_labels: list[str] | None = None
        self.marked_line = 0
        """Line (from 1) whose number is marked as a problem's; 0 for none."""
        self.step_line = 0
        """Line (from 1) of the present step, with an arrow before it; 0 for none."""
        self.line_before = 0
        """Line of the step before it, with a pale arrow; 0 for none."""
        self.changed_lines: frozenset[int] = frozenset()
        """Lines (from 1) with a ring before them: a number that they give was changed on the graph."""
        self._gutter = _Gutter(self)
        self.setFont(mono(13))
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setUndoRedoEnabled(False)
        self.document().setDocumentMargin(6)
        self.setTabStopDistance(round(measured_width(INDENT, mono(13))))
        self.blockCountChanged.connect(self._show_gutter_width)
        self.updateRequest.connect(self._scroll_gutter)
        self._show_gutter_width()

    def show_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update_gutter()

    def show_line_labels(self, labels: list[str]) -> None:
        """Show other labels than the line numbers, one a line."""
        self._line_labels = labels
        self._show_gutter_width()
        self.update_gutter()

    def mark_changed(self, lines: frozenset[int]) -> None:
        if lines != self.changed_lines:
            self.changed_lines = lines
            self.update_gutter()

    def mark_line(self, line: int) -> None:
        if line != self.marked_line:
            self.marked_line = line
            self.update_gutter()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_gutter()

    def gutter_width(self) -> int:
        if self._line_labels is None:
            digits = max(2, len(str(self.blockCount())))
        else:
            digits = max((len(label) for label in self._line_labels), default=1)
        return round(measured_width("0", mono(12))) * digits + 18

    def update_gutter(self) -> None:
        """Repaint the labels, for instance after a change of focus."""
        self._gutter.update()

    def paint_gutter(self, event: QPaintEvent) -> None:
        theme = self._theme
        with QPainter(self._gutter) as painter:
            painter.setFont(mono(12))
            block = self.firstVisibleBlock()
            top = self.blockBoundingGeometry(block).translated(self.contentOffset()).top()
            current = self.textCursor().blockNumber()
            while block.isValid() and top <= event.rect().bottom():
                height = self.blockBoundingRect(block).height()
                number = block.blockNumber()
                problem = number + 1 == self.marked_line
                tint = theme.problem if problem else theme.faint_text
                if number == current and self.hasFocus() and not problem:
                    tint = theme.text
                rect = QRect(0, round(top), self._gutter.width() - 8, self.fontMetrics().lineSpacing())
                painter.setPen(color(tint))
                painter.drawText(
                    rect,
                    int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter),
                    self._label(number),
                )
                if problem:
                    painter.setPen(Qt.PenStyle.NoPen)
                    painter.setBrush(color(theme.problem))
                    painter.drawRoundedRect(0, rect.top() + 1, 3, rect.height() - 2, 1, 1)
                if number + 1 in (self.step_line, self.line_before):
                    self._paint_arrow(painter, rect, is_present=number + 1 == self.step_line)
                elif number + 1 in self.changed_lines:
                    painter.setPen(QPen(color(theme.update), 1.6))
                    painter.setBrush(Qt.BrushStyle.NoBrush)
                    painter.drawEllipse(QPointF(6.0, rect.center().y() + 0.5), 2.5, 2.5)
                top += height
                block = block.next()

    def _paint_arrow(self, painter: QPainter, rect: QRect, *, is_present: bool) -> None:
        """Draw the arrow of the present step, or the outline of one for the step before."""
        x, y = 3.0, rect.center().y() + 0.5
        shape = [(0, -2), (4, -2), (4, -5), (9, 0), (4, 5), (4, 2), (0, 2)]
        arrow = QPolygonF([QPointF(x + dx, y + dy) for dx, dy in shape])
        theme = self._theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(color(theme.update if is_present else theme.faint_text), 1.0))
        painter.setBrush(color(theme.update) if is_present else Qt.BrushStyle.NoBrush)
        painter.drawPolygon(arrow)

    def _label(self, number: int) -> str:
        labels = self._line_labels
        if labels is None:
            return str(number + 1)
        return labels[number] if number < len(labels) else ""

    def _show_gutter_width(self) -> None:
        self.setViewportMargins(self.gutter_width(), 0, 0, 0)
        self._place_gutter()

    def _place_gutter(self) -> None:
        inside = self.contentsRect()
        self._gutter.setGeometry(QRect(inside.left(), inside.top(), self.gutter_width(), inside.height()))

    def _scroll_gutter(self, rect: QRect, dy: int) -> None:
        if dy:
            self._gutter.scroll(0, dy)
        else:
            self._gutter.update(0, rect.y(), self._gutter.width(), rect.height())


class _Gutter(QWidget):
    """The margin with the line numbers."""

    def __init__(self, editor: NumberedTextEdit) -> None:
        super().__init__(editor)
        self._editor = editor

    def sizeHint(self) -> QSize:
        return QSize(self._editor.gutter_width(), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        self._editor.paint_gutter(event)
