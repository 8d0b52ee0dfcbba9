"""The scalar engine's table: one training step of the blog's demo through ``Value``s, beside Karpathy's micrograd.

    python -m benchmarks.engine [--quick]

Both run the notebook's own step, from the same parameters on the same 128 points: scores of MLP(2, [16, 16, 1]),
max-margin loss, L2 penalty, backward, update.
"""

import gc
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from benchmarks.measure import Effort, Measurement, summary
from benchmarks.peers import values
from benchmarks.problem import RATE, Network, Problem
from benchmarks.rows import DEMO, MICROGRAD, Row, measure_steps


@contextmanager
def collector_off() -> Iterator[None]:
    """Turn off Python's cyclic garbage collector, which micrograd's closures keep busy."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def measure_without_collector(effort: Effort) -> Measurement:
    with collector_off():
        return measure_steps(values.Network, DEMO, MICROGRAD, effort)


def measure_memory(_effort: Effort) -> Measurement:
    """Measure the peak of the bytes that one step allocates; it is the same each time."""
    problem = Problem(DEMO)
    ours, theirs = (peak(network(problem)) for network in (values.Network, MICROGRAD.network))
    return summary([ours], [theirs], "B")


def peak(network: Network) -> float:
    gc.collect()
    tracemalloc.start()
    network.step(RATE)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most


ROWS: tuple[Row, ...] = (
    Row(
        "training step of the blog's demo through `Value`s",
        MICROGRAD,
        0.5,
        partial(measure_steps, values.Network, DEMO, MICROGRAD),
    ),
    Row("the same without Python's garbage collector", MICROGRAD, None, measure_without_collector),
    Row("memory of one step, at most", MICROGRAD, 1.0, measure_memory),
)

if __name__ == "__main__":
    from benchmarks.__main__ import main

    main({"Scalar engine": ROWS})
