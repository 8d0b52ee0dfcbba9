"""The looks of items, and which of them a change touches."""

import math
import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from micrograd_gui.model.arrays import derive_arrays, groups
from micrograd_gui.model.card_size import CARD_HEIGHT
from micrograd_gui.model.document import Document
from micrograd_gui.model.group_layout import lay_out_groups
from micrograd_gui.model.layout import arrange, moved
from micrograd_gui.model.looks import (
    EdgeLook,
    NodeLook,
    bead_changes,
    bead_look,
    changed_edges,
    changed_items,
    edge_looks,
    group_looks,
    groups_change,
    node_looks,
)
from micrograd_gui.model.picture import NOTHING, Picture, Shown, is_rearranged
from micrograd_gui.model.resolve import Resolved, resolve
from micrograd_gui.model.scene_graph import Port, one_card_each
from micrograd_gui.model.steps import BackwardStep, ForwardStep
from micrograd_gui.model.theme import DARK, LIGHT
from micrograd_gui.model.timeline import moment_at
from tests.model.test_scene_graph import FOLDED, folded

NEURON = "x1=2.0; x2=0.0; w1=-3.0; w2=1.0; b=6.88; n = x1*w1 + x2*w2 + b; o = n.tanh()"
INNER = ("c", "d", "e")


def picture_of(source: str, *together: str, target: str = "") -> tuple[Resolved, Picture]:
    """A program after both passes, with the nodes that have these labels on one card."""
    resolved = resolve(Document(source, target=target))
    assert resolved.snapshot is not None
    graph = folded(resolved.snapshot, *together) if together else one_card_each(resolved.snapshot)
    placement = arrange(tuple((card.width, CARD_HEIGHT) for card in graph.items), graph.operands)
    return resolved, Picture(shown=Shown(graph, placement, moment_at(resolved.timeline, math.inf)))


def at(resolved: Resolved, picture: Picture, position: float) -> Picture:
    return replace(picture, shown=replace(picture.shown, moment=moment_at(resolved.timeline, position)))


def all_nodes(picture: Picture) -> list[NodeLook]:
    return list(node_looks(picture, range(len(picture.shown.graph.items))))


def all_edges(picture: Picture) -> dict[Port, EdgeLook]:
    edges = picture.shown.graph.edges
    return dict(zip(edges, edge_looks(picture, edges), strict=True))


def positions(resolved: Resolved) -> Iterator[float]:
    return (half / 2 for half in range(2 * len(resolved.timeline) + 1))


def test_several_nodes_have_the_data_and_gradient_of_the_last() -> None:
    """They are known when the last one's are, at every moment of both passes."""
    resolved, picture = picture_of(FOLDED, *INNER)
    graph = picture.shown.graph
    inner, output = graph.find("e#0"), graph.snapshot.index["e#0"]
    assert inner is not None
    seen = set()
    for position in positions(resolved):
        now = at(resolved, picture, position)
        moment = now.shown.moment
        look = all_nodes(now)[inner]
        assert look.data == moment.data[output]
        assert look.data in (None, graph.snapshot.nodes[output].data)
        assert look.grad == moment.grads[output]
        assert (look.label, look.chip, look.is_leaf, look.dim) == ("inner", "Σ", False, False)
        seen.add((look.data is None, look.grad is None))
    assert seen == {(True, True), (False, True), (False, False)}


def test_a_step_within_a_card_lights_it_alone() -> None:
    """A card is active while any of its nodes is computed or given a gradient; no edge and no bead runs within it."""
    resolved, picture = picture_of(FOLDED, *INNER)
    index = picture.shown.graph.snapshot.index
    within = {index[f"{label}#0"] for label in INNER}
    seen = set()
    for position, step in enumerate(resolved.timeline.steps_of(0).steps):
        now = at(resolved, picture, position + 0.5)
        active = [look.label for look in all_nodes(now) if look.active]
        edges = [port for port, look in all_edges(now).items() if look.active]
        bead = bead_look(now)
        if isinstance(step, ForwardStep):
            assert active == ["inner" if step.node in within else "f"]
            assert bead is None
            seen.add(("forward", len(edges)))
        elif isinstance(step, BackwardStep):
            inside = {step.node, step.operand} <= within
            assert ([] if inside else [bead.edge if bead else None]) == edges
            assert (bead is None) == inside
            assert ("inner" in active) == (step.operand in within)
            seen.add(("backward", inside))
    # c = a * b reads two cards, d = c + a one, e = tanh(d) none, and f = e * b two.
    assert seen == {("forward", 2), ("forward", 1), ("forward", 0), ("backward", True), ("backward", False)}


def test_an_edge_of_several_has_carried_what_one_of_them_has() -> None:
    """From ``a`` to the card lead two edges of the graph; the first gradient that comes one of these ways is seen."""
    resolved, picture = picture_of(FOLDED, *INNER)
    ends = picture.shown.graph.edges[2, 0]
    assert len(ends) == 2
    for position in positions(resolved):
        now = at(resolved, picture, position)
        assert all_edges(now)[2, 0].carried == any(end in now.shown.moment.carried for end in ends)


def test_a_card_is_selected_by_any_of_its_nodes() -> None:
    """Whichever of them is chosen elsewhere, it is this card that is marked."""
    _, picture = picture_of(FOLDED, *INNER)
    for label in "abcdef":
        looks = all_nodes(replace(picture, selected=f"{label}#0", hovered=f"{label}#0"))
        wanted = ["inner" if label in INNER else label]
        assert [look.label for look in looks if look.selected] == wanted
        assert [look.label for look in looks if look.hovered] == wanted


