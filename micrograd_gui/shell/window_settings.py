"""Settings of the window: applied when it opens, collected when it closes."""

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QSplitter, QWidget

from micrograd_gui.model.settings import Geometry, Settings
from micrograd_gui.shell.frame import Frame

_SIDES = ("left_side", "right_side")


def show_switches(actions: Mapping[str, QAction], settings: Settings) -> None:
    """Check the actions that the settings switch on."""
    actions[f"theme_{settings.theme}"].setChecked(True)
    for side in _SIDES:
        actions[side].setChecked(side not in settings.hidden_panels)
    actions["arrays"].setChecked(settings.arrays)


def restore_splitters(window: QWidget, sizes: dict[str, tuple[int, ...]]) -> None:
    """Give visible splitters their ``sizes``, which are removed from the dictionary.

    Hidden ones have to wait: their sizes would be scaled with the window.
    """
    for splitter in window.findChildren(QSplitter):
        if splitter.isVisible() and len(sizes.get(splitter.objectName(), ())) == splitter.count():
            splitter.setSizes(list(sizes.pop(splitter.objectName())))


def frame_settings(frame: Frame, before: Settings) -> Settings:
    """Return the settings of the frame; those of hidden parts are as ``before``."""
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
    """Return the sizes of the splitters that were shown, by name."""
    return {
        splitter.objectName(): tuple(splitter.sizes())
        for splitter in window.findChildren(QSplitter)
        if any(splitter.sizes()) and splitter.testAttribute(Qt.WidgetAttribute.WA_WState_Created)
    }
