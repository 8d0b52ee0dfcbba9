"""Flattening: chains of ``+`` become sums of products, and what remains of the graph gets numbers.

A score, from which a label is taken. Of the eight operations the products, the partial sum and the sign are fused into
two sums; the score is a result of its own, as something is taken from it:

    >>> w, x, v, z, b, y = (Value(1.0, label=name) for name in "wxvzby")
    >>> score = w * x + v * z + b
    >>> print(flatten((score - y).tanh(), [], inputs=[x, z, y], parameters=[w, v, b]))
    0 = w
    1 = x
    2 = v
    3 = z
    4 = b
    5 = 0·1 + 2·3 + 4
    6 = y
    7 = -1.0
    8 = 7·6 + 5
    9 = tanh 8

A *result* is a node that arrays compute as an entry of their own. A *fused* node, a product or a partial sum, is only
part of a sum. Leaves and results have numbers, in the order of a depth-first visit, operands from left to right; fused
nodes, most of a network, are passed over in one visit and have none.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from micrograd_core.engine import MinusOne, Value, is_negation
from micrograd_core.vectorize.sums import PER_EXAMPLE, TRAINED, UNIT, Sum

FUSED = -2
"""Marks a fused node in place of its number."""
_Term: TypeAlias = tuple[int, int, Value | None]
"""A term of a sum: coefficient, operand, and the node that is their product, or None."""


@dataclass(slots=True)
class FlatGraph:
    """A graph whose chains of ``+`` are sums of products."""

    given: Mapping[Value, int]
    """The inputs and the parameters, with their kinds; all other leaves are constants."""
    values: list[Value | None] = field(default_factory=list)
    """Leaves and results by number; None for a sum that is only part of a chain."""
    number: dict[Value, int] = field(default_factory=dict)
    """The number of every node of the graph; ``FUSED`` for those within a sum."""
    kinds: list[int] = field(default_factory=list)
    operands: list[tuple[int, ...]] = field(default_factory=list)
    """The operands of elementwise results; () for leaves and sums."""
    sums: dict[int, Sum] = field(default_factory=dict)
    summands: tuple[int, ...] = ()
    """The nodes whose sum the output is, by number: the output itself, or its part per example and its shared part."""
    output_additions: Sequence[Value] = ()
    """The partial sums of the output, if it has two summands."""
    differentiated: set[int] = field(default_factory=set)
    """The numbers of the nodes of which the mean output is made; watched nodes alone have no gradient."""

    def __str__(self) -> str:
        return "\n".join(f"{i} = {self.describe(i)}" for i in range(len(self.values)))

    def describe(self, i: int) -> str:
        """Return a leaf by its label or data, a result by its operation: ``0·1 + 2``, ``3 * 4``, ``tanh 5``."""
        value = self.values[i]
        if value is None or i in self.sums:
            return str(self.sums[i])
        names = [str(operand) for operand in self.operands[i]]
        if not names:
            return value.label or str(value.data)
        return f" {value.op} ".join(names) if len(names) > 1 else f"{value.op} {names[0]}"

    def append(self, value: Value | None, operands: tuple[int, ...]) -> int:
        """Add a result, and return its number, the next one."""
        i = len(self.values)
        kind = 0
        for operand in operands:
            kind |= self.kinds[operand]
        if value is not None:
            self.number[value] = i
        self.values.append(value)
        self.kinds.append(kind)
        self.operands.append(operands)
        return i

    def negates(self, node: Value) -> bool:
        """Return True if a minus sign made this product; a −1 that is an input or a parameter varies and is no sign."""
        return is_negation(node) and node.operands[1] not in self.given

    def unfold(self, i: int) -> list[int]:
        """Turn the sum ``i`` back into its additions and products.

        Returns the numbers of all that is no longer fused, in an order of evaluation, ``i`` last.
        """
        found = self.sums.pop(i)
        fused = [*filter(None, found.products), *reversed(found.additions)]
        results = [self.append(node, tuple([self.number[o] for o in node.operands])) for node in fused]
        value = self.values[i]
        assert value is not None
        self.operands[i] = tuple([self.number[operand] for operand in value.operands])
        return [*results, i]


def flatten(
    output: Value,
    watch: Sequence[Value],
    inputs: Sequence[Value],
    parameters: Sequence[Value],
    differentiate_watched: bool = False,
) -> FlatGraph:
    """Flatten the graph of ``output`` and ``watch``; they, and what has several uses, are results.

    What is only watched is not differentiated, and so stays apart, unless ``differentiate_watched``.
    """
    given = dict.fromkeys(inputs, PER_EXAMPLE) | dict.fromkeys(parameters, TRAINED)
    results = {output, *watch}
    while True:
        flattener = _Flattener(output, given, results)
        graph = flattener.graph
        if not differentiate_watched:
            flattener.visit(output)
        differentiated = len(graph.values)
        for node in (*watch, output):
            flattener.visit(node)
        if not flattener.reused:
            break
        results |= flattener.reused
    graph.differentiated = {*range(len(graph.values) if differentiate_watched else differentiated)}
    top = graph.number[output]
    if graph.summands != (top,):
        graph.differentiated.discard(top)
    _sort_terms(graph, inputs, parameters)
    return graph


def _sort_terms(graph: FlatGraph, inputs: Sequence[Value], parameters: Sequence[Value]) -> None:
    """Order all sums alike: inputs and parameters come first and as they are given, to be read as whole blocks."""
    rank = list(range(len(graph.values)))
    for leaves in (inputs, parameters):
        for position, leaf in enumerate(leaves, start=-len(leaves)):
            if leaf in graph.number:
                rank[graph.number[leaf]] = position
    for found in graph.sums.values():
        found.sort(rank)


class _Chain(NamedTuple):
    """A chain of ``+``."""

    terms: list[Value]
    additions: list[Value]
    """Its partial sums."""
    below: list[Value]
    """The operands of the terms: the factors of its products, and its plain terms."""


class _Flattener:
    """One visit of a graph, depth first and without recursion."""

    def __init__(self, output: Value, given: Mapping[Value, int], results: set[Value]) -> None:
        self.graph = FlatGraph(given)
        self.reused: set[Value] = set()
        """Nodes that were fused into a sum and met again. They must be results, so another visit is needed."""
        self._output = output
        self._given = given
        self._results = results
        """Nodes that cannot be fused; the visit adds more."""
        self._is_biased: dict[Value, bool] = {}
        """Results of ``_has_bias``, by partial sum."""

    def visit(self, root: Value) -> None:
        """Number the nodes below the root that were not visited before, and the root last."""
        graph = self.graph
        number = graph.number
        chains: dict[Value, _Chain] = {}
        # Under a None lies a node whose operands have been pushed above it: when the None comes up, they are done.
        stack: list[Value | None] = [root]
        while stack:
            node = stack.pop()
            if node is None:
                node = stack.pop()
                assert node is not None
                if self.reused:
                    number[node] = 0  # There will be another visit: this one only looks for more of them.
                elif node in chains:
                    self._append_chain(node, chains.pop(node))
                else:
                    graph.append(node, tuple([number[operand] for operand in node.operands]))
            elif node in number:
                if number[node] == FUSED:
                    self.reused.add(node)
            elif not node.operands:
                number[node] = len(graph.values)
                graph.values.append(node)
                graph.kinds.append(self._given.get(node, 0))
                graph.operands.append(())
            else:
                stack += (node, None)
                if node.op == "+":
                    chain = chains[node] = self._flatten_chain(node)
                    stack += reversed(chain.below)
                else:
                    stack += reversed(node.operands)

        if root is self._output and not graph.summands:
            graph.summands = (number[root],)

    def _flatten_chain(self, top: Value) -> _Chain:
        """Fuse what can be fused into the chain of ``+`` that ends in ``top``."""
        number, results = self.graph.number, self._results
        terms: list[Value] = []
        additions: list[Value] = []
        below: list[Value] = []
        stack = list(reversed(top.operands))
        results.update(self._separate_results(top))
        while stack:
            term = stack.pop()
            symbol = term.op
            if (
                (symbol == "*" or symbol == "+")
                and term not in number
                and term not in results
                and term.operands
            ):
                number[term] = FUSED
                if symbol == "*":
                    terms.append(term)
                    below += term.operands
                else:
                    additions.append(term)
                    left, right = term.operands
                    if right.op != "*" or type(right.operands[1]) is MinusOne:  # Else a call for nothing.
                        results.update(self._separate_results(term))
                    stack += (right, left)
            else:
                terms.append(term)
                below.append(term)
        return _Chain(terms, additions, below)

    def _separate_results(self, addition: Value) -> tuple[Value, ...]:
        """Operands of an addition that are results of their own, though they are sums that could be fused.

        =====================  =============  ==============================================================
        addition               results        why
        =====================  =============  ==============================================================
        ``score - y``          ``score``      Something is taken from a finished sum. A parameter that is
                                              subtracted is a term of the sum.
        ``w*x + b + 1.0``      ``w*x + b``    A constant is added to a neuron.
        ``1.0 + (u + v)``      ``u + v``      A constant is added to a sum.
        ``(u + v) + (s + t)``  both           Sums are added up. The left one is fused if it adds up sums
                                              itself, as in ``((u + v) + (s + t)) + (y + z)``.
        =====================  =============  ==============================================================
        """
        left, right = addition.operands
        if right.op == "+":
            if left.op != "+":
                return (right,) if self._is_constant(left) else ()
            return (right,) if left.operands[1].op == "+" else (right, left)
        if left.op != "+":
            return ()
        if right.op == "*":
            taken = right.operands[0]
            is_separate = self.graph.negates(right) and (taken.operands or self._given.get(taken) != TRAINED)
        else:
            is_separate = self._is_constant(right) and self._has_bias(left)
        return (left,) if is_separate else ()

    def _is_constant(self, node: Value) -> bool:
        return not node.operands and node not in self._given

    def _has_bias(self, node: Value) -> bool:
        """Return True if a chain of ``+`` has a parameter as a plain term."""
        passed = []
        while node.op == "+" and node not in self._is_biased:
            passed.append(node)
            node, right = node.operands
            if self._given.get(right) == TRAINED:
                node = right
        found = self._is_biased[node] if node in self._is_biased else self._given.get(node) == TRAINED
        self._is_biased |= dict.fromkeys(passed, found)
        return found

    def _append_chain(self, top: Value, chain: _Chain) -> None:
        """Add the sum of a chain, once its terms have numbers."""
        graph = self.graph
        number, kinds = graph.number, graph.kinds
        varying: list[_Term] = []
        shared: list[_Term] = []
        for term in chain.terms:
            right = number[term]
            if right != FUSED:
                value = graph.values[right]
                assert value is not None
                if kinds[right] or value.operands or value.data != 0.0:  # 0 is what sum() starts from.
                    (varying if kinds[right] & PER_EXAMPLE else shared).append((UNIT, right, None))
            else:
                first, second = term.operands
                left, right = number[first], number[second]
                if not kinds[left] & PER_EXAMPLE:
                    (varying if kinds[right] & PER_EXAMPLE else shared).append((left, right, term))
                elif not kinds[right] & PER_EXAMPLE:
                    varying.append((right, left, term))
                else:
                    varying.append((UNIT, graph.append(term, (left, right)), None))
        if not varying or not shared:
            self._append_sum(top, varying or shared, chain.additions)
        elif top is self._output and len(varying) == 1:
            graph.output_additions = chain.additions
            graph.summands = (self._append_term(varying), self._append_term(shared))
            graph.append(top, graph.summands)
        else:
            varying.append((self._append_term(shared), UNIT, None))
            self._append_sum(top, varying, chain.additions)

    def _append_sum(self, top: Value | None, terms: Sequence[_Term], additions: Sequence[Value] = ()) -> int:
        """Add a sum of terms that are all per example or all shared, and return its number."""
        graph = self.graph
        if not terms:  # Nothing but zeros.
            assert top is not None
            return graph.append(top, tuple([graph.number[operand] for operand in top.operands]))
        i = graph.append(top, ())
        coefficients, operands, products = map(list, zip(*terms, strict=True))
        graph.sums[i] = Sum(coefficients, operands, products, additions)
        kinds = graph.kinds
        kinds[i] = kinds[operands[0]] & PER_EXAMPLE  # A bias, whose operand is UNIT, is never the first.
        if any(node != UNIT and kinds[node] & TRAINED for node in (*coefficients, *operands)):
            kinds[i] |= TRAINED
        return i

    def _append_term(self, terms: Sequence[_Term]) -> int:
        """Add the sum of some terms of a chain, which may be no node of the scalar graph, and return its number."""
        if len(terms) > 1:
            return self._append_sum(None, terms)
        [(coefficient, operand, product)] = terms
        return operand if product is None else self.graph.append(product, (coefficient, operand))
