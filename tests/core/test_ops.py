"""The table of operations: laws for all rows, comparison with mpmath and PyTorch, and the decided edge cases."""

import functools
import itertools
import math
import random
import re
import struct
import sys
from collections.abc import Callable, Iterator
from dataclasses import FrozenInstanceError, fields, replace
from fractions import Fraction
from typing import NamedTuple

import mpmath
import pytest
from mpmath import mp

from micrograd_core.engine import Value
from micrograd_core.ops import OPS, Operation, divide
from tests.core.rows import exact_value, what_is_missing
from tests.seeds import FEW, seeded

INF, NAN = math.inf, math.nan
SMALLEST, SMALLEST_NORMAL, LARGEST = 5e-324, sys.float_info.min, sys.float_info.max


NEAR = [0.0, 0.5, 1.0, 2.0, 3.0, 354.0, 355.0, 372.6, 708.39, 709.78, 709.79, 710.47, 745.13, 745.14, 1e3]
BORDERS = [SMALLEST, SMALLEST_NORMAL, 1e-308, 1e-300, 1e-16, 1e-8, 1e8, 1e16, 2.0**53, 1e300, 1e308, LARGEST]
FINITE_EDGES = sorted(
    {
        sign * number
        for at in NEAR + BORDERS
        for number in (at, math.nextafter(at, INF), math.nextafter(at, 0.0))
        for sign in (1.0, -1.0)
        if math.isfinite(number)
    }
)


def difference(function, x: float) -> float:
    """Approximate the derivative at ``x`` by central differences with Richardson's correction; the error is O(h⁴)."""
    step = 1e-3 * max(1.0, abs(x)) if abs(x) > 0.1 else abs(x) / 64 or 1e-3
    coarse = (function(x + step) - function(x - step)) / (2 * step)
    fine = (function(x + step / 2) - function(x - step / 2)) / step
    return (4 * fine - coarse) / 3


def same(a: float, b: float) -> bool:
    """Compare bit for bit, so that −0.0 is not 0.0; all nan are equal."""
    return (math.isnan(a) and math.isnan(b)) or struct.pack("d", a) == struct.pack("d", b)


ROWS = [pytest.param(row, id=row.name) for row in OPS.values()]


@pytest.mark.parametrize("row", ROWS)
def test_every_partial_derivative_is_the_slope_of_its_operation(row: Operation) -> None:
    """Each partial agrees with a central difference at every sample point."""
    for sample in row.samples:
        out = row.forward(*sample)
        for index, partial in enumerate(row.partials):
            expected = difference(
                lambda x, i=index, at=sample: row.forward(*at[:i], x, *at[i + 1 :]), sample[index]
            )
            assert partial(*sample, out) == pytest.approx(expected, rel=1e-6, abs=1e-8), sample


@pytest.mark.parametrize("row", ROWS)
def test_every_row_is_complete(row: Operation) -> None:
    """A row has a formula for each derivative, sample points of the right length, and a domain."""
    assert what_is_missing(row) == []
    for text in (row.formula, *row.partial_formulas):
        assert text.format("x", "y", n="n", out="out")


@pytest.mark.parametrize("field", [field.name for field in fields(Operation)])
def test_what_a_row_lacks_is_told_by_name(field: str) -> None:
    """Each field that is empty or does not fit the others has a sentence."""
    empty = replace(
        OPS["**"], **{field: type(getattr(OPS["**"], field))()} if field != "forward" else {"forward": None}
    )
    sentence = f"The row of '{empty.symbol}' in micrograd_core/ops.py has no fitting '{field}'."
    assert (sentence in what_is_missing(empty)) == (field not in ("note", "constant"))


SIGNS = str.maketrans(
    {"×": "*", "−": "-", "≥": ">=", "²": "**2", "^": "**", "√": "sqrt", "⌊": "floor(", "⌋": ")"}
)
WORDS = vars(math) | {"ln": math.log, "sign": lambda x: math.copysign(1.0, x), "max": max, "abs": abs}


