"""The state of a run: names, rounds, depth. It passes each syntax tree node to its handler."""

from __future__ import annotations

import ast
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from enum import Enum, auto
from typing import Any

from micrograd_core.engine import Value
from micrograd_core.language.problems import unsupported
from micrograd_core.language.recorder import Recorder
from micrograd_core.language.scope import Scope, local_names
from micrograd_core.language.source import Located
from micrograd_core.language.values import Number
from micrograd_core.nn import Module
from micrograd_core.texts import tr


class Flow(Enum):
    """A reason to leave a block before its last line."""

    BREAK = auto()
    CONTINUE = auto()
    RETURN = auto()


class Interpreter:
    """One run of a program; the tables hold the handler of each kind of node."""

    def __init__(
        self,
        tree: ast.Module,
        recorder: Recorder,
        statements: Mapping[type[ast.stmt], Callable[[Interpreter, Any], Flow | None]],
        expressions: Mapping[type[ast.expr], Callable[[Interpreter, Any], object]],
    ) -> None:
        self.tree = tree
        self.recorder = recorder
        self.names = Scope()
        """The program's own scope."""
        self.scope = self.names
        self.output: Value | None = None
        self.graph_output: Value | None = None
        """The last output that was not made of typed numbers alone."""
        self.inner_output: Value | None = None
        """The last output within a function."""
        self.spare_outputs: deque[Number | Module] = deque(maxlen=100)
        """Typed numbers and networks that were assigned, newest last."""
        self.depth = 0
        """Nesting depth of expressions and blocks in the running function."""
        self.loops = 0
        """Nesting depth of loops in the running function."""
        self.calls = 0
        """Number of nested calls of the program's functions."""
        self.levels_below = 0
        """Sum of the depths of the functions that wait on the same stack."""
        self.returned: object = None
        self.times_called: dict[object, int] = {}
        self._local_names: dict[ast.AST, frozenset[str]] = {}
        self._statements = statements
        self._expressions = expressions

    def block(self, statements: list[ast.stmt]) -> Flow | None:
        """Run the statements; return the reason if they were left early, else None."""
        for statement in statements:
            self.recorder.tick(statement)
            handler = self._statements.get(type(statement))
            if handler is None:
                raise unsupported(self.recorder, statement)
            flow = handler(self, statement)
            if flow is not None:
                return flow
        return None

    def nested_block(self, statements: list[ast.stmt], node: ast.stmt) -> Flow | None:
        """Run the statements one level deeper; see ``block``."""
        self.enter(node)
        flow = self.block(statements)
        self.depth -= 1
        return flow

    def evaluate(self, node: ast.expr) -> object:
        """Evaluate an expression. Raises LanguageError."""
        self.enter(node)
        self.recorder.tick(node)
        handler = self._expressions.get(type(node))
        if handler is None:
            raise unsupported(self.recorder, node)
        thing = handler(self, node)
        self.depth -= 1
        return thing

    def enter(self, node: Located) -> None:
        """Go one level deeper; the caller decrements ``depth`` again."""
        self.depth += 1
        if self.depth > self.recorder.limits.depth:
            raise self.recorder.error(
                node,
                tr("This is nested more than {limit} levels deep.", limit=self.recorder.limits.depth),
                tr("Assign the inner parts to names first."),
            )

    def rounds(self, things: Iterable[object], node: Located, name: str) -> Iterator[object]:
        """Yield one thing for each round of the loop at ``node``. A loop that is left early ends its round itself."""
        tape = self.recorder.tape
        outer, loop, line = tape.round, tape.new_loop(), self.recorder.source.span(node).line
        for number, thing in enumerate(things):
            self.recorder.tick(node)
            tape.begin_round(loop, "loop", name, number, line)
            yield thing
            tape.end_rounds(outer)

    def local_names(self, function: ast.FunctionDef | ast.Lambda) -> frozenset[str]:
        """Return the names local to ``function``, cached because a loop may define it many times."""
        if function not in self._local_names:
            self._local_names[function] = local_names(function)
        return self._local_names[function]

    @contextmanager
    def in_scope(self, scope: Scope) -> Iterator[None]:
        """Use ``scope`` within a with block."""
        outer, self.scope = self.scope, scope
        yield
        self.scope = outer
