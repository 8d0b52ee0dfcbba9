"""The table of the array program: each row's work, peer and goal."""

import importlib.util
import shutil
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from functools import partial
from importlib import import_module

import numpy as np

from benchmarks import ours
from benchmarks.measure import Clock, Effort, Measurement, clock, compare, compare_added_time, compare_factors
from benchmarks.peers.numpy_arrays import neuron_maps
from benchmarks.problem import Network, Problem, difference
from micrograd_core.engine import Value
from micrograd_core.gradcheck import evaluate_nodes
from micrograd_core.graph import topological_sort
from micrograd_core.language.program import run
from micrograd_core.training.config import TrainingConfig
from micrograd_core.training.model import example_graph, score_program
from micrograd_core.training.points import Array
from micrograd_core.vectorize import vectorize

AGREEMENT = 1e-9
"""Largest difference of losses, accuracies and parameters of both sides, relative to max(1, size)."""
INSTALL = 'pip install -e ".[bench]"'


@dataclass(frozen=True, slots=True)
class Peer:
    """Another program that does the same work."""

    name: str
    module: str
    """The module in ``benchmarks.peers``."""
    package: str = ""
    """The package that must be installed; "" for none."""
    program: str = ""
    """The executable that must be installed; "" for none."""
    checked: int = 32
    """Number of the demo's steps over which both sides must agree before they are timed."""

    @property
    def absence(self) -> str:
        """The reason why it cannot be measured here, as a sentence; "" if it can."""
        if self.package and importlib.util.find_spec(self.package) is None:
            return f"{self.package} is not installed: {INSTALL}"
        if self.program and shutil.which(self.program) is None:
            return f"{self.program} is not installed"
        return ""

    def network(self, problem: Problem) -> Network:
        network: Network = import_module(f"benchmarks.peers.{self.module}").Network(problem)
        return network


NUMPY = Peer("hand-written numpy", "numpy_arrays")
JAX = Peer("JAX jit, float64, CPU", "jax_jit", package="jax")
JAX_SYNCHRONOUS = Peer("JAX with synchronous dispatch, not its default", "jax_synchronous", package="jax")
TORCH = Peer("PyTorch eager, float64", "torch_eager", package="torch")
PLAYGROUND = Peer("TensorFlow Playground's algorithm in Node", "playground", program="node")
MICROGRAD = Peer("Karpathy's micrograd", "karpathy", package="micrograd", checked=2)
BLOG = replace(MICROGRAD, name="the blog's scalar engine (measured: micrograd, on which it builds)")
"""The blog's own engine does the same, method by method, but the post leaves out its sort."""
LOOP = Peer("a Python loop over the `Value` graph", "")
BUILDING = Peer("building its `Value` graph once", "")


@dataclass(frozen=True, slots=True)
class Row:
    work: str
    against: Peer
    reach: float | None
    """Limit of the ratio of ours to theirs, of time, memory or growth; None if there is no goal."""
    measure: Callable[[Effort], Measurement]


class DisagreementError(Exception):
    """Two sides that are to be compared do not compute the same."""


def check_agreement(peer: Peer, farthest: float) -> None:
    """Raise ``DisagreementError`` if the numbers differ by more than ``AGREEMENT``, or are nan."""
    if not farthest <= AGREEMENT:
        raise DisagreementError(f"{peer.name} differs from ours by {farthest:.1e}")


def measure_steps(
    network: Callable[[Problem], Network], config: TrainingConfig, peer: Peer, effort: Effort
) -> Measurement:
    """Measure training steps of our ``network`` and the peer's, after both were seen to agree."""
    problem = Problem(config)
    with closing(network(problem)) as mine, closing(peer.network(problem)) as theirs:
        check_agreement(peer, difference(mine, theirs, problem, peer.checked))
        return compare(mine.clock(), theirs.clock(), effort)


def measure_growth(
    compare_pairs: Callable[[tuple[Clock, Clock], tuple[Clock, Clock], Effort], Measurement],
    small: TrainingConfig,
    large: TrainingConfig,
    effort: Effort,
) -> Measurement:
    """Measure the growth from a step of the smaller problem to one of the larger; both sides must agree on either."""
    with ExitStack() as stack:

        def clocks(config: TrainingConfig) -> tuple[Clock, Clock]:
            problem = Problem(config)
            mine = stack.enter_context(closing(ours.Network(problem)))
            theirs = stack.enter_context(closing(NUMPY.network(problem)))
            check_agreement(NUMPY, difference(mine, theirs, problem, NUMPY.checked))
            return mine.clock(), theirs.clock()

        (my_small, their_small), (my_large, their_large) = clocks(small), clocks(large)
        return compare_pairs((my_small, my_large), (their_small, their_large), effort)


