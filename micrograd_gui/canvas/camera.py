"""The camera of the graph's view: zooming, panning, fitting, and following the steps."""

import math
from dataclasses import replace

from PySide6.QtCore import QObject, QPointF, QRectF, Signal
from PySide6.QtGui import QTransform
from PySide6.QtWidgets import QGraphicsView

from micrograd_gui.canvas.scene import GraphScene
from micrograd_gui.model.picture import Picture

SMALLEST_ZOOM, LARGEST_ZOOM = 0.02, 4.0
"""Zoom limits for gestures. ``fit`` may go below the smaller one."""
_TINIEST_ZOOM = 0.001
_FIT_MARGIN = 24.0
_READABLE_ZOOM = 0.6
_EDGE = 12.0
"""Distance that a revealed card keeps from the border of the view, in pixels."""
_AROUND = 0.3
"""Distance that the card of a followed step keeps from the view's border, in shares of its width and height."""
_PULL_SECONDS = 0.08
"""Time constant of a glide: after this many seconds about a third of its way is left."""
_LAST_PIXELS = 4.0
"""Within this many pixels a glide jumps to its goal; it would never arrive otherwise."""


class Camera(QObject):
    """Moves a view over the graph.

    The graph is fitted when it first appears, when its groups come or go, and when it grows out of sight or shrinks to
    half of the view, until the user zooms or pans. The camera follows the steps of playback until the user zooms or
    pans away from the step's card; it follows again once such a card is in sight or playback is started.

    It is large because fitting, zooming, following and gliding all move the one transform of the view.
    """

    zoom_changed = Signal(float)
    """1 is 100 %."""

    def __init__(self, view: QGraphicsView, scene: GraphScene) -> None:
        super().__init__(view)
        self._scene = scene
        self._keeps_fitting = True
        self._was_empty = True
        self._was_grouped = False
        self._follows = True
        self._goal: QPointF | None = None
        """Point of the scene that glides to the middle of the view."""
        scene.graph_shown.connect(self._graph_shown)
        scene.moment_shown.connect(self._moment_shown)
        self._graph_shown()

    @property
    def _view(self) -> QGraphicsView:
        # Kept in Python, it would make a cycle, which waits for the garbage collector.
        view = self.parent()
        assert isinstance(view, QGraphicsView)
        return view

    @property
    def zoom(self) -> float:
        return self._view.transform().m11()

    # Zooming

    def fit(self) -> None:
        """Show the whole graph, at 100 % or smaller, and keep doing so while it grows."""
        self._keeps_fitting = True
        self._set_zoom(self._fitting_zoom())
        if not self._scene.content.isEmpty():
            self._center_on(self._scene.content.center())

    def _fitting_zoom(self) -> float:
        content, area = self._scene.content, self._view.viewport().size()
        if content.isEmpty():
            return 1.0
        across = (area.width() - 2 * _FIT_MARGIN) / content.width()
        down = (area.height() - 2 * _FIT_MARGIN) / content.height()
        return min(max(min(across, down), _TINIEST_ZOOM), 1.0)

    def zoom_to(self, factor: float) -> None:
        """Zoom around the selected card, or the middle where none is seen; 1 is 100 %."""
        card = self._scene.card_rect(self._scene.picture.selected)
        seen = not card.isEmpty() and self._visible().contains(card.center())
        self.zoom_at(self._view.viewportTransform().map(card.center()) if seen else self._middle(), factor)

    def zoom_by(self, factor: float) -> None:
        """Zoom as ``zoom_to`` does, relative to the present zoom."""
        self.zoom_to(self.zoom * factor)

    def zoom_at(self, anchor: QPointF, factor: float) -> None:
        """Zoom around ``anchor``, a point of the viewport; 1 is 100 %."""
        self._keeps_fitting = False
        under, _ = self._view.viewportTransform().inverted()
        fixed = under.map(anchor)
        self._set_zoom(factor)
        self._pan(anchor - self._view.viewportTransform().map(fixed))

    def _set_zoom(self, factor: float) -> None:
        factor = min(max(factor, min(SMALLEST_ZOOM, self._fitting_zoom())), LARGEST_ZOOM)
        changed = abs(factor - self.zoom) > 1e-9
        self._view.setTransform(QTransform.fromScale(factor, factor))
        self._give_room()
        self._scene.show(replace(self._scene.picture, zoom=self.zoom))
        if changed:
            self.zoom_changed.emit(factor)

    def _give_room(self) -> None:
        """Let the graph be panned until it is just out of sight."""
        area = self._view.viewport().size()
        x, y = area.width() / self.zoom, area.height() / self.zoom
        self._view.setSceneRect(self._scene.content.adjusted(-x, -y, x, y))

    def view_resized(self) -> None:
        """Adapt to another size of the view."""
        self._give_room()
        if self._keeps_fitting:
            self.fit()

    # Panning

    def drag(self, by: QPointF) -> None:
        """Pan by some pixels as the user's hand does."""
        self._keeps_fitting = False
        self._pan(by)

    def center_on_node(self, node_id: str) -> None:
        """Bring a card to the middle, large enough to be read."""
        card = self._scene.card_rect(node_id)
        if not card.isEmpty():
            if self.zoom < _READABLE_ZOOM:
                self._keeps_fitting = False
                self._set_zoom(_READABLE_ZOOM)
            self._center_on(card.center())

    def reveal(self, node_id: str) -> None:
        """Pan as little as needed to see a card whole."""
        card = self._scene.card_rect(node_id)
        if not card.isEmpty():
            self._pan(self._way_into_sight(card, _EDGE, _EDGE) * self.zoom)

    def show_operation(self, name: str) -> None:
        """Bring an array operation into sight."""
        rect = self._scene.operation_rect(name)
        if not rect.isEmpty() and not self._visible().contains(rect):
            self._center_on(rect.center())

    def _center_on(self, point: QPointF) -> None:
        self._pan(self._middle() - self._view.viewportTransform().map(point))

    def _pan(self, by: QPointF) -> None:
        """Scroll by some pixels as the user wants; this ends a glide."""
        self._scroll(by)
        self._goal = None
        step = self._scene.step_rect
        if not step.isEmpty():
            self._follows = self._visible().intersects(step)

    def _scroll(self, by: QPointF) -> None:
        """Scroll by some pixels."""
        across, down = self._view.horizontalScrollBar(), self._view.verticalScrollBar()
        across.setValue(across.value() - round(by.x()))
        down.setValue(down.value() - round(by.y()))

    def _middle(self) -> QPointF:
        """The viewport's middle."""
        return QPointF(self._view.viewport().rect().center())

    def _visible(self) -> QRectF:
        """The visible part of the scene."""
        inverse, _ = self._view.viewportTransform().inverted()
        return inverse.mapRect(QRectF(self._view.viewport().rect()))

    def _way_into_sight(self, card: QRectF, across: float, down: float) -> QPointF:
        """The shift of the scene that brings a card into sight, with margins to the view's border as far as there is
        room.
        """
        seen = self._visible()
        across = min(across, (seen.width() - card.width()) / 2)
        down = min(down, (seen.height() - card.height()) / 2)
        seen.adjust(across, down, -across, -down)
        x = min(seen.right() - card.right(), 0.0) or max(seen.left() - card.left(), 0.0)
        y = min(seen.bottom() - card.bottom(), 0.0) or max(seen.top() - card.top(), 0.0)
        return QPointF(x, y)

    # Following

    def follow_from_now_on(self) -> None:
        """Follow the steps again, even after the user has panned away."""
        self._follows = True

    def follow_step(self) -> None:
        """Glide to the present step's card, if the cards of earlier steps were in sight."""
        card, seen = self._scene.step_rect, self._visible()
        if not card.isEmpty() and not seen.contains(card) and self._follows:
            way = self._way_into_sight(card, _AROUND * seen.width(), _AROUND * seen.height())
            self._goal = seen.center() - way

    def advance_motion(self, seconds: float) -> bool:
        """Advance a glide by some time; True while it goes on."""
        if self._goal is None:
            return False
        way = self._middle() - self._view.viewportTransform().map(self._goal)
        near = max(abs(way.x()), abs(way.y())) < _LAST_PIXELS
        arrives = near or self._scene.picture.reduced_motion
        self._scroll(way if arrives else way * (1.0 - math.exp(-seconds / _PULL_SECONDS)))
        if arrives:
            self._goal = None
        return not arrives

    def _moment_shown(self) -> None:
        if self._visible().intersects(self._scene.step_rect):
            self._follows = True

    def _graph_shown(self) -> None:
        picture = self._scene.picture
        is_empty, is_grouped = not picture.shown.graph.items, _is_grouped(picture)
        newcomer, self._was_empty = self._was_empty, is_empty
        regrouped, self._was_grouped = self._was_grouped != is_grouped, is_grouped
        if is_empty:
            self._keeps_fitting = True
        self._goal = None
        self._give_room()
        grown = newcomer or not self._visible().contains(self._scene.content)
        shrunk = self.zoom < self._fitting_zoom() / 2
        if regrouped or (self._keeps_fitting and (grown or shrunk)):
            self.fit()


def _is_grouped(picture: Picture) -> bool:
    """Say whether the picture has groups."""
    return picture.shown.arrays is not None and bool(picture.shown.arrays.grouped)
