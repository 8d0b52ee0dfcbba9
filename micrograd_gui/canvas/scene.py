"""The graph as cards, edges and a bead: given frozen data, it applies the difference and draws."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from PySide6.QtCore import QObject, QPointF, QRectF, Signal
from PySide6.QtGui import QPainter, QPainterPath, QPen, Qt
from PySide6.QtWidgets import QGraphicsItem, QGraphicsScene

from micrograd_gui.canvas.bead_item import BeadItem, pill_area
from micrograd_gui.canvas.edge_item import EdgeItem, EdgeLook, Points, with_segments
from micrograd_gui.canvas.group_item import GroupItem, GroupLook, GroupTitleItem, title_area
from micrograd_gui.canvas.legible import growth
from micrograd_gui.canvas.navigation import Direction, neighbor
from micrograd_gui.canvas.node_item import BLOCKS_BELOW, NodeItem, NodeLook, Pass
from micrograd_gui.model.arrays import ArrayLine, Arrays, tuple_text
from micrograd_gui.model.card_size import card_size
from micrograd_gui.model.layout import EdgePath, Placement
from micrograd_gui.model.numbers import format_number, format_short
from micrograd_gui.model.snapshot import GraphSnapshot, NodeRecord
from micrograd_gui.model.theme import DARK, Theme
from micrograd_gui.model.timeline import BackwardStep, ForwardStep, Moment, SeedStep
from micrograd_gui.widgets.style import color, stale_veil

GLIDE_SECONDS = 0.28
GRID = 28.0
"""Distance of the background's dots at 100 %."""
_MOST_DOTS = 50_000
"""Of the background; a picture file of a large graph would consist of millions of them."""
_MOST_MOVING = 1200
"""Cards and edges; more would stutter rather than glide."""
_MOST_INDEXED = 20_000
"""Cards and edges; more are looked through one by one in less time than their index takes to be made."""
_MOST_SIDE_BY_SIDE = 100
"""Groups and single cards between which titles find room beyond their groups; with more that would take too long."""
_FRAME_LEVEL, _CARD_LEVEL, _TITLE_LEVEL, _BEAD_LEVEL = -1.0, 2.0, 2.5, 3.0
"""Edges lie at 0, the active ones at 1."""
_BEAD_REST = 16.0
"""How far before the operand's port a bead comes to rest."""
_PILL_GAP = 18.0
_PILL_HEIGHTS = (-26.0, 26.0, -34.0, 34.0, -42.0, 42.0, -50.0, 50.0, -62.0, 62.0)
"""How far above or below the bead its pill may be."""

EdgeKey = tuple[str, str, int]
"""(operand id, node id, operand position)"""


@dataclass(frozen=True, slots=True)
class _Glide:
    item: NodeItem
    start: QPointF
    end: QPointF


@dataclass(frozen=True, slots=True)
class _Bend:
    item: EdgeItem
    start: Points
    end: Points
    rest: Points
    """The curve as laid out; ``end`` may have more segments."""


