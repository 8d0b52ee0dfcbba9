"""The graph tab: editor and leaves on the left, the canvas with its playback bar, the inspector on the right."""

import math

from PySide6.QtCore import QElapsedTimer, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QSplitter, QVBoxLayout, QWidget

from micrograd_gui.canvas.scene import GraphScene
from micrograd_gui.canvas.view import HINT, GraphView
from micrograd_gui.editor.expression_panel import ExpressionPanel
from micrograd_gui.graph.array_panel import ArrayPanel
from micrograd_gui.graph.find_bar import FindBar
from micrograd_gui.graph.inspector_panel import InspectorPanel
from micrograd_gui.graph.leaf_panel import LeafPanel
from micrograd_gui.graph.playback_bar import PlaybackBar
from micrograd_gui.graph.session import Session
from micrograd_gui.graph.veil import Veil
from micrograd_gui.model.document import Document
from micrograd_gui.model.layout import Placement
from micrograd_gui.model.playback import Playback
from micrograd_gui.model.sentence import step_sentence
from micrograd_gui.model.snapshot import GraphSnapshot
from micrograd_gui.model.theme import Theme
from micrograd_gui.model.timeline import Moment

_FRAME_MS = 16
_WORKING_AFTER_MS = 500


class GraphTab(QWidget):
    """Shows a session and lets it be changed; holds nothing of its own."""

    zoom_changed = Signal(float)
    working_changed = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._reduced_motion = False
        self.expression = ExpressionPanel()
        self.leaves = LeafPanel()
        self.scene = GraphScene(self)
        self.view = GraphView(self.scene)
        self.find_bar = FindBar()
        self.playback = PlaybackBar()
        self.inspector = InspectorPanel()
        self.arrays = ArrayPanel()
        self._with_arrays = False
        self._is_playing = False
        self._clock = QTimer(self, interval=_FRAME_MS, timerType=Qt.TimerType.PreciseTimer)
        self._since_tick = QElapsedTimer()
        self._patience = QTimer(self, interval=_WORKING_AFTER_MS, singleShot=True)
        self._lay_out()
        self._connect_clock()
        self._connect_document()
        self._connect_graph()
        self._connect_playback()
        self._connect_selection()
        self._connect_arrays()

    def _lay_out(self) -> None:
        self.left = QSplitter(Qt.Orientation.Vertical)
        self.left.setObjectName("left_side")
        self.left.addWidget(self.expression)
        self.left.addWidget(self.leaves)
        self.left.setContentsMargins(14, 16, 14, 12)
        self.left.setHandleWidth(13)
        self.left.setSizes([420, 380])
        center = QFrame()
        center.setObjectName("graph_center")
        layout = QVBoxLayout(center)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.find_bar)
        layout.addWidget(self.view, 1)
        bar_margins = QVBoxLayout()
        bar_margins.setContentsMargins(16, 0, 16, 14)
        bar_margins.addWidget(self.playback)
        layout.addLayout(bar_margins)
        self.find_bar.hide()
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setObjectName("graph_splitter")
        self.right = QFrame()
        self.right.setObjectName("right_side")
        column = QVBoxLayout()
        column.setSpacing(1)
        column.addWidget(self.arrays, 3)
        column.addWidget(self.inspector, 2)
        self.arrays.hide()
        self._veil = Veil()
        layers = QGridLayout(self.right)
        layers.setContentsMargins(0, 0, 0, 0)
        layers.addLayout(column, 0, 0)
        layers.addWidget(self._veil, 0, 0)
        for widget, stretch in ((self.left, 0), (center, 1), (self.right, 0)):
            self.splitter.addWidget(widget)
            self.splitter.setStretchFactor(self.splitter.count() - 1, stretch)
        self.splitter.setChildrenCollapsible(False)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.splitter)

    def _connect_clock(self) -> None:
        self._clock.timeout.connect(self._tick)
        self._session.playback_changed.connect(self._wake)
        self._session.graph_changed.connect(self._wake)

    def _connect_document(self) -> None:
        session = self._session
        self.expression.source_edited.connect(session.type_source)
        session.document_changed.connect(self._show_document)
        session.document_changed.connect(self._show_hint)
        session.stale_changed.connect(self._show_hint)
        session.resolved_changed.connect(self.expression.show_resolved)
        self.leaves.leaf_changed.connect(session.set_leaf)
        self.leaves.leaf_change_finished.connect(session.finish_gesture)
        self.leaves.descend_requested.connect(session.descend)
        self.leaves.reset_requested.connect(session.reset_leaves)
        session.stale_changed.connect(self.leaves.setDisabled)
        session.busy_changed.connect(self._set_busy)
        self._patience.timeout.connect(self._show_working)

    def _connect_graph(self) -> None:
        session = self._session
        session.graph_changed.connect(self._show_graph)
        session.stale_changed.connect(self._show_stale)
        session.moment_changed.connect(self._show_moment)
        self.scene.node_activated.connect(session.select)
        self.scene.leaf_typed.connect(session.set_leaf)
        self.scene.target_requested.connect(session.set_target)
        self.view.zoom_changed.connect(self.zoom_changed)
        self.find_bar.node_found.connect(self._find)
        self.find_bar.closed.connect(self._close_find_bar)

    def _connect_playback(self) -> None:
        session = self._session
        session.playback_changed.connect(self.playback.show_playback)
        session.playback_changed.connect(self._show_playing)
        self.playback.play_toggled.connect(session.toggle_play)
        self.playback.step_requested.connect(session.step)
        self.playback.position_requested.connect(session.jump)
        self.playback.speed_requested.connect(session.change_speed)

    def _connect_selection(self) -> None:
        session = self._session
        session.selection_changed.connect(self._show_selection)
        session.inspection_changed.connect(self.inspector.show_inspection)
        session.probe_changed.connect(self.inspector.show_probe)
        self.inspector.node_chosen.connect(self._find)
        self.inspector.target_requested.connect(session.set_target)
        self.inspector.position_requested.connect(session.jump)

    def _connect_arrays(self) -> None:
        session = self._session
        session.operation_changed.connect(self._show_operation)
        session.selection_changed.connect(self._show_operation)
        self.scene.operation_activated.connect(session.select_operation)
        self.arrays.operation_chosen.connect(self._find_operation)
        self.arrays.node_chosen.connect(self._select_node)

    def show_arrays(self, shown: bool) -> None:
        """Show or leave the view "Scalars → arrays"."""
        self._with_arrays = shown
        self.arrays.setVisible(shown)
        self._session.show_arrays(shown)
        self._show_operation()

    def share_width(self, width: int) -> None:
        """Give the sides what a window of this width has for them; the canvas gets the rest."""
        left, right = min(300, width * 21 // 100), min(320, width * 23 // 100)
        self.splitter.setSizes([left, width - left - right, right])

    def open_find_bar(self) -> None:
        snapshot = self._session.shown.snapshot
        nodes = snapshot.nodes if snapshot is not None else ()
        self.find_bar.show_nodes([(node.id, f"{node.label} {node.chip}".strip()) for node in nodes])
        self.find_bar.show()
        self.find_bar.setFocus()

    def edit_selected_leaf(self) -> None:
        self.view.edit_leaf(self._session.selected)

    def show_theme(self, theme: Theme) -> None:
        for part in (
            self.expression,
            self.leaves,
            self.scene,
            self.find_bar,
            self.playback,
            self.inspector,
            self.arrays,
            self._veil,
        ):
            part.show_theme(theme)

    def set_reduced_motion(self, reduced: bool) -> None:
        self._reduced_motion = reduced
        self.scene.set_reduced_motion(reduced)

    def _wake(self) -> None:
        if not self._clock.isActive():
            self._since_tick.start()
            self._clock.start()

    def _show_playing(self, playback: Playback) -> None:
        """Who starts to play wants to see it."""
        if playback.playing and not self._is_playing:
            self.view.follow_from_now_on()
        self._is_playing = playback.playing

    def _tick(self) -> None:
        seconds = self._since_tick.restart() / 1000.0
        if self._reduced_motion and not self._session.playback.playing:
            seconds = 1e3
        stepping = self._session.playback.moving
        playing = self._session.advance(seconds)
        if stepping:
            self.view.follow_step()
        moving = self.scene.advance_motion(seconds)
        gliding = self.view.advance_motion(math.inf if self._reduced_motion else seconds)
        if not (playing or moving or gliding):
            self._clock.stop()

    def _show_document(self, document: Document) -> None:
        self.expression.show_source(document.source)
        if self.is_working:
            self._show_working()

    @property
    def is_working(self) -> bool:
        """Whether an answer has been awaited for half a second."""
        return self._session.is_busy and not self._patience.isActive()

    def _set_busy(self, busy: bool) -> None:
        if busy:
            self._patience.start()
        else:
            self._patience.stop()
            self._show_working()

    @property
    def _is_left_behind(self) -> bool:
        """Whether what is shown belongs to a text that has been left behind for a while."""
        return self.is_working and not self._session.is_current

    def _show_working(self) -> None:
        self.working_changed.emit()
        self._show_stale()
        self.expression.show_working(self._is_left_behind)

    def _show_stale(self) -> None:
        """Dim what belongs to an older text; without a graph there is nothing of one."""
        stale = self._session.is_stale or self._is_left_behind
        has_graph = self._session.shown.snapshot is not None
        for part in (self.scene, self.playback, self._veil):
            part.set_stale(stale and has_graph)

    def _show_hint(self) -> None:
        reason = self._session.stale_reason
        if not self._session.document.source.strip():
            self.view.show_hint(HINT)
        else:
            self.view.show_hint(f"No graph: {reason}." if reason else "The graph is being computed…")

    def _show_graph(self, snapshot: GraphSnapshot | None, placement: Placement | None) -> None:
        if snapshot is None or placement is None:
            self.scene.show_empty()
        else:
            self.scene.show_graph(snapshot, placement, self._session.arrays)
        self.arrays.show_arrays(self._session.arrays)
        self._show_operation()
        self.leaves.show_leaves(snapshot)
        self.playback.show_timeline(self._session.shown.timeline.forward_count, self._session.last)
        self._show_stale()

    def _show_moment(self, moment: Moment) -> None:
        shown = self._session.shown
        if shown.snapshot is not None:
            self.scene.show_moment(moment)
            if self._with_arrays:
                known = zip(shown.snapshot.nodes, moment.data_known, strict=True)
                self.arrays.show_numbers(
                    tuple(record.data if is_known else None for record, is_known in known)
                )
        self.playback.show_sentence(step_sentence(shown.snapshot, shown.timeline, moment))

    def _show_selection(self, node_id: str) -> None:
        self.scene.show_selection(node_id)
        record = self.scene.record(node_id)
        self.expression.highlight_span(None if record is None else record.span)

    def _show_operation(self, _changed: str = "") -> None:
        session = self._session
        place = session.card_entry
        self.scene.show_operation(session.operation)
        self.arrays.show_operation(session.operation, place)
        self.inspector.show_card_entry("" if place is None else place.sentence)
        # An operation as a whole takes the inspector's room, too.
        self.inspector.setVisible(bool(session.selected) or not (session.operation and self._with_arrays))

    def _find_operation(self, name: str) -> None:
        self._session.select_operation(name)
        self.view.show_operation(name)

    def _select_node(self, node: int) -> None:
        if self._session.shown.snapshot is not None:
            self._session.select(self._session.shown.snapshot.nodes[node].id)

    def _find(self, node_id: str) -> None:
        self._session.select(node_id)
        self.view.center_on_node(node_id)

    def _close_find_bar(self) -> None:
        self.find_bar.hide()
        self.view.setFocus()
