"""A peer in a child process that times itself: of another language, or with settings that hold for a whole process.

Each line there is a question in JSON, each line back its answer: first the problem, then how many steps to do at which
rate.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np

from benchmarks.measure import Clock
from benchmarks.problem import RATE, Network, Problem
from micrograd_core.training.config import TrainingConfig
from micrograd_core.training.points import Array

ROOT = Path(__file__).parents[2]


class ChildNetwork:
    """A network in a child process, started by ``command`` in the folder of the project."""

    def __init__(self, problem: Problem, command: Sequence[str]) -> None:
        self._child = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        self._ask(
            config=asdict(problem.config),
            widths=problem.config.widths,
            parameters=problem.parameters,
            inputs=problem.inputs.tolist(),
            labels=problem.labels.tolist(),
        )

    def step(self, rate: float) -> tuple[float, float]:
        done = self._ask(steps=1, rate=rate)
        return done["loss"], done["accuracy"]

    def parameters(self) -> Array:
        return np.array(self._ask(steps=0, rate=0.0)["parameters"])

    def clock(self) -> Clock:
        return lambda times: float(self._ask(steps=times, rate=RATE)["seconds"])

    def close(self) -> None:
        self._child.communicate()

    def _ask(self, **question: Any) -> dict[str, Any]:
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self._child.stdin.write(json.dumps(question) + "\n")
        self._child.stdin.flush()
        answer: dict[str, Any] = json.loads(self._child.stdout.readline())
        return answer


def serve(network_of: Callable[[Problem], Network]) -> None:
    """Answer questions until there are no more: the other end, for children in Python."""
    config = json.loads(sys.stdin.readline())["config"]
    network = network_of(Problem(TrainingConfig(**config | {"hidden": tuple(config["hidden"])})))
    print("{}", flush=True)
    for line in sys.stdin:
        question, loss, accuracy = json.loads(line), 0.0, 0.0
        start = process_time()
        for _ in range(question["steps"]):
            loss, accuracy = network.step(question["rate"])
        seconds = process_time() - start
        answer = {"seconds": seconds, "loss": loss, "accuracy": accuracy}
        print(json.dumps(answer | {"parameters": network.parameters().tolist()}), flush=True)
