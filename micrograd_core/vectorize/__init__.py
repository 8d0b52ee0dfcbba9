"""Array programs: any ``Value`` graph as a numpy program, derived from the graph itself."""

from micrograd_core.vectorize.explain import (
    HIDDEN,
    Access,
    ArrayOperand,
    ArrayOperation,
    Explanation,
    Shape,
    Terms,
    index_text,
    is_accessed,
    write_elementwise,
)
from micrograd_core.vectorize.names import EXAMPLES, ArrayEntry
from micrograd_core.vectorize.non_finite import NonFiniteError
from micrograd_core.vectorize.program import ArrayProgram, Batch, quiet_context, vectorize
from micrograd_core.vectorize.sums import UNIT

__all__ = [
    "EXAMPLES",
    "HIDDEN",
    "UNIT",
    "Access",
    "ArrayEntry",
    "ArrayOperand",
    "ArrayOperation",
    "ArrayProgram",
    "Batch",
    "Explanation",
    "NonFiniteError",
    "Shape",
    "Terms",
    "index_text",
    "is_accessed",
    "quiet_context",
    "vectorize",
    "write_elementwise",
]
