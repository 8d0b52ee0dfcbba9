"""The derivation as data: which scalar nodes became which array operation, and where in it each of them is."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from micrograd_core.engine import Value
from micrograd_core.graph import topological_sort
from micrograd_core.vectorize.groups import PER_EXAMPLE, UNIT, Group, Grouping, Sum

INPUTS, PARAMETERS = "x", "p"
"""The arrays of the inputs, (n, inputs), and of the parameters, (parameters,)."""
EXAMPLES = "n"
"""In shapes: the number of examples."""
SHOWN = 3
"""Of the operands of an operation that do not lie side by side."""


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of an array, as numpy indexes it; None is every example."""

    array: str
    index: tuple[int | None, ...]

    def __str__(self) -> str:
        return f"{self.array}[{', '.join(':' if i is None else str(i) for i in self.index)}]"


@dataclass(frozen=True, slots=True)
class Terms:
    """Σ coefficients[j] × operands[j], one entry of a sum of products.

    These are nodes by number, ``UNIT`` for a 1 unwritten and for what is only part of a chain of ``+``.
    """

    coefficients: tuple[int, ...]
    operands: tuple[int, ...]
    products: tuple[int, ...]
    """The node that is the product of the two; ``UNIT`` if there is none."""
    inner: tuple[int, ...]
    """Its products and partial sums."""


@dataclass(frozen=True, slots=True)
class ArrayOperation:
    """One line of the array program: ``name = formula``."""

    name: str
    formula: str
    """As numpy has it, with an example a row: ``relu(x @ W1.T + b1)``."""
    shape: tuple[int | str, ...]
    """(n, width) per example, (width,) for what is shared."""
    nodes: tuple[int, ...]
    """The scalar nodes that are its entries, in order, by their number in ``Explanation.nodes``.

    An entry that is only part of a chain of ``+``, as all that is shared in it, is no scalar node and is left out.
    """
    inner: tuple[int, ...]
    """The scalar nodes within it that have no entry of their own: products, partial sums, sums before a function."""
    sums: tuple[Terms, ...]
    """If it is a sum of products or a function of one: those of each entry, in order."""

    def __str__(self) -> str:
        return f"{self.name} = {self.formula}"


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """The array program of a graph, in the order in which it is computed."""

    nodes: tuple[Value, ...]
    """The scalar graph in topological order."""
    operations: tuple[ArrayOperation, ...]
    places: Mapping[int, Place]
    """Of each node by number: where it, or for a product its weight, lies. Constants have none."""


def explain(
    grouping: Grouping,
    output: Value,
    watch: Sequence[Value],
    inputs: Sequence[Value],
    parameters: Sequence[Value],
) -> Explanation:
    """Name the groups' arrays, in the order of evaluation; a function of a whole sum is one operation with it."""
    writer = _Writer(grouping, output, inputs, parameters)
    fused = dict(_fused(grouping.groups))
    for group in grouping.groups:
        if group.nodes not in fused:
            writer.write(group, fused.get(group.operands[0]) if group.operands else group)
    nodes = topological_sort(output, *watch)
    index = {node: i for i, node in enumerate(nodes)}
    places = {index[node]: place for node in nodes if (place := writer.place_of(node)) is not None}
    return Explanation(tuple(nodes), tuple(line.operation(index) for line in writer.lines), places)


def _fused(groups: Sequence[Group]) -> Iterator[tuple[tuple[int, ...], Group]]:
    """The sums, by their nodes, that are read by one function and by nothing else."""
    readers: defaultdict[int, list[Group]] = defaultdict(list)
    for group in groups:
        for nodes in group.operands or [(*found.operands, *found.coefficients) for found in group.sums]:
            for node in nodes:
                readers[node].append(group)
    for group in groups:
        if group.sums and all(len(readers[node]) == 1 for node in group.nodes):
            function = readers[group.nodes[0]][0]
            if function.operands == (group.nodes,) and function.symbol.isidentifier():
                yield group.nodes, group


@dataclass(slots=True)
class _Line:
    """An ``ArrayOperation``, with the nodes themselves."""

    name: str
    formula: str
    shape: tuple[int | str, ...]
    entries: list[Value]
    inner: list[Value]
    sums: list[tuple[Sum, list[Value | None], list[Value | None]]]
    """Each with its coefficients and its operands."""

    def operation(self, index: Mapping[Value, int]) -> ArrayOperation:
        def numbers(nodes: Iterable[Value | None]) -> tuple[int, ...]:
            return tuple(UNIT if node is None else index[node] for node in nodes)

        sums = [
            Terms(
                numbers(coefficients),
                numbers(operands),
                numbers(found.products),
                numbers([*found.additions, *filter(None, found.products)]),
            )
            for found, coefficients, operands in self.sums
        ]
        entries, inner = numbers(self.entries), numbers(self.inner)
        return ArrayOperation(self.name, self.formula, self.shape, entries, inner, tuple(sums))


