"""The keyboard focus after a click on a button."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton


def give_focus_on_click(button: QAbstractButton, to: QAbstractButton) -> None:
    """Let a click on ``button`` move the focus to ``to``, if that is enabled; Tab still reaches ``button``.

    A button with the focus would be pressed again by Space. The focus moves on the press, so that a number that was
    being typed is entered before the click takes effect.
    """
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def give() -> None:
        if not button.hasFocus():
            (to if to.isEnabled() else button).setFocus(Qt.FocusReason.MouseFocusReason)

    button.pressed.connect(give)
