"""The keys that a focused control keeps for itself, although the window has a shortcut on the same key."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSlider,
    QComboBox,
    QTabBar,
    QWidget,
)

_CONTROL = Qt.KeyboardModifier.ControlModifier
_COMMANDS = _CONTROL | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
"""Modifiers that distinguish keys; Shift and the keypad do not."""


@dataclass(frozen=True, slots=True)
class OwnKeys:
    """A set of key presses."""

    plain: frozenset[Qt.Key] = frozenset()
    """Keys pressed alone or with Shift."""
    with_control: frozenset[Qt.Key] = frozenset()
    every: bool = False
    """True for the set of all key presses."""

    def has(self, event: QKeyEvent) -> bool:
        """Say whether the key press is one of these."""
        modifiers = event.modifiers() & _COMMANDS
        if modifiers == Qt.KeyboardModifier.NoModifier:
            keys = self.plain
        else:
            keys = self.with_control if modifiers == _CONTROL else frozenset()
        return self.every or event.key() in keys


NO_KEYS = OwnKeys()
_SIDEWAYS = frozenset({Qt.Key.Key_Left, Qt.Key.Key_Right})
_PAGES = frozenset({Qt.Key.Key_PageUp, Qt.Key.Key_PageDown})
_ALL_WAYS = OwnKeys(
    _SIDEWAYS | {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_Space}
)
_WITH_PAGES = OwnKeys(_ALL_WAYS.plain | _PAGES)
_STANDARD = {
    QAbstractButton: _ALL_WAYS,
    QAbstractItemView: _WITH_PAGES,
    QAbstractScrollArea: OwnKeys(_PAGES),
    QAbstractSlider: _ALL_WAYS,
    QComboBox: _WITH_PAGES,
    QTabBar: OwnKeys(_SIDEWAYS),
}


@runtime_checkable
class KeepsKeys(Protocol):
    """A control with keys of its own. Its ``event`` begins with ``keep_own_key``."""

    @property
    def own_keys(self) -> OwnKeys:
        """The keys kept at present."""


def own_keys(control: QWidget | None) -> OwnKeys:
    """Return the control's own keys, or else the default of its Qt class."""
    if isinstance(control, KeepsKeys):
        return control.own_keys
    return next((keys for kind, keys in _STANDARD.items() if isinstance(control, kind)), NO_KEYS)


def keep_own_key(control: QWidget | None, event: QEvent) -> bool:
    """Accept a key that the control keeps; True if it was one.

    Qt asks with a ``ShortcutOverride`` before it looks for a shortcut. An accepted key is then pressed as usual.
    """
    if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
        return False
    kept = own_keys(control).has(event)
    if kept:
        event.accept()
    return kept
