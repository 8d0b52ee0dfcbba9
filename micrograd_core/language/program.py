"""The run of a typed program, from its text to its graph."""

from __future__ import annotations

import ast
import random
from collections.abc import Mapping, Set
from dataclasses import dataclass
from types import MappingProxyType

from micrograd_core.engine import Value, backward_events
from micrograd_core.graph import topological_sort
from micrograd_core.language.expressions import EXPRESSIONS
from micrograd_core.language.interpreter import Interpreter
from micrograd_core.language.limits import Limits, Stopwatch
from micrograd_core.language.notices import look_at_what_left
from micrograd_core.language.parse import parse
from micrograd_core.language.recorder import Printed, ProgramWarning, Recorder
from micrograd_core.language.recording import Recording
from micrograd_core.language.source import Source, Span
from micrograd_core.language.statements import STATEMENTS
from micrograd_core.language.tape import Tape
from micrograd_core.language.values import BoundMethod, Builtin, Detached, Function, Namespace, Number
from micrograd_core.texts import tr

_DEEPEST_LIST = 100
RANDOM_SEED = 14
"""Seed of every run, so that the weights stay the same while the program is edited.

With this one the blog's ``Neuron(4)`` and its networks are alive at the blog's inputs.
"""

_NO_DATA: Mapping[int, float] = MappingProxyType({})
_NO_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Program:
    """The result of a run."""

    names: Mapping[str, object]
    """Each name's object at the end: Values, plain numbers, texts, lists, tuples, networks."""
    output: Value | None
    """The last Value that was assigned or written as an expression (the last one of a list).

    If there is none, the last Value assigned within a function; then a number that was assigned but not computed
    with, or the last parameter of a network.
    """
    printed: tuple[Printed, ...]
    stated: Printed | None
    """The value of the last line as ``repr`` writes it, if the line is an expression with a value."""
    warnings: tuple[ProgramWarning, ...]
    """The first expression that made inf or nan, the first ``backward()`` that made such a gradient, the first
    expression whose gradient is another one in PyTorch, and expressions through which no gradient flows."""
    leaves: Mapping[Value, int]
    """Each leaf with its index among all leaves made, in order of creation; ``leaf_data`` uses these indices."""
    origins: Mapping[Value, Span]
    """The source text of each node, in order of creation."""
    literals: Mapping[Value, Span]
    """Leaves that are exactly one number of the source, including its sign, and the only leaf of that number."""
    constants: Set[Value]
    """Leaves neither typed nor drawn: the −1 of ``a - b``, a counter ``k`` in ``a*k``, a number from ``.data``."""
    parameters: Set[Value]
    """The weights and biases of networks, under any name."""
    kinds: Mapping[str, Set[Value]]
    """The nodes of each kind that the recording knows."""
    forgotten_literals: Mapping[int, Span]
    """The same by number, for leaves that no name reaches any more."""
    tape: Tape

    @property
    def recording(self) -> Recording:
        """The recording of the run, and of the passes that were added to it."""
        numbers = self.tape.numbers
        literals = {numbers[leaf]: span for leaf, span in self.literals.items()}
        return self.tape.recording({**literals, **self.forgotten_literals}, self.kinds)


def run(
    source: str,
    *,
    leaf_data: Mapping[int, float] = _NO_DATA,
    limits: Limits = _NO_LIMITS,
    stopwatch: Stopwatch | None = None,
) -> Program:
    """Run a program. Raises LanguageError.

    ``leaf_data[i]`` replaces the data of leaf number ``i`` from its creation on. The time of runs with one
    ``stopwatch`` adds up, and it reports their progress. Random numbers are the same in each
    run; the state of Python's ``random`` is restored afterwards.
    """
    stopwatch = stopwatch or Stopwatch()
    text = source.replace("\N{NO-BREAK SPACE}", " ")
    tree = parse(text, limits, stopwatch)
    recorder = Recorder(Source(text), limits, leaf_data, stopwatch)
    state = random.getstate()
    random.seed(RANDOM_SEED)
    try:
        interpreter = _interpret(tree, recorder)
    finally:
        random.setstate(state)
    return _finish(recorder, interpreter)


