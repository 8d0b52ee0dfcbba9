"""Laws of what is shown of a run: at every position the cards have the numbers that the run had then."""

import json
import math
from random import Random

import numpy as np
import pytest

from micrograd_core.language.columns import Ints
from micrograd_core.language.recording import Kind
from micrograd_core.ops import OPS
from micrograd_gui.model.document import Document
from micrograd_gui.model.resolve import Resolved, resolve
from micrograd_gui.model.sentence import step_sentence
from micrograd_gui.model.steps import ForwardStep, UpdateStep
from micrograd_gui.model.steps_document import steps_json
from micrograd_gui.model.timeline import Timeline, moment_at
from tests.core.language.runs import Engine, random_program

_PROGRAMS = 200


def same(x: float | None, y: float | None) -> bool:
    """Say whether two numbers are the same bit for bit; all nan are."""
    if x is None or y is None:
        return x is y
    return (math.isnan(x) and math.isnan(y)) or (x == y and math.copysign(1.0, x) == math.copysign(1.0, y))


def step_events(timeline: Timeline) -> Ints:
    """The event of each step."""
    return np.concatenate(timeline.events)


def check_moment(resolved: Resolved, position: int) -> None:
    """The cards have the numbers of the nodes that they stand for, as the recording has them before the next step.

    What a pass resets before it begins is reset in the step that begins it.
    """
    timeline = resolved.timeline
    table = timeline.table
    moment = moment_at(timeline, position)
    section = timeline.sections[moment.section]
    done = section.end
    if position < timeline.starts[moment.section + 1]:
        done = int(step_events(timeline)[position])
    shown = set(step_events(timeline).tolist())
    while done - 1 not in shown and done and table.kind[done - 1] in (Kind.RESET, Kind.SEED):
        done -= 1
    data, grads = table.data_at(section.nodes, done), table.grads_at(section.nodes, done)
    for card, record in enumerate(resolved.graphs[section.graph].nodes):
        is_given = record.is_leaf and data[card] is None
        assert is_given or same(moment.data[card], data[card])
        is_reset = not record.is_leaf and moment.grads[card] is None and grads[card] == 0.0
        assert is_reset or same(moment.grads[card], grads[card])


def check_steps(resolved: Resolved) -> None:
    """Every forward step is its operation of its operands, and every update starts from the card's data."""
    timeline = resolved.timeline
    for index, section in enumerate(timeline.sections):
        steps = timeline.steps_of(index)
        for position, step in enumerate(steps.steps):
            if isinstance(step, ForwardStep):
                record = resolved.graphs[section.graph].nodes[step.node]
                constant = () if record.constant is None else (record.constant,)
                assert same(OPS[record.symbol].forward(*step.operands, *constant), step.data)
                found = [steps.data_at(operand, position) for operand in record.operands]
                assert all(map(same, found, step.operands))
            elif isinstance(step, UpdateStep):
                assert same(steps.data_at(step.node, position), step.old)
                assert same(steps.data_at(step.node, position + 1), step.new)


@pytest.mark.parametrize("seed", range(5))
def test_at_any_position_the_cards_have_the_numbers_of_that_moment(seed: int) -> None:
    """Positions in any order, forth and back, show the recording's numbers; every sentence can be told."""
    stream = Random(seed)
    for _ in range(_PROGRAMS):
        resolved = resolve(Document(random_program(stream)))
        timeline = resolved.timeline
        for position in [stream.randint(0, len(timeline)) for _ in range(6)] + [len(timeline), 0]:
            check_moment(resolved, position)
            moment = moment_at(timeline, position)
            graph = resolved.graphs[timeline.sections[moment.section].graph]
            assert step_sentence(graph, timeline, moment).text
        check_steps(resolved)


@pytest.mark.parametrize("seed", range(5))
def test_at_each_print_the_cards_read_what_it_read(seed: int) -> None:
    """What Python prints with another engine stands on the card of the printed node, if it is on the graph."""
    stream = Random(50 + seed)
    checked = 0
    for _ in range(_PROGRAMS):
        source = random_program(stream)
        engine = Engine()
        engine.run(source)
        timeline = resolve(Document(source)).timeline
        prints = np.flatnonzero(timeline.table.kind == Kind.PRINT)
        for event, printed in zip(prints, engine.shown, strict=True):
            position = int(np.searchsorted(step_events(timeline), event))
            moment = moment_at(timeline, position)
            cards = np.flatnonzero(timeline.sections[moment.section].nodes == printed.number)
            if len(cards):
                checked += 1
                grad = moment.grads[cards[0]] or 0.0
                assert moment.data[cards[0]] == pytest.approx(printed.data, rel=1e-12, nan_ok=True), source
                assert grad == pytest.approx(printed.grad, rel=1e-9, abs=1e-12, nan_ok=True), source
    assert checked > _PROGRAMS