class GraphScene(QGraphicsScene):
    """Shows a snapshot, a placement and a moment. Setters never emit; signals say what the user did."""

    node_activated = Signal(str)
    """A card was clicked or reached with the keys, by id; "" is the background."""
    operation_activated = Signal(str)
    """A group was clicked, by the name of its array operation."""
    leaf_typed = Signal(str, float)
    target_requested = Signal(str)
    """Differentiate this card."""
    graph_shown = Signal()
    """For views: cards came, went or moved."""
    moment_shown = Signal()
    """For views: another moment is shown."""
    description_changed = Signal(str)
    """For views: the selected card in words."""

    def __init__(self, parent: QObject | None = None, *, cached: bool = True) -> None:
        """``cached`` keeps the cards' pixels; without it everything is drawn anew, as into a file."""
        super().__init__(parent)
        self._cached = cached
        self._theme = DARK
        self._snapshot: GraphSnapshot | None = None
        self._placement: Placement | None = None
        self._moment: Moment | None = None
        self._selected = ""
        self._hovered = ""
        self._arrays: Arrays | None = None
        self._operation = ""
        """Name of the selected array operation."""
        self._hovered_operation = ""
        self._groups: dict[str, tuple[GroupItem, GroupTitleItem]] = {}
        self._side_by_side: list[QRectF] = []
        """Groups and single cards of the present placement; empty where they are too many."""
        self._reduced_motion = False
        self._stale = False
        self._zoom = 1.0
        self._description = ""
        self._flowing: set[int] = set()
        """Nodes that the target depends on."""
        self._offset = QPointF()
        """Where the placement's origin lies: cards that stay move as little as possible."""
        self._nodes: dict[str, NodeItem] = {}
        self._edges: dict[EdgeKey, EdgeItem] = {}
        self._cards: list[NodeItem] = []
        """By node."""
        self._curves: dict[tuple[int, int], EdgeItem] = {}
        """By node and operand position."""
        self._glides: list[_Glide] = []
        self._bends: list[_Bend] = []
        self._fading: list[QGraphicsItem] = []
        self._glide_seconds = 0.0
        # No item is another's child: Qt's index, which finds what is in sight, knows only the topmost items.
        self._bead = BeadItem(self._theme)
        self._bead.setZValue(_BEAD_LEVEL)
        self._bead.hide()
        self.addItem(self._bead)

    @property
    def theme(self) -> Theme:
        return self._theme

    @property
    def selected(self) -> str:
        """Id of the selected card; "" for none."""
        return self._selected if self._selected in self._nodes else ""

    @property
    def is_empty(self) -> bool:
        return not self._nodes

    @property
    def description(self) -> str:
        """The selected card in words; without one, the graph."""
        return self._description

    @property
    def is_grouped(self) -> bool:
        """Whether cards share groups."""
        return bool(self._groups)

    @property
    def content(self) -> QRectF:
        """Where the cards and edges lie, or are gliding to."""
        if self._placement is None:
            return QRectF()
        return QRectF(self._offset.x(), self._offset.y(), self._placement.width, self._placement.height)

    def card_rect(self, node_id: str) -> QRectF:
        """A card's place, where it comes to rest; an empty rectangle for an unknown id."""
        if self._snapshot is None or self._placement is None or node_id not in self._snapshot.index:
            return QRectF()
        node = self._snapshot.index[node_id]
        card = QRectF(self._cards[node].card)
        card.moveCenter(QPointF(*self._placement.centers[node]) + self._offset)
        return card

    @property
    def step_rect(self) -> QRectF:
        """The card that the present step changes, where it comes to rest; an empty rectangle without a step."""
        rect = QRectF()
        if self._snapshot is not None and self._moment is not None:
            for node in _active_cards(self._moment):
                rect = rect.united(self.card_rect(self._snapshot.nodes[node].id))
        return rect

    def node_at(self, point: QPointF) -> str:
        """Id of the card at a point; "" where there is none."""
        return next((item.node_id for item in self.items(point) if isinstance(item, NodeItem)), "")

    def operation_at(self, point: QPointF, zoom: float) -> str:
        """Name of the array operation whose group has its title or border at a point; "" for none."""
        groups = [group for group, _ in self._groups.values()]
        found = [group for group in groups if title_area(group.look, group.box, zoom).contains(point)]
        if not found and not self.node_at(point):
            found = [group for group in groups if group.is_grasped(point, zoom)]
        return found[0].look.name if found else ""

    def operation_rect(self, name: str) -> QRectF:
        """An array operation's group, or where it has none all of its cards; empty for an unknown name."""
        if name in self._groups:
            return self._groups[name][0].box
        operation = None if self._arrays is None else self._arrays.named(name)
        rect = QRectF()
        if operation is not None and self._snapshot is not None:
            for node in operation.cards:
                rect = rect.united(self.card_rect(self._snapshot.nodes[node].id))
        return rect

    def operation_title(self, name: str) -> str:
        """All that a group's title says where there is room; "" for an unknown name."""
        if name not in self._groups:
            return ""
        look = self._groups[name][0].look
        return f"{look.title}  {look.shape}"

    def record(self, node_id: str) -> NodeRecord | None:
        if self._snapshot is None or node_id not in self._snapshot.index:
            return None
        return self._snapshot.nodes[self._snapshot.index[node_id]]

    def neighbour(self, direction: Direction) -> str:
        """Id of the card that an arrow key leads to from the selected one, or to begin with; "" in an empty scene."""
        if self._snapshot is None or self._placement is None:
            return ""
        node = self._snapshot.index.get(self._selected)
        if node is None:
            return self._snapshot.nodes[self._snapshot.target].id
        return self._snapshot.nodes[neighbor(self._snapshot, self._placement, node, direction)].id

    # What to show

    def show_empty(self) -> None:
        """Take everything away."""
        self._take_away()
        self._snapshot = self._placement = self._moment = self._arrays = None
        self._offset = QPointF()
        self._bead.hide()
        self._describe()
        self.graph_shown.emit()

    def show_graph(self, snapshot: GraphSnapshot, placement: Placement, arrays: Arrays | None = None) -> None:
        """Apply the difference to what is shown, by id: kept cards glide, new ones fade in, the rest goes.

        With ``arrays``, whose groups the placement must have, the cards that are one array operation share a group.

        Where only data changed, as when a leaf is dragged, only looks change. After a change of structure
        nothing counts as computed until the next ``show_moment``.
        """
        if not snapshot.nodes:
            self.show_empty()
            return
        before, self._snapshot = self._snapshot, snapshot
        self._arrays = arrays
        if before is not None and self._placement == placement and _same_structure(before, snapshot):
            for node, (old, new) in enumerate(zip(before.nodes, snapshot.nodes, strict=True)):
                if old.data != new.data:
                    self._refresh_card(node)
            self._show_groups()
        else:
            self._moment = None
            self._flowing = snapshot.ancestors(snapshot.target)
            self._show_structure(snapshot, placement)
            self.graph_shown.emit()
        self._describe()

    def show_moment(self, moment: Moment) -> None:
        """Show what is known at a moment. Only cards and edges that look different are touched."""
        before, self._moment = self._moment, moment
        if self._snapshot is None:
            return
        if before is None:
            self._refresh_all()
        else:
            nodes = _differing(before, moment) | _active_cards(before) | _active_cards(moment)
            for node in nodes:
                self._refresh_card(node)
            edges = before.carried ^ moment.carried
            for key in edges | self._active_edges(before) | self._active_edges(moment):
                self._refresh_edge(key)
        self._show_bead()
        self._describe()
        self.moment_shown.emit()

    def show_selection(self, node_id: str) -> None:
        before, self._selected = self._selected, node_id
        self._refresh_ids(before, node_id)
        self._describe()

    def show_operation(self, name: str) -> None:
        """Mark the group of an array operation; "" for none."""
        self._operation = name
        self._show_groups()
        self._describe()

    def show_hovered_operation(self, name: str) -> None:
        """Light up the group under the pointer."""
        if name != self._hovered_operation:
            self._hovered_operation = name
            self._show_groups()

    def show_hover(self, node_id: str) -> None:
        """Light up the card under the pointer."""
        before, self._hovered = self._hovered, node_id
        if before != node_id:
            self._refresh_ids(before, node_id)

    def show_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._bead.show_theme(theme)
        self._refresh_all()
        self._show_groups()
        self.update()

    def set_stale(self, stale: bool) -> None:
        """Dim everything: the text has an error, this is an older graph."""
        if stale != self._stale:
            self._stale = stale
            self.update()

    def show_zoom(self, zoom: float) -> None:
        """How near the graph is seen; 1 is 100 %."""
        self._zoom = zoom
        self._show_bead()

    def set_reduced_motion(self, reduced: bool) -> None:
        """Let things be where they belong at once."""
        self._reduced_motion = reduced
        if reduced:
            self.advance_motion(math.inf)
        self._show_bead()

    def advance_motion(self, seconds: float) -> bool:
        """Let time pass for glides and fades; True while something still moves."""
        if not (self._glides or self._bends or self._fading):
            return False
        self._glide_seconds += seconds
        share = min(self._glide_seconds / GLIDE_SECONDS, 1.0)
        if share == 1.0:
            self._finish_motion()
        else:
            eased = share * share * (3.0 - 2.0 * share)
            for glide in self._glides:
                glide.item.setPos(glide.start + (glide.end - glide.start) * eased)
            for bend in self._bends:
                bend.item.set_points(_between(bend.start, bend.end, eased))
            for item in self._fading:
                item.setOpacity(eased)
        self._show_bead()
        return share < 1.0

    # Structure

    def _show_structure(self, snapshot: GraphSnapshot, placement: Placement) -> None:
        self._set_indexed(False)
        self._stop_motion()
        self._placement = placement
        self._offset = self._steady_offset(snapshot, placement)
        kept = sum(record.id in self._nodes for record in snapshot.nodes)
        if len(self._nodes) - kept > max(kept, _MOST_MOVING):
            self._take_away()
        first = not self._nodes
        self._show_cards(snapshot, placement)
        self._show_edges(snapshot, placement)
        self._side_by_side = self._boxes(snapshot)
        self._show_groups()
        self._bead.hide()
        moving = len(self._glides) + len(self._bends) + len(self._fading)
        if first or self._reduced_motion or moving > _MOST_MOVING:
            self._finish_motion()
        self._set_indexed(len(self._nodes) + len(self._edges) <= _MOST_INDEXED)

    def _take_away(self) -> None:
        """All cards, edges and groups at once: one by one, thousands of them take seconds."""
        self.removeItem(self._bead)
        self.clear()
        self.addItem(self._bead)
        self._nodes, self._edges, self._cards, self._curves, self._groups = {}, {}, [], {}, {}
        self._glides, self._bends, self._fading = [], [], []

    def _set_indexed(self, indexed: bool) -> None:
        """Whether Qt finds items by place. Taking thousands of long edges out of its tree takes it minutes."""
        methods = QGraphicsScene.ItemIndexMethod
        self.setItemIndexMethod(methods.BspTreeIndex if indexed else methods.NoIndex)

    def _steady_offset(self, snapshot: GraphSnapshot, placement: Placement) -> QPointF:
        """By how much to shift the placement so that most of the cards that stay do not move."""
        shifts = [
            self._nodes[record.id].pos() - QPointF(*center)
            for record, center in zip(snapshot.nodes, placement.centers, strict=True)
            if record.id in self._nodes
        ]
        if not shifts:
            return QPointF()
        return QPointF(median(shift.x() for shift in shifts), median(shift.y() for shift in shifts))

    def _show_cards(self, snapshot: GraphSnapshot, placement: Placement) -> None:
        kept, self._nodes, self._cards = self._nodes, {}, []
        for node, (record, center) in enumerate(zip(snapshot.nodes, placement.centers, strict=True)):
            look = self._look(node)
            place = QPointF(*center) + self._offset
            item = kept.pop(record.id, None)
            if item is None:
                item = NodeItem(record.id, look, cached=self._cached)
                item.setZValue(_CARD_LEVEL)
                self.addItem(item)
                item.setPos(place)
                item.setOpacity(0.0)
                self._fading.append(item)
            else:
                item.set_look(look)
                if item.pos() != place:
                    self._glides.append(_Glide(item, item.pos(), place))
            self._nodes[record.id] = item
            self._cards.append(item)
        for item in kept.values():
            self.removeItem(item)

    def _show_edges(self, snapshot: GraphSnapshot, placement: Placement) -> None:
        kept, self._edges, self._curves = self._edges, {}, {}
        for path in placement.edges:
            key = (snapshot.nodes[path.operand].id, snapshot.nodes[path.node].id, path.operand_index)
            look = self._edge_look(path.node, path.operand_index)
            points = self._shifted(path)
            item = kept.pop(key, None)
            if item is None:
                item = EdgeItem(points, look)
                self.addItem(item)
                item.setOpacity(0.0)
                self._fading.append(item)
            else:
                item.set_look(look)
                if item.points != points:
                    segments = max(len(points), len(item.points)) // 3
                    start = with_segments(item.points, segments)
                    self._bends.append(_Bend(item, start, with_segments(points, segments), points))
            self._edges[key] = item
            self._curves[path.node, path.operand_index] = item
        for item in kept.values():
            self.removeItem(item)

    def _show_groups(self) -> None:
        """Groups around the boxes that the placement has for them; they come and go, and do not glide."""
        kept, self._groups = self._groups, {}
        if self._arrays is not None and self._placement is not None:
            for operation, rect in zip(self._arrays.grouped, self._group_rects(), strict=True):
                look = self._group_look(operation, tuple(box for box in self._side_by_side if box != rect))
                pair = kept.get(operation.name)
                if pair is not None and pair[0].box == rect:
                    kept.pop(operation.name)
                    pair[0].set_look(look)
                    pair[1].set_look(look)
                else:
                    pair = GroupItem(look, rect), GroupTitleItem(look, rect)
                    for item, level in zip(pair, (_FRAME_LEVEL, _TITLE_LEVEL), strict=True):
                        item.setZValue(level)
                        self.addItem(item)
                self._groups[operation.name] = pair
        for pair in kept.values():
            for item in pair:
                self.removeItem(item)

    def _group_rects(self) -> list[QRectF]:
        boxes = () if self._placement is None else self._placement.groups
        return [QRectF(*box).translated(self._offset) for box in boxes]

    def _boxes(self, snapshot: GraphSnapshot) -> list[QRectF]:
        """The groups and the cards that stand beside them; none if they are many."""
        grouped = () if self._arrays is None else self._arrays.grouped
        within = {card for operation in grouped for card in operation.cards}
        outside = [record.id for node, record in enumerate(snapshot.nodes) if node not in within]
        if not grouped or len(grouped) + len(outside) > _MOST_SIDE_BY_SIDE:
            return []
        return [*self._group_rects(), *map(self.card_rect, outside)]

    def _group_look(self, operation: ArrayLine, around: tuple[QRectF, ...]) -> GroupLook:
        return GroupLook(
            self._theme,
            f"{operation.name} = {operation.formula}",
            operation.name,
            tuple_text(operation.shape),
            around,
            operation.name == self._operation,
            operation.name == self._hovered_operation,
        )

    def _shifted(self, path: EdgePath) -> Points:
        x, y = self._offset.x(), self._offset.y()
        return tuple((px + x, py + y) for px, py in path.points)

    def _stop_motion(self) -> None:
        """Leave gliding things where they are; new ones are there."""
        for item in self._fading:
            item.setOpacity(1.0)
        self._glides, self._bends, self._fading = [], [], []
        self._glide_seconds = 0.0

    def _finish_motion(self) -> None:
        for glide in self._glides:
            glide.item.setPos(glide.end)
        for bend in self._bends:
            bend.item.set_points(bend.rest)
        self._stop_motion()

    # Looks

    def _refresh_all(self) -> None:
        for node in range(len(self._cards)):
            self._refresh_card(node)
        for key in self._curves:
            self._refresh_edge(key)

    def _refresh_ids(self, *node_ids: str) -> None:
        if self._snapshot is not None:
            for node_id in node_ids:
                if node_id in self._snapshot.index:
                    self._refresh_card(self._snapshot.index[node_id])

    def _refresh_card(self, node: int) -> None:
        self._cards[node].set_look(self._look(node))

    def _refresh_edge(self, key: tuple[int, int]) -> None:
        self._curves[key].set_look(self._edge_look(*key))

    def _look(self, node: int) -> NodeLook:
        assert self._snapshot is not None
        record, moment = self._snapshot.nodes[node], self._moment
        known = record.is_leaf if moment is None else moment.data_known[node]
        active: Pass = ""
        pulse = 0.0
        if moment is not None and node in _active_cards(moment):
            active = "data" if isinstance(moment.step, ForwardStep) else "grad"
            pulse = 0.0 if self._reduced_motion else math.sin(math.pi * moment.progress)
        return NodeLook(
            theme=self._theme,
            label=record.label,
            chip=record.chip,
            width=card_size(record)[0],
            data=record.data if known else None,
            grad=None if moment is None else moment.grads[node],
            is_leaf=record.is_leaf,
            is_target=node == self._snapshot.target,
            dim=node not in self._flowing,
            selected=record.id == self._selected,
            hovered=record.id == self._hovered,
            active=active,
            pulse=pulse,
        )

    def _edge_look(self, node: int, operand_index: int) -> EdgeLook:
        moment, key = self._moment, (node, operand_index)
        active: Pass = ""
        if moment is not None and key in self._active_edges(moment):
            active = "data" if isinstance(moment.step, ForwardStep) else "grad"
        carried = moment is not None and key in moment.carried
        return EdgeLook(self._theme, active, carried, node not in self._flowing)

    def _active_edges(self, moment: Moment) -> frozenset[tuple[int, int]]:
        """The edges of a moment's step, by node and operand position."""
        assert self._snapshot is not None
        step = moment.step
        if isinstance(step, BackwardStep):
            return frozenset({(step.node, step.operand_index)})
        if isinstance(step, ForwardStep):
            operands = self._snapshot.nodes[step.node].operands
            return frozenset((step.node, i) for i in range(len(operands)))
        return frozenset()

    # The bead

    def _show_bead(self) -> None:
        step = None if self._moment is None else self._moment.step
        if self._moment is None or not isinstance(step, BackwardStep):
            self._bead.hide()
            return
        path = self._curves[step.node, step.operand_index].path
        rest = _along(path, 1.0)
        text = f"{format_short(step.local)} × {format_short(step.upstream)}"
        self._bead.setPos(rest if self._reduced_motion else _along(path, self._moment.progress))
        self._bead.show_text(text, self._pill_center(text, rest, step), growth(self._zoom))
        self._bead.show()

    def _pill_center(self, text: str, bead: QPointF, step: BackwardStep) -> QPointF:
        """Where beside a resting bead the pill covers the least of the cards; the nearest such place.

        From afar, where cards show no text, only those of the step count; and the pill, large there, stays among the
        cards, beyond which the view may end.
        """
        is_afar = self._zoom < BLOCKS_BELOW
        scale = growth(self._zoom)
        pill = pill_area(text, scale)
        aside, highest = pill.width() / 2 + _PILL_GAP * scale, _PILL_HEIGHTS[-1] * scale
        sides = (0.0, -aside / 3, aside / 3, -aside, aside)
        places = [QPointF(x, y * scale) for y in _PILL_HEIGHTS for x in sides]
        places += [QPointF(aside, 0.0), QPointF(-aside, 0.0)]
        reach = pill.adjusted(-aside, -highest, aside, highest).translated(bead)
        active = (self._cards[step.operand], self._cards[step.node])
        # A little air around each card, for its border.
        cards = [
            item.card.translated(item.pos()).adjusted(-3.0, -3.0, 3.0, 3.0)
            for item in (active if is_afar else self.items(reach))
            if isinstance(item, NodeItem)
        ]
        cards += [title_area(group.look, group.box, self._zoom) for group, _ in self._groups.values()]

        def cost(place: QPointF) -> tuple[float, float, float]:
            area = pill.translated(bead + place)
            overlaps = [area.intersected(card) for card in cards]
            covered = sum(overlap.width() * overlap.height() for overlap in overlaps)
            within = area.intersected(self.content) if is_afar else area
            return covered, -within.width() * within.height(), abs(place.x()) + abs(place.y())

        return min(places, key=cost)

    # Words

    def _describe(self) -> None:
        description = self._in_words()
        if description != self._description:
            self._description = description
            self.description_changed.emit(description)

    def _in_words(self) -> str:
        snapshot = self._snapshot
        if snapshot is None:
            return "No graph: type an expression."
        node = snapshot.index.get(self._selected)
        if node is None:
            operation = None if self._arrays is None else self._arrays.named(self._operation)
            if operation is not None:
                return f"array operation {operation.name} = {operation.formula}, {operation.replaced} scalar nodes"
            return f"{len(snapshot.nodes)} cards; none is selected."
        record, moment = snapshot.nodes[node], self._moment
        name = f"{record.label} = {record.formula}" if record.formula else f"leaf {record.label}"
        known = record.is_leaf if moment is None else moment.data_known[node]
        grad = None if moment is None else moment.grads[node]
        target = snapshot.nodes[snapshot.target].label
        data_text = f"data {format_number(record.data)}" if known else "data not computed yet"
        grad_text = f"gradient of {target} {format_number(grad)}" if grad is not None else "no gradient yet"
        if node not in self._flowing:
            grad_text = f"{target} does not depend on it"
        return f"{name}; {data_text}; {grad_text}"

    def drawBackground(self, painter: QPainter, rect: QRectF | object) -> None:
        assert isinstance(rect, QRectF)
        zoom = painter.worldTransform().m11()
        # A pixel more than asked for: at its very edge an antialiased fill would let through what was there before.
        beyond = 1.0 / zoom
        painter.fillRect(rect.adjusted(-beyond, -beyond, beyond, beyond), color(self._theme.canvas))
        spacing = GRID
        while spacing * zoom < GRID / 2 or rect.width() * rect.height() > _MOST_DOTS * spacing**2:
            spacing *= 2
        pen = QPen(color(self._theme.canvas_dot), 2.0)
        pen.setCosmetic(True)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.drawPoints(_grid(rect, spacing))

    def drawForeground(self, painter: QPainter, rect: QRectF | object) -> None:
        if self._stale:
            assert isinstance(rect, QRectF)
            painter.fillRect(rect, stale_veil(self._theme.canvas))


