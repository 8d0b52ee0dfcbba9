"""The looks of cards, edges, groups and the bead, made from a picture."""

import math
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from micrograd_core.texts import tr
from micrograd_gui.model.array_texts import tuple_text
from micrograd_gui.model.layout import Box, Placement
from micrograd_gui.model.numbers import format_short
from micrograd_gui.model.picture import Picture, Shown
from micrograd_gui.model.scene_graph import Port
from micrograd_gui.model.steps import BackwardStep, ForwardStep, UpdateStep
from micrograd_gui.model.theme import Theme
from micrograd_gui.model.timeline import Moment

Pass: TypeAlias = Literal["", "data", "grad", "update"]

_MOST_SIDE_BY_SIDE = 100
"""Most groups and single cards for which titles may reach beyond their groups; more would take too long."""


@dataclass(frozen=True, slots=True)
class NodeLook:
    """The look of a card."""

    theme: Theme
    label: str
    chip: str
    width: float
    data: float | None
    """None before it is computed; drawn as a dot."""
    grad: float | None
    is_leaf: bool
    is_target: bool
    dim: bool
    """True if the target does not depend on the card."""
    selected: bool = False
    hovered: bool = False
    active: Pass = ""
    """The pass whose present step changes this card."""
    changed: bool = False
    """True if other cards were computed with other data of this card."""
    tag: str = ""
    """A word on its numbers: ``old``, ``by hand``, or the change under way."""
    pulse: float = 0.0
    """Strength of the active card's glow, 0 to 1."""


@dataclass(frozen=True, slots=True)
class EdgeLook:
    """The look of an edge."""

    theme: Theme
    active: Pass = ""
    """The pass whose present step uses this edge."""
    carried: bool = False
    """True if the present backward pass has used this edge."""
    dim: bool = False


@dataclass(frozen=True, slots=True)
class GroupLook:
    """The look of a group."""

    theme: Theme
    title: str
    """``h1 = relu(x @ W1.T + b1)``"""
    name: str
    shape: str
    """``(n, 16)``"""
    box: Box
    around: tuple[Box, ...] = ()
    """The other groups and the cards outside of groups, which limit the title."""
    selected: bool = False
    hovered: bool = False


@dataclass(frozen=True, slots=True)
class BeadLook:
    """The look of the bead: a gradient under way along an edge."""

    theme: Theme
    edge: Port
    text: str
    """Local derivative and upstream gradient: ``0.5 × 1``."""
    progress: float
    """Share of the way done, 0 to 1."""


def node_looks(picture: Picture, items: Iterable[int]) -> Iterator[NodeLook]:
    """Yield the look of each of these items' cards."""
    shown, moment = picture.shown, picture.shown.moment
    graph = shown.graph
    selected, hovered = graph.find(picture.selected), graph.find(picture.hovered)
    active_items, active = shown.active_items, _pass(moment)
    pulse = 0.0 if picture.reduced_motion else math.sin(math.pi * moment.progress)
    outdated, changed, by_hand = shown.outdated_items, shown.changed_items, shown.by_hand_items
    for item in items:
        card, is_active = graph.items[item], item in active_items
        yield NodeLook(
            theme=picture.theme,
            label=card.label,
            chip=card.chip,
            width=card.width,
            data=shown.data(item),
            grad=shown.grad(item),
            is_leaf=graph.output(item).is_leaf,
            is_target=item == graph.target,
            dim=item not in graph.flowing,
            selected=item == selected,
            hovered=item == hovered,
            active=active if is_active else "",
            changed=item in changed,
            tag=_tag(shown, item, outdated, by_hand),
            pulse=pulse if is_active else 0.0,
        )


def _tag(shown: Shown, item: int, outdated: frozenset[int], by_hand: frozenset[int]) -> str:
    step = shown.moment.step
    if isinstance(step, UpdateStep) and item in shown.active_items:
        return f"{format_short(step.old)} → {format_short(step.new)}"
    if item in by_hand:
        return tr("by hand")
    if item in outdated:
        return tr("old")
    return tr("changed here") if shown.graph.output(item).changed else ""


def edge_looks(picture: Picture, edges: Iterable[Port]) -> Iterator[EdgeLook]:
    """Yield the look of each of these edges."""
    shown, moment = picture.shown, picture.shown.moment
    flowing, joined = shown.graph.flowing, shown.graph.edges
    active_edges, active = shown.active_edges, _pass(moment)
    for edge in edges:
        yield EdgeLook(
            picture.theme,
            active if edge in active_edges else "",
            not moment.carried.isdisjoint(joined[edge]),
            edge[0] not in flowing,
        )


