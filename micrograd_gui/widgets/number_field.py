"""A field in which a finite number is typed."""

from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QLineEdit, QWidget

from micrograd_gui.model.numbers import parse_finite
from micrograd_gui.widgets.style import mono, restyle

NUMBER_HINT = "Type a number with a decimal point, such as −1.5"


def make_number_field(text: str, name: str, parent: QWidget) -> QLineEdit:
    """Return a field that is marked while what is typed in it is no number; it cannot be entered then."""
    field = QLineEdit(text, parent)
    field.setObjectName(name)
    field.setFont(mono(12))
    field.setValidator(_NumberValidator(field))
    field.textEdited.connect(lambda _text: mark_invalid(field))
    return field


def mark_invalid(field: QLineEdit) -> None:
    """Colour a field that holds no number, and only then."""
    restyle(field, "invalid", parse_finite(field.text()) is None)


class _NumberValidator(QValidator):
    """Accepts finite numbers; anything else is on its way to one."""

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        state = QValidator.State.Intermediate if parse_finite(text) is None else QValidator.State.Acceptable
        return state, text, position
