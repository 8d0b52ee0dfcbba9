"""What the settings mean to the window: how they are shown, and what is to be remembered of it."""

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QSplitter, QWidget

from micrograd_gui.model.settings import Geometry, Settings
from micrograd_gui.shell.frame import Frame

_SIDES = ("left_side", "right_side")


def show_switches(actions: Mapping[str, QAction], settings: Settings) -> None:
    """Check the actions that say what is shown."""
    actions[f"theme_{settings.theme}"].setChecked(True)
    for side in _SIDES:
        actions[side].setChecked(side not in settings.hidden_panels)
    actions["arrays"].setChecked(settings.arrays)


def restore_splitters(window: QWidget, sizes: dict[str, tuple[int, ...]]) -> None:
    """Give splitters the sizes they had, and take these out of ``sizes``.

    Each gets them when it can be seen: sizes given before would be scaled with the window.
    """
    for splitter in window.findChildren(QSplitter):
        if splitter.isVisible() and len(sizes.get(splitter.objectName(), ())) == splitter.count():
            splitter.setSizes(list(sizes.pop(splitter.objectName())))


def frame_settings(frame: Frame, before: Settings) -> Settings:
    """What is seen at the frame; of what is hidden, as it was ``before``."""
    actions = frame.actions_by_id
    return replace(
        before,
        theme=frame.appearance.theme_choice,
        reduced_motion=frame.appearance.motion_choice,
        tab=frame.header.tab_bar.currentIndex(),
        geometry=_geometry(frame) if frame.isVisible() else before.geometry,
        splitters={**before.splitters, **_splitters(frame)},
        hidden_panels=tuple(side for side in _SIDES if not actions[side].isChecked()),
        arrays=actions["arrays"].isChecked(),
    )


def _geometry(window: QWidget) -> Geometry:
    place, title_bar = window.normalGeometry(), max(window.geometry().y() - window.pos().y(), 0)
    return Geometry(place.x(), place.y(), place.width(), place.height(), window.isMaximized(), title_bar)


def _splitters(window: QWidget) -> dict[str, tuple[int, ...]]:
    """Their sizes by name; what was never shown has none of its own yet."""
    return {
        splitter.objectName(): tuple(splitter.sizes())
        for splitter in window.findChildren(QSplitter)
        if any(splitter.sizes()) and splitter.testAttribute(Qt.WidgetAttribute.WA_WState_Created)
    }
