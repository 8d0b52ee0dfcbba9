"""Navigation with the arrow keys: the card that a key leads to."""

from typing import Literal

from micrograd_gui.model.card_size import MIN_CARD_WIDTH
from micrograd_gui.model.layout import Placement
from micrograd_gui.model.picture import Picture
from micrograd_gui.model.scene_graph import SceneGraph

Direction = Literal["left", "right", "up", "down"]

_COLUMN = MIN_CARD_WIDTH / 2
"""Largest horizontal distance of two centres in one column."""


def walk(picture: Picture, direction: Direction) -> str:
    """Id of the card reached from the selected one, which stays where there is none in that direction.

    Without a selected card it is the target; "" on an empty canvas.
    """
    graph = picture.shown.graph
    if not graph.items:
        return ""
    selected = graph.find(picture.selected)
    reached = (
        graph.target if selected is None else _neighbor(graph, picture.shown.placement, selected, direction)
    )
    return graph.items[reached].id


def _neighbor(graph: SceneGraph, placement: Placement, item: int, direction: Direction) -> int:
    """The neighbour of a card: its first operand to the left, the first card that uses it to the right, and the nearest
    card in its column above and below.
    """
    if direction == "left":
        return next(iter(graph.operands[item]), item)
    if direction == "right":
        return next((i for i, operands in enumerate(graph.operands) if item in operands), item)
    sign = 1 if direction == "down" else -1
    x, y = placement.centers[item]
    column = [
        (sign * (other_y - y), abs(other_x - x), other)
        for other, (other_x, other_y) in enumerate(placement.centers)
        if abs(other_x - x) < _COLUMN and sign * (other_y - y) > 0.0
    ]
    return min(column)[2] if column else item
