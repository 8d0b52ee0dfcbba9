"""The groups of a graph as numpy calls on buffers that are made once, for a number of examples.

Every per-example node is a row of one array (rows, examples), every shared node a position of one vector, and so are
their gradients; an *offset* is a row or a position. What lies side by side is taken as it is, the rest is gathered
first.
"""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import chain, groupby
from typing import TypeAlias

import numpy as np
from numpy.typing import DTypeLike, NDArray

from micrograd_core.ops import OPS
from micrograd_core.vectorize.buffer_layout import BufferLayout, Indices
from micrograd_core.vectorize.groups import Group
from micrograd_core.vectorize.rules import Array, Call, Scratch, call, evaluate
from micrograd_core.vectorize.sums import PER_EXAMPLE, UNIT

Compute: TypeAlias = Callable[[Array], list[Call]]
"""Returns the calls that put something into an array."""


class Arena:
    """The buffers of either all per-example nodes, (rows, examples), or all shared ones, (positions,)."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        # nan until there has been a pass.
        self.values = np.full(shape, np.nan)
        self.gradients = np.full(shape, np.nan)
        self.written = np.zeros(shape[0], dtype=bool)
        """True for the ``gradients`` that the backward calls so far have written."""
        self._zeros = np.zeros(shape[0], dtype=bool)
        """True for the gradients to which a call adds before any has written there."""
        self._gathered: dict[bytes, Array] = {}

    def take(self, offsets: Indices, calls: list[Call]) -> Array:
        """Return the values at ``offsets``, (offsets, examples) or (offsets,); if a call must gather them, ``calls``
        get it."""
        run = as_slice(offsets)
        if run is not None:
            return self.values[run]
        if (offsets == offsets[0]).all():
            one = self.values[offsets[0] : offsets[0] + 1]
            return np.broadcast_to(one, (len(offsets), *one.shape[1:]))
        key = offsets.tobytes()
        if key not in self._gathered:
            out = self._gathered[key] = np.empty((len(offsets), *self.values.shape[1:]))
            calls.append(partial(np.take, self.values, offsets, 0, out, "clip"))
        return self._gathered[key]

    def begin_backward(self) -> None:
        """Forget the last backward pass."""
        self.written[:] = False
        self._zeros[:] = False

    def begin_at_zero(self, offsets: Indices) -> None:
        """Let the gradients at ``offsets`` that are not written yet start from 0."""
        self._zeros[offsets] |= ~self.written[offsets]
        self.written[offsets] = True

    def zero_calls(self) -> list[Call]:
        """Return the calls that begin a backward pass: they set gradients to 0."""
        zeros = np.flatnonzero(self._zeros)
        return [partial(self.gradients.__setitem__, as_slice(zeros) or zeros, 0.0)] if len(zeros) else []

    def contribute(
        self, offsets: Indices, shape: tuple[int, ...], compute: Compute, scratch: Scratch
    ) -> list[Call]:
        """Return the calls that add an array of ``shape``, which ``compute`` makes, to the gradients at ``offsets``."""
        rows = (len(offsets), *self.gradients.shape[1:])
        fresh = not self.written[offsets].any()
        run = as_slice(offsets)
        if run is not None:
            there = self.gradients[run].reshape(shape)
            if fresh:
                self.written[run] = True
                return compute(there)
            self.begin_at_zero(offsets)
            out = scratch(shape, np.float64)
            return [*compute(out), call(np.add, there, out, out=there)]
        out = scratch(shape, np.float64)
        calls = compute(out)
        flat = out.reshape(rows)
        order = np.argsort(offsets, kind="stable")
        targets, starts = np.unique(offsets[order], return_index=True)
        if len(targets) < len(offsets):
            flat = scratch((len(targets), *rows[1:]), np.float64)
            calls.append(partial(_add_equal_rows, out.reshape(rows), order, starts, flat))
        else:
            targets = offsets
        if fresh:
            self.written[targets] = True
            calls.append(partial(self.gradients.__setitem__, targets, flat))
        else:
            self.begin_at_zero(targets)
            calls.append(partial(_add_to_rows, self.gradients, targets, flat))
        return calls


def as_slice(offsets: Indices) -> slice | None:
    """Return consecutive offsets as a slice; None if they are not."""
    first, last = int(offsets[0]), int(offsets[-1])
    if last - first != len(offsets) - 1 or (np.diff(offsets) != 1).any():
        return None
    return slice(first, last + 1)


def _add_equal_rows(rows: Array, order: Indices, starts: Indices, out: Array) -> None:
    np.add.reduceat(rows[order], starts, axis=0, out=out)


def _add_to_rows(rows: Array, offsets: Indices, values: Array) -> None:
    rows[offsets] += values


def _flat_sides(group: Group) -> tuple[list[int], list[int]]:
    coefficients, operands = group.sides()
    return [*chain(*coefficients)], [*chain(*operands)]


def _product(left: Array, right: Array, out: Array) -> Call:
    """Return the call of left @ right.

    ``np.dot`` takes less time than ``np.matmul``, but for single numbers it has 0 × inf = 0, and it copies arrays that
    are not contiguous.
    """
    close = all(array.flags.forc and array.size > 1 for array in (left, right))
    return partial(np.dot if close else np.matmul, left, right, out)


class Kernels:
    """Buffers for ``examples`` examples, and the calls that compute each group and its gradients in them."""

    def __init__(self, layout: BufferLayout, examples: int) -> None:
        self.layout = layout
        self.examples = examples
        self.rows = Arena((layout.rows, examples))
        self.shared = Arena((layout.positions,))
        self.rows.values[list(layout.ones)] = 1.0
        for position, value in layout.constants:
            self.shared.values[position] = value
        self._scratch: dict[tuple[object, ...], NDArray[np.float64]] = {}
        self._taken = 0

    def scratch(self, shape: tuple[int, ...], dtype: DTypeLike = np.float64) -> Array:
        """Return an array that is free again when the calls of the next group are made."""
        self._taken += 1
        key = (self._taken, shape, np.dtype(dtype))
        if key not in self._scratch:
            self._scratch[key] = np.empty(shape, dtype)
        return self._scratch[key]

    def runs(self, nodes: Sequence[int]) -> list[Array]:
        """Return the values of any nodes, in their order, in as few arrays as possible: (rows, examples or 1)."""
        found: list[Array] = []
        sorts = [(self.layout.kinds[node] & PER_EXAMPLE, self.layout.offsets[node]) for node in nodes]
        for (per_example, _), run in groupby(
            enumerate(sorts), lambda entry: (entry[1][0], entry[1][1] - entry[0])
        ):
            offsets = [offset for _, (_, offset) in run]
            rows = slice(offsets[0], offsets[-1] + 1)
            found.append(self.rows.values[rows] if per_example else self.shared.values[rows, np.newaxis])
        return found

    def begin_backward(self, summands: Sequence[int]) -> list[Call]:
        """Forget the last backward pass, and return the calls that set the gradients of the summands."""
        self.rows.begin_backward()
        self.shared.begin_backward()
        calls: list[Call] = []
        for i in summands:
            offset = self.layout.offsets[i]
            if self.layout.kinds[i] & PER_EXAMPLE:
                # It stays: nothing adds to it, for nothing else that is differentiated is made of it.
                self.rows.gradients[offset] = 1.0 / self.examples
                self.rows.written[offset] = True
            else:
                calls.append(partial(self.shared.gradients.__setitem__, offset, 1.0))
                self.shared.written[offset] = True
        return calls

    def zero_calls(self) -> list[Call]:
        """Return the calls that begin the backward pass, once all others are made."""
        return self.rows.zero_calls() + self.shared.zero_calls()

    def forward(self, group: Group) -> list[Call]:
        """Return the calls that compute the group's values."""
        self._taken = 0
        calls: list[Call] = []
        out = self._values(group)
        if not group.sums:
            rule = OPS[group.symbol].array_forward
            return calls + evaluate(rule, self._operands(group, calls), out, self.scratch)
        left, right = self._factors(group, calls)
        if group.kind & PER_EXAMPLE:
            return [*calls, _product(left, right, out)]
        if group.rows:
            return [*calls, _product(right, left.T, out.reshape(group.rows, -1))]
        if len(group.nodes) == 1:
            return [*calls, _product(left[0], right[0], out.reshape(()))]
        products = self.scratch(left.shape)
        return [
            *calls,
            call(np.multiply, left, right, out=products),
            partial(np.add.reduce, products, 1, None, out),
        ]

    def backward(self, group: Group, kinds: int) -> list[Call]:
        """Return the calls that add to the gradients of the operands that are made of leaves of ``kinds``."""
        self._taken = 0
        gradient = self._arena(group).gradients[self._run(group)]
        if group.sums:
            return self._backward_sums(group, gradient, kinds)
        calls: list[Call] = []
        names = self._operands(group, calls) | {"out": self._values(group)}
        for operand, rule in zip(group.operands, OPS[group.symbol].array_partials, strict=True):
            if not self._moved(operand, kinds):
                continue
            arena = self.rows if self._per_example(operand) else self.shared
            offsets = self.layout.offsets_of(operand)

            def product(out: Array, rule: str = rule) -> list[Call]:
                return evaluate(rule, names, out, self.scratch, times=gradient)

            def total(out: Array, rule: str = rule) -> list[Call]:
                products = self.scratch(gradient.shape)
                return [
                    *evaluate(rule, names, products, self.scratch, times=gradient),
                    partial(np.add.reduce, products, 1, None, out),
                ]

            summed = arena is self.shared and group.kind & PER_EXAMPLE
            shape = gradient.shape[:1] if summed else gradient.shape
            calls += arena.contribute(offsets, shape, total if summed else product, self.scratch)
        return calls

    def _backward_sums(self, group: Group, gradient: Array, kinds: int) -> list[Call]:
        calls: list[Call] = []
        left, right = self._factors(group, calls)
        coefficients, operands = _flat_sides(group)
        given = [node for node in operands if node != UNIT]
        if group.rows:
            if not group.kind & PER_EXAMPLE:  # As it is per example: a column for each row of operands.
                gradient, right = gradient.reshape(group.rows, -1).T, right.T
            if self._moved(coefficients, kinds):
                calls += self.shared.contribute(
                    self.layout.offsets_of(coefficients),
                    left.shape,
                    lambda out: [_product(gradient, right.T, out)],
                    self.scratch,
                )
            if self._moved(given, kinds):
                back = left[:, : len(given) // group.rows].T
                factors = (back, gradient) if group.kind & PER_EXAMPLE else (gradient.T, back.T)
                calls += self._arena(group).contribute(
                    self.layout.offsets_of(given),
                    (len(factors[0]), factors[1].shape[1]),
                    lambda out: [_product(*factors, out)],
                    self.scratch,
                )
            return calls
        column = gradient[:, np.newaxis]
        if operands == coefficients:
            twice = self.scratch(column.shape)
            calls.append(call(np.multiply, column, 2.0, out=twice))
            return calls + self._pass_on(operands, left, twice)
        for nodes, other in ((coefficients, right), (operands, left)):
            if self._moved(nodes, kinds):
                calls += self._pass_on(nodes, other, column)
        return calls

    def _pass_on(self, nodes: Sequence[int], other: Array, column: Array) -> list[Call]:
        return self.shared.contribute(
            self.layout.offsets_of(nodes),
            other.shape,
            lambda out: [call(np.multiply, other, column, out=out)],
            self.scratch,
        )

    def _arena(self, group: Group) -> Arena:
        return self.rows if group.kind & PER_EXAMPLE else self.shared

    def _run(self, group: Group) -> slice:
        start = self.layout.offsets[group.nodes[0]]
        return slice(start, start + len(group.nodes))

    def _values(self, group: Group) -> Array:
        return self._arena(group).values[self._run(group)]

    def _per_example(self, nodes: Sequence[int]) -> bool:
        """Return True if the nodes are per example; all are, or none."""
        return bool(self.layout.kinds[nodes[0]] & PER_EXAMPLE)

    def _moved(self, nodes: Sequence[int], kinds: int) -> bool:
        return any(node != UNIT and self.layout.kinds[node] & kinds for node in nodes)

    def _operands(self, group: Group, calls: list[Call]) -> dict[str, Array | float]:
        """Return the operands by their names in the rules, x and y."""
        names: dict[str, Array | float] = {}
        for name, nodes in zip("xy", group.operands, strict=False):
            offsets = self.layout.offsets_of(nodes)
            if self._per_example(nodes):
                names[name] = self.rows.take(offsets, calls)
            else:
                values = self.shared.take(offsets, calls)
                if group.kind & PER_EXAMPLE:  # One number for all is fastest as an array without axes.
                    values = values[:, np.newaxis] if len(values) > 1 else values.reshape(())
                names[name] = values
        if group.constant is not None:
            names["y"] = group.constant
        return names

    def _factors(self, group: Group, calls: list[Call]) -> tuple[Array, Array]:
        """Return the factors of sums of products.

        They are the coefficients, (sums or columns, terms), and the operands, (terms, examples) or (sums or rows,
        terms).
        """
        terms = len(group.sums[0].operands)
        coefficients, operands = _flat_sides(group)
        left = self.shared.take(self.layout.offsets_of(coefficients), calls).reshape(-1, terms)
        if group.kind & PER_EXAMPLE:
            return left, self.rows.take(self.layout.rows_of(operands), calls)
        return left, self.shared.take(self.layout.offsets_of(operands), calls).reshape(-1, terms)
