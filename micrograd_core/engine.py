"""``Value``: a number that remembers how it was computed, so that gradients can flow back through it.

Names and signatures are those of the blog post and of Karpathy's micrograd. What each operation computes
and how it differentiates stands in ``ops.py``.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import NamedTuple, SupportsFloat

from micrograd_core.graph import topological_sort
from micrograd_core.ops import OPS, Operation


class GradStep(NamedTuple):
    """One ``operand.grad += local * upstream`` of a backward pass."""

    node: Value
    """The result whose gradient is passed on."""
    operand_index: int
    """Which operand of ``node`` receives: 0 is the left one."""
    operand: Value
    local: float
    """∂node/∂operand at the present values."""
    upstream: float
    """∂root/∂node, complete by now."""
    contribution: float
    """local × upstream."""
    total: float
    """``operand.grad`` after this step."""


class Value:
    """A scalar in a computation graph.

    ``data`` is the number, ``grad`` the derivative of the last differentiated root by it, ``label`` a name for
    people, ``_prev`` the ordered operands it was computed from and ``_op`` the symbol of the operation ("" for a leaf).
    """

    __slots__ = ("__weakref__", "_constant", "_op", "_prev", "data", "grad", "label")

    data: float
    grad: float
    label: str
    _prev: tuple[Value, ...]
    _op: str
    _constant: float | None

    def __init__(
        self, data: SupportsFloat, _children: tuple[Value, ...] = (), _op: str = "", label: str = ""
    ) -> None:
        if type(data) is not float:
            data = _to_float(data)
        self.data = data
        self.grad = 0.0
        self.label = label
        self._prev = tuple(_children)
        self._op = _op
        self._constant = None

    def __repr__(self) -> str:
        return f"Value(data={self.data})"

    @property
    def operation(self) -> Operation | None:
        """The row of ``OPS`` that computed this value; None for a leaf."""
        if self._constant is not None:
            return OPS["**n"]
        return OPS[self._op] if self._prev else None

    def __add__(self, other: Value | float) -> Value:
        return _apply("+", self, other if isinstance(other, Value) else Value(other))

    def __mul__(self, other: Value | float) -> Value:
        return _apply("*", self, other if isinstance(other, Value) else Value(other))

    def __pow__(self, other: Value | float) -> Value:
        if isinstance(other, Value):
            return _apply("**", self, other)
        exponent = _to_float(other)
        out = Value(OPS["**n"].forward(self.data, exponent), (self,), f"**{other}")
        out._constant = exponent
        return out

    def __neg__(self) -> Value:
        return self * -1

    def __sub__(self, other: Value | float) -> Value:
        return self + (-other)

    def __truediv__(self, other: Value | float) -> Value:
        return self * (other if isinstance(other, Value) else Value(other)) ** -1

    def __radd__(self, other: float) -> Value:
        return self + other

    def __rmul__(self, other: float) -> Value:
        return self * other

    def __rsub__(self, other: float) -> Value:
        return Value(other) - self

    def __rtruediv__(self, other: float) -> Value:
        return Value(other) / self

    def __rpow__(self, other: float) -> Value:
        return Value(other) ** self

    def __abs__(self) -> Value:
        return self.abs()

    def tanh(self) -> Value:
        return _apply("tanh", self)

    def relu(self) -> Value:
        return _apply("relu", self)

    def sigmoid(self) -> Value:
        return _apply("sigmoid", self)

    def exp(self) -> Value:
        return _apply("exp", self)

    def log(self) -> Value:
        return _apply("log", self)

    def sqrt(self) -> Value:
        return _apply("sqrt", self)

    def sin(self) -> Value:
        return _apply("sin", self)

    def cos(self) -> Value:
        return _apply("cos", self)

    def abs(self) -> Value:
        return _apply("abs", self)

    def backward(self) -> None:
        """Add the derivative of this value by every leaf below it to the leaf's ``grad``.

        Inner nodes start afresh each time, leaves accumulate until ``zero_grad()``, as in PyTorch.
        """
        deque(backward_steps(self), maxlen=0)


def _apply(symbol: str, *operands: Value) -> Value:
    return Value(OPS[symbol].forward(*[operand.data for operand in operands]), operands, symbol)


def _to_float(data: SupportsFloat) -> float:
    if isinstance(data, str | bytes | complex | Value) or not hasattr(data, "__float__"):
        raise TypeError(f"a Value holds one real number, not {data!r}")
    try:
        return float(data)
    except OverflowError:
        raise TypeError("a Value holds a 64-bit float; this whole number is too large for one") from None


def local_derivative(node: Value, index: int) -> float:
    """∂node/∂operand for operand number ``index``, at the present values."""
    operation = node.operation
    assert operation is not None, "a leaf has no operands"
    operands = [operand.data for operand in node._prev]
    if node._constant is not None:
        operands.append(node._constant)
    return operation.partials[index](*operands, node.data)


def backward_steps(root: Value) -> Iterator[GradStep]:
    """The backward pass, one ``grad +=`` at a time, in execution order; ``backward()`` exhausts it.

    Before the first step inner gradients become 0 and the root's becomes 1 (a leaf that is itself the root gains 1).
    """
    order = topological_sort(root)
    for node in order:
        if node._prev:
            node.grad = 0.0
    root.grad += 1.0
    for node in reversed(order):
        upstream = node.grad
        for index, operand in enumerate(node._prev):
            local = local_derivative(node, index)
            contribution = local * upstream
            operand.grad += contribution
            yield GradStep(node, index, operand, local, upstream, contribution, operand.grad)
