"""How far the present text is solved, and which text the graph belongs to that is shown meanwhile."""

from dataclasses import dataclass, replace

NOT_COMPUTED = "not computed"


@dataclass(frozen=True, slots=True)
class SolveState:
    """Texts are told apart by their revision, which counts them; requests to the solver by their number."""

    revision: int = 0
    """The present text."""
    known: int = -1
    """The text of which it was last found out what comes of it, a graph or an error."""
    shown: int = 0
    """The text whose graph is shown."""
    asked: int = 0
    """The newest request; 0 for none."""
    awaited: bool = False
    """Whether its answer is still to come."""
    late: bool = False
    """Whether answers have been awaited for so long that this is told."""
    reason: str = ""
    """Why the text last found out about has no graph; "" where its graph is shown."""

    @property
    def is_current(self) -> bool:
        """Whether it is known what comes of the present text."""
        return self.known == self.revision

    @property
    def is_stale(self) -> bool:
        """Whether the graph shown is an older text's, because the newer one has none."""
        return bool(self.reason)

    @property
    def is_working(self) -> bool:
        """Whether an answer has been awaited for a while."""
        return self.awaited and self.late

    @property
    def is_left_behind(self) -> bool:
        """Whether the present text has been computed for a while, and what is shown is an older one's."""
        return self.is_working and not self.is_current

    @property
    def is_outdated(self) -> bool:
        """Whether what is shown is to be seen as an older text's: at once at an error, else after a while."""
        return self.is_stale or self.is_left_behind

    @property
    def shows_present(self) -> bool:
        """Whether the graph shown is the present text's, so that it can be changed on the graph."""
        return self.shown == self.revision


def opened(state: SolveState) -> SolveState:
    """Nothing is shown any more, and nothing known."""
    return replace(state, known=-1, shown=0, reason="")


def edited(state: SolveState) -> SolveState:
    """There is another text."""
    return replace(state, revision=state.revision + 1)


def asked(state: SolveState, number: int) -> SolveState:
    """The solver was asked. Who has been waiting goes on waiting."""
    return replace(state, asked=number, awaited=True, late=state.late and state.awaited)


def waited(state: SolveState) -> SolveState:
    """A while has passed."""
    return replace(state, late=state.awaited)


def found_out(state: SolveState, reason: str) -> SolveState:
    """What comes of the present text is known: its graph, or the reason why it has none."""
    return replace(
        state, known=state.revision, shown=state.shown if reason else state.revision, reason=reason
    )


def answered(state: SolveState, number: int) -> SolveState:
    """The request of this number was answered; one that is not the newest changes nothing."""
    return replace(state, awaited=False, late=False) if number == state.asked else state


def failed(state: SolveState) -> SolveState:
    """The solver ended; nothing is awaited until it is asked again."""
    return replace(state, asked=0, awaited=False, late=False, reason=NOT_COMPUTED)


def why_no_graph(state: SolveState, source: str) -> str:
    """What is said where a graph would be, as a sentence; "" for an empty text."""
    if not source.strip():
        return ""
    return f"No graph: {state.reason}." if state.reason else "The graph is being computed…"
