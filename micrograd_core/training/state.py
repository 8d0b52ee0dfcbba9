"""The state of a run at one step."""

from dataclasses import dataclass
from functools import cache
from struct import Struct

from micrograd_core.training.config import TrainingConfig
from micrograd_core.training.model import initial_parameters
from micrograd_core.training.optimizers import OPTIMIZERS

_HEADER = Struct("qq")
"""The step and the number of parameters."""


@cache
def _numbers(count: int) -> Struct:
    return Struct(f"{count}d")


@dataclass(frozen=True, slots=True)
class TrainingState:
    """The state from which a run can go on, kept, sent and resumed as a whole."""

    step: int
    """Number of updates that were made."""
    parameters: tuple[float, ...]
    """Every parameter, in the order of ``nn.MLP.parameters()``."""
    optimizer_state: tuple[tuple[float, ...], ...] = ()
    """The arrays that the optimizer remembers, each with an entry for every parameter."""

    def pack(self) -> bytes:
        """Return the state in as many bytes as its numbers need: 2,712 for the demo."""
        count = len(self.parameters)
        pack = _numbers(count).pack
        arrays = (self.parameters, *self.optimizer_state)
        return b"".join([_HEADER.pack(self.step, count), *[pack(*array) for array in arrays]])

    @classmethod
    def unpack(cls, packed: bytes) -> "TrainingState":
        """Return the state that was packed."""
        step, count = _HEADER.unpack_from(packed)
        parameters, *optimizer_state = _numbers(count).iter_unpack(packed[_HEADER.size :])
        return cls(step, parameters, tuple(optimizer_state))


def initial_state(config: TrainingConfig) -> TrainingState:
    """Return step 0, the untrained network."""
    count, memory = config.parameter_count, OPTIMIZERS[config.optimizer].memory
    return TrainingState(0, initial_parameters(config), ((0.0,) * count,) * memory)


def check_state(config: TrainingConfig, state: TrainingState) -> None:
    """Raise ValueError if the state has another number of entries than those of a run of ``config``."""
    count, optimizer = config.parameter_count, OPTIMIZERS[config.optimizer]
    if len(state.parameters) != count:
        raise ValueError(f"this network has {count} parameters, not {len(state.parameters)}")
    lengths = [len(array) for array in state.optimizer_state]
    if lengths != [count] * optimizer.memory:
        raise ValueError(
            f"{optimizer.name} remembers {optimizer.memory} arrays of {count} numbers, not of the lengths {lengths}"
        )
