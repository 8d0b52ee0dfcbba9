"""Karpathy's micrograd, from the package index."""

from micrograd.engine import Value
from micrograd.nn import MLP

from benchmarks.peers.scalars import ScalarNetwork
from benchmarks.problem import Problem


class Network(ScalarNetwork):
    def __init__(self, problem: Problem) -> None:
        super().__init__(problem, Value, MLP)
