"""Everything that is derived from a document and a selection, computed in a child process."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from multiprocessing.connection import Connection

from micrograd_gui.model.arrays import Arrays, derive_arrays, frames
from micrograd_gui.model.document import Document
from micrograd_gui.model.frame_layout import place_in_frames
from micrograd_gui.model.inspection import Probe, probe
from micrograd_gui.model.layout import Placement, place
from micrograd_gui.model.resolve import Resolved, resolve
from micrograd_gui.model.timeline import frame_at


@dataclass(frozen=True, slots=True)
class Request:
    document: Document
    selected: str = ""
    """Id of the node to probe; "" for none."""
    arrays: bool = False
    """Whether to derive the array program, and to keep together what it computes together."""


@dataclass(frozen=True, slots=True)
class Solution:
    """What follows from ``request``. The placement is there whenever the snapshot is; the probe comes last."""

    request: Request
    resolved: Resolved
    placement: Placement | None = None
    arrays: Arrays | None = None
    """If asked for."""
    probe: Probe | None = None


_resolve = lru_cache(maxsize=2)(resolve)


def solutions(request: Request) -> Iterator[Solution]:
    """The graph at once, and then the same with the probe of the selected node, which takes longer."""
    resolved = _resolve(request.document)
    snapshot = resolved.snapshot
    if snapshot is None:
        yield Solution(request, resolved)
        return
    arrays = derive_arrays(snapshot) if request.arrays else None
    placement = place(snapshot) if arrays is None else place_in_frames(snapshot, frames(arrays))
    solution = Solution(request, resolved, placement, arrays)
    yield solution
    node = snapshot.index.get(request.selected)
    if node is not None:
        final = frame_at(resolved.timeline, len(resolved.timeline))
        slope = None if resolved.passes > 1 else final.grads[node]
        yield replace(solution, probe=probe(snapshot, slope, node))


def serve(connection: Connection) -> None:
    """Answer the newest request, over and over, until the pipe closes."""
    while True:
        request = connection.recv()
        while connection.poll():
            request = connection.recv()
        for solution in solutions(request):
            connection.send(solution)
            if connection.poll():
                break
