"""The view of the graph: its gestures and keys, and the widgets that lie over it."""

from dataclasses import replace
from html import escape

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QResizeEvent,
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

from micrograd_core.texts import tr
from micrograd_gui.canvas.camera import Camera
from micrograd_gui.canvas.hit_test import Hit
from micrograd_gui.canvas.leaf_editor import LeafEditor
from micrograd_gui.canvas.navigation import Direction, walk
from micrograd_gui.canvas.scene import GraphScene
from micrograd_gui.model.descriptions import card_lines, describe, operation_line
from micrograd_gui.widgets.labels import make_label
from micrograd_gui.widgets.own_keys import OwnKeys, keep_own_key

HINT = tr("Type an expression on the left, for instance\n{code}", code="o = (x1*w1 + x2*w2 + b).tanh()")

_ZOOM_PER_NOTCH = 1.2
_NOTCH = 120.0
"""One click of a mouse wheel, in Qt's eighths of a degree."""
_MOST_NOTCHES = 100.0
"""Most notches of one event; they lead from the smallest zoom beyond the largest."""
_ONE_LINE = 100
"""Characters of a tooltip that fit in one line on any screen."""
_TARGET, _EDIT = "target", "edit"
"""Data of the items of a card's menu."""
_DIFFERENTIATE, _TYPE_VALUE = tr("Differentiate this"), tr("Type its value…")

_WALKS: dict[int, Direction] = {
    Qt.Key.Key_Left: "left",
    Qt.Key.Key_Right: "right",
    Qt.Key.Key_Up: "up",
    Qt.Key.Key_Down: "down",
}
"""With Ctrl; alone the keys step through the run, whatever is selected."""
_WALK_KEYS = frozenset(map(Qt.Key, _WALKS))
_OWN_KEYS = OwnKeys(with_control=_WALK_KEYS)
_CARD_KEYS = OwnKeys(
    frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_T, Qt.Key.Key_Escape}), _WALK_KEYS
)


