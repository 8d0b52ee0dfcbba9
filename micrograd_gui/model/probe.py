"""A probe: the target as a function of one node, and a check of its slope."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np

from micrograd_core.engine import Value
from micrograd_core.gradcheck import central_difference, difference_spacing, evaluate
from micrograd_core.texts import tr
from micrograd_core.vectorize import vectorize
from micrograd_gui.model.numbers import LARGEST, SMALLEST_WHOLE, format_short, superscript
from micrograd_gui.model.snapshot import GraphSnapshot

_TOLERANCE = 1e-6
"""Largest gap between a slope and its central difference, relative to max(1, |slope|), as in ``gradcheck``."""

Verdict = Literal["agree", "differ", "undefined"]


@dataclass(frozen=True, slots=True)
class Probe:
    """The target as a function of one node's data; whatever does not depend on the node is fixed."""

    node: str
    xs: tuple[float, ...]
    """Ascending, around ``x``; empty where ``x`` is not finite."""
    ys: tuple[float, ...]
    """The target at each of ``xs``; may be inf or nan."""
    x: float
    y: float
    slope: float
    """∂target/∂node after one backward pass."""
    difference: float
    """Central difference that estimates the same slope."""
    target_label: str
    label: str
    verdict: Verdict
    comment: str
    """The verdict in words: ``agree to 3·10⁻¹¹``."""


def probe(snapshot: GraphSnapshot, node: int, points: int = 101) -> Probe:
    """Evaluate the target at an odd number of ``points`` around the node's data, and check its slope there."""
    record = snapshot.nodes[node]
    target = snapshot.nodes[snapshot.target]
    leaf, root = _rebuild(snapshot, node)
    x, y = record.data, target.data
    root.backward()
    slope = leaf.grad
    xs = _sample_points(x, points)
    ys = vectorize(root, [leaf], []).forward(np.array(xs)[:, np.newaxis], []) if xs else np.empty(0)
    difference = central_difference(root, leaf)
    verdict, comment = _compare(
        lambda data: evaluate(root, {leaf: data}), x, y, slope, difference, target.label
    )
    return Probe(
        node=record.id,
        xs=xs,
        ys=tuple(ys.tolist()),
        x=x,
        y=y,
        slope=slope,
        difference=difference,
        target_label=target.label,
        label=record.label,
        verdict=verdict,
        comment=comment,
    )


def _sample_points(x: float, points: int) -> tuple[float, ...]:
    """Return evenly spaced numbers with ``x`` in the middle, as far as ±2 or ±|x|/2, whichever is more.

    They stop at the largest float.
    """
    if not math.isfinite(x):
        return ()
    half, middle = max(2.0, abs(x) / 2.0), points // 2
    below, above = min(half, LARGEST + x), min(half, LARGEST - x)
    return tuple(x + (below if i < middle else above) * ((i - middle) / middle) for i in range(points))


def _rebuild(snapshot: GraphSnapshot, node: int) -> tuple[Value, Value]:
    """The node as a leaf, and the target computed from it; whatever does not depend on the node is constant."""
    records = snapshot.nodes
    leaf = Value(records[node].data)
    values, moved = {node: leaf}, {node}
    for i in range(node + 1, snapshot.target + 1):
        record = records[i]
        if not moved.isdisjoint(record.operands):
            for operand in record.operands:
                if operand not in values:
                    values[operand] = Value(records[operand].data)
            values[i] = Value(
                record.data, tuple(values[operand] for operand in record.operands), record.symbol
            )
            values[i].constant = record.constant
            moved.add(i)
    return leaf, values.get(snapshot.target, Value(records[snapshot.target].data))


def _compare(
    evaluate: Callable[[float], float], x: float, y: float, slope: float, difference: float, target: str
) -> tuple[Verdict, str]:
    """Compare a slope with a central difference, and find the reason in the curve where they differ."""
    h = difference_spacing(x)
    gap = abs(slope - difference)
    if gap == 0.0:
        return "agree", tr("agree to the last digit")
    # A difference of two rounded numbers, divided by 2h, cannot be better than this.
    rounding = 4.0 * math.ulp(y) / h if math.isfinite(y) else 0.0
    if not math.isfinite(gap):
        return "undefined", _undefined_comment(slope, y, *_one_sided(evaluate, x, y, h), target)
    if gap <= _TOLERANCE * max(1.0, abs(slope)):
        size = abs(slope)
        if size < 1e3:
            return "agree", tr("agree to {gap}", gap=_power_of_ten(gap))
        return "agree", tr("agree to {gap} of their size", gap=_power_of_ten(gap / size))
    if gap <= rounding:
        return "agree", tr(
            "agree to {gap}, within the rounding of {target}", gap=_power_of_ten(gap), target=target
        )
    return "differ", _difference_comment(evaluate, x, y, slope, gap, target)


