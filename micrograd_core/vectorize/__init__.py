"""From scalars to arrays: any ``Value`` graph as a numpy program, derived from the graph itself."""

from micrograd_core.vectorize.explain import ArrayOperation, Explanation, Place
from micrograd_core.vectorize.program import ArrayProgram, Batch, NonFiniteError, vectorize

__all__ = ["ArrayOperation", "ArrayProgram", "Batch", "Explanation", "NonFiniteError", "Place", "vectorize"]
