"""The state of solving: how far the present text is solved, and whose graph is shown meanwhile."""

from dataclasses import dataclass, replace
from typing import Final, Literal

from micrograd_core.texts import tr

TEXT_HAS_ERROR: Final = "text has error"
NO_VALUE: Final = "no value"
NOT_COMPUTED: Final = "not computed"
Reason = Literal["text has error", "no value", "not computed", ""]
"""Why a text has no graph; "" if it has one."""

REASON_LABELS: dict[Reason, str] = {
    TEXT_HAS_ERROR: tr("the text has an error"),
    NO_VALUE: tr("the program has no value yet"),
    NOT_COMPUTED: tr("not computed"),
}
_NO_GRAPH: dict[Reason, str] = {
    TEXT_HAS_ERROR: tr("No graph: the text has an error."),
    NO_VALUE: tr("No graph: the program has no value yet."),
    NOT_COMPUTED: tr("No graph: it was not computed."),
}


@dataclass(frozen=True, slots=True)
class SolveState:
    """Revisions of the text and numbers of requests to the solver, both counted up."""

    revision: int = 0
    """Revision of the present text."""
    known: int = -1
    """Revision last solved, to a graph or an error."""
    shown: int = 0
    """Revision whose graph is shown."""
    asked: int = 0
    """Number of the newest request; 0 for none."""
    awaited: bool = False
    """True until that request is answered."""
    late: bool = False
    """True once answers have been awaited so long that the window says so."""
    reason: Reason = ""
    """Why revision ``known`` has no graph; "" if its graph is shown."""

    @property
    def is_current(self) -> bool:
        """True if the present text is solved, to a graph or an error."""
        return self.known == self.revision

    @property
    def is_stale(self) -> bool:
        """True if an older text's graph is shown because the newer text has none."""
        return bool(self.reason)

    @property
    def is_left_behind(self) -> bool:
        """True if an older text's graph is shown and the present text has been computing for a while."""
        return self.late and not self.is_current

    @property
    def is_outdated(self) -> bool:
        """True if the graph is to be dimmed as an older text's: at once after an error, else after a while."""
        return self.is_stale or self.is_left_behind

    @property
    def shows_present(self) -> bool:
        """True if the graph shown is the present text's, so that it can be edited on the canvas."""
        return self.shown == self.revision


def opened(state: SolveState) -> SolveState:
    """The state after another document was opened: nothing is shown or known."""
    return replace(state, known=-1, shown=0, reason="")


def edited(state: SolveState) -> SolveState:
    """The state after an edit."""
    return replace(state, revision=state.revision + 1)


def asked(state: SolveState, number: int) -> SolveState:
    """The state after a request. A wait under way continues."""
    return replace(state, asked=number, awaited=True)


def waited(state: SolveState) -> SolveState:
    """The state after a while has passed."""
    return replace(state, late=state.awaited)


def found_out(state: SolveState, reason: Reason) -> SolveState:
    """The state after the present text was solved. ``reason`` says why it has no graph; "" if it has one."""
    return replace(
        state, known=state.revision, shown=state.shown if reason else state.revision, reason=reason
    )


def answered(state: SolveState, number: int) -> SolveState:
    """The state after a request was answered; only the newest one ends the wait."""
    return replace(state, awaited=False, late=False) if number == state.asked else state


def failed(state: SolveState) -> SolveState:
    """The state after the solver ended: nothing is awaited until the next request."""
    return replace(state, asked=0, awaited=False, late=False, reason=NOT_COMPUTED)


def why_no_graph(state: SolveState, source: str) -> str:
    """The sentence in place of the graph; "" for an empty text."""
    if not source.strip():
        return ""
    return _NO_GRAPH[state.reason] if state.reason else tr("The graph is being computed…")
