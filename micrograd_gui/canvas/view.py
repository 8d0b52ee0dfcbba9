"""The window onto the graph: zooming, panning, choosing, moving, and following the steps."""

import math
from html import escape

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QResizeEvent,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QGestureEvent,
    QGraphicsView,
    QMenu,
    QPinchGesture,
    QToolTip,
    QWidget,
)

from micrograd_gui.canvas.leaf_editor import LeafEditor
from micrograd_gui.canvas.navigation import Direction
from micrograd_gui.canvas.scene import GraphScene
from micrograd_gui.model.numbers import MINUS
from micrograd_gui.widgets.labels import make_label
from micrograd_gui.widgets.own_keys import NO_KEYS, OwnKeys, keep_own_key

HINT = "Type an expression on the left, for instance\no = (x1*w1 + x2*w2 + b).tanh()"

SMALLEST_ZOOM, LARGEST_ZOOM = 0.02, 4.0
"""Where the wheel ends; a graph that is too long for the smallest can be made as small as shows it whole."""
_TINIEST_ZOOM = 0.001
_ZOOM_PER_NOTCH = 1.2
_NOTCH = 120.0
"""What Qt calls one click of a mouse wheel, in eighths of a degree."""
_MOST_NOTCHES = 100.0
"""In one event; they lead from the smallest zoom beyond the largest."""
_FIT_MARGIN = 24.0
_READABLE_ZOOM = 0.6
_EDGE = 12.0
"""A card moved to stays this far from the border of the view."""
_AROUND = 0.3
"""A card of a step that is brought into sight stays this far from the view's border, of its width and height."""
_PULL_SECONDS = 0.08
"""In which a glide leaves about a third of the way it has before it."""
_LAST_PIXELS = 4.0
"""With which a glide ends: less than a pixel at a time would never do."""
_ONE_LINE = 100
"""Letters of a tooltip that fit in one line on any screen."""
_TARGET, _EDIT = "target", "edit"
"""What the items of a card's menu ask for."""

_WALKS: dict[int, Direction] = {
    Qt.Key.Key_Left: "left",
    Qt.Key.Key_Right: "right",
    Qt.Key.Key_Up: "up",
    Qt.Key.Key_Down: "down",
}
_CARD_KEYS = OwnKeys(frozenset({*map(Qt.Key, _WALKS), Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_T}))


