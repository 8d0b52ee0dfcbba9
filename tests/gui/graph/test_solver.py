"""A newer request never waits for an older one: what is computed of that is left off, wherever it is."""

import os
import random
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from micrograd_gui.graph.solver import Solver
from micrograd_gui.model.document import Document
from micrograd_gui.model.resolve import Resolved, resolve
from micrograd_gui.model.solve import Probed, Solution
from micrograd_gui.model.timeline import Timeline

ENDLESS = "i = 0\nwhile i >= 0:\n    i = i + 1\n"
"""Given up after a minute of work."""
SLOW_LAYOUT = "w = 1.0\na = w\nb = w\nfor i in range(60):\n    a = a * w\n    b = b + w\nc = a * b\n"
"""Graphviz takes seconds over it, and cannot be interrupted."""
LARGE = "xs = [Value(i) for i in range(1700)]\ny = sum(xs)\n"
PROGRAMS = (
    "a = 2.0; b = a * a",
    "a = 2.0; b = a *",
    "n = MLP(2, [3, 3, 1])\no = n([1.0, -2.0])\n",
    "xs = [Value(i) for i in range(60)]\ny = sum(x * x.tanh() for x in xs)\n",
    "",
    ENDLESS,
)


@pytest.fixture
def solver(qtbot: QtBot) -> Iterator[Solver]:
    solver = Solver()
    yield solver
    solver.close()


class Heard:
    """All that a solver answers, and what it says of failures."""

    def __init__(self, qtbot: QtBot, solver: Solver) -> None:
        self._qtbot = qtbot
        self.solutions: list[Solution] = []
        self.probes: list[Probed] = []
        self.failures: list[str] = []
        solver.answered.connect(self._note)
        solver.failed.connect(self.failures.append)

    def _note(self, answer: Solution | Probed) -> None:
        if isinstance(answer, Solution):
            self.solutions.append(answer)
        else:
            self.probes.append(answer)

    def wait_for(self, number: int) -> Solution:
        self._qtbot.waitUntil(lambda: number in self.numbers, timeout=20_000)
        return next(solution for solution in self.solutions if solution.request.number == number)

    @property
    def numbers(self) -> list[int]:
        return [solution.request.number for solution in self.solutions]


def ask(solver: Solver, number: int, source: str, selected: str = "", arrays: bool = False) -> int:
    return solver.ask(number, Document(source), selected, arrays, -1)


def resolved(solution: Solution) -> Resolved:
    """What a solution says of a document that was not asked about before."""
    assert solution.resolved is not None
    return solution.resolved


def contents(timeline: Timeline) -> tuple[object, ...]:
    """All that a timeline says, to be compared."""
    recording = timeline.recording
    sections = timeline.sections
    return (
        [(section.begin, section.end, section.graph, section.nodes.tolist()) for section in sections],
        [timeline.steps_of(i) for i in range(len(sections))],
        (timeline.starts, [events.tolist() for events in timeline.events], timeline.final.tolist()),
        (recording.events, recording.program_events, recording.symbols, recording.labels, recording.printed),
    )


@pytest.mark.parametrize("slow", [ENDLESS, SLOW_LAYOUT], ids=["program", "layout"])
def test_a_slow_computation_does_not_keep_a_newer_request_waiting(
    qtbot: QtBot, solver: Solver, slow: str
) -> None:
    """It is left off, and its answer never comes, be it in Python or in a library's own code."""
    heard = Heard(qtbot, solver)
    heard.wait_for(ask(solver, 1, "a = 1.0"))
    ask(solver, 2, slow)
    qtbot.wait(150)  # It is in the midst of it; the law below does not hang on how far.
    newest = ask(solver, 3, "a = 1.0; b = a + 1")
    snapshot = resolved(heard.wait_for(newest)).snapshot
    assert snapshot is not None
    assert len(snapshot.nodes) == 3
    assert heard.numbers == [1, 3]
    assert heard.failures == []


@pytest.mark.parametrize("seed", range(4))
def test_whenever_a_request_comes_the_newest_is_answered_rightly(
    qtbot: QtBot, solver: Solver, seed: int
) -> None:
    """A computation can be left off at any instruction; those that follow do not suffer from it."""
    stream = random.Random(seed)
    heard = Heard(qtbot, solver)
    heard.wait_for(ask(solver, 1, "a = 1.0"))
    for revision in range(2, 80):
        source = stream.choice(PROGRAMS)
        ask(solver, revision, source, stream.choice(("", "a#0", "o#0")), stream.random() < 0.5)
        qtbot.wait(stream.randrange(25))
    for revision, source in enumerate(PROGRAMS[:-1], 100):
        solution = heard.wait_for(ask(solver, revision, source))
        expected = resolve(Document(source))
        assert resolved(solution).problem == expected.problem
        assert resolved(solution).graphs == expected.graphs
        assert contents(resolved(solution).timeline) == contents(expected.timeline)
        assert (solution.placement is None) == (expected.snapshot is None)
    assert heard.failures == []


def test_the_selected_card_is_probed_after_the_graph(qtbot: QtBot, solver: Solver) -> None:
    """Another selection of the same document is another request."""
    heard = Heard(qtbot, solver)
    first = ask(solver, 1, "a = 2.0; b = a * a", "a#0")
    qtbot.waitUntil(lambda: bool(heard.probes), timeout=20_000)
    second = ask(solver, 1, "a = 2.0; b = a * a", "b#0")
    qtbot.waitUntil(lambda: len(heard.probes) == 2, timeout=20_000)
    assert [probed.number for probed in heard.probes] == heard.numbers == [first, second]


def test_the_memory_of_a_large_graph_goes_with_it(qtbot: QtBot, solver: Solver) -> None:
    """When a small one takes its place another process does; the large one's process ends at once."""
    heard = Heard(qtbot, solver)
    heard.wait_for(ask(solver, 1, LARGE))
    large = solver.pid
    heard.wait_for(ask(solver, 2, LARGE + "z = y * 2"))
    assert solver.pid == large
    heard.wait_for(ask(solver, 3, "a = 1.0"))
    qtbot.waitUntil(lambda: solver.pid not in (None, large), timeout=20_000)
    small = solver.pid
    qtbot.waitUntil(lambda: solver._is_ready, timeout=20_000)
    assert not solver._outdated_timer.isActive()  # Nothing is awaited of the new one.
    assert large is not None
    qtbot.waitUntil(lambda: not is_alive(large), timeout=20_000)
    heard.wait_for(ask(solver, 4, "a = 2.0"))
    assert solver.pid == small
    assert heard.failures == []


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
