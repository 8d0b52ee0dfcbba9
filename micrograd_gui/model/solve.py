"""Solving: the derivation of all that is shown from a document and a selection."""

from collections.abc import Iterator
from dataclasses import dataclass

from micrograd_core.language import Limits, Report
from micrograd_gui.model.arrays import Arrays, derive_arrays, groups
from micrograd_gui.model.document import Document
from micrograd_gui.model.group_layout import lay_out_groups
from micrograd_gui.model.layout import Placement, lay_out
from micrograd_gui.model.probe import Probe, probe
from micrograd_gui.model.resolve import SECONDS, Resolved, resolve


@dataclass(frozen=True, slots=True)
class Request:
    """A request, identified by its number. Documents may hold nan, which does not equal itself."""

    number: int
    """Number of the request, from 1."""
    revision: int
    """Revision of the document; requests with the same one have the same document."""
    document: Document
    selected: str = ""
    """Id of the node to probe; "" for none."""
    arrays: bool = False
    """True to derive the array program and lay out its groups."""
    seconds: float = SECONDS
    """The time that the program may run."""
    section: int = -1
    """Index of the section whose graph is laid out and whose numbers are probed; −1 for the last."""


@dataclass(frozen=True, slots=True)
class Solution:
    """The answer to ``request`` except the probe. It has a placement if there is a graph."""

    request: Request
    resolved: Resolved | None
    """None if the window has it from an earlier answer with the same revision."""
    graph: int = 0
    """Index of the graph that is placed."""
    placement: Placement | None = None
    arrays: Arrays | None = None
    """The array program, if asked for."""


@dataclass(frozen=True, slots=True)
class Probed:
    """The answer's second part: the probe of the selected node."""

    number: int
    probe: Probe


class ResolveCache:
    """Caches the newest resolved document, so that selecting another card does not run the program again."""

    def __init__(self) -> None:
        self._asked = 0, 0.0
        """Revision and time limit of the request that it answers."""
        self._resolved = Resolved(Document())
        self.is_sent = False
        """True once the window has the resolved document."""

    def resolved(self, request: Request, report: Report | None = None) -> Resolved:
        if (request.revision, request.seconds) != self._asked:
            self.is_sent = False
            self._resolved = resolve(request.document, report, Limits(seconds=request.seconds))
            self._asked = request.revision, request.seconds
        return self._resolved


def answers(
    request: Request, cache: ResolveCache, report: Report | None = None
) -> Iterator[Solution | Probed]:
    """Yield the graph at once, and then the probe of the selected node, which takes longer."""
    resolved = cache.resolved(request, report)
    told = None if cache.is_sent else resolved
    if not resolved.graphs:
        yield Solution(request, told)
        return
    timeline = resolved.timeline
    section = min(request.section, len(timeline.sections) - 1) % len(timeline.sections)
    snapshot = resolved.graph_of(section)
    arrays = derive_arrays(snapshot) if request.arrays else None
    placement = lay_out(snapshot) if arrays is None else lay_out_groups(snapshot, groups(arrays))
    yield Solution(request, told, timeline.sections[section].graph, placement, arrays)
    node = snapshot.index.get(request.selected)
    if node is not None:
        yield Probed(request.number, probe(snapshot, node))
