"""The first number of an array program that is not finite, and its error."""

import math
from collections.abc import Mapping, Sequence
from copy import deepcopy

from micrograd_core.engine import Value, backward_steps
from micrograd_core.errors import MicrogradError
from micrograd_core.gradcheck import evaluate_nodes
from micrograd_core.graph import topological_sort
from micrograd_core.texts import tr
from micrograd_core.vectorize.explain import write_elementwise
from micrograd_core.vectorize.rules import Array


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


def find_non_finite(
    output: Value, inputs: Sequence[Value], parameters: Sequence[Value], examples: Array, shared: Array
) -> NonFiniteError:
    """Compute the examples as scalars, forward and backward; return the error of the first number that is not finite.

    ``examples`` (n, inputs) and ``shared`` (parameters,) are the data of the leaves.
    """
    trained = dict(zip(parameters, shared.tolist(), strict=True))
    for i, row in enumerate(examples.tolist()):
        given = trained | dict(zip(inputs, row, strict=True))
        data = evaluate_nodes(topological_sort(output), given)
        for node, number in data.items():
            if not math.isfinite(number):
                sentence = tr(
                    "Example {i}: the value of {name} is the first that is not finite.",
                    i=i,
                    name=_name(node, data, inputs, parameters),
                )
                return NonFiniteError(node, i, sentence)
        copies: dict[int, Value] = {}
        copied = deepcopy(output, copies)
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
                    name=_name(node, data, inputs, parameters),
                )
                return NonFiniteError(node, i, sentence)
    sentence = tr("The sum over all examples is not finite, though each of them is.")
    return NonFiniteError(output, None, sentence)


def _name(
    node: Value, data: Mapping[Value, float], inputs: Sequence[Value], parameters: Sequence[Value]
) -> str:
    """Return a node's label; without one the index of a leaf, or an operation with its operands: ``log(-1.5)``."""
    if node.label:
        return node.label
    if node in inputs:
        return tr("input {i}", i=inputs.index(node))
    if node in parameters:
        return tr("parameter {i}", i=parameters.index(node))
    if node.operation is None:
        return tr("the constant {number}", number=node.data)
    symbol = node.operation.symbol
    names = [operand.label or str(data[operand]) for operand in node.operands]
    return write_elementwise(symbol, node.constant, names)
