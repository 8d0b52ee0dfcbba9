"""Scopes of names, as in Python: the program, functions within functions, comprehensions."""

from __future__ import annotations

import ast
from collections.abc import Iterator

_OWN_NAMES = (ast.FunctionDef, ast.Lambda, ast.ClassDef, ast.ListComp, ast.GeneratorExp)
"""Parts of a function that have names of their own."""


class Scope:
    """The names of the program, of one call of a function, or of one comprehension."""

    __slots__ = ("local", "names", "parent", "redirected")

    def __init__(self, parent: Scope | None = None, local: frozenset[str] = frozenset()) -> None:
        self.names: dict[str, object] = {}
        self.parent = parent
        self.local = local
        """Names that belong to this scope even before they have a value."""
        self.redirected: dict[str, Scope] = {}
        """Names that global or nonlocal assigned to another scope."""

    def holder(self, name: str) -> Scope | None:
        """Return the scope that ``name`` belongs to; None if there is none."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.redirected:
                return scope.redirected[name]
            if name in scope.names or name in scope.local:
                return scope
            scope = scope.parent
        return None

    def assign(self, name: str, thing: object) -> None:
        """Assign ``thing`` to ``name``."""
        self.redirected.get(name, self).names[name] = thing

    def outermost(self) -> Scope:
        """Return the program's scope."""
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope

    def visible(self) -> list[str]:
        """List all names that have a value here, the nearest scope's first."""
        found: dict[str, None] = {}
        scope: Scope | None = self
        while scope is not None:
            found.update(dict.fromkeys(scope.names))
            scope = scope.parent
        return list(found)


def local_names(function: ast.FunctionDef | ast.Lambda) -> frozenset[str]:
    """Return the names local to each call of ``function``: its parameters and the names that it assigns."""
    names = {argument.arg for argument in function.args.args}
    if isinstance(function, ast.Lambda):
        return frozenset(names)
    redirected: set[str] = set()
    for node in own_nodes(function.body):
        match node:
            case ast.Name(id=name, ctx=ast.Store()):
                names.add(name)
            case ast.FunctionDef(name=name):
                names.add(name)
            case ast.alias(name=name, asname=other):
                names.add(other or name.partition(".")[0])
            case ast.Global(names=others) | ast.Nonlocal(names=others):
                redirected.update(others)
    return frozenset(names - redirected)


def own_nodes(body: list[ast.stmt]) -> Iterator[ast.AST]:
    """Yield all nodes of the statements, except those inside functions and comprehensions."""
    stack: list[ast.AST] = [*body]
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, _OWN_NAMES):
            stack.extend(ast.iter_child_nodes(node))
