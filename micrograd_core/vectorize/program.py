"""``vectorize``: the array program of a scalar graph, and the buffers in which it runs."""

import math
from collections.abc import Sequence
from contextvars import Context, copy_context
from functools import cached_property, lru_cache, partial

import numpy as np
from numpy.typing import ArrayLike

from micrograd_core.engine import Value
from micrograd_core.vectorize.arguments import check_nodes, to_array
from micrograd_core.vectorize.buffer_layout import BufferLayout, Indices, lay_out_buffers
from micrograd_core.vectorize.explain import Explanation, explain
from micrograd_core.vectorize.groups import Grouping, group_nodes
from micrograd_core.vectorize.kernels import Arena, Kernels
from micrograd_core.vectorize.non_finite import NonFiniteError, find_non_finite
from micrograd_core.vectorize.rules import Array, Call
from micrograd_core.vectorize.sums import PER_EXAMPLE, TRAINED

CHUNK = 2048
"""Limit of examples that are computed at once if only their results are kept: their arrays stay in the cache."""


def vectorize(
    output: Value, inputs: Sequence[Value], parameters: Sequence[Value], watch: Sequence[Value] = ()
) -> "ArrayProgram":
    """Derive the array program of the graph of ``output``.

    ``inputs`` are the leaves that vary per example, labels among them, and ``parameters`` the shared leaves by which
    is differentiated; all other leaves are constants, with the data they have now. ``watch`` are further nodes whose
    values can be read. Leaves that the graph does not have are allowed: nothing depends on them.

    Raises ValueError, with a sentence, for a leaf that is named twice and for a node that is no leaf, and TypeError for
    an operation that is not in the table, for what is no ``Value`` and for what is no list of them.
    """
    return ArrayProgram(output, *check_nodes(output, inputs, parameters, watch))


class ArrayProgram:
    """A scalar graph as array operations, for any number of examples.

    All numbers are within rounding of those of the graph itself, inf and nan included. Sums are added up in another
    order and may hold products before they are rounded, so that part of one may overflow here and not there; and a sum
    of nothing but −0.0 is 0.0.

    Inputs and parameters are what ``to_array`` takes, and raise what it raises.
    """

    def __init__(
        self,
        output: Value,
        inputs: tuple[Value, ...],
        parameters: tuple[Value, ...],
        watch: tuple[Value, ...],
    ) -> None:
        self.output = output
        self.inputs = inputs
        self.parameters = parameters
        self.watch = watch
        self.grouping: Grouping = group_nodes(output, watch, inputs, parameters)
        self.layout: BufferLayout = lay_out_buffers(self.grouping, inputs, parameters)
        self._batch = lru_cache(maxsize=2)(partial(Batch, self))
        self._results = lru_cache(maxsize=1)(lambda n: (np.empty(n), np.empty((len(watch), n))))

    def explain(self, *, differentiate_watched: bool = False) -> Explanation:
        """Return the derivation as data.

        Nodes that are only watched have operations of their own. ``differentiate_watched`` explains the program as if
        they were differentiated, too.
        """
        graph = self.output, self.watch, self.inputs, self.parameters
        grouping = group_nodes(*graph, differentiate_watched=True) if differentiate_watched else self.grouping
        return explain(grouping, *graph)

    def bind(self, inputs: ArrayLike) -> "Batch":
        """Return buffers for as many examples as ``inputs``, (n, inputs), has, with these inputs."""
        data = self._check_inputs(inputs)
        batch = Batch(self, len(data))
        batch.load(data)
        return batch

    def forward(self, inputs: ArrayLike, parameters: ArrayLike, *, strict: bool = False) -> Array:
        """Return the output (n,) for ``inputs`` (n, inputs) and ``parameters`` (parameters,).

        ``strict`` raises ``NonFiniteError`` if one is not finite. Raises ValueError for a shape that does not fit.
        """
        outputs = self.evaluate(inputs, parameters)[0].copy()
        if strict and not np.isfinite(outputs).all():
            raise self._non_finite(inputs, parameters)
        return outputs

    def evaluate(self, inputs: ArrayLike, parameters: ArrayLike) -> tuple[Array, Array]:
        """Return the output, (n,), and the watched nodes, (watch, n), in arrays that the next call overwrites.

        Many examples are computed in chunks.
        """
        data = self._check_inputs(inputs)
        outputs, watched = self._results(len(data))
        size = min(CHUNK, len(data))
        batch = self._batch(size)
        # The last chunk is as long as the others, and may overlap with the one before.
        for start in (*range(0, len(data) - size, size), len(data) - size):
            chunk = slice(start, start + size)
            batch.load(data[chunk])
            outputs[chunk] = batch.forward(parameters)
            batch.copy_watched(watched[:, chunk])
        return outputs, watched

    def value_and_grad(
        self, inputs: ArrayLike, parameters: ArrayLike, *, strict: bool = False
    ) -> tuple[float, Array]:
        """Return the mean output over all examples, and its gradient by every parameter, (parameters,).

        ``strict`` raises ``NonFiniteError`` if one is not finite. Raises ValueError for a shape that does not fit.
        """
        value, gradient = self.bind(inputs).value_and_grad(parameters)
        if strict and not (math.isfinite(value) and np.isfinite(gradient).all()):
            raise self._non_finite(inputs, parameters)
        return value, gradient

    def _check_inputs(self, inputs: ArrayLike) -> Array:
        data = to_array("inputs", inputs)
        if data.ndim != 2 or data.shape[1] != len(self.inputs) or not len(data):
            raise ValueError(
                f"inputs must have the shape (examples, {len(self.inputs)}), at least one example, not {data.shape}"
            )
        return data

    def _non_finite(self, inputs: ArrayLike, parameters: ArrayLike) -> NonFiniteError:
        examples, shared = to_array("inputs", inputs), to_array("parameters", parameters)
        return find_non_finite(self.output, self.inputs, self.parameters, examples, shared)


