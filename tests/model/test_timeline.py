"""The row of steps is what the engine did."""

import math
from itertools import pairwise

import pytest

from micrograd_core.engine import backward_steps
from micrograd_core.graph import topological_sort
from micrograd_core.language import run
from micrograd_gui.model.document import Document
from micrograd_gui.model.resolve import resolve
from micrograd_gui.model.snapshot import NodeRecord, shown_values
from micrograd_gui.model.steps import BackwardStep, ForwardStep, SectionSteps, SeedStep, contributions_from
from micrograd_gui.model.timeline import EMPTY_TIMELINE, Timeline, moment_at

NEURON = "x1=2.0; x2=0.0; w1=-3.0; w2=1.0; b=6.8813735870195432; o=(x1*w1+x2*w2+b).tanh()"


def timeline_of(source: str) -> tuple[tuple[NodeRecord, ...], Timeline]:
    resolved = resolve(Document(source))
    assert resolved.snapshot is not None
    return resolved.snapshot.nodes, resolved.timeline


def steps_of(timeline: Timeline) -> SectionSteps:
    """The steps of a timeline that is a single section."""
    (section,) = range(len(timeline.sections))
    found = timeline.steps_of(section)
    assert len(found) == len(found.steps) == len(timeline)
    return found


def grad_of(nodes: tuple[NodeRecord, ...], timeline: Timeline, label: str, position: float) -> float | None:
    node = next(i for i, record in enumerate(nodes) if record.label == label)
    return moment_at(timeline, position).grads[node]


@pytest.mark.parametrize(
    "source", [NEURON, "a=3.0; b=a+a", "a=2.0; b=-1.5; c=(a*b+b**3).relu()*a; d=c/b", "a = 5.0"]
)
def test_backward_steps_are_those_of_the_engine(source: str) -> None:
    """Each ``grad +=`` of the engine is one step, in its order, with its numbers."""
    nodes, timeline = timeline_of(source)
    values = shown_values(run(source))
    assert [value.label for value in values] == [record.label for record in nodes]
    index = {value: i for i, value in enumerate(values)}
    root = values[next(step.node for step in steps_of(timeline).steps if isinstance(step, SeedStep))]
    expected = [
        (index[step.node], index[step.operand], *step[1:2], *step[3:]) for step in backward_steps(root)
    ]
    found = [
        (s.node, s.operand, s.operand_index, s.local, s.upstream, s.contribution, s.total)
        for s in steps_of(timeline).steps
        if isinstance(s, BackwardStep)
    ]
    assert found == expected


def test_forward_steps_come_first_one_for_each_operation() -> None:
    """Five operations of the neuron, then the seed, then nine gradients."""
    _nodes, timeline = timeline_of(NEURON)
    kinds = [type(step) for step in steps_of(timeline).steps]
    assert kinds == [ForwardStep] * 5 + [SeedStep] + [BackwardStep] * 9
    assert steps_of(timeline).forward_count == 5


def test_data_is_known_from_its_step_on() -> None:
    """Leaves are given; an operation's result is known when its step is done, not while it is under way."""
    nodes, timeline = timeline_of(NEURON)
    steps = steps_of(timeline)
    for i, record in enumerate(nodes):
        start = next(position for position, data in steps.data[i] if data is not None)
        assert (start == 0) == record.is_leaf
        assert moment_at(timeline, start).data[i] == steps.data_at(i, start) == record.data
        assert moment_at(timeline, len(timeline)).data[i] == record.data
        if start:
            assert moment_at(timeline, start - 0.5).data[i] is None
            step = steps.steps[start - 1]
            operands = tuple(nodes[operand].data for operand in record.operands)
            assert step == ForwardStep(i, operands, record.data)


def test_gradients_appear_step_by_step() -> None:
    """Before the backward pass nothing has a gradient; each step changes exactly its operand's."""
    _nodes, timeline = timeline_of(NEURON)
    assert set(moment_at(timeline, 5).grads) == {None}
    for position in range(6, len(timeline)):
        before, after = moment_at(timeline, position), moment_at(timeline, position + 1)
        step = after.step
        assert isinstance(step, BackwardStep)
        changed = [
            i for i, (old, new) in enumerate(zip(before.grads, after.grads, strict=True)) if old != new
        ]
        assert changed == [step.operand]
        assert after.grads[step.operand] == step.total