def measure_boundary(effort: Effort) -> Measurement:
    """Measure the outputs of all neurons at 200 × 200 points, the score last; the points stay, as in the window."""
    axis = np.linspace(-2.0, 3.0, 200)
    points = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    problem = Problem(DEMO)
    layers, parameters = problem.layers(), np.array(problem.parameters)
    batch = score_program(DEMO).bind(points)

    def arrays() -> Array:
        batch.forward(parameters)
        return batch.watched()

    check_agreement(NUMPY, float(np.abs(arrays().T - np.hstack(neuron_maps(layers, points))).max()))
    return compare(clock(arrays), clock(lambda: neuron_maps(layers, points)), effort)


EXPRESSION = """\
x = 0.5
a = 1.5
b = -0.75
c = 0.25
u = tanh(a*x + b)
v = sin(3*x) * exp(-x*x/2)
w = sqrt(x**2 + 1) - c*x
s = sigmoid(u + v - w)
p = (u*v - s) / (1 + w**2)
q = log(1 + exp(p)) + abs(s)
y = p*q - u
"""
"""A program whose graph has 50 nodes."""


def measure_curve(effort: Effort) -> Measurement:
    """Measure the expression as a function of x, for any values of its other leaves."""
    written = run(EXPRESSION)
    x, y = written.names["x"], written.names["y"]
    assert isinstance(x, Value)
    assert isinstance(y, Value)
    nodes = topological_sort(y)
    others = [node for node in nodes if not node.operands and node is not x]
    parameters = np.array([node.data for node in others])
    places = np.linspace(-2.0, 3.0, 200)
    inputs, xs = places[:, None], places.tolist()
    batch = vectorize(y, [x], others).bind(inputs)

    def arrays() -> Array:
        batch.load(inputs)
        return batch.forward(parameters)

    def loop() -> list[float]:
        return [evaluate_nodes(nodes, {x: place})[y] for place in xs]

    check_agreement(LOOP, float(np.abs(arrays() - loop()).max()))
    return compare(clock(arrays), clock(loop), effort)


def measure_deriving(bound: bool, effort: Effort) -> Measurement:
    """Measure the derivation beside building the graph, penalty included; ``bound`` adds buffers for all points."""
    problem = Problem(DEMO)
    parameters = problem.parameters
    graph = example_graph(DEMO, parameters)
    examples = np.column_stack([problem.inputs, problem.labels])

    def derive() -> object:
        program = vectorize(graph.loss, (*graph.inputs, graph.label), graph.parameters, [graph.score])
        return program.bind(examples) if bound else program

    return compare(clock(derive), clock(lambda: example_graph(DEMO, parameters)), effort)


DEMO = TrainingConfig(test_share=0.0)
WIDE = replace(DEMO, samples=1000, hidden=(64, 64))
LONG, NARROW = replace(WIDE, samples=2000), replace(WIDE, hidden=(32, 32))
BATCHED = replace(WIDE, batch_size=32)
DEMO_STEP = "training step of the blog's demo, loss and accuracy included"
DERIVING = "deriving the array program for the demo's network"

ROWS: tuple[Row, ...] = (
    *(
        Row(DEMO_STEP, peer, reach, partial(measure_steps, ours.Network, DEMO, peer))
        for peer, reach in (
            (NUMPY, 0.75),
            (JAX, 0.85),
            (JAX_SYNCHRONOUS, None),
            (TORCH, 0.2),
            (PLAYGROUND, 0.08),
            (BLOG, 1 / 20_000),
        )
    ),
    Row(
        "training step of MLP(2, [64, 64, 1]) on 1,000 points",
        NUMPY,
        0.9,
        partial(measure_steps, ours.Network, WIDE, NUMPY),
    ),
    Row(
        "the same on a batch of 32 of them",
        NUMPY,
        0.9,
        partial(measure_steps, ours.BatchNetwork, BATCHED, NUMPY),
    ),
    Row("decision boundary 200 × 200 with all neurons' maps", NUMPY, 1.0, measure_boundary),
    Row("a typed expression of 50 nodes at 200 points", LOOP, 1 / 50, measure_curve),
    Row(DERIVING, BUILDING, 2.0, partial(measure_deriving, False)),
    Row("the same, with buffers for 128 points", BUILDING, None, partial(measure_deriving, True)),
    Row(
        "what 1,000 further points add to a step of MLP(2, [64, 64, 1])",
        NUMPY,
        1.0,
        partial(measure_growth, compare_added_time, WIDE, LONG),
    ),
    Row(
        "what twice the width adds to a step of MLP(2, [32, 32, 1]) on 1,000 points",
        NUMPY,
        1.0,
        partial(measure_growth, compare_added_time, NARROW, WIDE),
    ),
    Row(
        "growth of a step of MLP(2, [64, 64, 1]) as a factor, 1,000 to 2,000 points",
        NUMPY,
        1.0,
        partial(measure_growth, compare_factors, WIDE, LONG),
    ),
    Row(
        "growth of a step on 1,000 points as a factor, MLP(2, [32, 32, 1]) to MLP(2, [64, 64, 1])",
        NUMPY,
        1.0,
        partial(measure_growth, compare_factors, NARROW, WIDE),
    ),
)
