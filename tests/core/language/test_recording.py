"""The recording of a run: each event is true of its moment, and the last ones are the program's own numbers."""

import math
from random import Random
from typing import Protocol

import pytest

from micrograd_core.language import LanguageError, Limits, Program, Recording, run
from micrograd_core.language.recording import EVENT, Event, Kind
from micrograd_core.ops import OPS
from tests.core.language.runs import Engine, Shown, random_program

_PROGRAMS = 1000


class Replay:
    """The numbers of all nodes while the events of a recording happen."""

    def __init__(self, recording: Recording) -> None:
        self.recording = recording
        self.data: dict[int, float] = {}
        self.grads: dict[int, float] = {}

    def follow(self, event: Event) -> None:
        """Check an event against the numbers before it, and let it happen."""
        node = event.node
        match event.kind:
            case Kind.LEAF:
                self.data[node], self.grads[node] = event.new, 0.0
            case Kind.FORWARD:
                assert same(self._forward(node), event.new)
                self.data[node], self.grads[node] = event.new, 0.0
            case Kind.SET_DATA:
                assert same(self.data[node], event.old)
                self.data[node] = event.new
            case Kind.SET_GRAD | Kind.RESET:
                assert same(self.grads[node], event.old)
                self.grads[node] = event.new
            case Kind.SEED:
                assert same(self.grads[node], event.old)
                assert same(event.old + 1.0, event.new)
                self.grads[node] = event.new
            case Kind.BACKWARD:
                operand = self.recording.operands_of(node)[event.operand]
                assert same(event.old, self.grads[node]) or operand == node
                assert same(event.local, self._slope(node, event.operand))
                assert same(self.grads[operand] + event.contribution, event.new)
                self.grads[operand] = event.new

    def _arguments(self, node: int) -> list[float]:
        constant = self.recording.exponents.get(node)
        operands = [self.data[operand] for operand in self.recording.operands_of(node)]
        return operands if constant is None else [*operands, constant]

    def _forward(self, node: int) -> float:
        return OPS[self.recording.symbols[node]].forward(*self._arguments(node))

    def _slope(self, node: int, operand: int) -> float:
        partial = OPS[self.recording.symbols[node]].partials[operand]
        return partial(*self._arguments(node), self.data[node])


def same(x: float, y: float) -> bool:
    """Say whether two floats are the same bit for bit; all nan are."""
    return (math.isnan(x) and math.isnan(y)) or (x == y and math.copysign(1.0, x) == math.copysign(1.0, y))


def check_events(program: Program) -> Replay:
    """Every equation of every event is true to the bit, and at the end the numbers are those of the Values."""
    recording = program.recording
    replay = Replay(recording)
    for event in recording:
        replay.follow(event)
    for value, number in program.tape.numbers.items():
        assert same(replay.data[number], value.data)
        assert same(replay.grads[number], value.grad)
    return replay


class HasShown(Protocol):
    """An engine that keeps what it printed."""

    @property
    def shown(self) -> list[Shown]: ...


def shown_by(recording: Recording, engine: HasShown) -> list[Shown]:
    """What the nodes that the engine printed were in the recording at the same prints."""
    replay = Replay(recording)
    printed = iter(engine.shown)
    found = []
    for event in recording:
        replay.follow(event)
        if event.kind == Kind.PRINT:
            number = next(printed).number
            found.append(Shown(number, replay.data[number], replay.grads[number]))
    return found


@pytest.mark.parametrize("seed", range(5))
def test_every_event_of_any_program_is_true(seed: int) -> None:
    """Forward, backward and update equations hold to the bit, and the last numbers are the program's."""
    stream = Random(seed)
    for _ in range(_PROGRAMS):
        check_events(run(random_program(stream)))


