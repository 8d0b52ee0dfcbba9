"""The layout of the buffers: each per-example node is a row of one array, each shared node a position in a vector."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from micrograd_core.engine import Value
from micrograd_core.vectorize.groups import Grouping
from micrograd_core.vectorize.sums import PER_EXAMPLE, UNIT

_NONE = -1
"""The offset of a node that has not been given one yet."""
Indices: TypeAlias = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class BufferLayout:
    """The row or position of every node in the buffers; parameters have the first positions, in their order."""

    kinds: list[int]
    offsets: list[int]
    """The row of each per-example node, and the position of each shared one, by number."""
    inputs: Indices
    """The rows of the inputs."""
    rows: int
    """Number of rows."""
    positions: int
    """Number of positions."""
    ones: frozenset[int]
    """Rows that are 1 for every example, as operands of biases."""
    unit: int
    """The position of the number 1."""
    constants: tuple[tuple[int, float], ...]
    """(position, number) of the shared leaves that are no parameters."""

    def offsets_of(self, nodes: Sequence[int]) -> Indices:
        """Return the rows of per-example nodes or the positions of shared ones; ``UNIT`` is the shared number 1."""
        offsets, unit = self.offsets, self.unit
        return np.array([unit if node == UNIT else offsets[node] for node in nodes], dtype=np.intp)

    def rows_of(self, nodes: Sequence[int]) -> Indices:
        """Return the rows of per-example nodes; ``UNIT`` is a row of ones, that after the node before it if there is
        one."""
        rows: list[int] = []
        for node in nodes:
            behind = rows[-1] + 1 if rows else 0
            rows.append(
                self.offsets[node] if node != UNIT else behind if behind in self.ones else min(self.ones)
            )
        return np.array(rows, dtype=np.intp)


def lay_out_buffers(grouping: Grouping, inputs: Sequence[Value], parameters: Sequence[Value]) -> BufferLayout:
    """Give rows to inputs and per-example groups, positions to parameters, constants and shared groups."""
    kinds, number = grouping.kinds, grouping.number
    # A row of ones goes behind whatever ends a sum with a bias.
    before_bias = {
        found.operands[found.operands.index(UNIT) - 1]
        for group in grouping.groups
        for found in group.sums[:1]
        if group.kind & PER_EXAMPLE and UNIT in found.operands
    }
    offsets = [_NONE] * len(grouping.values)
    for position, leaf in enumerate(parameters):
        if leaf in number:
            offsets[number[leaf]] = position
    unit, positions = len(parameters), len(parameters) + 1
    ones, rows = {0}, 1
    input_rows = []
    for leaf in inputs:
        input_rows.append(rows)
        rows += 1
        if leaf in number:
            offsets[number[leaf]] = rows - 1
            if number[leaf] in before_bias:
                ones.add(rows)
                rows += 1
    constants = [(unit, 1.0)]
    for i, node in enumerate(grouping.values):
        if node is not None and not node.operands and offsets[i] == _NONE:
            offsets[i] = positions
            constants.append((positions, node.data))
            positions += 1
    for group in grouping.groups:
        if group.kind & PER_EXAMPLE:
            for i in group.nodes:
                offsets[i] = rows
                rows += 1
            if group.nodes[-1] in before_bias:
                ones.add(rows)
                rows += 1
        else:
            for i in group.nodes:
                offsets[i] = positions
                positions += 1
    return BufferLayout(
        kinds,
        offsets,
        np.array(input_rows, np.intp),
        rows,
        positions,
        frozenset(ones),
        unit,
        tuple(constants),
    )