def calculate(text: str, row: Operation, point: tuple[float, ...], out: float) -> float:
    """Evaluate a formula as mathematical notation."""
    written = [f"({number!r})" for number in point]
    filled = text.format(*written[: row.arity], n=written[-1], out=f"({out!r})").translate(SIGNS)
    return eval(re.sub(r"\|(.+)\|", r"abs(\1)", filled), {"__builtins__": {}}, WORDS)


@pytest.mark.parametrize("row", ROWS)
def test_formulas_say_what_is_computed(row: Operation) -> None:
    """Value and slopes computed from the formulas are those of the rules, at every sample point."""
    for point in row.samples:
        out = row.forward(*point)
        assert calculate(row.formula, row, point, out) == pytest.approx(out, rel=1e-12)
        for text, partial in zip(row.partial_formulas, row.partials, strict=True):
            assert calculate(text, row, point, out) == pytest.approx(partial(*point, out), rel=1e-12)


@pytest.mark.parametrize("row", ROWS)
def test_no_operation_raises_or_leaves_the_floats(row: Operation) -> None:
    """Any combination of extreme operands gives a float, in the value and in every derivative."""
    extremes = [*FINITE_EDGES, INF, -INF, NAN]
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


@pytest.mark.parametrize("row", ROWS)
def test_edges_are_as_their_rows_say(row: Operation) -> None:
    """Value and slopes at each edge case are those written in its row, to the sign of zero."""
    assert row.edge_cases
    for case in row.edge_cases:
        out = row.forward(*case.operands)
        assert same(out, case.value), case
        for partial, expected in zip(row.partials, case.slopes, strict=True):
            assert same(partial(*case.operands, out), expected), case


@pytest.mark.parametrize("row", ROWS)
def test_each_row_decides_infinity_and_nan(row: Operation) -> None:
    """Every operand has an edge case at inf and at nan; a single operand has both infinities."""
    if row.arity + row.constant == 1:
        assert {INF, -INF} <= {case.operands[0] for case in row.edge_cases}
    for index in range(row.arity + row.constant):
        at = [case.operands[index] for case in row.edge_cases]
        assert any(map(math.isinf, at)) or row.symbol in "+*"
        assert any(map(math.isnan, at)) or row.symbol in "+*"


def test_the_table_cannot_be_changed_by_accident() -> None:
    """Rows and edge cases are frozen and have only their fields."""
    row = OPS["tanh"]
    for thing, name in ((row, "forward"), (row.edge_cases[0], "value")):
        with pytest.raises(FrozenInstanceError):
            setattr(thing, name, None)
        assert not hasattr(thing, "__dict__")


def test_the_edges_that_must_be_decided_are_in_the_rows() -> None:
    """They are 0**0, 0**n, negative bases, log 0, 1/0, large tanh, overflow of exp, kinks and poles at both zeros."""
    decided = {(row.symbol, case.operands) for row in OPS.values() for case in row.edge_cases}
    for symbol in ("relu", "abs", "log", "sqrt", "sigmoid"):
        assert {"(0.0,)", "(-0.0,)"} <= {repr(case.operands) for case in OPS[symbol].edge_cases}
    zero_powers = {("**n", (0.0, n)) for n in (0.0, 1.0, 2.0, 0.5, -0.5, -1.0, -2.0)}
    negative_bases = {("**n", (-2.0, 3.0)), ("**n", (-2.0, 0.5)), ("**", (-2.0, 3.0)), ("**", (-2.0, 0.5))}
    others = {("**", (0.0, 0.0)), ("log", (0.0,)), ("exp", (710.0,)), ("abs", (0.0,)), ("relu", (0.0,))}
    assert zero_powers | negative_bases | others | {("tanh", (1000.0,)), ("tanh", (-1000.0,))} <= decided


def test_rows_that_decide_otherwise_than_pytorch_or_mathematics_say_so() -> None:
    """Edge cases name PyTorch's result where it differs; exactly the rows with a choice have a note."""
    differing = [
        (row.symbol, *case.operands) for row in OPS.values() for case in row.edge_cases if case.pytorch
    ]
    assert str(differing) == (
        "[('**n', -0.0, 0.5), ('**n', -inf, 0.5), ('%', -6.0, 3.0), ('%', 6.0, -3.0), ('%', -0.0, 3.0), "
        "('relu', 0.0), ('relu', -0.0)]"
    )
    noted = {row.symbol for row in OPS.values() if row.note}
    assert noted == {"**", "**n", "%", "tanh", "relu", "sigmoid", "sqrt", "abs"}