class GraphView(QGraphicsView):
    """Shows a ``GraphScene``; gestures move its camera or become the scene's signals.

    It is large because Qt asks a view for each kind of event in a method of its own.
    """

    def __init__(self, scene: GraphScene, parent: QWidget | None = None) -> None:
        super().__init__(scene, parent)
        self._scene = scene
        self._pressed: QPoint | None = None
        """Last point of the drag under way, in the viewport; None without one."""
        self._panning = False
        self._set_up()
        self._hint = make_label("faint", HINT, "canvas_hint", wraps=True, parent=self.viewport())
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._hint.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._editor = LeafEditor(self.viewport())
        self._editor.accepted.connect(scene.leaf_typed)
        self._editor.closed.connect(self.setFocus)
        self.camera = Camera(self, scene)
        self.camera.zoom_changed.connect(self._place_editor)
        self.horizontalScrollBar().valueChanged.connect(self._place_editor)
        self.verticalScrollBar().valueChanged.connect(self._place_editor)
        scene.graph_shown.connect(self._graph_shown)
        scene.description_changed.connect(self.setAccessibleDescription)
        self.setAccessibleDescription(describe(scene.picture))
        self._graph_shown()

    def _set_up(self) -> None:
        self.setObjectName("graph_view")
        self.setAccessibleName(tr("Computation graph"))
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

    def advance_motion(self, seconds: float, *, stepping: bool) -> bool:
        """Advance all motion by some time; True while something moves. ``stepping`` lets the camera follow."""
        if stepping and not self._panning:
            self.camera.follow_step()
        moving = self._scene.advance_motion(seconds)
        gliding = self.camera.advance_motion(seconds)
        return moving or gliding

    # The hint

    def show_hint(self, text: str) -> None:
        """Set the text that an empty canvas shows."""
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
        self.camera.view_resized()
        self._place_editor()

    def _graph_shown(self) -> None:
        graph = self._scene.picture.shown.graph
        self._hint.setVisible(not graph.items)
        self._place_hint()
        if self._editor.node_id and graph.find(self._editor.node_id) is None:
            self._editor.close_editor()
        self._place_editor()

    # The field for a leaf's value

    def edit_leaf(self, node_id: str) -> None:
        """Open the field over a leaf whose value can be set."""
        leaf = self._scene.picture.shown.graph.settable_leaf(node_id)
        if leaf is not None:
            self.camera.reveal(node_id)
            self._editor.open(node_id, leaf.label, leaf.data)
            self._place_editor()

    def _place_editor(self, _moved: float = 0.0) -> None:
        card = self._scene.card_rect(self._editor.node_id) if self._editor.node_id else QRectF()
        if not card.isEmpty():
            self._editor.place_over(self.viewportTransform().mapRect(card).toRect())

    # Gestures

    def _hit(self, point: QPointF) -> Hit:
        """Hit test at a point of the viewport."""
        inverse, _ = self.viewportTransform().inverted()
        return self._scene.hit(inverse.map(point))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() not in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            return
        hit, is_left = self._hit(event.position()), event.button() == Qt.MouseButton.LeftButton
        if hit.operation and is_left:
            self._scene.operation_activated.emit(hit.operation)
        elif hit.card and is_left:
            self._scene.node_activated.emit(hit.card)
        else:
            self._pressed, self._panning = event.position().toPoint(), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        if self._pressed is None:
            self._hover(self._hit(event.position()))
            return
        moved = at - self._pressed
        if not self._panning and moved.manhattanLength() < QApplication.startDragDistance():
            return
        self._panning = True
        self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
        self.camera.drag(QPointF(moved))
        self._pressed = at

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            return
        clicked = not self._panning and event.button() == Qt.MouseButton.LeftButton
        self._pressed, self._panning = None, False
        self._hover(self._hit(event.position()))
        if clicked:
            self._scene.node_activated.emit("")

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        hit = self._hit(event.position())
        if hit.card and not hit.operation and event.button() == Qt.MouseButton.LeftButton:
            self.edit_leaf(hit.card)
        else:
            self.mousePressEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(Hit())

    def _hover(self, hit: Hit) -> None:
        """Highlight the card or group under the pointer; a title hides the cards below it."""
        card = "" if hit.operation else hit.card
        picture = self._scene.picture
        if (card, hit.operation) != (picture.hovered, picture.hovered_operation):
            self._scene.show(replace(picture, hovered=card, hovered_operation=hit.operation))
        pointing = hit.card or hit.operation
        shape = Qt.CursorShape.PointingHandCursor if pointing else Qt.CursorShape.ArrowCursor
        if self.viewport().cursor().shape() != shape:
            self.viewport().setCursor(shape)

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta().y() or event.pixelDelta().y()
        if turned:
            notches = min(max(turned / _NOTCH, -_MOST_NOTCHES), _MOST_NOTCHES)
            self.camera.zoom_at(event.position(), self.camera.zoom * _ZOOM_PER_NOTCH**notches)
        event.accept()

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QNativeGestureEvent):
            if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
                self.camera.zoom_at(event.position(), self.camera.zoom * (1.0 + event.value()))
                return True
        elif isinstance(event, QGestureEvent):
            pinch = event.gesture(Qt.GestureType.PinchGesture)
            if isinstance(pinch, QPinchGesture):
                center = QPointF(self.viewport().mapFromGlobal(pinch.centerPoint().toPoint()))
                self.camera.zoom_at(center, self.camera.zoom * pinch.scaleFactor())
                return True
        elif isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            self._show_tool_tip(event)
            return True
        return super().viewportEvent(event)

    def _show_tool_tip(self, event: QHelpEvent) -> None:
        hit, shown = self._hit(QPointF(event.pos())), self._scene.picture.shown
        item = shown.graph.find(hit.card)
        lines = []
        if hit.operation:
            lines = [_in_one_line(operation_line(shown, hit.operation))]
        elif item is not None:
            lines = card_lines(shown, item)
        text = "<br>".join(map(escape, lines))
        QToolTip.showText(event.globalPos(), f"<qt>{text}</qt>" if text else "", self.viewport())

    # Keys

    @property
    def own_keys(self) -> OwnKeys:
        """The keys that walk from card to card, and those that act on the selected one."""
        return _CARD_KEYS if self._selected else _OWN_KEYS

    def event(self, event: QEvent) -> bool:
        return keep_own_key(self, event) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move along edges, edit, differentiate, deselect; all other keys are the window's."""
        selected = self._selected
        if event.key() in _WALKS and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._go(_WALKS[event.key()])
        elif not _is_plain(event):
            event.ignore()
        elif selected and event.key() == Qt.Key.Key_Escape:
            self._scene.node_activated.emit("")
        elif selected and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.edit_leaf(selected)
        elif selected and event.key() == Qt.Key.Key_T:
            self._scene.target_requested.emit(selected)
        else:
            event.ignore()

    @property
    def _selected(self) -> str:
        """Id of the selected card; "" for none."""
        picture = self._scene.picture
        return "" if picture.shown.graph.find(picture.selected) is None else picture.selected

    def _go(self, direction: Direction) -> None:
        node_id = walk(self._scene.picture, direction)
        if node_id and node_id != self._selected:
            self._scene.node_activated.emit(node_id)
            self.camera.reveal(node_id)

    # The menu of a card

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_keyboard = event.reason() == QContextMenuEvent.Reason.Keyboard
        node_id = self._selected if by_keyboard else self._hit(QPointF(event.pos())).card
        if not node_id:
            return
        menu = QMenu(self)
        menu.setObjectName("card_menu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.triggered.connect(self._choose)
        menu.addAction(f"{_DIFFERENTIATE}\tT").setData((_TARGET, node_id))
        if self._scene.picture.shown.graph.settable_leaf(node_id) is not None:
            menu.addAction(f"{_TYPE_VALUE}\tEnter").setData((_EDIT, node_id))
        card = self.viewportTransform().mapRect(self._scene.card_rect(node_id)).toRect()
        menu.popup(self.viewport().mapToGlobal(card.center()) if by_keyboard else event.globalPos())

    def _choose(self, action: QAction) -> None:
        command, node_id = action.data()
        if command == _TARGET:
            self._scene.target_requested.emit(node_id)
        else:
            self.edit_leaf(node_id)


def _in_one_line(text: str) -> str:
    """The text without break opportunities, if it is short enough: tooltips break lines early."""
    return text.replace(" ", "\N{NO-BREAK SPACE}") if len(text) <= _ONE_LINE else text


def _is_plain(event: QKeyEvent) -> bool:
    return event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
