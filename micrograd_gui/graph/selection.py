"""The selected card or array operation, and the inspection of the card."""

from PySide6.QtCore import QObject, Signal

from micrograd_gui.graph.player import Player
from micrograd_gui.model.arrays import ArrayLine, Arrays, CardEntry
from micrograd_gui.model.inspection import inspect
from micrograd_gui.model.snapshot import GraphSnapshot


class Selection(QObject):
    """The selection: a node with its array operation, or an operation without a node."""

    node_changed = Signal(str)
    """id of the selected node, or \"\" """
    operation_changed = Signal(str)
    """name of the selected array operation, or that of the selected node; \"\" for none"""
    inspection_changed = Signal(object)
    """Inspection of the selected node, or None"""
    probe_changed = Signal(object)
    """Probe of the selected node, or None while it is computed"""

    def __init__(self, player: Player, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._player = player
        self._snapshot: GraphSnapshot | None = None
        self._arrays: Arrays | None = None
        self._graph = 0
        self.node = ""
        """Id of the selected node, or ""."""
        self.operation = ""
        """Name of the array operation that is selected, or that the selected node is part of."""
        player.moment_changed.connect(self._show_inspection)

    def take_graph(self, snapshot: GraphSnapshot | None, arrays: Arrays | None, graph: int) -> None:
        """Take over another graph, number ``graph`` of its timeline. ``keep`` follows once it is shown."""
        self._snapshot, self._arrays, self._graph = snapshot, arrays, graph

    def keep(self) -> None:
        """Keep the selection as far as the graph still has it."""
        if self.node and (self._snapshot is None or self.node not in self._snapshot.index):
            self.select("")
        elif self.node or self._operation_named(self.operation) is None:
            self._set_operation(self._operation_of_node())

    def select(self, node_id: str) -> None:
        """Select a node, and with it the array operation it is part of; "" for neither."""
        before, self.node = self.node, node_id
        self._set_operation(self._operation_of_node())
        if node_id != before:
            self.node_changed.emit(node_id)
            self.probe_changed.emit(None)
            self._show_inspection()

    def select_operation(self, name: str) -> None:
        """Select a whole array operation, or the card if it is a single one."""
        operation = self._operation_named(name)
        if self._snapshot is None or operation is None:
            return
        is_card = len(operation.computed) == 1
        self.select(self._snapshot.nodes[operation.computed[0]].id if is_card else "")
        self._set_operation(name)

    @property
    def entry(self) -> CardEntry | None:
        """The selected node's entry in the array program; None without one."""
        if self._snapshot is None or self._arrays is None or self.node not in self._snapshot.index:
            return None
        return self._arrays.card_entries[self._snapshot.index[self.node]]

    def _operation_named(self, name: str) -> ArrayLine | None:
        return None if self._arrays is None else self._arrays.named(name)

    def _operation_of_node(self) -> str:
        entry = self.entry
        if self._arrays is None or entry is None or entry.operation < 0:
            return ""
        return self._arrays.operations[entry.operation].name

    def _set_operation(self, name: str) -> None:
        if name != self.operation:
            self.operation = name
            self.operation_changed.emit(name)

    def _show_inspection(self) -> None:
        snapshot = self._snapshot
        if snapshot is None or self.node not in snapshot.index:
            self.inspection_changed.emit(None)
            return
        timeline, moment = self._player.timeline, self._player.moment
        if timeline.sections[moment.section].graph == self._graph:
            self.inspection_changed.emit(inspect(snapshot, timeline, moment, snapshot.index[self.node]))
