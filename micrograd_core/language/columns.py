"""The columns of a recording as arrays of numpy."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from micrograd_core.language.recording import EVENT, EVENT_FIELDS, Kind

Ints: TypeAlias = NDArray[np.int64]
Bools: TypeAlias = NDArray[np.bool_]
Events: TypeAlias = NDArray[Any]
"""A structured array of ``EVENT_TYPE``."""

EVENT_TYPE = np.dtype(
    list(zip(EVENT_FIELDS, ("u1", "u1", "<i4", "<i4", "<i4", "<f8", "<f8", "<f8"), strict=True))
)
assert EVENT_TYPE.itemsize == EVENT.size
DATA_KINDS = (Kind.LEAF, Kind.FORWARD, Kind.SET_DATA)
MAKING_KINDS = (Kind.LEAF, Kind.FORWARD)


def receivers(events: Events, starts: Ints, operands: Ints) -> Ints:
    """The node whose number each event changes; −1 for a printed line."""
    found: Ints = events["node"].astype(np.int64)
    passes = events["kind"] == Kind.BACKWARD
    found[passes] = operands[starts[found[passes]] + events["operand"][passes]]
    found[events["kind"] == Kind.PRINT] = -1
    return found


def operands_of(nodes: Ints, starts: Ints, operands: Ints) -> Ints:
    """The operands of each node, one after the other."""
    counts = starts[nodes + 1] - starts[nodes]
    before = np.cumsum(counts) - counts
    edges: Ints = np.repeat(starts[nodes] - before, counts) + np.arange(counts.sum())
    return operands[edges]


def ints(column: array[int] | array[float] | Sequence[int]) -> Ints:
    return np.array(column, np.int64)
