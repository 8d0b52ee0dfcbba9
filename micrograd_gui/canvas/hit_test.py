"""The hit test: the card and the group under a point of the canvas."""

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QGraphicsItem

from micrograd_gui.canvas.group_item import GroupItem, title_area
from micrograd_gui.canvas.node_item import NodeItem


@dataclass(frozen=True, slots=True)
class Hit:
    """The result of a hit test. It may have both: a title lies over cards."""

    card: str = ""
    """Id of the card; "" where there is none."""
    operation: str = ""
    """Name of the array operation whose group has its title or border there; "" for none."""


def hit_test(
    point: QPointF, zoom: float, items_there: Iterable[QGraphicsItem], groups: Iterable[GroupItem]
) -> Hit:
    """Find the card and the group at a point of the scene.

    ``items_there`` are the items at the point, the uppermost first. All ``groups`` are tested: their titles and borders
    reach beyond their items.
    """
    card = next((item.node_id for item in items_there if isinstance(item, NodeItem)), "")
    for group in groups:
        if title_area(group.look, zoom).contains(point):
            return Hit(card, group.look.name)
    if not card:
        for group in groups:
            if group.is_grasped(point, zoom):
                return Hit("", group.look.name)
    return Hit(card)
