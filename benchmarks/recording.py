"""The recording's table: a program with and without the record of its events, and a frame of scrubbing.

python -m benchmarks.recording [--quick]
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random

from benchmarks.measure import Clock, Effort, Measurement, clock, compare
from benchmarks.rows import Peer, Row
from micrograd_core.engine import Value
from micrograd_core.language import recorder, run
from micrograd_core.language.tape import Tape
from micrograd_gui.model.document import Document
from micrograd_gui.model.resolve import resolve
from micrograd_gui.model.timeline import moment_at

LECTURE = """\
m = MLP(3, [4, 4, 1], activation="tanh")
xs = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]]
ys = [1.0, -1.0, -1.0, 1.0]
for k in range(20):
    ypred = [m(x) for x in xs]
    loss = sum((yout - ygt)**2 for ygt, yout in zip(ys, ypred))
    for p in m.parameters():
        p.grad = 0.0
    loss.backward()
    for p in m.parameters():
        p.data += -0.05 * p.grad
    print(k, loss.data)
"""


class _Silent(Tape):
    """Numbers the nodes, which a run needs, and writes nothing else."""

    def made(self, value: Value, *_unused: object) -> None:
        self.numbers[value] = len(self.numbers)

    def _nothing(self, *_unused: object, **_also: object) -> None:
        pass

    set_data = set_grad = passed = print = explain = begin_round = end_rounds = _nothing  # type: ignore[assignment]


@contextmanager
def _silence() -> Iterator[None]:
    recorder.Tape = _Silent  # type: ignore[misc]
    try:
        yield
    finally:
        recorder.Tape = Tape  # type: ignore[misc]


def _clock_without(work: Callable[[], object]) -> Clock:
    """For a run whose events are not recorded."""
    plain = clock(work)

    def timed(times: int) -> float:
        with _silence():
            return plain(times)

    return timed


def measure_recording(effort: Effort) -> Measurement:
    """Measure the lecture's training loop with and without its recording."""

    def work() -> object:
        return run(LECTURE)

    return compare(clock(work), _clock_without(work), effort)


def measure_moments(effort: Effort) -> Measurement:
    """Measure the moment at a random position of that loop, beside a frame of 16 ms."""
    timeline, stream = resolve(Document(LECTURE)).timeline, Random(0)
    return compare(
        clock(lambda: moment_at(timeline, stream.randint(0, len(timeline)))),
        lambda times: 0.016 * times,
        effort,
    )


WITHOUT = Peer("the same run without recording", "")
FRAME = Peer("a frame, 16 ms", "")

ROWS: tuple[Row, ...] = (
    Row("running the lecture's training loop, 20 rounds", WITHOUT, 1.5, measure_recording),
    Row("the state of all cards at any position of it", FRAME, 1.0, measure_moments),
)

if __name__ == "__main__":
    from benchmarks.__main__ import main

    main({"Recording": ROWS})
