"""How gradients change parameters."""

from collections.abc import Iterable

from micrograd_core.engine import Value


class SGD:
    """Gradient descent, called stochastic when each gradient comes from a batch drawn at random.

    ``rate`` may be changed between steps, for a schedule.
    """

    def __init__(self, parameters: Iterable[Value], rate: float) -> None:
        self.parameters = list(parameters)
        self.rate = rate

    def step(self) -> None:
        """Move every parameter against its gradient: ``data -= rate × grad``."""
        for parameter in self.parameters:
            parameter.data -= self.rate * parameter.grad

    def zero_grad(self) -> None:
        for parameter in self.parameters:
            parameter.grad = 0.0
