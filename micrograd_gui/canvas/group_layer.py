"""The groups of a scene with their titles."""

from collections.abc import Iterable

from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QGraphicsScene

from micrograd_gui.canvas.group_item import GroupItem, GroupTitleItem, title_area
from micrograd_gui.model.looks import GroupLook


class GroupLayer:
    """Keeps the items of a scene's groups; they come and go without gliding."""

    def __init__(self) -> None:
        self._pairs: dict[str, tuple[GroupItem, GroupTitleItem]] = {}
        """Group and title by name of the array operation."""

    @property
    def groups(self) -> list[GroupItem]:
        return [group for group, _ in self._pairs.values()]

    def box(self, name: str) -> QRectF:
        """The box of a group; empty for an unknown name."""
        return self._pairs[name][0].box if name in self._pairs else QRectF()

    def titles(self, zoom: float) -> list[QRectF]:
        """The rectangles of the titles at a zoom."""
        return [title_area(group.look, zoom) for group in self.groups]

    def show(self, scene: QGraphicsScene, looks: Iterable[GroupLook]) -> None:
        """Show these groups and no others."""
        kept, self._pairs = self._pairs, {}
        for look in looks:
            pair = kept.pop(look.name, None)
            if pair is None:
                pair = GroupItem(look), GroupTitleItem(look)
                for item in pair:
                    scene.addItem(item)
            else:
                for item in pair:
                    item.set_look(look)
            self._pairs[look.name] = pair
        for pair in kept.values():
            for item in pair:
                scene.removeItem(item)

    def forget(self) -> None:
        """Forget the items, which the scene has removed."""
        self._pairs = {}
