"""JAX: the whole step, gradient, update and accuracy, as one compiled function; float64 on the CPU."""

import os
from functools import partial
from typing import Any

os.environ.setdefault("JAX_PLATFORMS", "cpu")
os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false")  # One thread, as for all others.

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.problem import InProcess, Problem, flatten
from micrograd_core.training.points import Array

jax.config.update("jax_enable_x64", True)


def loss_and_scores(layers: Any, inputs: Any, labels: Any, l2: float) -> tuple[Any, Any]:
    outputs = inputs
    for weights, biases in layers[:-1]:
        outputs = jax.nn.relu(outputs @ weights + biases)
    weights, biases = layers[-1]
    scores = (outputs @ weights + biases)[:, 0]
    penalty = l2 * sum(jnp.sum(leaf * leaf) for leaf in jax.tree.leaves(layers))
    return jnp.mean(jax.nn.relu(1 - labels * scores)) + penalty, scores


@partial(jax.jit, static_argnums=4, donate_argnums=0)
def update(layers: Any, inputs: Any, labels: Any, rate: float, l2: float) -> tuple[Any, Any, Any]:
    (loss, scores), gradients = jax.value_and_grad(loss_and_scores, has_aux=True)(layers, inputs, labels, l2)
    layers = jax.tree.map(lambda parameter, gradient: parameter - rate * gradient, layers, gradients)
    return layers, loss, jnp.mean((scores > 0) == (labels > 0), dtype=labels.dtype)


class Network(InProcess):
    def __init__(self, problem: Problem) -> None:
        self._layers = jax.tree.map(jnp.asarray, problem.layers())
        self._inputs, self._labels = jnp.asarray(problem.inputs), jnp.asarray(problem.labels)
        self._l2 = problem.config.l2

    def step(self, rate: float) -> tuple[float, float]:
        self._layers, loss, accuracy = jax.block_until_ready(
            update(self._layers, self._inputs, self._labels, rate, self._l2)
        )
        return loss.item(), accuracy.item()

    def parameters(self) -> Array:
        return flatten([(np.asarray(weights), np.asarray(biases)) for weights, biases in self._layers])
