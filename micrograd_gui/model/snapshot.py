"""A computation graph as frozen data, for cards, inspector and files."""

import re
from collections import Counter
from collections.abc import Container, Sequence, Set
from dataclasses import dataclass, field, replace

from micrograd_core.engine import Value
from micrograd_core.graph import topological_sort
from micrograd_core.language import Program, Recording
from micrograd_core.language import Span as Span
from micrograd_core.ops import OPS, Operation
from micrograd_gui.model.event_table import EventTable
from micrograd_gui.model.formula import write_formula


@dataclass(frozen=True, slots=True)
class NodeRecord:
    """One ``Value``. Operands are indices into ``GraphSnapshot.nodes``, in operand order."""

    id: str
    """Stable from edit to edit: the label without its numbers, and a count of the nodes with that label."""
    label: str
    symbol: str
    """Key into ``OPS``; "" for a leaf."""
    operands: tuple[int, ...]
    data: float
    constant: float | None = None
    """The exponent of ``x ** n``."""
    formula: str = ""
    """Formula with the operands' labels, as ``x1 × w1``; "" for a leaf."""
    span: Span | None = None
    """Source of the node; None if it has none."""
    literal: Span | None = None
    """Number in the source that is this leaf's data, if exactly one is."""
    adjustable: bool = False
    """True if its data can be set: a leaf, but no constant of an operator, as −1 in ``a - b``."""
    trainable: bool = False
    """True for a named leaf, which gradient descent may change."""
    parameter: bool = False
    """True for a weight or bias of a network."""
    changed: bool = False
    """True for a leaf whose data was changed on the graph, so that it is not the text's."""
    negates: bool = False
    """True for the −1 of a minus sign."""

    @property
    def is_leaf(self) -> bool:
        return not self.operands

    @property
    def operation(self) -> Operation | None:
        return OPS[self.symbol] if self.operands else None

    @property
    def chip(self) -> str:
        """The operation as the card shows it: ``×``, ``tanh``, ``** 3``; "" for a leaf."""
        if self.constant is not None:
            return f"** {self.constant:g}"
        return {"*": "×"}.get(self.symbol, self.symbol)


