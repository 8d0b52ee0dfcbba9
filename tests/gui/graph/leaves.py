"""Graphs with leaves, and what a panel shows of them."""

from collections.abc import Mapping

from PySide6.QtWidgets import QLineEdit

from micrograd_gui.graph.leaf_list import LeafList
from micrograd_gui.graph.leaf_panel import LeafPanel
from micrograd_gui.model.snapshot import GraphSnapshot, NodeRecord

NEURON = {"x1": 2.0, "w1": -3.0, "b": 6.8813735870195432}


def snapshot(leaves: Mapping[str, float], *, trainable: bool = True) -> GraphSnapshot:
    """A graph ``o`` of the sum of some leaves."""
    nodes = [
        NodeRecord(f"{name}#0", name, "", (), data, adjustable=True, trainable=trainable)
        for name, data in leaves.items()
    ]
    output = NodeRecord("o#0", "o", "+", tuple(range(len(nodes))), sum(leaves.values()))
    return GraphSnapshot((*nodes, output), len(nodes))


def rows(panel: LeafPanel) -> LeafList:
    found = panel.findChild(LeafList, "leaf_list")
    assert isinstance(found, LeafList)
    return found


def rate_field(panel: LeafPanel) -> QLineEdit:
    found = panel.findChild(QLineEdit, "rate_field")
    assert isinstance(found, QLineEdit)
    return found


def shown(panel: LeafPanel) -> dict[str, float]:
    return {row.label: row.data for row in rows(panel).leaves.rows}
