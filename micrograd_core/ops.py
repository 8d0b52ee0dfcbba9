"""The table of operations: one row holds everything the program knows about an operation.

Evaluation, differentiation, formulas, cards and gradient checks all read these rows; nothing else in the program
knows what ``tanh`` is.

Arithmetic never raises. Where Python raises (``1/0``, ``log(0)``, ``exp(1000)``) or leaves the real numbers
(``(-2)**0.5``), the result is that of IEEE 754 and PyTorch: inf or nan.

The file is large because it is one table, with all edge cases of each row.
"""

import math
import operator
import sys
from collections.abc import Callable
from dataclasses import dataclass

from micrograd_core.texts import tr


@dataclass(frozen=True, slots=True)
class EdgeCase:
    """The decided result at a special point: a kink, a pole, the end of a domain, an overflow, inf or nan."""

    operands: tuple[float, ...]
    """The operands, followed by the constant if the operation has one."""
    value: float
    slopes: tuple[float, ...]
    pytorch: tuple[float, ...] = ()
    """PyTorch's float64 value and slopes there, if they differ."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One row of the table.

    ``forward(*operands)`` is the value. ``partials[i](*operands, out)`` is the derivative of that value with respect to
    operand ``i``; ``out`` is the value itself, for rules that are simplest in terms of it. An operation with a
    ``constant`` takes it after its operands, in both. Values and partials are within 4 units in the last place of the
    true ones, wherever those are floats.

    ``formula`` and ``partial_formulas`` name operands ``{0}`` and ``{1}``, the constant ``{n}`` and the result
    ``{out}``. So does ``domain``, a sentence on where the operation is defined; ``note`` explains a special choice.
    ``samples`` are points where the operation is differentiable.

    ``array_forward`` and ``array_partials`` are the same rules for whole arrays, in the syntax of
    ``vectorize/rules.py``: the operands are ``x`` and ``y``, the constant is ``y`` and the value is ``out``.
    """

    name: str
    symbol: str
    forward: Callable[..., float]
    partials: tuple[Callable[..., float], ...]
    formula: str
    partial_formulas: tuple[str, ...]
    domain: str
    samples: tuple[tuple[float, ...], ...]
    edge_cases: tuple[EdgeCase, ...]
    array_forward: str
    array_partials: tuple[str, ...]
    note: str = ""
    constant: bool = False

    @property
    def arity(self) -> int:
        return len(self.partials)

    @property
    def is_function(self) -> bool:
        """True for an operation written as a function or method of one number: ``tanh(x)``, ``x.tanh()``."""
        return self.arity == 1 and not self.constant


def divide(x: float, y: float) -> float:
    """x / y, with IEEE 754's result for a zero divisor."""
    try:
        return x / y
    except ZeroDivisionError:
        if x == 0.0 or math.isnan(x):
            return math.nan
        return math.copysign(math.inf, x) * math.copysign(1.0, y)


def _power(x: float, y: float) -> float:
    """x ** y as C99's ``pow`` defines it, always a real number."""
    try:
        return math.pow(x, y)
    except OverflowError:
        return -math.inf if x < 0.0 and _is_odd(y) else math.inf
    except ValueError:
        if x == 0.0:
            return math.copysign(math.inf, x) if _is_odd(y) else math.inf
        return math.nan


def _is_odd(y: float) -> bool:
    return math.fmod(y, 2.0) in (1.0, -1.0)


def _power_by_base(x: float, y: float, _out: float) -> float:
    """y × x**(y − 1). The digits that y − 1 loses in rounding are restored by x**(a + b) = x**a × e^(b log x).

    Beyond ±2**53 all floats are even and y − 1 may equal y: there a negative base gets the sign of an even power.
    """
    if y == 0.0:
        return 0.0
    lowered = y - 1.0
    slope = _times_power(y, x, lowered, _power(x, lowered))
    if slope == 0.0 or not math.isfinite(slope):
        return slope
    lost = math.fsum((y, -1.0, -lowered))
    return slope * math.exp(lost * math.log(abs(x))) if lost else slope


def _power_by_exponent(x: float, y: float, out: float) -> float:
    return 0.0 if x == 0.0 and y >= 0.0 else _times_power(_log(x), x, y, out)