def _same_structure(before: GraphSnapshot, after: GraphSnapshot) -> bool:
    return (
        before.target == after.target
        and len(before.nodes) == len(after.nodes)
        and all(
            old.id == new.id
            and old.label == new.label
            and old.symbol == new.symbol
            and old.operands == new.operands
            and old.constant == new.constant
            for old, new in zip(before.nodes, after.nodes, strict=True)
        )
    )


def _differing(before: Moment, after: Moment) -> set[int]:
    """Nodes of which a moment knows something else."""
    rows = zip(before.data_known, after.data_known, before.grads, after.grads, strict=True)
    return {node for node, (a, b, c, d) in enumerate(rows) if a is not b or (c is not d and c != d)}


def _active_cards(moment: Moment) -> set[int]:
    match moment.step:
        case ForwardStep(node=node) | SeedStep(node=node) | BackwardStep(operand=node):
            return {node}
        case _:
            return set()


def _between(start: Points, end: Points, share: float) -> Points:
    return tuple(
        (ax + (bx - ax) * share, ay + (by - ay) * share)
        for (ax, ay), (bx, by) in zip(start, end, strict=True)
    )


def _along(path: QPainterPath, progress: float) -> QPointF:
    """The bead's place: from the node's port (0) to a little before the operand's (1), against the curve."""
    rest = min(_BEAD_REST / max(path.length(), 1.0), 0.5)
    return path.pointAtPercent(1.0 - progress * (1.0 - rest))


def _grid(rect: QRectF, spacing: float) -> Sequence[QPointF]:
    columns = range(math.floor(rect.left() / spacing), math.ceil(rect.right() / spacing) + 1)
    rows = range(math.floor(rect.top() / spacing), math.ceil(rect.bottom() / spacing) + 1)
    return [QPointF(column * spacing, row * spacing) for row in rows for column in columns]
