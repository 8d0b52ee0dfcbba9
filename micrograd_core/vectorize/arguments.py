"""Arguments of an array program: which nodes and numbers are taken, and the sentence for what is not."""

from collections.abc import Iterable, Mapping, Sequence, Set

import numpy as np
from numpy.typing import ArrayLike

from micrograd_core.engine import Value
from micrograd_core.vectorize.rules import Array

_FLOAT = np.dtype(np.float64)
_KINDS_OF_NUMBERS = "biuf"
"""numpy's letters for truth values, whole numbers with and without a sign, and floats."""


def check_nodes(
    output: Value, inputs: Sequence[Value], parameters: Sequence[Value], watch: Sequence[Value]
) -> tuple[tuple[Value, ...], tuple[Value, ...], tuple[Value, ...]]:
    """Return ``inputs``, ``parameters`` and ``watch`` as tuples. Raises what ``vectorize`` raises for them."""
    inputs, parameters, watch = (
        _listed("inputs", inputs),
        _listed("parameters", parameters),
        _listed("watch", watch),
    )
    for node in (output, *inputs, *parameters, *watch):
        if not isinstance(node, Value):
            raise TypeError(f"an array program is derived from Values, not from {node!r}")
    seen: dict[Value, tuple[str, int]] = {}
    for what, leaves in (("input", inputs), ("parameter", parameters)):
        for i, leaf in enumerate(leaves):
            if leaf.operands:
                raise ValueError(
                    f"{_who(what, i, leaf)} is computed from others; inputs and parameters are leaves"
                )
            if leaf in seen:
                before = _who(*seen[leaf], leaf)
                raise ValueError(f"{_who(what, i, leaf)} is named twice: it is {before} already")
            seen[leaf] = what, i
    return inputs, parameters, watch


def _who(what: str, i: int, leaf: Value) -> str:
    return f"{what} {i}" + (f" ({leaf.label})" if leaf.label else "")


def _listed(what: str, given: Iterable[Value]) -> tuple[Value, ...]:
    if isinstance(given, Set | Mapping):
        raise TypeError(
            f"{what} must be a list of Values: a {type(given).__name__} does not say in which order"
        )
    try:
        values = iter(given)
    except TypeError:
        raise TypeError(f"{what} must be a list of Values, [] for none, not {given!r}") from None
    return tuple(values)


def to_array(what: str, given: ArrayLike) -> Array:
    """Return ``given`` as an array of floats; its entries are what a ``Value`` can hold.

    Raises, with a sentence that begins with ``what``, TypeError for entries that are no numbers, and ValueError for
    rows of different lengths.
    """
    try:
        array = np.asarray(given)
    except ValueError:
        raise ValueError(f"{what} must be an array of numbers, not rows of different lengths") from None
    if array.dtype is _FLOAT:
        return array
    if array.dtype.kind in _KINDS_OF_NUMBERS:
        return array.astype(np.float64)
    if array.dtype.kind != "O":
        raise TypeError(f"{what} must be numbers, not {array.dtype.type.__name__.rstrip('_')}")
    if any(isinstance(entry, Value) for entry in array.flat):
        raise TypeError(f"{what} must be numbers, not Values: give their .data")
    try:
        return np.array([Value(entry).data for entry in array.flat]).reshape(array.shape)
    except TypeError as error:
        raise TypeError(f"{what} must be numbers: {error}") from None
