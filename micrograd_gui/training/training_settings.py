"""Data, network and optimisation: every knob of a training run."""

from dataclasses import replace

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QWheelEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from micrograd_gui.model.knobs import KNOBS, Knob, nudge_knob, read_knob
from micrograd_gui.model.numbers import format_number
from micrograd_gui.model.training import ACTIVATIONS, TrainingConfig
from micrograd_gui.widgets.labels import make_label
from micrograd_gui.widgets.plain_text import tooltip
from micrograd_gui.widgets.style import mono, restyle

PATIENCE_MS = 600
"""So long after the last key an error in a field is named."""
_FIELD_WIDTH = 104
_TYPING = "Enter takes what is typed, Escape gives back what was."
_STEPS = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1, Qt.Key.Key_PageUp: 10, Qt.Key.Key_PageDown: -10}


class KnobField(QLineEdit):
    """A number as text; Up, Down, PageUp and PageDown change it by steps."""

    nudged = Signal(int)
    entered = Signal()
    """Enter was pressed, or the keyboard has gone elsewhere in the window."""
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
        # Who looks into a menu or another window comes back to go on typing.
        if event.reason() not in (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason):
            self.entered.emit()


class KnobRow(QWidget):
    """A knob's label and field, with the sentence that says what is wrong with what was typed.

    What is typed has no effect before it is entered.
    """

    edited = Signal(object)
    """A ``TrainingConfig`` in which this knob is new."""

    def __init__(self, knob: Knob, config: TrainingConfig, parent: QWidget) -> None:
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
        self.field.setFixedWidth(_FIELD_WIDTH)
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
        """What the user is typing stays as typed."""
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
        """The config that was typed; None if there is something wrong with it."""
        text = self.field.text()
        try:
            # A text may have fewer digits than the value it stands for.
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
        """From what was typed, if it can be read."""
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


class TrainingSettings(QScrollArea):
    """Each valid change that is entered comes as a whole config; what cannot be read is named beside its field."""

    config_edited = Signal(object)
    """A ``TrainingConfig``."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("training_settings")
        self.setProperty("role", "panel")
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._config = TrainingConfig()
        self._content = QFrame(self)
        self._content.setProperty("role", "panel")
        self._column = QVBoxLayout(self._content)
        self._column.setContentsMargins(14, 16, 14, 16)
        self._column.setSpacing(4)
        self._rows: list[KnobRow] = []
        self._parameters = self._value_label("parameters_label", "Number of parameters")
        self._rate = self._value_label("rate_label", "Learning rate of the next step")
        self._add_section("DATA")
        self._column.addLayout(labelled("shape", self._value_label("shape_label", "Shape", "moons"), self))
        self._add_knobs("DATA")
        self._add_section("NETWORK")
        self._add_knobs("NETWORK")
        self._activation = self._make_activation()
        self._column.addLayout(labelled("activation", self._activation, self))
        self._column.addLayout(labelled("parameters", self._parameters, self))
        self._add_section("OPTIMISATION")
        self._column.addLayout(labelled("loss", self._value_label("loss_label", "Loss", "max-margin"), self))
        self._column.addLayout(
            labelled("optimizer", self._value_label("optimizer_label", "Optimizer", "SGD"), self)
        )
        self._add_knobs("OPTIMISATION")
        self._column.addLayout(labelled("rate now", self._rate, self))
        self._column.addStretch(1)
        self.setWidget(self._content)
        self.setMinimumWidth(self._content.minimumSizeHint().width() + 12)
        self.show_run(self._config, self._config.rate(0))

    @property
    def config(self) -> TrainingConfig:
        """The one in force: the last that was entered and valid."""
        return self._config

    def show_config(self, config: TrainingConfig) -> None:
        self._config = config
        for row in self._rows:
            row.show_config(config)
        self._activation.setCurrentText(config.activation)

    def show_run(self, config: TrainingConfig, learning_rate: float) -> None:
        """What is true of the network that is shown: its parameters, and the rate of its next step."""
        self._parameters.setText(f"{config.parameter_count:,}")
        self._rate.setText(format_number(learning_rate))

    def _add_section(self, title: str) -> None:
        if self._column.count():
            self._column.addSpacing(10)
        self._column.addWidget(make_label("section", title, parent=self))

    def _add_knobs(self, section: str) -> None:
        for knob in KNOBS:
            if knob.section == section:
                row = KnobRow(knob, self._config, self)
                row.edited.connect(self._take)
                self._rows.append(row)
                self._column.addWidget(row)

    def _make_activation(self) -> QComboBox:
        box = QComboBox(self)
        box.setObjectName("activation_box")
        box.setAccessibleName("activation")
        box.setToolTip("What each hidden neuron does to its weighted sum")
        box.setFont(mono(13))
        box.setFixedWidth(_FIELD_WIDTH)
        box.addItems(list(ACTIVATIONS))
        box.textActivated.connect(lambda name: self._take(replace(self._config, activation=name)))
        return box

    def _value_label(self, name: str, accessible_name: str, text: str = "") -> QLabel:
        label = make_label("mono", text, name, parent=self)
        label.setAccessibleName(accessible_name)
        label.setToolTip(accessible_name)
        label.setFont(mono(13))
        label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        label.setContentsMargins(0, 0, 9, 0)
        label.setMinimumHeight(24)
        return label

    def _take(self, config: TrainingConfig) -> None:
        if config != self._config:
            self.show_config(config)
            self.config_edited.emit(config)


def labelled(text: str, field: QWidget, parent: QWidget) -> QHBoxLayout:
    """A row with ``text`` at its left end and the field at its right."""
    label = make_label("muted", text, parent=parent)
    label.setBuddy(field)
    row = QHBoxLayout()
    row.setSpacing(8)
    row.setContentsMargins(0, 0, 0, 0)
    row.addWidget(label)
    row.addStretch(1)
    row.addWidget(field)
    return row
