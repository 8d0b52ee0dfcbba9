"""TensorFlow Playground's algorithm, written anew (``playground.js``), in a child process of Node that times itself."""

import json
import subprocess
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.measure import Clock
from benchmarks.problem import RATE, Problem
from micrograd_core.training import Array

SCRIPT = Path(__file__).with_name("playground.js")


class Network:
    def __init__(self, problem: Problem) -> None:
        self._node = subprocess.Popen(
            ["node", SCRIPT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._ask(
            widths=problem.widths,
            parameters=problem.parameters,
            inputs=problem.inputs.tolist(),
            labels=problem.labels.tolist(),
            l2=problem.config.l2,
        )

    def close(self) -> None:
        self._node.communicate()

    def step(self, rate: float) -> tuple[float, float]:
        done = self._ask(steps=1, rate=rate)
        return done["loss"], done["accuracy"]

    def parameters(self) -> Array:
        return np.array(self._ask(steps=0, rate=0.0)["parameters"])

    def clock(self) -> Clock:
        return lambda times: float(self._ask(steps=times, rate=RATE)["seconds"])

    def _ask(self, **question: Any) -> dict[str, Any]:
        """A line of JSON there and a line back."""
        assert self._node.stdin is not None
        assert self._node.stdout is not None
        self._node.stdin.write(json.dumps(question) + "\n")
        self._node.stdin.flush()
        answer: dict[str, Any] = json.loads(self._node.stdout.readline())
        return answer
