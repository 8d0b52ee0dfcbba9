"""``Value``: a number that remembers how it was computed, so that gradients can flow back through it.

Names and signatures are those of the blog post and of Karpathy's micrograd. ``ops.py`` defines the value and the
derivatives of each operation.

No function here recurses: a graph is as deep and as wide as memory allows. On a 64-bit CPython 3.11 a sum or product
takes 168 bytes (node 88, its data 24, its pair of operands 56), a leaf 112, and from 3.12 on 8 more each; a gradient
other than 0 takes 24 more.
A graph has no reference cycles: it is freed when the last reference to its root goes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from numbers import Complex, Real
from typing import TYPE_CHECKING, Any, NamedTuple, SupportsFloat, SupportsIndex, TypeAlias

from micrograd_core.graph import topological_sort
from micrograd_core.ops import OPS, Operation

_add = OPS["+"].forward
_multiply = OPS["*"].forward


class GradStep(NamedTuple):
    """One update ``operand.grad += local * upstream`` of a backward pass."""

    node: Value
    """The result whose gradient is passed on to an operand."""
    operand_index: int
    """Index of the receiving operand in ``node.operands``; 0 is the left one."""
    operand: Value
    local: float
    """∂node/∂operand at the present values."""
    upstream: float
    """∂root/∂node, already complete."""
    contribution: float
    """local × upstream."""
    total: float
    """``operand.grad`` after this step."""


class ResetStep(NamedTuple):
    """The gradient of an inner node is set to 0 before a backward pass."""

    node: Value
    old: float
    """Its gradient before, which is not 0.0."""


class SeedStep(NamedTuple):
    """The start of a backward pass: the root's gradient gains 1."""

    node: Value
    old: float
    total: float


BackwardEvent: TypeAlias = ResetStep | SeedStep | GradStep