def _times_power(factor: float, x: float, y: float, power: float) -> float:
    """factor × power, where power is x**y; computed by the root if the power alone overflowed or lost digits."""
    if not (abs(power) < sys.float_info.min or math.isinf(power)):
        return factor * power
    root = _power(abs(x), 0.5 * y)
    return factor * math.copysign(root, power) * root


def _remainder(x: float, y: float) -> float:
    """x − y⌊x/y⌋, as Python computes it: with the sign of the divisor, also of a 0."""
    return math.nan if y == 0.0 or math.isinf(x) else x % y


def _remainder_by_divisor(x: float, y: float, _out: float) -> float:
    return -(divide(x, y) if y == 0.0 else x // y)


def _exp(x: float) -> float:
    try:
        return math.exp(x)
    except OverflowError:
        return math.inf


def _log(x: float) -> float:
    if x > 0.0:
        return math.log(x)
    return -math.inf if x == 0.0 else math.nan


def _sigmoid(x: float) -> float:
    if x >= 0.0:
        return 1.0 / (1.0 + math.exp(-x))
    power = _exp(x)
    return power / (1.0 + power)


def _tanh_slope(x: float, _out: float) -> float:
    """1 / cosh² as 4t / (1 + t(2 + t)) with t = e^(−2|x|): no overflow, and exact digits where tanh rounds to ±1."""
    t = math.exp(-2.0 * abs(x))
    return 4.0 * t / (1.0 + t * (2.0 + t))


def _sigmoid_slope(x: float, _out: float) -> float:
    """σ(x) × σ(−x) as t / (1 + t(2 + t)) with t = e^−|x|."""
    t = math.exp(-abs(x))
    return t / (1.0 + t * (2.0 + t))


def _sqrt(x: float) -> float:
    return math.nan if x < 0.0 else math.sqrt(x)


def _sin(x: float) -> float:
    return math.nan if math.isinf(x) else math.sin(x)


def _cos(x: float) -> float:
    return math.nan if math.isinf(x) else math.cos(x)


def _sign(x: float) -> float:
    return float((x > 0.0) - (x < 0.0))


_ARRAY_POWER = "where({1} == 0.5, where(isinf({0}), abs({0}), sqrt({0}) + 0), {0} ** {1})"
"""numpy computes x ** 0.5 as √x, which differs at −0 and −inf."""
_ARRAY_TIMES_POWER = f"""
tame = (abs(power) >= {sys.float_info.min!r}) & isfinite(power) | isnan(power)
root = abs(x) ** (0.5 * exponent)
slope = where(tame, factor * power, factor * copysign(root, power) * root)
"""
_ARRAY_POWER_BY_BASE = f"""
factor = y
exponent = y - 1
power = {_ARRAY_POWER.format("x", "exponent")}
{_ARRAY_TIMES_POWER}
back = exponent - y
lost = (y - (exponent - back)) - (1 + back)
keep = (lost == 0) | (slope == 0) | ~isfinite(slope)
where(y == 0, 0, where(keep, slope, slope * exp(lost * log(abs(x)))))
"""
_ARRAY_POWER_BY_EXPONENT = f"""
factor = log(x)
exponent = y
power = out
{_ARRAY_TIMES_POWER}
where((x == 0) & (y >= 0), 0, slope)
"""

ALL_NUMBERS = tr("Defined for all numbers.")
"""The domain of most operations."""

_INF, _NAN = math.inf, math.nan
_UNARY = ((-2.5,), (-0.75,), (0.3,), (1.0,), (3.2,))
_POSITIVE = ((0.05,), (0.3,), (1.0,), (3.2,), (40.0,))
_BINARY = ((2.0, -3.0), (-1.5, 0.25), (0.0, 4.0), (7.0, 7.0))

_ROWS = (
    Operation(
        name="add",
        symbol="+",
        forward=operator.add,
        partials=(lambda _x, _y, _out: 1.0, lambda _x, _y, _out: 1.0),
        formula="{0} + {1}",
        partial_formulas=("1", "1"),
        domain=ALL_NUMBERS,
        samples=_BINARY,
        edge_cases=(
            EdgeCase((_INF, -_INF), _NAN, (1.0, 1.0)),
            EdgeCase((1e308, 1e308), _INF, (1.0, 1.0)),
            EdgeCase((_NAN, 1.0), _NAN, (1.0, 1.0)),
        ),
        array_forward="x + y",
        array_partials=("1", "1"),
    ),
    Operation(
        name="mul",
        symbol="*",
        forward=operator.mul,
        partials=(lambda _x, y, _out: y, lambda x, _y, _out: x),
        formula="{0} × {1}",
        partial_formulas=("{1}", "{0}"),
        domain=ALL_NUMBERS,
        samples=_BINARY,
        edge_cases=(
            EdgeCase((0.0, _INF), _NAN, (_INF, 0.0)),
            EdgeCase((1e200, -1e200), -_INF, (-1e200, 1e200)),
            EdgeCase((1e-200, 1e-200), 0.0, (1e-200, 1e-200)),
            EdgeCase((_NAN, 1.0), _NAN, (1.0, _NAN)),
        ),
        array_forward="x * y",
        array_partials=("y", "x"),
    ),
    Operation(
        name="pow_constant",
        symbol="**n",
        forward=_power,
        partials=(_power_by_base,),
        formula="{0} ** {n}",
        partial_formulas=("{n} × {0} ** ({n} − 1)",),
        domain=tr(
            "Defined for all numbers if n is whole, for {domain} otherwise; nan elsewhere.", domain="{0} ≥ 0"
        ),
        samples=((2.0, 3.0), (-1.5, 2.0), (0.4, -1.0), (-3.0, -1.0), (2.5, 0.5), (-2.0, 0.0)),
        edge_cases=(
            EdgeCase((0.0, 0.0), 1.0, (0.0,)),
            EdgeCase((0.0, 1.0), 0.0, (1.0,)),
            EdgeCase((0.0, 2.0), 0.0, (0.0,)),
            EdgeCase((-0.0, 3.0), -0.0, (0.0,)),
            EdgeCase((0.0, 0.5), 0.0, (_INF,)),
            EdgeCase((-0.0, 0.5), 0.0, (_INF,), pytorch=(-0.0, -_INF)),
            EdgeCase((0.0, -0.5), _INF, (-_INF,)),
            EdgeCase((0.0, -1.0), _INF, (-_INF,)),
            EdgeCase((-0.0, -1.0), -_INF, (-_INF,)),
            EdgeCase((0.0, -2.0), _INF, (-_INF,)),
            EdgeCase((-0.0, -2.0), _INF, (_INF,)),
            EdgeCase((-2.0, 3.0), -8.0, (12.0,)),
            EdgeCase((-2.0, -2.0), 0.25, (0.25,)),
            EdgeCase((-2.0, 0.0), 1.0, (0.0,)),
            EdgeCase((-2.0, 0.5), _NAN, (_NAN,)),
            EdgeCase((-1e200, 3.0), -_INF, (_INF,)),
            EdgeCase((1e200, 2.0), _INF, (2e200,)),
            EdgeCase((1e-200, 2.0), 0.0, (2e-200,)),
            EdgeCase((_INF, 2.0), _INF, (_INF,)),
            EdgeCase((_INF, 0.5), _INF, (0.0,)),
            EdgeCase((_INF, -1.0), 0.0, (-0.0,)),
            EdgeCase((-_INF, 3.0), -_INF, (_INF,)),
            EdgeCase((-_INF, 0.5), _INF, (0.0,), pytorch=(_NAN, _NAN)),
            EdgeCase((_NAN, 2.0), _NAN, (_NAN,)),
            EdgeCase((_NAN, 1.0), _NAN, (1.0,)),
            EdgeCase((_NAN, 0.0), 1.0, (0.0,)),
            EdgeCase((2.0, _INF), _INF, (_INF,)),
            EdgeCase((0.5, _INF), 0.0, (_NAN,)),
            EdgeCase((2.0, _NAN), _NAN, (_NAN,)),
            EdgeCase((1.0, _NAN), 1.0, (_NAN,)),
        ),
        array_forward=_ARRAY_POWER.format("x", "y"),
        array_partials=(_ARRAY_POWER_BY_BASE,),
        note=tr(
            "The slope of x ** 0 is 0 everywhere, also at 0, as in PyTorch. "
            "PyTorch computes x ** 0.5 as √x, which differs at −0 and −inf."
        ),
        constant=True,
    ),
    Operation(
        name="pow",
        symbol="**",
        forward=_power,
        partials=(_power_by_base, _power_by_exponent),
        formula="{0} ** {1}",
        partial_formulas=("{1} × {0} ** ({1} − 1)", "{out} × log({0})"),
        domain=tr(
            "Defined for {domain}, or if {exponent} is whole; nan elsewhere.",
            domain="{0} > 0",
            exponent="{1}",
        ),
        samples=((2.0, 3.0), (0.4, -1.5), (2.5, 0.5), (1.0, 7.0)),
        edge_cases=(
            EdgeCase((0.0, 0.0), 1.0, (0.0, 0.0)),
            EdgeCase((0.0, 1.0), 0.0, (1.0, 0.0)),
            EdgeCase((0.0, 2.0), 0.0, (0.0, 0.0)),
            EdgeCase((0.0, 0.5), 0.0, (_INF, 0.0)),
            EdgeCase((0.0, -1.0), _INF, (-_INF, -_INF)),
            EdgeCase((-0.0, -1.0), -_INF, (-_INF, _INF)),
            EdgeCase((-2.0, 3.0), -8.0, (12.0, _NAN)),
            EdgeCase((-2.0, 0.0), 1.0, (0.0, _NAN)),
            EdgeCase((-2.0, 0.5), _NAN, (_NAN, _NAN)),
            EdgeCase((-1e200, 3.0), -_INF, (_INF, _NAN)),
            EdgeCase((1e200, 2.0), _INF, (2e200, _INF)),
            EdgeCase((1.0, _INF), 1.0, (_INF, 0.0)),
            EdgeCase((2.0, _INF), _INF, (_INF, _INF)),
            EdgeCase((2.0, -_INF), 0.0, (_NAN, 0.0)),
            EdgeCase((_INF, 2.0), _INF, (_INF, _INF)),
            EdgeCase((_INF, 0.0), 1.0, (0.0, _INF)),
            EdgeCase((_INF, -1.0), 0.0, (-0.0, _NAN)),
            EdgeCase((_NAN, 2.0), _NAN, (_NAN, _NAN)),
            EdgeCase((_NAN, 0.0), 1.0, (0.0, _NAN)),
            EdgeCase((1.0, _NAN), 1.0, (_NAN, 0.0)),
            EdgeCase((2.0, _NAN), _NAN, (_NAN, _NAN)),
        ),
        array_forward=_ARRAY_POWER.format("x", "y"),
        array_partials=(_ARRAY_POWER_BY_BASE, _ARRAY_POWER_BY_EXPONENT),
        note=tr(
            "The slope with respect to the exponent is nan for a negative base, "
            "and 0 for 0 ** y with y ≥ 0, as in PyTorch."
        ),
    ),
    Operation(
        name="remainder",
        symbol="%",
        forward=_remainder,
        partials=(lambda _x, _y, _out: 1.0, _remainder_by_divisor),
        formula="{0} % {1}",
        partial_formulas=("1", "−⌊{0} / {1}⌋"),
        domain=tr("Defined for {domain}; nan at 0.", domain="{1} ≠ 0"),
        samples=((5.0, 3.0), (-1.5, 0.4), (7.25, -2.0), (-0.5, -0.75), (0.25, 4.0)),
        edge_cases=(
            EdgeCase((6.0, 3.0), 0.0, (1.0, -2.0)),
            EdgeCase((-6.0, 3.0), 0.0, (1.0, 2.0), pytorch=(-0.0, 1.0, 2.0)),
            EdgeCase((6.0, -3.0), -0.0, (1.0, 2.0), pytorch=(0.0, 1.0, 2.0)),
            EdgeCase((-0.0, 3.0), 0.0, (1.0, 0.0), pytorch=(-0.0, 1.0, 0.0)),
            EdgeCase((-1e-20, 1.0), 1.0, (1.0, 1.0)),
            EdgeCase((1e308, 1e-308), 1e308 % 1e-308, (1.0, -_INF)),
            EdgeCase((5.0, 0.0), _NAN, (1.0, -_INF)),
            EdgeCase((5.0, -0.0), _NAN, (1.0, _INF)),
            EdgeCase((0.0, 0.0), _NAN, (1.0, _NAN)),
            EdgeCase((_INF, 2.0), _NAN, (1.0, _NAN)),
            EdgeCase((5.0, _INF), 5.0, (1.0, -0.0)),
            EdgeCase((-5.0, _INF), _INF, (1.0, 1.0)),
            EdgeCase((5.0, -_INF), -_INF, (1.0, 1.0)),
            EdgeCase((_NAN, 2.0), _NAN, (1.0, _NAN)),
            EdgeCase((5.0, _NAN), _NAN, (1.0, _NAN)),
        ),
        array_forward="x % y",
        array_partials=("1", "-(x // y)"),
        note=tr(
            "The slopes are those between the jumps. "
            "A remainder of 0 has the sign of the divisor, as in Python; in PyTorch that of the dividend."
        ),
    ),
    Operation(
        name="tanh",
        symbol="tanh",
        forward=math.tanh,
        partials=(_tanh_slope,),
        formula="tanh({0})",
        partial_formulas=("1 − {out}²",),
        domain=ALL_NUMBERS,
        samples=_UNARY,
        edge_cases=(
            EdgeCase((1000.0,), 1.0, (0.0,)),
            EdgeCase((-1000.0,), -1.0, (0.0,)),
            EdgeCase((-0.0,), -0.0, (1.0,)),
            EdgeCase((_INF,), 1.0, (0.0,)),
            EdgeCase((-_INF,), -1.0, (0.0,)),
            EdgeCase((_NAN,), _NAN, (_NAN,)),
        ),
        array_forward="tanh(x)",
        array_partials=("t = exp(-2 * abs(x)); 4 * t / (1 + t * (2 + t))",),
        note=tr(
            "The slope is computed as 1/cosh², an equal number that keeps its digits where tanh rounds to ±1; "
            "PyTorch's slope is 0 there."
        ),
    ),
    Operation(
        name="relu",
        symbol="relu",
        forward=lambda x: 0.0 if x <= 0.0 else x,
        partials=(lambda x, _out: 0.0 if x < 0.0 else 1.0,),
        formula="max(0, {0})",
        partial_formulas=("1 if {0} ≥ 0 else 0",),
        domain=ALL_NUMBERS,
        samples=_UNARY,
        edge_cases=(
            EdgeCase((0.0,), 0.0, (1.0,), pytorch=(0.0, 0.0)),
            EdgeCase((-0.0,), 0.0, (1.0,), pytorch=(-0.0, 0.0)),
            EdgeCase((5e-324,), 5e-324, (1.0,)),
            EdgeCase((-5e-324,), 0.0, (0.0,)),
            EdgeCase((_INF,), _INF, (1.0,)),
            EdgeCase((-_INF,), 0.0, (0.0,)),
            EdgeCase((_NAN,), _NAN, (1.0,)),
        ),
        array_forward="maximum(x, 0)",
        array_partials=("~(x < 0)",),
        note=tr(
            "At exactly 0 the slope is 1, as in the blog post; it is 0 in Karpathy's micrograd and PyTorch."
        ),
    ),
    Operation(
        name="sigmoid",
        symbol="sigmoid",
        forward=_sigmoid,
        partials=(_sigmoid_slope,),
        formula="1 / (1 + e^−{0})",
        partial_formulas=("{out} × (1 − {out})",),
        domain=ALL_NUMBERS,
        samples=_UNARY,
        edge_cases=(
            EdgeCase((1000.0,), 1.0, (0.0,)),
            EdgeCase((-1000.0,), 0.0, (0.0,)),
            EdgeCase((0.0,), 0.5, (0.25,)),
            EdgeCase((-0.0,), 0.5, (0.25,)),
            EdgeCase((_INF,), 1.0, (0.0,)),
            EdgeCase((-_INF,), 0.0, (0.0,)),
            EdgeCase((_NAN,), _NAN, (_NAN,)),
        ),
        array_forward="t = exp(-abs(x)); where(x >= 0, 1, t) / (1 + t)",
        array_partials=("t = exp(-abs(x)); t / (1 + t * (2 + t))",),
        note=tr(
            "1 − σ(x) is computed as σ(−x), an equal number that keeps its digits where σ rounds to 1; "
            "PyTorch's slope is 0 there."
        ),
    ),
    Operation(
        name="exp",
        symbol="exp",
        forward=_exp,
        partials=(lambda _x, out: out,),
        formula="e^{0}",
        partial_formulas=("{out}",),
        domain=tr("Defined for all numbers; inf above 709.78."),
        samples=_UNARY,
        edge_cases=(
            EdgeCase((710.0,), _INF, (_INF,)),
            EdgeCase((-1000.0,), 0.0, (0.0,)),
            EdgeCase((_INF,), _INF, (_INF,)),
            EdgeCase((-_INF,), 0.0, (0.0,)),
            EdgeCase((_NAN,), _NAN, (_NAN,)),
        ),
        array_forward="exp(x)",
        array_partials=("out",),
    ),
    Operation(
        name="log",
        symbol="log",
        forward=_log,
        partials=(lambda x, _out: divide(1.0, x),),
        formula="ln({0})",
        partial_formulas=("1 / {0}",),
        domain=tr("Defined for {domain}; −inf at 0, nan below.", domain="{0} > 0"),
        samples=_POSITIVE,
        edge_cases=(
            EdgeCase((0.0,), -_INF, (_INF,)),
            EdgeCase((-0.0,), -_INF, (-_INF,)),
            EdgeCase((-1.0,), _NAN, (-1.0,)),
            EdgeCase((5e-324,), -744.4400719213812, (_INF,)),
            EdgeCase((_INF,), _INF, (0.0,)),
            EdgeCase((-_INF,), _NAN, (-0.0,)),
            EdgeCase((_NAN,), _NAN, (_NAN,)),
        ),
        array_forward="log(x)",
        array_partials=("1 / x",),
    ),
    Operation(
        name="sqrt",
        symbol="sqrt",
        forward=_sqrt,
        partials=(lambda _x, out: divide(0.5, out),),
        formula="√{0}",
        partial_formulas=("1 / (2 × {out})",),
        domain=tr("Defined for {domain}; nan below.", domain="{0} ≥ 0"),
        samples=_POSITIVE,
        edge_cases=(
            EdgeCase((0.0,), 0.0, (_INF,)),
            EdgeCase((-0.0,), -0.0, (-_INF,)),
            EdgeCase((-1.0,), _NAN, (_NAN,)),
            EdgeCase((_INF,), _INF, (0.0,)),
            EdgeCase((-_INF,), _NAN, (_NAN,)),
            EdgeCase((_NAN,), _NAN, (_NAN,)),
        ),
        array_forward="sqrt(x)",
        array_partials=("0.5 / out",),
        note=tr("At 0 the slope is inf, as in PyTorch."),
    ),
    Operation(
        name="sin",
        symbol="sin",
        forward=_sin,
        partials=(lambda x, _out: _cos(x),),
        formula="sin({0})",
        partial_formulas=("cos({0})",),
        domain=tr("Defined for all finite numbers, in radians."),
        samples=_UNARY,
        edge_cases=(
            EdgeCase((-0.0,), -0.0, (1.0,)),
            EdgeCase((_INF,), _NAN, (_NAN,)),
            EdgeCase((-_INF,), _NAN, (_NAN,)),
            EdgeCase((_NAN,), _NAN, (_NAN,)),
        ),
        array_forward="sin(x)",
        array_partials=("cos(x)",),
    ),
    Operation(
        name="cos",
        symbol="cos",
        forward=_cos,
        partials=(lambda x, _out: -_sin(x),),
        formula="cos({0})",
        partial_formulas=("−sin({0})",),
        domain=tr("Defined for all finite numbers, in radians."),
        samples=_UNARY,
        edge_cases=(
            EdgeCase((0.0,), 1.0, (-0.0,)),
            EdgeCase((_INF,), _NAN, (_NAN,)),
            EdgeCase((-_INF,), _NAN, (_NAN,)),
            EdgeCase((_NAN,), _NAN, (_NAN,)),
        ),
        array_forward="cos(x)",
        array_partials=("-sin(x)",),
    ),
    Operation(
        name="abs",
        symbol="abs",
        forward=abs,
        partials=(lambda x, _out: _sign(x),),
        formula="|{0}|",
        partial_formulas=("sign({0})",),
        domain=ALL_NUMBERS,
        samples=_UNARY,
        edge_cases=(
            EdgeCase((0.0,), 0.0, (0.0,)),
            EdgeCase((-0.0,), 0.0, (0.0,)),
            EdgeCase((5e-324,), 5e-324, (1.0,)),
            EdgeCase((-5e-324,), 5e-324, (-1.0,)),
            EdgeCase((_INF,), _INF, (1.0,)),
            EdgeCase((-_INF,), _INF, (-1.0,)),
            EdgeCase((_NAN,), _NAN, (0.0,)),
        ),
        array_forward="abs(x)",
        array_partials=("where(x > 0, 1, where(x < 0, -1, 0))",),
        note=tr("At 0 the slope is 0, as in PyTorch."),
    ),
)

OPS: dict[str, Operation] = {row.symbol: row for row in _ROWS}
"""The table by symbol, which is ``Value.op``; only powers of a constant show their own n in place of ``**n``."""
