"""Rows of the table of operations as exact functions, for tests of operations that they do not name."""

import ast
from collections.abc import Callable
from typing import Any

from micrograd_core.ops import Operation


def calculate(rule: str, m: Any, **names: Any) -> Any:
    """Evaluate an array rule for single numbers; ``m`` is math or mpmath's ``mp``."""
    *assignments, last = ast.parse(rule).body
    assert isinstance(last, ast.Expr)
    known = {name: getattr(m, name) for name in dir(m) if not name.startswith("_")}
    known |= {"abs": abs, "maximum": max, "where": lambda condition, x, y: x if condition else y, **names}
    exec(compile(ast.Module(assignments, []), "<rule>", "exec"), known)
    return eval(compile(ast.Expression(last.value), "<rule>", "eval"), known)


def exact_value(row: Operation) -> Callable[..., Any]:
    """Return the row's value as a function of m and x."""
    return lambda m, x: calculate(row.array_forward, m, x=x)


def exact_value_and_slope(row: Operation) -> Callable[..., tuple[Any, ...]]:
    """Return the row's value and slope as a function of m and x."""

    def found(m: Any, x: Any) -> tuple[Any, Any]:
        out = calculate(row.array_forward, m, x=x)
        return out, calculate(row.array_partials[0], m, x=x, out=out)

    return found


def what_is_missing(row: Operation) -> list[str]:
    """List a sentence for each field that is empty or does not fit the others."""
    arguments = row.arity + row.constant
    checks = {
        "name": bool(row.name),
        "symbol": bool(row.symbol),
        "forward": callable(row.forward),
        "partials": bool(row.partials),
        "formula": bool(row.formula),
        "partial_formulas": len(row.partial_formulas) == row.arity and all(row.partial_formulas),
        "domain": bool(row.domain),
        "samples": len(row.samples) >= 4 and all(len(sample) == arguments for sample in row.samples),
        "edge_cases": bool(row.edge_cases)
        and all((len(case.operands), len(case.slopes)) == (arguments, row.arity) for case in row.edge_cases),
        "array_forward": bool(row.array_forward),
        "array_partials": len(row.array_partials) == row.arity and all(row.array_partials),
    }
    return [
        f"The row of '{row.symbol}' in micrograd_core/ops.py has no fitting '{field}'."
        for field, fits in checks.items()
        if not fits
    ]
