"""The state of a run: names, rounds, how deep it is; and the step from a syntax tree node to what handles it."""

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
from micrograd_core.language.values import Number, Round
from micrograd_core.nn import Module


class Flow(Enum):
    """How a block of lines ends, other than at its last line."""

    BREAK = auto()
    CONTINUE = auto()
    RETURN = auto()


class Interpreter:
    """One run of a program; the tables say what is done for each kind of node."""

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
        """The program's own."""
        self.scope = self.names
        self.output: Value | None = None
        self.graph_output: Value | None = None
        """The last one that was not made of typed numbers alone."""
        self.inner_output: Value | None = None
        """The last one within a function."""
        self.spare_outputs: deque[Number | Module] = deque(maxlen=100)
        """Typed numbers and networks that were assigned, newest last."""
        self.depth = 0
        """How deep expressions and blocks are nested, in the function that is run."""
        self.loops = 0
        """The same for loops."""
        self.calls = 0
        """How many functions of the program wait for each other."""
        self.levels_below = 0
        """How deep the functions were nested that wait on the same stack."""
        self.returned: object = None
        self.times_called: dict[object, int] = {}
        self._local_names: dict[ast.AST, frozenset[str]] = {}
        self._statements = statements
        self._expressions = expressions

    def block(self, statements: list[ast.stmt]) -> Flow | None:
        """Do the lines; what is returned says if and how they were left early."""
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
        self.enter(node)
        flow = self.block(statements)
        self.depth -= 1
        return flow

    def evaluate(self, node: ast.expr) -> object:
        self.enter(node)
        self.recorder.tick(node)
        handler = self._expressions.get(type(node))
        if handler is None:
            raise unsupported(self.recorder, node)
        thing = handler(self, node)
        self.depth -= 1
        return thing

    def enter(self, node: Located) -> None:
        """One level deeper; whoever calls it takes the level back."""
        self.depth += 1
        if self.depth > self.recorder.limits.depth:
            raise self.recorder.error(
                node,
                f"This is nested more than {self.recorder.limits.depth} deep.",
                "Give the inner parts names of their own.",
            )

    def rounds(self, things: Iterable[object], node: Located, name: str) -> Iterator[object]:
        """The things, one for each round of a loop that begins at ``node``; nodes made meanwhile know the round."""
        outer = self.recorder.rounds
        line = self.recorder.source.span(node).line
        for number, thing in enumerate(things):
            self.recorder.tick(node)
            self.recorder.rounds = (*outer, Round("loop", name, number, line))
            yield thing
        self.recorder.rounds = outer

    def local_names(self, function: ast.FunctionDef | ast.Lambda) -> frozenset[str]:
        """Looked for once, however often the function is defined."""
        if function not in self._local_names:
            self._local_names[function] = local_names(function)
        return self._local_names[function]

    @contextmanager
    def in_scope(self, scope: Scope) -> Iterator[None]:
        outer, self.scope = self.scope, scope
        yield
        self.scope = outer
