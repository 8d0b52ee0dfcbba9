"""The scene of the graph: cards, edges, groups and the bead. It applies the difference between two pictures."""

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
"""Most cards and edges that glide; more would stutter."""
_MOST_INDEXED = 20_000
"""Most cards and edges in Qt's index; for more, making the index takes longer than searching one by one."""


class GraphScene(QGraphicsScene):
    """Shows a ``Picture``.

    The first four signals report what the user did, and ``show`` emits none of them. The others tell views of changes.
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
        """Make an empty scene. ``cached`` keeps the cards' pixels; without it all is drawn anew, as for a file."""
        super().__init__(parent)
        self._cached = cached
        self._picture = Picture()
        self._placement = self._picture.shown.placement
        """The picture's placement, shifted so that kept cards move as little as possible."""
        self._cards: list[NodeItem] = []
        """Cards by index of the graph's items."""
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
        """The rectangle of all cards and edges at rest."""
        placement = self._placement
        return QRectF(placement.left, placement.top, placement.width, placement.height)

    def card_rect(self, node_id: str) -> QRectF:
        """The rectangle of a node's card at rest; empty for an unknown id."""
        item = self._picture.shown.graph.find(node_id)
        return QRectF() if item is None else self._card_rect(item)

    @property
    def step_rect(self) -> QRectF:
        """The rectangle of the card that the present step changes, at rest; empty without a step."""
        rect = QRectF()
        for item in self._picture.shown.active_items:
            rect = rect.united(self._card_rect(item))
        return rect

    def operation_rect(self, name: str) -> QRectF:
        """The rectangle of an array operation's group, or of its cards without a group; empty for an unknown name."""
        rect, shown = self._groups.box(name), self._picture.shown
        operation = None if shown.arrays is None else shown.arrays.named(name)
        if rect.isEmpty() and operation is not None:
            for node in operation.cards:
                rect = rect.united(self._card_rect(shown.graph.item_of[node]))
        return rect

    def _card_rect(self, item: int) -> QRectF:
        return QRectF(*self._picture.shown.graph.items[item].box(self._placement.centers[item]))

    def hit(self, point: QPointF) -> Hit:
        """The card and the group under a point."""
        return hit_test(point, self._picture.zoom, self.items(point), self._groups.groups)

    # What to show

    def show(self, picture: Picture) -> None:
        """Apply the difference to the present picture: kept cards glide, new ones fade in, others go.

        If the cards are the same, only changed looks are set.
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
        """Show other cards, or the same cards in other places."""
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
        """Choose whether Qt indexes items by place. Removing thousands of long edges from its tree takes minutes."""
        methods = QGraphicsScene.ItemIndexMethod
        self.setItemIndexMethod(methods.BspTreeIndex if indexed else methods.NoIndex)

    def _take_away(self) -> None:
        """Remove all cards, edges and groups at once; one by one, thousands of them take seconds."""
        self.removeItem(self._bead)
        self.clear()
        self.addItem(self._bead)
        self._cards, self._edges = [], {}
        self._groups.forget()
        self._motion.forget()

    def _steady_shift(self, shown: Shown) -> tuple[float, float]:
        """The shift of a placement with which most of the kept cards stay where they are."""
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
        """Set the looks that may have changed."""
        items, edges = changed_items(before, self._picture), changed_edges(before, self._picture)
        for item, node_look in zip(items, node_looks(self._picture, items), strict=True):
            self._cards[item].set_look(node_look)
        for port, edge_look in zip(edges, edge_looks(self._picture, edges), strict=True):
            self._edges[port].set_look(edge_look)
        if self._picture.reduced_motion:
            self._motion.finish()

    def advance_motion(self, seconds: float) -> bool:
        """Advance all motion by some time; True while something moves."""
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
        """True if cards show no text, so that a large pill may cover all but its step's cards.

        The pill stays among the cards then, because the view may end beyond them.
        """
        return self._picture.zoom < BLOCKS_BELOW

    def _obstacles(self, look: BeadLook, reach: QRectF) -> list[QRectF]:
        """The rectangles that a pill should not cover."""
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
