"""Formulas with names or numbers in place of the operands."""

import re
from collections.abc import Sequence

from micrograd_core.ops import Operation
from micrograd_gui.model.numbers import MINUS, format_short

_SIMPLE = re.compile(r"[\w.…]+(\[[\w.]*\][\w.]*)*(\([^()]*\))?")
"""Labels that need no brackets: names, numbers, elements and calls, as ``x1``, ``2.0``, ``m[0][1].w[0]``, ``n.tanh()``.
"""


def bracketed(label: str) -> str:
    """A label as an operand, bracketed if needed: ``n``, ``x[0]``, ``n.tanh()``, but ``(x1 + b)``."""
    return label if _SIMPLE.fullmatch(label) else f"({label})"


def write_derivative(of: str, by: str) -> str:
    return f"∂{bracketed(of)}/∂{bracketed(by)}"


def write_formula(
    operation: Operation, operands: Sequence[str], constant: float | None = None, out: str = ""
) -> str:
    """The operation's formula with these texts as operands, bracketed as mathematics requires."""
    template = operation.formula
    texts = []
    for i, operand in enumerate(operands):
        before, _, after = template.partition(f"{{{i}}}")
        enclosed = before.endswith(("(", "|", ", ")) and after.startswith((")", "|"))
        leading = not before and not after.startswith(" **")
        bare = enclosed or (
            leading and operand.startswith(("-", MINUS)) and bracketed(operand[1:]) == operand[1:]
        )
        texts.append(operand if bare else bracketed(operand))
    return template.format(*texts, n="" if constant is None else format_short(constant), out=bracketed(out))
