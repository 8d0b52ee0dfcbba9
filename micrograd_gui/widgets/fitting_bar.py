"""A bar whose parts are fitted into its width."""

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame

_NARROWEST = 400


class FittingBar(QFrame):
    """Calls ``fit`` whenever the bar or one of its parts has another size."""

    def fit(self) -> None:
        """Choose which parts are shown, and how long their texts are."""
        raise NotImplementedError

    def minimumSizeHint(self) -> QSize:
        return QSize(_NARROWEST, super().minimumSizeHint().height())

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            # A part changed its size, for instance when it got its style sheet.
            self.fit()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()
