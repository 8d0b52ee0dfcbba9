"""A graph in groups: which scalar nodes one array operation computes together.

``group_nodes`` takes three steps. ``flatten`` makes sums of products of the chains of ``+``; ``match`` says which sums
are one matrix product; ``order`` says which results are together, and in which order they are computed. A neuron and an
L2 penalty:

    >>> x, z, w, v, b = (Value(1.0, label=name) for name in "xzwvb")
    >>> loss = (w * x + v * z + b).tanh() + (w * w + v * v)
    >>> for group in group_nodes(loss, [], inputs=[x, z], parameters=[w, v, b]).groups:
    ...     print(group.nodes, group.symbol, *group.sums)
    (7,) + 0·0 + 2·2
    (5,) + 0·1 + 2·3 + 4
    (6,) tanh
    (8,) +

Words that all of ``vectorize`` has for nodes:

- *per example*: made of an input. Other nodes are *shared* by all examples. In a sum per example the operands are per
  example and the coefficients shared, so that sums of the same operands are the rows of one matrix product.
- *trained*: made of a parameter.
- *result* and *fused*: computed as an entry of its own, or only as a part of a sum; see ``flatten``.
- *differentiated*: the mean output is made of it. Other nodes are only *watched*; they have no gradient.
- *summands*: the nodes whose sum the output is. Beside a single term per example, what is shared is kept apart, as the
  penalty in the example: it has no part in the mean over the examples.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from micrograd_core.engine import Value
from micrograd_core.vectorize.flatten import FlatGraph, flatten
from micrograd_core.vectorize.order import OrderedNodes, order_nodes
from micrograd_core.vectorize.sums import Sum


@dataclass(frozen=True, slots=True)
class Group:
    """Nodes, by number, that one array operation computes: ``nodes[i]`` is its entry ``i``."""

    nodes: tuple[int, ...]
    kind: int
    """The bits ``PER_EXAMPLE`` and ``TRAINED``, the same for all nodes."""
    is_differentiated: bool
    symbol: str
    """Key of ``OPS``; for sums of products "+"."""
    constant: float | None
    sums: tuple[Sum, ...]
    """The sum of each node; () for an elementwise operation."""
    rows: int
    """Number of rows of operands of a matrix product, 1 if they are per example; 0 for all other groups. The nodes of a
    product are in the order of its entries, row by row."""
    operands: tuple[tuple[int, ...], ...]
    """The nodes of each operand of an elementwise operation, one for each entry."""

    def sides(self) -> tuple[list[list[int]], list[list[int]]]:
        """Return the rows of the coefficients and those of the operands; of a matrix product each row once.

        Unlike in ``Sum.factors()``, plain terms are among them, with ``UNIT``.
        """
        columns = len(self.sums) // self.rows if self.rows else len(self.sums)
        step = columns if self.rows else 1
        return (
            [found.coefficients for found in self.sums[:columns]],
            [found.operands for found in self.sums[::step]],
        )


@dataclass(frozen=True, slots=True)
class Grouping:
    """A graph in groups."""

    values: list[Value | None]
    """Leaves and results by number; None for a sum that is only part of a chain."""
    number: dict[Value, int]
    """The number of every node of the graph; ``FUSED`` for those within a sum."""
    kinds: list[int]
    groups: tuple[Group, ...]
    """The groups in an order of evaluation: first those that no parameter moves, within each half first shared ones."""
    summands: tuple[int, ...]
    """One node, or the output's part per example and its shared part."""
    output_additions: Sequence[Value]
    """The partial sums of the output, if it has two summands."""


def group_nodes(
    output: Value,
    watch: Sequence[Value],
    inputs: Sequence[Value],
    parameters: Sequence[Value],
    differentiate_watched: bool = False,
) -> Grouping:
    """Group the graph of ``output`` and ``watch``.

    Nodes that are only watched have no gradient, and so groups of their own, unless ``differentiate_watched``. Raises
    TypeError for an operation that has no row in ``OPS``.
    """
    graph = flatten(output, watch, inputs, parameters, differentiate_watched)
    groups = tuple(_make_group(ordered, graph) for ordered in order_nodes(graph))
    return Grouping(graph.values, graph.number, graph.kinds, groups, graph.summands, graph.output_additions)


def _make_group(ordered: OrderedNodes, graph: FlatGraph) -> Group:
    nodes, rows, is_differentiated = ordered
    top = graph.values[nodes[0]]
    operation = None if top is None else top.operation
    return Group(
        nodes=tuple(nodes),
        kind=graph.kinds[nodes[0]],
        is_differentiated=is_differentiated,
        symbol="+" if operation is None else operation.symbol,
        constant=None if top is None else top.constant,
        sums=tuple(graph.sums[i] for i in nodes if i in graph.sums),
        rows=rows,
        operands=tuple(zip(*[graph.operands[i] for i in nodes], strict=True)),
    )
