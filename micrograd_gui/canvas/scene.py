"""The graph as cards, edges, groups and a bead: given a picture, it applies the difference to the one before."""

from statistics import median

from PySide6.QtCore import QObject, QPointF, QRectF, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsScene

from micrograd_gui.canvas.background import paint_background
from micrograd_gui.canvas.bead_item import BeadItem, pill_area
from micrograd_gui.canvas.edge_item import EdgeItem
from micrograd_gui.canvas.group_layer import GroupLayer
from micrograd_gui.canvas.hit_test import Hit, hit_test
from micrograd_gui.canvas.legible import growth
from micrograd_gui.canvas.motion import Motion, along
from micrograd_gui.canvas.node_item import BLOCKS_BELOW, NodeItem
from micrograd_gui.canvas.pill_place import pill_reach, place_pill
from micrograd_gui.model.descriptions import describe
from micrograd_gui.model.layout import moved
from micrograd_gui.model.looks import (
    BeadLook,
    bead_changes,
    bead_look,
    changed_edges,
    changed_items,
    edge_looks,
    group_looks,
    groups_change,
    node_looks,
)
from micrograd_gui.model.picture import Picture, Shown, is_rearranged
from micrograd_gui.model.scene_graph import Port
from micrograd_gui.widgets.style import stale_veil

_MOST_MOVING = 1200
"""Cards and edges; more would stutter rather than glide."""
_MOST_INDEXED = 20_000
"""Cards and edges; more are looked through one by one in less time than their index takes to be made."""


