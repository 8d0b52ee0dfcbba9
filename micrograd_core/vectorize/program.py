"""``vectorize``: the array program of a scalar graph, and the buffers in which it runs.

The file is large because a batch and the program that fills it know each other's buffers by heart.
"""

import math
from collections.abc import Iterable, Mapping, Sequence, Set
from contextvars import Context, copy_context
from copy import deepcopy
from functools import cached_property, lru_cache, partial

import numpy as np
from numpy.typing import ArrayLike

from micrograd_core.engine import Value, backward_steps
from micrograd_core.errors import MicrogradError
from micrograd_core.gradcheck import evaluate_nodes
from micrograd_core.graph import topological_sort
from micrograd_core.texts import tr
from micrograd_core.vectorize.buffer_layout import BufferLayout, Indices, lay_out_buffers
from micrograd_core.vectorize.explain import Explanation, explain, write_elementwise
from micrograd_core.vectorize.groups import Grouping, group_nodes
from micrograd_core.vectorize.kernels import Arena, Kernels
from micrograd_core.vectorize.rules import Array, Call
from micrograd_core.vectorize.sums import PER_EXAMPLE, TRAINED

CHUNK = 2048
"""Limit of examples that are computed at once if only their results are kept: their arrays stay in the cache."""

_FLOAT = np.dtype(np.float64)
_KINDS_OF_NUMBERS = "biuf"
"""numpy's letters for truth values, whole numbers with and without a sign, and floats."""


class NonFiniteError(MicrogradError):
    """A result is inf or nan: ``node`` has the first such number, in example ``example``, counted from 0.

    ``example`` is None if only the sum over the examples has overflowed.
    """

    def __init__(self, node: Value, example: int | None, sentence: str) -> None:
        super().__init__(node, example, sentence)
        self.node = node
        self.example = example
        self._sentence = sentence

    def __str__(self) -> str:
        return self._sentence


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
    inputs, parameters, watch = (
        _listed(what, given)
        for what, given in (("inputs", inputs), ("parameters", parameters), ("watch", watch))
    )
    for node in (output, *inputs, *parameters, *watch):
        if not isinstance(node, Value):
            raise TypeError(f"an array program is derived from Values, not from {node!r}")
    seen: dict[Value, tuple[str, int]] = {}
    for what, leaves in (("input", inputs), ("parameter", parameters)):
        for i, leaf in enumerate(leaves):
            if leaf.operands:
                raise ValueError(
                    f"{_who(what, i, leaf)} is computed from others; inputs and parameters are leaves"
                )
            if leaf in seen:
                before = _who(*seen[leaf], leaf)
                raise ValueError(f"{_who(what, i, leaf)} is named twice: it is {before} already")
            seen[leaf] = what, i
    return ArrayProgram(output, inputs, parameters, watch)


def _who(what: str, i: int, leaf: Value) -> str:
    return f"{what} {i}" + (f" ({leaf.label})" if leaf.label else "")


def _listed(what: str, given: Iterable[Value]) -> tuple[Value, ...]:
    if isinstance(given, Set | Mapping):
        raise TypeError(
            f"{what} must be a list of Values: a {type(given).__name__} does not say in which order"
        )
    try:
        values = iter(given)
    except TypeError:
        raise TypeError(f"{what} must be a list of Values, [] for none, not {given!r}") from None
    return tuple(values)


def to_array(what: str, given: ArrayLike) -> Array:
    """Return ``given`` as an array of floats; its entries are what a ``Value`` can hold.

    Raises, with a sentence that begins with ``what``, TypeError for entries that are no numbers, and ValueError for
    rows of different lengths.
    """
    try:
        array = np.asarray(given)
    except ValueError:
        raise ValueError(f"{what} must be an array of numbers, not rows of different lengths") from None
    if array.dtype is _FLOAT:
        return array
    if array.dtype.kind in _KINDS_OF_NUMBERS:
        return array.astype(np.float64)
    if array.dtype.kind != "O":
        raise TypeError(f"{what} must be numbers, not {array.dtype.type.__name__.rstrip('_')}")
    if any(isinstance(entry, Value) for entry in array.flat):
        raise TypeError(f"{what} must be numbers, not Values: give their .data")
    try:
        return np.array([Value(entry).data for entry in array.flat]).reshape(array.shape)
    except TypeError as error:
        raise TypeError(f"{what} must be numbers: {error}") from None


class ArrayProgram:
    """A scalar graph as array operations, for any number of examples.

    All numbers are within rounding of those of the graph itself, inf and nan included; sums are added up in another
    order and may hold products before they are rounded, so that part of one may overflow here and not there.

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
            self._raise_non_finite(inputs, parameters)
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
            self._raise_non_finite(inputs, parameters)
        return value, gradient

    def _check_inputs(self, inputs: ArrayLike) -> Array:
        data = to_array("inputs", inputs)
        if data.ndim != 2 or data.shape[1] != len(self.inputs) or not len(data):
            raise ValueError(
                f"inputs must have the shape (examples, {len(self.inputs)}), at least one example, not {data.shape}"
            )
        return data

    def _raise_non_finite(self, inputs: ArrayLike, parameters: ArrayLike) -> None:
        """Compute the examples as scalars, forward and backward, and raise for the first number that is not finite."""
        shared = dict(zip(self.parameters, to_array("parameters", parameters).tolist(), strict=True))
        for i, row in enumerate(to_array("inputs", inputs).tolist()):
            given = shared | dict(zip(self.inputs, row, strict=True))
            data = evaluate_nodes(topological_sort(self.output), given)
            for node, number in data.items():
                if not math.isfinite(number):
                    sentence = tr(
                        "Example {i}: the value of {name} is the first that is not finite.",
                        i=i,
                        name=self._name(node, data),
                    )
                    raise NonFiniteError(node, i, sentence)
            copies: dict[int, Value] = {}
            copied = deepcopy(self.output, copies)
            originals = {copies[id(node)]: node for node in data if id(node) in copies}
            for copy, node in originals.items():
                copy.data = data[node]
                copy.grad = 0.0
            for step in backward_steps(copied):
                if not math.isfinite(step.total):
                    node = originals[step.operand]
                    sentence = tr(
                        "Example {i}: the gradient of {name} is the first that is not finite.",
                        i=i,
                        name=self._name(node, data),
                    )
                    raise NonFiniteError(node, i, sentence)
        sentence = tr("The sum over all examples is not finite, though each of them is.")
        raise NonFiniteError(self.output, None, sentence)

    def _name(self, node: Value, data: Mapping[Value, float]) -> str:
        """Return a node's label; without one the index of a leaf, or an operation with its operands: ``log(-1.5)``."""
        if node.label:
            return node.label
        if node in self.inputs:
            return tr("input {i}", i=self.inputs.index(node))
        if node in self.parameters:
            return tr("parameter {i}", i=self.parameters.index(node))
        if node.operation is None:
            return tr("the constant {number}", number=node.data)
        symbol = node.operation.symbol
        names = [operand.label or str(data[operand]) for operand in node.operands]
        return write_elementwise(symbol, node.constant, names)


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
