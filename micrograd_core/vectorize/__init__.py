"""From scalars to arrays: any ``Value`` graph as a numpy program, derived from the graph itself."""

from micrograd_core.vectorize.explain import (
    HIDDEN,
    ArrayOperand,
    ArrayOperation,
    Explanation,
    Read,
    Terms,
    index_text,
    is_read,
)
from micrograd_core.vectorize.names import Place
from micrograd_core.vectorize.program import ArrayProgram, Batch, NonFiniteError, quiet_context, vectorize
from micrograd_core.vectorize.sums import UNIT

__all__ = [
    "HIDDEN",
    "UNIT",
    "ArrayOperand",
    "ArrayOperation",
    "ArrayProgram",
    "Batch",
    "Explanation",
    "NonFiniteError",
    "Place",
    "Read",
    "Terms",
    "index_text",
    "is_read",
    "quiet_context",
    "vectorize",
]
