"""A row that is in the table of operations while this is imported first: ``python -m pytest -p tests.one_row``.

Nothing else in the program or its tests knows of softplus.
"""

import math

from micrograd_core import ops


def _softplus(x: float) -> float:
    return max(x, 0.0) + math.log1p(math.exp(-abs(x)))


def _slope(x: float, _out: float) -> float:
    power = math.exp(-abs(x))
    return (1.0 if x >= 0.0 else power) / (1.0 + power)


ROW = ops.Operation(
    name="softplus",
    symbol="softplus",
    forward=_softplus,
    partials=(_slope,),
    formula="ln(1 + e^{0})",
    partial_formulas=("1 / (1 + e^−{0})",),
    domain=ops.ALL_NUMBERS,
    samples=((-2.5,), (-0.75,), (0.3,), (1.0,), (3.2,)),
    edge_cases=(
        ops.EdgeCase((1000.0,), 1000.0, (1.0,)),
        ops.EdgeCase((-1000.0,), 0.0, (0.0,)),
        ops.EdgeCase((math.inf,), math.inf, (1.0,)),
        ops.EdgeCase((-math.inf,), 0.0, (0.0,)),
        ops.EdgeCase((math.nan,), math.nan, (math.nan,)),
    ),
    array_forward="maximum(x, 0) + log1p(exp(-abs(x)))",
    array_partials=("t = exp(-abs(x)); where(x >= 0, 1, t) / (1 + t)",),
)
ops.OPS[ROW.symbol] = ROW
