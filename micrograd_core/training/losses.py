"""The quantity that training minimizes: the table of losses, and the penalty on large parameters."""

import ast
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from micrograd_core.engine import Value
from micrograd_core.texts import tr


@dataclass(frozen=True, slots=True)
class Loss:
    """One row of the table: the loss of one example.

    ``formula`` is an expression in Python over ``score``, a ``Value``, and ``label``, which is ±1. Both engines compute
    with it, array programs are derived from its graph, and typed programs contain its text.
    """

    name: str
    title: str
    """The name for people."""
    formula: str

    def __call__(self, score: Value, label: Value | float) -> Value:
        """Return the loss of one example."""
        return _function(self.formula)(score, label)

    def mean(self, scores: Sequence[Value], labels: Sequence[float]) -> Value:
        """Return the mean loss of several examples.

        Raises ValueError if there is no score, or not one label for each.
        """
        if not scores:
            raise ValueError(f"{self.name} needs at least one score")
        if len(scores) != len(labels):
            raise ValueError(
                f"{self.name} needs one label for each score, not {len(labels)} for {len(scores)}"
            )
        losses = [self(score, label) for score, label in zip(scores, labels, strict=True)]
        return sum(losses, start=Value(0.0)) * (1.0 / len(losses))

    def source(self, label: float) -> str:
        """The formula with a number in place of ``label``: ``(1 + -1.0 * score).relu()``."""
        return ast.unparse(_LabelWriter(label).visit(ast.parse(self.formula, mode="eval")))


@cache
def _function(formula: str) -> Callable[[Value, Value | float], Value]:
    function: Callable[[Value, Value | float], Value] = eval(f"lambda score, label: {formula}")
    return function


class _LabelWriter(ast.NodeTransformer):
    """Replaces the name ``label`` by a number, and the negative of a negative number by a positive one."""

    def __init__(self, label: float) -> None:
        number = ast.Constant(abs(label))
        self._number = ast.UnaryOp(ast.USub(), number) if label < 0 else number

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self._number if node.id == "label" else node

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        self.generic_visit(node)
        match node:
            case ast.UnaryOp(ast.USub(), ast.UnaryOp(ast.USub(), number)):
                return number
        return node


LOSSES: dict[str, Loss] = {
    row.name: row for row in (Loss("max-margin", tr("max-margin"), "(1 + -label * score).relu()"),)
}
"""The losses by name. Max-margin is the blog's: the loss is 0 once the score is on the label's side by at least 1."""


def l2_penalty(parameters: Iterable[Value], alpha: float) -> Value:
    """Return alpha × the sum of the squared parameters, biases included, as in the blog."""
    return alpha * sum((parameter * parameter for parameter in parameters), start=Value(0.0))
