"""A recording as arrays: which event made each node, and the state of any nodes after any number of events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from micrograd_core.language import Recording
from micrograd_core.language.columns import DATA_KINDS, EVENT_TYPE, MAKING_KINDS, Ints, ints, receivers
from micrograd_core.language.recording import Kind

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class _Writes:
    """All writes of one attribute, sorted by node and then by time."""

    keys: Ints
    """Node × (number of events + 1) + index of the event."""
    new: Floats
    known: NDArray[np.bool_]
    """False where the write makes the number unknown, as a gradient that a pass has reset."""


@dataclass(frozen=True, slots=True, eq=False)
class EventTable:
    """The events of a recording as columns, with an index of all writes. Those of packed rounds are not among them."""

    recording: Recording
    kind: NDArray[np.uint8] = field(init=False)
    node: Ints = field(init=False)
    """Node of each event; the one that passes its gradient on, in a backward event."""
    receiver: Ints = field(init=False)
    """Node whose number the event changes; −1 for a printed line."""
    made: Ints = field(init=False)
    """Number of the event that made each node; that after the last for one that was not made."""
    place: Ints = field(init=False)
    """Place of the event that made each node."""
    round: Ints = field(init=False)
    """Round in which each node was made."""
    prints: Ints = field(init=False)
    """Numbers of the events that print."""
    seeds: Ints = field(init=False)
    """Numbers of the events that begin a backward pass."""
    _data: _Writes = field(init=False)
    _grad: _Writes = field(init=False)

    def __post_init__(self) -> None:
        recording = self.recording
        events = np.frombuffer(recording.events, EVENT_TYPE)
        kind, node = events["kind"].copy(), events["node"].astype(np.int64)
        receiver = receivers(events, ints(recording.starts), ints(recording.operands))
        making = np.flatnonzero(np.isin(kind, MAKING_KINDS))
        is_data = np.isin(kind, DATA_KINDS)
        is_grad = ~is_data & (kind != Kind.PRINT)
        made, place, round_ = np.full((3, recording.nodes), -1)
        made[:] = recording.first + len(kind)
        made[node[making]] = recording.first + making
        place[node[making]] = events["place"][making]
        round_[node[making]] = events["round"][making]
        columns: dict[str, object] = {
            "kind": kind,
            "node": node,
            "receiver": receiver,
            "made": made,
            "place": place,
            "round": round_,
            "prints": recording.first + np.flatnonzero(kind == Kind.PRINT),
            "seeds": recording.first + np.flatnonzero(kind == Kind.SEED),
            "_data": _writes(receiver, events["new"], is_data, is_data),
            "_grad": _writes(receiver, events["new"], is_grad, kind != Kind.RESET),
        }
        for name, column in columns.items():
            object.__setattr__(self, name, column)

    def __len__(self) -> int:
        return len(self.kind)

    def span(self, begin: int, end: int) -> slice:
        """Where the events from number ``begin`` to ``end`` are in the columns."""
        return slice(begin - self.recording.first, end - self.recording.first)

    def data_at(self, nodes: Sequence[int] | Ints, event: int | Ints) -> list[float | None]:
        """The data of each node when ``event`` events are done; None before it is made."""
        return self._at(self._data, nodes, event)

    def grads_at(self, nodes: Sequence[int] | Ints, event: int | Ints) -> list[float | None]:
        """The gradient of each node when ``event`` events are done; None before anything has written to it."""
        return self._at(self._grad, nodes, event)

    def _at(self, writes: _Writes, nodes: Sequence[int] | Ints, event: int | Ints) -> list[float | None]:
        keys = np.asarray(nodes, np.int64) * (len(self) + 1)
        found = np.searchsorted(writes.keys, keys + (event - self.recording.first)) - 1
        if not len(writes.keys):
            return [None] * len(keys)
        known = (found >= 0) & (writes.keys[found] >= keys) & writes.known[found]
        return [
            new if is_known else None for new, is_known in zip(writes.new[found].tolist(), known, strict=True)
        ]


def _writes(receiver: Ints, new: Floats, written: NDArray[np.bool_], known: NDArray[np.bool_]) -> _Writes:
    events = np.flatnonzero(written)
    events = events[np.argsort(receiver[events], kind="stable")]
    return _Writes(receiver[events] * (len(receiver) + 1) + events, new[events], known[events])
