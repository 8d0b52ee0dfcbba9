"""The scalar engine of this program."""

from benchmarks.peers.scalars import ScalarNetwork
from benchmarks.problem import Problem
from micrograd_core.engine import Value
from micrograd_core.nn import MLP


class Network(ScalarNetwork):
    def __init__(self, problem: Problem) -> None:
        super().__init__(problem, Value, MLP)
