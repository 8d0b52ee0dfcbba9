"""TensorFlow Playground's algorithm, written anew (``playground.js``), in Node."""

from pathlib import Path

from benchmarks.peers.child import ChildNetwork
from benchmarks.problem import Problem

SCRIPT = Path(__file__).with_name("playground.js")


class Network(ChildNetwork):
    def __init__(self, problem: Problem) -> None:
        super().__init__(problem, ["node", str(SCRIPT)])
