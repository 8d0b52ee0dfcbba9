"""The table of operations: one law over all rows, and the edges that are decided in it."""

import math
import struct

import pytest

from micrograd_core.engine import Value
from micrograd_core.ops import OPS, Operation

INF, NAN = math.inf, math.nan


def difference(function, x: float) -> float:
    """The derivative at ``x`` by central differences with Richardson's correction: error of the order h⁴."""
    step = 1e-3 * max(1.0, abs(x)) if abs(x) > 0.1 else abs(x) / 64 or 1e-3
    coarse = (function(x + step) - function(x - step)) / (2 * step)
    fine = (function(x + step / 2) - function(x - step / 2)) / step
    return (4 * fine - coarse) / 3


def same(a: float, b: float) -> bool:
    """Equal bit for bit, so that −0.0 is not 0.0, but any nan is nan."""
    return (math.isnan(a) and math.isnan(b)) or struct.pack("d", a) == struct.pack("d", b)


ROWS = [pytest.param(row, id=row.name) for row in OPS.values()]


@pytest.mark.parametrize("row", ROWS)
def test_every_partial_derivative_is_the_slope_of_its_operation(row: Operation) -> None:
    """At every sample point of every row each partial agrees with a central difference."""
    for sample in row.samples:
        out = row.forward(*sample)
        for index, partial in enumerate(row.partials):
            expected = difference(
                lambda x, i=index, at=sample: row.forward(*at[:i], x, *at[i + 1 :]), sample[index]
            )
            assert partial(*sample, out) == pytest.approx(expected, rel=1e-6, abs=1e-8), sample


@pytest.mark.parametrize("row", ROWS)
def test_every_row_is_complete(row: Operation) -> None:
    """A row has a text for each derivative, sample points of the right length, and says where it is defined."""
    assert row.arity == len(row.partial_formulas)
    assert len(row.samples) >= 4
    assert {len(sample) for sample in row.samples} == {row.arity + row.constant}
    assert row.domain
    for text in (row.formula, *row.partial_formulas):
        assert text.format("x", "y", n="n", out="out")


@pytest.mark.parametrize("row", ROWS)
def test_no_operation_raises_or_leaves_the_floats(row: Operation) -> None:
    """Any combination of extreme operands gives a float, in the value and in every derivative."""
    extremes = [0.0, -0.0, 1.0, -1.0, 0.5, -2.0, 3.0, 1e308, -1e308, 5e-324, 710.0, -746.0, INF, -INF, NAN]
    points = (
        [(x,) for x in extremes]
        if row.arity + row.constant == 1
        else [(x, y) for x in extremes for y in extremes]
    )
    for point in points:
        out = row.forward(*point)
        assert type(out) is float, point
        for partial in row.partials:
            assert type(partial(*point, out)) is float, point


EDGES = [
    # symbol, operands, value, derivatives: as PyTorch float64 has them
    ("abs", (0.0,), 0.0, (0.0,)),
    ("**n", (0.0, 0.0), 1.0, (0.0,)),
    ("**", (0.0, 0.0), 1.0, (0.0, 0.0)),
    ("sqrt", (0.0,), 0.0, (INF,)),
    ("sqrt", (-1.0,), NAN, (NAN,)),
    ("**n", (0.0, -1.0), INF, (-INF,)),
    ("**n", (-0.0, -1.0), -INF, (-INF,)),
    ("**n", (-2.0, 0.5), NAN, (NAN,)),
    ("**n", (-2.0, 3.0), -8.0, (12.0,)),
    ("**n", (1e200, 2.0), INF, (2e200,)),
    ("**n", (-1e200, 3.0), -INF, (INF,)),
    ("**", (-2.0, 3.0), -8.0, (12.0, NAN)),
    ("**", (0.0, -1.0), INF, (-INF, -INF)),
    ("**", (0.0, 2.0), 0.0, (0.0, 0.0)),
    ("log", (0.0,), -INF, (INF,)),
    ("log", (-1.0,), NAN, (-1.0,)),
    ("exp", (710.0,), INF, (INF,)),
    ("exp", (-1000.0,), 0.0, (0.0,)),
    ("tanh", (1000.0,), 1.0, (0.0,)),
    ("tanh", (-1000.0,), -1.0, (0.0,)),
    ("sigmoid", (-1000.0,), 0.0, (0.0,)),
    ("sigmoid", (1000.0,), 1.0, (0.0,)),
    ("sin", (INF,), NAN, (NAN,)),
    ("cos", (INF,), NAN, (NAN,)),
    ("relu", (NAN,), NAN, (1.0,)),
    ("relu", (-0.0,), 0.0, (1.0,)),
]


@pytest.mark.parametrize(("symbol", "operands", "value", "partials"), EDGES)
def test_edges(symbol: str, operands: tuple[float, ...], value: float, partials: tuple[float, ...]) -> None:
    """At the borders of its domain an operation has the value and the slopes that are written here."""
    row = OPS[symbol]
    out = row.forward(*operands)
    assert same(out, value)
    for partial, expected in zip(row.partials, partials, strict=True):
        assert same(partial(*operands, out) + 0.0, expected + 0.0)


def test_relu_passes_1_at_zero_as_the_blog_does() -> None:
    """The one decision that differs from PyTorch, and the row says so."""
    row = OPS["relu"]
    assert row.partials[0](0.0, 0.0) == 1.0
    assert row.partials[0](math.nextafter(0.0, -1.0), 0.0) == 0.0
    assert "PyTorch" in row.note


def test_slopes_keep_their_digits_where_the_result_rounds_to_one() -> None:
    """1 − tanh² and σ(1 − σ) would be 0 at 20 and 40; the true slopes are tiny but not 0."""
    assert OPS["tanh"].partials[0](20.0, 1.0) == pytest.approx(4 * math.exp(-40.0), rel=1e-12)
    assert OPS["sigmoid"].partials[0](40.0, 1.0) == pytest.approx(math.exp(-40.0), rel=1e-12)


def test_every_symbol_is_what_a_value_made_by_it_shows() -> None:
    """A node finds its row again: by its symbol, or for a constant exponent by its constant."""
    x, y = Value(0.5), Value(2.0)
    made = {"+": x + y, "*": x * y, "**n": x**2, "**": x**y}
    made |= {
        row.symbol: getattr(x, row.symbol)() for row in OPS.values() if row.arity == 1 and not row.constant
    }
    assert set(made) == set(OPS)
    assert {symbol: value.operation for symbol, value in made.items()} == OPS
