"""JAX with a setting that few know: computations run in the thread that asks for them instead of one of their own.

It holds for a whole process, hence a child.
"""

import sys

from benchmarks.peers.child import ChildNetwork, serve
from benchmarks.problem import Problem


class Network(ChildNetwork):
    def __init__(self, problem: Problem) -> None:
        super().__init__(problem, [sys.executable, "-m", "benchmarks.peers.jax_synchronous"])


if __name__ == "__main__":
    from benchmarks.peers import jax_jit

    jax_jit.jax.config.update("jax_cpu_enable_async_dispatch", False)
    serve(jax_jit.Network)