@pytest.mark.parametrize("seed", range(5))
def test_at_each_print_the_recording_has_what_python_prints(seed: int) -> None:
    """The same text, run by Python with another engine, reads the same data and gradients at the same prints."""
    stream = Random(100 + seed)
    for _ in range(_PROGRAMS // 5):
        source = random_program(stream)
        engine = Engine()
        engine.run(source)
        recording = run(source).recording
        assert recording.nodes == len(engine.made), source
        for ours, theirs in zip(shown_by(recording, engine), engine.shown, strict=True):
            assert ours.data == pytest.approx(theirs.data, rel=1e-12, nan_ok=True), source
            assert ours.grad == pytest.approx(theirs.grad, rel=1e-9, abs=1e-12, nan_ok=True), source


def kinds(source: str) -> list[str]:
    return [event.kind.name for event in run(source).recording]


def test_events_come_in_the_order_in_which_they_happened() -> None:
    """Each kind of event is there once, at its time."""
    source = "a = Value(2.0)\nb = a * a\nb.backward()\na.data = 3.0\na.grad = 0.0\nprint(a.data)"
    assert kinds(source) == [
        "LEAF", "FORWARD", "SEED", "BACKWARD", "BACKWARD", "SET_DATA", "SET_GRAD", "PRINT",
    ]  # fmt: skip


def test_a_second_pass_first_resets_inner_gradients() -> None:
    """The root and the nodes between are reset, the leaf is not."""
    source = "a = Value(2.0)\nb = a * 3.0\nc = b * 2.0\nc.backward()\nc.backward()"
    recording = run(source).recording
    reset = [recording.labels[event.node] for event in recording if event.kind == Kind.RESET]
    assert reset == ["b", "c"]


def test_backward_by_hand_passes_on_one_nodes_gradient() -> None:
    """``_backward()`` makes the two contributions of a product, with the gradient that it has then."""
    source = "a = Value(2.0)\nb = Value(3.0)\nc = a * b\nc.grad = 5.0\nc._backward()"
    steps = [event for event in run(source).recording if event.kind == Kind.BACKWARD]
    assert [(step.local, step.old, step.contribution, step.new) for step in steps] == [
        (3.0, 5.0, 15.0, 15.0),
        (2.0, 5.0, 10.0, 10.0),
    ]


def test_zero_grad_of_a_network_clears_each_parameter() -> None:
    """It is one event for each parameter."""
    assert kinds("n = Neuron(2)\nn.zero_grad()") == ["LEAF"] * 3 + ["SET_GRAD"] * 3


def test_an_event_knows_its_place_and_its_rounds() -> None:
    """The place is the statement's; rounds are those of the loop and the call."""
    source = "a = Value(1.0)\ndef f(p):\n  p.data -= 0.5\nfor k in range(2):\n  f(a)"
    recording = run(source).recording
    last = list(recording)[-1]
    assert last.kind == Kind.SET_DATA
    assert recording.places[last.place][:2] == (3, 3)
    assert [str(each) for each in recording.path(last.round)] == ["round 2 of k", "call 2 of f"]


@pytest.mark.parametrize(
    ("statement", "pieces", "values"),
    [
        ("a.data -= 0.1 * a.grad", ["a.data", "-", "0.1", "*", "a.grad"], [0.0, 0.1, 0.0]),
        ("a.data = lr * (a.data + b.data)", ["lr", "*", "(", "a.data", "+", "b.data", ")"], [0.5, 0.0, 1.0]),
        ("a.data += -lr * a.grad", ["a.data", "+", "negative", "lr", "*", "a.grad"], [0.0, 0.5, 0.0]),
        ("xs[i].data = 3.0", ["3.0"], [3.0]),
    ],
)
def test_an_update_keeps_its_arithmetic(statement: str, pieces: list[str], values: list[float]) -> None:
    """Signs and brackets stand as in the text; slots hold the number of a node, or a plain number."""
    setting = "a = Value(2.0)\nb = Value(4.0)\nlr = 0.5\nxs = [a, b]\ni = 1\n"
    recording = run(f"{setting}{statement}").recording
    event = next(index for index, event in enumerate(recording) if event.kind == Kind.SET_DATA)
    update = recording.updates.of(event)
    assert update is not None
    template, found = update
    assert found == values
    assert [piece for piece in template.pieces if isinstance(piece, str)] == [
        piece for piece in pieces if piece in ("+", "-", "*", "(", ")", "negative")
    ]


def test_an_update_that_is_more_than_arithmetic_has_none() -> None:
    """A call may have effects, so it is not read again."""
    recording = run("def f(): return 3.0\na = Value(2.0)\na.data = f()").recording
    assert not recording.updates.event


def test_an_update_of_many_terms_runs() -> None:
    """A sum of hundreds of terms is no obstacle; its arithmetic is left out."""
    program = run("a = Value(0.0)\na.data = " + " + ".join(["1"] * 900))
    assert next(iter(program.tape.numbers)).data == 900.0


def test_an_event_takes_38_bytes() -> None:
    """Events are packed, and so are nodes and rounds: a run of many rounds takes less than 64 bytes an event."""
    assert EVENT.size == 38
    source = (
        "w = Value(0.5)\nfor k in range(200):\n  l = (w*2.0 - 1.0)**2\n  l.backward()\n  w.data -= 0.1*w.grad"
    )
    recording = run(source).recording
    columns = (recording.starts, recording.operands, *recording.rounds.columns, *recording.updates[:4])
    size = len(recording.events) + sum(len(column) * column.itemsize for column in columns)
    size += 8 * (len(recording.labels) + len(recording.symbols))
    assert size / len(recording) < 64


def test_recording_an_update_reads_names_only() -> None:
    """Reading the slots of an update again makes no node and no print."""
    program = run("n = Neuron(2)\nfor p in n.parameters(): p.data -= 0.1 * p.grad")
    assert program.recording.nodes == 3
    assert len(program.recording.updates.event) == 3


def test_nodes_that_no_name_reaches_do_not_count() -> None:
    """A loop may make far more Values than the limit, if each round lets go of the one before."""
    source = (
        "w = Value(0.5)\nfor k in range(500):\n  l = (w*2.0 - 1.0)**2\n  l.backward()\n  w.data -= 0.1*w.grad"
    )
    program = run(source, limits=Limits(nodes=200))
    assert program.recording.nodes == 1 + 500 * 7
    assert len(program.tape.numbers) <= 200


def test_what_is_forgotten_is_recorded_as_ever() -> None:
    """Labels, constants and events are those of a run that forgets nothing."""
    source = (
        "w = Value(0.5)\nn = Neuron(1)\nfor k in range(60):\n  l = (n([w]) - 1.0)**2\n  l.backward()\n"
        "  w.data -= 0.1*w.grad\n  n.zero_grad()"
    )
    small, large = run(source, limits=Limits(nodes=60)).recording, run(source).recording
    assert list(small) == list(large)
    assert small.labels == large.labels
    assert (small.constants, small.parameters, small.minus_ones) == (
        large.constants, large.parameters, large.minus_ones,
    )  # fmt: skip


def test_nodes_that_a_list_keeps_do_count() -> None:
    """What the program can still reach is not forgotten."""
    with pytest.raises(LanguageError, match="more than 50 Values"):
        run("a = Value(1.0)\nkept = []\nfor k in range(100): kept.append(a * 2.0)", limits=Limits(nodes=50))


def test_what_a_call_holds_is_not_forgotten() -> None:
    """Arguments, results under way and elements of lists stay, however many other nodes are made meanwhile."""
    source = (
        "def f(x):\n  y = x * 3.0\n  for k in range(200): z = x * 2.0\n  return y + z\n"
        "a = Value(2.0)\nb = [f(a), f(a * 1.0)][0] + f(a)\nb.backward()\nprint(a.grad)"
    )
    assert run(source, limits=Limits(nodes=60)).printed == run(source).printed


def test_all_that_is_unreachable_is_forgotten_at_once() -> None:
    """A whole graph goes, from its root to its leaves, when its root was the last name for it."""
    source = "a = Value(1.0)\nfor k in range(4):\n  b = a\n  for i in range(90): b = b * 0.5"
    program = run(source, limits=Limits(nodes=400))
    assert program.recording.nodes == 1 + 4 * 180
    assert len(program.tape.numbers) <= 400
