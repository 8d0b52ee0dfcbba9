"""The open program: its text is edited, solved in a child process, played, and edited on its graph."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from micrograd_gui.graph.editing import Editing
from micrograd_gui.graph.player import Player
from micrograd_gui.graph.selection import Selection
from micrograd_gui.graph.solver import Solver
from micrograd_gui.model import solve_state
from micrograd_gui.model.arrays import Arrays
from micrograd_gui.model.document import Document
from micrograd_gui.model.resolve import SECONDS, Resolved, descend, set_leaf
from micrograd_gui.model.snapshot import GraphSnapshot
from micrograd_gui.model.solve import Probed, Solution
from micrograd_gui.model.solve_state import Reason, SolveState
from micrograd_gui.model.timeline import Moment

_LATE_MS = 500


class Session(QObject):
    """Connects the document, the playback and the selection with the solver.

    Methods change something, signals report what changed. It is large because each change on the graph and each kind
    of answer has a short method of its own.
    """

    opened = Signal()
    """Another document was opened."""
    resolved_changed = Signal(object)
    """Resolved of the present document, with its problem if it has one"""
    graph_changed = Signal(object, object)
    """GraphSnapshot and Placement of the last good program, or None and None for an empty one"""
    state_changed = Signal(object)
    """SolveState"""
    progressed = Signal(object)
    """Progress of the program that runs"""
    failed = Signal(str, str)
    """(sentence, details): the solving process ended; the next edit starts a new one"""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.editing = Editing(self)
        self.player = Player(self)
        self.selection = Selection(self.player, self)
        self.state = SolveState()
        self.shown = Resolved(Document())
        """The last good program."""
        self.graph = 0
        """Index of the graph of ``shown`` that is on the canvas."""
        self.arrays: Arrays | None = None
        """The array program of that graph, if asked for."""
        self.with_arrays = False
        """True if each solution comes with the array program."""
        self._newest: tuple[int, Resolved] = -1, self.shown
        """The newest resolved document, with its revision."""
        self._seconds = SECONDS
        """The time that the present text may run."""
        self._section = -1
        """The section that was asked for last."""
        self._asks_again = False
        """True if there is more to ask as soon as the present text is computed."""
        self._waiting: Callable[[], None] | None = None
        """A change that waits for the graph of the present text."""
        self._gesture = 0
        self._late_timer = QTimer(self, interval=_LATE_MS, singleShot=True)
        self._late_timer.timeout.connect(self._wait)
        self._solver = Solver(self)
        self._solver.answered.connect(self._take)
        self._solver.failed.connect(self._fail)
        self._solver.progressed.connect(self.progressed)
        self.editing.document_changed.connect(self._solve)
        self.selection.node_changed.connect(self._probe)
        self.player.moment_changed.connect(self._follow)

    def start(self) -> None:
        """Start the solving process while the window starts up."""
        self._solver.start()

    def close(self) -> None:
        self._solver.close()

    @property
    def snapshot(self) -> GraphSnapshot | None:
        """The graph on the canvas."""
        return self.shown.graphs[self.graph] if self.shown.graphs else None

    @property
    def is_busy(self) -> bool:
        """True until the newest request is answered."""
        return self.state.awaited

    def open(self, document: Document, path: Path | None = None) -> None:
        """Open another document, with nothing to undo, playback at its end and nothing selected."""
        self.shown, self.arrays, self.graph, self._section = Resolved(Document()), None, 0, -1
        self.selection.take_graph(None, None, 0)
        self.selection.select("")
        self.player.clear()
        self._set_state(solve_state.opened(self.state))
        self.graph_changed.emit(None, None)
        self.editing.open(document, path)
        self.opened.emit()

    # Changes on the graph

    def set_leaf(self, node_id: str, data: float) -> None:
        """Set a leaf's data; changes within one gesture are one undo step."""
        merge = f"leaf {node_id}, gesture {self._gesture}"
        self._when_solved(lambda: self._set_leaf(node_id, data, merge))

    def _set_leaf(self, node_id: str, data: float, merge: str) -> None:
        snapshot = self.shown.snapshot
        if snapshot is not None and node_id in snapshot.index:
            node = snapshot.index[node_id]
            document = set_leaf(self.editing.document, snapshot, node, data)
            self.editing.edit(document, merge)

    def type_leaf(self, node_id: str, data: float) -> None:
        """Set the data of a leaf on the canvas, which may show the graph of a round."""
        self._when_solved(lambda: self._type_leaf(node_id, data))

    def _type_leaf(self, node_id: str, data: float) -> None:
        snapshot, record = self.snapshot, None if self.snapshot is None else self.snapshot.record(node_id)
        if snapshot is None or record is None:
            return
        if record.literal is not None:
            self.editing.edit(set_leaf(self.editing.document, snapshot, snapshot.index[node_id], data))
        elif found := self._id_at_end(node_id):
            self.set_leaf(found, data)

    def _id_at_end(self, node_id: str) -> str:
        """The id on the graph at the program's end of the node that a card on the canvas stands for; "" for none."""
        timeline, snapshot = self.shown.timeline, self.snapshot
        section = timeline.sections[self.player.section]
        if snapshot is None or self.shown.snapshot is None or section.graph != self.graph:
            return ""
        node = section.nodes[snapshot.index[node_id]]
        final = timeline.final.tolist()
        return self.shown.snapshot.nodes[final.index(node)].id if node in final else ""

    def finish_gesture(self) -> None:
        """End a gesture: the next change is an undo step of its own."""
        self._gesture += 1

    def set_target(self, node_id: str) -> None:
        """Differentiate this card of the canvas; "" is the program's output."""
        snapshot = self.snapshot
        if snapshot is None or (node_id and node_id not in snapshot.index):
            return
        target = node_id and self._id_at_end(node_id)
        if target or not node_id:
            self.editing.edit(replace(self.editing.document, target=target))

    def differentiate_selected(self) -> None:
        if self.selection.node:
            self.set_target(self.selection.node)

    def descend(self, rate: float) -> None:
        """Do one step of gradient descent with learning rate ``rate``."""
        self._when_solved(lambda: self._descend(rate))

    def _descend(self, rate: float) -> None:
        if self.shown.snapshot is not None:
            grads = self.shown.timeline.final_grads
            document = descend(self.editing.document, self.shown.snapshot, grads, rate)
            self.editing.edit(document)

    def show_arrays(self, shown: bool) -> None:
        """Choose whether each solution comes with the array program."""
        if shown != self.with_arrays:
            self.with_arrays = shown
            if self.state.reason != solve_state.NOT_COMPUTED:
                self._ask(self.state)

    # Solving

    def go_on(self) -> None:
        """Run the present text again, and ten times as long as before if need be."""
        self._seconds *= 10.0
        self._ask(replace(self.state, known=-1))

    def _solve(self) -> None:
        self._seconds = SECONDS
        self._ask(solve_state.edited(self.state))

    def _follow(self, moment: Moment) -> None:
        """Ask for the graph of the moment's section if another one is shown, or if a card is probed there."""
        if not self.state.shows_present or (self.is_busy and moment.section == self._section):
            return
        is_other = self.shown.timeline.sections[moment.section].graph != self.graph
        if is_other or (self.selection.node and moment.section != self._section):
            self._ask_again()

    def _probe(self, node_id: str) -> None:
        if node_id:
            self._ask_again()

    def _ask_again(self) -> None:
        """Ask for more about the present text, once it is computed; never if that was given up."""
        if self.state.reason == solve_state.NOT_COMPUTED:
            return
        if self.state.is_current:
            self._ask(self.state)
        else:
            self._asks_again = True

    def _ask(self, state: SolveState) -> None:
        """Ask for the graph of the present text and the probe of the selected card."""
        self._section = self.player.section
        section = -1 if self.player.is_at_end else self._section
        number = self._solver.ask(
            state.revision,
            self.editing.document,
            self.selection.node,
            self.with_arrays,
            section,
            self._seconds,
        )
        self._set_state(solve_state.asked(state, number))

    def _when_solved(self, change: Callable[[], None]) -> None:
        """Make a change that needs the present graph, now or as soon as it is there.

        Only the newest change waits. It is dropped if the text turns out to have no graph.
        """
        if self.state.shows_present:
            change()
        elif self.is_busy:
            self._waiting = change

    def _take(self, answer: Solution | Probed) -> None:
        if isinstance(answer, Solution):
            self._take_solution(answer)
        elif answer.number == self.state.asked and self.selection.node:
            self.selection.probe_changed.emit(answer.probe)

    def _take_solution(self, solution: Solution) -> None:
        request = solution.request
        if solution.resolved is not None:
            self._newest = request.revision, solution.resolved
        asked = self.state.revision, self.with_arrays, self._seconds
        if (request.revision, request.arrays, request.seconds) != asked:
            return
        resolved = self._newest[1]
        is_new = not self.state.is_current
        is_other = (
            is_new or solution.graph != self.graph or (solution.arrays is None) != (self.arrays is None)
        )
        state = solve_state.answered(self.state, request.number)
        if is_new:
            state = solve_state.found_out(state, _why_no_graph(resolved))
        self._set_state(state)
        if is_new:
            self.resolved_changed.emit(resolved)
        if is_other and not state.is_stale:
            self._show(resolved, solution)
        if self._asks_again:
            self._asks_again = False
            self._ask(self.state)
        waiting, self._waiting = self._waiting, None
        if waiting is not None and self.state.shows_present:
            waiting()

    def _show(self, resolved: Resolved, solution: Solution) -> None:
        if resolved is not self.shown:
            self._section = -1
        self.shown, self.graph, self.arrays = resolved, solution.graph, solution.arrays
        self.selection.take_graph(self.snapshot, solution.arrays, self.graph)
        self.graph_changed.emit(self.snapshot, solution.placement)
        self.selection.keep()
        self.player.show_timeline(resolved.timeline)

    def cancel(self) -> None:
        """Give up computing the present text; its graph is not shown until the next edit."""
        if self.is_busy:
            self._waiting = None
            self._solver.cancel()
            self._set_state(solve_state.failed(self.state))

    def _fail(self, sentence: str, details: str) -> None:
        self._waiting = None
        self._set_state(solve_state.failed(self.state))
        self.failed.emit(sentence, details)

    def _wait(self) -> None:
        self._set_state(solve_state.waited(self.state))

    def _set_state(self, state: SolveState) -> None:
        before, self.state = self.state, state
        if not state.awaited:
            self._late_timer.stop()
        elif not before.awaited:
            self._late_timer.start()
        if state != before:
            self.state_changed.emit(state)


def _why_no_graph(resolved: Resolved) -> Reason:
    """The reason why a program has no graph; "" for one that has a graph, or for an empty text."""
    if resolved.problem is not None:
        return solve_state.TEXT_HAS_ERROR
    if resolved.snapshot is None and resolved.document.source.strip():
        return solve_state.NO_VALUE
    return ""
