"""The timeline: both passes as a sequence of steps, and the moment at each position.

The steps are those that ``backward_steps()`` executed; nothing here computes a gradient.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from micrograd_core.engine import Value, backward_steps
from micrograd_core.graph import topological_sort


@dataclass(frozen=True, slots=True)
class ForwardStep:
    """A node's data is computed from its operands'."""

    node: int


@dataclass(frozen=True, slots=True)
class SeedStep:
    """The start of a backward pass: ∂root/∂root = 1, and gradients of inner nodes are cleared."""

    node: int
    total: float
    """The root's gradient after the step: 1, or more for a leaf that had one already."""


@dataclass(frozen=True, slots=True)
class BackwardStep:
    """``operand.grad += local × upstream``; ``node`` is the result that passes its gradient on."""

    node: int
    operand: int
    operand_index: int
    local: float
    upstream: float
    contribution: float
    total: float


Step = ForwardStep | SeedStep | BackwardStep


@dataclass(frozen=True, slots=True)
class Timeline:
    """``steps`` in execution order. Position k of the timeline is the moment when k steps are done."""

    steps: tuple[Step, ...]
    forward_count: int
    """Number of forward steps; they come first."""
    data_known_from: tuple[int, ...]
    """Position from which each node's data is known; 0 for leaves."""
    grads: tuple[tuple[tuple[int, float | None], ...], ...]
    """History of each node's gradient: (position, gradient from there on), ascending; None where it is cleared."""

    def __len__(self) -> int:
        return len(self.steps)


@dataclass(frozen=True, slots=True)
class Moment:
    """The state at a position. Between two positions ``step`` is under way, with ``progress`` of it done (0 to 1).

    At rest ``step`` is the one just done and ``progress`` is 1; before the first step it is None.
    """

    position: float
    data_known: tuple[bool, ...]
    grads: tuple[float | None, ...]
    step: Step | None
    progress: float
    carried: frozenset[tuple[int, int]] = frozenset()
    """(node, operand position) of every edge used by the present backward pass so far."""


EMPTY_TIMELINE = Timeline((), 0, (), ())


def make_timeline(values: Sequence[Value], roots: Sequence[Value]) -> Timeline:
    """Record the steps forward through ``values``, in topological order, then backward from each root in turn.

    This runs the backward passes: every ``grad`` is overwritten.
    """
    index = {value: i for i, value in enumerate(values)}
    steps: list[Step] = []
    data_known_from = [0] * len(values)
    grads: list[list[tuple[int, float | None]]] = [[] for _ in values]
    for value in values:
        value.grad = 0.0
        if value.operands:
            steps.append(ForwardStep(index[value]))
            data_known_from[index[value]] = len(steps)
    forward_count = len(steps)
    for root in roots:
        seed = index[root]
        position = len(steps) + 1
        for value in topological_sort(root):
            if value.operands and grads[index[value]]:
                grads[index[value]].append((position, None))
        first = len(steps)
        steps.append(SeedStep(seed, 1.0))
        for done in backward_steps(root):
            operand = index[done.operand]
            steps.append(
                BackwardStep(
                    index[done.node],
                    operand,
                    done.operand_index,
                    done.local,
                    done.upstream,
                    done.contribution,
                    done.total,
                )
            )
            grads[operand].append((len(steps), done.total))
        steps[first] = SeedStep(seed, root.grad)
        grads[seed].append((position, root.grad))
    return Timeline(tuple(steps), forward_count, tuple(data_known_from), tuple(tuple(row) for row in grads))


def moment_at(timeline: Timeline, position: float) -> Moment:
    """The moment at ``position``, clamped to the timeline."""
    position = min(max(position, 0.0), float(len(timeline)))
    done = int(position)
    progress = position - done
    if progress:
        step: Step | None = timeline.steps[done]
    else:
        step, progress = (timeline.steps[done - 1], 1.0) if done else (None, 1.0)
    return Moment(
        position=position,
        data_known=tuple(start <= done for start in timeline.data_known_from),
        grads=tuple(_grad_at(history, done) for history in timeline.grads),
        step=step,
        progress=progress,
        carried=_carried(timeline, done),
    )


def _carried(timeline: Timeline, done: int) -> frozenset[tuple[int, int]]:
    carried = set()
    for position in range(done - 1, timeline.forward_count - 1, -1):
        step = timeline.steps[position]
        if not isinstance(step, BackwardStep):
            break
        carried.add((step.node, step.operand_index))
    return frozenset(carried)


def _grad_at(history: Sequence[tuple[int, float | None]], position: int) -> float | None:
    found = bisect_right(history, position, key=lambda entry: entry[0])
    return history[found - 1][1] if found else None


def contributions_to(timeline: Timeline, node: int) -> list[tuple[int, BackwardStep]]:
    """(position, step) of every contribution to ``node``, in order."""
    return [
        (i + 1, step)
        for i, step in enumerate(timeline.steps)
        if isinstance(step, BackwardStep) and step.operand == node
    ]


def contributions_from(timeline: Timeline, node: int) -> list[tuple[int, BackwardStep]]:
    """(position, step) of every contribution that ``node`` passes on, in order."""
    return [
        (i + 1, step)
        for i, step in enumerate(timeline.steps)
        if isinstance(step, BackwardStep) and step.node == node
    ]