class GraphScene(QGraphicsScene):
    """Shows a ``Picture``.

    The first four signals say what the user did; ``show`` emits none of them. The others tell views what has changed.
    """

    node_activated = Signal(str)
    """A card was clicked or reached with the keys, by id; "" is the background."""
    operation_activated = Signal(str)
    """A group was clicked, by the name of its array operation."""
    leaf_typed = Signal(str, float)
    """A value was typed on the card of a leaf: id and number."""
    target_requested = Signal(str)
    """Differentiate this card."""
    graph_shown = Signal()
    """Cards came, went or moved."""
    moment_shown = Signal()
    """Another moment, or another graph, is shown."""
    description_changed = Signal(str)
    """The selected card in words, or the graph."""

    def __init__(self, parent: QObject | None = None, *, cached: bool = True) -> None:
        """``cached`` keeps the cards' pixels; without it everything is drawn anew, as into a file."""
        super().__init__(parent)
        self._cached = cached
        self._picture = Picture()
        self._placement = self._picture.shown.placement
        """The picture's, shifted so that cards that stay move as little as possible."""
        self._cards: list[NodeItem] = []
        """Those of the graph's items, by index."""
        self._edges: dict[Port, EdgeItem] = {}
        self._motion = Motion()
        self._description = describe(self._picture)
        # No item is another's child: Qt's index, which finds what is in sight, knows only the topmost items.
        self._groups = GroupLayer()
        self._bead = BeadItem()
        self.addItem(self._bead)

    @property
    def picture(self) -> Picture:
        return self._picture

    # Where things are

    @property
    def content(self) -> QRectF:
        """Where the cards and edges lie, or are gliding to."""
        placement = self._placement
        return QRectF(placement.left, placement.top, placement.width, placement.height)

    def card_rect(self, node_id: str) -> QRectF:
        """Where the card of a node comes to rest; an empty rectangle for an unknown id."""
        item = self._picture.shown.graph.find(node_id)
        return QRectF() if item is None else self._card_rect(item)

    @property
    def step_rect(self) -> QRectF:
        """Where the card that the present step changes comes to rest; an empty rectangle without a step."""
        rect = QRectF()
        for item in self._picture.shown.active_items:
            rect = rect.united(self._card_rect(item))
        return rect

    def operation_rect(self, name: str) -> QRectF:
        """An array operation's group, or where it has none all of its cards; empty for an unknown name."""
        rect, shown = self._groups.box(name), self._picture.shown
        operation = None if shown.arrays is None else shown.arrays.named(name)
        if rect.isEmpty() and operation is not None:
            for node in operation.cards:
                rect = rect.united(self._card_rect(shown.graph.item_of[node]))
        return rect

    def _card_rect(self, item: int) -> QRectF:
        return QRectF(*self._picture.shown.graph.items[item].box(self._placement.centers[item]))

    def hit(self, point: QPointF) -> Hit:
        """What lies under a point."""
        return hit_test(point, self._picture.zoom, self.items(point), self._groups.groups)

    # What to show

    def show(self, picture: Picture) -> None:
        """Apply the difference to what is shown: kept cards glide, new ones fade in, the rest goes.

        Where the cards are the same only looks change, and only of what looks different.
        """
        before, self._picture = self._picture, picture
        is_news = picture.shown is not before.shown
        rearranged = is_news and is_rearranged(before.shown, picture.shown)
        if rearranged:
            self._rearrange(picture.shown)
        else:
            self._refresh(before)
        if rearranged or groups_change(before, picture):
            self._groups.show(self, group_looks(picture, self._placement))
        if bead_changes(before, picture):
            self._show_bead()
        if picture.theme is not before.theme or picture.stale != before.stale:
            self.update()
        if is_news or (picture.selected, picture.operation) != (before.selected, before.operation):
            self._describe()
        if rearranged:
            self.graph_shown.emit()
        if is_news:
            self.moment_shown.emit()

    def _describe(self) -> None:
        before, self._description = self._description, describe(self._picture)
        if self._description != before:
            self.description_changed.emit(self._description)

    def _rearrange(self, shown: Shown) -> None:
        """Show other cards, or the same in other places."""
        self._set_indexed(False)
        self._motion.stop()
        self._placement = moved(shown.placement, *self._steady_shift(shown))
        ids = {card.id for card in shown.graph.items}
        kept = sum(card.node_id in ids for card in self._cards)
        if not ids or len(self._cards) - kept > max(kept, _MOST_MOVING):
            self._take_away()
        first = not self._cards
        self._show_cards(shown)
        self._show_edges(shown)
        if first or self._picture.reduced_motion or len(self._motion) > _MOST_MOVING:
            self._motion.finish()
        self._set_indexed(len(self._cards) + len(self._edges) <= _MOST_INDEXED)

    def _set_indexed(self, indexed: bool) -> None:
        """Whether Qt finds items by place. Taking thousands of long edges out of its tree takes it minutes."""
        methods = QGraphicsScene.ItemIndexMethod
        self.setItemIndexMethod(methods.BspTreeIndex if indexed else methods.NoIndex)

    def _take_away(self) -> None:
        """Let go of all cards, edges and groups at once: one by one, thousands of them take seconds."""
        self.removeItem(self._bead)
        self.clear()
        self.addItem(self._bead)
        self._cards, self._edges = [], {}
        self._groups.forget()
        self._motion.forget()

    def _steady_shift(self, shown: Shown) -> tuple[float, float]:
        """By how much to shift a placement so that most of the cards that stay do not move."""
        kept = {card.node_id: card.pos() for card in self._cards}
        shifts = [
            kept[card.id] - QPointF(*center)
            for card, center in zip(shown.graph.items, shown.placement.centers, strict=True)
            if card.id in kept
        ]
        if not shifts:
            return 0.0, 0.0
        return median(shift.x() for shift in shifts), median(shift.y() for shift in shifts)

    def _show_cards(self, shown: Shown) -> None:
        kept = {card.node_id: card for card in self._cards}
        self._cards = []
        looks = node_looks(self._picture, range(len(shown.graph.items)))
        for item, look, center in zip(shown.graph.items, looks, self._placement.centers, strict=True):
            place = QPointF(*center)
            card = kept.pop(item.id, None)
            if card is None:
                card = NodeItem(item.id, look, cached=self._cached)
                self.addItem(card)
                card.setPos(place)
                self._motion.fade_in(card)
            else:
                card.set_look(look)
                self._motion.glide(card, place)
            self._cards.append(card)
        for card in kept.values():
            self.removeItem(card)

    def _show_edges(self, shown: Shown) -> None:
        kept = {edge.key: edge for edge in self._edges.values()}
        self._edges = {}
        items, paths = shown.graph.items, self._placement.edges
        looks = edge_looks(self._picture, ((path.node, path.operand_index) for path in paths))
        for path, look in zip(paths, looks, strict=True):
            key = items[path.operand].id, items[path.node].id, path.operand_index
            edge = kept.pop(key, None)
            if edge is None:
                edge = EdgeItem(key, path.points, look)
                self.addItem(edge)
                self._motion.fade_in(edge)
            else:
                edge.set_look(look)
                self._motion.bend(edge, path.points)
            self._edges[path.node, path.operand_index] = edge
        for edge in kept.values():
            self.removeItem(edge)

    def _refresh(self, before: Picture) -> None:
        """Give new looks to what may look different."""
        items, edges = changed_items(before, self._picture), changed_edges(before, self._picture)
        for item, node_look in zip(items, node_looks(self._picture, items), strict=True):
            self._cards[item].set_look(node_look)
        for port, edge_look in zip(edges, edge_looks(self._picture, edges), strict=True):
            self._edges[port].set_look(edge_look)
        if self._picture.reduced_motion:
            self._motion.finish()

    def advance_motion(self, seconds: float) -> bool:
        """Let time pass for what is on its way; True while something still moves."""
        if not self._motion:
            return False
        moving = self._motion.advance(seconds)
        self._show_bead()
        return moving

    # The bead

    def _show_bead(self) -> None:
        look = bead_look(self._picture)
        if look is None:
            self._bead.hide()
            return
        path = self._edges[look.edge].path
        scale, rest = growth(self._picture.zoom), along(path, 1.0)
        pill = pill_area(look.text, scale)
        obstacles = self._obstacles(look, pill_reach(pill, scale).translated(rest))
        pill.moveCenter(place_pill(pill, scale, rest, obstacles, self.content if self._is_afar else None))
        self._bead.setPos(along(path, look.progress))
        self._bead.set_look(look, pill, scale)
        self._bead.show()

    @property
    def _is_afar(self) -> bool:
        """Whether cards show no text, so that a large pill may cover all of them but its step's.

        It stays among the cards then: the view may end beyond them.
        """
        return self._picture.zoom < BLOCKS_BELOW

    def _obstacles(self, look: BeadLook, reach: QRectF) -> list[QRectF]:
        """What a pill should not cover."""
        item, position = look.edge
        operand = self._picture.shown.graph.operands[item][position]
        near = (self._cards[operand], self._cards[item]) if self._is_afar else self.items(reach)
        # A little air around each card, for its border.
        cards = [
            card.card.translated(card.pos()).adjusted(-3.0, -3.0, 3.0, 3.0)
            for card in near
            if isinstance(card, NodeItem)
        ]
        return cards + self._groups.titles(self._picture.zoom)

    # Background and veil

    def drawBackground(self, painter: QPainter, rect: QRectF | object) -> None:
        assert isinstance(rect, QRectF)
        paint_background(painter, rect, self._picture.theme)

    def drawForeground(self, painter: QPainter, rect: QRectF | object) -> None:
        if self._picture.stale:
            assert isinstance(rect, QRectF)
            painter.fillRect(rect, stale_veil(self._picture.theme.canvas))