class Value:
    """A scalar in a computation graph.

    ``data`` is the number, ``grad`` the derivative of the last differentiated root with respect to it, ``label`` a name
    for people, ``operands`` the ordered Values it was computed from, ``op`` the symbol of the operation ("" for a leaf)
    and ``constant`` the n of ``**n``. ``_prev`` and ``_op`` are micrograd's names for operands and op.

    Raises TypeError, with a sentence, for data that is not one real number. Arithmetic itself never raises.
    """

    __slots__ = ("__weakref__", "constant", "data", "grad", "label", "op", "operands")

    data: float
    grad: float
    label: str
    operands: tuple[Value, ...]
    op: str
    constant: float | None
    _prev: tuple[Value, ...]
    _op: str

    def __init__(
        self, data: SupportsFloat, _children: tuple[Value, ...] = (), _op: str = "", label: str = ""
    ) -> None:
        self.data = data if type(data) is float else _to_float(data)
        self.grad = 0.0
        self.label = label
        self.operands = tuple(_children)
        self.op = _op
        self.constant = None

    def __repr__(self) -> str:
        return f"Value(data={self.data})"

    @property
    def operation(self) -> Operation | None:
        """The row of ``OPS`` that computed this value; None for a leaf. Raises TypeError if there is no such row."""
        if not self.operands:
            return None
        if self.constant is not None:
            return OPS["**n"]
        try:
            return OPS[self.op]
        except KeyError:
            raise TypeError(
                f"no operation is called '{self.op}'; a new one is a row of micrograd_core/ops.py"
            ) from None

    def __add__(self, other: Value | SupportsFloat) -> Value:
        other = other if isinstance(other, Value) else Value(other)
        return Value(_add(self.data, other.data), (self, other), "+")

    def __mul__(self, other: Value | SupportsFloat) -> Value:
        other = other if isinstance(other, Value) else Value(other)
        return Value(_multiply(self.data, other.data), (self, other), "*")

    def __pow__(self, other: Value | SupportsFloat) -> Value:
        if isinstance(other, Value):
            return Value(OPS["**"].forward(self.data, other.data), (self, other), "**")
        exponent = _to_float(other)
        out = Value(OPS["**n"].forward(self.data, exponent), (self,), f"**{other}")
        out.constant = exponent
        return out

    def __mod__(self, other: Value | SupportsFloat) -> Value:
        other = other if isinstance(other, Value) else Value(other)
        return Value(OPS["%"].forward(self.data, other.data), (self, other), "%")

    def __neg__(self) -> Value:
        """a * -1, as in the blog."""
        return self * MinusOne(-1.0)

    def __sub__(self, other: Value | SupportsFloat) -> Value:
        """a + b * -1, as in the blog."""
        return self + -(other if isinstance(other, Value) else _to_float(other))

    def __truediv__(self, other: Value | SupportsFloat) -> Value:
        """a * b**-1, as in the blog: rounded twice, and infinite where 1/b is (|b| below 5.6e-309)."""
        return self * (other if isinstance(other, Value) else Value(other)) ** -1

    def __radd__(self, other: SupportsFloat) -> Value:
        return self + other

    def __rmul__(self, other: SupportsFloat) -> Value:
        return self * other

    def __rsub__(self, other: SupportsFloat) -> Value:
        return Value(other) - self

    def __rtruediv__(self, other: SupportsFloat) -> Value:
        return Value(other) / self

    def __rpow__(self, other: SupportsFloat) -> Value:
        return Value(other) ** self

    def __rmod__(self, other: SupportsFloat) -> Value:
        return Value(other) % self

    def __abs__(self) -> Value:
        return self.abs()

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Callable[[], Value]:
            """``tanh()`` and so on: a method for each row of ``ops.py`` that is a function."""

    def backward(self) -> None:
        """Add the derivative of this value with respect to each leaf below it to the leaf's ``grad``.

        Gradients of inner nodes are reset first; leaves accumulate until ``zero_grad()``, as in PyTorch. The additions
        are those of ``backward_steps()``, in the same order and bit for bit.
        """
        for node in reversed(_begin_backward(self, topological_sort(self))):
            node._backward()

    def _backward(self) -> None:
        """Pass this node's gradient on to its operands: one link of the chain rule, under micrograd's name."""
        if self.operands:
            upstream = self.grad
            for operand, local in zip(self.operands, local_derivatives(self)):  # noqa: B905 (strict is slow)
                operand.grad += local * upstream

    def __copy__(self) -> Value:
        """Return a new node with the same operands."""
        return self._copy_on(self.operands)

    def __deepcopy__(self, memo: dict[int, Any]) -> Value:
        """Return a copy of the whole graph below, which shares no node with the original."""
        stack = [self]
        while stack:
            node = stack[-1]
            missing = [operand for operand in node.operands if id(operand) not in memo]
            stack.extend(missing)
            if not missing:
                stack.pop()
                if id(node) not in memo:
                    memo[id(node)] = node._copy_on(tuple(memo[id(operand)] for operand in node.operands))
        copied: Value = memo[id(self)]
        return copied

    def _copy_on(self, operands: tuple[Value, ...]) -> Value:
        copied = type(self)(self.data, operands, self.op, self.label)
        copied.grad = self.grad
        copied.constant = self.constant
        return copied

    def __reduce_ex__(self, protocol: SupportsIndex) -> str | tuple[Any, ...]:
        """Reduce a leaf for pickle. Computed Values cannot be pickled (nor can micrograd's): raises TypeError."""
        if self.operands:
            raise TypeError("a computed Value cannot be pickled: pickle its leaves and compute it again")
        return super().__reduce_ex__(protocol)


class MinusOne(Value):
    """The −1 that a minus sign adds to the graph: ``-x`` is ``x * -1``, and ``a - b`` is ``a + b * -1``.

    It is a leaf like any other. Its class distinguishes a subtraction from a product whose factor happens to be −1.
    """

    __slots__ = ()


def is_negation(node: Value) -> bool:
    """Return True for a product made by a minus sign: ``-x``, and the ``-b`` within ``a - b``, but not ``x * -1``."""
    return node.op == "*" and isinstance(node.operands[1], MinusOne)