def _pass(moment: Moment) -> Pass:
    match moment.step:
        case ForwardStep():
            return "data"
        case UpdateStep():
            return "update"
    return "grad"


def group_looks(picture: Picture, placement: Placement) -> tuple[GroupLook, ...]:
    """The looks of the groups. ``placement`` is the picture's, shifted as on the canvas."""
    arrays = picture.shown.arrays
    if arrays is None:
        return ()
    side_by_side = _side_by_side(picture.shown, placement)
    return tuple(
        GroupLook(
            picture.theme,
            str(operation),
            operation.name,
            tuple_text(operation.shape),
            box,
            tuple(other for other in side_by_side if other != box),
            operation.name == picture.operation,
            operation.name == picture.hovered_operation,
        )
        for operation, box in zip(arrays.grouped, placement.groups, strict=True)
    )


def _side_by_side(shown: Shown, placement: Placement) -> list[Box]:
    """The boxes of the groups and of the cards outside of them; none if they are many."""
    grouped = () if shown.arrays is None else shown.arrays.grouped
    within = {shown.graph.item_of[node] for operation in grouped for node in operation.cards}
    outside = [item for item in range(len(shown.graph.items)) if item not in within]
    if not grouped or len(grouped) + len(outside) > _MOST_SIDE_BY_SIDE:
        return []
    items, centers = shown.graph.items, placement.centers
    return [*placement.groups, *(items[item].box(centers[item]) for item in outside)]


def bead_look(picture: Picture) -> BeadLook | None:
    """The bead of the present step; None if that is no backward step or lies within a card."""
    moment = picture.shown.moment
    step = moment.step
    edge = next(iter(picture.shown.active_edges), None)
    if not isinstance(step, BackwardStep) or edge is None:
        return None
    text = f"{format_short(step.local)} × {format_short(step.upstream)}"
    return BeadLook(picture.theme, edge, text, 1.0 if picture.reduced_motion else moment.progress)


# What a change touches, where the cards stay the same


def changed_items(before: Picture, after: Picture) -> Collection[int]:
    """The items that may look different; both pictures have the same cards."""
    old, new = before.shown, after.shown
    if before.theme is not after.theme:
        return range(len(new.graph.items))
    found: set[int] = set()
    if old is not new:
        nodes = _with_other_data(old, new) | _with_other_moment(old.moment, new.moment)
        found.update(new.graph.item_of[node] for node in nodes)
        found |= old.active_items | new.active_items
    if before.reduced_motion != after.reduced_motion:
        found |= new.active_items
    for one, other in ((before.selected, after.selected), (before.hovered, after.hovered)):
        if one != other:
            found.update(item for item in map(new.graph.find, (one, other)) if item is not None)
    if old.moment is not new.moment:
        for both in (
            (old.outdated_items, new.outdated_items),
            (old.changed_items, new.changed_items),
            (old.by_hand_items, new.by_hand_items),
        ):
            found |= both[0] ^ both[1]
    return found


def changed_edges(before: Picture, after: Picture) -> Collection[Port]:
    """The edges that may look different; both pictures have the same cards."""
    old, new = before.shown, after.shown
    if before.theme is not after.theme:
        return new.graph.edges.keys()
    if old.moment is new.moment:
        return ()
    carried = new.graph.edges_of(old.moment.carried ^ new.moment.carried)
    return carried | old.active_edges | new.active_edges


def groups_change(before: Picture, after: Picture) -> bool:
    """Say whether groups may look different; both pictures have the same cards."""
    return (
        before.shown.arrays is not after.shown.arrays
        or before.theme is not after.theme
        or before.operation != after.operation
        or before.hovered_operation != after.hovered_operation
    )


def bead_changes(before: Picture, after: Picture) -> bool:
    """Say whether the bead or its pill may look different or move; both pictures have the same cards."""
    return (
        before.shown is not after.shown
        or before.theme is not after.theme
        or before.zoom != after.zoom
        or before.reduced_motion != after.reduced_motion
    )


def _with_other_data(before: Shown, after: Shown) -> set[int]:
    """Nodes whose data differ."""
    old, new = before.graph.snapshot, after.graph.snapshot
    if old is new:
        return set()
    pairs = zip(old.nodes, new.nodes, strict=True)
    return {node for node, (one, other) in enumerate(pairs) if one.data != other.data}


def _with_other_moment(before: Moment, after: Moment) -> set[int]:
    """Nodes whose known data or gradient differ between two moments."""
    if before is after:
        return set()
    rows = zip(before.data, after.data, before.grads, after.grads, strict=True)
    return {
        node for node, (a, b, c, d) in enumerate(rows) if (a is not b and a != b) or (c is not d and c != d)
    }