def _difference_comment(
    evaluate: Callable[[float], float], x: float, y: float, slope: float, gap: float, target: str
) -> str:
    """Say why a central difference misses a slope by ``gap``.

    As h shrinks, the difference of the two one-sided slopes grows as 1/h at a jump of the curve, stays at a kink, and
    shrinks as h where the curve only bends.
    """
    difference = format_short(gap)
    spacings = [difference_spacing(x) / shrinkage for shrinkage in (1.0, 8.0, 64.0)]
    sides = [_one_sided(evaluate, x, y, h) for h in spacings]
    jumps = [abs(right - left) for left, right in sides]
    if not all(map(math.isfinite, jumps)) or all(4.0 * far < near for far, near in pairwise(jumps)):
        return tr("differ by {difference}: {target} jumps here", difference=difference, target=target)
    if all(0.8 * far < near < 1.25 * far for far, near in pairwise(jumps)):
        left, right = map(format_short, sides[-1])
        return tr(
            "differ by {difference}: the slope jumps here, from {left} to {right}; backward() takes {slope}",
            difference=difference,
            left=left,
            right=right,
            slope=format_short(slope),
        )
    return tr(
        "differ by {difference}: the curve bends too much within h = {h}",
        difference=difference,
        h=format_short(spacings[0]),
    )


def _one_sided(evaluate: Callable[[float], float], x: float, y: float, h: float) -> tuple[float, float]:
    below, above = x - h, x + h
    return (y - evaluate(below)) / (x - below), (evaluate(above) - y) / (above - x)


_NOT_FINITE = {
    (False, False): tr("cannot be compared: {target} is not finite on either side"),
    (False, True): tr("cannot be compared: {target} is not finite on the left"),
    (True, False): tr("cannot be compared: {target} is not finite on the right"),
    (True, True): tr("cannot be compared: {target} is not finite nearby"),
}
"""Comments by whether the slopes on the left and on the right are finite."""


def _undefined_comment(slope: float, y: float, left: float, right: float, target: str) -> str:
    if math.isnan(slope):
        return tr("backward() gives nan: {target} has no slope here", target=target)
    if math.isinf(slope) and math.isfinite(y):
        return tr(
            "backward() gives {slope}: {target} is infinitely steep here",
            slope=format_short(slope),
            target=target,
        )
    if math.isinf(slope):
        return tr(
            "backward() gives {slope}: {target} is {number} here",
            slope=format_short(slope),
            target=target,
            number=format_short(y),
        )
    return _NOT_FINITE[math.isfinite(left), math.isfinite(right)].format(target=target)


def _power_of_ten(x: float) -> str:
    """Return ``x`` to one digit, as ``3·10⁻¹¹``, and at least the smallest float that has all its digits."""
    digit, exponent = f"{max(x, SMALLEST_WHOLE):.0e}".split("e")
    power = f"10{superscript(int(exponent))}"
    return power if digit == "1" else f"{digit}·{power}"


def value_range(ys: Sequence[float], y: float) -> tuple[float, float]:
    """Range of the vertical axis: all of the curve, or where it explodes the part that can be seen beside ``y``.

    The range leaves some room above and below, and is never empty.
    """
    finite = sorted(value for value in (*ys, y) if math.isfinite(value))
    if not finite:
        return -1.0, 1.0
    low, high = finite[0], finite[-1]
    edge = len(finite) // 20
    inner_low, inner_high = finite[edge], finite[-1 - edge]
    # Halves, because the whole may be more than the largest number.
    if (high / 2 - low / 2) / 10.0 > inner_high / 2 - inner_low / 2 > 0.0:
        low, high = inner_low, inner_high
    if math.isfinite(y):
        low, high = min(low, y), max(high, y)
    room = 0.16 * (high / 2 - low / 2)
    if not room > 1e-9 * max(abs(low), abs(high)):
        room = max(1.0, 0.5 * abs(low))
    return max(low - room, -LARGEST), min(high + room, LARGEST)


def describe_curve(probe: Probe) -> str:
    """The curve in sentences, for screen readers."""
    names = {"label": probe.label, "target": probe.target_label, "x": format_short(probe.x)}
    if not probe.xs:
        return tr("{label} is {x}, so there is no curve of {target}.", **names)
    sentences = [
        tr(
            "{target} goes from {low} to {high} while {label} goes from {left} to {right}.",
            **names,
            low=format_short(probe.ys[0]),
            high=format_short(probe.ys[-1]),
            left=format_short(probe.xs[0]),
            right=format_short(probe.xs[-1]),
        ),
        tr(
            "At {label} = {x}, {target} is {y} with slope {slope}.",
            **names,
            y=format_short(probe.y),
            slope=format_short(probe.slope),
        ),
    ]
    if not all(map(math.isfinite, probe.ys)):
        sentences.append(tr("{target} is not finite everywhere.", **names))
    return " ".join(sentences)