def test_the_card_of_the_target_is_marked() -> None:
    """Also where the target is within a card; a card of which no node is needed for it is dim."""
    _, picture = picture_of(f"{FOLDED}\ng = b.exp()", *INNER, target="d#0")
    looks = all_nodes(picture)
    assert [look.label for look in looks if look.is_target] == ["inner"]
    assert [look.label for look in looks if look.dim] == ["f", "g"]


def random_change(resolved: Resolved, others: list[Shown], picture: Picture) -> Picture:
    graph = picture.shown.graph
    ids = ["", "nobody#0", *(record.id for record in graph.snapshot.nodes)]
    position = random.uniform(0.0, len(resolved.timeline))
    changes: list[dict[str, Any]] = [
        {"selected": random.choice(ids)},
        {"hovered": random.choice(ids)},
        {"selected": random.choice(ids), "hovered": random.choice(ids)},
        {"theme": random.choice((DARK, LIGHT))},
        {"reduced_motion": random.random() < 0.5},
        {"zoom": random.uniform(0.1, 2.0)},
        {"stale": random.random() < 0.5},
        {"shown": at(resolved, picture, position).shown},
        {"shown": at(resolved, picture, round(position)).shown},
        {"shown": random.choice(others)},
    ]
    return replace(picture, **random.choice(changes))


@pytest.mark.parametrize("together", [(), INNER], ids=["each alone", "several on a card"])
def test_what_a_change_does_not_touch_looks_as_before(together: tuple[str, ...]) -> None:
    """Items, edges and bead that are not named as changed look the same, whatever changes between two pictures."""
    resolved, picture = picture_of(FOLDED, *together)
    others = []
    for value in ("2.0", "7.0", "1e999"):
        other, dragged = picture_of(FOLDED.replace("2.0", value), *together)
        others += [at(other, dragged, random.uniform(0.0, len(other.timeline))).shown for _ in range(3)]
    for _ in range(300):
        before, picture = picture, random_change(resolved, others, picture)
        assert not is_rearranged(before.shown, picture.shown)
        items, edges = set(changed_items(before, picture)), set(changed_edges(before, picture))
        for item, (one, other_look) in enumerate(zip(all_nodes(before), all_nodes(picture), strict=True)):
            assert item in items or repr(one) == repr(other_look)
        new_edges = all_edges(picture)
        for port, look in all_edges(before).items():
            assert port in edges or look == new_edges[port]
        assert bead_changes(before, picture) or repr(bead_look(before)) == repr(bead_look(picture))


def test_a_step_touches_few() -> None:
    """In a graph of a hundred cards a step names the cards and edges of that step and of the one before."""
    resolved, picture = picture_of("m = MLP(2, [4, 4, 1])\nx = [1.0, 2.0]\ny = m(x)")
    seed = resolved.timeline.steps_of(0).forward_count + 1
    for position in range(1, len(resolved.timeline) + 1):
        before, after = at(resolved, picture, position - 1), at(resolved, picture, position)
        assert 1 <= len(changed_items(before, after)) <= 3
        assert len(changed_edges(before, after)) <= 4 or position == seed


def test_the_bead_says_local_times_upstream() -> None:
    """It is as far as the step is; with reduced motion it is there at once."""
    resolved, picture = picture_of(NEURON)
    forward = resolved.timeline.steps_of(0).forward_count
    bead = bead_look(at(resolved, picture, forward + 1.25))
    assert bead is not None
    assert bead.progress == 0.25
    assert bead.text.endswith(" × 1")
    still = bead_look(at(resolved, replace(picture, reduced_motion=True), forward + 1.25))
    assert still is not None
    assert (still.edge, still.text, still.progress) == (bead.edge, bead.text, 1.0)
    assert bead_look(at(resolved, picture, forward)) is None
    assert bead_look(Picture()) is None


def test_groups_look_as_their_operations_say() -> None:
    """Each has its title, its box where the placement stands, and all other boxes and single cards around."""
    resolved = resolve(Document("m = MLP(2, [3, 1])\nx = [1.0, -2.0]\no = m(x)"))
    assert resolved.snapshot is not None
    arrays = derive_arrays(resolved.snapshot)
    placement = lay_out_groups(resolved.snapshot, groups(arrays))
    final = moment_at(resolved.timeline, math.inf)
    picture = Picture(shown=Shown(one_card_each(resolved.snapshot), placement, final, arrays))
    picture = replace(picture, operation="h1", hovered_operation="h2")
    elsewhere = moved(placement, 100.0, -7.0)
    looks = group_looks(picture, elsewhere)
    assert [(look.title, look.shape) for look in looks] == [
        ("h1 = relu(x @ W1.T + b1)", "(n, 3)"),
        ("h2 = h1 @ W2.T + b2", "(n, 1)"),
    ]
    assert [(look.selected, look.hovered) for look in looks] == [(True, False), (False, True)]
    assert tuple(look.box for look in looks) == elsewhere.groups
    for look in looks:
        assert look.box not in look.around
        assert len(look.around) == 1 + 2  # the other group, and x[0] and x[1]
    assert group_looks(replace(picture, shown=replace(picture.shown, arrays=None)), elsewhere) == ()
    assert group_looks(Picture(), NOTHING.placement) == ()
    for change in ({"operation": ""}, {"hovered_operation": ""}, {"theme": LIGHT}):
        assert groups_change(picture, replace(picture, **change))  # type: ignore[arg-type]
    assert not groups_change(picture, replace(picture, selected="o#0", zoom=0.3))
