"""A field to type a finite number in."""

from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QLineEdit, QWidget

from micrograd_core.texts import tr
from micrograd_gui.model.numbers import parse_finite
from micrograd_gui.widgets.style import mono, restyle

NUMBER_HINT = tr("Type a number with a decimal point, such as −1.5.")


def make_number_field(text: str, name: str, parent: QWidget) -> QLineEdit:
    """Return a field for finite numbers; it is marked, and Enter does nothing, while its text is none."""
    field = QLineEdit(text, parent)
    field.setObjectName(name)
    field.setFont(mono(12))
    field.setValidator(_NumberValidator(field))
    field.textEdited.connect(lambda _text: mark_invalid(field))
    return field


def mark_invalid(field: QLineEdit) -> None:
    """Mark a field if its text is no finite number."""
    restyle(field, "invalid", parse_finite(field.text()) is None)


class _NumberValidator(QValidator):
    """Accepts finite numbers; any other text is an unfinished one."""

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        state = QValidator.State.Intermediate if parse_finite(text) is None else QValidator.State.Acceptable
        return state, text, position