def test_the_timeline_ends_with_the_engines_gradients() -> None:
    """At the end each node shows the gradient that backward() computes."""
    nodes, timeline = timeline_of("a=2.0; b=-3.0; c=a*b; d=c+a*a; e=d.tanh()*c")
    run_again = run("a=2.0; b=-3.0; c=a*b; d=c+a*a; e=d.tanh()*c")
    assert run_again.output is not None
    run_again.output.backward()
    expected = {value.label: value.grad for value in topological_sort(run_again.output)}
    last = moment_at(timeline, len(timeline))
    assert {record.label: grad for record, grad in zip(nodes, last.grads, strict=True)} == expected


def test_a_second_backward_adds_to_leaves_only() -> None:
    """(3c)² at c = 2 shows 36 after the first backward(), then 72; the inner product starts afresh."""
    nodes, timeline = timeline_of("c = 2.0\nd = (3*c)**2\nd.backward()\nd.backward()")
    seeds = [i for i, step in enumerate(steps_of(timeline).steps) if isinstance(step, SeedStep)]
    assert len(seeds) == 2
    assert grad_of(nodes, timeline, "c", seeds[1]) == 36.0
    assert grad_of(nodes, timeline, "3*c", seeds[1]) == 12.0
    after_seed = seeds[1] + 1
    assert grad_of(nodes, timeline, "c", after_seed) == 36.0
    assert grad_of(nodes, timeline, "3*c", after_seed) is None
    assert grad_of(nodes, timeline, "d", after_seed) == 1.0
    assert grad_of(nodes, timeline, "c", len(timeline)) == 72.0
    assert grad_of(nodes, timeline, "3*c", len(timeline)) == 12.0


def test_a_leaf_that_is_differentiated_twice_counts_on() -> None:
    """∂a/∂a is 1, then 2: a leaf keeps its gradient, the seed says so."""
    _nodes, timeline = timeline_of("a = 5.0\na.backward()\na.backward()")
    assert [step.total for step in steps_of(timeline).steps if isinstance(step, SeedStep)] == [1.0, 2.0]
    assert moment_at(timeline, len(timeline)).grads == (2.0,)


def test_frames_say_which_step_is_under_way() -> None:
    """Between two positions the step is the one being done; at rest it is the one just done."""
    _nodes, timeline = timeline_of(NEURON)
    assert moment_at(timeline, 0.0).step is None
    third = steps_of(timeline).steps[2]
    assert (moment_at(timeline, 2.25).step, moment_at(timeline, 2.25).progress) == (third, 0.25)
    assert (moment_at(timeline, 3.0).step, moment_at(timeline, 3.0).progress) == (third, 1.0)


@pytest.mark.parametrize(("position", "found"), [(-3.0, 0.0), (1e9, 15.0), (math.inf, 15.0)])
def test_positions_outside_are_the_ends(position: float, found: float) -> None:
    """A moment can be asked for anywhere."""
    _nodes, timeline = timeline_of(NEURON)
    assert moment_at(timeline, position).position == found


def test_an_empty_timeline_has_one_moment() -> None:
    """Nothing to compute is no error."""
    moment = moment_at(EMPTY_TIMELINE, 0.0)
    assert (moment.step, moment.grads, moment.data) == (None, (), ())


def test_contributions_are_found_from_the_node_that_passes_them_on() -> None:
    """a + a sends two gradients from the sum to a, with a running sum."""
    nodes, timeline = timeline_of("a = 3.0\nb = a + a")
    a, b = (next(i for i, record in enumerate(nodes) if record.label == name) for name in "ab")
    sent = contributions_from(steps_of(timeline), b)
    assert [(position, step.operand, step.contribution, step.total) for position, step in sent] == [
        (3, a, 1.0, 1.0),
        (4, a, 1.0, 2.0),
    ]
    assert contributions_from(steps_of(timeline), a) == []


def test_scrubbing_back_takes_everything_back() -> None:
    """A moment depends on its position alone: forwards and backwards show the same."""
    _nodes, timeline = timeline_of("c = 2.0\nd = (3*c)**2\nd.backward()\nd.backward()")
    there = [moment_at(timeline, position / 4) for position in range(4 * len(timeline) + 1)]
    back = [moment_at(timeline, position / 4) for position in reversed(range(4 * len(timeline) + 1))]
    assert there == back[::-1]
    assert all(one.position < other.position for one, other in pairwise(there))
