"""Runs a syntax tree: the walk with the tables of statements and expressions."""

from __future__ import annotations

import ast

from micrograd_core.language.expressions import EXPRESSIONS
from micrograd_core.language.record import Record
from micrograd_core.language.statements import STATEMENTS
from micrograd_core.language.walk import Walk


def interpret(tree: ast.Module, record: Record) -> Walk:
    """The state after the last statement; raises ``LanguageError``."""
    walk = Walk(tree, record, STATEMENTS, EXPRESSIONS)
    try:
        walk.block(tree.body)
    except RecursionError:
        place = record.here if record.here is not None else tree.body[0]
        raise record.error(
            place, "This is nested too deeply.", "Give the inner parts names of their own."
        ) from None
    return walk
