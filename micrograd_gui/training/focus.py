"""Where the keyboard goes when a button is clicked."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton


def give_focus_on_click(button: QAbstractButton, to: QAbstractButton) -> None:
    """Let a click on ``button`` bring the keyboard to ``to``, if that can be pressed; Tab still reaches ``button``.

    A button that takes the keyboard itself would be pressed again by Space. The keyboard goes with the press, so that
    a number that was being typed is taken before what the click does.
    """
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def give() -> None:
        if not button.hasFocus():
            (to if to.isEnabled() else button).setFocus(Qt.FocusReason.MouseFocusReason)

    button.pressed.connect(give)