class GraphView(QGraphicsView):
    """Shows a ``GraphScene``; gestures become the scene's signals.

    The graph is fitted when it first appears, when its groups come or go, and when it grows out of sight or shrinks to
    half of what is seen, until the user zooms or pans. While steps are played it follows them, until the user zooms or
    pans away from the card of the step, and again when such a card comes into sight or playback is started.
    """

    zoom_changed = Signal(float)
    """1 is 100 %."""

    def __init__(self, scene: GraphScene, parent: QWidget | None = None) -> None:
        super().__init__(scene, parent)
        self._scene = scene
        self._keeps_fitting = True
        self._was_empty = True
        self._was_grouped = False
        self._pressed: QPoint | None = None
        """Where the drag under way was last seen, in the viewport."""
        self._panning = False
        self._follows = True
        self._goal: QPointF | None = None
        """Point of the scene that glides to the middle of the view."""
        self._set_up()
        self._hint = make_label("faint", HINT, "canvas_hint", wraps=True, parent=self.viewport())
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._hint.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._editor = LeafEditor(self.viewport())
        self._editor.accepted.connect(scene.leaf_typed)
        self._editor.closed.connect(self.setFocus)
        self.horizontalScrollBar().valueChanged.connect(self._place_editor)
        self.verticalScrollBar().valueChanged.connect(self._place_editor)
        scene.graph_shown.connect(self._graph_shown)
        scene.moment_shown.connect(self._moment_shown)
        scene.description_changed.connect(self.setAccessibleDescription)
        self.setAccessibleDescription(scene.description)
        self._graph_shown()

    def _set_up(self) -> None:
        self.setObjectName("graph_view")
        self.setAccessibleName("Computation graph")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.AnchorViewCenter)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.SmartViewportUpdate)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontAdjustForAntialiasing)
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        # The background covers every pixel; knowing that, Qt scrolls what is there instead of painting it anew.
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.viewport().grabGesture(Qt.GestureType.PinchGesture)
        self.setMinimumSize(160, 120)

    @property
    def zoom(self) -> float:
        return self.transform().m11()

    # Zoom and place

    def fit(self) -> None:
        """Show the whole graph, at 100 % or smaller, and keep doing so while it grows."""
        self._keeps_fitting = True
        self._set_zoom(self._fitting_zoom())
        if not self._scene.content.isEmpty():
            self._center_on(self._scene.content.center())

    def _fitting_zoom(self) -> float:
        content, area = self._scene.content, self.viewport().size()
        if content.isEmpty():
            return 1.0
        across = (area.width() - 2 * _FIT_MARGIN) / content.width()
        down = (area.height() - 2 * _FIT_MARGIN) / content.height()
        return min(max(min(across, down), _TINIEST_ZOOM), 1.0)

    def zoom_to(self, factor: float) -> None:
        """Zoom around the selected card, or the middle where none is seen; 1 is 100 %."""
        card = self._scene.card_rect(self._scene.selected)
        middle = QPointF(self.viewport().rect().center())
        seen = not card.isEmpty() and self._visible().contains(card.center())
        self._zoom_at(self.viewportTransform().map(card.center()) if seen else middle, factor)

    def zoom_by(self, factor: float) -> None:
        self.zoom_to(self.zoom * factor)

    def center_on_node(self, node_id: str) -> None:
        """Bring a card to the middle, large enough to be read."""
        card = self._scene.card_rect(node_id)
        if not card.isEmpty():
            if self.zoom < _READABLE_ZOOM:
                self._keeps_fitting = False
                self._set_zoom(_READABLE_ZOOM)
            self._center_on(card.center())

    def show_operation(self, name: str) -> None:
        """Bring an array operation into sight."""
        rect = self._scene.operation_rect(name)
        if not rect.isEmpty() and not self._visible().contains(rect):
            self._center_on(rect.center())

    def _zoom_at(self, anchor: QPointF, factor: float) -> None:
        """Zoom so that what lies under ``anchor``, a point of the viewport, stays there."""
        self._keeps_fitting = False
        under, _ = self.viewportTransform().inverted()
        fixed = under.map(anchor)
        self._set_zoom(factor)
        self._pan(anchor - self.viewportTransform().map(fixed))

    def _set_zoom(self, factor: float) -> None:
        factor = min(max(factor, min(SMALLEST_ZOOM, self._fitting_zoom())), LARGEST_ZOOM)
        changed = abs(factor - self.zoom) > 1e-9
        self.setTransform(QTransform.fromScale(factor, factor))
        self._give_room()
        self._scene.show_zoom(self.zoom)
        if changed:
            self.zoom_changed.emit(factor)

    def _give_room(self) -> None:
        """Let the graph be panned until it is just out of sight."""
        area = self.viewport().size()
        x, y = area.width() / self.zoom, area.height() / self.zoom
        self.setSceneRect(self._scene.content.adjusted(-x, -y, x, y))
        self._place_editor()

    def _center_on(self, point: QPointF) -> None:
        self._pan(QPointF(self.viewport().rect().center()) - self.viewportTransform().map(point))

    def _pan(self, by: QPointF) -> None:
        """Move what is seen by some pixels, because the user wants to see that."""
        self._scroll(by)
        self._goal = None
        step = self._scene.step_rect
        if not step.isEmpty():
            self._follows = self._visible().intersects(step)

    def _scroll(self, by: QPointF) -> None:
        """Move what is seen by some pixels."""
        across, down = self.horizontalScrollBar(), self.verticalScrollBar()
        across.setValue(across.value() - round(by.x()))
        down.setValue(down.value() - round(by.y()))

    def _visible(self) -> QRectF:
        inverse, _ = self.viewportTransform().inverted()
        return inverse.mapRect(QRectF(self.viewport().rect()))

    def _reveal(self, node_id: str) -> None:
        """Pan as little as needed to see a card whole."""
        card = self._scene.card_rect(node_id)
        if not card.isEmpty():
            self._pan(self._way_into_sight(card, _EDGE, _EDGE) * self.zoom)

    def _way_into_sight(self, card: QRectF, across: float, down: float) -> QPointF:
        """By how much to shift the scene so that a card is as far from the view's border, or in its middle."""
        seen = self._visible()
        across = min(across, (seen.width() - card.width()) / 2)
        down = min(down, (seen.height() - card.height()) / 2)
        seen.adjust(across, down, -across, -down)
        x = min(seen.right() - card.right(), 0.0) or max(seen.left() - card.left(), 0.0)
        y = min(seen.bottom() - card.bottom(), 0.0) or max(seen.top() - card.top(), 0.0)
        return QPointF(x, y)

    # Following the steps

    def _moment_shown(self) -> None:
        if self._visible().intersects(self._scene.step_rect):
            self._follows = True

    def follow_from_now_on(self) -> None:
        """Go along with the steps, wherever one has panned to."""
        self._follows = True

    def follow_step(self) -> None:
        """Glide to where the card of the present step is seen, if those of the steps before were."""
        card, seen = self._scene.step_rect, self._visible()
        hidden = not card.isEmpty() and not seen.contains(card)
        if hidden and self._follows and not self._panning:
            way = self._way_into_sight(card, _AROUND * seen.width(), _AROUND * seen.height())
            self._goal = seen.center() - way

    def advance_motion(self, seconds: float) -> bool:
        """Let time pass for a glide; True while it goes on."""
        if self._goal is None:
            return False
        way = QPointF(self.viewport().rect().center()) - self.viewportTransform().map(self._goal)
        if max(abs(way.x()), abs(way.y())) < _LAST_PIXELS:
            seconds = math.inf
        self._scroll(way * (1.0 - math.exp(-seconds / _PULL_SECONDS)))
        if seconds == math.inf:
            self._goal = None
        return self._goal is not None

    # What the scene shows

    def _graph_shown(self) -> None:
        self._hint.setVisible(self._scene.is_empty)
        self._place_hint()
        if self._scene.is_empty:
            self._keeps_fitting = True
        if self._editor.node_id and self._scene.record(self._editor.node_id) is None:
            self._editor.close_editor()
        self._goal = None
        newcomer, self._was_empty = self._was_empty, self._scene.is_empty
        rearranged = self._was_grouped != self._scene.is_grouped
        self._was_grouped = self._scene.is_grouped
        self._give_room()
        grown = newcomer or not self._visible().contains(self._scene.content)
        shrunk = self.zoom < self._fitting_zoom() / 2
        if rearranged or (self._keeps_fitting and (grown or shrunk)):
            self.fit()

    def show_hint(self, text: str) -> None:
        """What stands on an empty canvas."""
        self._hint.setText(text)
        self._place_hint()

    def _place_hint(self) -> None:
        area = self.viewport().rect()
        width = min(440, max(area.width() - 32, 80))
        height = self._hint.heightForWidth(width)
        self._hint.setGeometry((area.width() - width) // 2, (area.height() - height) // 2, width, height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_hint()
        self._give_room()
        if self._keeps_fitting:
            self.fit()

    # The field for a leaf's value

    def edit_leaf(self, node_id: str) -> None:
        """Open the field over a leaf whose value can be set."""
        record = self._scene.record(node_id)
        if record is not None and record.adjustable:
            self._reveal(node_id)
            self._editor.open(node_id, record.label, record.data)
            self._place_editor()

    def _place_editor(self, _scrolled: int = 0) -> None:
        card = self._scene.card_rect(self._editor.node_id) if self._editor.node_id else QRectF()
        if not card.isEmpty():
            self._editor.place_over(self.viewportTransform().mapRect(card).toRect())

    # Gestures

    def _node_at(self, point: QPointF) -> str:
        inverse, _ = self.viewportTransform().inverted()
        return self._scene.node_at(inverse.map(point))

    def _operation_at(self, point: QPointF) -> str:
        inverse, _ = self.viewportTransform().inverted()
        return self._scene.operation_at(inverse.map(point), self.zoom)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() not in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            return
        node_id, operation = self._node_at(event.position()), self._operation_at(event.position())
        if operation and event.button() == Qt.MouseButton.LeftButton:
            self._scene.operation_activated.emit(operation)
        elif node_id and event.button() == Qt.MouseButton.LeftButton:
            self._scene.node_activated.emit(node_id)
        else:
            self._pressed, self._panning = event.position().toPoint(), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        if self._pressed is None:
            self._hover(self._node_at(event.position()), self._operation_at(event.position()))
            return
        moved = at - self._pressed
        if not self._panning and moved.manhattanLength() < QApplication.startDragDistance():
            return
        self._panning, self._keeps_fitting = True, False
        self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
        self._pan(QPointF(moved))
        self._pressed = at

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            return
        clicked = not self._panning and event.button() == Qt.MouseButton.LeftButton
        self._pressed, self._panning = None, False
        self._hover(self._node_at(event.position()), self._operation_at(event.position()))
        if clicked:
            self._scene.node_activated.emit("")

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        node_id = self._node_at(event.position())
        in_title = bool(self._operation_at(event.position()))
        if node_id and not in_title and event.button() == Qt.MouseButton.LeftButton:
            self.edit_leaf(node_id)
        else:
            self.mousePressEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover("", "")

    def _hover(self, node_id: str, operation: str) -> None:
        self._scene.show_hover("" if operation else node_id)
        self._scene.show_hovered_operation(operation)
        pointing = node_id or operation
        shape = Qt.CursorShape.PointingHandCursor if pointing else Qt.CursorShape.ArrowCursor
        if self.viewport().cursor().shape() != shape:
            self.viewport().setCursor(shape)

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta().y() or event.pixelDelta().y()
        if turned:
            notches = min(max(turned / _NOTCH, -_MOST_NOTCHES), _MOST_NOTCHES)
            self._zoom_at(event.position(), self.zoom * _ZOOM_PER_NOTCH**notches)
        event.accept()

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QNativeGestureEvent):
            if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
                self._zoom_at(event.position(), self.zoom * (1.0 + event.value()))
                return True
        elif isinstance(event, QGestureEvent):
            pinch = event.gesture(Qt.GestureType.PinchGesture)
            if isinstance(pinch, QPinchGesture):
                center = QPointF(self.viewport().mapFromGlobal(pinch.centerPoint().toPoint()))
                self._zoom_at(center, self.zoom * pinch.scaleFactor())
                return True
        elif isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            self._show_tool_tip(event)
            return True
        return super().viewportEvent(event)

    def _show_tool_tip(self, event: QHelpEvent) -> None:
        at = QPointF(event.pos())
        operation, record = self._operation_at(at), self._scene.record(self._node_at(at))
        lines = []
        if operation:
            lines = [_in_one_line(self._scene.operation_title(operation))]
        elif record is not None:
            lines = [record.label, record.formula, f"data {record.data!r}".replace("-", MINUS)]
            if record.adjustable:
                lines.append("double-click to type its value")
        text = "<br>".join(escape(line) for line in lines if line)
        QToolTip.showText(event.globalPos(), f"<qt>{text}</qt>" if text else "", self.viewport())

    # Keys

    @property
    def own_keys(self) -> OwnKeys:
        """The keys that act on the selected card; none without one."""
        return _CARD_KEYS if self._scene.selected else NO_KEYS

    def event(self, event: QEvent) -> bool:
        return keep_own_key(self, event) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move along edges, edit, differentiate; all other keys are the window's."""
        selected = self._scene.selected
        if not _is_plain(event):
            event.ignore()
        elif event.key() in _WALKS:
            self._go(_WALKS[event.key()])
        elif selected and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.edit_leaf(selected)
        elif selected and event.key() == Qt.Key.Key_T:
            self._scene.target_requested.emit(selected)
        else:
            event.ignore()

    def _go(self, direction: Direction) -> None:
        node_id = self._scene.neighbour(direction)
        if node_id and node_id != self._scene.selected:
            self._scene.node_activated.emit(node_id)
            self._reveal(node_id)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_keyboard = event.reason() == QContextMenuEvent.Reason.Keyboard
        node_id = self._scene.selected if by_keyboard else self._node_at(QPointF(event.pos()))
        record = self._scene.record(node_id)
        if record is None:
            return
        menu = QMenu(self)
        menu.setObjectName("card_menu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.triggered.connect(self._choose)
        menu.addAction("Differentiate this\tT").setData((_TARGET, node_id))
        if record.adjustable:
            menu.addAction("Type its value…\tEnter").setData((_EDIT, node_id))
        card = self.viewportTransform().mapRect(self._scene.card_rect(node_id)).toRect()
        menu.popup(self.viewport().mapToGlobal(card.center()) if by_keyboard else event.globalPos())

    def _choose(self, action: QAction) -> None:
        what, node_id = action.data()
        if what == _TARGET:
            self._scene.target_requested.emit(node_id)
        else:
            self.edit_leaf(node_id)


def _in_one_line(text: str) -> str:
    """For a tooltip, which breaks lines early: the text, unbroken if it is short enough for that."""
    return text.replace(" ", "\N{NO-BREAK SPACE}") if len(text) <= _ONE_LINE else text


def _is_plain(event: QKeyEvent) -> bool:
    return event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