@pytest.mark.parametrize("row", ROWS)
def test_edges_are_pytorchs_but_where_the_row_says_so(row: Operation) -> None:
    """PyTorch's float64 has the value and slopes of every case, or those that the case says are PyTorch's."""
    torch = pytest.importorskip("torch")
    for case in row.edge_cases:
        tensors = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in case.operands]
        operands = [*tensors[:-1], case.operands[-1]] if row.constant else tensors
        operators = {"+": "add", "*": "mul", "**": "pow", "**n": "pow", "%": "remainder"}
        out = getattr(torch, operators.get(row.symbol, row.symbol))(*operands)
        out.backward()
        found = [out.item()] + [tensor.grad.item() for tensor in tensors[: row.arity]]
        for a, b in zip(found, case.pytorch or (case.value, *case.slopes), strict=True):
            assert a == pytest.approx(b, rel=1e-12, abs=0.0, nan_ok=True), (case, found)
            assert b or same(a, b), (case, found)


class Truth(NamedTuple):
    """An operation as a function of exact numbers, to mpmath's precision."""

    value: Callable[..., mpmath.mpf]
    slopes: tuple[Callable[..., mpmath.mpf], ...]
    defined: Callable[..., bool] = lambda *_: True
    """True where the value is a real number."""
    smooth: Callable[..., bool] = lambda *_: True
    """True where the slopes are real numbers, too."""


def real_power(x: mpmath.mpf, y: mpmath.mpf) -> mpmath.mpf:
    """Compute x**y for real numbers, within the range of floats."""
    if x == 0:
        return mp.mpf(y == 0)
    size = y * mp.log(abs(x))
    power = mp.exp(max(min(size, mp.mpf(3000)), mp.mpf(-3000)))
    return -power if x < 0 and mp.fmod(y, 2) in (1, -1) else power


def exact_quotient(x: mpmath.mpf, y: mpmath.mpf) -> int:
    """Compute ⌊x/y⌋, which may have hundreds of digits."""
    return Fraction(float(x)) // Fraction(float(y))


def exact_remainder(x: mpmath.mpf, y: mpmath.mpf) -> mpmath.mpf:
    remainder = Fraction(float(x)) % Fraction(float(y))
    return mp.mpf(remainder.numerator) / remainder.denominator


def power_is_defined(x: float, y: float) -> bool:
    return x > 0.0 or (x == 0.0 and y >= 0.0) or (x < 0.0 and y.is_integer())


def power_is_smooth(x: float, y: float) -> bool:
    """Return True if the slopes are known; beyond ±2**53 all whole exponents are even floats, so the sign is lost."""
    return x > 0.0 or (x < 0.0 and abs(y) < 2.0**53) or (x == 0.0 and (y >= 1.0 or y == 0.0))


POWER_BY_BASE: Callable[..., mpmath.mpf] = lambda x, y: y * real_power(x, y - 1)  # noqa: E731
TRUTHS = {
    "+": Truth(lambda x, y: x + y, (lambda *_: mp.mpf(1),) * 2),
    "*": Truth(lambda x, y: x * y, (lambda _x, y: y, lambda x, _y: x)),
    "**n": Truth(real_power, (POWER_BY_BASE,), power_is_defined, power_is_smooth),
    "**": Truth(
        real_power,
        (POWER_BY_BASE, lambda x, y: real_power(x, y) * mp.log(x)),
        power_is_defined,
        lambda x, _y: x > 0.0,
    ),
    "%": Truth(
        exact_remainder,
        (lambda *_: mp.mpf(1), lambda x, y: mp.mpf(-exact_quotient(x, y))),
        lambda _x, y: y != 0.0,
        lambda x, y: exact_remainder(x, y) != 0,
    ),
    "tanh": Truth(mp.tanh, (lambda x: mp.sech(x) ** 2,)),
    "relu": Truth(lambda x: max(x, mp.mpf(0)), (lambda x: mp.mpf(x > 0),), smooth=lambda x: x != 0.0),
    "sigmoid": Truth(lambda x: 1 / (1 + mp.exp(-x)), (lambda x: 1 / ((1 + mp.exp(-x)) * (1 + mp.exp(x))),)),
    "exp": Truth(mp.exp, (mp.exp,)),
    "log": Truth(mp.log, (lambda x: 1 / x,), lambda x: x > 0.0),
    "sqrt": Truth(mp.sqrt, (lambda x: 1 / (2 * mp.sqrt(x)),), lambda x: x >= 0.0, lambda x: x > 0.0),
    "sin": Truth(mp.sin, (mp.cos,)),
    "cos": Truth(mp.cos, (lambda x: -mp.sin(x),)),
    "abs": Truth(abs, (lambda x: mp.sign(x),), smooth=lambda x: x != 0.0),
}


