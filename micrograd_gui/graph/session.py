"""The document that is open, and everything that changes around it: undo, what was solved from it, playback."""

from collections.abc import Callable
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from micrograd_gui.graph.solver import Solver
from micrograd_gui.model.arrays import ArrayLine, Arrays, CardEntry
from micrograd_gui.model.document import Document, is_same, reset_leaves, type_source
from micrograd_gui.model.history import Entry, History, changed, marked_saved, opened, redone, undone
from micrograd_gui.model.inspection import inspect
from micrograd_gui.model.playback import Playback, advance, change_speed, jump_to, pause, play, step_by
from micrograd_gui.model.resolve import Resolved, descend, set_leaf
from micrograd_gui.model.solve import Probed, Solution
from micrograd_gui.model.timeline import moment_at


class Session(QObject):
    """One open document. Whoever changes it calls a method; whoever shows it listens to the signals."""

    document_changed = Signal(object)
    """Document"""
    history_changed = Signal()
    """what undo, redo and ``is_saved`` say"""
    resolved_changed = Signal(object)
    """Resolved of the present document, with its problem if it has one"""
    graph_changed = Signal(object, object)
    """GraphSnapshot and Placement of the last good program, or None and None for an empty one; ``arrays`` is theirs"""
    stale_changed = Signal(bool)
    """whether the text has an error, so that the graph shown is an older one's"""
    moment_changed = Signal(object)
    """Moment"""
    playback_changed = Signal(object)
    """Playback"""
    selection_changed = Signal(str)
    """id of the selected node, or \"\" """
    operation_changed = Signal(str)
    """name of the selected array operation, or that of the selected node; \"\" for none"""
    inspection_changed = Signal(object)
    """Inspection of the selected node, or None"""
    probe_changed = Signal(object)
    """Probe of the selected node, or None while it is computed"""
    busy_changed = Signal(bool)
    failed = Signal(str, str)
    """(sentence, details): the solving process ended; the next edit starts a new one"""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.path: Path | None = None
        self._history = History()
        self._revision = 0
        """Number of the document's state: documents may hold nan, which is not equal to itself."""
        self.shown = Resolved(Document())
        """What the last good program resolved to."""
        self._shown_revision = 0
        self.playback = Playback()
        self.selected = ""
        self.operation = ""
        """Name of the array operation that is selected, or that the selected node is part of."""
        self.arrays: Arrays | None = None
        """The array program of what is shown, if it is to be shown."""
        self._with_arrays = False
        self._resolved: Resolved | None = None
        """What the present document resolved to, if it did already; it may have a problem."""
        self._asked = 0
        """Number of the newest request."""
        self._waiting: Callable[[], None] | None = None
        self.stale_reason = ""
        """Why the graph shown is an older text's; "" if it is the present one's."""
        self._busy = False
        self._gesture = 0
        self._solver = Solver(self)
        self._solver.answered.connect(self._take)
        self._solver.failed.connect(self._solver_failed)

    def start(self) -> None:
        """Let the solving process start up while the window does."""
        self._solver.start()

    def close(self) -> None:
        self._solver.close()

    @property
    def document(self) -> Document:
        return self._history.document

    @property
    def can_undo(self) -> bool:
        return self._history.can_undo

    @property
    def can_redo(self) -> bool:
        return self._history.can_redo

    @property
    def is_saved(self) -> bool:
        """Whether the file holds the present document."""
        return self._history.is_saved

    @property
    def is_busy(self) -> bool:
        """Whether an answer is still to come."""
        return self._busy

    @property
    def is_current(self) -> bool:
        """Whether it is known what came of the present text."""
        return self._resolved is not None

    @property
    def is_stale(self) -> bool:
        """Whether the graph shown is an older text's."""
        return bool(self.stale_reason)

    # The document

    def open(self, document: Document, path: Path | None = None) -> None:
        """Begin with another document: nothing to undo, playback at its end, nothing selected."""
        self.path = path
        self.shown, self._shown_revision = Resolved(Document()), 0
        self._resolved = None
        self.playback = Playback(speed=self.playback.speed)
        self._set_selected("")
        self.arrays = None
        self.graph_changed.emit(None, None)
        self._set_stale("")
        self._set_history(opened(document))

    def edit(self, document: Document, change: str, merge: str = "") -> None:
        """Change the document as one undo step; steps in a row with the same ``merge`` key become one."""
        if not is_same(document, self.document):
            self._set_history(changed(self._history, Entry(document, change, merge)))

    def undo(self) -> None:
        self._set_history(undone(self._history))

    def redo(self) -> None:
        self._set_history(redone(self._history))

    def mark_saved(self) -> None:
        """The file holds the present document."""
        self._history = marked_saved(self._history)
        self.history_changed.emit()

    def type_source(self, source: str) -> None:
        line = first_changed_line(self.document.source, source)
        self.edit(type_source(self.document, source), "Typing", f"typing in line {line}")

    def set_leaf(self, node_id: str, data: float) -> None:
        """Set a leaf's data; changes within one gesture are one undo step."""
        merge = f"leaf {node_id}, gesture {self._gesture}"
        self._when_solved(lambda: self._set_leaf(node_id, data, merge))

    def _set_leaf(self, node_id: str, data: float, merge: str) -> None:
        snapshot = self.shown.snapshot
        if snapshot is not None and node_id in snapshot.index:
            node = snapshot.index[node_id]
            self.edit(
                set_leaf(self.document, snapshot, node, data), f"Change {snapshot.nodes[node].label}", merge
            )

    def finish_gesture(self) -> None:
        """A drag ended: the next change is an undo step of its own."""
        self._gesture += 1

    def set_target(self, node_id: str) -> None:
        """Differentiate this card; "" goes back to the program's output."""
        snapshot = self.shown.snapshot
        if snapshot is not None and (not node_id or node_id in snapshot.index):
            label = snapshot.nodes[snapshot.index[node_id]].label if node_id else "the output"
            self.edit(replace(self.document, target=node_id), f"Differentiate {label}")

    def differentiate_selected(self) -> None:
        if self.selected:
            self.set_target(self.selected)

    def descend(self, rate: float) -> None:
        """Move every named leaf against its gradient, ``rate`` times its size."""
        self._when_solved(lambda: self._descend(rate))

    def _descend(self, rate: float) -> None:
        if self.shown.snapshot is not None:
            grads = moment_at(self.shown.timeline, self.last).grads
            self.edit(descend(self.document, self.shown.snapshot, grads, rate), "Descend")

    def reset_leaves(self) -> None:
        self.edit(reset_leaves(self.document), "Reset")

    # The selection

    def select(self, node_id: str) -> None:
        """Select a node, and with it the array operation it is part of; "" for neither."""
        if self._set_selected(node_id):
            self._ask()

    def _set_selected(self, node_id: str) -> bool:
        """Whether that is another selection."""
        before, self.selected = self.selected, node_id
        self._set_operation(self._operation_of_selected())
        if node_id == before:
            return False
        self.selection_changed.emit(node_id)
        self.probe_changed.emit(None)
        self._show_inspection()
        return True

    def select_operation(self, name: str) -> None:
        """Select an array operation as a whole; one that is a single card is that card."""
        snapshot = self.shown.snapshot
        operation = self._operation_named(name)
        if snapshot is None or operation is None:
            return
        is_card = len(operation.computed) == 1
        self.select(snapshot.nodes[operation.computed[0]].id if is_card else "")
        self._set_operation(name)

    def _operation_named(self, name: str) -> ArrayLine | None:
        return None if self.arrays is None else self.arrays.named(name)

    @property
    def card_entry(self) -> CardEntry | None:
        """Where the selected node lies in the array program; None without one."""
        snapshot, arrays = self.shown.snapshot, self.arrays
        if snapshot is None or arrays is None or self.selected not in snapshot.index:
            return None
        return arrays.places[snapshot.index[self.selected]]

    def _operation_of_selected(self) -> str:
        place = self.card_entry
        if self.arrays is None or place is None or place.operation < 0:
            return ""
        return self.arrays.operations[place.operation].name

    def _set_operation(self, name: str) -> None:
        if name != self.operation:
            self.operation = name
            self.operation_changed.emit(name)

    def show_arrays(self, shown: bool) -> None:
        """Derive the array program with each solution, or leave it."""
        if shown != self._with_arrays:
            self._with_arrays = shown
            self._ask()

    # The playback

    @property
    def last(self) -> int:
        return len(self.shown.timeline)

    def toggle_play(self) -> None:
        self._set_playback(pause(self.playback) if self.playback.playing else play(self.playback, self.last))

    def step(self, steps: int) -> None:
        self._set_playback(step_by(self.playback, steps, self.last))

    def jump(self, position: int) -> None:
        self._set_playback(jump_to(self.playback, position, self.last))

    def jump_to_end(self) -> None:
        self.jump(self.last)

    def set_speed(self, speed: float) -> None:
        """Play at ``speed``, one of ``SPEEDS``."""
        self._set_playback(replace(self.playback, speed=speed))

    def change_speed(self, notches: int) -> None:
        self._set_playback(change_speed(self.playback, notches))

    def advance(self, seconds: float) -> bool:
        """Let time pass; True while the playback still moves."""
        if self.playback.moving or self.playback.playing:
            self._set_playback(advance(self.playback, seconds))
        return self.playback.moving

    def _set_playback(self, playback: Playback) -> None:
        moved = playback.position != self.playback.position
        self.playback = playback
        self.playback_changed.emit(playback)
        if moved:
            self._show_moment()

    def _show_moment(self) -> None:
        self.moment_changed.emit(moment_at(self.shown.timeline, self.playback.position))
        self._show_inspection()

    def _show_inspection(self) -> None:
        snapshot = self.shown.snapshot
        if snapshot is None or self.selected not in snapshot.index:
            self.inspection_changed.emit(None)
        else:
            moment = moment_at(self.shown.timeline, self.playback.position)
            node = snapshot.index[self.selected]
            self.inspection_changed.emit(inspect(snapshot, self.shown.timeline, moment, node))

    # Solving

    def _set_history(self, history: History) -> None:
        if history is not self._history:
            self._history, self._resolved = history, None
            self._revision += 1
            self.document_changed.emit(history.document)
            self.history_changed.emit()
            self._ask()

    def _ask(self) -> None:
        self._asked = self._solver.ask(self._revision, self.document, self.selected, self._with_arrays)
        self._set_busy(True)

    def _when_solved(self, change: Callable[[], None]) -> None:
        """Make a change that needs the present graph, now or as soon as it is there; only the newest waits.

        To a text with an error, which has no graph, it is not made.
        """
        if self._shown_revision == self._revision:
            change()
        elif self.is_busy:
            self._waiting = change

    def _take(self, answer: Solution | Probed) -> None:
        if isinstance(answer, Solution):
            self._show_solution(answer)
        elif answer.number == self._asked:
            self.probe_changed.emit(answer.probe)

    def _show_solution(self, solution: Solution) -> None:
        request = solution.request
        if request.revision != self._revision or request.arrays != self._with_arrays:
            return
        if not self.is_current or (solution.arrays is None) != (self.arrays is None):
            self._show_resolved(solution)
        if request.number == self._asked:
            self._set_busy(False)
        waiting, self._waiting = self._waiting, None
        if waiting is not None and self._shown_revision == self._revision:
            waiting()

    def _show_resolved(self, solution: Solution) -> None:
        resolved = self._resolved = solution.resolved
        self.resolved_changed.emit(resolved)
        self._set_stale(_stale_reason(resolved))
        if self.is_stale:
            return
        at_end = not self.playback.playing and self.playback.goal >= self.last
        self.shown, self._shown_revision = resolved, self._revision
        self.arrays = solution.arrays
        self.graph_changed.emit(resolved.snapshot, solution.placement)
        if self.selected and (resolved.snapshot is None or self.selected not in resolved.snapshot.index):
            self.select("")
        elif self.selected or self._operation_named(self.operation) is None:
            self._set_operation(self._operation_of_selected())
        goal = self.last if at_end else min(self.playback.goal, self.last)
        position = float(goal) if at_end else min(self.playback.position, float(goal))
        self.playback = replace(self.playback, position=position, goal=goal)
        self.playback_changed.emit(self.playback)
        self._show_moment()

    def _set_stale(self, reason: str) -> None:
        self.stale_reason = reason
        self.stale_changed.emit(bool(reason))

    def _set_busy(self, busy: bool) -> None:
        if busy != self._busy:
            self._busy = busy
            self.busy_changed.emit(busy)

    def _solver_failed(self, sentence: str, details: str) -> None:
        self._asked, self._waiting = 0, None
        self._set_busy(False)
        self._set_stale("not computed")
        self.failed.emit(sentence, details)


def _stale_reason(resolved: Resolved) -> str:
    if resolved.problem is not None:
        return "the text has an error"
    if resolved.snapshot is None and resolved.document.source.strip():
        return "the program has no value yet"
    return ""


def first_changed_line(before: str, after: str) -> int:
    """Number of the first line (from 1) in which two texts differ; 0 where they are equal."""
    pairs = zip_longest(before.split("\n"), after.split("\n"))
    return next((i for i, (old, new) in enumerate(pairs, 1) if old != new), 0)
