"""The table of optimizers: how a gradient changes the parameters."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from micrograd_core.texts import tr


@dataclass(frozen=True, slots=True)
class Optimizer:
    """One row of the table: an update rule, written once for both engines.

    ``rule(parameters, gradient, rate, *memory)`` changes the parameters and its memory in place and leaves the gradient
    as it is. All of these are arrays (n,) with an entry for each parameter.
    """

    name: str
    title: str
    """The name for people."""
    rule: Callable[..., None]
    memory: int = 0
    """How many arrays the rule remembers from step to step; they begin as zeros."""


def _descend(parameters: NDArray[np.float64], gradient: NDArray[np.float64], rate: float) -> None:
    parameters -= rate * gradient


OPTIMIZERS: dict[str, Optimizer] = {row.name: row for row in (Optimizer("sgd", tr("SGD"), _descend),)}
"""SGD is gradient descent, called stochastic when each gradient comes from a batch drawn at random."""