def truth_of(row: Operation) -> Truth:
    """Return the entry of TRUTHS; for other functions, the array rule and mpmath's derivative of it."""
    if row.symbol in TRUTHS:
        return TRUTHS[row.symbol]
    value = functools.partial(exact_value(row), mp)
    slope = functools.partial(exact_slope, value)
    return Truth(
        value,
        (slope,),
        lambda x: is_real(value, x),
        lambda x: abs(slope(x, side=1) - slope(x, side=-1)) <= abs(slope(x)) * mp.mpf("1e-18"),
    )


def exact_slope(value: Callable[[mpmath.mpf], mpmath.mpf], x: float, side: int = 0) -> mpmath.mpf:
    """Compute the derivative from both sides or from one, with a step relative to ``x``."""
    x, scale = mp.mpf(x), max(mp.mpf(1), abs(mp.mpf(x)))
    return mp.diff(lambda t: value(x + t * scale), 0, direction=side) / scale


def is_real(value: Callable[[mpmath.mpf], mpmath.mpf], x: float) -> bool:
    """Return True if the value is a finite real number."""
    try:
        found = value(mp.mpf(x))
    except (ValueError, ZeroDivisionError):
        return False
    return isinstance(found, mpmath.mpf) and mp.isfinite(found)


def ulps_apart(found: float, true: mpmath.mpf) -> float:
    """Return the distance in units in the last place of the true number; inf is the number after the largest float."""
    beyond = mp.mpf(2) ** 1024
    true = max(min(true, beyond), -beyond)
    at = beyond * (1 if found > 0 else -1) if math.isinf(found) else mp.mpf(found)
    return float(abs(at - true) / math.ulp(min(abs(float(true)), LARGEST)))


def any_float(stream: random.Random) -> float:
    """Draw a finite float of any size: most often a common one, sometimes one next to 1."""
    match stream.randrange(5):
        case 0:
            bits = struct.unpack("d", stream.randbytes(8))[0]
            return bits if math.isfinite(bits) else 1.0
        case 1:
            return math.copysign(10.0 ** stream.uniform(-320, 308), stream.random() - 0.5)
        case 2:
            return stream.uniform(-750.0, 750.0)
        case 3:
            return 1.0 + math.copysign(10.0 ** stream.uniform(-16, 0), stream.random() - 0.5)
        case _:
            return stream.uniform(-5.0, 5.0)


def power_points(stream: random.Random) -> Iterator[tuple[float, float]]:
    """Yield bases and exponents, half of them with a power that a float can hold."""
    while True:
        x = any_float(stream)
        match stream.randrange(4):
            case 0:
                yield x, float(stream.randrange(-40, 40)) / stream.choice((1, 1, 2))
            case 1:
                yield abs(x), any_float(stream)
            case _:
                logarithm = math.log(abs(x)) if x else 0.0
                yield abs(x), stream.uniform(-760.0, 760.0) / logarithm if logarithm else 2.0