class _Writer:
    def __init__(
        self, grouping: Grouping, output: Value, inputs: Sequence[Value], parameters: Sequence[Value]
    ) -> None:
        self._grouping = grouping
        self._output = grouping.number[output]
        self.lines: list[_Line] = []
        self._within: dict[Value, Place] = {}
        """The places of what has no number."""
        self.places: dict[int, Place] = {}
        self._widths = {INPUTS: len(inputs), PARAMETERS: len(parameters)}
        self._counts: Counter[str] = Counter()
        self._parameters = {
            grouping.number[leaf]: Place(PARAMETERS, (i,))
            for i, leaf in enumerate(parameters)
            if leaf in grouping.number
        }
        for i, leaf in enumerate(inputs):
            if leaf in grouping.number:
                self.places[grouping.number[leaf]] = Place(INPUTS, (None, i))

    def place_of(self, node: Value) -> Place | None:
        number = self._grouping.number[node]
        return self._within.get(node) or self.places.get(number) or self._parameters.get(number)

    def write(self, group: Group, sums: Group | None) -> None:
        """One operation: a group, or the function of ``sums`` that it is, or the group ``sums`` itself."""
        per_example = bool(group.kind & PER_EXAMPLE)
        name = self._new_name("h" if per_example else "s")
        self._widths[name] = len(group.nodes)
        entries = [Place(name, (None, i) if per_example else (i,)) for i in range(len(group.nodes))]
        self.places |= dict(zip(group.nodes, entries, strict=True))
        formula = self._elementwise(group)
        inner: list[Value] = []
        if sums is not None:
            formula = self._products(sums) if per_example else self._dot(sums)
            for top, found, entry in zip(sums.nodes, sums.sums, entries, strict=True):
                # A product is where its weight is, a partial sum where the whole sum is.
                self._put_within(found.additions, entry, inner)
                for product, weight in zip(found.products, found.coefficients, strict=True):
                    if product is not None:
                        self._put_within([product], self.places.get(weight, entry), inner)
                if sums is not group:
                    self._put_within(self._known([top]), entry, inner)
            if sums is not group:
                formula = f"{group.symbol}({formula})"
        if self._output in group.nodes:
            self._put_within(self._grouping.spine, self.places[self._output], inner)
        shape = (EXAMPLES, len(entries)) if per_example else (len(entries),)
        terms = [
            (found, self._values(found.coefficients), self._values(found.operands))
            for found in (() if sums is None else sums.sums)
        ]
        self.lines.append(_Line(name, formula, shape, self._known(group.nodes), inner, terms))

    def _values(self, nodes: Sequence[int]) -> list[Value | None]:
        """The nodes of the scalar graph; None for ``UNIT`` and for what is only part of a chain."""
        return [None if node == UNIT else self._grouping.values[node] for node in nodes]

    def _known(self, nodes: Sequence[int]) -> list[Value]:
        return [value for value in self._values(nodes) if value is not None]

    def _put_within(self, nodes: Sequence[Value], place: Place, inner: list[Value]) -> None:
        inner += nodes
        self._within |= dict.fromkeys(nodes, place)

    def _new_name(self, letter: str) -> str:
        self._counts[letter] += 1
        return f"{letter}{self._counts[letter]}"

    def _products(self, group: Group) -> str:
        """``x @ W1.T + b1``, and where the weights lie from now on."""
        operands = group.sums[0].operands
        factors = [node for node in operands if node != UNIT]
        if all(node == UNIT for found in group.sums for node in found.coefficients):
            return f"{self._name(factors)}.sum(axis=1)"
        number = self._new_name("")
        for i, found in enumerate(group.sums):
            for j, node in enumerate(found.coefficients):
                is_weight = j < len(factors)
                place = Place(f"W{number}", (i, j)) if is_weight else Place(f"b{number}", (i,))
                self.places.setdefault(node, place)
        self.places.pop(UNIT, None)
        product = f"{self._name(factors)} @ W{number}.T"
        return product + f" + b{number}" * (len(operands) - len(factors))

    def _dot(self, group: Group) -> str:
        coefficients = [node for found in group.sums for node in found.coefficients]
        left, right = (
            self._name(nodes)
            for nodes in (coefficients, [node for found in group.sums for node in found.operands])
        )
        if all(node == UNIT for node in coefficients):
            return f"{right}.sum()"
        return f"{left} @ {right}" if len(group.sums) == 1 else f"({left} * {right}).sum(axis=1)"

    def _elementwise(self, group: Group) -> str:
        if group.sums:
            return ""
        operands = [self._name(nodes[:1] if len(set(nodes)) == 1 else nodes) for nodes in group.operands]
        if group.symbol.isidentifier():
            return f"{group.symbol}({', '.join(operands)})"
        if "**" in group.symbol and operands[0].startswith("-"):
            operands[0] = f"({operands[0]})"
        if group.constant is not None:
            return f"{operands[0]} ** {group.constant:g}"
        return f"{operands[0]} {group.symbol} {operands[1]}"

    def _name(self, nodes: Sequence[int]) -> str:
        """These nodes as one array: a whole one, a part of one, or one by one."""
        for places in (self._parameters, self.places):
            found = [places.get(node) for node in nodes]
            first = found[0]
            if first is not None and first.array in self._widths:
                start = first.index[-1] or 0
                run = [Place(first.array, (*first.index[:-1], i)) for i in range(start, start + len(nodes))]
                if found == run:
                    return self._part(first, len(run))
        if len(nodes) == 1 and self.places.get(nodes[0]) is None:
            return self._one(nodes[0])
        listed = [self._one(node) for node in nodes[:SHOWN]] + ["…"] * (len(nodes) > SHOWN)
        return f"[{', '.join(listed)}]"

    def _part(self, first: Place, count: int) -> str:
        start, width = first.index[-1] or 0, self._widths[first.array]
        if count == width:
            return first.array
        index = str(start) if count == 1 and first.array == PARAMETERS else f"{start}:{start + count}"
        return f"{first.array}[{', '.join([*(':' for _ in first.index[1:]), index])}]"

    def _one(self, node: int) -> str:
        if node == UNIT:
            return "1"
        value = self._grouping.values[node]
        place = self.places.get(node) or self._parameters.get(node)
        label = "" if value is None else value.label
        return label or (str(place) if place or value is None else f"{value.data:g}")
