"""What a program's recording says of one of its nodes."""

from micrograd_core.engine import Value
from micrograd_core.language import Program, Round
from micrograd_core.language.recording import Event, Kind


def made(program: Program, value: Value) -> Event:
    """Return the event that made a node."""
    number = program.tape.numbers[value]
    return next(
        event
        for event in program.recording
        if event.node == number and event.kind in (Kind.LEAF, Kind.FORWARD)
    )


def rounds_of(program: Program, value: Value) -> tuple[Round, ...]:
    """Return the rounds and calls in which a node was made, outermost first."""
    return program.recording.path(made(program, value).round)


def roots_of(program: Program) -> list[str]:
    """Return the labels of what the program differentiated, in order."""
    recording = program.recording
    return [recording.labels[event.node] for event in recording if event.kind == Kind.SEED]