def points(row: Operation, seed: int, count: int) -> Iterator[tuple[float, ...]]:
    """Yield ``count`` points at which the row has a value: edge points or some of their pairs, then seeded ones.

    The few seeds of each run have all edge points among them.
    """
    truth = truth_of(row)
    stream = random.Random(f"{row.name} {seed}")
    arguments = row.arity + row.constant
    corners = list(itertools.product(FINITE_EDGES, repeat=arguments))
    if arguments == 1:
        drawn: Iterator[tuple[float, ...]] = ((any_float(stream),) for _ in itertools.count())
    elif row.forward is OPS["**"].forward:
        drawn = power_points(stream)
    else:
        drawn = ((any_float(stream), any_float(stream)) for _ in itertools.count())
    kept = stream.sample(corners, 2000 // FEW) if arguments == 2 else corners[seed % FEW :: FEW]
    defined = (point for point in itertools.chain(kept, drawn) if truth.defined(*point))
    return itertools.islice(defined, count)


@pytest.mark.parametrize(("seed", "count"), seeded(10_000, 300_000, sweep=10))
@pytest.mark.parametrize("row", ROWS)
def test_values_and_partials_are_true_to_4_ulp(row: Operation, seed: int, count: int) -> None:
    """The truth is mpmath's with 50 digits, for floats of all sizes, including subnormal results and overflow."""
    truth = truth_of(row)
    derived = row.symbol not in TRUTHS  # A derivative by mpmath takes a hundred times as long as a formula.
    with mp.workdps(50):
        for point in points(row, seed, count // 50 if derived else count):
            exact = [mp.mpf(x) for x in point]
            out = row.forward(*point)
            assert ulps_apart(out, truth.value(*exact)) <= 4.0, (point, out)
            if truth.smooth(*point):
                for partial, slope in zip(row.partials, truth.slopes, strict=True):
                    found = partial(*point, out)
                    assert ulps_apart(found, slope(*exact)) <= 4.0, (point, found)


@pytest.mark.parametrize(("seed", "count"), seeded(2_000, 50_000, sweep=10))
@pytest.mark.parametrize("row", ROWS)
def test_outside_its_domain_an_operation_is_nan_or_infinite(row: Operation, seed: int, count: int) -> None:
    """The result is never complex, and never a finite number that only looks right."""
    stream, truth = random.Random(f"{row.name} {seed}"), truth_of(row)
    arguments = row.arity + row.constant
    for _ in range(count):
        point = tuple(any_float(stream) for _ in range(arguments))
        if not truth.defined(*point):
            assert not math.isfinite(row.forward(*point)), point


def test_division_has_ieees_signs_at_zero() -> None:
    """x / ±0 is ±inf by both signs, 0 / 0 and nan / 0 are nan."""
    for x in (1.0, -1.0, INF, -INF, SMALLEST):
        assert divide(x, 0.0) == math.copysign(INF, x)
        assert divide(x, -0.0) == -math.copysign(INF, x)
    assert math.isnan(divide(0.0, 0.0))
    assert math.isnan(divide(-0.0, 0.0))
    assert math.isnan(divide(NAN, 0.0))
    assert divide(3.0, -2.0) == -1.5


def test_relu_passes_1_at_zero_as_the_blog_does() -> None:
    """This is the one decision that differs from PyTorch, and the row says so."""
    row = OPS["relu"]
    assert row.partials[0](0.0, 0.0) == 1.0
    assert row.partials[0](math.nextafter(0.0, -1.0), 0.0) == 0.0
    assert "PyTorch" in row.note


def test_slopes_keep_their_digits_where_the_result_rounds_to_one() -> None:
    """1 − tanh² and σ(1 − σ) would be 0 at 20 and 40; the true slopes are tiny but not 0."""
    assert OPS["tanh"].partials[0](20.0, 1.0) == pytest.approx(4 * math.exp(-40.0), rel=1e-12)
    assert OPS["sigmoid"].partials[0](40.0, 1.0) == pytest.approx(math.exp(-40.0), rel=1e-12)


def test_every_symbol_is_what_a_value_made_by_it_shows() -> None:
    """A node finds its row by its symbol, or a power of a constant by its constant."""
    x, y = Value(0.5), Value(2.0)
    made = {"+": x + y, "*": x * y, "**n": x**2, "**": x**y, "%": x % y}
    made |= {row.symbol: getattr(x, row.symbol)() for row in OPS.values() if row.is_function}
    assert set(made) == set(OPS)
    assert {symbol: value.operation for symbol, value in made.items()} == OPS