for _name, _ours in (("_prev", "operands"), ("_op", "op")):
    setattr(Value, _name, vars(Value)[_ours])  # The same slots under micrograd's names, equally fast.


def _unary_method(row: Operation) -> Callable[[Value], Value]:
    forward, symbol = row.forward, row.symbol

    def method(self: Value) -> Value:
        return Value(forward(self.data), (self,), symbol)

    method.__name__, method.__qualname__ = symbol, f"Value.{symbol}"
    method.__doc__ = f"{row.formula.format('self')}. {row.domain.format('self')}"
    return method


for _row in OPS.values():
    if _row.is_function:
        setattr(Value, _row.symbol, _unary_method(_row))


def _is_zero(x: float) -> bool:
    """Return True for 0.0, but not for -0.0."""
    return x == 0.0 and math.copysign(1.0, x) > 0.0


def _to_float(data: SupportsFloat) -> float:
    real = isinstance(data, (int, Real))  # int is Real too; naming it is faster.
    if (not real and isinstance(data, (str, bytes, Complex, Value))) or not hasattr(data, "__float__"):
        raise TypeError(f"a Value holds one real number, not {data!r}")
    try:
        return float(data)
    except OverflowError:
        raise TypeError("a Value holds a 64-bit float; this whole number is too large for one") from None
    except TypeError:
        raise TypeError(f"a Value holds one real number, not {data!r}") from None


def local_derivatives(node: Value) -> tuple[float, ...]:
    """∂node/∂operand for each operand, at the present values; () for a leaf."""
    if not node.operands:
        return ()
    operation = OPS.get(node.op) or node.operation
    assert operation is not None, "only a leaf has none"
    partials = operation.partials
    if len(partials) == 2:  # Nearly all nodes of a network; this path builds no lists.
        left, right = node.operands
        by_left, by_right = partials
        return by_left(left.data, right.data, node.data), by_right(left.data, right.data, node.data)
    arguments = [operand.data for operand in node.operands]
    if node.constant is not None:
        arguments.append(node.constant)
    return tuple([partial(*arguments, node.data) for partial in partials])


def local_derivative(node: Value, index: int) -> float:
    """∂node/∂operand for operand number ``index``, at the present values."""
    return local_derivatives(node)[index]


def backward_events(root: Value) -> Iterator[BackwardEvent]:
    """Run the backward pass one change of a gradient at a time, in order; exhausting it equals ``backward()``.

    First inner gradients that are not 0.0 are reset, then the root's becomes 1 (a leaf as root gains 1).
    """
    order = topological_sort(root)
    yield from [ResetStep(node, node.grad) for node in order if node.operands and not _is_zero(node.grad)]
    old = 0.0 if root.operands else root.grad
    _begin_backward(root, order)
    yield SeedStep(root, old, root.grad)
    for node in reversed(order):
        yield from grad_steps(node)


def backward_steps(root: Value) -> Iterator[GradStep]:
    """Run the backward pass and yield its ``grad +=`` steps; see ``backward_events``."""
    return (event for event in backward_events(root) if isinstance(event, GradStep))


def grad_steps(node: Value) -> Iterator[GradStep]:
    """Pass a node's gradient on to its operands, as ``_backward()`` does, one ``grad +=`` at a time."""
    upstream = node.grad
    for index, local in enumerate(local_derivatives(node)):
        operand = node.operands[index]
        contribution = local * upstream
        operand.grad += contribution
        yield GradStep(node, index, operand, local, upstream, contribution, operand.grad)


def _begin_backward(root: Value, order: list[Value]) -> list[Value]:
    """Set the initial gradients of a backward pass through ``order`` and return it."""
    for node in order:
        if node.operands:
            node.grad = 0.0
    root.grad += 1.0
    return order


def first_non_finite(root: Value) -> Value | None:
    """The first node, in order of evaluation, whose data is inf or nan; None if all data are finite.

    Its operands are finite, since they are evaluated before it. It is a leaf if the inf or nan was given.
    """
    return next((node for node in topological_sort(root) if not math.isfinite(node.data)), None)
