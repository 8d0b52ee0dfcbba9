"""Everything that is derived from a document and a selection."""

from collections.abc import Iterator
from dataclasses import dataclass

from micrograd_gui.model.arrays import Arrays, derive_arrays, groups
from micrograd_gui.model.document import Document
from micrograd_gui.model.group_layout import lay_out_groups
from micrograd_gui.model.inspection import Probe, probe
from micrograd_gui.model.layout import Placement, lay_out
from micrograd_gui.model.resolve import Resolved, resolve
from micrograd_gui.model.timeline import moment_at


@dataclass(frozen=True, slots=True)
class Request:
    """Requests are told apart by their number: documents may hold nan, which is not equal to itself."""

    number: int
    """From 1."""
    revision: int
    """Number of the document's state; requests with the same one have the same document."""
    document: Document
    selected: str = ""
    """Id of the node to probe; "" for none."""
    arrays: bool = False
    """Whether to derive the array program, and to keep together what it computes together."""


@dataclass(frozen=True, slots=True)
class Solution:
    """What follows from ``request``, but for the probe. The placement is there whenever the snapshot is."""

    request: Request
    resolved: Resolved
    placement: Placement | None = None
    arrays: Arrays | None = None
    """If asked for."""


@dataclass(frozen=True, slots=True)
class Probed:
    """The probe of the node that the request of this number selected."""

    number: int
    probe: Probe


class Memory:
    """What the newest document resolved to: another card that is selected needs no other run of the program."""

    def __init__(self) -> None:
        self._revision = 0
        self._resolved = Resolved(Document())

    def resolved(self, request: Request) -> Resolved:
        if request.revision != self._revision:
            self._resolved = resolve(request.document)
            self._revision = request.revision
        return self._resolved


def answers(request: Request, memory: Memory) -> Iterator[Solution | Probed]:
    """The graph at once, and then the probe of the selected node, which takes longer."""
    resolved = memory.resolved(request)
    snapshot = resolved.snapshot
    if snapshot is None:
        yield Solution(request, resolved)
        return
    arrays = derive_arrays(snapshot) if request.arrays else None
    placement = lay_out(snapshot) if arrays is None else lay_out_groups(snapshot, groups(arrays))
    yield Solution(request, resolved, placement, arrays)
    node = snapshot.index.get(request.selected)
    if node is not None:
        final = moment_at(resolved.timeline, len(resolved.timeline))
        slope = None if resolved.passes > 1 else final.grads[node]
        yield Probed(request.number, probe(snapshot, slope, node))
