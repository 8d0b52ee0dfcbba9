"""The program's editor, and under it the results: a status, a problem, warnings, the program's output."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from micrograd_core.texts import tr, tr_count
from micrograd_gui.editor.code_editor import CodeEditor
from micrograd_gui.editor.numbered_text import NumberedTextEdit, clean_text, shown_text
from micrograd_gui.model.fit_text import shorten_end
from micrograd_gui.model.numbers import format_number
from micrograd_gui.model.resolve import Printed, Problem, ProgramWarning, Resolved
from micrograd_gui.model.snapshot import Span
from micrograd_gui.model.text_change import changed_range
from micrograd_gui.model.theme import DARK, Theme
from micrograd_gui.model.timeline import TextProgress
from micrograd_gui.widgets.labels import LabelRole, make_label
from micrograd_gui.widgets.style import icon, restyle

PAUSE_MS = 600
"""Pause in typing after which a problem is shown, in milliseconds."""

_PLACEHOLDER = tr("Type an expression, such as\n{code}", code="a = 2.0\nb = -3.0\nc = a * b + 10")
_LABEL_LENGTH = 30
_MOST_OUTPUT_LINES = 6
_FEWEST_OUTPUT_LINES = 2
_FEWEST_LINES = 4
"""Lines of the editor that are seen at least."""
_NO_VALUE = tr("No value to draw yet. Write, for instance, {code}.", code="a = 2.0")
_WORKING = tr("◌ computing…")
_GOOD = "✓ "


class ExpressionPanel(QWidget):
    """Edits the program and shows its results."""

    source_edited = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("expression_panel")
        self._theme = DARK
        self._source = self._shown = ""
        """The program, and the text in the editor, which differs in characters that cannot be shown."""
        self._problem: Problem | None = None
        """The problem that is shown, or will be at a pause in typing."""
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setTimerType(Qt.TimerType.PreciseTimer)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self._show_problem)

        self._editor = CodeEditor(self)
        self._editor.setObjectName("editor")
        self._editor.setMinimumHeight(self._editor.fontMetrics().lineSpacing() * _FEWEST_LINES + 18)
        self._editor.setAccessibleName(tr("Expression"))
        self._editor.setPlaceholderText(_PLACEHOLDER)
        self._editor.setToolTip(
            tr("Tab indents and completes; Esc, then Tab leaves. Ctrl+/ comments, Ctrl+Space completes.")
        )
        self._editor.source_edited.connect(self._report_edit)

        self._status = _text("status_label", "faint", self)
        self._problem_icon = QLabel(self)
        self._problem_icon.setFixedSize(QSize(18, 18))
        self._problem_icon.setAccessibleName(tr("Problem"))
        self._message = _text("problem_label", "problem", self)
        self._hint = _text("hint_label", "muted", self)
        self._warnings = _text("warning_label", "warning", self)
        self._problem_row = QWidget(self)
        grid = QGridLayout(self._problem_row)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(2)
        grid.addWidget(self._problem_icon, 0, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self._message, 0, 1)
        grid.addWidget(self._hint, 1, 1)
        grid.setColumnStretch(1, 1)
        self._output_title = make_label("section", tr("OUTPUT"), parent=self)
        self._output = _Output(self)
        self._later = make_label("faint", name="later_output", parent=self)
        self._later.hide()

        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(make_label("section", tr("EXPRESSION"), parent=self))
        column.addWidget(self._editor, 1)
        for widget in (
            self._status,
            self._problem_row,
            self._warnings,
            self._output_title,
            self._output,
            self._later,
        ):
            column.addWidget(widget)
        self.show_theme(DARK)
        self._show_status("", "faint")
        self._problem_row.hide()
        self._show_warnings(())
        self._show_output(())

    def show_source(self, source: str) -> None:
        if source != self._source:
            self._source, self._shown = source, shown_text(source)
            self._editor.show_source(source)

    def show_resolved(self, resolved: Resolved) -> None:
        """Show the results: a problem after a pause in typing, anything else at once."""
        if resolved.problem is not None:
            if resolved.document.source == self._source:
                self._problem = resolved.problem
                if not self._pause.isActive():
                    self._show_problem()
                else:
                    self._show_status(self._status.text().removeprefix(_GOOD), "faint")
            return
        self._problem = None
        self._pause.stop()
        self._editor.mark_problem(None)
        self._problem_row.hide()
        self._show_good(resolved)
        self._show_warnings(resolved.warnings)
        self._show_output([line for line in (*resolved.printed, resolved.stated) if line is not None])

    def show_progress(self, progress: TextProgress) -> None:
        """Point to the line of the present step, and show what was printed so far."""
        self._editor.show_steps(progress.line, progress.before)
        self._output.show_progress(progress.printed)
        later = self._output.later
        self._later.setText(
            tr_count("{n:,} more line later in the run", "{n:,} more lines later in the run", later)
        )
        self._later.setVisible(later > 0)

    def show_working(self, working: bool) -> None:
        """Say that the text is being computed, and hide the results of the previous one."""
        if working:
            self._forget()
            self._show_status(_WORKING, "muted")
        elif self._status.text() == _WORKING:
            self._show_status("", "faint")

    def begin_anew(self) -> None:
        """Show the beginning of another program, and none of the results of the previous one."""
        self._forget()
        self._show_status("", "faint")
        self._editor.show_beginning()

    def highlight_span(self, span: Span | None) -> None:
        """Mark the source of the selected card."""
        self._editor.mark_span(span)

    def show_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._editor.show_theme(theme)
        self._output.show_theme(theme)
        self._show_problem_tint()

    def focus_editor(self) -> None:
        self._editor.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _forget(self) -> None:
        """Hide the results of the previous text."""
        self._problem = None
        self._pause.stop()
        self._editor.mark_problem(None)
        self._problem_row.hide()
        self._show_warnings(())
        self._show_output(())

    def _report_edit(self, shown: str) -> None:
        """Apply an edit to the source, whose characters that cannot be shown stay outside of the edit."""
        start, end, text = changed_range(self._shown, shown)
        self._source, self._shown = self._source[:start] + text + self._source[end:], shown
        # The message belongs to the text before the edit: it stays, in a fainter colour.
        self._problem = None
        self._show_problem_tint()
        self._pause.start()
        self.source_edited.emit(self._source)

    def _show_problem(self) -> None:
        problem = self._problem
        if problem is None:
            return
        span = Span(problem.line, problem.column, problem.end_line, problem.end_column)
        self._editor.mark_problem(span)
        self._message.setText(tr("Line {line}: {message}", line=problem.line, message=problem.message))
        self._hint.setText(problem.hint)
        self._hint.setVisible(bool(problem.hint))
        self._show_problem_tint()
        self._show_status("", "faint")
        self._problem_row.show()
        self._show_warnings(())

    def _show_problem_tint(self) -> None:
        present = self._problem is not None
        tint = self._theme.problem if present else self._theme.faint_text
        self._problem_icon.setPixmap(icon("circle-alert", self._theme, tint).pixmap(16, 16))
        restyle(self._message, "role", "problem" if present else "faint")
        restyle(self._hint, "role", "muted" if present else "faint")

    def _show_good(self, resolved: Resolved) -> None:
        snapshot = resolved.snapshot
        records = () if snapshot is None else snapshot.nodes
        self._editor.mark_changed(frozenset(node.span.line for node in records if node.changed and node.span))
        if snapshot is None:
            has_text = bool(resolved.document.source.strip())
            self._show_status(_NO_VALUE if has_text else "", "muted")
            return
        nodes = tr_count("{n:,} node", "{n:,} nodes", len(snapshot.nodes))
        target = snapshot.nodes[snapshot.target]
        data = resolved.timeline.final_data[snapshot.target]
        formula = f"{shorten_end(target.label, _LABEL_LENGTH)} = {format_number(target.data if data is None else data)}"
        is_chosen = bool(resolved.document.target)
        result = (
            tr("target {formula}", formula=formula) if is_chosen else tr("output {formula}", formula=formula)
        )
        self._show_status(f"{_GOOD}{nodes} · {result}", "good")

    def _show_status(self, text: str, role: str) -> None:
        self._status.setText(text)
        self._status.setVisible(bool(text) or self._problem is None)
        restyle(self._status, "role", role)

    def _show_warnings(self, warnings: Sequence[ProgramWarning]) -> None:
        lines = (tr("⚠ line {line}: {message}", line=found.line, message=found.message) for found in warnings)
        self._warnings.setText("\n".join(lines))
        self._warnings.setVisible(bool(warnings))

    def _show_output(self, printed: Sequence[Printed]) -> None:
        self._later.hide()
        self._output_title.setVisible(bool(printed))
        self._output.show_printed(printed)


class _Output(NumberedTextEdit):
    """Shows what was printed, and the value of the last line, each with the number of the line that it came from."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("output")
        self.setAccessibleName(tr("Output of print"))
        self.setToolTip(tr("The program's output, with the numbers of the lines that printed it"))
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self._printed: tuple[Printed, ...] = ()
        self._so_far = 0
        self._height = 0

    @property
    def later(self) -> int:
        """Number of prints that come after the present moment."""
        return len(self._printed) - self._so_far

    def show_printed(self, printed: Sequence[Printed]) -> None:
        """Show all that the program prints."""
        self.setVisible(bool(printed))
        if tuple(printed) == self._printed:
            return
        self._printed, self._so_far = tuple(printed), len(printed)
        self._show()
        lines = sum(clean_text(text).count("\n") + 1 for text, _ in printed)
        shown = min(max(lines, 1), _MOST_OUTPUT_LINES)
        self._height = self._height_of(shown)
        self.setMinimumHeight(min(self._height, self._height_of(_FEWEST_OUTPUT_LINES)))
        self.setMaximumHeight(self._height)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self._height)

    def _height_of(self, lines: int) -> int:
        return self.fontMetrics().lineSpacing() * lines + 18

    def show_progress(self, count: int | None) -> None:
        """Show only the first ``count`` lines, scrolled to the last of them; None shows all."""
        count = len(self._printed) if count is None else min(count, len(self._printed))
        if count == self._so_far:
            return
        self._so_far = count
        self._show()
        bar = self.verticalScrollBar()
        bar.setValue(bar.maximum())

    def _show(self) -> None:
        lines: list[str] = []
        labels: list[str] = []
        for text, line in self._printed[: self._so_far]:
            first, *more = clean_text(text).split("\n")
            lines += [first, *more]
            labels += [str(line), *[""] * len(more)]
        scrolled = self.verticalScrollBar().value()
        self.setPlainText("\n".join(lines))
        self.show_line_labels(labels)
        self.verticalScrollBar().setValue(scrolled)


def _text(name: str, role: LabelRole, parent: QWidget) -> QLabel:
    """Return a label for text of any length: it wraps, can be selected and does not grow wider."""
    label = make_label(role, name=name, wraps=True, parent=parent)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    policy.setHeightForWidth(True)
    label.setSizePolicy(policy)
    return label
