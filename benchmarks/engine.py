"""One training step of the blog's demo through ``Value``s: this engine beside Karpathy's micrograd.

    pip install -e ".[bench]"
    python -m benchmarks.engine [--rounds 15]

Both run the notebook's own step, from the same parameters on the same 128 points: scores of MLP(2, [16, 16, 1]),
max-margin loss, L2 penalty, backward, update. It is processor time, and the rounds take turns, so that whatever else
the machine does falls on both.
"""

import argparse
import gc
import importlib.metadata
import os
import platform
import random
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from micrograd_core import engine, nn
from micrograd_core.datasets import moons
from micrograd_core.graph import topological_sort
from micrograd_core.training import TrainingConfig, initial_parameters


@dataclass(slots=True)
class Peer:
    name: str
    value: Callable[[float], Any]
    model: Any
    seconds: list[float] = field(default_factory=list)
    losses: list[float] = field(default_factory=list)
    peak: int = 0
    """Bytes that one step has allocated at most."""


def peers() -> tuple[Peer, Peer]:
    """The two engines, with one network each and the same parameters in it."""
    try:
        import micrograd.engine
        import micrograd.nn
    except ImportError:
        sys.exit('micrograd is missing: pip install -e ".[bench]"')
    found = (
        Peer("micrograd", micrograd.engine.Value, micrograd.nn.MLP(2, [16, 16, 1])),
        Peer("micrograd_core", engine.Value, nn.MLP(2, [16, 16, 1])),
    )
    for peer in found:
        for parameter, data in zip(
            peer.model.parameters(), initial_parameters(TrainingConfig()), strict=True
        ):
            parameter.data = data
    return found


def loss(peer: Peer, points: Sequence[Sequence[float]], labels: Sequence[float]) -> Any:
    """The graph of the notebook's loss."""
    inputs = [list(map(peer.value, point)) for point in points]
    scores = list(map(peer.model, inputs))
    losses = [(1 + -label * score).relu() for label, score in zip(labels, scores, strict=True)]
    penalty = 1e-4 * sum(parameter * parameter for parameter in peer.model.parameters())
    return sum(losses) * (1.0 / len(losses)) + penalty


def step(peer: Peer, points: Sequence[Sequence[float]], labels: Sequence[float]) -> float:
    """One step of the notebook's training; its loss."""
    total = loss(peer, points, labels)
    peer.model.zero_grad()
    total.backward()
    for parameter in peer.model.parameters():
        parameter.data -= 0.1 * parameter.grad
    return float(total.data)


@contextmanager
def collector(enabled: bool) -> Iterator[None]:
    """Python's cyclic garbage collector as it comes, or off."""
    was = gc.isenabled()
    (gc.enable if enabled else gc.disable)()
    try:
        yield
    finally:
        (gc.enable if was else gc.disable)()


def measure(both: Sequence[Peer], rounds: int, points: Any, labels: Any) -> None:
    for peer in both:
        peer.seconds.clear()
    for _ in range(rounds):
        for peer in random.sample(both, len(both)):
            gc.collect()
            start = time.process_time()
            peer.losses.append(step(peer, points, labels))
            peer.seconds.append(time.process_time() - start)


def measure_memory(both: Sequence[Peer], points: Any, labels: Any) -> None:
    for peer in both:
        gc.collect()
        tracemalloc.start()
        step(peer, points, labels)
        peer.peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()


def report(title: str, both: Sequence[Peer]) -> None:
    theirs, ours = both
    print(f"\n{title}")
    print(f"  {'':<16}{'median':>10}{'fastest':>10}{'slowest':>10}")
    for peer in both:
        numbers = (statistics.median(peer.seconds), min(peer.seconds), max(peer.seconds))
        print(f"  {peer.name:<16}" + "".join(f"{1e3 * number:>7.0f} ms" for number in numbers))
    ratios = sorted(b / a for a, b in zip(theirs.seconds, ours.seconds, strict=True))
    middle = statistics.median(ours.seconds) / statistics.median(theirs.seconds)
    print(f"  ratio of the medians {middle:.2f}, of single rounds {ratios[0]:.2f} to {ratios[-1]:.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description="The blog's training step in this engine and in micrograd.")
    parser.add_argument("--rounds", type=int, default=15, help="steps of each engine (default 15)")
    rounds = parser.parse_args().rounds
    data = moons(TrainingConfig())
    points, labels = data.train_inputs.tolist(), data.train_labels.tolist()
    both = peers()
    versions = ", ".join(
        f"{name} {importlib.metadata.version(name)}" for name in ("micrograd", "micrograd-gui")
    )
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    print(f"{platform.platform()}, {os.cpu_count()} cores{load}")
    print(f"{platform.python_implementation()} {platform.python_version()}, {versions}")
    print(f"{len(topological_sort(loss(both[1], points, labels))):,} Values in the graph, {rounds} rounds")

    measure(both, rounds, points, labels)
    report("One training step", both)
    with collector(enabled=False):
        measure(both, rounds, points, labels)
    report("The same without Python's garbage collector, which micrograd's closures keep busy", both)
    measure_memory(both, points, labels)
    print("\nMemory of one step, at most")
    for peer in both:
        print(f"  {peer.name:<16}{peer.peak / 1e6:>7.1f} MB")
    print(f"  ratio {both[1].peak / both[0].peak:.2f}")

    differing = max(abs(a - b) for a, b in zip(both[0].losses, both[1].losses, strict=True))
    print(f"\nThe losses of both differ by at most {differing:.1e} over {len(both[0].losses)} steps.")


if __name__ == "__main__":
    main()
