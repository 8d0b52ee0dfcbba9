"""Programs that Karpathy's micrograd can run, too: the same prints, data and gradients at each of them."""

import importlib
from random import Random

import pytest

from micrograd_core.language import run
from tests.core.language.runs import Shown
from tests.core.language.test_recording import shown_by

LEAVES = ("a", "b", "c")
_PROGRAMS = 200
_STATEMENTS = (
    "loss = {x}*{y} + {z}*{n} - {y}\nloss.backward()",
    "loss = ({x} + {y}*{n})**2 + {z}\nloss.backward()",
    "loss = ({x}*{y} + {n}).relu() * {z} - {x}\nloss.backward()",
    "loss = {x} / ({y}**2 + 1.5)\nloss.backward()",
    "{x}.data -= 0.1 * {x}.grad",
    "{x}.data = {n}",
    "{x}.grad = 0",
    "{x}.grad = {n}",
    "{x} = Value({n})",
    "print({x})",
    "print(loss)",
)
"""Losses are made anew before each pass: at a second one micrograd keeps the gradients of inner nodes."""


class Micrograd:
    """Runs a program with micrograd, and keeps what its prints showed."""

    def __init__(self) -> None:
        self.shown: list[Shown] = []
        self.numbers: dict[object, int] = {}
        engine = importlib.import_module("micrograd.engine")
        numbers = self.numbers

        class Numbered(engine.Value):  # type: ignore[name-defined, misc]
            def __init__(self, *arguments: object) -> None:
                super().__init__(*arguments)
                numbers[self] = len(numbers)

        self._module, self._original, self._value = engine, engine.Value, Numbered

    def run(self, source: str) -> None:
        self._module.Value = self._value
        try:
            exec(source, {"Value": self._value, "print": self._print})
        finally:
            self._module.Value = self._original

    def _print(self, value: object) -> None:
        self.shown.append(Shown(self.numbers[value], value.data, value.grad))  # type: ignore[attr-defined]


def program(stream: Random) -> str:
    """Leaves, then any of the statements, some in a loop."""
    lines = [f"{name} = Value({_number(stream)})" for name in LEAVES] + ["loss = a * 1.0"]
    for _ in range(stream.randint(2, 5)):
        body = [_statement(stream) for _ in range(stream.randint(1, 5))]
        if stream.random() < 0.5:
            lines.append(f"for k in range({stream.randint(1, 3)}):")
            body = [f"  {line}" for text in body for line in text.split("\n")]
        lines += body
    return "\n".join([*lines, *(f"print({name})" for name in LEAVES)])


def _number(stream: Random) -> float:
    return round(stream.uniform(-2.0, 2.0), 2)


def _statement(stream: Random) -> str:
    x, y, z = (stream.choice(LEAVES) for _ in range(3))
    return stream.choice(_STATEMENTS).format(x=x, y=y, z=z, n=_number(stream))


@pytest.mark.parametrize("seed", range(5))
def test_prints_data_and_gradients_are_micrograds(seed: int) -> None:
    """The recording has them at the same prints; nodes have the same numbers in order of creation."""
    pytest.importorskip("micrograd")
    stream = Random(seed)
    for _ in range(_PROGRAMS):
        source = program(stream)
        theirs = Micrograd()
        theirs.run(source)
        recording = run(source).recording
        assert recording.nodes == len(theirs.numbers), source
        for ours, expected in zip(shown_by(recording, theirs), theirs.shown, strict=True):
            assert ours.data == pytest.approx(expected.data, rel=1e-9, nan_ok=True), source
            assert ours.grad == pytest.approx(expected.grad, rel=1e-9, abs=1e-12, nan_ok=True), source