def named(document: dict[str, object], key: str) -> list[dict[str, object]]:
    entries = document[key]
    assert isinstance(entries, list)
    return entries


@pytest.mark.parametrize("seed", range(5))
def test_replaying_the_steps_document_gives_its_final_numbers(seed: int) -> None:
    """Each step changes one number from what it was to what it says; at the end stand the final ones."""
    stream = Random(70 + seed)
    for _ in range(_PROGRAMS // 4):
        document = json.loads("".join(steps_json(resolve(Document(random_program(stream))))))
        data: dict[object, object] = {}
        grads: dict[object, object] = {}
        for step in named(document, "steps"):
            node = step.get("node")
            match step["kind"]:
                case "leaf":
                    data[node], grads[node] = step["data"], 0.0
                case "forward":
                    operands = named(document, "nodes")[node]["operands"]  # type: ignore[index]
                    assert [data[operand] for operand in operands] == step["operands"]  # type: ignore[attr-defined]
                    data[node], grads[node] = step["data"], 0.0
                case "set_data":
                    assert data[node] == step["old"]
                    data[node] = step["new"]
                case "set_grad":
                    assert grads[node] == step["old"]
                    grads[node] = step["new"]
                case "seed" | "backward":
                    grads[node] = step["total"]
        for entry in named(document, "final"):
            assert (data[entry["node"]], grads[entry["node"]]) == (entry["data"], entry["grad"])


KEPT = [
    "lr = 0.1\n{loop}    for p in [w]: p.data += -lr * p.grad",
    "lr = 0.1\n{loop}    w.data -= lr * w.grad\n    lr *= 0.9",
    "step = 0\n{loop}    w.data -= 0.1 * w.grad\n    step += 1",
    "m = 0.0\n{loop}    m = 0.9*m + w.grad\n    w.data -= 0.1 * m",
    "avg = 0.0\n{loop}    w.data -= 0.1 * w.grad\n    avg = 0.9*avg + 0.1*loss.data",
    "total = 0.0\n{loop}    w.data -= 0.1 * w.grad\n    total = total + loss",
    "total = Value(0.0)\n{loop}    w.data -= 0.1 * w.grad\n    total += loss",
]
LOOP = """\
w = Value(0.5)
for k in range(4):
    loss = (w*3.0 - 6.0)**2
    w.grad = 0.0
    loss.backward()
"""


@pytest.mark.parametrize("source", KEPT)
def test_what_a_loop_keeps_for_itself_does_not_join_its_rounds(source: str) -> None:
    """A rate, a counter, a mean or a total leaves four rounds with the same cards, each with an update."""
    resolved = resolve(Document(source.format(loop=LOOP)))
    timeline = resolved.timeline
    assert len(resolved.graphs) == 1
    assert [timeline.numbers_of(index) for index in range(len(timeline.sections))] == [(0,), (1,), (2,), (3,)]
    assert {record.label for record in resolved.graphs[0].nodes if not record.is_leaf} >= {"loss", "w*3.0"}
    for index in range(4):
        assert sum(isinstance(step, UpdateStep) for step in timeline.steps_of(index).steps) == 1


def test_a_total_that_is_differentiated_joins_the_rounds() -> None:
    """Then the rounds make one graph together."""
    timeline = resolve(Document(f"total = Value(0.0)\n{LOOP}    total += loss\ntotal.backward()")).timeline
    assert len(timeline.sections) == 1


def test_each_section_has_its_own_root() -> None:
    """What a round differentiates is named in its sentences, whatever the program differentiates at its end."""
    source = "w = Value(2.0)\nfor k in range(2):\n  d = w*w\n  d.backward()\n  w.data -= 0.1*w.grad\n  w.grad = 0.0"
    resolved = resolve(Document(f"{source}\ne = w*3.0\ne.backward()"))
    timeline = resolved.timeline
    roots = [resolved.graphs[section.graph] for section in timeline.sections]
    assert [graph.nodes[graph.target].label for graph in roots] == ["d", "d", "e"]


def test_prints_and_empty_rounds_make_no_graph() -> None:
    """A test that fails at last, and a round that only prints, are no rounds with cards of their own."""
    resolved = resolve(Document("a = 1.5\nw = 0\nwhile w < 2:\n    w = w + 1\n    u = a*a\n    u.backward()"))
    assert all(len(graph.nodes) for graph in resolved.graphs)
