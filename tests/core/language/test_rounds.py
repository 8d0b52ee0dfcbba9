"""Rounds and calls: the loop rounds and function calls in which a node was made."""

import pickle

import pytest

from micrograd_core.engine import Value
from micrograd_core.language import Program, Round, run
from tests.core.language.recorded import rounds_of


def rounds_by_label(source: str, label: str) -> list[str]:
    """Return the rounds of each node with that label, in order of creation."""
    program = run(source)
    return [
        " in ".join(str(each) for each in reversed(rounds_of(program, value)))
        for value in program.origins
        if value.label == label
    ]


ROUNDS = [
    ("a = 1.0\nfor k in range(3): b = a * 2", "b", ["round 1 of k", "round 2 of k", "round 3 of k"]),
    ("a = 1.0\nfor k, (x, y) in enumerate([(1, 2)]): b = a * 2", "b", ["round 1 of k, (x, y)"]),
    ("a = 1.0; i = 0\nwhile i < 2:\n  b = a * 2; i += 1", "b", ["round 1 of while", "round 2 of while"]),
    ("a = 1.0; b = [a * k for k in range(1, 3)]", "b[1]", ["round 2 of k"]),
    (
        "a = 1.0\nfor i in range(2):\n  for j in range(2): b = a * 2",
        "b",
        [f"round {j} of j in round {i} of i" for i in (1, 2) for j in (1, 2)],
    ),
    (
        "def f(x):\n  y = x * 2\n  return y\na = 1.0\nfor k in range(2): b = f(a)",
        "y",
        ["call 1 of f in round 1 of k", "call 2 of f in round 2 of k"],
    ),
    ("f = lambda x: x.exp()\na = 1.0\nb = f(a)", "b", ["call 1 of f"]),
    ("a = 1.0\nfor k in range(2):\n  if k: continue\n  b = a * 2\nc = b * 2", "c", [""]),
    ("a = 1.0\nfor k in range(2):\n  b = a * 2\n  break\nc = b * 2", "c", [""]),
    ("a = 1.0\ndef f():\n  for k in range(2): return a * 2\nf()\nc = a * 2", "c", [""]),
    ("a = 1.0\nfor k in range(2): b = a * 2", "a", [""]),
    ("n = Neuron(1)\nfor k in range(2): y = n([1.0])", "n.w[0]*1.0", ["round 1 of k", "round 2 of k"]),
    ("def f(n): return Value(1.0, label='v') if n == 0 else f(n - 1)\nf(1)", "v", ["call 2 of f in call 1 of f"]),
]  # fmt: skip


@pytest.mark.parametrize(("source", "label", "expected"), ROUNDS)
def test_nodes_know_their_rounds_and_calls(source: str, label: str, expected: list[str]) -> None:
    """Rounds are listed from the innermost outwards; a node made outside of loops, or typed before them, has none."""
    assert rounds_by_label(source, label) == expected


def test_a_round_has_its_line() -> None:
    """The line is that of the loop, or of the call."""
    program = run("a = 1.0\ndef f(x):\n  return x * 2\n\nfor k in range(2):\n  b = f(a)")
    value = program.names["b"]
    assert isinstance(value, Value)
    assert rounds_of(program, value) == (Round("loop", "k", 1, 5), Round("call", "f", 1, 6))


def signature_of(program: Program, value: Value) -> tuple[object, ...]:
    return (program.origins[value], rounds_of(program, value), value.op, value.label, value.data)


def test_ten_rounds_of_a_line_are_ten_nodes_that_can_be_told_apart() -> None:
    """Span and rounds together identify a node among those with the same label."""
    program = run(
        "a = 2.0; w = 0.5\nfor k in range(10):\n  for j in range(2):\n    a = (a * w + 1.0).tanh() * a"
    )
    signatures = [signature_of(program, value)[:4] for value in program.origins]
    assert len(signatures) == 102
    assert len(set(signatures)) == len(signatures)


def test_rounds_can_cross_a_process_boundary() -> None:
    """A recording can be pickled and comes back equal."""
    recording = run("for k in range(2): b = 2.0 * 3.0").recording
    copied = pickle.loads(pickle.dumps(recording))
    assert list(copied) == list(recording)
    assert [copied.path(event.round) for event in copied] == [
        recording.path(event.round) for event in recording
    ]