@dataclass(frozen=True, slots=True)
class GraphSnapshot:
    """Nodes in topological order, each after its operands; ``target`` is differentiated."""

    nodes: tuple[NodeRecord, ...]
    target: int
    index: dict[str, int] = field(repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.index.update({node.id: i for i, node in enumerate(self.nodes)})

    @property
    def edges(self) -> list[tuple[int, int, int]]:
        """(operand, node, operand position) of every edge; ``a * a`` has two."""
        return [
            (operand, node, position)
            for node, record in enumerate(self.nodes)
            for position, operand in enumerate(record.operands)
        ]

    def record(self, node_id: str) -> NodeRecord | None:
        """The node with this id; None for an unknown one."""
        node = self.index.get(node_id)
        return None if node is None else self.nodes[node]

    def ancestors(self, node: int) -> set[int]:
        """``node`` and everything it is computed from."""
        found = {node}
        for i in range(node, -1, -1):
            if i in found:
                found.update(self.nodes[i].operands)
        return found

    def descending(self) -> set[int]:
        """The leaves that a step of gradient descent moves: the parameters of networks that the target depends on, or
        without a network all its named leaves.

        Beside a network the other leaves are its examples.
        """
        named = {node for node in self.ancestors(self.target) if self.nodes[node].trainable}
        return {node for node in named if self.nodes[node].parameter} or named

    def with_data(self, data: Sequence[float]) -> "GraphSnapshot":
        """The same graph with other data."""
        records = (replace(record, data=x) for record, x in zip(self.nodes, data, strict=True))
        return GraphSnapshot(tuple(records), self.target)

    def depth(self) -> int:
        """Number of operations on the longest path from a leaf."""
        depths: list[int] = []
        for record in self.nodes:
            depths.append(max((depths[operand] + 1 for operand in record.operands), default=0))
        return max(depths, default=0)


def shown_values(program: Program, hidden: Container[Value] = ()) -> list[Value]:
    """The ``Value``s of a program's graph in topological order: the output, and all values of its names.

    Leaves come first, in order of creation. Names that hold ``hidden`` values are left out, unless all do.
    """
    assert program.output is not None
    every = [*_values_in(list(program.names.values())), program.output]
    roots = [value for value in every if value not in hidden] or every
    reached = set(topological_sort(*roots))
    return topological_sort(*[leaf for leaf in program.leaves if leaf in reached], *roots)


def _values_in(names: object) -> list[Value]:
    """The ``Value``s in a list and in the lists and tuples within it."""
    found: list[Value] = []
    seen: set[int] = set()
    stack = [names]
    while stack:
        item = stack.pop()
        if isinstance(item, Value):
            found.append(item)
        elif isinstance(item, list | tuple) and id(item) not in seen:
            # A list may hold itself, or another one many times.
            seen.add(id(item))
            stack.extend(reversed(item))
    return found


def take_snapshot(
    table: EventTable, nodes: Sequence[int], target: int, changed: Set[int] = frozenset()
) -> GraphSnapshot:
    """The snapshot of these nodes of a recording, in topological order; ``target`` is an index into them.

    Each has the data that it was made with; that of ``changed`` nodes is not the text's.
    """
    recording = table.recording
    position = {node: i for i, node in enumerate(nodes)}
    labels = [recording.labels[node] or recording.symbols[node] for node in nodes]
    records = []
    for node, label, node_id in zip(nodes, labels, node_ids(labels), strict=True):
        made = recording.event(int(table.made[node]))
        operands = recording.operands_of(node)
        is_given = not operands and node not in recording.constants
        literal = recording.literals.get(node)
        records.append(
            NodeRecord(
                id=node_id,
                label=label,
                symbol=recording.symbols[node],
                operands=tuple(position[operand] for operand in operands),
                data=made.new,
                constant=recording.exponents.get(node),
                formula=_formula(recording, node),
                span=recording.places[made.place],
                literal=literal,
                adjustable=is_given and (literal is not None or _is_name(label)),
                trainable=is_given and _is_name(label),
                parameter=node in recording.parameters,
                changed=node in changed,
                negates=node in recording.minus_ones,
            )
        )
    return GraphSnapshot(tuple(records), target)


def node_ids(labels: Sequence[str]) -> list[str]:
    """Return ``label#k`` for each label, the k-th with that label in the given order.

    Numbers in labels are left out, so that dragging the 2 of ``2*x`` keeps the cards ``2`` and ``2*x``.
    """
    seen: Counter[str] = Counter()
    ids = []
    for label in map(_without_numbers, labels):
        ids.append(f"{label}#{seen[label]}")
        seen[label] += 1
    return ids


_SIGN = re.compile(r"(^|[-+*/(,]\s*)-\s*(?=[\d.(])")
_NUMBER = re.compile(r"(?<![\w.\[])(\d[\d_]*\.?[\d_]*|\.\d[\d_]*)([eE][-+]?\d+)?(?!\w)")


def _without_numbers(label: str) -> str:
    """``label`` with a dot for each number with its sign and brackets; indices stay."""
    if label.isidentifier():
        return label
    return _NUMBER.sub("·", _SIGN.sub(r"\1", label)).replace("(·)", "·")


def _is_name(label: str) -> bool:
    """Say whether a leaf's label is a variable's, as ``w`` or ``n.w[0]``, and not a number's."""
    return label[:1].isalpha() or label.startswith("_")


def _formula(recording: Recording, node: int) -> str:
    symbol = recording.symbols[node]
    if not symbol:
        return ""
    names = [recording.labels[operand] for operand in recording.operands_of(node)]
    return write_formula(OPS[symbol], names, recording.exponents.get(node), recording.labels[node])
