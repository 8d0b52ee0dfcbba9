"""Bookkeeping: numbers that a program keeps for itself, such as counters and rates, and that are on no card."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from micrograd_core.language.columns import Ints
from micrograd_core.language.recording import NOWHERE, Kind
from micrograd_gui.model.event_table import EventTable


def bookkeeping(table: EventTable) -> NDArray[np.bool_]:
    """Which nodes are numbers that a program keeps for itself: a learning rate that it lowers, a counter, a total.

    They are made in loops that differentiate something, of typed numbers alone or of the one that the round before made
    in the same place, and nothing that is differentiated is computed from them.
    """
    recording = table.recording
    found = np.zeros(recording.nodes, bool)
    found[list(recording.settings)] = True
    passes = np.flatnonzero(np.isin(table.kind[: recording.program_events], (Kind.SEED, Kind.BACKWARD)))
    learning = _learning(table, passes)
    if not learning.any():
        return found
    roots = table.node[passes]
    arity = np.diff(np.array(recording.starts))
    users, operands = np.repeat(np.arange(recording.nodes), arity), np.array(recording.operands, np.int64)
    candidates = (arity > 0) & ~_matters(table, roots) & learning
    numbers = np.zeros(recording.nodes, bool)
    numbers[list(recording.numbers)] = True
    found |= numbers & candidates
    totals = np.zeros(recording.nodes, bool)
    again = table.place[users] == table.place[operands]
    again &= candidates[users] & candidates[operands] & (table.round[users] != table.round[operands])
    totals[users[again]] = totals[operands[again]] = True
    used_elsewhere = operands[~totals[users] & ~found[users]]
    if not totals[used_elsewhere].any():
        found |= totals
    # So are leaves that only they are computed from.
    hidden, other = np.zeros(recording.nodes, bool), np.zeros(recording.nodes, bool)
    hidden[operands[found[users]]] = other[operands[~found[users]]] = True
    found |= hidden & ~other & (arity == 0)
    return found


def _learning(table: EventTable, passes: Ints) -> NDArray[np.bool_]:
    """Which nodes are made in a loop in which these events of backward passes happen, too."""
    rounds = table.recording.rounds
    happens = {
        loop
        for loop, begin, end in zip(rounds.loop, rounds.begin, rounds.end, strict=True)
        if np.searchsorted(passes, begin) < np.searchsorted(passes, end)
    }
    is_within: list[bool] = []
    for index, parent in enumerate(rounds.parent):
        is_loop = rounds.sites[rounds.site[index]][0] == "loop"
        is_within.append(
            (is_loop and rounds.loop[index] in happens) or (parent != NOWHERE and is_within[parent])
        )
    return np.array([*is_within, False])[table.round]


def _matters(table: EventTable, roots: Ints) -> NDArray[np.bool_]:
    """Which nodes the roots of backward passes are computed from."""
    recording = table.recording
    matters = np.zeros(recording.nodes, bool)
    matters[roots] = True
    found, starts, operands = matters.tolist(), recording.starts, recording.operands
    for node in range(recording.nodes - 1, -1, -1):
        if found[node]:
            for operand in operands[starts[node] : starts[node + 1]]:
                found[operand] = True
    return np.array(found)