class Batch:
    """An ``ArrayProgram`` with buffers for a fixed number of examples: no step allocates an array.

    Arrays that are returned are these buffers, which the next pass overwrites, but for ``input_gradients()`` and for
    ``watched()`` nodes that do not lie side by side: these are new arrays each time.

    A pass is a ``value``, ``value_and_grad`` or ``forward``; what is asked about the last one raises RuntimeError if
    there was none since the inputs were loaded.
    """

    def __init__(self, program: ArrayProgram, examples: int) -> None:
        self.examples = examples
        self.program = program
        self._context = quiet_context()
        self._has_passed = False
        self._kernels = kernels = Kernels(program.layout, examples)
        offsets, count = program.layout.offsets, len(program.parameters)
        self._parameters, self._gradient = kernels.shared.values[:count], kernels.shared.gradients[:count]
        self._constants: list[Call] = []
        self._on_load: list[Call] = []
        self._forward: list[Call] = []
        self._extra: list[Call] = []
        # What is gathered for one group is there for later ones, so those that run more seldom come last.
        for group in sorted(program.grouping.groups, key=lambda group: not group.is_differentiated):
            if not group.is_differentiated:
                calls = self._extra
            elif group.kind & TRAINED:
                calls = self._forward
            elif group.kind & PER_EXAMPLE:
                calls = self._on_load
            else:
                calls = self._constants
            calls += kernels.forward(group)
        number = program.grouping.number
        self._outputs = np.broadcast_to(kernels.runs([number[program.output]])[0][0], examples)
        watch = [number[node] for node in program.watch]
        self._watched = [np.broadcast_to(rows, (len(rows), examples)) for rows in kernels.runs(watch)]
        extra = {i for group in program.grouping.groups if not group.is_differentiated for i in group.nodes}
        self._for_watched = self._extra if extra.intersection(watch) else []
        self._sum = np.zeros(())
        self._add_up: list[Call] = []
        self._summands: list[int] = []
        """The positions of the output's shared summands."""
        for i in program.grouping.summands:  # Of these, one at most is per example.
            if program.grouping.kinds[i] & PER_EXAMPLE:
                outputs = kernels.rows.values[offsets[i]]
                self._add_up.append(partial(np.add.reduce, outputs, 0, None, self._sum))
            else:
                self._summands.append(offsets[i])
        self._run(self._constants)

    def load(self, inputs: ArrayLike) -> None:
        """Load other inputs, (examples, inputs). Raises ValueError if there are more or fewer."""
        shape = (self.examples, len(self.program.inputs))
        data = to_array("inputs", inputs)
        if data.shape != shape:
            raise ValueError(f"inputs must have the shape {shape}, not {data.shape}")
        self._has_passed = False
        self._kernels.rows.values[self.program.layout.inputs] = data.T
        self._run(self._on_load)

    def value(self, parameters: ArrayLike) -> float:
        """Return the mean output for ``parameters`` (parameters,). Raises ValueError if there are more or fewer."""
        self._begin_pass(parameters)
        self._run(self._forward_and_add_up)
        return self._total()

    def gradient(self) -> Array:
        """Return the derivative of the last ``value`` by every parameter, (parameters,)."""
        self._require_pass()
        self._run(self._backward)
        return self._gradient

    def value_and_grad(self, parameters: ArrayLike) -> tuple[float, Array]:
        """Return the mean output and its derivative by every parameter, (parameters,)."""
        self._begin_pass(parameters)
        self._run(self._forward_and_backward)
        return self._total(), self._gradient

    def forward(self, parameters: ArrayLike) -> Array:
        """Return the output of each example, (examples,)."""
        self._begin_pass(parameters)
        self._run(self._forward)
        self._run(self._extra)
        return self._outputs

    def watched(self) -> Array:
        """Return the watched nodes after the last pass, (watch, examples)."""
        self._require_pass()
        self._run(self._for_watched)
        if len(self._watched) == 1:
            return self._watched[0]
        result = np.empty((len(self.program.watch), self.examples))
        self.copy_watched(result)
        return result

    def copy_watched(self, out: Array) -> None:
        """Copy the watched nodes after the last ``forward`` into ``out``, (watch, examples)."""
        self._require_pass()
        start = 0
        for rows in self._watched:
            out[start : start + len(rows)] = rows
            start += len(rows)

    def input_gradients(self) -> Array:
        """Return the derivative of each example's own output by its inputs after the last pass, (examples, inputs)."""
        self._require_pass()
        self._run(self._backward_to_inputs)
        gradients = self._kernels.rows.gradients[self.program.layout.inputs].T
        return self._context.run(np.multiply, gradients, self.examples)

    def _run(self, calls: Sequence[Call]) -> None:
        self._context.run(_make, calls)

    def _begin_pass(self, parameters: ArrayLike) -> None:
        data = to_array("parameters", parameters)
        if data.shape != self._parameters.shape:
            raise ValueError(f"parameters must have the shape {self._parameters.shape}, not {data.shape}")
        np.copyto(self._parameters, data)
        self._has_passed = True

    def _require_pass(self) -> None:
        if not self._has_passed:
            raise RuntimeError("no pass was made over these inputs yet: compute value() or forward() first")

    def _total(self) -> float:
        total = float(self._sum) / self.examples
        for position in self._summands:
            total += float(self._kernels.shared.values[position])
        return total

    @cached_property
    def _forward_and_add_up(self) -> list[Call]:
        return self._forward + self._add_up

    @cached_property
    def _forward_and_backward(self) -> list[Call]:
        return self._forward_and_add_up + self._backward

    @cached_property
    def _backward(self) -> list[Call]:
        parameters = np.arange(len(self.program.parameters))
        return self._differentiate(TRAINED, self._kernels.shared, parameters)

    @cached_property
    def _backward_to_inputs(self) -> list[Call]:
        return self._differentiate(PER_EXAMPLE, self._kernels.rows, self.program.layout.inputs)

    def _differentiate(self, kind: int, arena: Arena, leaves: Indices) -> list[Call]:
        """Return the calls of the backward pass to the leaves of one kind."""
        grouping, kernels = self.program.grouping, self._kernels
        calls = kernels.begin_backward(grouping.summands)
        for group in reversed(grouping.groups):
            if group.is_differentiated and group.kind & kind:
                calls += kernels.backward(group, kind)
        arena.begin_at_zero(leaves)  # Those that nothing depends on.
        return kernels.zero_calls() + calls


def quiet_context() -> Context:
    """Return a context in which numpy does not warn; entering it takes less time than ``np.errstate``.

    numpy copies operands that are broadcast into its buffer if their rows are shorter than that. A buffer of 16
    numbers, the smallest possible, prevents this.
    """
    context = copy_context()
    context.run(np.seterr, all="ignore")
    context.run(np.setbufsize, 16)
    return context


def _make(calls: Sequence[Call]) -> None:
    for call in calls:
        call()
