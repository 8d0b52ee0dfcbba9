"""Fixtures of several tests of the graph tab."""

import pytest
from pytestqt.qtbot import QtBot

from micrograd_gui.graph.leaf_panel import LeafPanel
from tests.gui.graph.leaves import NEURON, snapshot


@pytest.fixture
def leaf_panel(qtbot: QtBot) -> LeafPanel:
    """A panel with the neuron's leaves."""
    panel = LeafPanel()
    qtbot.addWidget(panel)
    panel.resize(270, 320)
    panel.show_leaves(snapshot(NEURON))
    panel.show()
    return panel
