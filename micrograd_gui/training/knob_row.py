"""The rows of the settings panel: a knob with a text field, or with the choices of a table."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from micrograd_core.texts import tr
from micrograd_core.training.config import TrainingConfig
from micrograd_gui.model.knobs import ChoiceKnob, TypedKnob, nudge_knob, read_knob, set_choice
from micrograd_gui.widgets.labels import make_label, tooltip
from micrograd_gui.widgets.style import mono, restyle

PATIENCE_MS = 600
"""Milliseconds after the last key until an error in a field is shown."""
FIELD_WIDTH = 104
"""Pixels."""
_TYPING = tr("Enter applies what you typed; Escape restores the value.")
_STEPS = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1, Qt.Key.Key_PageUp: 10, Qt.Key.Key_PageDown: -10}


class KnobField(QLineEdit):
    """A text field for a number; Up and Down change it by a step, PageUp and PageDown by ten."""

    nudged = Signal(int)
    """The number of steps up, negative for down."""
    entered = Signal()
    """Enter was pressed, or the focus went elsewhere in the window."""
    withdrawn = Signal()
    """Escape was pressed."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _STEPS:
            self.nudged.emit(_STEPS[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit()
        elif key == Qt.Key.Key_Escape:
            self.withdrawn.emit()
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus() and event.angleDelta().y():
            self.nudged.emit(1 if event.angleDelta().y() > 0 else -1)
            event.accept()
        else:
            event.ignore()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        # After a look into a menu or another window the user goes on typing.
        if event.reason() not in (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason):
            self.entered.emit()


class TypedRow(QWidget):
    """The label and field of a typed knob, and the error of its text below. Text has no effect before it is entered."""

    edited = Signal(object)
    """A ``TrainingConfig`` in which this knob is new."""

    def __init__(self, knob: TypedKnob, config: TrainingConfig, parent: QWidget) -> None:
        super().__init__(parent)
        self._knob = knob
        self._config = config
        self._problem = ""
        self.field = KnobField(self)
        self.field.setObjectName(f"{knob.name}_field")
        self.field.setAccessibleName(knob.label)
        self.field.setAccessibleDescription(knob.help)
        self.field.setToolTip(tooltip(f"{knob.help} {_TYPING}"))
        self.field.setFont(mono(13))
        self.field.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.field.setFixedWidth(FIELD_WIDTH)
        self.problem_label = make_label("problem", name=f"{knob.name}_problem", wraps=True, parent=self)
        self.problem_label.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(labelled(knob.label, self.field, self))
        column.addWidget(self.problem_label)
        self._patience = QTimer(self, interval=PATIENCE_MS, singleShot=True)
        self._patience.timeout.connect(self._show_problem)
        self.field.textEdited.connect(self._check)
        self.field.nudged.connect(self._nudge)
        self.field.entered.connect(self._enter)
        self.field.withdrawn.connect(self._write)
        self._write()

    def show_config(self, config: TrainingConfig) -> None:
        """Show the value of ``config``; a text that is being typed stays unless the value has changed."""
        changed = getattr(config, self._knob.name) != getattr(self._config, self._knob.name)
        self._config = config
        if changed:
            self._write()

    @property
    def _text_in_force(self) -> str:
        return self._knob.write(getattr(self._config, self._knob.name))

    def _write(self) -> None:
        self.field.setText(self._text_in_force)
        self._set_problem("")

    def _check(self) -> TrainingConfig | None:
        """Return the config of the text; None if it has an error."""
        text = self.field.text()
        try:
            # The text may have fewer digits than the value.
            unchanged = text == self._text_in_force
            config = self._config if unchanged else read_knob(self._config, self._knob, text)
        except ValueError as error:
            self._set_problem(str(error))
            return None
        self._set_problem("")
        return config

    def _enter(self) -> None:
        config = self._check()
        if config is None:
            self._show_problem()
        else:
            self._take(config)
            self._write()

    def _nudge(self, steps: int) -> None:
        """Change the value by steps, starting from the text if it has no error."""
        self._take(nudge_knob(self._check() or self._config, self._knob, steps))
        self._write()

    def _take(self, config: TrainingConfig) -> None:
        if config != self._config:
            self._config = config
            self.edited.emit(config)

    def _set_problem(self, sentence: str) -> None:
        self._problem = sentence
        if not sentence:
            self._patience.stop()
            self._show_problem()
        elif self.problem_label.isHidden():
            self._patience.start()
        else:
            self._show_problem()

    def _show_problem(self) -> None:
        self.problem_label.setText(self._problem)
        self.problem_label.setVisible(bool(self._problem))
        restyle(self.field, "invalid", bool(self._problem))


class ChoiceRow(QWidget):
    """The label of a knob and a box of its choices, or the title of a single one."""

    edited = Signal(object)
    """A ``TrainingConfig`` in which this knob is new."""

    def __init__(self, knob: ChoiceKnob, config: TrainingConfig, parent: QWidget) -> None:
        super().__init__(parent)
        self._knob = knob
        self._config = config
        self._names = list(knob.table)
        titles = [row.title for row in knob.table.values()]
        self._box: QComboBox | None = None
        if len(titles) > 1:
            self._box = QComboBox(self)
            self._box.setObjectName(f"{knob.name}_box")
            self._box.setAccessibleName(knob.label)
            self._box.setToolTip(knob.help)
            self._box.setFont(mono(13))
            self._box.setFixedWidth(FIELD_WIDTH)
            self._box.addItems(titles)
            self._box.activated.connect(self._choose)
        field = self._box or value_label(f"{knob.name}_label", knob.label, knob.help, self, titles[0])
        self.setLayout(labelled(knob.label, field, self))
        self.show_config(config)

    def show_config(self, config: TrainingConfig) -> None:
        self._config = config
        if self._box is not None:
            self._box.setCurrentIndex(self._names.index(getattr(config, self._knob.name)))

    def _choose(self, index: int) -> None:
        self.edited.emit(set_choice(self._config, self._knob, self._names[index]))


def value_label(name: str, accessible_name: str, help_text: str, parent: QWidget, text: str = "") -> QLabel:
    """Make a label for a value that cannot be edited, as wide as its text."""
    label = make_label("mono", text, name, parent=parent)
    label.setAccessibleName(accessible_name)
    label.setToolTip(help_text)
    label.setFont(mono(13))
    label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    label.setContentsMargins(0, 0, 9, 0)
    label.setMinimumHeight(24)
    return label


def labelled(text: str, field: QWidget, parent: QWidget) -> QHBoxLayout:
    """Make a row with ``text`` at its left end and the field at its right."""
    label = make_label("muted", text, parent=parent)
    label.setBuddy(field)
    row = QHBoxLayout()
    row.setSpacing(8)
    row.setContentsMargins(0, 0, 0, 0)
    row.addWidget(label)
    row.addStretch(1)
    row.addWidget(field)
    return row
