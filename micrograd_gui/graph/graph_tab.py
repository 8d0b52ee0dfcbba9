"""The graph tab: editor and leaves on the left, the canvas with its playback bar, the inspector on the right."""

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QSplitter, QVBoxLayout, QWidget

from micrograd_core.language import Progress
from micrograd_core.texts import tr
from micrograd_gui.canvas.scene import GraphScene
from micrograd_gui.canvas.view import HINT, GraphView
from micrograd_gui.editor.expression_panel import ExpressionPanel
from micrograd_gui.graph.array_panel import ArrayPanel
from micrograd_gui.graph.clock import Clock
from micrograd_gui.graph.find_bar import FindBar
from micrograd_gui.graph.inspector_panel import InspectorPanel
from micrograd_gui.graph.leaf_panel import LeafPanel
from micrograd_gui.graph.playback_bar import PlaybackBar
from micrograd_gui.graph.session import Session
from micrograd_gui.graph.veil import Veil
from micrograd_gui.model.document import Document
from micrograd_gui.model.layout import Placement
from micrograd_gui.model.picture import NOTHING, Shown
from micrograd_gui.model.playback import Playback
from micrograd_gui.model.resolve import Resolved
from micrograd_gui.model.scene_graph import one_card_each
from micrograd_gui.model.sentence import Sentence, plain_sentence, step_sentence
from micrograd_gui.model.snapshot import GraphSnapshot
from micrograd_gui.model.solve_state import SolveState, why_no_graph
from micrograd_gui.model.theme import Theme
from micrograd_gui.model.timeline import Moment, progress_at

_COMPUTING = plain_sentence(tr("The new program is being computed…"))


def _running(progress: Progress) -> Sentence:
    """The sentence of a program that is being computed."""
    seconds = f"{progress.seconds:.1f}"
    if not progress.round:
        return plain_sentence(tr("The new program is being computed: {seconds} s.", seconds=seconds))
    return plain_sentence(
        tr(
            "The new program is being computed: round {round}, {seconds} s.",
            round=progress.round,
            seconds=seconds,
        )
    )


