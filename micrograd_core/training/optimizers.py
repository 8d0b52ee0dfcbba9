"""The table of optimizers: rules that change the parameters by their gradient."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from micrograd_core.texts import tr


@dataclass(frozen=True, slots=True)
class Optimizer:
    """One row of the table: an update rule for both engines.

    ``rule(parameters, gradient, rate, *memory)`` changes the parameters and its memory in place and leaves the gradient
    as it is. All of these are arrays (n,) with an entry for each parameter.
    """

    name: str
    title: str
    """The name for people."""
    rule: Callable[..., None]
    memory: int = 0
    """Number of arrays that the rule remembers from step to step; they begin as zeros."""


def _descend(parameters: NDArray[np.float64], gradient: NDArray[np.float64], rate: float) -> None:
    parameters -= rate * gradient


OPTIMIZERS: dict[str, Optimizer] = {row.name: row for row in (Optimizer("sgd", tr("SGD"), _descend),)}
"""The optimizers by name. SGD is gradient descent, stochastic if each gradient comes from a random batch."""
