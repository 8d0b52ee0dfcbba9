"""Which card an arrow key leads to."""

from typing import Literal

from micrograd_gui.model.card_size import MIN_CARD_WIDTH
from micrograd_gui.model.layout import Placement
from micrograd_gui.model.snapshot import GraphSnapshot

Direction = Literal["left", "right", "up", "down"]

_COLUMN = MIN_CARD_WIDTH / 2
"""Centres nearer than this lie in one column."""


def neighbor(snapshot: GraphSnapshot, placement: Placement, node: int, direction: Direction) -> int:
    """The card reached from ``node``; ``node`` itself where that way there is none.

    Left leads to the first operand, right to the first card that uses this one, up and down to the nearest card
    in the same column.
    """
    if direction == "left":
        return next(iter(snapshot.nodes[node].operands), node)
    if direction == "right":
        return next((i for i, record in enumerate(snapshot.nodes) if node in record.operands), node)
    sign = 1 if direction == "down" else -1
    x, y = placement.centers[node]
    column = [
        (sign * (other_y - y), abs(other_x - x), other)
        for other, (other_x, other_y) in enumerate(placement.centers)
        if abs(other_x - x) < _COLUMN and sign * (other_y - y) > 0.0
    ]
    return min(column)[2] if column else node
