"""Packing: rounds that repeat others take a quarter of the room, and nothing of them is lost."""

from collections.abc import Iterator
from random import Random
from typing import NamedTuple

import pytest

from micrograd_core.language import Limits, Recording, run
from micrograd_core.language.recording import NOWHERE, Kind
from micrograd_core.language.unpacking import everything
from tests.core.language.runs import random_program, random_training

_OFTEN = Limits(unpacked=100)
"""Limits with which rounds are packed again and again during a short run."""


class Told(NamedTuple):
    """All that is known of an event, with nodes numbered among all nodes of the run."""

    kind: Kind
    nodes: tuple[int, ...]
    text: str
    place: tuple[int, ...]
    rounds: tuple[object, ...]
    numbers: str
    rule: object


def told(recording: Recording) -> Iterator[Told]:
    """Everything that a recording says of its run."""
    for event, number, source, numbers in everything(recording):
        place = () if event.place == NOWHERE else tuple(source.places[event.place])
        rounds, exact = source.path(event.round), f"{event.new.hex()} {event.old.hex()} {event.local.hex()}"
        if event.kind == Kind.PRINT:
            yield Told(event.kind, (), source.printed[event.node], place, rounds, exact, None)
            continue
        found = source.updates.of(number)
        rule = found and (
            found[0],
            [
                numbers[int(value)] if slot.kind != "number" else value
                for slot, value in zip(found[0].slots, found[1], strict=True)
            ],
        )
        nodes = numbers[event.node], event.operand, *map(numbers.__getitem__, source.operands_of(event.node))
        yield Told(event.kind, nodes, source.symbols[event.node], place, rounds, exact, rule)


@pytest.mark.parametrize("make", [random_training, random_program])
@pytest.mark.parametrize("seed", range(4))
def test_a_packed_recording_tells_the_same(make: object, seed: int) -> None:
    """Every event, with its numbers to the bit, its place, rounds and rule, is that of the whole recording."""
    stream, packed = Random(seed), 0
    for _ in range(100):
        source = make(stream)  # type: ignore[operator]
        whole, part = run(source), run(source, limits=_OFTEN)
        assert not whole.recording.packed
        packed += bool(part.recording.packed)
        assert list(told(part.recording)) == list(told(whole.recording)), source
        assert [line.text for line in part.printed] == [line.text for line in whole.printed]
    assert make is random_program or packed > 30