class GraphTab(QWidget):
    """Shows a session and passes the user's changes on to it.

    It is large because each part of the session is shown, and each gesture is passed on, by a short method of its own.
    """

    zoom_changed = Signal(float)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.expression = ExpressionPanel()
        self.leaves = LeafPanel()
        self.scene = GraphScene(self)
        self.view = GraphView(self.scene)
        self.find_bar = FindBar()
        self.playback = PlaybackBar()
        self.inspector = InspectorPanel()
        self.arrays = ArrayPanel()
        self._placement: Placement | None = None
        """Placement of the session's graph, which the canvas shows with the next moment."""
        self._was_shown = False
        self._is_playing = False
        self._progress: Progress | None = None
        """Progress of the program that is computed; None before it is told."""
        self._step = Sentence()
        """Sentence of the step that is shown."""
        self.clock = Clock(session.player, self.scene, self.view, self)
        self._lay_out()
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

    def _connect_document(self) -> None:
        session = self._session
        self.expression.source_edited.connect(session.editing.type_source)
        session.editing.document_changed.connect(self._show_document)
        session.state_changed.connect(self._show_state)
        session.resolved_changed.connect(self.expression.show_resolved)
        session.opened.connect(self._begin_anew)
        self.leaves.leaf_changed.connect(session.set_leaf)
        self.leaves.leaf_change_finished.connect(session.finish_gesture)
        self.leaves.descend_requested.connect(session.descend)
        self.leaves.reset_requested.connect(session.editing.reset_leaves)

    def _connect_graph(self) -> None:
        session = self._session
        session.graph_changed.connect(self._show_graph)
        session.progressed.connect(self._show_progress)
        self.playback.cancel_requested.connect(session.cancel)
        self.playback.go_on_requested.connect(session.go_on)
        session.resolved_changed.connect(self._show_resolved)
        session.graph_changed.connect(self.clock.wake)
        self.scene.node_activated.connect(session.selection.select)
        self.scene.leaf_typed.connect(session.type_leaf)
        self.scene.target_requested.connect(session.set_target)
        self.view.camera.zoom_changed.connect(self.zoom_changed)
        self.find_bar.node_found.connect(self._find)
        self.find_bar.closed.connect(self._close_find_bar)

    def _connect_playback(self) -> None:
        player = self._session.player
        player.moment_changed.connect(self._show_moment)
        player.playback_changed.connect(self.playback.show_playback)
        player.playback_changed.connect(self._show_playing)
        player.playback_changed.connect(self.clock.wake)
        self.playback.play_toggled.connect(player.toggle_play)
        self.playback.step_requested.connect(player.step)
        self.playback.position_requested.connect(player.jump)
        self.playback.round_requested.connect(player.go_to_round)
        self.playback.series_requested.connect(player.show_series)
        self.playback.end_requested.connect(player.jump_to_end)
        self.playback.speed_requested.connect(player.change_speed)

    def _connect_selection(self) -> None:
        session = self._session
        session.selection.node_changed.connect(self._show_selection)
        session.selection.inspection_changed.connect(self.inspector.show_inspection)
        session.selection.probe_changed.connect(self.inspector.show_probe)
        self.inspector.node_chosen.connect(self._find)
        self.inspector.target_requested.connect(session.set_target)
        self.inspector.position_requested.connect(session.player.jump)

    def _connect_arrays(self) -> None:
        selection = self._session.selection
        selection.operation_changed.connect(self._show_operation)
        selection.node_changed.connect(self._show_operation)
        self.scene.operation_activated.connect(selection.select_operation)
        self.arrays.operation_chosen.connect(self._find_operation)
        self.arrays.node_chosen.connect(self._select_node)

    def show_arrays(self, shown: bool) -> None:
        """Switch the view "Scalars → arrays" on or off."""
        self.arrays.setVisible(shown)
        self._session.show_arrays(shown)
        self._show_operation()

    def showEvent(self, event: QShowEvent) -> None:
        """Divide the width when first shown: shares for the sides, the rest for the canvas."""
        super().showEvent(event)
        if not self._was_shown:
            self._was_shown = True
            width = self.width()
            left, right = min(300, width * 21 // 100), min(320, width * 23 // 100)
            self.splitter.setSizes([left, width - left - right, right])

    def open_find_bar(self) -> None:
        snapshot = self._session.snapshot
        nodes = snapshot.nodes if snapshot is not None else ()
        self.find_bar.show_nodes([(node.id, f"{node.label} {node.chip}".strip()) for node in nodes])
        self.find_bar.show()
        self.find_bar.setFocus()

    def edit_selected_leaf(self) -> None:
        self.view.edit_leaf(self._session.selection.node)

    def show_theme(self, theme: Theme) -> None:
        self.scene.show(replace(self.scene.picture, theme=theme))
        for part in (
            self.expression,
            self.leaves,
            self.find_bar,
            self.playback,
            self.inspector,
            self.arrays,
            self._veil,
        ):
            part.show_theme(theme)

    def set_reduced_motion(self, reduced: bool) -> None:
        self.scene.show(replace(self.scene.picture, reduced_motion=reduced))

    def _show_playing(self, playback: Playback) -> None:
        """Let the camera follow when playing starts."""
        if playback.playing and not self._is_playing:
            self.view.camera.follow_from_now_on()
        self._is_playing = playback.playing

    def _show_document(self, document: Document) -> None:
        self.expression.show_source(document.source)

    def _begin_anew(self) -> None:
        """Another program was opened: no field keeps what belonged to the one before."""
        for part in (self.expression, self.leaves, self.find_bar):
            part.begin_anew()
        for panel in (self.inspector, self.arrays):
            panel.verticalScrollBar().setValue(0)
        self.view.camera.fit()

    def _show_resolved(self, resolved: Resolved) -> None:
        self.playback.offer_to_go_on(resolved.problem is not None and resolved.problem.is_late)

    def _show_progress(self, progress: Progress) -> None:
        self._progress = progress
        self._show_sentence()

    def _show_state(self, state: SolveState) -> None:
        if not state.is_left_behind:
            self._progress = None
        self.playback.set_cancellable(state.is_left_behind)
        self.leaves.setDisabled(state.is_stale)
        self.expression.show_working(state.is_left_behind)
        self.view.show_hint(self._why_no_graph() or HINT)
        self._dim()
        self._show_sentence()

    def _why_no_graph(self) -> str:
        return why_no_graph(self._session.state, self._session.editing.document.source)

    def _dim(self) -> None:
        """Dim the parts that show an older text's graph, if there is a graph."""
        has_graph = self._session.shown.snapshot is not None
        outdated = self._session.state.is_outdated and has_graph
        self.scene.show(replace(self.scene.picture, stale=outdated))
        for part in (self.playback, self._veil):
            part.set_stale(outdated)

    def _show_graph(self, _snapshot: GraphSnapshot | None, placement: Placement | None) -> None:
        self._placement = placement
        if placement is None:
            self.scene.show(replace(self.scene.picture, shown=NOTHING))
        self.arrays.show_arrays(self._session.arrays)
        self._show_operation()
        self.leaves.show_leaves(self._session.shown.snapshot)
        self._show_span()
        self._dim()

    def _show_moment(self, moment: Moment) -> None:
        session = self._session
        timeline, snapshot = session.player.timeline, session.snapshot
        if timeline.sections[moment.section].graph != session.graph:
            return
        if snapshot is not None and self._placement is not None:
            picture = self.scene.picture
            graph = one_card_each(snapshot, picture.shown.graph)
            self.scene.show(replace(picture, shown=Shown(graph, self._placement, moment, session.arrays)))
            if session.with_arrays:
                self.arrays.show_numbers(moment.data)
        self.playback.show_section(timeline, moment.section)
        self.playback.show_rounds(session.player.rounds)
        self.expression.show_progress(progress_at(timeline, moment.position))
        self._step = step_sentence(snapshot, timeline, moment)
        self._show_sentence()

    def _show_sentence(self) -> None:
        """Show the sentence of the present step, or why the present program has none."""
        sentence = self._step
        if self._session.state.is_left_behind:
            sentence = _COMPUTING if self._progress is None else _running(self._progress)
        elif self._session.shown.snapshot is None and (why := self._why_no_graph()):
            sentence = plain_sentence(why)
        self.playback.show_sentence(sentence)

    def _show_selection(self, node_id: str) -> None:
        self.scene.show(replace(self.scene.picture, selected=node_id))
        self._show_span()

    def _show_span(self) -> None:
        """Mark the selected card's source in the text."""
        snapshot = self._session.snapshot
        record = None if snapshot is None else snapshot.record(self._session.selection.node)
        self.expression.highlight_span(None if record is None else record.span)

    def _show_operation(self, _changed: str = "") -> None:
        selection = self._session.selection
        entry = selection.entry
        self.scene.show(replace(self.scene.picture, operation=selection.operation))
        self.arrays.show_operation(selection.operation, entry)
        self.inspector.show_card_entry("" if entry is None else entry.sentence)
        # The details of a whole operation take the inspector's room, too.
        self.inspector.setVisible(
            bool(selection.node) or not (selection.operation and self._session.with_arrays)
        )

    def _find_operation(self, name: str) -> None:
        self._session.selection.select_operation(name)
        self.view.camera.show_operation(name)

    def _select_node(self, node: int) -> None:
        if self._session.snapshot is not None:
            self._session.selection.select(self._session.snapshot.nodes[node].id)

    def _find(self, node_id: str) -> None:
        self._session.selection.select(node_id)
        self.view.camera.center_on_node(node_id)

    def _close_find_bar(self) -> None:
        self.find_bar.hide()
        self.view.setFocus()
