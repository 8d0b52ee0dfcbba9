"""The picture that the canvas shows, as frozen data: a graph at a moment, and the marks in it."""

from dataclasses import dataclass

from micrograd_gui.model.arrays import Arrays
from micrograd_gui.model.layout import Placement
from micrograd_gui.model.scene_graph import EMPTY_SCENE_GRAPH, Port, SceneGraph, has_same_cards
from micrograd_gui.model.steps import BackwardStep, ForwardStep, SeedStep, SetGradStep, UpdateStep
from micrograd_gui.model.theme import DARK, Theme
from micrograd_gui.model.timeline import EMPTY_TIMELINE, Moment, moment_at


@dataclass(frozen=True, slots=True)
class Shown:
    """A graph at a moment, with its placement."""

    graph: SceneGraph
    placement: Placement
    """Placement of the graph's items and of the groups of ``arrays``."""
    moment: Moment
    """A moment of the snapshot's nodes."""
    arrays: Arrays | None = None
    """The array program, if its groups are shown."""

    def data(self, item: int) -> float | None:
        """An item's data; None before it is computed."""
        output = self.graph.items[item].nodes[-1]
        return self.moment.data[output]

    def grad(self, item: int) -> float | None:
        """An item's gradient; None before it is known."""
        return self.moment.grads[self.graph.items[item].nodes[-1]]

    @property
    def active_items(self) -> frozenset[int]:
        """The item that the present step changes, if any."""
        match self.moment.step:
            case BackwardStep(operand=node):
                return frozenset({self.graph.item_of[node]})
            case ForwardStep(node) | UpdateStep(node) | SetGradStep(node) | SeedStep(node):
                return frozenset({self.graph.item_of[node]})
            case _:
                return frozenset()

    @property
    def outdated_items(self) -> frozenset[int]:
        """The items that were computed with other data of an operand than it has now."""
        return frozenset(self.graph.item_of[node] for node, _ in self.moment.outdated)

    @property
    def changed_items(self) -> frozenset[int]:
        """The items whose data was other when they were used."""
        nodes = self.graph.snapshot.nodes
        return frozenset(
            self.graph.item_of[nodes[node].operands[index]] for node, index in self.moment.outdated
        )

    @property
    def by_hand_items(self) -> frozenset[int]:
        """The items whose gradient the program set itself."""
        return frozenset(self.graph.item_of[node] for node in self.moment.by_hand)

    @property
    def active_edges(self) -> frozenset[Port]:
        """The edges that the present step uses."""
        step = self.moment.step
        if isinstance(step, BackwardStep):
            uses = [(step.node, step.operand_index)]
        elif isinstance(step, ForwardStep):
            operands = self.graph.snapshot.nodes[step.node].operands
            uses = [(step.node, position) for position in range(len(operands))]
        else:
            uses = []
        return self.graph.edges_of(uses)


NOTHING = Shown(EMPTY_SCENE_GRAPH, Placement((), (), 0.0, 0.0, "networkx"), moment_at(EMPTY_TIMELINE, 0.0))
"""No graph: an empty canvas."""


@dataclass(frozen=True, slots=True)
class Picture:
    """The state of the canvas."""

    theme: Theme = DARK
    shown: Shown = NOTHING
    selected: str = ""
    """Id of the selected node; "" for none."""
    hovered: str = ""
    """Id of the node whose card is under the pointer; "" for none."""
    operation: str = ""
    """Name of the selected array operation; "" for none."""
    hovered_operation: str = ""
    """Name of the array operation whose group is under the pointer; "" for none."""
    reduced_motion: bool = False
    """True to skip all motion."""
    stale: bool = False
    """True for an older text's graph, which is dimmed."""
    zoom: float = 1.0
    """Zoom; 1 is 100 %."""


def is_rearranged(before: Shown, after: Shown) -> bool:
    """Say whether cards or edges came, went, moved or changed in more than their numbers."""
    return not (
        has_same_cards(before.graph, after.graph)
        and (before.placement is after.placement or before.placement == after.placement)
    )
