"""The array rules of the table of operations, as calls of numpy's ufuncs that allocate nothing.

A rule is an expression in Python's own signs, as ``4 * t / (1 + t * (2 + t))``, perhaps after some assignments of
names; every operator and every function in it is a ufunc of numpy, but for ``where(condition, a, b)``.
"""

import ast
from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import DTypeLike, NDArray

Array: TypeAlias = NDArray[np.float64]
Call: TypeAlias = Callable[[], object]
Argument: TypeAlias = "Array | NDArray[np.bool_] | float | bool"
Scratch: TypeAlias = Callable[[tuple[int, ...], DTypeLike], Array]
"""Returns an array of a shape and type that is free until the calls of one group have been made."""

LONG_ROW = 512
"""Rows longer than this share one row of a number, shorter ones get an array of their size: numpy's maximum takes three
times as long with a number as with an array of it."""
OPERATORS: dict[type[ast.AST], np.ufunc] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
    ast.Pow: np.power,
    ast.Mod: np.remainder,
    ast.FloorDiv: np.floor_divide,
    ast.USub: np.negative,
    ast.Invert: np.logical_not,
    ast.BitAnd: np.logical_and,
    ast.BitOr: np.logical_or,
    ast.Lt: np.less,
    ast.LtE: np.less_equal,
    ast.Gt: np.greater,
    ast.GtE: np.greater_equal,
    ast.Eq: np.equal,
}


@cache
def _parse(rule: str) -> tuple[ast.stmt, ...]:
    return tuple(ast.parse(rule).body)


def evaluate(
    rule: str, names: Mapping[str, Argument], out: Array, scratch: Scratch, times: Array | None = None
) -> list[Call]:
    """Return the calls that put the value of ``rule`` for ``names``, times ``times`` if given, into ``out``."""
    known = dict(names)
    calls: list[Call] = []
    *assignments, last = _parse(rule)
    for assignment in assignments:
        assert isinstance(assignment, ast.Assign)
        assert isinstance(assignment.targets[0], ast.Name)
        known[assignment.targets[0].id] = _evaluate(assignment.value, known, None, scratch, calls)
    assert isinstance(last, ast.Expr)
    if times is None:
        value = _evaluate(last.value, known, out, scratch, calls)
        if value is not out:
            calls.append(partial(np.copyto, out, value))
    else:
        value = _evaluate(last.value, known, None, scratch, calls)
        if isinstance(value, np.ndarray) and value.dtype == bool and value.shape == out.shape:
            # Faster than a product with truth values.
            calls += [partial(np.copyto, out, value), call(np.multiply, out, times, out=out)]
        elif isinstance(value, float) and value == 1.0:
            calls.append(partial(np.copyto, out, times))
        else:
            calls.append(call(np.multiply, value, times, out=out))
    return calls


def _evaluate(
    expression: ast.expr,
    known: Mapping[str, Argument],
    out: Array | None,
    scratch: Scratch,
    calls: list[Call],
) -> Argument:
    """Return the value of an expression: a number if all in it are numbers, else an array, ``out`` if one is given."""
    match expression:
        case ast.Constant(value):
            assert isinstance(value, int | float)
            return float(value)
        case ast.Name(name):
            return known[name]
        case ast.BinOp(left, operator, right) | ast.Compare(left, [operator], [right]):
            function, operands = OPERATORS[type(operator)], [left, right]
        case ast.UnaryOp(operator, operand):
            function, operands = OPERATORS[type(operator)], [operand]
        case ast.Call(ast.Name("where"), [condition, chosen, other]):
            return _choose(condition, chosen, other, known, out, scratch, calls)
        case ast.Call(ast.Name(name), arguments):
            function, operands = getattr(np, name), arguments
        case _:
            raise AssertionError(f"no rule for {ast.unparse(expression)}")
    values = [_evaluate(operand, known, None, scratch, calls) for operand in operands]
    arrays = [value for value in values if isinstance(value, np.ndarray)]
    if not arrays:
        with np.errstate(all="ignore"):
            number = function(*values)
        return bool(number) if isinstance(number, np.bool_) else float(number)
    shape = np.broadcast_shapes(*[array.shape for array in arrays])
    if out is None or out.shape != shape:
        out = scratch(shape, _result_type(function, values))
    calls.append(call(function, *values, out=out))
    return out


def _choose(
    condition: ast.expr,
    chosen: ast.expr,
    other: ast.expr,
    known: Mapping[str, Argument],
    out: Array | None,
    scratch: Scratch,
    calls: list[Call],
) -> Argument:
    """Return ``chosen`` where the condition holds, ``other`` elsewhere."""
    mask = _evaluate(condition, known, None, scratch, calls)
    if not isinstance(mask, np.ndarray):
        return _evaluate(chosen if mask else other, known, out, scratch, calls)
    values = [_evaluate(branch, known, None, scratch, calls) for branch in (chosen, other)]
    shape = np.broadcast_shapes(mask.shape, *[np.shape(value) for value in values])
    if out is None or out.shape != shape:
        out = scratch(shape, np.float64)
    calls += [partial(np.copyto, out, values[1]), partial(np.copyto, out, values[0], where=mask)]
    return out


def _result_type(function: np.ufunc, values: list[Argument]) -> DTypeLike:
    types = [np.dtype(bool if np.asarray(value).dtype == bool else float) for value in values]
    return np.dtype(function.resolve_dtypes((*types, None))[-1])


def call(function: np.ufunc, *operands: Argument, out: NDArray[Any]) -> Call:
    """Return the call ``function(*operands, out=out)`` in the form that takes numpy the least time."""
    arrays = [np.asarray(operand) for operand in operands]
    if function is np.maximum:  # numpy wants its out by name.
        shape = out.shape[-1:] if out.shape[-1:] > (LONG_ROW,) else out.shape
        arrays = [np.full(shape, array) if array.ndim == 0 else array for array in arrays]
        return partial(function, *arrays, out=out)
    return partial(function, *arrays, out)
