"""The left side of the training tab: every knob of a training run, in sections."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from micrograd_core.texts import tr
from micrograd_core.training.config import TrainingConfig
from micrograd_gui.model.knobs import KNOBS, SECTIONS, Section, TypedKnob
from micrograd_gui.model.numbers import format_number
from micrograd_gui.training.knob_row import ChoiceRow, TypedRow, labelled, value_label
from micrograd_gui.widgets.labels import make_label


class SettingsPanel(QScrollArea):
    """Emits a whole config for each valid change; an error of what was typed stands below its field."""

    config_edited = Signal(object)
    """A ``TrainingConfig``."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("settings_panel")
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
        self._rows: list[TypedRow | ChoiceRow] = []
        self._add_section("data")
        self._add_section("network")
        self._parameters = self._add_value(tr("parameters"), "parameters_label", tr("Number of parameters"))
        self._add_section("optimisation")
        self._rate = self._add_value(tr("rate now"), "rate_label", tr("Learning rate of the next step"))
        self._column.addStretch(1)
        self.setWidget(self._content)
        self.setMinimumWidth(self._content.minimumSizeHint().width() + 12)
        self.show_run(self._config, self._config.rate(0))

    @property
    def config(self) -> TrainingConfig:
        """The config in force: the last valid one that was entered."""
        return self._config

    def show_config(self, config: TrainingConfig) -> None:
        self._config = config
        for row in self._rows:
            row.show_config(config)

    def show_run(self, config: TrainingConfig, learning_rate: float) -> None:
        """Show the number of parameters of the network, and the learning rate of its next step."""
        self._parameters.setText(f"{config.parameter_count:,}")
        self._rate.setText(format_number(learning_rate))

    def _add_section(self, section: Section) -> None:
        if self._column.count():
            self._column.addSpacing(10)
        self._column.addWidget(make_label("section", SECTIONS[section], parent=self))
        for knob in KNOBS:
            if knob.section == section:
                row = (
                    TypedRow(knob, self._config, self)
                    if isinstance(knob, TypedKnob)
                    else ChoiceRow(knob, self._config, self)
                )
                row.edited.connect(self._take)
                self._rows.append(row)
                self._column.addWidget(row)

    def _add_value(self, text: str, name: str, help_text: str) -> QLabel:
        label = value_label(name, help_text, help_text, self)
        self._column.addLayout(labelled(text, label, self))
        return label

    def _take(self, config: TrainingConfig) -> None:
        if config != self._config:
            self.show_config(config)
            self.config_edited.emit(config)