def record_pass(program: Program, root: Value) -> None:
    """Clear all gradients and differentiate ``root``, as events that are not the program's own."""
    program.tape.end_program()
    for value in program.tape.numbers:
        if value.grad != 0.0:
            old, value.grad = value.grad, 0.0
            program.tape.set_grad(value, old, None)
    for event in backward_events(root):
        program.tape.passed(event, None)


def _interpret(tree: ast.Module, recorder: Recorder) -> Interpreter:
    """Run all statements and return the final state."""
    interpreter = Interpreter(tree, recorder, STATEMENTS, EXPRESSIONS)
    try:
        interpreter.block(tree.body)
    except RecursionError:
        where = recorder.here if recorder.here is not None else tree.body[0]
        raise recorder.error(
            where, tr("This is nested too deeply."), tr("Assign the inner parts to names first.")
        ) from None
    return interpreter


def _finish(recorder: Recorder, interpreter: Interpreter) -> Program:
    for thing in interpreter.names.names.values():
        if isinstance(thing, Number) and not thing.used:
            recorder.value(thing, thing.node)
    recorder.end()
    output = _output(recorder, interpreter)
    graph = set(topological_sort(*_graph_roots(recorder, interpreter, output)))
    settings = recorder.settings - graph
    look_at_what_left(recorder, interpreter.tree, graph)
    for value, node in recorder.origins.items():
        recorder.tick(node)
        if not value.label:
            value.label = recorder.label_of(value)
    return Program(
        names=_final_names(interpreter.names.names, settings),
        output=output,
        printed=tuple(recorder.printed),
        stated=recorder.stated,
        warnings=tuple(recorder.warnings.values()),
        leaves=recorder.leaves,
        origins={value: recorder.source.span(node) for value, node in recorder.origins.items()},
        literals={
            leaf: recorder.source.span(node)
            for leaf, node in recorder.literals.items()
            if recorder.is_single(node)
        },
        constants=recorder.constants,
        parameters=set(recorder.weights),
        kinds=recorder.kinds | {"settings": settings},
        forgotten_literals={
            number: recorder.source.span(node)
            for number, node in recorder.tape.literals.items()
            if recorder.is_single(node)
        },
        tape=recorder.tape,
    )


def _output(recorder: Recorder, interpreter: Interpreter) -> Value | None:
    output = interpreter.graph_output if interpreter.output in recorder.settings else interpreter.output
    if output is None:
        output = interpreter.inner_output
    for spare in reversed(interpreter.spare_outputs):
        if output is not None:
            break
        output = spare.value if isinstance(spare, Number) else spare.parameters()[-1]
    return output


def _graph_roots(recorder: Recorder, interpreter: Interpreter, output: Value | None) -> list[Value]:
    """List the nodes that are shown even if they are also used as settings."""
    named = [thing for thing in interpreter.names.names.values() if isinstance(thing, Value)]
    return [value for value in (output, *named) if value is not None and value not in recorder.settings]


def _final_names(names: Mapping[str, object], settings: set[Value]) -> dict[str, object]:
    """Return the names that the program assigned, with numbers as Values or as plain numbers."""
    done: dict[int, object] = {}
    return {
        name: _final(thing, settings, done, 0)
        for name, thing in names.items()
        if not isinstance(thing, Builtin | BoundMethod | Function | Namespace)
    }


def _final(thing: object, settings: set[Value], done: dict[int, object], depth: int) -> object:
    if isinstance(thing, Number):
        thing = thing.number if thing.value is None else thing.value
    if isinstance(thing, Value):
        return thing.data if thing in settings else thing
    if isinstance(thing, Detached):
        return thing if isinstance(thing, bool) else int(thing) if isinstance(thing, int) else float(thing)
    if not isinstance(thing, list | tuple) or depth > _DEEPEST_LIST:
        return thing
    if id(thing) in done:
        return done[id(thing)]
    # A list may hold itself.
    things: list[object] = []
    if isinstance(thing, list):
        done[id(thing)] = things
    things.extend(_final(element, settings, done, depth + 1) for element in thing)
    return done.setdefault(id(thing), things if isinstance(thing, list) else tuple(things))
