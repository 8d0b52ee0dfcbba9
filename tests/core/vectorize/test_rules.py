"""Law over the table of operations: the array rules of a row are its scalar rules, number by number."""

import math
import random
import sys
from collections.abc import Iterator, Sequence
from itertools import product
from typing import TypeAlias

import numpy as np
import pytest
from numpy.typing import DTypeLike, NDArray

from micrograd_core.ops import OPS, Operation
from micrograd_core.vectorize.rules import Argument, Array, evaluate
from tests.seeds import seeded, seeds

Point: TypeAlias = tuple[float, ...]

INF, NAN = math.inf, math.nan
TINY, MOST = sys.float_info.min, sys.float_info.max
SIZES = (0.0, 5e-324, 1e-308, TINY, 1e-200, 1e-17, 0.5, 1.0, 2.0, 3.0, 1e17, 1e155, 1e200, 1e308, MOST, INF)
BORDERS = (NAN, 0.25, 1.5, 19.1, 37.0, 354.9, 709.78, 709.79, -708.4, -745.2)
EXTREMES = (*SIZES, *[-size for size in SIZES], *BORDERS)
EXPONENTS = (*EXTREMES, 1 / 3, 2.5, -2.5, 4.0, 10.0)
POINTS = 10_000
TOLERANCE = 1e-14
"""Relative; of numbers below the least normal one, in units of that. Measured: 4e-16."""


def points(row: Operation, seed: int, count: int) -> list[Point]:
    """Operands, and after them the constant: case cases, all extremes with each other, then seeded ones."""
    stream = random.Random(f"{row.name} {seed}")
    arity = row.arity

    def number() -> float:
        match stream.randrange(4):
            case 0:
                return stream.uniform(-3.0, 3.0)
            case 1:
                return float(stream.randint(-9, 9))
            case 2:
                return stream.uniform(-800.0, 800.0)
            case _:
                return stream.choice((1.0, -1.0)) * math.exp(stream.uniform(-744.0, 709.0))

    found = [case.operands for case in row.edge_cases]
    found += product(EXTREMES, EXPONENTS) if row.constant else product(EXTREMES, repeat=arity)
    while len(found) < count:
        found.append((*[number() for _ in range(arity)], *[stream.choice(EXPONENTS)] * row.constant))
    return found


def computed(
    rule: str, names: dict[str, Argument], shape: tuple[int, ...], times: Array | None = None
) -> Array:
    """Return the result of a rule's calls in ``out``; they are made twice, as in training."""
    taken: list[NDArray[np.float64]] = []

    def scratch(shape: tuple[int, ...], dtype: DTypeLike) -> NDArray[np.float64]:
        taken.append(np.empty(shape, dtype))
        return taken[-1]

    out = np.full(shape, 7.0)
    with np.errstate(all="ignore"):
        for call in evaluate(rule, names, out, scratch, times) * 2:
            call()
    return out


def same(found: Array, expected: Array) -> NDArray[np.bool_]:
    """Return where numbers agree within the tolerance: nan is nan, inf and 0 have the same sign."""
    with np.errstate(all="ignore"):
        near = abs(found - expected) <= TOLERANCE * np.maximum(abs(expected), TINY)
    alike = np.where(expected == 0.0, np.signbit(found) == np.signbit(expected), True)
    result: NDArray[np.bool_] = near & alike | np.isinf(expected) & (found == expected)
    return result | np.isnan(found) & np.isnan(expected)


def check(what: str, at: Sequence[Point], found: Array, expected: Array) -> None:
    bad = np.flatnonzero(~same(found.ravel(), expected.ravel()))
    assert not len(bad), [
        (what, at[i], "found", found.ravel()[i], "expected", expected.ravel()[i]) for i in bad[:5]
    ]


def by_constant(row: Operation, at: Sequence[Point]) -> Iterator[list[Point]]:
    """The points with the same constant together, as in a group of an array program."""
    if not row.constant:
        yield list(at)
        return
    for text in dict.fromkeys(repr(point[-1]) for point in at):
        yield [point for point in at if repr(point[-1]) == text]


def scalars(row: Operation, at: Sequence[Point]) -> tuple[Array, list[Array]]:
    """Values and slopes of each point by the row's scalar rules."""
    values = [row.forward(*point) for point in at]
    slopes = [
        [partial(*point, out) for point, out in zip(at, values, strict=True)] for partial in row.partials
    ]
    return np.array(values, dtype=float), [np.array(column, dtype=float) for column in slopes]


ROWS = [pytest.param(row, id=row.name) for row in OPS.values()]
BINARY = [pytest.param(row, id=row.name) for row in OPS.values() if row.arity == 2]


@pytest.mark.parametrize(("seed", "count"), seeded(POINTS, 1_000_000, sweep=10))
@pytest.mark.parametrize("row", ROWS)
def test_array_rules_are_the_scalar_rules(row: Operation, seed: int, count: int) -> None:
    """Value and each slope, at case cases, all pairs of extremes and seeded points; nan and inf where they are.

    A constant is one number, as it is in a graph.
    """
    for at in by_constant(row, points(row, seed, count)):
        columns = np.array(at).T.copy()
        names: dict[str, Argument] = dict(zip("xy", columns[: row.arity], strict=False))
        if row.constant:
            names["y"] = at[0][-1]
        values, slopes = scalars(row, at)
        check("value", at, computed(row.array_forward, names, values.shape), values)
        names["out"] = values
        for rule, expected in zip(row.array_partials, slopes, strict=True):
            check(rule, at, computed(rule, names, values.shape, np.ones(len(at))), expected)


@pytest.mark.parametrize("seed", seeds(few=1, sweep=10))
@pytest.mark.parametrize("row", BINARY)
@pytest.mark.parametrize("shared", "xy")
def test_an_operand_that_all_examples_share_changes_nothing(row: Operation, shared: str, seed: int) -> None:
    """One of two operands comes as (m, 1) against (m, n), or as one number: numpy has other loops for that."""
    grid = np.array([*EXTREMES, *np.random.default_rng(seed).normal(size=50) * 5])
    check_shared(row, shared, grid[:, np.newaxis], np.tile(grid, (len(grid), 1)))
    for number in EXTREMES:
        for one in (np.array(number), np.array([[number]])):
            check_shared(row, shared, one, grid[np.newaxis])


def check_shared(row: Operation, shared: str, operand: Array, others: Array) -> None:
    names: dict[str, Argument] = {"x": others, "y": others, shared: operand}
    x, y = (np.broadcast_to(names[name], others.shape) for name in "xy")
    at: list[Point] = list(zip(x.ravel().tolist(), y.ravel().tolist(), strict=True))
    values, slopes = scalars(row, at)
    check("value", at, computed(row.array_forward, names, others.shape), values)
    names["out"] = values.reshape(others.shape)
    for rule, expected in zip(row.array_partials, slopes, strict=True):
        check(rule, at, computed(rule, names, others.shape, np.ones(others.shape)), expected)
