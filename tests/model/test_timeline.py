"""The row of steps is what the engine did."""

import math
from itertools import pairwise

import pytest

from micrograd_core.engine import Value, backward_steps
from micrograd_core.graph import topological_sort
from micrograd_core.language import run
from micrograd_gui.model.snapshot import shown_values
from micrograd_gui.model.timeline import (
    EMPTY_TIMELINE,
    BackwardStep,
    ForwardStep,
    SeedStep,
    Timeline,
    contributions_from,
    contributions_to,
    make_timeline,
    moment_at,
)

NEURON = "x1=2.0; x2=0.0; w1=-3.0; w2=1.0; b=6.8813735870195432; o=(x1*w1+x2*w2+b).tanh()"


def timeline_of(source: str) -> tuple[list[Value], Timeline]:
    program = run(source)
    values = shown_values(program)
    assert program.output is not None
    return values, make_timeline(values, program.backward_roots or [program.output])


def grad_of(values: list[Value], timeline: Timeline, label: str, position: float) -> float | None:
    node = next(i for i, value in enumerate(values) if value.label == label)
    return moment_at(timeline, position).grads[node]


@pytest.mark.parametrize(
    "source", [NEURON, "a=3.0; b=a+a", "a=2.0; b=-1.5; c=(a*b+b**3).relu()*a; d=c/b", "a = 5.0"]
)
def test_backward_steps_are_those_of_the_engine(source: str) -> None:
    """Each ``grad +=`` of the engine is one step, in its order, with its numbers."""
    values, timeline = timeline_of(source)
    index = {value: i for i, value in enumerate(values)}
    root = values[next(step.node for step in timeline.steps if isinstance(step, SeedStep))]
    for value in values:
        value.grad = 0.0
    expected = [
        (index[step.node], index[step.operand], *step[1:2], *step[3:]) for step in backward_steps(root)
    ]
    found = [
        (s.node, s.operand, s.operand_index, s.local, s.upstream, s.contribution, s.total)
        for s in timeline.steps
        if isinstance(s, BackwardStep)
    ]
    assert found == expected


def test_forward_steps_come_first_one_for_each_operation() -> None:
    """Five operations of the neuron, then the seed, then nine gradients."""
    _values, timeline = timeline_of(NEURON)
    kinds = [type(step) for step in timeline.steps]
    assert kinds == [ForwardStep] * 5 + [SeedStep] + [BackwardStep] * 9
    assert timeline.forward_count == 5


def test_data_is_known_from_its_step_on() -> None:
    """Leaves are given; an operation's result is known when its step is done, not while it is under way."""
    values, timeline = timeline_of(NEURON)
    for i, value in enumerate(values):
        start = timeline.data_known_from[i]
        assert (start == 0) == (not value.operands)
        assert moment_at(timeline, start).data_known[i]
        if start:
            assert not moment_at(timeline, start - 0.5).data_known[i]


def test_gradients_appear_step_by_step() -> None:
    """Before the backward pass nothing has a gradient; each step changes exactly its operand's."""
    _values, timeline = timeline_of(NEURON)
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
    values, timeline = timeline_of("a=2.0; b=-3.0; c=a*b; d=c+a*a; e=d.tanh()*c")
    run_again = run("a=2.0; b=-3.0; c=a*b; d=c+a*a; e=d.tanh()*c")
    assert run_again.output is not None
    run_again.output.backward()
    expected = {value.label: value.grad for value in topological_sort(run_again.output)}
    last = moment_at(timeline, len(timeline))
    assert {value.label: grad for value, grad in zip(values, last.grads, strict=True)} == expected


def test_a_second_backward_adds_to_leaves_only() -> None:
    """(3c)² at c = 2 shows 36 after the first backward(), then 72; the inner product starts afresh."""
    values, timeline = timeline_of("c = 2.0\nd = (3*c)**2\nd.backward()\nd.backward()")
    seeds = [i for i, step in enumerate(timeline.steps) if isinstance(step, SeedStep)]
    assert len(seeds) == 2
    assert grad_of(values, timeline, "c", seeds[1]) == 36.0
    assert grad_of(values, timeline, "3*c", seeds[1]) == 12.0
    after_seed = seeds[1] + 1
    assert grad_of(values, timeline, "c", after_seed) == 36.0
    assert grad_of(values, timeline, "3*c", after_seed) is None
    assert grad_of(values, timeline, "d", after_seed) == 1.0
    assert grad_of(values, timeline, "c", len(timeline)) == 72.0
    assert grad_of(values, timeline, "3*c", len(timeline)) == 12.0


def test_a_leaf_that_is_differentiated_twice_counts_on() -> None:
    """∂a/∂a is 1, then 2: a leaf keeps its gradient, the seed says so."""
    _values, timeline = timeline_of("a = 5.0\na.backward()\na.backward()")
    assert [step.total for step in timeline.steps if isinstance(step, SeedStep)] == [1.0, 2.0]
    assert moment_at(timeline, len(timeline)).grads == (2.0,)


def test_frames_say_which_step_is_under_way() -> None:
    """Between two positions the step is the one being done; at rest it is the one just done."""
    _values, timeline = timeline_of(NEURON)
    assert moment_at(timeline, 0.0).step is None
    assert (moment_at(timeline, 2.25).step, moment_at(timeline, 2.25).progress) == (timeline.steps[2], 0.25)
    assert (moment_at(timeline, 3.0).step, moment_at(timeline, 3.0).progress) == (timeline.steps[2], 1.0)


@pytest.mark.parametrize(("position", "found"), [(-3.0, 0.0), (1e9, 15.0), (math.inf, 15.0)])
def test_positions_outside_are_the_ends(position: float, found: float) -> None:
    """A moment can be asked for anywhere."""
    _values, timeline = timeline_of(NEURON)
    assert moment_at(timeline, position).position == found


def test_an_empty_timeline_has_one_moment() -> None:
    """Nothing to compute is no error."""
    moment = moment_at(EMPTY_TIMELINE, 0.0)
    assert (moment.step, moment.grads, moment.data_known) == (None, (), ())


def test_contributions_are_found_from_both_ends() -> None:
    """a + a sends two gradients from the sum to a, with a running sum."""
    values, timeline = timeline_of("a = 3.0\nb = a + a")
    a, b = (next(i for i, value in enumerate(values) if value.label == name) for name in "ab")
    received = contributions_to(timeline, a)
    assert [(position, step.contribution, step.total) for position, step in received] == [
        (3, 1.0, 1.0),
        (4, 1.0, 2.0),
    ]
    assert contributions_from(timeline, b) == received
    assert contributions_to(timeline, b) == []


def test_scrubbing_back_takes_everything_back() -> None:
    """A moment depends on its position alone: forwards and backwards show the same."""
    _values, timeline = timeline_of("c = 2.0\nd = (3*c)**2\nd.backward()\nd.backward()")
    there = [moment_at(timeline, position / 4) for position in range(4 * len(timeline) + 1)]
    back = [moment_at(timeline, position / 4) for position in reversed(range(4 * len(timeline) + 1))]
    assert there == back[::-1]
    assert all(one.position < other.position for one, other in pairwise(there))
