"""A sum of products of scalar nodes, which is what a chain of ``+`` is for arrays.

Nodes are spoken of by number. In ``w * x + v * z + b`` each of three terms is a coefficient times an operand; the bias
is multiplied with 1, and is a plain term, no product:

    >>> w, x, v, z, b = range(5)
    >>> total = Sum([w, v, b], [x, z, UNIT], [Value(6.0), Value(8.0), None], additions=[])
    >>> print(total)
    0·1 + 2·3 + 4
    >>> total.factors()
    ((0, 2), (1, 3))
    >>> total.plain_terms()
    [2]
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from micrograd_core.engine import Value

PER_EXAMPLE, TRAINED = 1, 2
"""Bits of a node's kind: it is made of an input; it is made of a parameter."""
UNIT = -1
"""Marks an implicit factor of 1 in place of a node: a term without a coefficient, or what a bias is multiplied with."""

Factors: TypeAlias = tuple[int, ...]
"""The coefficients of a sum's products, or their operands."""


@dataclass(slots=True)
class Sum:
    """A sum of products, Σ coefficients[j] × operands[j], of nodes by number, or ``UNIT``.

    In a sum per example the operands are per example and the coefficients shared; in a shared sum both are shared.
    """

    coefficients: list[int]
    operands: list[int]
    products: list[Value | None]
    """The product of each pair as a node; None for a plain term, which is no product."""
    additions: Sequence[Value]
    """Its partial sums as nodes, without the sum itself."""

    def __str__(self) -> str:
        pairs = zip(self.coefficients, self.operands, strict=True)
        return " + ".join("·".join(str(node) for node in pair if node != UNIT) for pair in pairs)

    def sort(self, rank: Sequence[int]) -> None:
        """Order the terms by the rank of their operands, the biases last."""
        keys = [rank[operand] if operand != UNIT else len(rank) for operand in self.operands]
        if keys != sorted(keys):
            self._reorder(sorted(range(len(keys)), key=keys.__getitem__))

    def factors(self) -> tuple[Factors, Factors]:
        """Return the coefficients and the operands of its products, without plain terms."""
        pairs = zip(self.coefficients, self.operands, self.products, strict=True)
        products = [(left, right) for left, right, product in pairs if product is not None]
        return tuple(left for left, _ in products), tuple(right for _, right in products)

    def plain_terms(self) -> list[int]:
        """Return the indices of the terms that are no products."""
        return [j for j, product in enumerate(self.products) if product is None]

    def make_coefficients(self, side: int, biases: Sequence[int]) -> None:
        """Make one of its ``factors()`` the coefficients: 0 for the present ones, 1 for the operands.

        The plain terms ``biases`` become coefficients of ``UNIT`` and go last, behind the other plain terms.
        """
        plain = self.plain_terms()
        if side == 1:
            for j in range(len(self.operands)):
                if j not in plain:
                    self.coefficients[j], self.operands[j] = self.operands[j], self.coefficients[j]
        for j in biases:
            self.coefficients[j], self.operands[j] = self.operands[j], UNIT
        self._reorder(sorted(range(len(self.operands)), key=lambda j: (j in biases, j in plain)))

    def _reorder(self, order: Sequence[int]) -> None:
        self.coefficients = [self.coefficients[j] for j in order]
        self.operands = [self.operands[j] for j in order]
        self.products = [self.products[j] for j in order]
